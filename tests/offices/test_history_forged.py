"""Histories forged in every way that a shell offers, at random places: the first broken row is named each time, the cut tail too."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from offices import history, triggers
from offices.demonstration import Offices
from offices.models import HistoryEntry
from tests.cast import AT

pytestmark = pytest.mark.prove
EACH = 12
Forge = Callable[[Any, int], int]  # forges at a place of the chain and says which row must be named


def one(sql: str) -> Forge:
    """A statement about the row of this place; it is the first that is wrong."""

    def forge(cursor: Any, place: int) -> int:
        cursor.execute(f"{sql} WHERE sequence = {place}")
        return place

    return forge


def swap(cursor: Any, place: int) -> int:
    """Two neighbours change places."""
    for old, new in ((place, -1), (place + 1, place), (-1, place + 1)):
        cursor.execute("UPDATE offices_historyentry SET sequence = %s WHERE sequence = %s", [new, old])
    return place


def cut(cursor: Any, place: int) -> int:
    """Everything from here on is gone."""
    cursor.execute("DELETE FROM offices_historyentry WHERE sequence >= %s", [place])
    return place


def anew(cursor: Any, place: int) -> int:
    """A row changes and every later hash is computed anew: only the head that was written out tells."""
    rows = list(HistoryEntry.objects.filter(sequence__gte=place).order_by("sequence"))
    previous = rows[0].previous
    cursor.execute("UPDATE offices_historyentry SET previous = NULL, hash = NULL WHERE sequence >= %s", [place])
    for row in rows:
        row.action = "forged" if row.sequence == place else row.action
        value = history.digest(row, sequence=row.sequence or 0, previous=previous or "")
        cursor.execute(
            "UPDATE offices_historyentry SET action = %s, previous = %s, hash = %s WHERE id = %s",
            [row.action, previous, value, row.pk],
        )
        previous = value
    return rows[-1].sequence or 0


FORGERIES: dict[str, Forge] = {
    "the act": one("UPDATE offices_historyentry SET action = 'forged'"),
    "the moment": one("UPDATE offices_historyentry SET at = '2020-01-01 00:00:00'"),
    "the person": one("UPDATE offices_historyentry SET by_id = NULL, action = 'x'"),
    "the subject": one("UPDATE offices_historyentry SET subject_uid = '00000000-0000-0000-0000-000000000000'"),
    "the data": one("UPDATE offices_historyentry SET data = '{\"n\": 2}'"),
    "the hash": one("UPDATE offices_historyentry SET hash = '" + "f" * 64 + "'"),
    "the link": one("UPDATE offices_historyentry SET previous = '" + "e" * 64 + "'"),
    "a row cut out": one("DELETE FROM offices_historyentry"),
    "two rows exchanged": swap,
    "the tail cut": cut,
    "every later hash anew": anew,
}


def test_every_forgery_is_named(
    offices: Offices, django_capture_on_commit_callbacks: Any, record_property: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        length = history.seal(at=AT)
    assert length > 60 and history.verify().broken is None
    chance, missed, tried = random.Random(10), [], 0
    with triggers.lifted(connection):
        for name, forge in FORGERIES.items():
            for place in chance.sample(range(2, length - 1), EACH):
                with transaction.atomic(), connection.cursor() as cursor:
                    wanted = forge(cursor, place)
                    found = history.verify().broken
                    transaction.set_rollback(True)
                tried += 1
                missed += [(name, place, wanted, found)] if found != wanted else []
        assert history.verify().broken is None
    assert not missed, missed
    record_property(
        "figure",
        f"{tried} forgeries of {len(FORGERIES)} kinds in a chain of {length}: each named at its first broken row",
    )
