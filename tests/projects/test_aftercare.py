"""After the works: over HTTP in 芮城 and 长治, and by the actions: archive, handover, manager, records, the list of those without one."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from communities.models import Community
from offices.models import HistoryEntry, User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused
from projects.actions import add_project
from projects.actions import aftercare as act
from projects.gates import gates_of_project
from projects.models import Acceptance, Manager, Project
from projects.queries.aftercare import unmanaged
from projects.rules.acceptance import ARCHIVE_LIST
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_acceptance import PARTIES, building, paper
from tests.projects.test_pages import text

__all__ = ["building"]
D = dt.date
BACKEND = "offices.backend.StaffBackend"
Login = Callable[[User], Client]
COMPANY = {
    "mode": "company", "name": "芮城安居物业有限公司", "phone": "0359-3021111", "since": D(2026, 1, 1), "paper": "物业服务合同1号",
}  # fmt: skip


@pytest.fixture
def done(world: World, add_community: Callable[..., Community]) -> Project:
    """A project that was accepted, of 芮城, published."""
    places = [add_community("西关小区"), add_community("南关小区")]
    project = add_project(by=world.wang, at=AT, today=TODAY, division=world.county, name="西关片区", communities=places)
    Project.objects.filter(pk=project.pk).update(stage="closed", published=True, plan_year=2025)
    return Project.objects.get(pk=project.pk)


def outcome(project: Project, step: str, evidence: str) -> tuple[str, str]:
    found = gates_of_project(
        Project.objects.get(pk=project.pk),
        layers=layers_of(project.division),
        day=TODAY,
        steps=(step,),  # type: ignore[arg-type]
    )
    gate = next(each for each in found if each.gate.evidence == evidence)
    return gate.outcome, gate.missing


@pytest.mark.rule("RC-24")
@pytest.mark.rule("LZ-24")
@pytest.mark.rule("YL-12")
def test_a_community_needs_a_manager_before_aftercare_and_is_listed_until_it_has_one(
    world: World, done: Project
) -> None:
    first, second = (part.community for part in done.parts.order_by("pk"))
    assert list(unmanaged(world.wang)) and set(unmanaged(world.wang)) == {first, second}
    assert not unmanaged(world.wei).exists()

    def manage(community: Community, **more: Any) -> Manager:
        given = {**COMPANY, **more}
        return act.set_manager(by=world.wang, at=AT, today=TODAY, project=done, community=community, **given)

    row = manage(first)
    assert set(unmanaged(world.wang)) == {first, second}  # nobody has checked it yet
    with pytest.raises(Forbidden):
        act.check(by=world.wang, at=AT, project=done, row=row)
    act.check(by=world.li, at=AT, project=done, row=row)
    assert list(unmanaged(world.wang)) == [second]
    assert outcome(done, "aftercare", "manager") == ("unmet", "还缺：南关小区")
    act.check(by=world.li, at=AT, project=done, row=manage(second, mode="self", name="南关小区业主委员会"))
    assert outcome(done, "aftercare", "manager")[0] == "met"
    assert not unmanaged(world.wang).exists()
    with pytest.raises(Invalid):  # a change says why
        manage(first, name="新物业", since=D(2026, 2, 1))
    changed = manage(first, name="新物业", since=D(2026, 2, 1), reason="合同到期")
    row.refresh_from_db()
    assert row.ended_on == D(2026, 1, 31) and changed.ended_on is None
    with pytest.raises(Refused, match="已经变更"):
        act.check(by=world.li, at=AT, project=done, row=row)
    assert list(unmanaged(world.wang)) == [first]
    with pytest.raises(Invalid):
        manage(first, since=D(2026, 1, 15), reason="倒填")


@pytest.mark.rule("CZ-08")
@pytest.mark.rule("JX-10")
def test_an_archive_is_closed_by_a_second_person_once_every_paper_is_in(world: World, done: Project) -> None:
    def close(by: User) -> None:
        act.close_archive(by=by, at=AT, project=done, number="RC-2025-01", shelf="3排2架", keeper="住建局档案室")

    with pytest.raises(Refused, match=f"还缺 {len(ARCHIVE_LIST)} 项"):
        close(world.li)
    for key, _ in ARCHIVE_LIST[1:]:
        act.put_in_archive(by=world.wang, at=AT, project=done, key=key, pages=12)
    with pytest.raises(Refused, match="还缺 1 项：调查登记和居民意愿材料"):
        close(world.li)
    with pytest.raises(Invalid):
        act.put_in_archive(by=world.wang, at=AT, project=done, key=ARCHIVE_LIST[0][0])
    act.put_in_archive(by=world.wang, at=AT, project=done, key=ARCHIVE_LIST[0][0], reason="中途录入，调查在平台之外")
    with pytest.raises(Forbidden):
        close(world.wang)
    close(world.li)
    with pytest.raises(Refused, match="已经归档"):
        act.put_in_archive(by=world.wang, at=AT, project=done, key="photos", pages=1)


@pytest.mark.rule("RC-06")
def test_facilities_are_handed_over_to_the_utility_and_checked(world: World, done: Project) -> None:
    Project.objects.filter(pk=done.pk).update(facts={"utility_facilities_to_transfer": True})
    given = {"giver": "住建局", "on": D(2026, 2, 1), "standard": "《城镇给水管道技术规程》", "facility": "供水管网"}
    row = act.hand_over(
        by=world.wang, at=AT, today=TODAY, project=done, receiver_kind="owners", receiver="业主委员会", **given
    )
    act.check(by=world.li, at=AT, project=done, row=row)
    assert outcome(done, "close", "handover")[0] == "unmet"  # owners are not the utility
    row = act.hand_over(
        by=world.wang, at=AT, today=TODAY, project=done, receiver_kind="utility", receiver="芮城县供水公司", **given
    )
    assert outcome(done, "close", "handover")[0] == "unmet"
    act.check(by=world.li, at=AT, project=done, row=row)
    assert outcome(done, "close", "handover")[0] == "met"


def test_records_say_what_they_must_and_hold_nothing_personal(world: World, done: Project) -> None:
    community = done.parts.order_by("pk")[0].community

    def note(kind: str, **more: Any) -> Any:
        given = {"words": "商定停车和保洁安排", "on": D(2026, 2, 1), **more}
        return act.record_aftercare(
            by=world.wang, at=AT, today=TODAY, project=done, community=community, kind=kind, **given
        )

    for kind, more in (
        ("joint_meeting", {}),
        ("maintenance_fund", {"collection": "按面积"}),
        ("management_covenant", {"words": "电话13812345678"}),
    ):
        with pytest.raises(Invalid):
            note(kind, **more)
    note("joint_meeting", bodies="社区、业委会、物业")
    note("maintenance_fund", collection="按面积每月归集", use="业主表决后使用", renewal="低于三成时续筹")


@pytest.mark.rule("N-07")
def test_the_whole_acceptance_over_http_and_what_residents_read(
    world: World, building: Project, login: Login, django_assert_max_num_queries: Any
) -> None:
    wang, li, wei = login(world.wang), login(world.li), login(world.wei)
    base = f"/staff/projects/{building.uid}/acceptance/"
    paper(world, building, "satisfaction", {"respondents": 40, "satisfied": 31})
    early = wang.post(f"{base}open/", {"held_on": "2026-2-25"})
    assert early.status_code == 409 and "还差 1 " in text(early) and "〔依据〕" in text(early)
    paper(world, building, "satisfaction", {"respondents": 40, "satisfied": 33})
    assert wang.post(f"{base}open/", {"held_on": "2026-2-25"}).status_code == 302
    for key in PARTIES[:-1]:
        given = {"key": key, "unit": f"{key}单位", "signer": "赵明亮", "signed_on": "2026-2-26", "agrees": "yes"}
        assert wang.post(f"{base}sign/", given).status_code == 302
    page = text(wang.get(base))
    assert "赵**" in page and "赵明亮" not in page
    assert "还缺：县老旧小区改造领导小组办公室" in page
    passed = {"passed_on": "2026-2-27", "conclusion": "验收合格"}
    missing = li.post(f"{base}confirm/", passed)
    assert missing.status_code == 409 and "县老旧小区改造领导小组办公室" in text(missing)
    wang.post(f"{base}sign/", {**given, "key": PARTIES[-1], "unit": "县改造办"})
    assert wang.post(f"{base}confirm/", passed).status_code == 403
    asked = li.post(f"{base}confirm/", passed)
    assert asked.status_code == 200, "what it moves is shown first"
    assert li.post(f"{base}confirm/", {**passed, "confirm": "1", "seen": asked.context["seen"]}).status_code == 302
    assert not HistoryEntry.objects.filter(data__icontains="赵明亮").exists()
    assert wang.post(f"{base}defect/", {
        "text": "雨水管松动", "owner": "施工单位", "found_on": "2026-2-27", "due_on": "2026-3-10",
    }).status_code == 302  # fmt: skip
    row = Acceptance.objects.get(project=building)
    defect = row.defects.get()
    assert wang.post(f"{base}mend/{defect.uid}/", {"mended_on": "2026-3-1", "note": "已加固"}).status_code == 302
    own = wang.post(f"{base}see/{defect.uid}/", {"seen_on": "2026-3-2", "good": "yes"})
    assert own.status_code == 403 and "另一人" in text(own)
    assert li.post(f"{base}see/{defect.uid}/", {"seen_on": "2026-3-2", "good": "yes"}).status_code == 302
    assert wang.post(f"{base}filing/", {"filed_on": "2026-3-2", "filing_number": "备3号"}).status_code == 302
    assert li.post(f"{base}filing/{row.uid}/check/").status_code == 302
    for path in (base, f"{base}print/", f"{base}defect/", f"/staff/projects/{building.uid}/after/"):
        assert wei.get(path).status_code == 404
        with django_assert_max_num_queries(28):
            assert wang.get(path).status_code == 200
    printed = text(wang.get(f"{base}print/"))
    assert "城镇老旧小区改造项目竣工验收表" in printed and "赵明亮" not in printed
    community = building.parts.get().community
    resident = text(Client().get(f"/c/{community.uid}/"))
    assert "还没有登记管理人" in resident and "2031年2月27日" in resident and "赵" not in resident
    Project.objects.filter(pk=building.pk).update(stage="accepted")
    after = f"/staff/projects/{building.uid}/after/"
    given = {
        "community": str(community.uid), "mode": "company", "name": "安居物业", "phone": "0359-3021111", "since": "2026-3-1",
        "paper": "合同1号",
    }  # fmt: skip
    assert text(wang.get("/staff/unmanaged/")).count("东关小区") >= 1
    assert wang.post(f"{after}manager/", given).status_code == 302
    assert "还没有登记管理人" in text(Client().get(f"/c/{community.uid}/"))  # not checked yet
    assert li.post(f"{after}manager/{Manager.objects.get().uid}/check/").status_code == 302
    assert "安居物业" in text(Client().get(f"/c/{community.uid}/"))
    assert wang.post(f"{after}nothing/", {}).status_code == 404


def test_the_interface_reads_and_writes_the_same(world: World, building: Project, login: Login) -> None:
    paper(world, building, "satisfaction", {"respondents": 40, "satisfied": 33})
    login(world.wang).post(f"/staff/projects/{building.uid}/acceptance/open/", {"held_on": "2026-2-25"})
    api = f"/api/v1/projects/{building.uid}"
    wang, wei = APIClient(headers={"If-Match": "*"}), APIClient(headers={"If-Match": "*"})
    wang.force_login(world.wang, backend=BACKEND)
    wei.force_login(world.wei, backend=BACKEND)
    body = {"key": "designer", "unit": "设计院", "signer": "赵明亮", "signed_on": "2026-02-26", "agrees": True}
    made = wang.post(f"{api}/acceptance/signatures/", body, format="json")
    assert made.status_code == 201 and made.json()["signer"] == "赵**"
    assert wang.post(f"{api}/acceptance/signatures/", body, format="json").json()["code"] == "party_signed"
    assert wei.post(f"{api}/acceptance/signatures/", body, format="json").status_code in {403, 404}
    found = wang.get(f"{api}/acceptance/").json()
    assert found["missing"] == [key for key in PARTIES if key != "designer"]
    assert Client().get(f"{api}/acceptance/").status_code in {401, 403}
    Project.objects.filter(pk=building.pk).update(stage="accepted")
    listed = wang.get("/api/v1/projects/?unmanaged=true").json()["results"]
    assert [row["uid"] for row in listed] == [str(building.uid)]
    assert wang.get("/api/v1/projects/?unmanaged=false").json()["results"] == []
    assert wang.get(f"{api}/aftercare/").json()["communities"][0]["manager"] is None
