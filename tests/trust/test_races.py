"""Real processes at one moment on a real PostgreSQL: what the law counts once is there once, and whoever came second is told why."""

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

import communities.imports.builtin  # noqa: F401
from approvals import cases, papers, subjects
from approvals.models import Case, Opinion, Paper
from approvals.routing import real_route
from communities import actions as register
from communities.models import Community, Import
from offices import actions as house
from offices import duties
from offices.demonstration import Offices
from offices.models import Alert, Body, Duty, HistoryEntry, Message, User
from offices.rulebooks import layers_of
from projects import actions
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from tests.approvals.conftest import Paper as PaperOfAnOffice
from tests.cast import AT, TODAY
from tests.trust.processes import Said, together

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
TABLE = "年份,小区名称,位置,建成时间,栋数,户数,面积㎡\n"


def refused(said: list[Said]) -> list[Said]:
    """Those that were told no."""
    return [each for each in said if each.error]


def project(offices: Offices, name: str, place: str = "芮城县") -> Project:
    """A community of its own in the reserve."""
    clerk, division = offices.user(place, "housing", "clerk"), offices.divisions[place]
    values = {"name": name, "built_text": "1998", "household_count": 40, "building_count": 1, "floor_area": "3000.00"}
    community = register.add_community(by=clerk, at=AT, division=division, values=values, evidence="普查")
    return actions.add_project(by=clerk, at=AT, today=TODAY, division=division, name=name, communities=[community])


def plan(offices: Offices, year: int, place: str = "芮城县") -> AnnualPlan:
    """An empty draft."""
    return actions.create_plan(
        by=offices.user(place, "housing", "clerk"), at=AT, today=TODAY, division=offices.divisions[place], year=year
    )


@pytest.fixture
def case(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> Case:
    """城中区's paper on 柳州's route."""
    monkeypatch.setitem(subjects._SUBJECTS, "body", PaperOfAnOffice())
    body = stage.body("城中区", "housing")
    layers = layers_of(body.division)
    route = real_route(layers, day=TODAY, subject="plan", division=body.division)
    clerk = stage.user("城中区", "housing", "clerk")
    return cases.submit(by=clerk, at=AT, body=body, subject=body, layers=layers, route=route)


def approvers(body: Body, number: int) -> list[User]:
    """Colleagues who may all decide for one body."""
    people = []
    for n in range(number):
        user = house.create_user(
            by=None,
            at=AT,
            username=f"approver{n}",
            name=f"审批{n}",
            password="long-enough-1",
            must_change_password=False,
        )
        house.appoint(by=None, at=AT, today=TODAY, user=user, body=body, role="approver")
        people.append(user)
    return people


def test_twenty_approvers_of_one_body_decide_once(stage: Offices, case: Case) -> None:
    body = case.asks.filter(asked_at__isnull=False).order_by("pk")[0].body
    people = approvers(body, 20)
    data = {"body": str(body.uid), "verdict": "pass", "seen_hash": case.content_hash, "reasons": ""}
    clients = []
    for user in people:
        client = APIClient(raise_request_exception=False)
        client.force_authenticate(user)
        clients.append(client)

    def decide(index: int) -> tuple[int, str]:
        answer = clients[index].post(
            f"/api/v1/cases/{case.uid}/opinions/", data, headers={"If-Match": f'"{case.uid.hex}.{case.version}"'}
        )
        return answer.status_code, answer.content.decode()

    said = together(20, decide)
    assert not refused(said)
    codes = sorted(each.value[0] for each in said)
    assert codes == [201, *[409] * 19] or codes == [201, *[412] * 19], codes
    opinion = Opinion.objects.get()
    assert HistoryEntry.objects.filter(action="case.pass", subject_uid=case.uid).count() == 1
    if 409 in codes:
        assert all(opinion.by.name in each.value[1] for each in said if each.value[0] == 409)


def test_twenty_opinions_at_once_are_one_and_the_others_hear_whose(stage: Offices, case: Case) -> None:
    body = case.asks.filter(asked_at__isnull=False).order_by("pk")[0].body
    people = approvers(body, 20)
    verdicts = ("pass", "return")  # they disagree, too
    said = together(
        20,
        lambda n: (
            cases.give_opinion(by=people[n], at=AT, case=case, body=body, verdict=verdicts[n % 2], reasons="理由").pk
        ),
    )
    opinion = Opinion.objects.get()
    assert [each.value for each in said if not each.error] == [opinion.pk]
    assert {each.error for each in refused(said)} == {"Refused"}
    assert all(opinion.by.name in each.words or "办理" in each.words for each in refused(said))
    assert HistoryEntry.objects.filter(subject_uid=case.uid, action__in=("case.pass", "case.return")).count() == 1


def test_two_clerks_submit_once(stage: Offices, case: Case) -> None:
    body = stage.body("柳北区", "housing")
    layers = layers_of(body.division)
    route = real_route(layers, day=TODAY, subject="plan", division=body.division)
    clerk = stage.user("柳北区", "housing", "clerk")
    said = together(8, lambda _: cases.submit(by=clerk, at=AT, body=body, subject=body, layers=layers, route=route).pk)
    assert Case.objects.filter(subject_uid=body.uid).count() == 1
    assert {each.code for each in refused(said)} == {"case_open"} and len(refused(said)) == 7


def test_two_clerks_declare_the_same_plan_once(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "projects.actions.plans.refusals_of_plan", lambda *_, **__: []
    )  # the gates have tests of their own
    draft, clerk = plan(stage, 2027), stage.user("芮城县", "housing", "clerk")
    actions.add_line(by=clerk, at=AT, today=TODAY, plan=draft, project=project(stage, "甲小区"))
    other = approvers(stage.body("芮城县", "housing"), 1)[0]
    house.appoint(by=None, at=AT, today=TODAY, user=other, body=stage.body("芮城县", "housing"), role="clerk")
    people = [clerk, User.objects.get(pk=other.pk)]
    said = together(6, lambda n: actions.declare_plan(by=people[n % 2], at=AT, today=TODAY, plan=draft).pk)
    case = Case.objects.get(subject_uid=draft.uid)
    assert [each.value for each in said if not each.error] == [case.pk]
    assert [each.code for each in refused(said)] == ["plan_not_editable"] * 5
    assert HistoryEntry.objects.filter(action="plan.declare").count() == 1


def test_four_sweeps_over_five_thousand_duties_tell_each_once(stage: Offices) -> None:
    body = stage.body("芮城县", "housing")
    rows = [
        duties.Row(f"R-{n % 90:02d}", "ruicheng", f"step-{n}", ("must", "strive")[n % 2], 2026, TODAY + dt.timedelta(days=n % 45 - 10))
        for n in range(5000)
    ]  # fmt: skip
    duties.sync(
        subject=body, title="题", link="/staff/", division=body.division, body=body, rows=rows, at=AT, today=TODAY
    )
    due = Duty.objects.filter(due_on__lte=TODAY + duties.COMING).count()
    people = 2  # clerk and leader
    letters = sum(bool(stage.user("芮城县", "housing", role).email) for role in ("clerk", "leader"))
    before = HistoryEntry.objects.count()
    said = together(4, lambda _: duties.sweep(at=AT, today=TODAY))
    assert not refused(said), refused(said)
    escalated = Alert.objects.filter(kind="escalated").count()
    late = Duty.objects.filter(due_on__lte=duties.escalated_until(TODAY)).count()
    assert sum(each.value["inserted"] for each in said) == Alert.objects.count() == due + escalated
    assert due > 4000 and escalated == late > 400, "each once, and what is long past once more, to the leader"
    assert not Alert.objects.filter(told_at__isnull=True).exists()
    assert Message.objects.filter(channel="inbox").count() == due * people + escalated
    told = escalated * bool(stage.user("芮城县", "housing", "leader").email)
    assert Message.objects.filter(channel="email").count() == due * letters + told
    assert HistoryEntry.objects.count() == before
    assert duties.sweep(at=AT, today=TODAY) == {"marked": 0, "inserted": 0, "told": 0}


def test_sweeps_and_changes_of_the_same_duties_do_not_stop_each_other(stage: Offices) -> None:
    bodies = list(Body.objects.select_related("division"))

    def wanted(step: int) -> list[duties.Wanted]:
        return [
            duties.Wanted(
                body, f"题{step}", "/staff/", body.division, body,
                [duties.Row(f"R-{n}", "ruicheng", "start", "must", 2026, TODAY + dt.timedelta(days=n + step)) for n in range(10)],
            )
            for body in (bodies if step % 2 else reversed(bodies))
        ]  # fmt: skip

    duties.sync_many(wanted(0), at=AT, today=TODAY)

    def act(index: int) -> None:
        for step in range(1, 6):
            if index % 2:
                duties.sync_many(wanted(step), at=AT, today=TODAY)
            else:
                duties.sweep(at=AT, today=TODAY + dt.timedelta(days=step))

    assert not refused(together(4, act))
    assert Duty.objects.count() == 10 * len(bodies)


def read_table(offices: Offices, text: str) -> Import:
    """Uploaded and previewed by 芮城县's clerk."""
    clerk = offices.user("芮城县", "housing", "clerk")
    source = register.upload_import(
        by=clerk, at=AT, kind="plan", division=offices.divisions["芮城县"], upload=register.pasted(text)
    )
    return register.read_import(source=source, at=AT)


def test_the_same_table_twice_at_once_is_one_set_of_plans(stage: Offices) -> None:
    text = (Path(__file__).parent.parent / "data" / "ruicheng_plan.csv").read_text(encoding="utf-8")
    sources = [read_table(stage, text) for _ in range(2)]
    clerk = stage.user("芮城县", "housing", "clerk")
    said = together(2, lambda n: register.apply_import(by=clerk, at=AT, source=sources[n]).state)
    assert sorted((each.value or each.error) for each in said) == ["Stale", "applied"], said
    counts = [model.objects.count() for model in (AnnualPlan, Community, Project, ProjectCommunity, PlanLine)]
    assert counts == [5, 30, 30, 30, 30]
    assert Duty.objects.filter(subject_type="project").count() == 180
    late = Import.objects.get(state="read")
    assert late.counts["unchanged"] == 30, "the one who came second sees a new preview: nothing is left to do"


def test_one_import_confirmed_six_times_at_once_is_written_once(stage: Offices) -> None:
    source = read_table(stage, TABLE + "2027,甲小区,一号路,1998,1,20,900\n2027,乙小区,二号路,1997,1,21,901\n")
    clerk = stage.user("芮城县", "housing", "clerk")
    said = together(6, lambda _: register.apply_import(by=clerk, at=AT, source=source).state)
    assert [each.value for each in said if not each.error] == ["applied"]
    assert {(each.error, each.code) for each in refused(said)} == {("Refused", "import_state")}
    assert PlanLine.objects.count() == Community.objects.count() == 2


@pytest.mark.parametrize("attempt", range(4))
def test_an_import_and_a_line_of_the_same_project_meet(stage: Offices, attempt: int) -> None:
    clerk, waiting, draft = stage.user("芮城县", "housing", "clerk"), project(stage, "甲小区"), plan(stage, 2028)
    source = read_table(stage, TABLE + "2027,甲小区,,1998,,,\n")

    def act(index: int) -> str:
        if index:
            return str(register.apply_import(by=clerk, at=AT, source=source).state)
        time.sleep(attempt * 0.03)  # at several moments of the import
        actions.add_line(by=clerk, at=AT, today=TODAY, plan=draft, project=waiting)
        return "line"

    said = together(2, act)
    assert sorted(each.error for each in said) in (["", "Stale"], ["", "Refused"]), said
    assert PlanLine.objects.count() == Project.objects.count() == 1, said
    assert PlanLine.objects.get().plan.year == Project.objects.get().plan_year


def test_ten_clerks_open_the_plan_of_a_year_once(stage: Offices) -> None:
    said = together(10, lambda _: plan(stage, 2027).pk)
    assert AnnualPlan.objects.count() == 1
    assert [each.code for each in refused(said)] == ["plan_exists"] * 9


def test_a_project_goes_into_one_of_two_plans(stage: Offices) -> None:
    clerk, waiting = stage.user("芮城县", "housing", "clerk"), project(stage, "甲小区")
    plans = [plan(stage, 2027), plan(stage, 2028)]
    said = together(8, lambda n: actions.add_line(by=clerk, at=AT, today=TODAY, plan=plans[n % 2], project=waiting).pk)
    line = PlanLine.objects.get()
    assert [each.value for each in said if not each.error] == [line.pk]
    assert [each.code for each in refused(said)] == ["project_in_plan"] * 7
    waiting.refresh_from_db()
    assert waiting.plan_year == line.plan.year
    assert set(Duty.objects.filter(subject_uid=waiting.uid).values_list("plan_year", flat=True)) == {line.plan.year}


def paper_of(offices: Offices, subject: Any) -> Paper:
    """A paper that is entered by the clerk."""
    return papers.record_paper(
        by=offices.user("芮城县", "housing", "clerk"), at=AT, today=TODAY, subject=subject, division=offices.divisions["芮城县"],
        evidence="plan_consent", title="征求意见表", figures={"households": "40", "agreeing": "36"}, day=TODAY,
    )  # fmt: skip


def test_ten_second_persons_check_a_paper_once(stage: Offices) -> None:
    paper = paper_of(stage, project(stage, "甲小区"))
    people = approvers(stage.body("芮城县", "housing"), 10)
    said = together(10, lambda n: papers.check_paper(by=people[n], at=AT, paper=paper).checked_by.name)
    paper.refresh_from_db()
    assert paper.checked_by is not None
    assert [each.value for each in said if not each.error] == [paper.checked_by.name]
    assert all(each.code == "paper_checked" and paper.checked_by.name in each.words for each in refused(said))
    assert HistoryEntry.objects.filter(action="paper.check").count() == 1


def test_of_six_entries_of_one_paper_one_stands(stage: Offices) -> None:
    subject = project(stage, "甲小区")
    for _ in range(2):  # the first paper, then a mended one that supersedes it
        before = Paper.objects.count()
        said = together(6, lambda _: paper_of(stage, subject).pk)
        assert {each.code for each in refused(said)} <= {"paper_recorded"}, refused(said)
        assert Paper.objects.filter(superseded_by__isnull=True).count() == 1
        assert Paper.objects.count() == before + 6 - len(refused(said))
