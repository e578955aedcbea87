"""Staff pages of projects and deadlines, and what the resident page says of a plan: steps, papers, exceptions, days, mid-life."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from django.test import Client

from approvals.models import GateException
from communities.models import Community, Import
from offices.models import Duty, User
from projects import actions
from projects.models import AnnualPlan, Project
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text

PlanOf = Callable[[int], AnnualPlan]
Login = Callable[[User], Client]


def test_a_plan_entered_as_issued_makes_its_projects_public_and_enters_them_in_midlife(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    plan, wang = plan_of(2021), login(world.wang)
    future = wang.post(
        f"/staff/plans/{plan.uid}/issued/", {"document_number": "芮政办发〔2021〕1号", "issued_on": "2027-1-1"}
    )
    assert future.status_code == 400 and "不能晚于今天" in text(future)
    wang.post(f"/staff/plans/{plan.uid}/issued/", {"document_number": "芮政办发〔2021〕1号", "issued_on": "2021-3-1"})
    plan.refresh_from_db()
    assert plan.state == "issued" and plan.entered_as_issued
    project = Project.objects.get(name="原卷烟厂小区")
    assert project.published
    data = {
        "stage": "accepted",
        "reason": "2021年12月竣工验收报告",
        "day-works": "2021-5-10",
        "day-accepted": "2021-11-20",
    }
    assert wang.post(f"/staff/projects/{project.uid}/midlife/", data).status_code == 302
    words = text(wang.get(f"/staff/projects/{project.uid}/"))
    assert "中途录入" in words and "2021年11月20日" in words
    backwards = wang.post(
        f"/staff/projects/{project.uid}/midlife/", {**data, "stage": "accepted", "day-accepted": "2021-1-1"}
    )
    assert backwards.status_code == 400 and "早于前一个阶段的日期" in text(backwards)


@pytest.mark.rule("RC-08")
def test_a_step_is_refused_with_its_gates_and_taken_once_they_are_met(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    plan = plan_of(2025)
    actions.enter_as_issued(
        by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2025〕1号", issued_on=TODAY
    )
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
    done = wang.post(
        f"/staff/projects/{project.uid}/advance/", {"step": "scheme", "on": "2026-3-1", "version": project.version}
    )
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
    assert refused.status_code == 400 and {"document_number", "issuer", "issued_on"} <= set(
        refused.context["form"].errors
    )
    assert not GateException.objects.exists()
    data = {
        "reason": "县政府批准",
        "document_number": "芮政函〔2026〕2号",
        "issuer": "芮城县人民政府",
        "issued_on": "2026-2-1",
    }
    assert wang.post(url, data).status_code == 302
    assert "芮政函〔2026〕2号" in text(wang.get(f"/staff/projects/{project.uid}/"))
    assert "芮政函〔2026〕2号" in text(wang.get(f"/staff/plans/{plan_of(2025).uid}/"))
    assert (
        wang.get(f"/staff/projects/{project.uid}/exception/?rule=XX-01&step=declare&evidence=plan_consent").status_code
        == 400
    )


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
    assert wang.post(f"/staff/projects/{project.uid}/edit/", data).status_code == 412, (
        "the version that was read is old now"
    )
    seen = {"confirm": "1", "seen": str(project.version)}
    assert wang.post(f"/staff/projects/{project.uid}/days/", {"works": "2026-5-1", **seen}).status_code == 302
    late = wang.post(f"/staff/projects/{project.uid}/days/", {"works": "2026-6-1"})
    assert late.status_code == 400 and "推迟的原因：不能为空" in text(late)
    project.refresh_from_db()
    moved = {"works": "2026-6-1", "reason": "管线迁改", "confirm": "1", "seen": str(project.version)}
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
    assert "不适用（28）" in words and "早于文件施行之日2022年7月5日" in words
    assert wang.get("/staff/deadlines/?year=abc").status_code == 400
    project = Project.objects.get(name="农行住宅楼")
    wang.post(f"/staff/projects/{project.uid}/milestone/", {"milestone": "opinion_survey", "on": "2025-1-20"})
    assert Duty.objects.get(subject_uid=project.uid, milestone="opinion_survey").state == "done"


def test_the_list_of_projects_filters(world: World, imported: Import, login: Login) -> None:
    wang = login(world.wang)
    assert len(wang.get("/staff/projects/?year=2023").context["rows"]) == 6
    assert len(wang.get("/staff/projects/?text=jiaoyuju").context["rows"]) == 1
    assert len(wang.get("/staff/projects/?stage=works").context["rows"]) == 0
    assert len(wang.get("/staff/projects/?late=on&year=2025").context["rows"]) == 8
    assert wang.get("/staff/projects/?stage=nowhere").status_code == 400
    assert 'href="/staff/projects/export/?year=2023"' in wang.get("/staff/projects/?year=2023&page=1").text
    answer = wang.get("/staff/projects/export/?year=2023")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    head, *lines = ([cell.value for cell in row] for row in sheet.iter_rows())
    assert head[:8] == ["年份", "小区名称", "位置", "建成时间", "栋数", "户数", "面积㎡", "项目"]
    assert len(lines) == 6 and lines[0][:7] == [2023, "人民医院2号、3号住宅楼", "永乐北路东侧", "1991", 2, 50, 5387]
    assert wang.get("/staff/projects/export/?stage=nowhere").status_code == 400


def test_the_public_page_names_plan_day_and_exception_but_no_person(
    world: World, plan_of: PlanOf, login: Login
) -> None:
    plan = plan_of(2025)
    community = Community.objects.get(name="农行住宅楼")
    page = f"/c/{community.uid}/"
    assert "农行住宅楼" in text(Client().get(page)) and "年度计划 2025" not in text(Client().get(page)), (
        "a draft is nobody's business"
    )
    actions.enter_as_issued(
        by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2025〕1号", issued_on=TODAY
    )
    project = Project.objects.get(name="农行住宅楼")
    url = f"/staff/projects/{project.uid}/exception/?rule=RC-08&step=scheme&evidence=survey_coverage"
    data = {
        "reason": "县政府批准",
        "document_number": "芮政函〔2026〕2号",
        "issuer": "芮城县人民政府",
        "issued_on": "2026-2-1",
    }
    assert login(world.wang).post(url, data).status_code == 302
    words = text(Client().get(page))
    assert "2025年度 芮政办发〔2025〕1号" in words and "2025年1月31日前完成民意调查" in words and "逾期" in words
    assert "芮城县人民政府芮政函〔2026〕2号批准" in words
    assert not any(person.name in words for person in (world.wang, world.li, world.zhang))
