"""Rows that nobody can rewrite: triggers in the database itself, so that no code path, shell or admin page gets around them.

An app says in its ``AppConfig.ready`` what must not change::

    protect(HistoryEntry, once=("sequence", "previous", "hash"))          # insert-only, three columns are filled once
    protect(Case, frozen=("content",), insert_only=False, until_raised="round")
    protect(Notice, frozen=("text",), insert_only=False, since="posted_on", rising=("last_day",))

What may only happen under a condition (a ballot while its vote is open), and what follows a row, is a demand (``offices.demands``);
the log of changes is written by triggers too (``offices.feed.sources``).

``install`` runs in post_migrate (a table that SQLite rebuilt has lost its triggers), ``missing`` is what the database check asks.
A trigger's name ends with the hash of its definition: an outdated one is replaced. One that was tampered with is found: SQLite keeps the
statement, PostgreSQL tells what it understood (``pg_get_triggerdef``) and what the function does. Conditions stand in functions there
and never in a WHEN, which PostgreSQL writes anew in words of its own.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import UniqueConstraint

from offices import database_clock, demands
from offices.feed import sources

PREFIX = "guard_"
FUNCTION = "renovation_guard"
ALWAYS = "1 = 1"
REFUSES = "BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation'; END"


@dataclass(frozen=True)
class Protection:
    """What must not change in a table. ``once``: columns that go from NULL to a value, once. ``since``: a column; what is frozen may
    change until it has a value. ``rising``: columns that from then on are never lowered."""

    model: type[models.Model]
    frozen: tuple[str, ...]
    once: tuple[str, ...]
    insert_only: bool
    until_raised: str
    since: str = ""
    rising: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """Table name."""
        return self.model._meta.db_table


@dataclass(frozen=True)
class Trigger:
    """A trigger ready to be created."""

    name: str
    table: str
    sql: str
    function: str = ""  # body of the PostgreSQL function of the same name, where it has one of its own


_PROTECTIONS: dict[str, Protection] = {}


def protect(
    model: type[models.Model], *, frozen: Sequence[str] = (), once: Sequence[str] = (), insert_only: bool = True,
    until_raised: str = "", since: str = "", rising: Sequence[str] = (),
) -> None:  # fmt: skip
    """Register what must not change.

    ``insert_only``: no column changes (but ``once``, from NULL to a value), no row is deleted. Otherwise the ``frozen`` fields don't
    change (unless the field ``until_raised`` is raised by the same update; only once the field ``since`` has a value, itself
    included) and no row is deleted; the ``rising`` fields are never lowered or emptied. Raises ValueError for what would do nothing.
    """
    if insert_only == bool(frozen):
        raise ValueError("either the whole row (insert_only) or the fields named in frozen")
    if (once and not insert_only) or (insert_only and (until_raised or since or rising)):
        raise ValueError("once goes with insert_only; until_raised, since and rising go with frozen")
    _PROTECTIONS[model._meta.label] = Protection(
        model, tuple(frozen), tuple(once), insert_only, until_raised, since, tuple(rising)
    )


def protections() -> tuple[Protection, ...]:
    """All that is registered."""
    return tuple(_PROTECTIONS.values())


def _columns(model: type[models.Model], names: Sequence[str]) -> list[str]:
    return [str(model._meta.get_field(name).column) for name in names]  # type: ignore[union-attr]


def _all_columns(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


def _changed(protection: Protection, distinct: str) -> str:
    """SQL: the update touches something that must not change."""
    if not protection.insert_only:
        parts = [f'OLD."{c}" {distinct} NEW."{c}"' for c in _columns(protection.model, protection.frozen)]
        for c in _columns(protection.model, protection.rising):
            parts.append(f'NEW."{c}" < OLD."{c}" OR (NEW."{c}" IS NULL AND OLD."{c}" IS NOT NULL)')
        condition = " OR ".join(parts)
        if protection.since:
            column = _columns(protection.model, [protection.since])[0]
            condition = f'OLD."{column}" IS NOT NULL AND (OLD."{column}" {distinct} NEW."{column}" OR {condition})'
        if protection.until_raised:
            column = _columns(protection.model, [protection.until_raised])[0]
            condition = f'({condition}) AND NEW."{column}" <= OLD."{column}"'
        return condition
    once = set(_columns(protection.model, protection.once))
    if not once:
        return ALWAYS
    parts = [f'OLD."{c}" {distinct} NEW."{c}"' for c in _all_columns(protection.model) if c not in once]
    parts += [f'(OLD."{c}" IS NOT NULL AND OLD."{c}" {distinct} NEW."{c}")' for c in sorted(once)]
    return " OR ".join(parts)


def _unique_sets(protection: Protection, connection: BaseDatabaseWrapper) -> Iterator[tuple[list[str], str]]:
    """Columns of each unique index with its condition in SQL (empty: none)."""
    meta = protection.model._meta
    for field in meta.concrete_fields:
        if field.unique:
            yield [str(field.column)], ""
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            condition = ""
            if constraint.condition is not None:
                editor = connection.schema_editor(
                    collect_sql=True, atomic=False
                )  # not entered: it only spells the condition
                condition = str(constraint._get_condition_sql(protection.model, editor))  # type: ignore[attr-defined]
            yield _columns(protection.model, constraint.fields), condition


def _collisions(protection: Protection, connection: BaseDatabaseWrapper, *, other: bool) -> str:
    """SQL (SQLite): a row with the same key stands already; OR REPLACE would delete it without asking the delete trigger."""
    table, own = protection.table, set(_all_columns(protection.model))
    primary = protection.model._meta.pk.column
    parts = []
    for columns, condition in _unique_sets(protection, connection):
        same = " AND ".join(f'"{c}" = NEW."{c}"' for c in columns)
        if other:
            same += f' AND "{primary}" <> OLD."{primary}"'
        if condition:
            new = re.sub(r'"(\w+)"', lambda m: f'NEW."{m[1]}"' if m[1] in own else m[0], condition)
            same += f" AND ({condition}) AND ({new})"
        parts.append(f'EXISTS (SELECT 1 FROM "{table}" WHERE {same})')
    return " OR ".join(parts)


def _named(table: str, event: str, body: str) -> str:
    """At most 63 characters, PostgreSQL's limit."""
    digest = hashlib.sha256(body.encode()).hexdigest()[:10]
    return f"{PREFIX}{table[: 44 - len(event)]}_{event}_{digest}"


def _sqlite(protection: Protection, connection: BaseDatabaseWrapper) -> Iterator[Trigger]:
    table = protection.table
    conditions = {
        "update": _changed(protection, "IS NOT"),
        "delete": ALWAYS,
        "insert": _collisions(protection, connection, other=False),
        "replace": _collisions(protection, connection, other=True),
    }
    for event, condition in conditions.items():
        timing = "UPDATE" if event == "replace" else event.upper()
        body = f"BEFORE {timing} ON \"{table}\" FOR EACH ROW WHEN {condition} BEGIN SELECT RAISE(ABORT, '{_words(table)}'); END"
        name = _named(table, event, body)
        yield Trigger(name, table, f'CREATE TRIGGER "{name}" {body}')


def _postgresql(protection: Protection) -> Iterator[Trigger]:
    table, words = protection.table, _words(protection.table)
    condition = _changed(protection, "IS DISTINCT FROM")
    conditions = {"update": "" if condition == ALWAYS else condition, "delete": "", "truncate": ""}
    for event, condition in conditions.items():
        head = f'BEFORE {event.upper()} ON "{table}" FOR EACH {"STATEMENT" if event == "truncate" else "ROW"}'
        if condition:
            raises = f"RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'"
            function = f"BEGIN IF {condition} THEN {raises}; END IF; RETURN NEW; END"
            name = _named(table, event, head + function)
            yield Trigger(name, table, demands.with_function(name, table, head, function), function)
        else:
            body = f"{head} EXECUTE FUNCTION {FUNCTION}('{words}')"
            name = _named(table, event, body)
            yield Trigger(name, table, f'CREATE TRIGGER "{name}" {body}; {demands.always(name, table)}')


def _words(table: str) -> str:
    return f"{table}: rows are never rewritten"


def triggers(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Every trigger that the registered protections ask of this database."""
    found: list[Trigger] = []
    for protection in protections():
        if router.allow_migrate_model(connection.alias, protection.model):
            postgres = connection.vendor == "postgresql"
            found += _postgresql(protection) if postgres else _sqlite(protection, connection)
    for demand in demands.demands():
        if router.allow_migrate_model(connection.alias, demand.model):
            table = demand.model._meta.db_table
            for row in demands.spelled(demand, postgres=connection.vendor == "postgresql", named=_named):
                found.append(Trigger(row.name, table, row.sql, row.function))
    if router.allow_migrate(connection.alias, "offices"):
        found += [Trigger(row.name, row.table, row.sql, row.function) for row in sources.written(connection, _named)]
    return found


def present(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Guard triggers that stand in the database and fire: name to table."""
    if connection.vendor == "postgresql":
        sql = (
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND n.nspname = current_schema() AND t.tgname LIKE %s"
        )
    else:
        sql = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [f"{PREFIX}%"])
        return dict(cursor.fetchall())


def missing(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """Triggers that should stand on existing tables and don't (or don't fire, or say something else, or run another function)."""
    tables, there, said = set(connection.introspection.table_names()), present(connection), _definitions(connection)
    return [
        trigger
        for trigger in triggers(connection)
        if trigger.table in tables
        and (trigger.name not in there or said.get(trigger.name) != _definition(trigger, connection))
    ]


def _definition(trigger: Trigger, connection: BaseDatabaseWrapper) -> str:
    """What ``_definitions`` holds of a trigger that nobody has touched."""
    if connection.vendor != "postgresql":
        return trigger.sql
    statement = trigger.sql[trigger.sql.rindex("CREATE TRIGGER") :].partition("; ALTER TABLE")[0]
    return _plain(statement) + trigger.function


def _plain(statement: str) -> str:
    """PostgreSQL quotes the names that need it and no others."""
    return " ".join(statement.replace('"', "").split())


def _definitions(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Name to what the database itself says of each guard: the statement; on PostgreSQL with the body of its own function.

    A function that runs as somebody else or with settings of its own (a search path) is another one.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"]
            )
            return dict(cursor.fetchall())
        cursor.execute(
            "SELECT t.tgname, pg_get_triggerdef(t.oid, true), CASE WHEN p.proname <> t.tgname THEN '' "
            "WHEN p.prosecdef OR p.proconfig IS NOT NULL THEN 'changed' ELSE p.prosrc END "
            "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND t.tgname LIKE %s", [f"{PREFIX}%"],
        )  # fmt: skip
        return {name: _plain(statement) + body for name, statement, body in cursor.fetchall()}


def altered(connection: BaseDatabaseWrapper) -> list[str]:
    """Functions that many guards call (the refusal, the clock) and that are not there, or do something else than they should."""
    if connection.vendor != "postgresql":
        return []
    wanted = {FUNCTION: REFUSES, database_clock.FUNCTION: database_clock.body()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = current_schema() "
            "AND p.pronargs = 0 AND p.proconfig IS NULL AND NOT p.prosecdef AND p.proname = ANY(%s)", [list(wanted)],
        )  # fmt: skip
        bodies = dict(cursor.fetchall())
    return [name for name, body in wanted.items() if bodies.get(name) != body]


def step_aside(connection: BaseDatabaseWrapper) -> None:
    """Before a migration: SQLite can't rebuild a table that a trigger of another table names. ``install`` puts them back."""
    if connection.vendor == "sqlite":
        own = {trigger.name for protection in protections() for trigger in _sqlite(protection, connection)}
        with connection.cursor() as cursor:
            for name, table in _standing(connection).items():
                if name not in own:
                    _drop(cursor, connection, name, table)


def install(connection: BaseDatabaseWrapper) -> list[str]:
    """Create what is missing, drop what is outdated. Returns the names created."""
    wanted = {trigger.name for trigger in triggers(connection)}
    absent = missing(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _install_function(cursor)
        for name, table in _standing(connection).items():
            if name not in wanted or any(trigger.name == name for trigger in absent):
                _drop(cursor, connection, name, table)
        for trigger in absent:
            cursor.execute(trigger.sql)
    return [trigger.name for trigger in absent]


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Guard triggers in the database, disabled ones included."""
    if connection.vendor != "postgresql":
        return present(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND t.tgname LIKE %s", [f"{PREFIX}%"],
        )  # fmt: skip
        return dict(cursor.fetchall())


def _install_function(cursor: Any) -> None:
    cursor.execute(f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${REFUSES}$$")
    cursor.execute(database_clock.definition())


def _drop(cursor: Any, connection: BaseDatabaseWrapper, name: str, table: str) -> None:
    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')
    if on:
        cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')  # demands have one of their own


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take all guards off for the block and put them back: for emptying a test database, never for the platform's own code."""
    connection.check_constraints()  # PostgreSQL alters no table while deferred checks of this transaction wait
    with connection.cursor() as cursor:
        for name, table in _standing(connection).items():
            _drop(cursor, connection, name, table)
    try:
        yield
    finally:
        connection.check_constraints()
        install(connection)
