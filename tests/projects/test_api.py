"""REST of plans and projects: what the public sees, scope, If-Match, once per key, and refusals that name clause and figures."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from approvals.models import Case, Paper
from communities.models import Community, Import
from offices.models import User
from projects import actions
from projects.models import AnnualPlan, Project
from tests.projects.conftest import AT, TODAY, World

PLANS, PROJECTS = "/api/v1/plans/", "/api/v1/projects/"
Call = Callable[[User | None], APIClient]
ANY = {"If-Match": "*"}


@pytest.fixture
def call(clock: object) -> Call:
    """A program in someone's name, or nobody's."""

    def build(user: User | None) -> APIClient:
        client = APIClient()
        if user is not None:
            client.force_login(user, backend="offices.backend.StaffBackend")
        return client

    return build


@pytest.fixture
def issued(world: World, imported: Import) -> AnnualPlan:
    """The plan of 2021, issued; all others are drafts."""
    plan = AnnualPlan.objects.select_related("division").get(year=2021)
    number = "芮政办发〔2021〕1号"
    return actions.enter_as_issued(
        by=world.wang, at=AT, today=TODAY, plan=plan, document_number=number, issued_on=TODAY
    )


def url(row: Any, more: str = "") -> str:
    base = PLANS if isinstance(row, AnnualPlan) else PROJECTS
    return f"{base}{row.uid}/{more}"


def test_the_public_reads_issued_plans_and_published_projects_only(
    world: World, issued: AnnualPlan, call: Call
) -> None:
    anyone = call(None)
    found = anyone.get(PLANS).json()["results"]
    assert [(row["year"], row["line_count"], row["households"], row["floor_area"]) for row in found] == [
        (2021, 2, 100, "8804.27")
    ]
    detail = anyone.get(url(issued)).json()
    assert [line["project"]["name"] for line in detail["lines"]] == ["原卷烟厂小区", "粮苑小区2号楼"]
    assert detail["lines"][0]["communities"][0]["floor_area"] == "4541.27"
    draft = AnnualPlan.objects.get(year=2022)
    assert anyone.get(url(draft)).status_code == 404
    projects = anyone.get(PROJECTS).json()["results"]
    assert len(projects) == 2 and "investment" not in projects[0] and "published" not in projects[0]
    assert anyone.get(url(Project.objects.get(name="教育局住宅楼"))).status_code == 404
    shown = Project.objects.get(name="原卷烟厂小区")
    assert anyone.get(url(shown, "timeline/")).status_code == 200
    assert anyone.get(url(shown, "gates/")).status_code == anyone.get(url(shown, "papers/")).status_code == 401
    assert anyone.get(url(issued, "gates/")).status_code == 401
    assert anyone.post(PLANS, {"year": 2027}).status_code == 401
    assert "王敏" not in anyone.get(url(issued)).content.decode() + anyone.get(url(shown)).content.decode()
    deadlines = anyone.get("/api/v1/deadlines/").json()["results"]
    assert {row["subject"]["title"] for row in deadlines} <= {"原卷烟厂小区", "粮苑小区2号楼"}


def test_lists_take_their_filters_and_no_others(world: World, imported: Import, call: Call) -> None:
    wang = call(world.wang)
    assert len(wang.get(PLANS, {"year_from": 2023, "year_to": 2024}).json()["results"]) == 2
    assert len(wang.get(PLANS, {"division": str(world.county.uid), "ordering": "-year"}).json()["results"]) == 5
    assert wang.get(PLANS, {"ordering": "-year"}).json()["results"][0]["year"] == 2025
    assert len(wang.get(PROJECTS, {"plan_year": 2025}).json()["results"]) == 8
    assert [row["name"] for row in wang.get(PROJECTS, {"search": "jiaoyuju"}).json()["results"]] == ["教育局住宅楼"]
    community = Community.objects.get(name="教育局住宅楼")
    assert len(wang.get(PROJECTS, {"community": str(community.uid)}).json()["results"]) == 1
    for address, query in (
        (PLANS, {"jahr": 1}),
        (PLANS, {"year": "x"}),
        (PROJECTS, {"stage": "nowhere"}),
        (PROJECTS, {"division": "1"}),
    ):
        response = wang.get(address, query)
        assert response.status_code == 400 and next(iter(query)) in response.json()["errors"]
    found = wang.get(PLANS)
    assert wang.get(PLANS, headers={"If-None-Match": found["ETag"]}).status_code == 304


def test_another_citys_office_finds_nothing(world: World, imported: Import, call: Call) -> None:
    wei, plan = call(world.wei), AnnualPlan.objects.get(year=2022)
    project = Project.objects.get(name="教育局住宅楼")
    assert wei.get(PLANS).json()["results"] == [] == wei.get(PROJECTS).json()["results"]
    tag = {"If-Match": "*"}
    assert wei.get(url(plan)).status_code == wei.get(url(project)).status_code == 404
    assert wei.patch(url(plan), {"capacity": "x"}, headers=tag, format="json").status_code == 404
    assert wei.post(url(plan, "submit/"), {}, headers=tag, format="json").status_code == 404
    assert (
        wei.post(url(project, "advance/"), {"step": "start", "on": "2026-3-1"}, headers=tag, format="json").status_code
        == 404
    )
    assert wei.get(url(project, "gates/")).status_code == wei.get(url(plan, "table/")).status_code == 404
    zhou = call(world.zhou)
    answer = zhou.patch(url(plan), {"capacity": "x"}, headers={"If-Match": zhou.get(url(plan))["ETag"]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_a_plan_is_opened_once_per_key_and_changed_by_its_version(world: World, call: Call) -> None:
    wang = call(world.wang)
    body = {"division": str(world.county.uid), "year": 2027}
    key = {"Idempotency-Key": "plan-2027"}
    first = wang.post(PLANS, body, format="json", headers=key)
    again = wang.post(PLANS, body, format="json", headers=key)
    assert first.status_code == again.status_code == 201 and first.json()["uid"] == again.json()["uid"]
    assert AnnualPlan.objects.count() == 1
    assert wang.post(PLANS, {**body, "year": 2028}, format="json", headers=key).status_code == 422
    twice = wang.post(PLANS, body, format="json")
    assert (twice.status_code, twice.json()["code"]) == (409, "plan_exists")
    address = f"{PLANS}{first.json()['uid']}/"
    assert wang.patch(address, {"capacity": "可承受"}, format="json").status_code == 428
    changed = wang.patch(address, {"capacity": "可承受"}, format="json", headers={"If-Match": first["ETag"]})
    assert changed.status_code == 200 and changed.json()["version"] == first.json()["version"] + 1
    assert wang.patch(address, {"capacity": "x"}, format="json", headers={"If-Match": first["ETag"]}).status_code == 412


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"year": 2027}, "division"),
        ({"division": "nobody", "year": 2027}, "division"),
        ({"division": "OTHER", "year": 2027}, "division"),
        ({"division": "COUNTY", "year": "abc"}, "year"),
        ({"division": "COUNTY", "year": 1900}, "year"),
        ({"division": "STREET", "year": 2027}, "division"),
        ({"division": "COUNTY", "year": 2027, "state": "issued"}, "state"),
    ],
)
def test_bad_input_is_named_and_opens_nothing(world: World, call: Call, body: dict[str, Any], field: str) -> None:
    names = {"COUNTY": world.county, "OTHER": world.other, "STREET": world.street}
    if body.get("division") in names:
        body = {**body, "division": str(names[body["division"]].uid)}
    answer = call(world.wang).post(PLANS, body, format="json")
    assert answer.status_code in {400, 403}, answer.content
    assert answer.status_code == 403 or field in answer.json()["errors"]
    assert not AnnualPlan.objects.exists()


def test_lines_are_added_changed_and_taken_out(world: World, call: Call, add_project: Callable[..., Project]) -> None:
    wang = call(world.wang)
    one, two = add_project("甲小区"), add_project("乙小区")
    plan = wang.post(PLANS, {"division": str(world.county.uid), "year": 2027}, format="json")
    address = f"{PLANS}{plan.json()['uid']}/"
    line = wang.post(f"{address}lines/", {"project": str(one.uid)}, format="json", headers={"If-Match": plan["ETag"]})
    assert line.status_code == 201 and line.json()["position"] == 1
    tag = wang.get(address)["ETag"]
    assert (
        wang.post(
            f"{address}lines/", {"project": str(two.uid)}, format="json", headers={"If-Match": plan["ETag"]}
        ).status_code
        == 412
    )
    assert (
        wang.post(f"{address}lines/", {"project": str(two.uid)}, format="json", headers={"If-Match": tag}).status_code
        == 201
    )
    twice = wang.post(f"{address}lines/", {"project": str(two.uid)}, format="json", headers={"If-Match": "*"})
    assert (twice.status_code, twice.json()["code"]) == (409, "project_in_plan")
    mine = f"{address}lines/{line.json()['uid']}/"
    changed = wang.patch(mine, {"remark": "先做"}, format="json", headers={"If-Match": line["ETag"]})
    assert changed.status_code == 200 and changed.json()["remark"] == "先做"
    assert wang.delete(mine, headers={"If-Match": line["ETag"]}).status_code == 412
    assert wang.delete(mine, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert [row["project"]["name"] for row in wang.get(f"{address}lines/").json()] == ["乙小区"]


@pytest.mark.rule("RC-07")
def test_submission_is_refused_by_the_clause_until_the_papers_are_in(
    world: World, imported: Import, call: Call
) -> None:
    wang, li, plan = call(world.wang), call(world.li), AnnualPlan.objects.get(year=2021)
    lines = list(plan.lines.select_related("project"))
    empty = wang.post(url(plan, "submit/"), {}, format="json", headers={"If-Match": "*"})
    assert empty.status_code == 409 and empty.json()["code"] == "rule"
    assert empty["Content-Type"] == "application/problem+json"
    for line, agreeing in zip(lines, (48, 31), strict=True):
        households = 60 if agreeing == 48 else 40
        body = {
            "evidence": "plan_consent",
            "figures": {"households": households, "agreeing": agreeing},
            "day": "2026-02-01",
        }
        assert wang.post(url(line.project, "papers/"), body, format="json", headers=ANY).status_code == 201
    gates = wang.get(url(plan, "gates/")).json()
    short = next(gate for gate in gates["lines"][1]["gates"] if gate["evidence"] == "plan_consent")
    assert (short["outcome"], short["missing"], short["rule"]["id"]) == ("unmet", "还差 1 户", "RC-07")
    assert short["rule"]["quote"] == "小区 80%以上居民同意方可纳入改造计划"
    refused = wang.post(url(plan, "submit/"), {}, format="json", headers={"If-Match": "*"}).json()
    reason = next(
        item for item in refused["reasons"] if item["subject"] == "粮苑小区2号楼" and item["rule"]["id"] == "RC-07"
    )
    assert reason["missing"] == "还差 1 户"
    mended = {"evidence": "plan_consent", "figures": {"households": 40, "agreeing": 32}, "day": "2026-02-02"}
    wang.post(url(lines[1].project, "papers/"), mended, format="json", headers=ANY)
    _the_rest(wang, plan)
    for subject in (plan, *[line.project for line in lines]):
        for paper in wang.get(url(subject, "papers/")).json():
            own = wang.post(url(subject, f"papers/{paper['uid']}/check/"), format="json", headers=ANY)
            assert (own.status_code, own.json()["code"]) == (403, "own_paper")
            assert li.post(url(subject, f"papers/{paper['uid']}/check/"), format="json", headers=ANY).status_code == 200
    tag = wang.get(url(plan))["ETag"]
    done = wang.post(url(plan, "submit/"), {}, format="json", headers={"If-Match": tag})
    assert done.status_code == 200 and done.json()["state"] == "in_review"
    assert Case.objects.get().rule_id == ""
    back = wang.post(url(plan, "withdraw/"), {"reason": "数据有误"}, format="json", headers={"If-Match": done["ETag"]})
    assert back.status_code == 200 and back.json()["state"] == "draft"
    nothing = wang.post(url(plan, "withdraw/"), {"reason": "再撤"}, format="json", headers={"If-Match": back["ETag"]})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no_open_case")


def _the_rest(wang: APIClient, plan: AnnualPlan) -> None:
    """Papers of every other gate that stands against the declaration."""
    gates = wang.get(url(plan, "gates/")).json()
    for gate in gates["plan"]:
        figures = (
            {"capacity": "1000000.00", "needed": "1.00"} if gate["evidence"] == "fiscal_capacity" else _named(gate)
        )
        body = {"evidence": gate["evidence"], "figures": figures, "day": "2026-02-01"}
        answer = wang.post(url(plan, "papers/"), body, format="json", headers=ANY)
        assert answer.status_code == 201, answer.content
    for row in gates["lines"]:
        project = Project.objects.get(uid=row["project"]["uid"])
        for gate in row["gates"]:
            if gate["outcome"] == "unmet" and gate["evidence"] != "plan_consent":
                body = {"evidence": gate["evidence"], "figures": _named(gate), "day": "2026-02-01"}
                assert wang.post(url(project, "papers/"), body, format="json", headers=ANY).status_code == 201


def _named(gate: dict[str, Any]) -> dict[str, bool]:
    return {"special_plans": True, "pipeline_plans": True} if gate["evidence"] == "department_plans" else {}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"evidence": "plan_consent", "figures": {"households": 40}, "day": "2026-02-01"}, "agreeing"),
        ({"evidence": "plan_consent", "figures": {"households": 40, "agreeing": 41}, "day": "2026-02-01"}, "agreeing"),
        ({"evidence": "plan_consent", "figures": {"households": 40, "agreeing": 1, "x": 1}, "day": "2026-02-01"}, "x"),
        ({"evidence": "plan_consent", "figures": {"households": 40, "agreeing": 32}, "day": "2026-12-01"}, "day"),
        ({"evidence": "nothing", "figures": {}, "day": "2026-02-01"}, "evidence"),
        ({"evidence": "fiscal_capacity", "figures": {"capacity": "1", "needed": "1"}, "day": "2026-02-01"}, "evidence"),
        ({"evidence": "plan_consent", "figures": {}, "day": "1.2.2026"}, "day"),
        ({"evidence": "plan_consent", "day": "2026-02-01", "checked_by": "me"}, "checked_by"),
    ],
)
def test_a_bad_paper_is_named_and_not_kept(
    world: World, imported: Import, call: Call, body: dict[str, Any], field: str
) -> None:
    project = Project.objects.get(name="粮苑小区2号楼")
    answer = call(world.wang).post(url(project, "papers/"), body, format="json", headers=ANY)
    assert answer.status_code == 400 and field in answer.json()["errors"], answer.content
    assert not Paper.objects.exists()


def test_a_project_is_changed_moved_and_its_timeline_read(world: World, issued: AnnualPlan, call: Call) -> None:
    wang = call(world.wang)
    project = Project.objects.get(name="原卷烟厂小区")
    read = wang.get(url(project))
    changed = wang.patch(
        url(project), {"works": ["water"], "investment": "1200000.50", "facts": {"elevator": True}}, format="json",
        headers={"If-Match": read["ETag"]},
    )  # fmt: skip
    assert changed.status_code == 200 and changed.json()["investment"] == "1200000.50"
    tag = {"If-Match": changed["ETag"]}
    for body, field in (
        ({"works": ["x"]}, "works"), ({"facts": {"x": True}}, "facts"), ({"investment": 1.5}, "investment"), ({"stage": "works"}, "stage"),
    ):  # fmt: skip
        bad = wang.patch(url(project), body, format="json", headers=tag)
        assert bad.status_code == 400 and field in bad.json()["errors"], bad.content
    skipped = wang.post(url(project, "advance/"), {"step": "start", "on": "2026-03-01"}, format="json", headers=tag)
    assert (skipped.status_code, skipped.json()["code"]) == (409, "step_skipped")
    refused = wang.post(url(project, "advance/"), {"step": "scheme", "on": "2026-03-01"}, format="json", headers=tag)
    assert refused.status_code == 409 and "RC-08" in {item["rule"]["id"] for item in refused.json()["reasons"]}
    planned = wang.post(
        url(project, "planned-days/"),
        {"stage": "works", "planned_on": "2026-05-01"},
        format="json",
        headers={"If-Match": changed["ETag"]},
    )
    assert planned.status_code == 200
    rows = call(None).get(url(project, "timeline/")).json()["rows"]
    works = next(row for row in rows if row["label"] == "施工中")
    assert works["planned"] == "2026-05-01"


def test_versions_and_the_official_table(world: World, issued: AnnualPlan, call: Call) -> None:
    wang, anyone = call(world.wang), call(None)
    project = Project.objects.get(name="粮苑小区2号楼")
    body = {
        "document_number": "芮政办发〔2026〕2号",
        "issued_on": "2026-03-01",
        "reason": "居民意见",
        "remove": [str(project.uid)],
    }
    done = wang.post(url(issued, "changes/"), body, format="json", headers={"If-Match": "*"})
    assert done.status_code == 200 and done.json()["line_count"] == 1, done.content
    versions = anyone.get(url(issued, "versions/")).json()
    assert [row["number"] for row in versions] == [2, 1]
    assert versions[0]["changes"] == [{"kind": "removed", "name": "粮苑小区2号楼", "fields": []}]
    sheet = anyone.get(url(issued, "table/"))
    assert sheet.status_code == 200 and sheet.content[:2] == b"PK"
    exported = anyone.get(f"{PLANS}export/", {"format": "jsonl"})
    assert b"2021" in b"".join(exported.streaming_content)  # type: ignore[attr-defined]


def test_lists_and_details_ask_a_bounded_number_of_queries(world: World, imported: Import, call: Call) -> None:
    wang = call(world.wang)
    plan = AnnualPlan.objects.get(year=2025)
    for address, most in ((PLANS, 3), (PROJECTS, 4), (url(plan), 6), (url(plan, "gates/"), 18)):
        wang.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert wang.get(address).status_code == 200
        known = 3  # session, user, memberships
        assert len(asked) - known <= most, (address, [query["sql"][:120] for query in asked])
