"""What a row may be only beside others, and what the database itself does after a row, in SQL that both databases understand::

    refuse(Leg, "draft", on="insert", when="(SELECT state FROM entry WHERE id = NEW.entry_id) <> 'draft'", words="…")
    follow(JournalEntry, "post", on="update", when="NEW.state = 'posted' AND OLD.state = 'draft'", do=("UPDATE …",))

``renovation_now()`` is the database's own clock in both. ``offices.triggers`` installs them with the other guards and misses them at
every start; on PostgreSQL their functions' bodies too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import models

On = Literal["insert", "update"]
BOTH: tuple[On, ...] = ("insert", "update")


@dataclass(frozen=True)
class Demand:
    """A condition under which a row is refused (``words``), or statements that follow a row (``do``). SQL on OLD and NEW.

    ``postgres``: the condition where PostgreSQL spells it otherwise. ``lock``: a query that PostgreSQL runs first (``SELECT … FOR
    UPDATE``), so that what waited for another sees what that one did; SQLite has one writer at a time anyway.
    """

    model: type[models.Model]
    name: str
    on: tuple[On, ...]
    when: str
    postgres: str = ""
    words: str = ""
    do: tuple[str, ...] = ()
    lock: str = ""


@dataclass(frozen=True)
class Spelled:
    """A trigger in the language of one database; ``function``: body of its own function on PostgreSQL."""

    name: str
    sql: str
    function: str = ""


_DEMANDS: dict[tuple[str, str], Demand] = {}


def refuse(
    model: type[models.Model], name: str, *, on: On | tuple[On, ...], when: str, words: str, postgres: str = "", lock: str = ""
) -> None:  # fmt: skip
    """Register that a row is refused (with ``words``) where ``when`` holds; ``name`` is unique in its table."""
    events = (on,) if isinstance(on, str) else on
    _DEMANDS[(model._meta.label, name)] = Demand(model, name, events, when, postgres, words=words, lock=lock)


def follow(model: type[models.Model], name: str, *, on: On, when: str, do: Sequence[str], lock: str = "") -> None:
    """Register statements that the database runs after a row for which ``when`` holds, in the same transaction."""
    _DEMANDS[(model._meta.label, name)] = Demand(model, name, (on,), when, do=tuple(do), lock=lock)


def demands() -> tuple[Demand, ...]:
    """All that is registered."""
    return tuple(_DEMANDS.values())


def quoted(text: str) -> str:
    """A text as SQL writes it: an apostrophe in it ends nothing."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def spelled(demand: Demand, *, postgres: bool, named: Callable[[str, str, str], str]) -> Iterator[Spelled]:
    """The triggers of a demand: on SQLite one for each event, on PostgreSQL one for all.

    PostgreSQL's WHEN takes no subquery, so there the condition stands in a function of the trigger's name.
    """
    table, when = demand.model._meta.db_table, "BEFORE" if demand.words else "AFTER"
    words = f"{table}: {demand.words}"
    if postgres:
        yield _postgres(
            demand, table, f'{when} {" OR ".join(demand.on).upper()} ON "{table}" FOR EACH ROW', words, named
        )
        return
    acts = f"SELECT RAISE(ABORT, {quoted(words)})" if demand.words else "; ".join(demand.do)
    for event in demand.on:
        body = f'{when} {event.upper()} ON "{table}" FOR EACH ROW WHEN {demand.when} BEGIN {acts}; END'
        name = named(table, demand.name if len(demand.on) == 1 else f"{demand.name}_{event}", body)
        yield Spelled(name, f'CREATE TRIGGER "{name}" {body}')


def _postgres(demand: Demand, table: str, head: str, words: str, named: Callable[[str, str, str], str]) -> Spelled:
    raises = f"RAISE EXCEPTION {quoted(words.replace('%', '%%'))} USING ERRCODE = 'integrity_constraint_violation'"
    lock = f"PERFORM {demand.lock.removeprefix('SELECT ')}; " if demand.lock else ""
    acts = raises if demand.words else "; ".join(demand.do)
    function = f"BEGIN {lock}IF {demand.postgres or demand.when} THEN {acts}; END IF; RETURN NEW; END"
    name = named(table, demand.name, head + function)
    return Spelled(name, with_function(name, table, head, function), function)


def with_function(name: str, table: str, head: str, function: str) -> str:
    """SQL: a trigger of PostgreSQL and the function of its name, which is called whatever the row is."""
    return (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard${function}$guard$; '
        f'CREATE TRIGGER "{name}" {head} EXECUTE FUNCTION "{name}"(); {always(name, table)}'
    )


def always(name: str, table: str) -> str:
    """SQL: a trigger of PostgreSQL fires in sessions that play a replica too."""
    return f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"'
