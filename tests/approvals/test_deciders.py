"""Within a body: conditions and papers of an opinion, 转办 to a colleague, 委托 for a time; what a return reopens."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from approvals import cases, desks
from approvals.inbox import waiting
from approvals.models import Case, CaseHandover, Delegation, Opinion
from offices import files
from offices.messages import inbox
from offices.models import Body, HistoryEntry, User
from policies.refusal import Forbidden, Invalid, Refused
from tests.approvals.conftest import DAY, Desk, Paper
from tests.cast import AT, TODAY

GOVERNMENT = ("城中区", "government")


@pytest.fixture
def government(liuzhou: Desk) -> Body:
    """The county government, which is asked first."""
    liuzhou.submit()
    return liuzhou.offices.body(*GOVERNMENT)


def person(desk: Desk, role: str) -> User:
    """Somebody of the county government."""
    return desk.offices.user(*GOVERNMENT, role)


def give(desk: Desk, by: User, body: Body, at: dt.datetime = AT, **more: Any) -> Opinion:
    """An opinion of the government."""
    return cases.give_opinion(by=by, at=at, case=desk.case, body=body, verdict=more.pop("verdict", "pass"), **more)


def hand(desk: Desk, by: User, body: Body, to: User) -> CaseHandover:
    """Hand it over."""
    return desks.hand_over(by=by, at=AT, case=desk.case, body=body, taker=to, reason="分管此项工作")


def let(by: User, body: Body, to: User, since: dt.date = TODAY, days: int = 7) -> Delegation:
    """Delegate."""
    until = since + dt.timedelta(days=days)
    return desks.delegate(by=by, at=AT, today=TODAY, body=body, delegate=to, since=since, until=until, reason="出差")


def browser(user: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


@pytest.mark.rule("LZ-12")
def test_a_pass_carries_conditions_and_papers_over_the_page(liuzhou: Desk, government: Body) -> None:
    client, at = browser(person(liuzhou, "approver")), f"/staff/cases/{liuzhou.case.uid}/"
    form = {
        "body": str(government.uid),
        "verdict": "pass",
        "seen": liuzhou.case.content_hash,
        "conditions": "开工前补齐消防设计",
    }
    papers = [SimpleUploadedFile(f"意见书{n}.txt", f"第{n}份".encode()) for n in (1, 2)]
    assert client.post(at, {**form, "papers": papers}).status_code == 302
    shown = client.get(at).content.decode()
    assert "附带条件：开工前补齐消防设计" in shown and "意见书1.txt" in shown and "意见书2.txt" in shown
    answer = browser(liuzhou.clerk).get(f"/api/v1/cases/{liuzhou.case.uid}/").json()["opinions"][0]
    assert answer["conditions"] == "开工前补齐消防设计" and len(answer["papers"]) == 2 and answer["for_user"] is None


def test_papers_come_and_go_over_the_interface_and_strangers_see_none(liuzhou: Desk, government: Body) -> None:
    approver, at = person(liuzhou, "approver"), f"/api/v1/cases/{liuzhou.case.uid}/"
    form = {"body": str(government.uid), "verdict": "pass", "seen_hash": liuzhou.case.content_hash}

    def paper() -> SimpleUploadedFile:
        return SimpleUploadedFile("会签意见.txt", "同意，附图两张。".encode())

    stranger, asked = browser(liuzhou.offices.user("芮城县", "housing", "clerk")), browser(approver)
    known = {"HTTP_IF_MATCH": "*"}
    assert Client().post(f"{at}opinions/", {**form, "papers": [paper()]}).status_code == 401
    assert stranger.post(f"{at}opinions/", {**form, "papers": [paper()]}, **known).status_code == 404
    forged = SimpleUploadedFile("图纸.pdf", b"MZ\x90\x00")
    refused = asked.post(f"{at}opinions/", {**form, "papers": [paper(), forged]}, **known)
    assert refused.status_code == 400 and "“图纸.pdf”" in refused.json()["errors"]["papers"][0]
    many = [SimpleUploadedFile(f"{n}.txt", b"a") for n in range(6)]
    assert "papers" in asked.post(f"{at}opinions/", {**form, "papers": many}, **known).json()["errors"]
    named = asked.post(f"{at}opinions/", {**form, "papers": ["意见.txt"]}, content_type="application/json", **known)
    assert named.status_code == 400 and not Opinion.objects.exists(), "nothing is half done"
    made = asked.post(f"{at}opinions/", {**form, "papers": [paper(), SimpleUploadedFile("附图.txt", b"1")]}, **known)
    assert made.status_code == 201
    listed = browser(liuzhou.clerk).get(at).json()["opinions"][0]["papers"]
    assert [row["name"] for row in listed] == ["会签意见.txt", "附图.txt"]
    got = browser(liuzhou.clerk).get(listed[0]["url"])
    assert b"".join(got.streaming_content).decode() == "同意，附图两张。"  # type: ignore[attr-defined]
    assert "attachment" in got["Content-Disposition"] and got["X-Content-Type-Options"] == "nosniff"
    assert stranger.get(listed[0]["url"]).status_code == 404 and Client().get(listed[0]["url"]).status_code == 401
    foreign = files.store(upload=paper(), division=liuzhou.body.division, by=approver, at=AT)
    assert asked.get(f"{at}papers/{foreign.uid}/").status_code == 404, "only papers of this case's opinions"


def test_conditions_belong_to_a_pass_and_six_papers_are_too_many(liuzhou: Desk, government: Body) -> None:
    approver = person(liuzhou, "approver")
    with pytest.raises(Invalid) as refused:
        give(liuzhou, approver, government, verdict="return", reasons="请补充", conditions="补齐")
    assert "conditions" in refused.value.errors
    files = [SimpleUploadedFile(f"{n}.txt", b"a") for n in range(6)]
    with pytest.raises(Invalid) as refused:
        give(liuzhou, approver, government, papers=files)
    assert "papers" in refused.value.errors
    forged = SimpleUploadedFile("图纸.pdf", b"MZ\x90\x00")
    with pytest.raises(Invalid):
        give(liuzhou, approver, government, papers=[forged])
    assert not Opinion.objects.exists(), "nothing is half done"


def test_what_is_handed_over_is_the_colleagues_alone_until_a_leader_takes_it_back(
    liuzhou: Desk, government: Body
) -> None:
    approver, leader = person(liuzhou, "approver"), person(liuzhou, "leader")
    hand(liuzhou, leader, government, approver)
    assert inbox(approver).filter(title__startswith="转办").exists()
    with pytest.raises(Refused, match=f"已转办给{approver}") as refused:
        give(liuzhou, leader, government)
    assert refused.value.code == "handed_over"
    assert not waiting(leader, TODAY).exists() and waiting(approver, TODAY).count() == 1
    hand(liuzhou, leader, government, leader)
    with pytest.raises(Refused, match=f"已转办给{leader}"):
        give(liuzhou, approver, government)
    with pytest.raises(Refused, match="已转办给"):
        hand(liuzhou, approver, government, approver)
    assert give(liuzhou, leader, government).for_user is None


def test_an_opinion_is_handed_only_to_who_may_give_it(offices: Any, liuzhou: Desk, government: Body) -> None:
    leader, finance = person(liuzhou, "leader"), liuzhou.offices.user("城中区", "finance", "approver")
    for wrong in (finance, person(liuzhou, "clerk"), leader, liuzhou.clerk):
        with pytest.raises(Invalid) as refused:
            hand(liuzhou, leader, government, wrong)
        assert "taker" in refused.value.errors
    with pytest.raises(Forbidden):
        hand(liuzhou, finance, government, person(liuzhou, "approver"))
    bureau = liuzhou.offices.body("柳州市", "finance")
    with pytest.raises(Refused, match="目前没有待提"):
        hand(
            liuzhou,
            liuzhou.offices.user("柳州市", "finance", "leader"),
            bureau,
            liuzhou.offices.user("柳州市", "finance", "approver"),
        )


def test_a_delegate_decides_in_his_days_and_both_names_stay(liuzhou: Desk, government: Body) -> None:
    clerk, leader = person(liuzhou, "clerk"), person(liuzhou, "leader")
    with pytest.raises(Forbidden, match="受托人"):
        give(liuzhou, clerk, government)
    row = let(leader, government, clerk, since=TODAY + DAY)
    with pytest.raises(Forbidden):
        give(liuzhou, clerk, government)
    assert not waiting(clerk, TODAY).exists() and waiting(clerk, TODAY + DAY).count() == 1
    late = AT + 9 * DAY
    with pytest.raises(Forbidden):
        give(liuzhou, clerk, government, at=late)
    opinion = give(liuzhou, clerk, government, at=AT + 2 * DAY)
    assert (opinion.by, opinion.for_user) == (clerk, leader)
    entry = HistoryEntry.objects.get(action="case.pass", subject_uid=liuzhou.case.uid)
    assert entry.data["for"] == str(leader.uid)
    shown = browser(clerk).get(f"/staff/cases/{liuzhou.case.uid}/").content.decode()
    assert f"{clerk}（受{leader}委托）" in shown
    desks.revoke(by=leader, at=AT, delegation=row)
    with pytest.raises(Refused, match="已经收回"):
        desks.revoke(by=leader, at=AT, delegation=row)


def test_a_delegate_never_decides_what_he_or_whom_he_stands_for_submitted(offices: Any, paper: Paper) -> None:
    desk = Desk(offices, "芮城县")  # the default route asks the housing office itself first
    housing = offices.body("芮城县", "housing")
    leader, clerk, approver = (offices.user("芮城县", "housing", role) for role in ("leader", "clerk", "approver"))
    desk.clerk = leader
    desk.submit()
    let(leader, housing, clerk)
    with pytest.raises(Forbidden, match="委托人提交") as refused:
        give(desk, clerk, housing)
    assert refused.value.code == "own_submission" and not waiting(clerk, TODAY).exists()
    let(approver, housing, leader)
    with pytest.raises(Forbidden, match="自己提交"):
        give(desk, leader, housing)
    clerk.is_superuser = True
    clerk.save()
    with pytest.raises(Forbidden):
        give(desk, User.objects.get(pk=clerk.pk), housing)
    assert give(desk, approver, housing).by == approver


def test_who_no_longer_decides_has_nobody_deciding_for_him(liuzhou: Desk, government: Body) -> None:
    clerk, leader = person(liuzhou, "clerk"), person(liuzhou, "leader")
    let(leader, government, clerk)
    leader.memberships.filter(body=government, role="leader").update(active=False)
    with pytest.raises(Forbidden):
        give(liuzhou, clerk, government)


def test_a_delegation_says_for_whom_from_when_and_why(liuzhou: Desk, government: Body) -> None:
    clerk, leader = person(liuzhou, "clerk"), person(liuzhou, "leader")
    stranger = liuzhou.offices.user("城中区", "finance", "approver")
    for to, since, days, field in (
        (stranger, TODAY, 3, "delegate"), (leader, TODAY, 3, "delegate"), (clerk, TODAY - DAY, 3, "since"), (clerk, TODAY, -1, "until"),
        (clerk, TODAY, 200, "until"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            let(leader, government, to, since, days)
        assert field in refused.value.errors
    let(leader, government, clerk)
    with pytest.raises(Refused, match="这段时间已委托"):
        let(leader, government, person(liuzhou, "approver"), TODAY + 7 * DAY)
    with pytest.raises(Forbidden):
        let(clerk, government, leader)
    row = Delegation.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_delegation SET delegate_id = %s", [stranger.pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.create(
            body=government,
            principal=clerk,
            delegate=clerk,
            since=TODAY,
            until=TODAY,
            reason="x",
            created_at=AT,
            updated_at=AT,
        )
    assert Delegation.objects.get() == row


def test_delegating_and_handing_over_on_the_pages_and_over_the_interface(
    liuzhou: Desk, government: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    leader, approver, clerk = (person(liuzhou, role) for role in ("leader", "approver", "clerk"))
    client, at = browser(leader), f"/staff/cases/{liuzhou.case.uid}/"
    assert "确认转办" in client.get(at).content.decode()
    assert (
        client.post(f"{at}hand-over/{government.uid}/", {"taker": str(approver.uid), "reason": "分管"}).status_code
        == 302
    )
    assert f"转{approver}办理" in client.get(at).content.decode()
    taken = client.post(
        f"/api/v1/cases/{liuzhou.case.uid}/hand-over/", {"body": str(government.uid), "taker": str(leader.uid), "reason": "收回"},
        content_type="application/json", headers={"If-Match": "*"},
    )  # fmt: skip
    assert taken.status_code == 201, taken.content
    assert taken.json()["stages"][0]["asks"][0]["holder"]["uid"] == str(leader.uid)
    form = {
        "body": str(government.uid),
        "delegate": str(clerk.uid),
        "since": "2026-3-2",
        "until": "2026-3-9",
        "reason": "出差",
    }
    assert client.post("/staff/delegations/", form).status_code == 302
    assert "出差" in client.get("/staff/delegations/").content.decode()
    twice = client.post("/staff/delegations/", form)
    assert twice.status_code == 409 and "这段时间已委托" in twice.content.decode()
    listed = browser(clerk).get("/api/v1/delegations/").json()["results"]
    assert [row["delegate"]["uid"] for row in listed] == [str(clerk.uid)]
    assert (
        browser(liuzhou.offices.user("芮城县", "housing", "clerk")).get("/api/v1/delegations/").json()["results"] == []
    )
    uid = listed[0]["uid"]
    assert browser(clerk).post(f"/staff/delegations/{uid}/revoke/").status_code == 302
    assert Delegation.objects.get().revoked_at is None, "the delegate does not revoke it"
    assert client.post(f"/staff/delegations/{uid}/revoke/").status_code == 302
    assert Delegation.objects.get().revoked_at == AT


def test_a_return_reopens_what_it_marked_and_nothing_else(liuzhou: Desk, government: Body, paper: Paper) -> None:
    give(liuzhou, person(liuzhou, "approver"), government)
    liuzhou.answer("柳州市", "finance", "return", reasons="户数与登记不符", fields=["households"])
    paper.text |= {"households": 120, "title": "另一个计划"}
    with pytest.raises(Refused, match="也有变动") as refused:
        liuzhou.submit()
    assert refused.value.code == "beyond_marked" and "title" in refused.value.detail
    assert Case.objects.get(pk=liuzhou.case.pk).round == 1
    paper.text["title"] = "年度计划"
    assert liuzhou.submit().round == 2
