"""A new official calendar moves the last days of notices, and says so."""

import datetime as dt

import pytest

from approvals.papers import record_paper
from communities import actions as register
from offices import calendar
from projects import actions
from tests.projects.conftest import AT, World

pytestmark = pytest.mark.django_db


@pytest.mark.rule("LZ-08")
@pytest.mark.rule("N-05")
def test_a_loaded_year_moves_the_end_of_a_notice_and_tells_it(world: World) -> None:
    at, today = dt.datetime(2026, 12, 30, 9, 0, tzinfo=AT.tzinfo), dt.date(2026, 12, 30)
    community = register.add_community(
        by=world.wei, at=at, division=world.other, values={"name": "机械厂宿舍", "built_text": "1990"}
    )
    project = actions.add_project(
        by=world.wei, at=at, today=today, division=world.other, name="机械厂宿舍", communities=[community]
    )
    figures = {"posted_on": "2026-12-28", "closed_on": "2027-01-05", "objections": 0, "open_objections": 0}
    record_paper(
        by=world.wei, at=at, today=today, subject=project, division=world.other, evidence="notice", title="公示", figures=figures, day=today
    )  # fmt: skip
    admin = world.wei
    admin.is_superuser = True
    days = [(dt.date(2027, 1, 1), False, "元旦"), (dt.date(2027, 1, 3), True, "元旦调休")]  # a Sunday that is worked
    moved = calendar.load_official_year(
        by=admin, at=at, today=today, year=2027, days=days, source="国办发明电〔2026〕9号"
    )
    assert [(row.what, row.before, row.after) for row in moved] == [
        ("机械厂宿舍公示截止日", dt.date(2027, 1, 5), dt.date(2027, 1, 4))
    ]
