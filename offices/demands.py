"""What a row may be only beside others, and what the database itself does after a row, in SQL that both databases understand::

    refuse(Leg, "draft", on="insert", when="(SELECT state FROM entry WHERE id = NEW.entry_id) <> 'draft'", words="…")
    follow(JournalEntry, "post", on="update", when="NEW.state = 'posted' AND OLD.state = 'draft'", do=("UPDATE …",))

``offices.triggers`` installs them with the other guards and misses them at every start; on PostgreSQL their functions' bodies too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import models

On = Literal["insert", "update"]


@dataclass(frozen=True)
class Demand:
    """A condition under which a row is refused (``words``), or statements that follow a row (``do``). SQL on OLD and NEW.

    ``lock``: a query that PostgreSQL runs first (``SELECT … FOR UPDATE``); SQLite has one writer at a time anyway.
    """

    model: type[models.Model]
    name: str
    on: On
    when: str
    words: str = ""
    do: tuple[str, ...] = ()
    lock: str = ""


_DEMANDS: dict[tuple[str, str], Demand] = {}


def refuse(model: type[models.Model], name: str, *, on: On, when: str, words: str, lock: str = "") -> None:
    """Register that a row is refused (with ``words``, plain ASCII) where ``when`` holds; ``name`` is unique in its table."""
    _DEMANDS[(model._meta.label, name)] = Demand(model, name, on, when, words=words, lock=lock)


def follow(model: type[models.Model], name: str, *, on: On, when: str, do: Sequence[str], lock: str = "") -> None:
    """Register statements that the database runs after a row for which ``when`` holds, in the same transaction."""
    _DEMANDS[(model._meta.label, name)] = Demand(model, name, on, when, do=tuple(do), lock=lock)


def demands() -> tuple[Demand, ...]:
    """All that is registered."""
    return tuple(_DEMANDS.values())


def spelled(demand: Demand, *, postgres: bool, named: Callable[[str, str, str], str]) -> tuple[str, str, str]:
    """(name, SQL, body of its own function) of a demand's trigger.

    PostgreSQL's WHEN takes no subquery, so there the condition stands in a function of the trigger's name.
    """
    table = demand.model._meta.db_table
    head = f'{"BEFORE" if demand.words else "AFTER"} {demand.on.upper()} ON "{table}" FOR EACH ROW'
    words = f"{table}: {demand.words}"
    if not postgres:
        acts = f"SELECT RAISE(ABORT, '{words}')" if demand.words else "; ".join(demand.do)
        body = f"{head} WHEN {demand.when} BEGIN {acts}; END"
        name = named(table, demand.name, body)
        return name, f'CREATE TRIGGER "{name}" {body}', ""
    raises = f"RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation'"
    lock = f"PERFORM {demand.lock.removeprefix('SELECT ')}; " if demand.lock else ""
    acts = raises if demand.words else "; ".join(demand.do)
    function = f"BEGIN {lock}IF {demand.when} THEN {acts}; END IF; RETURN NEW; END"
    name = named(table, demand.name, head + function)
    sql = (
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard${function}$guard$; '
        f'CREATE TRIGGER "{name}" {head} EXECUTE FUNCTION "{name}"(); ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"'
    )
    return name, sql, function
