"""Foreign keys over several columns: a ballot belongs to a voter of its own vote, a leg to an account of its own fund.

Django knows none, and RunSQL does not survive SQLite's table rebuilds (AlterField makes the table anew from its model). A constraint of the
model does: it is part of every CREATE TABLE that Django writes.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BaseConstraint, Model


class CompositeForeignKey(BaseConstraint):
    """``fields`` of this model together point at ``to_columns`` of the table ``to``, which are unique together there.

    The other side is named as the database names it: while SQLite rebuilds a table, Django knows no other model than that one.
    A row in which one of the fields is NULL points at nothing and is let through (MATCH SIMPLE).
    """

    def __init__(self, *, fields: Sequence[str], to: str, to_columns: Sequence[str], name: str) -> None:
        if len(fields) != len(to_columns) or len(fields) < 2:
            raise ValueError("as many fields here as there, and at least two")
        super().__init__(name=name)
        self.fields, self.to, self.to_columns = tuple(fields), to, tuple(to_columns)

    def deconstruct(self) -> tuple[str, Any, dict[str, Any]]:
        """For migrations."""
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "fields": self.fields, "to": self.to, "to_columns": self.to_columns}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompositeForeignKey) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.fields, self.to, self.to_columns))

    def _reference(self, model: type[Model], editor: BaseDatabaseSchemaEditor) -> str:
        own = (str(model._meta.get_field(name).column) for name in self.fields)  # type: ignore[union-attr]
        return (
            f"FOREIGN KEY ({_quoted(own, editor)}) "
            f"REFERENCES {editor.quote_name(self.to)} ({_quoted(self.to_columns, editor)}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Inside CREATE TABLE on SQLite; PostgreSQL adds it when the migration's tables and unique constraints all stand."""
        if schema_editor.connection.vendor == "postgresql":
            return self.create_sql(model, schema_editor)
        return f"CONSTRAINT {schema_editor.quote_name(self.name)} {self._reference(model, schema_editor)}"

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """For a table that stands: PostgreSQL at the end of the migration, SQLite by making the table anew."""
        if schema_editor.connection.vendor != "postgresql":
            schema_editor._remake_table(model)
            return None
        table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(self.name)
        reference = self._reference(model, schema_editor)
        schema_editor.deferred_sql.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {reference}")
        return None

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Take it away: SQLite makes the table anew."""
        if schema_editor.connection.vendor != "postgresql":
            schema_editor._remake_table(model)
            return None
        table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(self.name)
        return f"ALTER TABLE {table} DROP CONSTRAINT {name}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """The database says so itself."""


def _quoted(columns: Iterable[str], editor: BaseDatabaseSchemaEditor) -> str:
    return ", ".join(editor.quote_name(column) for column in columns)
