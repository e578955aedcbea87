"""What everybody reads of a place's renovation: honest counts, both numbers of each rate, photos, the policy, and data to take along."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.models import Community
from funding.models import Fund
from funding.queries import sums_by, total
from offices.models import Duty
from projects.actions.works import add_photo, file_report, publish_photo
from projects.models import Project, ProjectCommunity
from projects.queries.open_data import DATASETS
from projects.queries.statistics import statistics
from projects.rules.rates import Figures, rates
from renovation.demonstration.works import drawn
from renovation.templatetags.charts import rate_words
from tests.cast import AT, TODAY
from tests.funding.stage import Money
from tests.reports.test_disclosure import ID_NUMBER, PHONE, WORKER, staged

pytestmark = pytest.mark.django_db


def published(
    money: Money, name: str, stage: str, *, homes: int | None = 30, year: int = 2026, **values: Any
) -> Project:
    """A project of an issued plan in a stage of its life."""
    row = money.project(name)
    Project.objects.filter(pk=row.pk).update(published=True, plan_year=year, stage=stage, **values)
    Community.objects.filter(name=name).update(household_count=homes)
    return Project.objects.get(pk=row.pk)


def page(money: Money, place: str = "城中区", query: str = "") -> str:
    """The page of a place."""
    answer = Client().get(f"/overview/{money.offices.divisions[place].uid}/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(key: str) -> list[dict[str, Any]]:
    """A dataset as JSON, which says the same as its CSV."""
    body = json.loads(b"".join(Client().get(f"/open/{key}.json").streaming_content))  # type: ignore[arg-type]
    text = b"".join(Client().get(f"/open/{key}.csv").streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    table = list(csv.DictReader(io.StringIO(text)))
    assert len(table) == len(body["rows"]) and body["licence"]
    assert [field["name"] for field in body["fields"]] == list(table[0]) if table else True
    return body["rows"]  # type: ignore[no-any-return]


def test_counts_are_of_issued_plans_and_say_both_numbers(money: Money) -> None:
    staged(money)
    published(money, "甲小区", "accepted", investment=Decimal("1000.00"))
    published(money, "乙小区", "approved", homes=None)
    published(money, "丙小区", "aftercare", year=2025)
    money.project("储备小区")
    found = statistics(money.offices.divisions["柳州市"], 2026, today=TODAY)
    assert [row.division.name for row in found.rows] == ["城中区"]
    figures = found.total
    assert (figures.planned, figures.started, figures.done) == (3, 2, 1)
    assert (figures.homes, figures.homes_unknown) == (70, 1)
    books = total(sums_by(Fund.objects.all()).values())
    assert (figures.allotted, figures.received, figures.spent) == (books.planned, books.received, books.spent)
    assert (figures.investment, figures.completed) == (Decimal("1000.00"), Decimal("0.00")), (
        "no price, no part of the rate"
    )
    shown = {row.rate.key: rate_words(row) for row in rates(figures)}
    assert shown == {"started": "66.67%", "done": "33.33%", "invested": "0.00%", "received": "84.29%", "satisfied": "—"}
    html = page(money)
    assert "2 / 3 个" in html and "1 / 3 个" in html and "样本少" in html and "另有 1 个项目户数未登记" in html
    assert "丙小区" not in html and "2025年度" in html, "the other year is a tab"
    assert "1 / 1 个" in page(money, query="?year=2025")


def test_a_city_adds_up_its_counties_and_counts_nothing_twice(money: Money) -> None:
    shared = staged(money)
    second = Community.objects.get(name=published(money, "甲小区", "works").name)
    ProjectCommunity.objects.create(project=shared, community=second)
    county, city = (statistics(money.offices.divisions[name], 2026, today=TODAY).total for name in ("城中区", "柳州市"))
    assert county == city and city.planned == 2 and city.homes == 40 + 30 + 30
    assert city.spent == Decimal("200000.00")


def test_residents_money_of_few_households_is_in_no_total(money: Money) -> None:
    staged(money, 4)
    figures = statistics(money.offices.divisions["城中区"], 2026, today=TODAY).total
    assert figures.allotted == Decimal("600000.00")
    assert "100,000.00" not in page(money) and "700,000.00" not in page(money)
    assert {row["kind"] for row in rows_of("money")} == {"central"}
    assert [row["allotted"] for row in rows_of("statistics") if row["level"] == "county"] == ["600000.00"]


def test_what_is_late_is_told_by_its_strength(money: Money) -> None:
    project = published(money, "甲小区", "approved")
    other = published(money, "乙小区", "approved")
    for number, (row, strength, state) in enumerate(
        [(project, "must", "open"), (project, "strive", "open"), (project, "must", "done"), (other, "may", "open")]
    ):
        duty = Duty(
            subject_type="project", subject_uid=row.uid, subject_title=row.name, rule_id="LZ-09", rulebook="liuzhou",
            milestone=f"m{number}", strength=strength, plan_year=2026, due_on=TODAY.replace(month=1), state=state,
            done_on=TODAY if state == "done" else None, created_at=AT, updated_at=AT,
        )  # fmt: skip
        duty.place_in(row.division)
        duty.save()
    figures = statistics(money.offices.divisions["城中区"], 2026, today=TODAY).total
    assert (figures.breached, figures.late) == (1, 1)


@pytest.mark.rule("LZ-26", "YL-14", "RC-26", "JX-17")
def test_before_and_after_progress_money_and_the_policy_stand_on_one_page(money: Money) -> None:
    project = staged(money)
    clerk = money.user("clerk")
    for moment in ("before", "after", "during"):
        upload = SimpleUploadedFile("p.png", drawn((120, 90, 60)), "image/png")
        photo = add_photo(
            by=clerk, at=AT, today=TODAY, project=project, month=TODAY, moment=moment, caption=f"楼道{moment}", public=False,
            upload=upload,
        )  # fmt: skip
        html = page(money)
        assert f"楼道{moment}" not in html, "not public yet"
        publish_photo(by=clerk, at=AT, photo=photo, public=True)
    html = page(money)
    assert "楼道before" in html and "楼道after" in html and "楼道during" not in html
    for words in (
        "开工率",
        "完工率",
        "已支出",
        "200,000.00",
        "满意度",
        "/rulebooks/rules/LZ-01/",
        "柳政规〔2022〕3号",
        "开放数据",
    ):
        assert words in html, words
    for secret in (WORKER, PHONE, ID_NUMBER):
        assert secret not in html


def test_each_dataset_is_described_and_equals_the_ledger(money: Money) -> None:
    project = staged(money)
    published(money, "=1+1小区", "works", homes=12)
    projects = {row["name"]: row for row in rows_of("projects")}
    assert set(projects) == {project.name, "=1+1小区"} and projects["=1+1小区"]["homes"] == 12
    assert b"'=1+1" in b"".join(Client().get("/open/projects.csv").streaming_content)  # type: ignore[arg-type]
    books = total(sums_by(Fund.objects.all()).values())
    assert sum(Decimal(row["spent"]) for row in rows_of("money")) == books.spent
    levels = {row["level"]: row for row in rows_of("statistics")}
    assert set(levels) == {"province", "city", "county"} and levels["city"]["planned"] == 2
    html = Client().get("/open/").content.decode()
    for dataset in DATASETS.values():
        assert all(f"<code>{name}</code>" in html for name in dataset.names)
    raw = b"".join(
        b"".join(Client().get(f"/open/{key}.{kind}").streaming_content) for key in DATASETS for kind in ("csv", "json")
    )  # type: ignore[arg-type]
    for secret in (WORKER, PHONE, ID_NUMBER, "6222000011112222"):
        assert secret.encode() not in raw and secret not in html


@pytest.mark.parametrize(
    "address", ["/open/persons.csv", "/open/projects.xml", "/overview/00000000-0000-0000-0000-000000000000/"]
)
def test_nothing_else_is_there(db: None, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_one_address_takes_so_many_datasets_an_hour(db: None, settings: Any) -> None:
    settings.REST = {**settings.REST, "PORTAL_DOWNLOADS": 0}
    answer = Client().get("/open/projects.csv")
    assert answer.status_code == 429 and "一小时后" in answer.content.decode() and answer.headers["Retry-After"]


def test_empty_places_say_what_will_be_shown(money: Money) -> None:
    html = page(money)
    assert "还没有下达年度计划" in html and "这里公布" in html and "政策怎么规定" in html
    assert Client().get(f"/overview/{money.offices.divisions['城中区'].uid}/?year=20x6").status_code == 400
    assert "没有已下达计划的项目" in page(money, query="?year=2031")
    assert rows_of("statistics") == rows_of("money") == rows_of("projects") == []


def test_a_bounded_number_of_queries(money: Money, django_assert_max_num_queries: Any) -> None:
    staged(money)
    for number in range(5):
        project = published(money, f"第{number}小区", "works")
        money.fund(money.source("100.00", "county"), project, "100.00")
    with django_assert_max_num_queries(15):
        page(money, "柳州市")
    with django_assert_max_num_queries(8):
        list(DATASETS["money"].rows(TODAY))


def test_rates_of_nothing_are_no_rates() -> None:
    assert [rate_words(shown) for shown in rates(Figures())] == ["—"] * 5
    assert rate_words(rates(Figures(planned=3000, started=2999))[0]) != "100.00%"


def test_the_newest_report_says_what_was_invested(money: Money) -> None:
    project = published(money, "甲小区", "works", investment=Decimal("4000.00"))
    clerk = money.user("clerk")
    for month, done in ((1, "500.00"), (2, "1000.00")):
        day = TODAY.replace(month=month, day=20)
        file_report(
            by=clerk, at=AT, today=day, project=project, month=day, percent=month * 10, money=Decimal(done), done="施工", safety="无",
            quality="好", delay="",
        )  # fmt: skip
    published(money, "乙小区", "works")
    figures = statistics(money.offices.divisions["城中区"], 2026, today=TODAY).total
    assert (figures.completed, figures.investment, figures.priced) == (Decimal("1000.00"), Decimal("4000.00"), 1)
    assert "0.10 / 0.40 万元" in page(money) and "25.00%" in page(money)
