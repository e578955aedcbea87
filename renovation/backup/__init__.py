"""A backup of everything that the platform holds, and its way back to an empty machine, on either database.

One file: the rows of every table as lines of text with a hash for each table, the uploads, the written-out heads of the history, the city's
own rulebooks. Being text it goes from SQLite to PostgreSQL and back: an office that outgrows the embedded database takes its data along.
"""
