"""Indexes that come while the platform runs: on PostgreSQL they are built beside the writers and lock nobody out (``CONCURRENTLY``); SQLite
builds them as ever. A migration that uses this says ``atomic = False``. One that was cut off leaves an index that PostgreSQL calls
invalid: drop it by its name and migrate again.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex as Plain


class AddIndex(AddIndexConcurrently):
    """As ``migrations.AddIndex``."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Build it."""
        way = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else Plain
        way.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop it."""
        way = AddIndexConcurrently if schema_editor.connection.vendor == "postgresql" else Plain
        way.database_backwards(self, app_label, schema_editor, from_state, to_state)
