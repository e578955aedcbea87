"""Quantities of the works: each month's, their running sum, never beyond the scheme without a reason, on the pages, over the interface."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Invalid
from projects.actions import scheme_items, schemes, works
from projects.models import MonthReport, Project, Scheme
from projects.queries.quantities import measures_of
from projects.rules.quantities import Line, Measure, beyond, in_words, read_quantities
from projects.rules.scheme import catalogue
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text
from tests.works.conftest import Reviewed
from tests.works.test_works import started

Login = Callable[[User], Client]
D = dt.date


@pytest.fixture
def built(world: World, reviewed: Reviewed) -> tuple[Project, dict[str, str]]:
    """A project in its works with a fixed scheme of a road (120.5 ㎡) and lamps (10 盏); uids of the lines by name."""
    project = started(reviewed())
    scheme = schemes.open_scheme(by=world.wang, at=AT, project=project)
    for name, quantity, unit in (("道路", "120.5", "㎡"), ("照明", "10", "盏")):
        key = next(e.key for e in catalogue(layers_of(world.county)) if e.item.name == name)
        values = {"catalogue_key": key, "quantity": quantity, "unit": unit, "unit_price": Decimal("100.00")}
        scheme_items.add_item(
            by=world.wang, at=AT, today=TODAY, scheme=scheme, values={**values, "payers": [("county", None)]}
        )
    schemes.describe_scheme(by=world.wang, at=AT, scheme=scheme, changes={"owner_ratio": Decimal("15.00")})
    fix(world, scheme)
    return project, {row.name: str(row.uid) for row in scheme.items.all()}


def fix(world: World, scheme: Scheme) -> None:
    """A version; what the place's document says of shares is not asked here."""
    scheme.items.get(name="照明").payments.all().delete()
    scheme_items.change_item(
        by=world.wang, at=AT, today=TODAY, item=scheme.items.get(name="照明"),
        values={"payers": [("county", Decimal("850.00")), ("resident_direct", None)]},
    )  # fmt: skip
    schemes.fix_version(by=world.wang, at=AT, today=TODAY, scheme=scheme, note="改")


def report(
    world: World, project: Project, month: dt.date, quantities: dict[str, str] | None, **more: Any
) -> MonthReport:
    """The report of a month."""
    given: dict[str, Any] = {"percent": 10, "money": Decimal(1), "done": "完成"}
    return works.file_report(
        by=world.wang, at=AT, today=TODAY, project=project, month=month, quantities=quantities, **{**given, **more}
    )


def test_what_is_entered_is_a_plain_number_and_the_sum_stays_within_the_scheme() -> None:
    road = Line("a", "道路", "全项目", "㎡", 120_500)
    lines = {"a": road}
    assert read_quantities({"a": " 12.5 "}, lines) == ({"a": 12_500}, {})
    assert read_quantities({"a": ""}, lines) == ({}, {}) and read_quantities({"a": "0"}, lines) == ({"a": 0}, {})
    for wrong in ("-1", "1.2345", "1e3", "１２", "12,5", "NaN"):
        assert set(read_quantities({"a": wrong}, lines)[1]) == {"quantity-a"}, wrong
    assert set(read_quantities({"b": "1"}, lines)[1]) == {"quantities"} == set(read_quantities({"b": "1"}, {})[1])
    assert beyond({"a": 20_500}, lines, {"a": 100_000}) == {}
    assert "超出 0.001 ㎡" in beyond({"a": 20_501}, lines, {"a": 100_000})["a"]
    assert beyond({"a": 0}, lines, {"a": 130_000}) == {}, "a scheme that was cut is no fault of this month"


def test_residents_read_words_and_a_share_that_is_never_rounded_up_to_all() -> None:
    road, roof = Line("a", "道路", "甲小区", "㎡", 100_000, "甲小区"), Line("b", "屋面", "乙", "㎡", 1000, "乙小区")
    lamps, gone = Line("c", "照明", "全项目", "盏", 10_000), Line("d", "围墙", "甲小区", "米", 10, listed=False)
    rows = (Measure(road, 99_999), Measure(roof, 1000), Measure(lamps, 10_000), Measure(gone, 5))
    read = in_words(rows, "甲小区")
    assert read.done == ("照明",) and [name for name, _ in read.going] == ["道路"]
    assert read.going[0][1] < 1


def test_months_add_up_and_too_much_names_the_line(world: World, built: tuple[Project, dict[str, str]]) -> None:
    project, uids = built
    report(world, project, D(2026, 1, 1), {uids["道路"]: "100"})
    with pytest.raises(Invalid) as caught:
        report(world, project, D(2026, 2, 1), {uids["道路"]: "20.501", uids["照明"]: "10"})
    why = caught.value.errors[f"quantity-{uids['道路']}"][0]
    assert "“道路”方案数量 120.5 ㎡，累计将达 120.501 ㎡，超出 0.001 ㎡" in why and len(caught.value.errors) == 1
    assert MonthReport.objects.count() == 1, "nothing half done"
    report(world, project, D(2026, 2, 1), {uids["道路"]: "30", uids["照明"]: "10"}, excess="现场核量增加")
    road, lamps = measures_of(project, D(2026, 2, 1))
    assert (road.done, road.month, road.excess) == (130_000, 30_000, "现场核量增加")
    assert (lamps.done, lamps.excess, lamps.complete) == (10_000, "", True)
    with pytest.raises(Invalid):
        report(world, project, D(2026, 1, 1), {uids["道路"]: "101"}, percent=5)
    report(world, project, D(2026, 1, 1), {uids["道路"]: "60"}, percent=5)
    assert measures_of(project)[0].done == 90_000, "a corrected month counts once"
    report(world, project, D(2026, 2, 1), None, done="更正文字")
    assert measures_of(project)[0].done == 90_000, "a correction that says nothing of quantities leaves them"


def test_a_line_that_leaves_the_scheme_or_changes_its_unit_keeps_what_was_done(
    world: World, built: tuple[Project, dict[str, str]]
) -> None:
    project, uids = built
    report(world, project, D(2026, 1, 1), {uids["道路"]: "100"})
    scheme = Scheme.objects.get(project=project)
    item = scheme.items.get(name="道路")
    scheme_items.change_item(
        by=world.wang, at=AT, today=TODAY, item=item, values={"unit": "米", "quantity": "50"}
        | {"payers": [("county", None)]},
    )  # fmt: skip
    fix(world, scheme)
    rows = {(m.line.unit, m.line.listed): m.done for m in measures_of(project)}
    assert rows == {("米", True): 0, ("盏", True): 0, ("㎡", False): 100_000}
    report(world, project, D(2026, 2, 1), {uids["道路"]: "50"})
    assert {m.line.unit: m.done for m in measures_of(project)}["米"] == 50_000


def test_the_clerk_enters_a_month_on_the_page_and_residents_read_it(
    world: World, built: tuple[Project, dict[str, str]], login: Login, client: Client
) -> None:
    project, uids = built
    wang, url = login(world.wang), f"/staff/projects/{project.uid}/works/"
    shown = text(wang.get(f"{url}report/"))
    assert "本月工程量" in shown and "120.5 ㎡" in shown
    data = {"month": "2026-2", "percent": "35", "money": "100", "done": "道路"}
    road, lamps = f"quantity-{uids['道路']}", f"quantity-{uids['照明']}"
    wrong = wang.post(f"{url}report/", {**data, road: "-1"})
    assert wrong.status_code == 400 and "“道路”应为零或大于零的数" in text(wrong)
    over = wang.post(f"{url}report/", {**data, road: "121", lamps: "10"})
    assert over.status_code == 400 and "“道路”方案数量 120.5 ㎡，累计将达 121 ㎡" in text(over)
    assert not MonthReport.objects.exists()
    assert wang.post(f"{url}report/", {**data, road: "60.25", lamps: "10"}).status_code == 302
    works_page = text(wang.get(url))
    assert "60.25 ㎡" in works_page and "50.00%" in works_page and "2026年2月完成" in works_page
    again = wang.get(f"{url}report/?month=2026-02").content.decode()
    assert 'value="60.25"' in again and "道路</textarea>" in again.replace("\n", "")
    sheet = text(wang.get(f"/staff/reports/{MonthReport.objects.get().uid}/"))
    assert "60.25 ㎡" in sheet and "累计完成" in sheet
    community = project.parts.get().community
    seen = text(client.get(f"/c/{community.uid}/"))
    assert "已做完：照明。" in seen and "正在做：道路（完成 50.00%）" in seen and "120.5" not in seen
    assert wang.get(f"{url}report/?month=nonsense%00").status_code == 200


def test_programs_report_quantities_and_are_told_field_by_field(
    world: World, built: tuple[Project, dict[str, str]], login: Login
) -> None:
    project, uids = built
    api, url = login(world.wang), f"/api/v1/projects/{project.uid}/works/"
    body = {"month": "2026-02-01", "percent": 35, "money": "100.00", "done": "道路"}

    def send(rows: list[dict[str, Any]], **more: Any) -> Any:
        sent = json.dumps({**body, "quantities": rows, **more})
        return api.post(url, sent, content_type="application/json", headers={"If-Match": "*"})

    line = {"item": uids["道路"], "quantity": "130"}
    refused = send([line])
    assert refused.status_code == 400 and "道路" in str(refused.json()) and uids["道路"] in str(refused.json())
    assert send([line, line]).status_code == 400
    unknown = send([{"item": "00000000-0000-4000-8000-000000000000", "quantity": "1"}])
    assert unknown.status_code == 400 and "quantities" in str(unknown.json())
    assert send([{**line, "planned": "999"}]).status_code == 400
    made = send([line], excess="现场核量")
    assert made.status_code == 201 and made.json()["quantities"][0]["quantity"] == "130.000"
    road = api.get(url).json()["quantities"][0]
    assert (road["done"], road["planned"], road["excess"]) == ("130.000", "120.500", "现场核量")
    assert Decimal(road["percent"]) > 100
    assert login(world.wei).post(url, json.dumps(body), content_type="application/json").status_code == 404


def test_a_part_of_the_works_is_planned_for_a_line_of_the_scheme(
    world: World, built: tuple[Project, dict[str, str]], login: Login
) -> None:
    project, uids = built
    wang, url = login(world.wang), f"/staff/projects/{project.uid}/works/"
    assert "方案里还没有排计划的： 道路 、 照明" in text(wang.get(url))
    asked = wang.get(f"{url}spans/?item={uids['道路']}").content.decode()
    assert f'value="{uids["道路"]}" selected' in asked and 'value="道路"' in asked
    days = {"name": "道路铺装", "planned_start": "2026-1-10", "planned_end": "2026-6-20"}
    assert wang.post(f"{url}spans/", {**days, "item": "00000000-0000-4000-8000-000000000000"}).status_code == 400
    with pytest.raises(Invalid) as caught:
        works.save_span(
            by=world.wang, at=AT, today=TODAY, project=project, name="甲", planned_start=TODAY, planned_end=TODAY, item=UUID(int=1)
        )  # fmt: skip
    assert set(caught.value.errors) == {"item"}
    assert wang.post(f"{url}spans/", {**days, "item": uids["道路"]}).status_code == 302
    report(world, project, D(2026, 2, 1), {uids["道路"]: "60.25"})
    shown = text(wang.get(url))
    assert "道路：60.25 ㎡ / 120.5 ㎡" in shown and "还没有排计划的： 照明" in shown
    assert wang.get(f"/api/v1/projects/{project.uid}/works/").json()["spans"][0]["item"] == uids["道路"]
