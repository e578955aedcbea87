"""The chain of history shows what was cut, changed or forged."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from offices import history, triggers
from offices.demonstration import Offices
from offices.models import HistoryEntry
from tests.cast import AT


@pytest.fixture
def sealed(offices: Offices, django_capture_on_commit_callbacks: object) -> int:
    """Everything that the cast did, sealed, with its head written out. Returns the length of the chain."""
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        return history.seal(at=AT)


def forge(sql: str, *values: object) -> None:
    """A change by someone who took the guards off first."""
    with triggers.lifted(connection), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_rows_are_sealed_once_and_in_order(sealed: int) -> None:
    rows = list(HistoryEntry.objects.order_by("sequence"))
    assert [row.sequence for row in rows] == list(range(1, sealed + 1))
    assert [row.previous for row in rows[1:]] == [row.hash for row in rows[:-1]]
    assert rows[0].previous == history.GENESIS
    assert history.seal(at=AT) == 0


def test_batches_make_one_chain(offices: Offices) -> None:
    total = HistoryEntry.objects.count()
    assert total > 100
    assert history.seal(at=AT, batch=7) == total
    assert history.verify() == history.Finding(sealed=total, unsealed=0)


def test_a_changed_row_is_named(sealed: int) -> None:
    row = HistoryEntry.objects.get(sequence=5)
    forge("UPDATE offices_historyentry SET action = 'forged' WHERE id = %s", row.pk)
    found = history.verify()
    assert found.broken == 5 and str(row.pk) in found.reason and "哈希不符" in found.reason


def test_a_row_cut_out_of_the_middle_is_named(sealed: int) -> None:
    forge("DELETE FROM offices_historyentry WHERE sequence = 9")
    assert history.verify().broken == 9


def test_a_cut_tail_shows_against_the_heads_that_were_written_out(sealed: int) -> None:
    forge("DELETE FROM offices_historyentry WHERE sequence > %s", sealed - 3)
    found = history.verify()
    assert found.broken == sealed - 2 and "末尾被截掉" in found.reason


def test_a_chain_forged_from_the_middle_on_does_not_meet_the_written_head(sealed: int) -> None:
    """Someone changes a row and computes every later hash anew."""
    rows = list(HistoryEntry.objects.filter(sequence__gte=4).order_by("sequence"))
    previous = HistoryEntry.objects.get(sequence=3).hash or ""
    with triggers.lifted(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE offices_historyentry SET previous = NULL, hash = NULL WHERE sequence >= 4")
        for row in rows:
            row.data = {**row.data, "forged": True}
            value = history.digest(row, sequence=row.sequence or 0, previous=previous)
            cursor.execute(
                "UPDATE offices_historyentry SET data = %s, previous = %s, hash = %s WHERE id = %s",
                [json.dumps(row.data), previous, value, row.pk],
            )
            previous = value
    found = history.verify()
    assert found.broken == sealed and "链头" in found.reason


def test_the_command_says_yes_or_names_the_row(sealed: int, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_history")
    assert f"{sealed} 条" in capsys.readouterr().out
    forge("UPDATE offices_historyentry SET action = 'forged' WHERE sequence = 2")
    with pytest.raises(CommandError, match="第 2 条"):
        call_command("verify_history")


def test_history_takes_no_personal_value(offices: Offices) -> None:
    with pytest.raises(ValueError, match="phone"):
        history.record(by=None, at=AT, action="x", subject=offices.divisions["芮城县"], data={"phone": "13800000000"})
    assert history.salted("13800000000") == history.salted("13800000000") != history.salted("13800000001")
    assert "13800000000" not in history.salted("13800000000")


def test_a_reason_stands_beside_the_chain_and_can_be_erased_without_breaking_it(offices: Offices) -> None:
    entry = history.record(
        by=None, at=AT, action="test.act", subject=offices.divisions["芮城县"], reason=" 王大爷来电要求撤回 "
    )
    assert entry.why.text == "王大爷来电要求撤回" and "王大爷" not in str(entry.data)
    assert entry.data["reason_hash"] == history.salted("王大爷来电要求撤回")
    history.seal(at=AT)
    entry.why.delete()
    assert history.verify().broken is None
