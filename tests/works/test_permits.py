"""Before the start: facts, permits, parties and the mode of the contract over HTTP; the start is refused until all are there."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from approvals.models import Paper
from communities import actions as register
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused
from projects import actions as projects
from projects.actions import certificates, permits
from projects.gates import gates_of_project
from projects.models import ContractMode, Party, Permit, PermitFacts, Project, VehicleCertificate
from projects.queries.permits import permits_page
from projects.rules.parties import credit_code_error
from projects.rules.permits import FACT_LABELS
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text
from tests.works.conftest import CODES, Reviewed

Login = Callable[[User], Client]
PlaceOf = Callable[[str], tuple[Division, User, User]]
HARMLESS = {key: key in {"low_risk", "commitment_signed"} for key in FACT_LABELS}
ANSWERS = {key: "yes" if value else "no" for key, value in HARMLESS.items()}


def commitment() -> SimpleUploadedFile:
    return SimpleUploadedFile("承诺书.txt", "建设单位承诺：不涉及主体结构变动。".encode())


def of(place: tuple[Division, User, User], **facts: bool) -> Project:
    """A project of another county, come to its start."""
    county, clerk, _ = place
    community = projects_register(county, clerk)
    project = projects.add_project(
        by=clerk, at=AT, today=TODAY, division=county, name="花园小区", communities=[community]
    )
    Project.objects.filter(pk=project.pk).update(stage="reviewed", facts=facts)
    project.refresh_from_db()
    return project


def projects_register(county: Division, clerk: User) -> Any:
    values = {
        "name": "花园小区",
        "built_text": "1996",
        "household_count": 30,
        "building_count": 1,
        "floor_area": "2000.00",
    }
    return register.add_community(by=clerk, at=AT, division=county, values=values, evidence="普查")


def party(by: User, project: Project, role: str, **values: Any) -> Party:
    given = {"name": "某某有限公司", "credit_code": CODES[role], "method": "tender", "day": TODAY, **values}
    return permits.enter_party(by=by, at=AT, today=TODAY, project=project, role=role, **given)


def start_gates(project: Project) -> dict[str, Any]:
    return {
        gate.key: gate
        for gate in gates_of_project(project, layers=layers_of(project.division), day=TODAY, steps=("start",))
    }


@pytest.mark.rule("RC-17")
def test_ruicheng_starts_only_when_what_the_facts_leave_needed_is_there(
    world: World, reviewed: Reviewed, login: Login
) -> None:
    project, wang, li = reviewed(), login(world.wang), login(world.li)
    url = f"/staff/projects/{project.uid}/"

    def start() -> Any:
        project.refresh_from_db()
        return wang.post(f"{url}advance/", {"step": "start", "on": "2026-3-1", "version": project.version})

    early = start()
    assert early.status_code == 409
    words = text(early)
    assert "尚未填写手续事实" in words and "RC-17" in words and "施工许可" in words and "RC-16" in words
    # one by one over the page: each permit that the gate names
    names = [row.demand for row in permits_page(project, day=TODAY).rows if row.demand.evidence == "permits"]
    assert {demand.key for demand in names} >= {"project_approval", "construction_permit"}
    for demand in names:
        sent = wang.post(
            f"{url}permits/papers/permits/{demand.key}/",
            {"issuer": "芮城县住建局", "number": "芮建〔2026〕1号", "day": "2026-2-20"},
        )
        assert sent.status_code == 302
    assert "已录入，待第二人复核" in text(start())
    own = {"entry": [str(row.uid) for row in Permit.objects.all()]}
    refused = wang.post(f"{url}permits/check/", own)
    assert refused.status_code == 403 and "不能复核自己录入" in text(refused)
    assert li.post(f"{url}permits/check/", own).status_code == 302
    assert start_gates(project)["permits"].outcome == "met"
    wang.post(f"{url}papers/review/", {"title": "市办公室会审意见", "day": "2026-2-25"})
    li.post(f"{url}check/", {"paper": [str(paper.uid) for paper in Paper.objects.all()]})
    again = start()
    assert again.status_code == 409 and "尚未填写手续事实" in text(again)
    # a commitment without its paper is none
    bare = wang.post(f"{url}permits/facts/", ANSWERS)
    assert bare.status_code == 400 and "请上传建设单位签章的告知承诺书" in text(bare)
    assert wang.post(f"{url}permits/facts/", {**ANSWERS, "commitment_signed": "no"}).status_code == 302
    needed = start()
    assert needed.status_code == 409 and "施工图审查不符合免办条件（没有告知承诺）" in text(needed)
    assert wang.post(f"{url}permits/facts/", {**ANSWERS, "commitment": commitment()}).status_code == 302
    assert start().status_code == 302
    project.refresh_from_db()
    assert project.stage == "works"


@pytest.mark.rule("RC-17")
def test_a_permit_that_stays_needed_may_be_entered_and_counts_once_checked(world: World, reviewed: Reviewed) -> None:
    project = reviewed()
    facts = {**HARMLESS, "structural_change": True}
    permits.state_facts(by=world.wang, at=AT, project=project, facts=facts, upload=commitment())
    page = permits_page(project, day=TODAY)
    assert [row.key for row in page.permits if not row.waived] == ["planning_works_permit", "drawing_review"]
    assert (
        "涉及建筑主体结构变动" in page.blocked[0].text and page.waiver_citation and page.waiver_citation.rule == "RC-17"
    )
    rows = [
        permits.enter_permit(
            by=world.wang,
            at=AT,
            today=TODAY,
            project=project,
            evidence="waivable",
            key=key,
            issuer="县自然资源局",
            day=TODAY,
        )
        for key in ("planning_works_permit", "drawing_review")
    ]
    assert all("待第二人复核" in item.missing for item in permits_page(project, day=TODAY).blocked)
    permits.check_entries(by=world.li, at=AT, chosen=[*rows])
    assert permits_page(project, day=TODAY).blocked == ()
    with pytest.raises(DatabaseError), transaction.atomic():
        PermitFacts.objects.update(structural_change=False)
    with pytest.raises(DatabaseError), transaction.atomic():
        Permit.objects.filter(pk=rows[0].pk).update(number="改")


@pytest.mark.rule("CZ-15")
@pytest.mark.rule("YL-19")
@pytest.mark.rule("JX-20")
@pytest.mark.parametrize(
    ("place", "rule", "roles"),
    [
        ("changzhi", "CZ-15", ("designer", "contractor", "supervisor")),
        ("yulin", "YL-19", ("designer", "cost_consultant", "contractor")),
        ("jiangxi", "JX-20", ("designer", "contractor", "supervisor")),
    ],
)
def test_each_party_is_procured_and_checked_before_the_start(
    world: World, place_of: PlaceOf, place: str, rule: str, roles: tuple[str, ...]
) -> None:
    here = place_of(place)
    _, one, two = here
    project = of(here)
    gate = start_gates(project)["procurement"]
    assert gate.blocks and gate.citation.rule == rule
    for number, role in enumerate(roles):
        row = party(one, project, role)
        gate = start_gates(project)["procurement"]
        assert gate.blocks and "已录入，待第二人复核" in gate.missing
        with pytest.raises(Forbidden):
            permits.check_entry(by=one, at=AT, entry=row)
        permits.check_entry(by=two, at=AT, entry=row)
        assert start_gates(project)["procurement"].blocks == (number < len(roles) - 1)
    if rule == "JX-20":
        assert start_gates(project)["supervision"].outcome == "met"


def test_a_party_let_directly_says_why_and_its_code_is_a_real_one(world: World, reviewed: Reviewed) -> None:
    project = reviewed()
    with pytest.raises(Invalid) as direct:
        party(world.wang, project, "contractor", method="direct")
    assert "reason" in direct.value.errors
    with pytest.raises(Invalid) as code:
        party(world.wang, project, "contractor", credit_code="91140000MA00000038")
    assert "校验位" in code.value.errors["credit_code"][0]
    with pytest.raises(Invalid):
        party(world.wang, project, "contractor", method="own")
    assert credit_code_error("914403001922038216") == "" and credit_code_error("91440300192203821O")
    first = party(world.wang, project, "contractor", method="direct", reason="工程造价低于必须招标的限额")
    second = party(world.wang, project, "contractor", name="另一公司")
    first.refresh_from_db()
    assert not first.current and second.current
    with pytest.raises(Refused):
        permits.check_entry(by=world.li, at=AT, entry=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Party.objects.filter(pk=first.pk).update(current=True)


@pytest.mark.rule("LZ-33")
def test_liuzhou_asks_for_epc_or_the_reason_why_not(world: World, place_of: PlaceOf) -> None:
    here = place_of("liuzhou")
    _, one, two = here
    project = of(here)
    gate = start_gates(project)["contract_mode"]
    assert gate.blocks and gate.citation.rule == "LZ-33"
    with pytest.raises(Invalid) as bare:
        permits.enter_mode(by=one, at=AT, today=TODAY, project=project, mode="separate", day=TODAY)
    assert bare.value.errors == {"reason": ["不采用工程总承包要写明理由"]}
    row = permits.enter_mode(
        by=one, at=AT, today=TODAY, project=project, mode="separate", day=TODAY, reason="只换路灯，设计简单"
    )
    assert start_gates(project)["contract_mode"].blocks
    permits.check_entry(by=two, at=AT, entry=row)
    gate = start_gates(project)["contract_mode"]
    assert gate.outcome == "met" and "只换路灯，设计简单" in gate.explanation
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractMode.objects.create(
            project=project,
            mode="separate",
            day=TODAY,
            current=False,
            entered_by=one,
            entered_at=AT,
            created_at=AT,
            updated_at=AT,
        )


@pytest.mark.rule("YL-10")
def test_yulin_shows_all_permits_on_one_page_and_lifts_with_their_own_list(
    world: World, place_of: PlaceOf, login: Login
) -> None:
    here = place_of("yulin")
    project = of(here, elevator=True)
    client = login(here[1])
    words = text(client.get(f"/staff/projects/{project.uid}/permits/"))
    for label in (
        "方案审批",
        "财政评审",
        "加装电梯审批手续",
        "管线统筹施工方案",
        "工程设计",
        "施工招投标",
        "YL-10",
        "YL-19",
        "YL-20",
    ):
        assert label in words
    assert "改造方案里还没有逐栋的加装电梯内容" in words
    assert "elevator_approval" in [row.demand.key for row in permits_page(project, day=TODAY).rows]
    plain = of(place_of("changzhi"))
    assert "elevator_approval" not in [row.demand.key for row in permits_page(plain, day=TODAY).rows]
    gate = start_gates(project)["permits"]
    assert gate.blocks


@pytest.mark.rule("RC-18")
def test_certificates_are_numbered_by_the_leading_groups_office_and_printed(
    world: World, reviewed: Reviewed, login: Login
) -> None:
    project, wang = reviewed(), login(world.wang)
    url = f"/staff/projects/{project.uid}/permits/certify/"
    data = {
        "vehicles": "晋M12345 渣土运输车\n晋M67890 商砼运输车", "route": "教场口至城西消纳场，经永乐南街", "starts_on": "2026-3-2",
        "ends_on": "2026-4-30",
    }  # fmt: skip
    assert wang.post(url, {**data, "ends_on": "2026-3-1"}).status_code == 400
    for number in (1, 2):
        assert wang.post(url, data).status_code == 302
        assert VehicleCertificate.objects.filter(serial=number, year=2026, body=world.housing).exists()
    row = VehicleCertificate.objects.first()
    assert row is not None
    words = text(wang.get(f"/staff/certificates/{row.uid}/"))
    for part in ("〔2026〕1号", "晋M67890", "永乐南街", "2026年4月30日", "芮城县住房和城乡建设局", "RC-18"):
        assert part in words
    assert login(world.wei).get(f"/staff/certificates/{row.uid}/").status_code == 404
    with pytest.raises(Forbidden):
        certificates.issue_certificate(
            by=world.zhou, at=AT, today=TODAY, project=project, vehicles="车", route="路", starts_on=TODAY,
            ends_on=TODAY + dt.timedelta(days=1),
        )  # fmt: skip
    with pytest.raises(DatabaseError), transaction.atomic():
        VehicleCertificate.objects.update(route="另一条路")


def test_the_page_asks_a_bounded_number_of_queries(
    world: World, reviewed: Reviewed, login: Login, django_assert_max_num_queries: Any
) -> None:
    project, wang = reviewed(), login(world.wang)
    for role in CODES:
        party(world.wang, project, role, method="own" if role == "developer_unit" else "tender")
    with django_assert_max_num_queries(28):
        assert wang.get(f"/staff/projects/{project.uid}/permits/").status_code == 200
    assert login(world.wei).get(f"/staff/projects/{project.uid}/permits/").status_code == 404
