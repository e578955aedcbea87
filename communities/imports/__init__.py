"""Tables that people bring: safe reading, headers found by themselves, preview, and one transaction or nothing.

``reader`` (its own process, no Django) → ``headers`` (which column is what) → ``cells`` (texts to values) → ``kinds`` (what the rows
become; registered by name) → ``communities.actions.imports`` (the only writer).
"""
