"""Acceptance through its actions: too early, a party missing, the same person twice, filing, defects, the city's spot check."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from approvals.papers import check_paper, record_paper
from communities import actions as register
from communities.models import Community
from offices import actions as offices
from offices.models import Duty, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused, RuleRefused
from projects.actions import acceptance as act
from projects.actions import add_project, advance
from projects.actions import defects as mending
from projects.gates import gates_of_project
from projects.models import Acceptance, Defect, Project
from projects.queries.acceptance import acceptance_page
from tests.projects.conftest import AT, TODAY, World, person

D = dt.date
PARTIES = (
    "neighbourhood", "residents_representative", "designer", "contractor", "supervisor", "county_leading_group_office",
)  # fmt: skip


def paper(world: World, project: Project, evidence: str, figures: dict[str, Any]) -> None:
    row = record_paper(
        by=world.wang, at=AT, today=TODAY, subject=project, division=project.division, evidence=evidence, title="材料",
        figures=figures, day=D(2026, 2, 1), requires=tuple((key, key) for key in figures),
    )  # fmt: skip
    check_paper(by=world.li, at=AT, paper=row)


@pytest.fixture
def building(world: World, add_community: Callable[..., Community]) -> Project:
    """A project of 芮城 whose works are done; residents have not been asked yet."""
    places = [add_community("东关小区")]
    project = add_project(by=world.wang, at=AT, today=TODAY, division=world.county, name="东关小区", communities=places)
    Project.objects.filter(pk=project.pk).update(stage="works", published=True, plan_year=2025)
    project.refresh_from_db()
    for gate in gates_of_project(project, layers=layers_of(project.division), day=TODAY):
        if gate.gate.evidence not in {"satisfaction", "acceptance_parties"} and gate.outcome != "met":
            paper(world, project, gate.key, {each.key: True for each in gate.gate.requires})
    return project


def opened(world: World, project: Project) -> Acceptance:
    paper(world, project, "satisfaction", {"respondents": 40, "satisfied": 32})
    return act.open_acceptance(by=world.wang, at=AT, today=TODAY, project=project, held_on=D(2026, 2, 25))


def sign(world: World, row: Acceptance, *keys: str, agrees: bool = True) -> None:
    for key in keys:
        act.sign(
            by=world.wang, at=AT, today=TODAY, acceptance=row, key=key, unit=f"{key}单位", signer="赵明", signed_on=D(2026, 2, 26),
            agrees=agrees, opinion="同意" if agrees else "外墙未完",
        )  # fmt: skip


def confirmed(world: World, project: Project) -> Acceptance:
    row = opened(world, project)
    sign(world, row, *PARTIES)
    return act.confirm(by=world.li, at=AT, today=TODAY, acceptance=row, passed_on=D(2026, 2, 27), conclusion="合格")


@pytest.mark.rule("RC-19")
def test_the_acceptance_is_refused_until_enough_residents_are_satisfied(world: World, building: Project) -> None:
    paper(world, building, "satisfaction", {"respondents": 40, "satisfied": 31})
    with pytest.raises(RuleRefused) as refused:
        act.open_acceptance(by=world.wang, at=AT, today=TODAY, project=building, held_on=D(2026, 2, 25))
    assert [reason.citation.rule for reason in refused.value.reasons if reason.citation] == ["RC-09"]
    assert "还差 1 " in refused.value.reasons[0].missing
    assert not Acceptance.objects.exists()
    opened(world, building)


@pytest.mark.rule("RC-19")
def test_every_party_of_the_document_signs_and_another_person_confirms(world: World, building: Project) -> None:
    row = opened(world, building)
    sign(world, row, *PARTIES[:5])
    with pytest.raises(RuleRefused, match="县老旧小区改造领导小组办公室") as refused:
        act.confirm(by=world.li, at=AT, today=TODAY, acceptance=row, passed_on=D(2026, 2, 27), conclusion="合格")
    assert refused.value.reasons[0].citation is not None and refused.value.reasons[0].citation.rule == "RC-19"
    with pytest.raises(Refused, match="已经签字"):
        sign(world, row, "designer")
    with pytest.raises(Invalid):
        sign(world, row, "mayor")
    with pytest.raises(RuleRefused):  # signatures alone do not open the gate
        advance(by=world.wang, at=AT, today=TODAY, project=building, step="accept", on=D(2026, 2, 27))
    sign(world, row, PARTIES[5])
    with pytest.raises(Forbidden):
        act.confirm(by=world.wang, at=AT, today=TODAY, acceptance=row, passed_on=D(2026, 2, 27), conclusion="合格")
    with pytest.raises(Invalid):
        act.confirm(by=world.li, at=AT, today=TODAY, acceptance=row, passed_on=D(2026, 2, 25), conclusion="合格")
    act.confirm(by=world.li, at=AT, today=TODAY, acceptance=row, passed_on=D(2026, 2, 27), conclusion="合格")
    project = advance(by=world.wang, at=AT, today=TODAY, project=building, step="accept", on=D(2026, 2, 27))
    assert project.stage == "accepted"
    with pytest.raises(Refused, match="已经确认"):
        sign(world, row, "designer")


def test_who_confirms_confirms_the_signatures_that_he_saw(
    world: World, building: Project, login: Callable[[User], Client]
) -> None:
    row = opened(world, building)
    sign(world, row, *PARTIES)
    li, url = login(world.li), f"/staff/projects/{building.uid}/acceptance/confirm/"
    seen = li.get(url).context["form"]["expected_version"].value()
    act.withdraw_signature(by=world.wang, at=AT, party=row.parties.get(key="designer"), reason="录错")
    sign(world, row, "designer")
    data = {"passed_on": "2026-2-27", "conclusion": "合格", "expected_version": str(seen)}
    stale = li.post(url, data)
    assert stale.status_code == 412 and "请重新核对" in stale.content.decode()
    row.refresh_from_db()
    assert row.passed_on is None
    now = li.get(url).context["form"]["expected_version"].value()
    asked = li.post(url, {**data, "expected_version": str(now)})
    assert asked.status_code == 200 and "2026年3月16日" in asked.content.decode(), (
        "the filing that will be due is shown first"
    )
    row.refresh_from_db()
    assert row.passed_on is None
    sure = {"confirm": "1", "seen": asked.context["seen"], "expected_version": str(now)}
    assert li.post(url, {**data, **sure}).status_code == 302


def test_a_party_that_does_not_agree_stands_against_it_until_its_signature_is_withdrawn(
    world: World, building: Project
) -> None:
    row = opened(world, building)
    sign(world, row, *PARTIES[1:])
    sign(world, row, PARTIES[0], agrees=False)
    with pytest.raises(RuleRefused, match="不同意：neighbourhood单位"):
        act.confirm(by=world.li, at=AT, today=TODAY, acceptance=row, passed_on=D(2026, 2, 27), conclusion="合格")
    party = row.parties.get(agrees=False)
    act.withdraw_signature(by=world.wang, at=AT, party=party, reason="录错")
    sign(world, row, PARTIES[0])
    act.confirm(by=world.li, at=AT, today=TODAY, acceptance=row, passed_on=D(2026, 2, 27), conclusion="合格")


@pytest.mark.rule("N-07")
def test_the_filing_is_due_and_answers_the_gate_once_a_second_person_has_checked_it(
    world: World, building: Project
) -> None:
    row = confirmed(world, building)
    due = Duty.objects.get(subject_uid=row.uid, milestone="acceptance_filing")
    assert due.due_on == D(2026, 3, 16) and due.strength == "must"  # 14 March is a Saturday
    ends = Duty.objects.get(subject_uid=row.uid, milestone="warranty:waterproofing")
    assert ends.due_on == D(2031, 2, 27) and ends.strength == "strive"

    def gate() -> str:
        project = Project.objects.get(pk=building.pk)
        found = gates_of_project(project, layers=layers_of(project.division), day=TODAY, steps=("close",))
        answers = [each.outcome for each in found if each.key == "acceptance_filing"]
        assert len(answers) == 1  # N-07 and the county's own clause: one paper, shown once
        return answers[0]

    assert gate() == "unmet"
    act.file_acceptance(
        by=world.wang, at=AT, today=TODAY, acceptance=row, filed_on=D(2026, 3, 2), filing_number="芮建备2026-3"
    )
    assert gate() == "unmet"
    with pytest.raises(Forbidden):
        act.check_filing(by=world.wang, at=AT, acceptance=row)
    act.check_filing(by=world.li, at=AT, acceptance=row)
    assert gate() == "met"
    due.refresh_from_db()
    assert due.state == "done" and due.done_on == D(2026, 3, 2)


@pytest.mark.rule("N-07")
def test_design_life_and_seasons_are_entered_and_a_revisit_is_reported(world: World, building: Project) -> None:
    row = confirmed(world, building)
    with pytest.raises(Invalid):
        act.describe_warranty(by=world.wang, at=AT, today=TODAY, acceptance=row, design_life=0, seasons_end=None)
    act.describe_warranty(by=world.wang, at=AT, today=TODAY, acceptance=row, design_life=50, seasons_end=D(2027, 3, 15))
    days = {duty.milestone: duty.due_on for duty in Duty.objects.filter(subject_uid=row.uid)}
    assert days["warranty:foundation_and_structure"] == D(2076, 2, 27)
    assert days["warranty:heating_and_cooling"] == D(2027, 3, 15)
    act.revisit(by=world.wang, at=AT, today=TODAY, acceptance=row, key="waterproofing", on=D(2026, 3, 1))
    assert Duty.objects.get(subject_uid=row.uid, milestone="warranty:waterproofing").state == "done"
    with pytest.raises(Invalid):
        act.revisit(by=world.wang, at=AT, today=TODAY, acceptance=row, key="roof", on=D(2026, 3, 1))


def test_a_defect_is_mended_and_seen_again_by_another_person(world: World, building: Project) -> None:
    row = confirmed(world, building)
    defect = mending.add_defect(
        by=world.wang, at=AT, today=TODAY, acceptance=row, text="3号楼雨水管松动", owner="施工单位", found_on=D(2026, 2, 27),
        due_on=D(2026, 3, 10),
    )  # fmt: skip
    with pytest.raises(Refused):
        mending.see_again(by=world.li, at=AT, today=TODAY, defect=defect, seen_on=TODAY, good=True)
    mending.mend(by=world.wang, at=AT, today=TODAY, defect=defect, mended_on=D(2026, 3, 1), note="已加固")
    with pytest.raises(Forbidden, match="另一人"):
        mending.see_again(by=world.wang, at=AT, today=TODAY, defect=defect, seen_on=TODAY, good=True)
    mending.see_again(by=world.li, at=AT, today=TODAY, defect=defect, seen_on=TODAY, good=False, reason="仍松动")
    defect.refresh_from_db()
    assert (defect.state, defect.returns) == ("open", 1)
    mending.mend(by=world.li, at=AT, today=TODAY, defect=defect, mended_on=D(2026, 3, 2), note="重做")
    with pytest.raises(IntegrityError), transaction.atomic():  # the database too
        Defect.objects.filter(pk=defect.pk).update(state="done", seen_on=TODAY, seen_by=world.li)
    mending.see_again(by=world.wang, at=AT, today=TODAY, defect=defect, seen_on=TODAY, good=True)
    assert acceptance_page(building, today=TODAY).open_defects == 0


def test_a_report_within_the_warranty_says_whether_it_lies_inside(world: World, building: Project) -> None:
    row = confirmed(world, building)

    def claim(part: str, on: dt.date, **more: Any) -> Defect:
        return mending.add_defect(
            by=world.wang, at=AT, today=TODAY, acceptance=row, text=more.get("text", "顶楼渗水"), owner="施工单位", found_on=on,
            due_on=D(2026, 4, 1), component=part,
        )  # fmt: skip

    assert claim("waterproofing", D(2026, 3, 1)).within is True
    assert claim("heating_and_cooling", D(2026, 3, 1)).within is None
    with pytest.raises(Invalid):
        claim("roof", D(2026, 3, 1))
    with pytest.raises(Invalid, match="个人信息"):
        claim("waterproofing", D(2026, 3, 1), text="联系13812345678")


@pytest.mark.rule("RC-19")
def test_only_the_city_records_its_spot_check_and_it_is_never_rewritten(world: World, building: Project) -> None:
    row = confirmed(world, building)
    with pytest.raises(Forbidden):
        act.spot_check(by=world.wang, at=AT, today=TODAY, acceptance=row, on=TODAY, passed=True, findings="合格")
    assert building.city is not None
    office = offices.create_body(
        by=None, at=AT, division=building.city, kind="leading_group_office", name="运城市改造办"
    )
    clerk: User = person("shiban", "冯涛", office, "clerk")
    check = act.spot_check(by=clerk, at=AT, today=TODAY, acceptance=row, on=TODAY, passed=True, findings="抽检合格")
    with pytest.raises(IntegrityError), transaction.atomic():
        type(check).objects.filter(pk=check.pk).update(passed=False)


@pytest.mark.rule("CZ-16")
def test_parts_are_accepted_apart_before_the_whole(world: World) -> None:
    city = offices.create_division(by=None, at=AT, name="长治市", kind="city", rulebook="changzhi")
    county = offices.create_division(by=None, at=AT, name="潞州区", kind="county", parent=city)
    office = offices.create_body(by=None, at=AT, division=county, kind="housing", name="潞州区住建局")
    gao, he = person("gao", "高原", office, "clerk"), person("he", "何平", office, "clerk")
    community = register.add_community(
        by=gao, at=AT, division=county, values={"name": "站前小区", "built_text": "1996"}, evidence="普查"
    )
    project = add_project(by=gao, at=AT, today=TODAY, division=county, name="站前小区", communities=[community])
    Project.objects.filter(pk=project.pk).update(stage="works", facts={"elevator": True, "pipelines": True})
    project = Project.objects.get(pk=project.pk)

    def early() -> str:
        with pytest.raises(RuleRefused) as refused:
            act.open_acceptance(by=gao, at=AT, today=TODAY, project=project, held_on=D(2026, 2, 25))
        return "；".join(reason.missing for reason in refused.value.reasons)

    assert "加装电梯" in early() and "管线迁移改造" in early()
    with pytest.raises(Invalid):
        act.record_separate(
            by=gao,
            at=AT,
            today=TODAY,
            project=project,
            key="energy_saving",
            body="住建局",
            passed_on=D(2026, 2, 1),
        )
    rows = [
        act.record_separate(
            by=gao, at=AT, today=TODAY, project=project, key=key, body="市场监管局", passed_on=D(2026, 2, 1)
        )
        for key in ("elevator", "pipelines")
    ]
    with pytest.raises(Forbidden):
        act.check_separate(by=gao, at=AT, row=rows[0])
    act.check_separate(by=he, at=AT, row=rows[0])
    assert "管线迁移改造" in early() and "加装电梯" not in early()
    act.check_separate(by=he, at=AT, row=rows[1])
    act.open_acceptance(by=gao, at=AT, today=TODAY, project=project, held_on=D(2026, 2, 25))
    page = acceptance_page(project, today=TODAY)
    assert [each.key for each in page.asked][:2] == ["county_government", "departments"]


def test_nobody_else_writes(world: World, building: Project) -> None:
    row = opened(world, building)
    for user in (world.wei, world.zhou):
        with pytest.raises(Forbidden):
            act.sign(
                by=user,
                at=AT,
                today=TODAY,
                acceptance=row,
                key="designer",
                unit="甲",
                signer="乙",
                signed_on=TODAY,
                agrees=True,
            )
        with pytest.raises(Forbidden):
            act.confirm(by=user, at=AT, today=TODAY, acceptance=row, passed_on=TODAY, conclusion="合格")
