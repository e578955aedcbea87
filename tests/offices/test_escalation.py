"""What is owed too long goes to the leader of the body: once, whoever sweeps how often; and his workspace shows it."""

import datetime as dt

import pytest
from django.test import Client

from offices import duties
from offices.calendar import calendar
from offices.demonstration import Offices
from offices.models import Alert, Duty, Message
from tests.offices.test_duties import DAY, DUE, owed, sweep

pytestmark = pytest.mark.django_db


def worked(start: dt.date, number: int) -> dt.date:
    """The day by which ``number`` working days have gone since ``start``."""
    day = start
    while number:
        day += DAY
        number -= calendar().is_working(day)
    return day


def escalated(offices: Offices, role: str) -> list[str]:
    """Titles of what went to somebody of 芮城县住建局 as escalated."""
    rows = Message.objects.filter(
        recipient=offices.user("芮城县", "housing", role), channel="inbox", event__contains=":escalated:"
    )
    return list(rows.values_list("title", flat=True))


def test_the_leader_is_told_once_after_the_configured_working_days(offices: Offices) -> None:
    owed(offices)
    day = worked(DUE, 5)
    sweep(day - DAY)
    assert escalated(offices, "leader") == []
    for each in (day, day, day + DAY, day + 40 * DAY):
        sweep(each)
    assert escalated(offices, "leader") == ["请督办，已逾期：芮城县2027年度计划"]
    assert escalated(offices, "clerk") == []
    assert Alert.objects.filter(kind="escalated").count() == 1


@pytest.mark.parametrize("days", [1, 20])
def test_the_days_are_configured(offices: Offices, settings: object, days: int) -> None:
    settings.ESCALATION_DAYS = days  # type: ignore[attr-defined]
    owed(offices)
    sweep(worked(DUE, days) - DAY)
    assert not escalated(offices, "leader")
    sweep(worked(DUE, days))
    assert len(escalated(offices, "leader")) == 1


def test_after_an_outage_clerk_and_leader_are_told_each_his_own(offices: Offices) -> None:
    owed(offices, strength="strive")
    sweep(DUE + 60 * DAY)
    words = list(
        Message.objects.filter(recipient=offices.user("芮城县", "housing", "clerk"), channel="inbox").values_list(
            "title", flat=True
        )
    )
    assert words == ["已滞后：芮城县2027年度计划"]
    assert escalated(offices, "leader") == ["请督办，已滞后：芮城县2027年度计划"]


def test_a_day_that_moved_may_be_escalated_again_and_what_is_done_is_not(offices: Offices) -> None:
    duty = owed(offices)
    sweep(worked(DUE, 5))
    owed(offices, due=DUE + 30 * DAY)
    sweep(worked(DUE + 30 * DAY, 5))
    assert len(escalated(offices, "leader")) == 2
    other = owed(offices, due=DUE + 60 * DAY)
    assert other.pk == duty.pk
    duties.fulfil(
        subject=offices.body("芮城县", "housing"), milestone="plan_declaration", on=DUE, at=dt.datetime.now(dt.UTC)
    )
    sweep(DUE + 200 * DAY)
    assert len(escalated(offices, "leader")) == 2 and Duty.objects.get().state == "done"


def test_the_workspace_of_the_leader_shows_it_until_it_is_done(offices: Offices) -> None:
    owed(offices)
    sweep(worked(DUE, 5))

    def home(role: str) -> str:
        client = Client()
        client.force_login(offices.user("芮城县", "housing", role), backend="offices.backend.StaffBackend")
        return client.get("/staff/").content.decode()

    assert "请您督办" in home("leader") and "请您督办" not in home("clerk")
    duties.fulfil(
        subject=offices.body("芮城县", "housing"), milestone="plan_declaration", on=DUE, at=dt.datetime.now(dt.UTC)
    )
    assert "请您督办" not in home("leader")
