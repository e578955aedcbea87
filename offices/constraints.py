"""Foreign keys over several columns: a ballot belongs to a voter of its own vote, a leg to an account of its own fund.

Django knows none, and RunSQL does not survive SQLite's table rebuilds (AlterField makes the table anew from its model). A constraint of the
model does: it is part of every CREATE TABLE that Django writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import router
from django.db.backends.base.base import BaseDatabaseWrapper
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

    def words(self, model: type[Model]) -> str:
        """The key in SQL, with its name."""
        own = (str(model._meta.get_field(name).column) for name in self.fields)  # type: ignore[union-attr]
        return (
            f'CONSTRAINT "{self.name}" FOREIGN KEY ({_quoted(own)}) REFERENCES "{self.to}" ({_quoted(self.to_columns)}) '
            "DEFERRABLE INITIALLY DEFERRED"
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Inside CREATE TABLE on SQLite; PostgreSQL adds it when the migration's tables and unique constraints all stand."""
        if schema_editor.connection.vendor == "postgresql":
            return self.create_sql(model, schema_editor)
        return self.words(model)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """For a table that stands: PostgreSQL at the end of the migration, SQLite by making the table anew."""
        if schema_editor.connection.vendor != "postgresql":
            schema_editor._remake_table(model)
            return None
        schema_editor.deferred_sql.append(f'ALTER TABLE "{model._meta.db_table}" ADD {self.words(model)}')
        return None

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        """Take it away: SQLite makes the table anew."""
        if schema_editor.connection.vendor != "postgresql":
            schema_editor._remake_table(model)
            return None
        return f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}"'

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """The database says so itself."""


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def missing(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    """(table, key) of every composite key that a model asks for and that its table does not have, or has with other columns."""
    tables, there = set(connection.introspection.table_names()), _standing(connection)
    return [
        (model._meta.db_table, constraint.name)
        for model in apps.get_models()
        if model._meta.db_table in tables and router.allow_migrate_model(connection.alias, model)
        for constraint in model._meta.constraints
        if isinstance(constraint, CompositeForeignKey)
        and _plain(constraint.words(model)) not in there[model._meta.db_table]
    ]


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Table to its keys as the database itself tells them. PostgreSQL: those that hold for old rows too and whose triggers fire."""
    found: dict[str, str] = defaultdict(str)
    if connection.vendor == "postgresql":
        sql = (
            "SELECT c.relname, 'CONSTRAINT ' || k.conname || ' ' || pg_get_constraintdef(k.oid, true) FROM pg_constraint k "
            "JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = current_schema() AND k.contype = 'f' AND k.convalidated AND cardinality(k.conkey) > 1 "
            "AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled = 'D')"
        )
    else:
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for table, words in cursor.fetchall():
            found[table] += _plain(words)
    return found


def _plain(sql: str) -> str:
    """Without quotes and blanks."""
    return "".join(sql.replace('"', "").split())
