"""Twenty people close one notice at one moment: it is closed once, with one row of history."""

import pytest

from approvals.models import Notice
from offices.demonstration import Offices
from offices.models import HistoryEntry
from tests.approvals.notices import AFTER, Board
from tests.trust.processes import together

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


def test_twenty_closings_are_one(stage: Offices) -> None:
    board = Board(stage)
    notice = board.post()
    said = together(20, lambda _: board.close(notice).pk)
    assert [each.value for each in said if not each.error] == [notice.pk]
    assert {each.code for each in said if each.error} == {"notice_state"}
    assert Notice.objects.get().state == "closed"
    assert HistoryEntry.objects.filter(action="notice.close", subject_uid=notice.uid).count() == 1
    assert Notice.objects.get().last_day is not None and AFTER > notice.last_day  # type: ignore[operator]


def test_objections_that_arrive_with_the_closing_are_in_time_or_refused(stage: Offices) -> None:
    """Each is kept; none is left open under a notice that was closed as if there were none."""
    board = Board(stage)
    notice = board.post()
    said = together(8, lambda n: board.close(notice).pk if n == 0 else board.say(notice, notice.last_day).pk)  # type: ignore[arg-type]
    closed = not said[0].error
    fresh = Notice.objects.get()
    open_ones = fresh.remarks.filter(state="open", late=False).count()
    assert open_ones == 7 - sum(bool(each.error) for each in said[1:])
    assert (fresh.state == "closed") == closed
