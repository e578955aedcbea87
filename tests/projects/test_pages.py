"""Staff pages of plans and projects, without JavaScript: the whole way of 芮城's plan, what is refused and with which clause."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals import cases
from approvals.models import Case, Paper
from communities.models import Community, Import
from offices.models import User
from projects import actions
from projects.actions.papers import record_evidence
from projects.models import AnnualPlan, PlanLine, Project
from projects.rules.stages import STAGE
from projects.workspace import common
from projects.workspace import plans as plans_page
from tests.projects.conftest import AT, TODAY, World

PlanOf = Callable[[int], AnnualPlan]
Login = Callable[[User], Client]
CONSENT = "plan_consent"


def text(response: object) -> str:
    """The page without its tags and runs of blanks."""
    body = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def consent_form(plan: AnnualPlan, *, short: str = "") -> dict[str, str]:
    """The consent table of a plan as a clerk fills it: everybody agrees; one household too few in ``short``."""
    data = {"day": "2026.2.20", "document_number": ""}
    for line in plan.lines.select_related("project"):
        households = sum(part.community.household_count or 0 for part in line.project.parts.select_related("community"))
        needed = -(-households * 4 // 5)
        prefix = f"{line.uid}-"
        agreeing = needed - 1 if line.project.name == short else needed
        data |= {
            f"{prefix}figure-households": str(households), f"{prefix}figure-agreeing": str(agreeing),
            f"{prefix}day": "", f"{prefix}document_number": "",
        }  # fmt: skip
    return data


def other_papers(client: Client, plan: AnnualPlan) -> None:
    """Record what else stands before the declaration: the papers of lines and of the plan, as the page lists them."""
    page = client.get(f"/staff/plans/{plan.uid}/")
    for row in page.context["paper_tables"]:
        if row["key"] == CONSENT:
            continue
        form = client.get(f"/staff/plans/{plan.uid}/papers/{row['key']}/")
        data = {"day": "2026-2-20", "document_number": "芮改办〔2026〕3号"}
        for line in form.context["rows"]:
            data |= {f"{line.prefix}{name}": value for name, value in line.values.items()}
            data |= {cell["name"]: "on" for cell in line.cells if cell["kind"] == "yes"}
        assert client.post(f"/staff/plans/{plan.uid}/papers/{row['key']}/", data).status_code == 302
    for gate in page.context["view"].gates:
        form = client.get(f"/staff/plans/{plan.uid}/paper/{gate.key}/").context["form"]
        data = {"day": "2026-2-20"}
        for name, field in form.fields.items():
            if name.startswith("figure-"):
                data[name] = (
                    "on" if type(field).__name__ == "BooleanField" else "1000000" if "capacity" in name else "10000"
                )
        assert client.post(f"/staff/plans/{plan.uid}/paper/{gate.key}/", data).status_code == 302


def check_all(client: Client, plan: AnnualPlan) -> None:
    """Check everything that waits, as another person."""
    rows = client.get(f"/staff/plans/{plan.uid}/check/").context["rows"]
    assert (
        client.post(f"/staff/plans/{plan.uid}/check/", {"paper": [str(row.paper.uid) for row in rows]}).status_code
        == 302
    )


@pytest.mark.rule("RC-27")
def test_five_plans_stand_on_one_page_with_their_sums(world: World, imported: Import, login: Login) -> None:
    response = login(world.wang).get("/staff/plans/")
    words = text(response)
    for year, lines, households, area in (
        (2021, 2, 100, "8,804.27"), (2022, 7, 147, "14,735.08"), (2023, 6, 257, "29,456.42"), (2024, 7, 218, "24,030.96"),
        (2025, 8, 141, "14,965.16"),
    ):  # fmt: skip
        assert f"{year}年度" in words
        row = re.search(rf"{year}年度 芮城县 草稿 {lines} {lines} {households} {re.escape(area)}", words)
        assert row, f"{year}: {words[:2000]}"
    assert sum((100, 147, 257, 218, 141)) == 863


@pytest.mark.rule("RC-27")
def test_a_plans_page_has_the_official_columns_in_order_with_the_total(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    response = login(world.wang).get(f"/staff/plans/{plan_of(2022).uid}/")
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', response.content.decode())
    assert heads[:7] == ["年份", "小区名称", "位置", "建成时间", "栋数", "户数", "面积㎡"]
    words = text(response)
    assert "合计 7个小区 9 147 14,735.08" in words
    first = words.index("体委住宅楼")
    assert first < words.index("国税二区住宅楼") < words.index("保险公司住宅楼")


@pytest.mark.rule("RC-07")
def test_one_household_short_stops_the_plan_and_says_so_with_the_clause(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    plan = plan_of(2022)
    wang, li = login(world.wang), login(world.li)
    assert (
        wang.post(f"/staff/plans/{plan.uid}/papers/{CONSENT}/", consent_form(plan, short="教育局住宅楼")).status_code
        == 302
    )
    other_papers(wang, plan)
    check_all(li, plan)
    page = wang.get(f"/staff/plans/{plan.uid}/")
    assert "还差 1 户" in text(page) and "还不能申报" in text(page)
    assert "小区 80%以上居民同意方可纳入改造计划" in page.content.decode(), "the verbatim clause opens in place"
    assert [(gate.provision.rule_id, gate.missing) for gate in page.context["view"].blocking] == [
        ("RC-07", "还差 1 户")
    ]

    refused = wang.post(f"/staff/plans/{plan.uid}/submit/", {"version": page.context["plan"].version})
    assert refused.status_code == 409 and "还差 1 户" in text(refused)
    plan.refresh_from_db()
    assert plan.state == "draft" and not Case.objects.exists()

    mended = consent_form(plan)
    assert wang.post(f"/staff/plans/{plan.uid}/papers/{CONSENT}/", mended).status_code == 302
    assert Paper.objects.filter(evidence=CONSENT, superseded_by__isnull=True).count() == 7
    assert Paper.objects.filter(evidence=CONSENT).count() == 8, "only the line that changed was recorded again"
    assert "待第二人复核" in text(wang.get(f"/staff/plans/{plan.uid}/"))
    check_all(li, plan)

    form = wang.get(f"/staff/plans/{plan.uid}/submit/")
    assert "平台默认、文件未作规定" in text(form) and "芮城县人民政府" in text(form)
    assert wang.post(f"/staff/plans/{plan.uid}/submit/", {"version": form.context["plan"].version}).status_code == 302
    plan.refresh_from_db()
    case = Case.objects.get()
    assert plan.state == "in_review" and case.rule_id == ""
    assert case.content["totals"]["households"] == 147


def test_a_plan_goes_through_its_route_is_issued_changed_and_keeps_both_versions(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    plan = plan_of(2022)
    wang, li = login(world.wang), login(world.li)
    wang.post(f"/staff/plans/{plan.uid}/papers/{CONSENT}/", consent_form(plan))
    other_papers(wang, plan)
    check_all(li, plan)
    plan.refresh_from_db()
    assert wang.post(f"/staff/plans/{plan.uid}/submit/", {"version": plan.version}).status_code == 302
    case = Case.objects.get()
    cases.give_opinion(by=world.zhang, at=AT, today=TODAY, case=case, body=world.housing, verdict="pass")
    cases.give_opinion(
        by=world.zhou,
        at=AT,
        today=TODAY,
        case=case,
        body=world.government,
        verdict="pass",
        document_number="芮政发〔2026〕1号",
    )
    plan.refresh_from_db()
    assert (plan.state, plan.document_number) == ("issued", "芮政发〔2026〕1号")
    project = Project.objects.get(name="保险公司住宅楼")
    data = {
        "document_number": "芮政发〔2026〕9号",
        "issued_on": "20260302",
        "reason": "居民不同意施工时间",
        "remove": [str(project.uid)],
    }
    assert wang.post(f"/staff/plans/{plan.uid}/change/", data).status_code == 302
    words = text(wang.get(f"/staff/plans/{plan.uid}/versions/"))
    assert "第2版 · 芮政发〔2026〕9号" in words and "调出：保险公司住宅楼" in words and "居民不同意施工时间" in words
    assert "7 个项目，147 户" in words and "6 个项目，135 户" in words


def test_the_one_who_entered_can_not_check(world: World, plan_of: PlanOf, login: Login) -> None:
    plan = plan_of(2022)
    wang = login(world.wang)
    wang.post(f"/staff/plans/{plan.uid}/papers/{CONSENT}/", consent_form(plan))
    page = wang.get(f"/staff/plans/{plan.uid}/check/")
    assert text(page).count("本人录入") == 7
    paper = str(Paper.objects.first().uid)  # type: ignore[union-attr]
    refused = wang.post(f"/staff/plans/{plan.uid}/check/", {"paper": [paper]})
    assert refused.status_code == 403 and "录入人不能复核" in text(refused)
    assert not Paper.objects.filter(checked_by__isnull=False).exists()


def test_one_wrong_cell_saves_nothing_and_is_named_on_its_row(world: World, plan_of: PlanOf, login: Login) -> None:
    plan = plan_of(2022)
    data = consent_form(plan)
    line = plan.lines.get(project__name="体委住宅楼")
    data[f"{line.uid}-figure-agreeing"] = "25"
    response = login(world.wang).post(f"/staff/plans/{plan.uid}/papers/{CONSENT}/", data)
    assert response.status_code == 400 and "不能大于“小区总户数”" in text(response)
    assert 'value="25"' in response.content.decode(), "what was typed stays in the form"
    assert not Paper.objects.exists()
    data[f"{line.uid}-figure-agreeing"], data["day"] = "19", "2026-2-30"
    response = login(world.wang).post(f"/staff/plans/{plan.uid}/papers/{CONSENT}/", data)
    assert response.status_code == 400 and "没有“2026-2-30”这一天" in text(response)


@pytest.mark.rule("LZ-09")
def test_a_declaration_after_october_is_marked_and_never_blocked(world: World, login: Login) -> None:
    plan = actions.create_plan(by=world.wei, at=AT, today=TODAY, division=world.other, year=2026)
    words = text(login(world.wei).get(f"/staff/plans/{plan.uid}/"))
    assert "申报年度计划：2025年10月31日" in words and "逾期" in words
    assert "每年10月底前" in words.replace(" ", "")


def test_lines_are_added_moved_described_and_taken_out(
    world: World, login: Login, add_community: Callable[..., Community], add_project: Callable[..., Project]
) -> None:
    wang = login(world.wang)
    waiting, free = add_project("甲小区"), add_community("乙小区", household_count=None)
    response = wang.post("/staff/plans/", {"division": str(world.county.uid), "year": "2027"})
    plan = AnnualPlan.objects.get()
    assert response.headers["Location"] == f"/staff/plans/{plan.uid}/"
    assert "重点" in text(wang.get(f"/staff/plans/{plan.uid}/lines/")) or "可以改造" in text(
        wang.get(f"/staff/plans/{plan.uid}/lines/")
    )
    chosen = {"project": [str(waiting.uid)], "community": [str(free.uid)]}
    assert wang.post(f"/staff/plans/{plan.uid}/lines/", chosen).status_code == 302
    first, second = plan.lines.select_related("project")
    assert [first.project.name, second.project.name] == ["甲小区", "乙小区"]
    assert "1 个小区的栋数、户数或面积未填报" in text(wang.get(f"/staff/plans/{plan.uid}/"))
    wang.post(f"/staff/plans/{plan.uid}/lines/{second.uid}/move/", {"direction": "up"})
    assert [line.project.name for line in plan.lines.select_related("project")] == ["乙小区", "甲小区"]
    second.refresh_from_db()
    data = {"position": "1", "remark": "先做", "stands_alone_reason": "周边已改造", "version": str(second.version)}
    assert wang.post(f"/staff/plans/{plan.uid}/lines/{second.uid}/", data).status_code == 302
    assert "未连片：周边已改造" in text(wang.get(f"/staff/plans/{plan.uid}/"))
    stale = wang.post(f"/staff/plans/{plan.uid}/lines/{second.uid}/", data)
    assert stale.status_code == 412
    wang.post(f"/staff/plans/{plan.uid}/lines/{second.uid}/remove/")
    assert plan.lines.count() == 1 and Project.objects.get(name="乙小区").stage == "reserve"


@pytest.mark.rule("LZ-14")
def test_the_reserve_lists_communities_without_a_project_and_joins_several(
    world: World, login: Login, add_community: Callable[..., Community]
) -> None:
    one, two = add_community("甲小区"), add_community("乙小区")
    wang = login(world.wang)
    page = wang.get(f"/staff/reserve/{world.county.uid}/")
    assert "没有项目的小区（2）" in text(page)
    data = {"name": "永乐片区", "communities": [str(one.uid), str(two.uid)]}
    assert wang.post(f"/staff/reserve/{world.county.uid}/", data).status_code == 302
    project = Project.objects.get()
    assert (project.stage, project.parts.count()) == ("reserve", 2)
    assert "没有项目的小区（0）" in text(wang.get(f"/staff/reserve/{world.county.uid}/"))
    pipeline = [STAGE[project.stage].pipeline]
    wang.post("/staff/plans/", {"division": str(world.county.uid), "year": "2026"})
    plan = AnnualPlan.objects.get()
    wang.post(f"/staff/plans/{plan.uid}/lines/", {"project": [str(project.uid)]})
    pipeline.append(STAGE[Project.objects.get().stage].pipeline)
    wang.post(f"/staff/plans/{plan.uid}/issued/", {"document_number": "芮政办发〔2026〕1号", "issued_on": "2026-3-1"})
    pipeline.append(STAGE[Project.objects.get().stage].pipeline)
    assert pipeline == ["reserve", "planned", "implementing"]


def test_the_official_table_is_exported_for_one_year_or_several(world: World, imported: Import, login: Login) -> None:
    wang = login(world.wang)
    url = f"/staff/plans/export?division={world.county.uid}"
    one, every = wang.get(f"{url}&years=2022"), wang.get(url)
    assert one.status_code == every.status_code == 200 and one.content[:2] == every.content[:2] == b"PK"
    assert wang.get(f"{url}&years=2019").status_code == 404
    assert wang.get(f"{url}&years=x").status_code == wang.get("/staff/plans/export?division=1").status_code == 400
    assert login(world.wei).get(url).status_code == 404
    assert "（草稿）" in text(wang.get(f"/staff/plans/{AnnualPlan.objects.get(year=2022).uid}/print/"))


def test_foreign_rows_are_not_found_and_foreign_acts_forbidden(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, project = plan_of(2022), Project.objects.get(name="教育局住宅楼")
    line = plan.lines.first()
    assert line is not None
    wei = login(world.wei)
    paths = (
        "",
        "lines/",
        f"lines/{line.uid}/",
        f"papers/{CONSENT}/",
        "check/",
        "submit/",
        "issued/",
        "change/",
        "versions/",
        "print/",
    )
    for path in paths:
        assert wei.get(f"/staff/plans/{plan.uid}/{path}").status_code == 404, path
    for path in ("", "edit/", "days/", "midlife/", f"papers/{CONSENT}/", "check/", "exception/"):
        assert wei.get(f"/staff/projects/{project.uid}/{path}").status_code == 404, path
    assert "芮城" not in text(wei.get("/staff/plans/")) and "教育局" not in text(wei.get("/staff/projects/"))
    assert "教育局" not in text(wei.get("/staff/deadlines/"))
    zhou = login(world.zhou)
    assert zhou.get(f"/staff/plans/{plan.uid}/").status_code == 200
    assert "申报</a>" not in zhou.get(f"/staff/plans/{plan.uid}/").content.decode()
    assert zhou.post(f"/staff/plans/{plan.uid}/submit/", {"version": plan.version}).status_code == 403
    assert Client().get(f"/staff/plans/{plan.uid}/").status_code == 302


def test_a_long_plan_comes_by_pages_and_its_sums_are_of_all(
    world: World, plan_of: Callable[[int], AnnualPlan], login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans_page, "LINES", 3)
    monkeypatch.setattr(common, "LINES", 3)
    plan, client = plan_of(2025), login(world.wang)
    lines = list(plan.lines.order_by("position"))
    whole = client.get(f"/staff/plans/{plan.uid}/")
    assert len(whole.context["page"]) == 3 and whole.context["view"].totals["lines"] == len(lines) > 4
    moved = client.post(f"/staff/plans/{plan.uid}/lines/{lines[2].uid}/move/", {"direction": "down"})
    assert moved["Location"] == f"/staff/plans/{plan.uid}/?page=2", "the line is in sight where it stands now"
    second = client.get(moved["Location"])
    assert [row.line.pk for row in second.context["page"]][0] == lines[2].pk
    assert second.context["view"].totals == whole.context["view"].totals


@pytest.mark.parametrize(
    "path", ["/staff/plans/", "/staff/projects/", "/staff/deadlines/", "plan", "project", "table", "check", "submit"]
)
def test_pages_ask_a_bounded_number_of_queries_with_thirty_lines(
    world: World, login: Login, add_project: Callable[..., Project], path: str
) -> None:
    plan = actions.create_plan(by=world.wang, at=AT, today=TODAY, division=world.county, year=2027)
    for number in range(30):
        project = add_project(f"第{number}小区", address=f"{number}号路")
        actions.add_line(by=world.wang, at=AT, today=TODAY, plan=plan, project=project)
        figures = {"households": 40, "agreeing": 32}
        record_evidence(by=world.wang, at=AT, today=TODAY, subject=project, key=CONSENT, figures=figures, day=TODAY)
    project = Project.objects.first()
    assert project is not None
    urls = {
        "plan": f"/staff/plans/{plan.uid}/", "project": f"/staff/projects/{project.uid}/",
        "table": f"/staff/plans/{plan.uid}/papers/{CONSENT}/", "check": f"/staff/plans/{plan.uid}/check/",
        "submit": f"/staff/plans/{plan.uid}/submit/",
    }  # fmt: skip
    client = login(world.wang)
    client.get("/staff/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(urls.get(path, path)).status_code == 200
    frame = 6  # session, user, memberships, divisions, two counts
    assert len(asked) - frame <= 20, "\n".join(query["sql"][:150] for query in asked)
    assert PlanLine.objects.count() == 30
