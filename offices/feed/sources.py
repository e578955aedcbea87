"""Which tables the log of changes listens to, and the triggers that write it.

A trigger sees what an action, an import, a bulk update, a shell and a deletion have in common: the row. What one transaction does and
takes back is in no log, and a log row costs the writer one INSERT and no lock that another writer waits for.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from offices.database_clock import FUNCTION as CLOCK
from offices.demands import with_function

Event = Literal["insert", "update", "delete"]
Named = Callable[[str, str, str], str]  # table, event, body: a name that ends with the body's hash
EVENTS: tuple[Event, ...] = ("insert", "update", "delete")
TABLE = "offices_change"  # not asked of the model: apps say what they feed before the models are there
WORDS = {"insert": "created", "update": "changed", "delete": "deleted"}
_MARK = -4_611_686_018_427_387_904  # stands in the compiled query where the trigger puts the row's key


@dataclass(frozen=True)
class Source:
    """Changes of ``model`` told as changes of ``resource``.

    ``told``: the model whose rows the resource shows. ``by``: lookup from it to ``model``: "pk" for its own rows, a relation for rows
    that it shows as part of itself. ``scope``: lookup from it to its division; empty where everybody may know. ``watch``: a column
    whose move is an event of its own name. ``columns``: only their change counts.
    """

    resource: str
    told: type[models.Model]
    model: type[models.Model]
    by: str = "pk"
    scope: str = "division"
    watch: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """A trigger of the log in the language of one database; ``function``: body of its own function on PostgreSQL."""

    name: str
    table: str
    sql: str
    function: str = ""


_SOURCES: dict[tuple[str, str, str], Source] = {}


def feed(
    resource: str, told: type[models.Model], *, scope: str = "division", watch: str = "",
    parts: Sequence[tuple[type[models.Model], str]] = (), names: Sequence[tuple[type[models.Model], str, tuple[str, ...]]] = (),
) -> None:  # fmt: skip
    """Register a resource.

    ``parts``: (model, lookup from ``told`` to it): its rows are shown inside the resource's own. ``names``: (model, lookup, columns):
    the resource repeats these columns of another's row.
    """
    found = [Source(resource, told, told, scope=scope, watch=watch)]
    found += [Source(resource, told, model, by, scope) for model, by in parts]
    found += [Source(resource, told, model, by, scope, columns=columns) for model, by, columns in names]
    for source in found:
        _SOURCES[(resource, source.model._meta.label, source.by)] = source


def told() -> dict[str, Source]:
    """Resources of the log, each with the source of its own rows."""
    return {source.resource: source for source in _SOURCES.values() if source.by == "pk"}


def written(connection: BaseDatabaseWrapper, named: Named) -> Iterator[Written]:
    """The triggers of all sources for this database."""
    for source in _SOURCES.values():
        for event in EVENTS:
            if (
                event == "update" or not source.columns
            ):  # a new row is repeated by nobody yet, a referenced one is not deleted
                yield _trigger(source, event, connection, named)


def _trigger(source: Source, event: Event, connection: BaseDatabaseWrapper, named: Named) -> Written:
    table = source.model._meta.db_table
    postgres = connection.vendor == "postgresql"
    row = "OLD" if event == "delete" else "NEW"
    insert = "; ".join(_inserts(source, event, row, connection))
    # Before a deletion the row can still be asked where it lay; after it, nobody can.
    head = f'{"BEFORE" if event == "delete" else "AFTER"} {event.upper()} ON "{table}" FOR EACH ROW'
    condition = _moved(source, _distinct(connection)) if source.columns else ""
    word = f"{source.resource}_{event}" if source.by == "pk" else f"{source.resource}_{source.by}_{event}"
    if postgres:
        acts = f"IF {condition} THEN {insert}; END IF" if condition else insert
        function = f"BEGIN {acts}; RETURN {row}; END"
        name = named(table, word[:30], head + function)
        return Written(name, table, with_function(name, table, head, function), function)
    when = f" WHEN {condition}" if condition else ""
    body = f"{head}{when} BEGIN {insert}; END"
    name = named(table, word[:30], body)
    return Written(name, table, f'CREATE TRIGGER "{name}" {body}')


def _inserts(source: Source, event: Event, row: str, connection: BaseDatabaseWrapper) -> Iterator[str]:
    """SQL: one log row for each row that shows this one; a row that moved is told where it lay before, too."""
    named = '"row", "scope_id"' if source.scope else '"row"'
    into = f'INSERT INTO "{TABLE}" ("resource", "event", "at", {named}) SELECT \'{source.resource}\''
    yield f"{into}, {_event(source, event, connection)}, {CLOCK}(), {_told(source, row, connection)}"
    if event == "update" and source.by == "pk" and source.scope == "division":
        moved = f'OLD."division_id" {_distinct(connection)} NEW."division_id"'
        yield f'{into}, \'changed\', {CLOCK}(), OLD."uid", OLD."division_id" WHERE {moved}'


def _told(source: Source, row: str, connection: BaseDatabaseWrapper) -> str:
    """SQL: uid and division of what is told of, out of the row itself where they stand there."""
    if source.by == "pk" and source.scope in {"", "division"}:
        return f'{row}."uid", {row}."division_id"' if source.scope else f'{row}."uid"'
    columns = ["uid", source.scope] if source.scope else ["uid"]
    rows = source.told._base_manager.filter(**{source.by: _MARK}).order_by().distinct().values_list(*columns)
    compiled, parameters = rows.query.get_compiler(connection=connection).as_sql()
    if parameters != (_MARK,):
        raise ValueError(f"{source.resource}: {source.by} and {source.scope} must be plain lookups")
    key = source.model._meta.pk.column
    picked = compiled.replace("%s", f'{row}."{key}"')
    return f"told.* FROM ({picked}) told"


def _event(source: Source, event: Event, connection: BaseDatabaseWrapper) -> str:
    if source.by != "pk":
        return "'changed'"
    if event == "update" and source.watch:
        column = source.model._meta.get_field(source.watch).column  # type: ignore[union-attr]
        return f"CASE WHEN OLD.\"{column}\" {_distinct(connection)} NEW.\"{column}\" THEN '{source.watch}' ELSE 'changed' END"
    return f"'{WORDS[event]}'"


def _moved(source: Source, distinct: str) -> str:
    columns = [str(source.model._meta.get_field(name).column) for name in source.columns]  # type: ignore[union-attr]
    return " OR ".join(f'OLD."{column}" {distinct} NEW."{column}"' for column in columns)


def _distinct(connection: BaseDatabaseWrapper) -> str:
    return "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
