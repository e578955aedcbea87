"""Who is invited chooses his own password by a link that opens once; who is moved ends one role and begins another in one act."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from offices import actions, invitations
from offices.demonstration import Offices
from offices.models import Body, HistoryEntry, Invitation, Membership, User
from policies.refusal import Forbidden, Refused
from tests.cast import AT, TODAY
from tests.offices.test_pages import signed_in

pytestmark = pytest.mark.django_db
WANTED = {"username": "li.xin", "name": "李新", "role": "clerk"}
CHOSEN = {"password": "Liulin-hedao-2026", "again": "Liulin-hedao-2026"}
LINK = re.compile(r"/staff/join/\?key=([\w-]{40,})")


@pytest.fixture
def body(offices: Offices) -> Body:
    """芮城县住建局, on the day of the cast."""
    return offices.body("芮城县", "housing")


@pytest.fixture
def admin(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> User:
    """The system administrator of its city; the clock stands."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    return offices.users["yuncheng.system_admin"]


def asked(admin: User, body: Body, **given: str) -> invitations.Sent:
    """Invited by the action."""
    return invitations.invite(by=admin, at=AT, body=body, **{**WANTED, **given})


def test_without_mail_the_link_is_shown_once_and_its_owner_sets_his_password(admin: User, body: Body) -> None:
    page = reverse("offices:invite", args=[body.uid])
    answer = signed_in(admin).post(page, WANTED)
    found = LINK.search(answer.content.decode())
    assert answer.status_code == 200 and found and "只显示这一次" in answer.content.decode()
    assert not LINK.search(signed_in(admin).get(page).content.decode()) and not User.objects.filter(username="li.xin")
    row, secret, guest = Invitation.objects.get(), found[1], Client()
    assert secret not in str(Invitation.objects.values()) and secret not in str(list(HistoryEntry.objects.values()))
    shown = guest.get(reverse("offices:join"), {"key": secret}).content.decode()
    assert "李新" in shown and body.name in shown
    weak = guest.post(reverse("offices:join"), {"key": secret, "password": "12345", "again": "12345"})
    other = guest.post(reverse("offices:join"), {"key": secret, **CHOSEN, "again": "另外一个-2026"})
    assert weak.status_code == other.status_code == 400 and "不一致" in other.content.decode()
    assert guest.post(reverse("offices:join"), {"key": secret, **CHOSEN}).status_code == 302
    user = User.objects.get(username="li.xin")
    assert user.check_password(CHOSEN["password"]) and not user.must_change_password
    assert (
        user.has_role("clerk", body=body)
        and guest.post(reverse("offices:join"), {"key": secret, **CHOSEN}).status_code == 404
    )
    row.refresh_from_db()
    assert row.used_at == AT
    acts = HistoryEntry.objects.filter(action__startswith="invitation").order_by("pk").values_list("action", "by")
    assert list(acts) == [("invitation.send", admin.pk), ("invitation.accept", user.pk)]


def test_a_letter_carries_the_link_and_then_no_page_shows_it(
    admin: User, body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = reverse("offices:invite", args=[body.uid])
    answer = signed_in(admin).post(page, {**WANTED, "email": "lixin@example.gov.cn"}).content.decode()
    assert LINK.search(str(mail.outbox[0].body)) and mail.outbox[0].to == ["lixin@example.gov.cn"]
    assert not LINK.search(answer) and "已发到" in answer

    def down(self: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("offices.invitations.EmailMessage.send", down)
    answer = signed_in(admin).post(page, {**WANTED, "email": "lixin@example.gov.cn"}).content.decode()
    assert LINK.search(answer) and "邮件没有发出" in answer
    assert invitations.live(AT).count() == 1, "the second one takes the first back"


def test_a_link_dies_with_its_days_when_taken_back_and_with_its_senders_right(
    offices: Offices, admin: User, body: Body
) -> None:
    def refused(secret: str, at: dt.datetime = AT) -> str:
        with pytest.raises(Refused) as found:
            invitations.accept(secret=secret, at=at, today=TODAY, password=CHOSEN["password"])
        assert found.value.code == "invitation_ended" and not User.objects.filter(username="li.xin").exists()
        return found.value.detail

    sent = asked(admin, body)
    refused(sent.secret, AT + invitations.LASTS)
    refused("x" * 43)
    url = reverse("offices:withdraw_invitation", args=[body.uid, sent.invitation.uid])
    assert signed_in(offices.user("芮城县", "housing", "leader")).post(url).status_code == 302
    assert invitations.find(sent.secret, at=AT) is not None, "no leader takes it back"
    signed_in(admin).post(url)
    refused(sent.secret)
    sent = asked(admin, body)
    Membership.objects.filter(user=admin).update(active=False)
    assert "不再管理" in refused(sent.secret)


def test_who_may_invite_and_what_an_invitation_says_is_not_rewritten(offices: Offices, admin: User, body: Body) -> None:
    sent, far = asked(admin, body), offices.body("芮城县", "finance")
    for by in (
        offices.users["liuzhou.system_admin"],
        offices.users["yuncheng.security_admin"],
        offices.user("芮城县", "housing", "leader"),
    ):
        with pytest.raises(Forbidden):
            asked(User.objects.get(pk=by.pk), body, username="wang.er")
    for wrong in ({"username": "li 新"}, {"role": "emperor"}, {"name": "\x00"}, {"username": "ruicheng.housing.clerk"}):
        with pytest.raises(Refused):
            asked(admin, body, **wrong)
    with pytest.raises(Refused, match="另一机构"):
        asked(admin, far)
    for change in ({"role": "system_admin"}, {"body": far}, {"expires_at": AT + dt.timedelta(days=99)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Invitation.objects.filter(pk=sent.invitation.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM offices_invitation")


def test_a_person_is_moved_in_one_act_or_stays(offices: Offices, admin: User, body: Body) -> None:
    person, far = offices.user("芮城县", "housing", "clerk"), offices.body("芮城县", "finance")
    row = Membership.objects.get(user=person, body=body, active=True)
    url, client = reverse("offices:move", args=[body.uid, row.uid]), signed_in(admin)
    same = client.post(url, {"body": str(body.uid), "role": "clerk"})
    elsewhere = client.post(url, {"body": str(offices.body("城中区", "housing").uid), "role": "clerk"})
    assert same.status_code == elsewhere.status_code == 400
    with pytest.raises(Forbidden):
        actions.move(by=admin, at=AT, today=TODAY, membership=row, body=offices.body("城中区", "housing"), role="clerk")
    assert Membership.objects.filter(user=person, active=True).get() == row
    assert client.post(url, {"body": str(far.uid), "role": "approver"}).status_code == 302
    now = Membership.objects.get(user=person, active=True)
    row.refresh_from_db()
    assert (now.body, now.role, now.since) == (far, "approver", TODAY) and (row.active, row.until) == (False, TODAY)
