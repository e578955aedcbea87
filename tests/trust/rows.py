"""One real row of every kind in 芮城县, written by the real actions, and one client for each role that may knock at a door."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

import communities.imports.builtin  # noqa: F401
from approvals.models import Case, CaseAsk, PaperBallot, Proxy, Survey, SurveyAnswer, Vote
from approvals.surveys import actions as surveys
from approvals.surveys.answers import give_answer
from approvals.votes.drafting import Terms, draft_vote
from communities import actions as register
from communities.actions.complaints import file_complaint
from communities.models import Community, Complaint, DuplicatePair, Import, Person
from offices import database_clock, files, jobs, keys, messages
from offices.actions import appoint, create_user
from offices.demonstration import Offices
from offices.feed.webhooks import make_webhook, send_trial
from offices.models import Body, Division, Job, Membership, StoredFile, User, Webhook
from projects import actions
from projects.models import AnnualPlan, PlanLine, Project
from renovation.demonstration.story import Story
from tests.cast import AT, TODAY, cast
from tests.trust import acceptance_rows, money_rows, vote_rows
from tests.trust import notices as board
from tests.trust.online_rows import announced as announced_vote
from tests.trust.online_rows import proxy_of
from tests.trust.roll_rows import build_roll
from tests.trust.scheme_rows import build_scheme

PLACE, ELSEWHERE, CITY = "芮城县", "潞州区", "运城市"
NUMBER = "芮政办发〔2026〕5号"
ID_NUMBER, PHONE, OWNER = "140830197905221234", "13912345678", "欧阳秘密"
ROLES = ("anonymous", "foreign", "clerk", "approver", "auditor", "system", "security", "audit", "root")


@dataclass
class Rows:
    """Everything that a route can name."""

    offices: Offices
    county: Division
    community: Community
    twin: Community
    person: Person
    pair: DuplicatePair
    source: Import
    draft: AnnualPlan
    line: PlanLine
    reserve: Project
    review: AnnualPlan
    case: Case
    issued: AnnualPlan
    project: Project
    paper: Any
    own_paper: Any
    body: Body
    membership: Membership
    file: StoredFile
    message: UUID
    key: UUID
    vote: Vote
    running: Vote
    slip: PaperBallot
    survey: Survey
    survey_draft: Survey
    survey_closed: Survey
    answer: SurveyAnswer
    users: dict[str, User] = field(default_factory=dict)
    objection: Any = None
    notices: board.NoticeRows = field(init=False)
    complaint: Complaint = field(init=False)
    announced: Vote = field(init=False)
    money: money_rows.MoneyRows = field(init=False)
    proxy: Proxy = field(init=False)
    webhook: Webhook = field(init=False)
    built: acceptance_rows.Built = field(init=False)
    job: Job = field(init=False)
    job_done: Job = field(init=False)


def build() -> Rows:
    """The rows. Must run in a transaction that is rolled back."""
    database_clock.tell(connection)
    offices = cast()
    story = Story(offices)
    county, clerk = offices.divisions[PLACE], offices.user(PLACE, "housing", "clerk")
    old, later = dt.date(2026, 1, 12), dt.date(2026, 2, 2)
    made = [_community(story, f"秘密花园{number}", old) for number in range(6)]
    issued = story.plan(PLACE, 2024, [("已下达项目", made[:1])], old)
    issued = story.issue(PLACE, issued, later, NUMBER)
    review = story.plan(PLACE, 2025, [("审批项目", made[1:2])], old)
    story.satisfy(PLACE, review, later)
    for line in review.lines.select_related("project__division", "project__county"):
        story.satisfy(PLACE, line.project, later, ("survey", "plan", "declare"))
    case = story.declare(PLACE, review, later)
    draft = story.plan(PLACE, 2026, [("草稿项目", made[2:3])], old)
    line = draft.lines.get()
    reserve = actions.add_project(by=clerk, at=AT, today=TODAY, division=county, name="储备项目", communities=made[3:4])
    body = offices.body(PLACE, "housing")
    colleague = create_user(
        by=None, at=AT, username="tongshi", name="同事", password="long-enough-1", must_change_password=False
    )
    membership = appoint(by=None, at=AT, today=TODAY, user=colleague, body=body, role="clerk")
    consent = {"households": 40, "agreeing": 39}
    project = Project.objects.select_related("division", "county").get(lines__plan=issued)
    build_scheme(clerk, project)
    papers = [
        story.paper(PLACE, subject, "plan_consent", consent, later, title="同意书", checked=False)
        for subject in (line.project, reserve)
    ]
    twin = _community(story, "秘密花园六号", old)
    pair = DuplicatePair.objects.create(first=made[4], second=twin, agreeing=["name"], created_at=AT, updated_at=AT)
    source = register.upload_import(
        by=clerk, at=AT, kind="communities", division=county, upload=register.pasted("小区名称\t户数\n新增小区\t80\n")
    )
    source = register.read_import(source=source, at=AT)
    file = files.store(upload=SimpleUploadedFile("说明.txt", "说明".encode()), division=county, by=colleague, at=AT)
    messages.tell(event="test:1", recipients=[clerk], title="消息", text="", link="/staff/", subject=issued, at=AT)
    key, _ = keys.make_key(
        by=clerk, at=AT, name="读取", scopes=["read:projects"], expires_at=AT + dt.timedelta(days=300)
    )
    terms = Terms(
        "scheme", "方案表决", "是否同意？", opens_at=AT + dt.timedelta(days=1), closes_at=AT + dt.timedelta(days=8)
    )
    vote = draft_vote(by=clerk, at=AT, community=made[5], terms=terms)
    root = User.objects.create_superuser(username="root", password="long-enough-1")
    users = {
        "foreign": offices.user(ELSEWHERE, "housing", "clerk"), "clerk": clerk, "approver": _decider(case),
        "auditor": offices.users["yuncheng.auditor"], "system": offices.users["yuncheng.system_admin"],
        "security": offices.users["yuncheng.security_admin"], "audit": offices.users["yuncheng.audit_admin"], "root": root,
    }  # fmt: skip
    person = _owner(clerk, made[5])
    running, slip = vote_rows.running(offices, made[5])
    objection = vote_rows.objected(offices, made[5])
    build_roll(clerk, colleague, made[5], person)
    rows = Rows(
        offices, county, made[5], twin, person, pair, source, draft, line, reserve, review, case, issued, project,
        papers[0], papers[1], body, membership, file, messages.inbox(clerk).latest("pk").uid, key.uid, vote, running, slip,
        *_surveys(clerk, made), users,
    )  # fmt: skip
    given = {"category": "noise", "text": "夜里施工", **board.PERSON}
    rows.complaint = file_complaint(by=None, at=AT, today=TODAY, community=made[5], given=given)
    rows.objection = objection
    rows.built = acceptance_rows.build(clerk, colleague, project)
    rows.notices = board.build(clerk, Project.objects.get(pk=project.pk))
    rows.announced = announced_vote(offices, PLACE, clerk)
    rows.money = money_rows.build(offices, project)
    rows.job, rows.job_done = _jobs(rows)
    rows.proxy = proxy_of(rows.announced, clerk)
    rows.webhook, _ = make_webhook(by=clerk, at=AT, name="推送", url="https://192.0.2.1/in", topics=["projects.stage"])
    send_trial(at=AT, webhook=rows.webhook)
    return rows


def _surveys(clerk: User, made: list[Community]) -> tuple[Survey, Survey, Survey, SurveyAnswer]:
    """An open one, a draft, and a closed one with an answer that names a hazard."""
    until = TODAY + dt.timedelta(days=20)
    drafts = [
        surveys.create_survey(by=clerk, at=AT, community=community, kind=kind, until=until)
        for community, kind in ((made[4], "plan_consent"), (made[3], "willingness"), (made[4], "willingness"))
    ]
    opened, closed = (surveys.open_survey(by=clerk, at=AT, survey=drafts[number]) for number in (0, 2))
    answer = give_answer(
        by=clerk,
        at=AT,
        survey=closed,
        role="owner",
        choice="agree",
        channel="door",
        room="101",
        hazards=["gas"],
        words="快些",
    )
    return opened, drafts[1], surveys.close_survey(by=clerk, at=AT, survey=closed), answer


def _community(story: Story, name: str, on: dt.date) -> Community:
    return story.community(
        PLACE, "洞宾社区", on, name=name, address="洞宾路1号", built_text="1995", building_count=2, household_count=40,
        floor_area="3000.00", property_right="reformed", in_town=True, state_owned=False,
    )  # fmt: skip


def _owner(clerk: User, community: Community) -> Person:
    building = register.add_building(by=clerk, at=AT, community=community, values={"name": "1号楼"})
    home = register.add_home(
        by=clerk,
        at=AT,
        building=building,
        values={"unit": "1", "room": "101", "private_area": "80.00", "area_source": "register"},
    )
    values = {"kind": "natural", "name": OWNER, "id_number": ID_NUMBER, "phone": PHONE}
    person = register.add_person(by=clerk, at=AT, community=community, values=values)
    register.add_ownership(by=clerk, at=AT, home=home, person=person)
    return person


def _decider(case: Case) -> User:
    """An approver of the body whose opinion is owed first."""
    ask = CaseAsk.objects.filter(case=case, asked_at__isnull=False, answered_at__isnull=True).order_by("pk").first()
    assert ask is not None
    row = Membership.objects.filter(body=ask.body, role="approver", active=True).select_related("user").first()
    assert row is not None
    return row.user


def _jobs(rows: Rows) -> tuple[Job, Job]:
    """One that the clerk waits for, one of his that is done."""
    asked = {"by": rows.users["clerk"], "at": AT, "kind": "x", "division": rows.county}
    done = jobs.ask(title="资金台账", parameters={"n": 1}, **asked)
    Job.objects.filter(pk=done.pk).update(state="done", file=rows.file, ended_at=AT, expires_at=AT)
    return jobs.ask(title="拨付明细", parameters={"n": 2}, **asked), done


def clients(rows: Rows) -> dict[str, Client]:
    """A browser for each role."""
    found = {"anonymous": Client(raise_request_exception=False)}
    for role, user in rows.users.items():
        found[role] = Client(raise_request_exception=False)
        found[role].force_login(user, backend="offices.backend.StaffBackend")
    return found
