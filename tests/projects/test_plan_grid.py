"""The grid of a plan over HTTP: rows saved by themselves and in blocks, bad cells, stale rows, names that mean nothing or too much."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from communities.models import Community, CommunityRevision, Import
from offices.models import HistoryEntry, User
from projects import actions
from projects.models import AnnualPlan, PlanLine, Project, StageDay
from projects.papers.plan_table import rows, workbook
from projects.plan_columns import OFFICIAL
from tests.projects.conftest import AT, DATA, TODAY, World

PlanOf, Login = Callable[[int], AnnualPlan], Callable[[User], Client]
AddCommunity = Callable[..., Community]
EVIDENCE = "2025年测绘报告"


def read(client: Client, plan: AnnualPlan) -> Any:
    """What the grid shows."""
    return client.get(f"/staff/plans/{plan.uid}/grid/rows/").json()


def row(client: Client, plan: AnnualPlan, name: str) -> dict[str, Any]:
    """One row of it, by its community."""
    found: dict[str, Any] = next(r for r in read(client, plan)["rows"] if r["cells"]["name"] == name)
    return found


def send(client: Client, plan: AnnualPlan, rows: list[dict[str, Any]], evidence: str = "", reason: str = "") -> Any:
    """Save rows; the answer."""
    body = json.dumps({"rows": rows, "evidence": evidence, "reason": reason})
    return client.post(f"/staff/plans/{plan.uid}/grid/rows/", body, content_type="application/json")


def change(found: dict[str, Any], **cells: str) -> dict[str, Any]:
    """An edit of a row as it was read."""
    return {"key": found["id"], "row": found["id"], "version": found["version"], "cells": cells}


def new(name: str, **more: Any) -> dict[str, Any]:
    """A new row."""
    cells = more.pop("cells", {})
    return {"key": name, "cells": {"name": name, **cells}, **more}


@pytest.fixture
def draft(world: World) -> AnnualPlan:
    """An empty plan of 芮城县."""
    return actions.create_plan(by=world.wang, at=AT, today=TODAY, division=world.county, year=2026)


@pytest.mark.rule("RC-27")
def test_the_grid_has_the_official_columns_first_and_the_sums_of_the_table(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    page = login(world.wang).get(f"/staff/plans/{plan_of(2022).uid}/grid/")
    labels = [column["label"] for column in page.context["columns"]]
    assert labels[: len(OFFICIAL)] == ["年份", "小区名称", "位置", "建成时间", "栋数", "户数", "面积㎡"]
    data = read(login(world.wang), plan_of(2022))
    assert [r["cells"]["name"] for r in data["rows"]][:2] == ["体委住宅楼", "国税二区住宅楼"]
    sums = data["totals"]
    assert (sums["building_count"], sums["household_count"], sums["floor_area"]) == ("9", "147", "14735.08")


def test_a_cell_is_saved_with_what_follows_and_who_did_it(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    found = row(wang, plan, "体委住宅楼")
    cells = {"investment": "2,013.191234", "remark": "=1+1", "national_task": "是", "floor_area": "０.２３２４１２万㎡"}
    answer = send(wang, plan, [change(found, **cells)], EVIDENCE)
    assert answer.status_code == 200
    saved = answer.json()["rows"][0]
    assert saved["cells"]["investment"] == "2013.191234" and saved["cells"]["floor_area"] == "2324.12"
    assert saved["cells"]["remark"] == "=1+1" and saved["cells"]["national_task"] == "是"
    assert saved["by"] == "王敏" and saved["at"].endswith("09:00") and answer.json()["saved_at"] == "09:00"
    project, community = Project.objects.get(name="体委住宅楼"), Community.objects.get(name="体委住宅楼")
    assert project.investment == Decimal("20131912.34") and community.floor_area == Decimal("2324.12")
    revision = CommunityRevision.objects.get(community=community, version=community.version)
    assert revision.evidence == EVIDENCE and revision.by == world.wang
    acts = {"community.change", "project.change", "plan.change_line"}
    assert acts == set(HistoryEntry.objects.filter(at=AT, action__in=acts).values_list("action", flat=True))
    assert workbook([plan])[:2] == b"PK"


def test_what_is_typed_badly_is_said_beside_its_cell_and_nothing_of_the_row_is_written(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    found = row(wang, plan, "体委住宅楼")
    bad = {
        "building_count": "两栋半", "household_count": "0", "floor_area": "12.345", "built_text": "2201", "investment": "-3",
        "national_task": "也许", "remark": "字" * 201, "address": "a\0b", "stands_alone_reason": "\ud800", "colour": "红", "name": "改名",
    }  # fmt: skip
    answer = send(wang, plan, [change(found, **bad, plan_year="2023")], EVIDENCE)
    assert answer.status_code == 400
    errors = answer.json()["results"][0]["errors"]
    assert set(errors) == {*bad, "plan_year"} and all(errors.values())
    assert row(wang, plan, "体委住宅楼") == found
    mixed = send(wang, plan, [change(found, remark="好", household_count="x")], EVIDENCE)
    assert mixed.status_code == 400 and row(wang, plan, "体委住宅楼") == found, "a row is saved whole or not at all"


def test_planned_days_are_cells_like_the_others(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2025), login(world.wang)
    found = row(wang, plan, "农行住宅楼")
    typed = {"planned_works": "2025.6.10", "planned_accepted": "２０２５年11月30日"}
    assert send(wang, plan, [change(found, **typed)]).status_code == 200
    found = row(wang, plan, "农行住宅楼")
    assert (found["cells"]["planned_works"], found["cells"]["planned_accepted"]) == ("2025-06-10", "2025-11-30")
    assert "计划2025年6月10日" in wang.get(f"{found['url']}").content.decode()
    early = send(wang, plan, [change(found, planned_accepted="2025-6-1", planned_works="2025-6-9")]).json()["results"][
        0
    ]
    assert (early["status"], list(early["errors"])) == (400, ["planned_accepted"]) and "早于" in str(early["errors"])
    later = change(found, planned_accepted="2025-12-20", remark="推迟")
    silent = send(wang, plan, [later]).json()["results"][0]
    assert (silent["code"], list(silent["errors"])) == ("reason_missing", ["planned_accepted"])
    assert row(wang, plan, "农行住宅楼") == found, "a row is saved whole or not at all"
    told = send(wang, plan, [later], reason="管线迁改未完成").json()["results"][0]
    assert told["status"] == 200 and "晚20天" in str(told["warnings"]["planned_accepted"])
    day = StageDay.objects.get(project__name="农行住宅楼", stage="accepted")
    assert (day.planned_on, day.reason) == (dt.date(2025, 12, 20), "管线迁改未完成")
    stale = send(wang, plan, [change(found, planned_works="2025-6-1")])
    assert stale.status_code == 412, "somebody moved the other day meanwhile"
    again = row(wang, plan, "农行住宅楼")
    assert send(wang, plan, [change(again, planned_works="")]).status_code == 200
    assert not StageDay.objects.filter(project__name="农行住宅楼", stage="works").exists()
    bad = send(wang, plan, [change(again, planned_works="六月", planned_designed="9999-1-1")]).json()["results"][0]
    assert set(bad["errors"]) == {"planned_works", "planned_designed"}
    assert {send(wang, plan, [], reason=wrong).status_code for wrong in ("字" * 301, "\0")} == {400}


def test_a_figure_asks_for_its_evidence_beside_the_figure(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    found = row(wang, plan, "体委住宅楼")
    answer = send(wang, plan, [change(found, household_count="20", remark="x")])
    result = answer.json()["results"][0]
    assert answer.status_code == 400 and result["code"] == "evidence_missing" and "household_count" in result["errors"]
    assert send(wang, plan, [change(found, address="永乐南路")]).status_code == 200
    assert {send(wang, plan, [], wrong).status_code for wrong in ("字" * 201, "\0", "\ud800")} == {400}


def test_nobody_writes_over_what_he_has_not_seen(
    world: World, plan_of: PlanOf, login: Login, clock: Callable[[dt.datetime], None]
) -> None:
    plan, wang, li = plan_of(2022), login(world.wang), login(world.li)
    found = row(wang, plan, "体委住宅楼")
    clock(AT + dt.timedelta(minutes=22))
    assert send(li, plan, [change(found, household_count="21")], EVIDENCE).status_code == 200
    answer = send(wang, plan, [change(found, household_count="22")], EVIDENCE)
    data = answer.json()
    assert answer.status_code == 412 and data["results"][0]["code"] == "stale"
    theirs = data["rows"][0]
    assert theirs["cells"]["household_count"] == "21" and theirs["by"] == "李强" and "09:22" in theirs["at"]
    assert Community.objects.get(name="体委住宅楼").household_count == 21
    assert send(wang, plan, [change(theirs, household_count="22")], EVIDENCE).status_code == 200
    other = {"key": "1", "row": found["id"], "version": found["version"], "cells": {"remark": "只改备注"}}
    assert send(wang, plan, [other]).status_code == 200, "what was changed is another record than what is changed now"
    assert send(wang, plan, [other]).status_code == 412


def test_rows_of_a_block_stand_alone(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    one, two = row(wang, plan, "体委住宅楼"), row(wang, plan, "国税二区住宅楼")
    answer = send(wang, plan, [change(one, remark="甲"), change(two, household_count="x"), change(one, remark="再")])
    assert answer.status_code == 207
    assert [result["status"] for result in answer.json()["results"]] == [200, 400, 409]
    assert row(wang, plan, "体委住宅楼")["cells"]["remark"] == "甲"
    assert row(wang, plan, "国税二区住宅楼") == two


def test_whoever_may_not_write_writes_nothing(world: World, plan_of: PlanOf, login: Login) -> None:
    plan = plan_of(2022)
    found = row(login(world.wang), plan, "体委住宅楼")
    edit = [change(found, remark="改")]
    assert send(login(world.zhou), plan, edit).status_code == 403
    assert send(login(world.wei), plan, edit).status_code == 404
    assert login(world.wei).get(f"/staff/plans/{plan.uid}/grid/").status_code == 404
    assert send(Client(), plan, edit).status_code == 302
    leader = login(world.zhang)
    assert send(leader, plan, [change(found, address="别处")]).status_code == 403, "the register is the clerk's"
    assert send(leader, plan, edit).status_code == 200
    columns = {c["key"]: c for c in leader.get(f"/staff/plans/{plan.uid}/grid/").context["columns"]}
    assert columns["remark"]["editable"] and not columns["address"]["editable"] and columns["address"]["why"]
    other = plan_of(2023)
    assert send(login(world.wang), other, edit).status_code == 409, "a row of another plan"


def test_a_plan_that_is_issued_is_read_only_and_says_why(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    found = row(wang, plan, "体委住宅楼")
    actions.enter_as_issued(
        by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2022〕1号", issued_on=TODAY
    )
    page = wang.get(f"/staff/plans/{plan.uid}/grid/")
    assert "请办理计划调整" in page.content.decode() and 'name="row"' not in page.content.decode()
    assert not any(column["editable"] for column in page.context["columns"])
    answer = send(wang, plan, [change(found, remark="改")])
    assert answer.status_code == 409 and answer.json()["code"] == "plan_not_editable"


def test_new_rows_find_their_community_by_name(
    world: World, draft: AnnualPlan, login: Login, add_community: AddCommunity, add_project: Callable[..., Project]
) -> None:
    wang = login(world.wang)
    add_community("甲小区", former_names="老甲院")
    add_project("乙小区", address="1号路")
    twins = [add_community("丙小区", address=address) for address in ("东街", "西街")]
    names = ["老甲院", "乙小区", "丙小区", "丁小区"]
    answer = send(wang, draft, [new(name) for name in names])
    statuses = [result["status"] for result in answer.json()["results"]]
    assert statuses == [200, 200, 400, 400]
    third, fourth = answer.json()["results"][2:]
    assert "东街、西街" in third["errors"]["name"][0] and fourth["code"] == "unknown_community"
    assert [line.project.name for line in draft.lines.select_related("project")] == ["甲小区", "乙小区"]
    found = row(wang, draft, "甲小区")
    assert found["cells"]["household_count"] == "40", "what the register knows stands in the row"
    placed = send(wang, draft, [new("丙小区", cells={"address": "西街"})])
    assert placed.status_code == 200 and Project.objects.get(name="丙小区").parts.get().community == twins[1]
    again = send(wang, draft, [new("甲小区"), new("乙小区", cells={"plan_year": "2025"})])
    assert "已有这个小区" in again.json()["results"][0]["errors"]["name"][0]
    assert "2026年度" in again.json()["results"][1]["errors"]["plan_year"][0]
    other = actions.create_plan(by=world.wang, at=AT, today=TODAY, division=world.county, year=2027)
    elsewhere = send(wang, other, [new("甲小区")]).json()["results"][0]
    assert "2026年度计划" in elsewhere["errors"]["name"][0]


def test_an_unknown_name_is_registered_when_asked_and_a_blank_cell_erases_nothing(
    world: World, draft: AnnualPlan, login: Login, add_community: AddCommunity
) -> None:
    wang = login(world.wang)
    add_community("甲小区")
    cells = {"built_text": "1996", "household_count": "48"}
    assert send(wang, draft, [new("新小区", register=True, cells=cells)]).status_code == 400, "figures ask for evidence"
    block = [
        new("新小区", register=True, cells=cells),
        new("新 小区", register=True),
        new("甲小区", cells={"household_count": ""}),
    ]
    answer = send(wang, draft, block, EVIDENCE)
    assert [result["status"] for result in answer.json()["results"]] == [200, 409, 200]
    made = Community.objects.get(name="新小区")
    assert (made.household_count, made.built_to, made.version) == (
        48,
        1996,
        1,
    ) and made.revisions.get().evidence == EVIDENCE
    assert Community.objects.get(name="甲小区").household_count == 40


def test_a_row_is_taken_out_and_comes_back(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    found = row(wang, plan, "体委住宅楼")
    gone = {"key": "x", "row": found["id"], "version": "9.9.9", "remove": True}
    assert send(wang, plan, [gone]).status_code == 412
    answer = send(wang, plan, [{**gone, "version": found["version"]}])
    assert answer.status_code == 200 and answer.json()["results"][0]["removed"]
    assert Project.objects.get(name="体委住宅楼").stage == "reserve" and plan.lines.count() == 6
    assert send(wang, plan, [change(found, remark="晚了")]).status_code == 409
    back = new("体委住宅楼", project=found["project"], position=found["position"], cells={"remark": "回来"})
    assert send(wang, plan, [back]).status_code == 200
    assert read(wang, plan)["rows"][0]["cells"]["remark"] == "回来", "in its old place"


def test_two_hundred_rows_in_one_answer_and_a_bounded_number_of_queries(
    world: World, draft: AnnualPlan, login: Login
) -> None:
    wang = login(world.wang)
    wang.get("/staff/")

    def block(count: int, start: int) -> list[dict[str, Any]]:
        cells = {
            "household_count": "40",
            "floor_area": "3000",
            "investment": "12.5",
            "remark": "批量",
            "national_task": "是",
        }
        return [
            new(f"第{n}小区", register=True, cells={**cells, "address": f"{n}号"}) for n in range(start, start + count)
        ]

    with CaptureQueriesContext(connection) as few:
        assert send(wang, draft, block(3, 0), EVIDENCE).status_code == 200
    with CaptureQueriesContext(connection) as many:
        answer = send(wang, draft, block(200, 3), EVIDENCE)
    assert answer.status_code == 200 and len(answer.json()["rows"]) == 200
    assert len(few) <= 40 and len(many) <= 100, "SQLite takes a thousand values a statement, PostgreSQL all of them"
    edits = [change(r, household_count="41", investment="13", remark="改") for r in read(wang, draft)["rows"]]
    with CaptureQueriesContext(connection) as changed:
        assert send(wang, draft, edits, EVIDENCE).status_code == 200
    assert len(changed) <= 45, len(changed)
    assert PlanLine.objects.count() == 203 and read(wang, draft)["totals"]["investment"] == "2639.00"
    assert send(wang, draft, [new("x")] * 501).status_code == 400


@pytest.mark.rule("RC-27")
def test_the_official_table_pasted_gives_what_the_import_gives(world: World, login: Login) -> None:
    wang = login(world.wang)
    head, *lines = [line.split(",") for line in (DATA / "ruicheng_plan.csv").read_text(encoding="utf-8").split()]
    keys = [column.key for column in OFFICIAL]
    assert head == [column.label for column in OFFICIAL]
    made = []
    for year in sorted({int(line[0]) for line in lines}):
        plan = actions.create_plan(by=world.wang, at=AT, today=TODAY, division=world.county, year=year)
        block = [dict(zip(keys, line, strict=True)) for line in lines if int(line[0]) == year]
        rows_ = [new(cells["name"], register=True, cells=cells) for cells in block]
        assert send(wang, plan, rows_, "附件3").status_code == 200
        made.append(plan)
    printed = [[str(value) for value in row[:6]] + [str(row[6].normalize())] for row in rows(made)]
    plain = [[*line[:6], str(Decimal(line[6]).normalize())] for line in lines]
    assert sorted(printed) == sorted(plain) and [row[1] for row in printed] == [line[1] for line in lines]


def test_an_unchanged_grid_is_not_sent_again(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2022), login(world.wang)
    url = f"/staff/plans/{plan.uid}/grid/rows/"
    tag = wang.get(url)["ETag"]
    with CaptureQueriesContext(connection) as asked:
        assert wang.get(url, headers={"If-None-Match": tag}).status_code == 304
    assert len(asked) <= 8, "\n".join(query["sql"][:120] for query in asked)
    send(login(world.li), plan, [change(row(wang, plan, "体委住宅楼"), remark="新")])
    assert wang.get(url, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("body", ["", "[]", "{", '{"rows": 1}', '{"rows": [1]}', '{"rows": [{"key": 1}]}', "[" * 9000,
    '{"rows": [{"key": "a", "cells": {"name": 1}}]}', '{"rows": [{"key": "a", "row": "x", "version": "1.1.1"}]}',
    '{"rows": [{"key": "a", "cells": {}, "position": 0}]}', '{"rows": [{"key": "a", "cells": {}, "project": "x"}]}',
    '{"rows": [], "evidence": 1}'])  # fmt: skip
def test_what_is_no_request_is_refused_in_words(world: World, draft: AnnualPlan, login: Login, body: str) -> None:
    answer = login(world.wang).post(f"/staff/plans/{draft.uid}/grid/rows/", body, content_type="application/json")
    assert answer.status_code == 400 and "刷新" in answer.json()["detail"]


def test_without_script_the_page_is_a_form_of_the_same_rows(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang, li = plan_of(2022), login(world.wang), login(world.li)
    url = f"/staff/plans/{plan.uid}/grid/"
    page = wang.get(url)

    def form(**typed: str) -> dict[str, Any]:
        data: dict[str, Any] = {"row": [], "evidence": typed.pop("evidence", "")}
        for item in page.context["rows"]:
            found = item["row"]
            data["row"].append(found.id)
            data[f"{found.id}:version"], data[f"{found.id}:was"] = found.version, item["was"]
            data |= {f"{found.id}:{key}": text for key, text in found.cells.items() if key not in {"name", "plan_year"}}
            if found.community.name == "体委住宅楼":
                data |= {f"{found.id}:{key}": text for key, text in typed.items()}
        return data

    assert wang.post(url, form()).status_code == 302 and Project.objects.filter(version__gt=2).count() == 0
    wrong = wang.post(url, form(household_count="20", evidence=""))
    assert wrong.status_code == 400 and 'value="20"' in wrong.content.decode() and "数据依据" in wrong.content.decode()
    assert wang.post(url, form(household_count="20", evidence=EVIDENCE)).status_code == 302
    stale = li.post(url, form(household_count="21", evidence=EVIDENCE))
    assert stale.status_code == 412 and "对方：20" in stale.content.decode() and 'value="21"' in stale.content.decode()
    assert Community.objects.get(name="体委住宅楼").household_count == 20
    mine = stale.context["rows"]
    kept = next(item["row"] for item in mine if item["row"].community.name == "体委住宅楼")
    data = {
        "row": [kept.id],
        f"{kept.id}:version": kept.version,
        f"{kept.id}:was": json.dumps(kept.cells),
        "evidence": EVIDENCE,
    }
    assert li.post(url, {**data, f"{kept.id}:household_count": "21"}).status_code == 302
    assert Community.objects.get(name="体委住宅楼").household_count == 21
    assert wang.post(url, {"row": ["x"], "x:was": "{}", "x:remark": "y"}).status_code == 400


def test_the_page_asks_a_bounded_number_of_queries(
    world: World, imported: Import, plan_of: PlanOf, login: Login
) -> None:
    wang = login(world.wang)
    wang.get("/staff/")
    with CaptureQueriesContext(connection) as asked:
        assert wang.get(f"/staff/plans/{plan_of(2025).uid}/grid/").status_code == 200
    assert len(asked) <= 15, "\n".join(query["sql"][:150] for query in asked)
