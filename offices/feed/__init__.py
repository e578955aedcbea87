"""What changed since: every change of a row that programs may read, numbered after its commit.

``sources`` the tables whose triggers write the log · ``numbering`` one number after the other, none missing, once a change is
committed · ``reading`` what a caller may learn of it.
"""
