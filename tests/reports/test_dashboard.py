"""The dashboard: each figure opens to its projects, each day is kept once, an earlier day can be seen again; REST says the same."""

import datetime as dt
import io
import json
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from projects.actions.snapshots import keep_figures
from projects.models import FigureSnapshot, Project
from projects.queries.dashboard import PARTS, behind, kept, percent
from projects.queries.pipeline import levels
from projects.queries.statistics import statistics
from projects.rules.rates import Figures, as_json, from_json
from projects.tasks import keep_figures as task
from tests.cast import AT, TODAY
from tests.funding.stage import Money
from tests.reports.test_disclosure import staged
from tests.reports.test_money_reports import browser
from tests.reports.test_overview import published

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - dt.timedelta(days=1)


def page(money: Money, query: str = "", role: str = "clerk") -> str:
    """The dashboard as somebody of 城中区 sees it."""
    answer = browser(money, role).get(f"/staff/dashboard/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_figures_open_to_the_projects_behind_them(money: Money) -> None:
    staged(money)
    published(money, "甲小区", "accepted", investment=Decimal("1000.00"))
    published(money, "乙小区", "approved")
    html = page(money, "?year=2026")
    assert "2 / 3 个" in html and "33.33%" in html and "59.00 / 70.00 万元" in html
    found = statistics(money.offices.divisions["城中区"], 2026, today=TODAY, user=money.user("clerk")).total
    numbers = {
        "": found.planned, "started": found.started, "done": found.done, "priced": found.priced, "money": 1, "surveyed": 0, "late": 0,
    }  # fmt: skip
    assert set(numbers) == set(PARTS)
    for part, number in numbers.items():
        rows = behind(money.user("clerk"), money.offices.divisions["城中区"], 2026, part, TODAY)
        assert rows.count() == number, part
        answer = browser(money).get(f"/staff/dashboard/projects/?year=2026&part={part}")
        assert answer.status_code == 200 and (f"共 {number} 个" in answer.content.decode() or not number)
    links = set(re.findall(r'href="(/staff/dashboard/projects/[^"]+)"', html))
    assert len(links) == 6 and all(browser(money).get(link.replace("&amp;", "&")).status_code == 200 for link in links)


def test_staff_see_residents_money_of_small_projects_and_the_public_does_not(money: Money) -> None:
    staged(money, 4)
    division = money.offices.divisions["城中区"]
    assert statistics(division, 2026, today=TODAY, user=money.user("clerk")).total.allotted == Decimal("700000.00")
    answer = Client().get(f"/api/v1/statistics/?division={division.uid}&year=2026").json()
    assert answer["total"]["figures"]["allotted"] == "600000.00"
    assert answer["total"]["rates"]["received"] == {
        "numerator": "500000.00",
        "denominator": "600000.00",
        "percent": "83.33",
    }
    assert answer["rows"][0]["division"]["name"] == "城中区"


def test_only_ones_own_scope(money: Money) -> None:
    staged(money)
    foreign = Client()
    foreign.force_login(money.offices.user("芮城县", "housing", "clerk"), backend="offices.backend.StaffBackend")
    assert "没有已下达计划的项目" in foreign.get("/staff/dashboard/?year=2026").content.decode()
    assert "映山街" not in foreign.get("/staff/dashboard/projects/?year=2026").content.decode()


def test_a_day_is_kept_once_and_stays_as_it_was(money: Money) -> None:
    project = published(money, "甲小区", "reviewed")
    published(money, "乙小区", "works", year=2025)
    first = keep_figures(at=AT - dt.timedelta(days=1), today=YESTERDAY)
    assert first == 2 * 3, "two years, each of the province, the city and the county"
    assert keep_figures(at=AT, today=YESTERDAY) == 0
    Project.objects.filter(pk=project.pk).update(stage="works")
    assert keep_figures(at=AT, today=TODAY) == first
    county = money.offices.divisions["城中区"]
    before, today = (kept(county, 2026, day) for day in (YESTERDAY, TODAY))
    assert before is not None and today is not None
    assert (before[0].total.started, today[0].total.started) == (0, 1)
    assert kept(county, 2026, YESTERDAY - dt.timedelta(days=1)) is None
    city = kept(money.offices.divisions["柳州市"], 2026, YESTERDAY)
    assert city is not None and [row.division.name for row in city[0].rows] == ["城中区"]
    html = page(money, f"?year=2026&day={YESTERDAY}")
    assert "2026年3月1日留存的数字" in html and "0 / 1 个" in html
    assert "1 / 1 个" in page(money, "?year=2026")
    row = FigureSnapshot.objects.filter(division=county, year=2026)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureSnapshot.objects.filter(pk=row.pk).update(year=2024)
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureSnapshot.objects.create(division=county, year=2026, day=row.day, at=AT, figures={})


def test_the_beat_keeps_them(money: Money) -> None:
    published(money, "甲小区", "works")
    assert "projects.keep_figures" in {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert task() == 3 and task() == 0


def test_the_trend_is_drawn_from_data_beside_its_table(money: Money) -> None:
    published(money, "甲小区", "works")
    keep_figures(at=AT, today=YESTERDAY)
    assert "trend-data" not in page(money, "?year=2026"), "one day is no line"
    keep_figures(at=AT, today=TODAY)
    html = page(money, "?year=2026")
    data = re.search(r'<script id="trend-data" type="application/json">(.*?)</script>', html)
    assert data is not None
    found = json.loads(data[1])
    assert found["days"] == ["2026-03-01", "2026-03-02"]
    series = {row["name"]: row["points"] for row in found["series"]}
    assert series["开工率"] == ["100.0", "100.0"] and series["满意度"] == [None, None]
    assert "逐月" in html and f"day={TODAY}" in html
    csp = browser(money).get("/staff/dashboard/").headers["Content-Security-Policy"]
    assert "unsafe-inline" not in csp


@pytest.mark.parametrize(
    ("query", "status"), [("?day=x", 400), ("?day=2026-2-30", 400), ("?year=1", 400), ("?day=20260101", 200), ("", 200)]
)
def test_bad_addresses(money: Money, query: str, status: int) -> None:
    published(money, "甲小区", "works")
    answer = browser(money).get(f"/staff/dashboard/{query}")
    assert answer.status_code == status
    if query == "?day=20260101":
        assert "没有留存的数字" in answer.content.decode()


@pytest.mark.parametrize(
    "query", ["", "year=2026", "division=x&year=2026", "division={}&year=26", "division={}&year=2026&x=1"]
)
def test_bad_parameters_of_statistics(money: Money, query: str) -> None:
    given = query.format(money.offices.divisions["城中区"].uid)
    assert Client().get(f"/api/v1/statistics/?{given}").status_code == 400


def test_a_bounded_number_of_queries(money: Money, django_assert_max_num_queries: Any) -> None:
    staged(money)
    for number in range(5):
        project = published(money, f"第{number}小区", "works")
        money.fund(money.source("100.00", "county"), project, "100.00")
    client = browser(money)
    client.get("/staff/dashboard/?year=2026")
    with django_assert_max_num_queries(22):  # of which nine are the session's and the frame's
        client.get("/staff/dashboard/?year=2026")
    with django_assert_max_num_queries(24):
        client.get("/staff/dashboard/projects/?year=2026")


def test_figures_are_kept_whole() -> None:
    found = Figures(planned=3, investment=Decimal("12345678901.23"), late=1)
    assert from_json(json.loads(json.dumps(as_json(found)))) == found
    assert from_json({"planned": 2}) == Figures(planned=2), "a figure that was not kept then is zero"
    assert percent(2999, 3000) == "99.9" and percent(1, 0) is None


def test_the_stages_of_a_year_are_counted_once_each_and_open_to_their_projects(money: Money) -> None:
    published(money, "甲小区", "works")
    published(money, "乙小区", "approved")
    published(money, "丙小区", "planned")
    published(money, "丁小区", "works", year=2025)
    county = money.offices.divisions["城中区"]
    found = {level.stage.key: (level.here, level.reached) for level in levels(money.user("clerk"), county, 2026)}
    assert found["reserve"] == (0, 3) and found["planned"] == (1, 3) and found["approved"] == (1, 2)
    assert found["works"] == (1, 1) and found["accepted"] == (0, 0)
    assert levels(money.offices.user("芮城县", "housing", "clerk"), county, 2026) == ()
    links = re.findall(r'href="(/staff/projects/[?]year=2026&amp;stage=[a-z]+)"', page(money, "?year=2026"))
    assert len(links) == 3
    for link in links:
        assert "共 1 个" in browser(money).get(link.replace("&amp;", "&")).content.decode()


def test_places_are_ranked_by_a_rate_and_those_without_it_come_last(money: Money) -> None:
    published(money, "甲小区", "works")
    published(money, "乙小区", "approved")
    other = published(money, "丙小区", "works")
    other.place_in(money.offices.divisions["柳北区"])
    other.save()
    leader = Client()
    leader.force_login(money.offices.user("柳州市", "housing", "leader"))
    for sort, first in (("started", "柳北区"), ("", "城中区"), ("nothing", "城中区")):
        html = leader.get(f"/staff/dashboard/?year=2026&sort={sort}").content.decode()
        rows = re.findall(r'<th scope="row">(城中区|柳北区)</th>', html)
        assert rows[0] == first, (sort, rows)


def test_the_report_to_the_upper_level_is_the_page_on_paper_for_any_kept_day(money: Money) -> None:
    staged(money)
    project = published(money, "甲小区", "accepted", investment=Decimal("1000.00"))
    keep_figures(at=AT, today=YESTERDAY)
    Project.objects.filter(pk=project.pk).update(stage="approved")
    sheet = openpyxl.load_workbook(content(browser(money).get("/staff/dashboard/report/xlsx/?year=2026"))).active
    rows = {row[0]: row for row in sheet.iter_rows(values_only=True) if row[0]}
    assert rows["合计"][1:6] == rows["城中区"][1:6] == (2, 1, "50.00%", 0, "0.00%")
    assert rows["合计"][9:11] == (70, 59) and rows["合计"][11] in page(money, "?year=2026")
    before = openpyxl.load_workbook(
        content(browser(money).get(f"/staff/dashboard/report/xlsx/?year=2026&day={YESTERDAY}"))
    ).active
    kept_rows = {row[0]: row for row in before.iter_rows(values_only=True) if row[0]}
    assert kept_rows["合计"][1:5] == (2, 2, "100.00%", 1) and "2026年3月1日" in str(
        list(before.iter_rows(values_only=True))
    )
    for form in ("pdf", "docx"):
        assert browser(money).get(f"/staff/dashboard/report/{form}/?year=2026").status_code == 200
    assert browser(money).get("/staff/dashboard/report/exe/?year=2026").status_code == 404
    assert browser(money).get("/staff/dashboard/report/pdf/?year=2026&day=x").status_code == 400


def content(answer: Any) -> io.BytesIO:
    """The file of an answer."""
    assert answer.status_code == 200
    return io.BytesIO(b"".join(answer.streaming_content))
