"""What waits for one person goes to a colleague in one act, or nothing does and each thing in the way is named."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from approvals import desks
from approvals.deciders import asks_of, delegations_to, holder_of
from approvals.models import CaseAsk, Delegation
from communities.actions import complaints
from communities.models import Complaint
from offices import actions, succession
from offices.models import Body, HistoryEntry, Membership, User
from policies.refusal import Forbidden, Refused
from tests.approvals.conftest import Desk
from tests.approvals.notices import Board
from tests.approvals.test_deciders import browser, hand, let, person
from tests.cast import AT, TODAY

GOVERNMENT = ("城中区", "government")
pytestmark = pytest.mark.django_db


@pytest.fixture
def body(liuzhou: Desk, monkeypatch: pytest.MonkeyPatch) -> Body:
    """The county government; a case waits for its approver alone, a delegation of its leader for him as well."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    liuzhou.submit()
    found = liuzhou.offices.body(*GOVERNMENT)
    hand(liuzhou, person(liuzhou, "leader"), found, person(liuzhou, "approver"))
    return found


def colleague(desk: Desk, body: Body, role: str, name: str = "xin") -> User:
    """Another one in the body."""
    user = actions.create_user(
        by=None, at=AT, username=name, name="新同事", password="Chushi-mima-1", must_change_password=False
    )
    actions.appoint(by=None, at=AT, today=TODAY, user=user, body=body, role=role)
    return user


def complaint(desk: Desk, body: Body, handler: User) -> Complaint:
    """One that names a handler."""
    board = Board(desk.offices, "城中区", ("学院路小区",))
    given = {"category": "noise", "text": "夜里施工", "name": "", "phone": "", "home": ""}
    row = complaints.file_complaint(by=None, at=AT, today=TODAY, community=board.communities[0], given=given)
    Complaint.objects.filter(pk=row.pk).update(handler=handler, handler_body=body)
    return row


def place(user: User, body: Body) -> list[str]:
    """Arguments of a page of his."""
    return [str(body.uid), str(Membership.objects.get(user=user, body=body, active=True).uid)]


def test_all_of_it_is_listed_and_goes_in_one_act_and_he_leaves(liuzhou: Desk, body: Body) -> None:
    leaver, taker = person(liuzhou, "approver"), colleague(liuzhou, body, "leader")
    let(person(liuzhou, "leader"), body, leaver, days=20)
    admin, at = browser(liuzhou.offices.users["liuzhou.system_admin"]), place(leaver, body)
    shown = admin.get(reverse("offices:member", args=at)).content.decode()
    assert liuzhou.case.title in shown and "代" in shown
    before = HistoryEntry.objects.count()
    form = {"taker": str(taker.uid), "reason": "调离", "leave": "on"}
    answer = admin.post(reverse("offices:hand_over_work", args=at), form)
    assert answer.status_code == 302, answer.content.decode()
    ask = CaseAsk.objects.get(case=liuzhou.case, body=body, answered_at__isnull=True)
    assert holder_of(ask) == taker and asks_of(User.objects.get(pk=taker.pk), TODAY).get() == ask
    assert [row.principal for row in delegations_to(User.objects.get(pk=taker.pk), TODAY)] == [
        person(liuzhou, "leader")
    ]
    assert Delegation.objects.filter(delegate=leaver, revoked_at__isnull=True).count() == 0
    assert not Membership.objects.filter(user=leaver, active=True).exists()
    acts = list(HistoryEntry.objects.order_by("pk").values_list("action", flat=True))[before:]
    assert acts == ["case.hand_over", "delegation.hand_over", "membership.dismiss"]


def test_what_the_successor_submitted_stops_all_of_it_and_is_named(liuzhou: Desk, body: Body) -> None:
    leaver, taker = person(liuzhou, "approver"), liuzhou.clerk
    actions.appoint(by=None, at=AT, today=TODAY, user=taker, body=body, role="approver")
    row = complaint(liuzhou, body, leaver)
    admin = liuzhou.offices.users["liuzhou.system_admin"]
    answer = browser(admin).post(
        reverse("offices:hand_over_work", args=place(leaver, body)), {"taker": str(taker.uid), "reason": "调离", "leave": "on"}
    )  # fmt: skip
    words = answer.content.decode()
    assert answer.status_code == 409 and "提交人" in words and liuzhou.case.title in words
    assert "不是城中区人民政府的经办人员" in words, "an approver handles no complaint, and both things are named"
    row.refresh_from_db()
    assert row.handler == leaver and Membership.objects.filter(user=leaver, body=body, active=True).exists()
    assert holder_of(CaseAsk.objects.get(case=liuzhou.case, body=body, answered_at__isnull=True)) == leaver


def test_a_complaint_goes_to_a_clerk_and_nothing_else_of_the_body(liuzhou: Desk, body: Body) -> None:
    leaver, taker = colleague(liuzhou, body, "clerk", "lao"), colleague(liuzhou, body, "clerk")
    row = complaint(liuzhou, body, leaver)
    membership = Membership.objects.get(user=leaver)
    done = succession.hand_over(
        by=person(liuzhou, "leader"), at=AT, today=TODAY, membership=membership, taker=taker, reason="休假"
    )
    row.refresh_from_db()
    assert done == 1 and row.handler == taker and Membership.objects.get(pk=membership.pk).active
    assert HistoryEntry.objects.filter(subject_uid=row.uid, action="complaint.assign").count() == 1


def test_the_last_one_who_decides_does_not_leave_while_the_body_owes_an_opinion(liuzhou: Desk) -> None:
    liuzhou.submit()
    body, last = liuzhou.offices.body(*GOVERNMENT), person(liuzhou, "approver")
    admin, clerk = liuzhou.offices.users["liuzhou.system_admin"], colleague(liuzhou, body, "clerk")
    leader = Membership.objects.get(user=person(liuzhou, "leader"), active=True)
    actions.dismiss(by=admin, at=AT, today=TODAY, membership=leader)
    membership = Membership.objects.get(user=last, active=True)
    for taker in (None, clerk):
        with pytest.raises(Refused):
            succession.hand_over(
                by=admin, at=AT, today=TODAY, membership=membership, taker=taker, reason="退休", leave=True
            )
    new = colleague(liuzhou, body, "approver", "jieti")
    succession.hand_over(by=admin, at=AT, today=TODAY, membership=membership, taker=new, reason="退休", leave=True)
    assert not Membership.objects.filter(user=last, active=True).exists()


def test_strangers_and_colleagues_hand_nothing_over_and_nobody_outside_takes_it(liuzhou: Desk, body: Body) -> None:
    leaver, clerk = person(liuzhou, "approver"), colleague(liuzhou, body, "clerk")
    outside = liuzhou.offices.user("城中区", "finance", "approver")
    membership = Membership.objects.select_related("body__division", "user").get(user=leaver, active=True)

    def over(by: User, taker: User) -> None:
        succession.hand_over(by=by, at=AT, today=TODAY, membership=membership, taker=taker, reason="试试")

    for by in (clerk, outside, liuzhou.offices.users["yuncheng.system_admin"]):
        with pytest.raises(Forbidden):
            over(User.objects.get(pk=by.pk), person(liuzhou, "leader"))
    admin = liuzhou.offices.users["liuzhou.system_admin"]
    for taker in (outside, leaver, clerk, admin):
        with pytest.raises(Refused):
            over(admin, taker)
    page = reverse("offices:member", args=place(leaver, body))
    assert browser(clerk).get(page).status_code == 403 and Client().get(page).status_code == 302
    row = desks.revoke(by=leaver, at=AT, delegation=let(leaver, body, clerk))
    assert row.until > TODAY - dt.timedelta(days=1) and holder_of(liuzhou.case.asks.get(body=body)) == leaver


def test_the_page_of_a_person_asks_a_bounded_number_of_queries(
    liuzhou: Desk, body: Body, django_assert_max_num_queries: object
) -> None:
    leaver = person(liuzhou, "approver")
    for number in range(12):
        row = complaint(liuzhou, body, leaver) if number == 0 else None
        if row is None:
            let(colleague(liuzhou, body, "approver", f"t{number}"), body, leaver)
    client = browser(person(liuzhou, "leader"))
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        assert client.get(reverse("offices:member", args=place(leaver, body))).status_code == 200
