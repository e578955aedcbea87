"""A page whose rows have more than a thousand communities below them is shown (a condition of so many parts is beyond SQLite)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from approvals.models import Notice, NoticeCommunity
from communities.models import Community
from projects.models import MonthReport, Project, ReportPlace
from projects.queries.works import works_page
from tests.cast import AT, TODAY, cast

pytestmark = pytest.mark.django_db
MANY = 1_100


@pytest.fixture
def places() -> tuple[Any, list[Community]]:
    """The cast and many communities."""
    offices = cast()
    rows = [Community(name=f"{number}号院", created_at=AT, updated_at=AT) for number in range(MANY)]
    for row in rows:
        row.place_in(offices.divisions["胜利社区"])
    return offices, Community.objects.bulk_create(rows)


def test_a_list_of_notices_in_many_communities_is_shown(places: Any) -> None:
    offices, communities = places
    clerk = offices.user("柳北区", "housing", "clerk")
    notice = Notice(
        title="公示", kind="generic", text="公示", body=offices.body("柳北区", "housing"), created_by=clerk, state="posted",
        posted_on=TODAY, posted_at=AT, posted_by=clerk, last_day=TODAY + dt.timedelta(days=7), content_hash="0" * 64,
        created_at=AT, updated_at=AT,
    )  # fmt: skip
    notice.place_in(offices.divisions["柳北区"])
    notice.save()
    NoticeCommunity.objects.bulk_create([NoticeCommunity(notice=notice, community=row) for row in communities])
    answer = Client().get("/api/v1/notices/")
    assert answer.status_code == 200 and len(answer.json()["results"][0]["communities"]) == MANY


def test_the_works_of_a_project_in_many_communities_are_shown(places: Any) -> None:
    offices, communities = places
    project = Project(name="连片改造", stage="works", rulebook="liuzhou", created_at=AT, updated_at=AT)
    project.place_in(offices.divisions["柳北区"])
    project.save()
    report = MonthReport.objects.create(
        project=project, month=TODAY.replace(day=1), percent=10, money=0, done="屋面", by=offices.user("柳北区", "housing", "clerk"),
        at=AT, created_at=AT, updated_at=AT,
    )  # fmt: skip
    ReportPlace.objects.bulk_create([ReportPlace(report=report, community=row, percent=10) for row in communities])
    shown = works_page(project, today=TODAY).reports[0]
    assert [place.community.name for place in shown.places.all()] == [row.name for row in communities]
