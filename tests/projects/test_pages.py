"""Staff pages of plans and projects, without JavaScript: the whole way of 芮城's plan, what is refused and with which clause."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals import cases
from approvals.models import Case, GateException, Paper
from communities.models import Community, Import
from offices.models import Duty, User
from projects import actions
from projects.actions.papers import record_evidence
from projects.models import AnnualPlan, PlanLine, Project
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
                data[name] = "on" if type(field).__name__ == "BooleanField" else "1000000" if "capacity" in name else "10000"
        assert client.post(f"/staff/plans/{plan.uid}/paper/{gate.key}/", data).status_code == 302


def check_all(client: Client, plan: AnnualPlan) -> None:
    """Check everything that waits, as another person."""
    rows = client.get(f"/staff/plans/{plan.uid}/check/").context["rows"]
    assert client.post(f"/staff/plans/{plan.uid}/check/", {"paper": [str(row.paper.uid) for row in rows]}).status_code == 302


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
def test_a_plans_page_has_the_official_columns_in_order_with_the_total(world: World, plan_of: PlanOf, login: Login) -> None:
    response = login(world.wang).get(f"/staff/plans/{plan_of(2022).uid}/")
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', response.content.decode())
    assert heads[:7] == ["年份", "小区名称", "位置", "建成时间", "栋数", "户数", "面积㎡"]
    words = text(response)
    assert "合计 7个小区 9 147 14,735.08" in words
    first = words.index("体委住宅楼")
    assert first < words.index("国税二区住宅楼") < words.index("保险公司住宅楼")


@pytest.mark.rule("RC-07")
def test_one_household_short_stops_the_plan_and_says_so_with_the_clause(world: World, plan_of: PlanOf, login: Login) -> None:
    plan = plan_of(2022)
    wang, li = login(world.wang), login(world.li)
    assert wang.post(f"/staff/plans/{plan.uid}/papers/{CONSENT}/", consent_form(plan, short="教育局住宅楼")).status_code == 302
    other_papers(wang, plan)
    check_all(li, plan)
    page = wang.get(f"/staff/plans/{plan.uid}/")
    assert "还差 1 户" in text(page) and "还不能申报" in text(page)
    assert "小区 80%以上居民同意方可纳入改造计划" in page.content.decode(), "the verbatim clause opens in place"
    assert [(gate.provision.rule_id, gate.missing) for gate in page.context["view"].blocking] == [("RC-07", "还差 1 户")]

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


def test_a_plan_goes_through_its_route_is_issued_changed_and_keeps_both_versions(world: World, plan_of: PlanOf, login: Login) -> None:
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
        by=world.zhou, at=AT, today=TODAY, case=case, body=world.government, verdict="pass", document_number="芮政发〔2026〕1号"
    )
    plan.refresh_from_db()
    assert (plan.state, plan.document_number) == ("issued", "芮政发〔2026〕1号")
    project = Project.objects.get(name="保险公司住宅楼")
    data = {"document_number": "芮政发〔2026〕9号", "issued_on": "20260302", "reason": "居民不同意施工时间", "remove": [str(project.uid)]}
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
    assert "重点" in text(wang.get(f"/staff/plans/{plan.uid}/lines/")) or "可以改造" in text(wang.get(f"/staff/plans/{plan.uid}/lines/"))
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


def test_a_plan_entered_as_issued_makes_its_projects_public_and_enters_them_in_midlife(world: World, plan_of: PlanOf, login: Login) -> None:
    plan, wang = plan_of(2021), login(world.wang)
    future = wang.post(f"/staff/plans/{plan.uid}/issued/", {"document_number": "芮政办发〔2021〕1号", "issued_on": "2027-1-1"})
    assert future.status_code == 400 and "不能晚于今天" in text(future)
    wang.post(f"/staff/plans/{plan.uid}/issued/", {"document_number": "芮政办发〔2021〕1号", "issued_on": "2021-3-1"})
    plan.refresh_from_db()
    assert plan.state == "issued" and plan.entered_as_issued
    project = Project.objects.get(name="原卷烟厂小区")
    assert project.published
    data = {"stage": "accepted", "reason": "2021年12月竣工验收报告", "day-works": "2021-5-10", "day-accepted": "2021-11-20"}
    assert wang.post(f"/staff/projects/{project.uid}/midlife/", data).status_code == 302
    words = text(wang.get(f"/staff/projects/{project.uid}/"))
    assert "中途录入" in words and "2021年11月20日" in words
    backwards = wang.post(f"/staff/projects/{project.uid}/midlife/", {**data, "stage": "accepted", "day-accepted": "2021-1-1"})
    assert backwards.status_code == 400 and "早于前一个阶段的日期" in text(backwards)


@pytest.mark.rule("RC-08")
def test_a_step_is_refused_with_its_gates_and_taken_once_they_are_met(world: World, plan_of: PlanOf, login: Login) -> None:
    plan = plan_of(2025)
    actions.enter_as_issued(by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2025〕1号", issued_on=TODAY)
    project = Project.objects.get(name="农行住宅楼")
    wang, li = login(world.wang), login(world.li)
    page = wang.get(f"/staff/projects/{project.uid}/")
    assert "已征求80%以上小区居民改造意见" in text(page)
    step = {"step": "scheme", "on": "2026-3-1", "version": page.context["project"].version}
    refused = wang.post(f"/staff/projects/{project.uid}/advance/", step)
    assert refused.status_code == 409 and "请录入" in text(refused)
    project.refresh_from_db()
    assert project.stage == "approved"
    short = {"figure-households": "30", "figure-asked": "23", "day": "2026年2月1日"}
    wang.post(f"/staff/projects/{project.uid}/papers/survey_coverage/", short)
    assert "还差 1 户" in text(wang.get(f"/staff/projects/{project.uid}/"))
    for gate in page.context["view"].gates:
        form = wang.get(f"/staff/projects/{project.uid}/papers/{gate.key}/").context["form"]
        data = {name: "on" for name in form.fields if name.startswith("figure-")} | {"day": "2026-2-1"}
        if gate.key == "survey_coverage":
            data = {"figure-households": "30", "figure-asked": "24", "day": "2026-2-1"}
        if gate.key == "notice":
            data = {
                "figure-posted_on": "2026-2-1", "figure-closed_on": "2026-2-10", "figure-objections": "0", "figure-open_objections": "0",
                "day": "2026-2-10",
            }  # fmt: skip
        assert wang.post(f"/staff/projects/{project.uid}/papers/{gate.key}/", data).status_code == 302, gate.key
    rows = li.get(f"/staff/projects/{project.uid}/check/").context["rows"]
    li.post(f"/staff/projects/{project.uid}/check/", {"paper": [str(row.paper.uid) for row in rows]})
    project.refresh_from_db()
    done = wang.post(f"/staff/projects/{project.uid}/advance/", {"step": "scheme", "on": "2026-3-1", "version": project.version})
    assert done.status_code == 302
    project.refresh_from_db()
    assert project.stage == "designed"
    assert Duty.objects.get(subject_uid=project.uid, milestone="scheme_design").done_on.isoformat() == "2026-03-01"  # type: ignore[union-attr]


def test_an_exception_to_a_must_needs_its_document_and_is_shown(world: World, plan_of: PlanOf, login: Login) -> None:
    plan_of(2025)
    project = Project.objects.get(name="农行住宅楼")
    wang = login(world.wang)
    url = f"/staff/projects/{project.uid}/exception/?rule=RC-07&step=declare&evidence=plan_consent"
    refused = wang.post(url, {"reason": "特殊情况"})
    assert refused.status_code == 400 and {"document_number", "issuer", "issued_on"} <= set(refused.context["form"].errors)
    assert not GateException.objects.exists()
    data = {"reason": "县政府批准", "document_number": "芮政函〔2026〕2号", "issuer": "芮城县人民政府", "issued_on": "2026-2-1"}
    assert wang.post(url, data).status_code == 302
    assert "芮政函〔2026〕2号" in text(wang.get(f"/staff/projects/{project.uid}/"))
    assert "芮政函〔2026〕2号" in text(wang.get(f"/staff/plans/{plan_of(2025).uid}/"))
    assert wang.get(f"/staff/projects/{project.uid}/exception/?rule=XX-01&step=declare&evidence=plan_consent").status_code == 400


def test_facts_works_and_planned_days(world: World, plan_of: PlanOf, login: Login) -> None:
    plan_of(2025)
    project = Project.objects.get(name="农行住宅楼")
    wang = login(world.wang)
    form = wang.get(f"/staff/projects/{project.uid}/edit/")
    data = {
        "name": "农行住宅楼", "national_task": "on", "facts": ["elevator"], "works": ["water"], "investment": "1200000.50",
        "version": str(form.context["form"].initial["version"]),
    }  # fmt: skip
    assert wang.post(f"/staff/projects/{project.uid}/edit/", data).status_code == 302
    project.refresh_from_db()
    assert project.national_task and project.facts == {"elevator": True} and f"{project.investment}" == "1200000.50"
    assert wang.post(f"/staff/projects/{project.uid}/edit/", data).status_code == 412, "the version that was read is old now"
    wang.post(f"/staff/projects/{project.uid}/days/", {"works": "2026-5-1"})
    late = wang.post(f"/staff/projects/{project.uid}/days/", {"works": "2026-6-1"})
    assert late.status_code == 400 and "推迟的原因：不能为空" in text(late)
    moved = {"works": "2026-6-1", "reason": "管线迁改"}
    assert wang.post(f"/staff/projects/{project.uid}/days/", moved).status_code == 302
    words = text(wang.get(f"/staff/projects/{project.uid}/"))
    assert "延误原因：管线迁改" in words and "计划2026年6月1日" in words


@pytest.mark.rule("RC-13")
def test_deadlines_by_month_with_clause_and_what_does_not_apply(world: World, imported: Import, login: Login) -> None:
    wang = login(world.wang)
    words = text(wang.get("/staff/deadlines/?year=2025&rule=RC-13"))
    assert "2025年5月（8）" in words and "逾期" in words and "已超期" in words
    assert "5月底" in words, "the clause is there word for word"
    words = text(wang.get("/staff/deadlines/?year=2022"))
    assert "不适用（28）" in words and "早于文件施行之日 2022-07-05" in words
    assert wang.get("/staff/deadlines/?year=abc").status_code == 400
    project = Project.objects.get(name="农行住宅楼")
    wang.post(f"/staff/projects/{project.uid}/milestone/", {"milestone": "opinion_survey", "on": "2025-1-20"})
    assert Duty.objects.get(subject_uid=project.uid, milestone="opinion_survey").state == "done"


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
    paths = ("", "lines/", f"lines/{line.uid}/", f"papers/{CONSENT}/", "check/", "submit/", "issued/", "change/", "versions/", "print/")
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


def test_the_list_of_projects_filters(world: World, imported: Import, login: Login) -> None:
    wang = login(world.wang)
    assert len(wang.get("/staff/projects/?year=2023").context["rows"]) == 6
    assert len(wang.get("/staff/projects/?text=jiaoyuju").context["rows"]) == 1
    assert len(wang.get("/staff/projects/?stage=works").context["rows"]) == 0
    assert len(wang.get("/staff/projects/?late=on&year=2025").context["rows"]) == 8
    assert wang.get("/staff/projects/?stage=nowhere").status_code == 400


@pytest.mark.parametrize("path", ["/staff/plans/", "/staff/projects/", "/staff/deadlines/", "plan", "project", "table", "check", "submit"])
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
    assert len(asked) - frame <= 15, "\n".join(query["sql"][:150] for query in asked)
    assert PlanLine.objects.count() == 30


def test_the_public_page_names_plan_day_and_exception_but_no_person(world: World, plan_of: PlanOf, login: Login) -> None:
    plan = plan_of(2025)
    community = Community.objects.get(name="农行住宅楼")
    page = f"/c/{community.uid}/"
    assert "农行住宅楼" in text(Client().get(page)) and "年度计划 2025" not in text(Client().get(page)), "a draft is nobody's business"
    actions.enter_as_issued(by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2025〕1号", issued_on=TODAY)
    project = Project.objects.get(name="农行住宅楼")
    url = f"/staff/projects/{project.uid}/exception/?rule=RC-08&step=scheme&evidence=survey_coverage"
    data = {"reason": "县政府批准", "document_number": "芮政函〔2026〕2号", "issuer": "芮城县人民政府", "issued_on": "2026-2-1"}
    assert login(world.wang).post(url, data).status_code == 302
    words = text(Client().get(page))
    assert "2025年度 芮政办发〔2025〕1号" in words and "2025年1月31日前完成民意调查" in words and "逾期" in words
    assert "芮城县人民政府芮政函〔2026〕2号批准" in words
    assert not any(person.name in words for person in (world.wang, world.li, world.zhang))
