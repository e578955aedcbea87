"""The second factor: no session without the code, each code once, few guesses, a way out when the telephone is lost, and who needs it."""

import datetime as dt
from typing import Any

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from offices import actions, factors
from offices.demonstration import PASSWORD, Offices
from offices.models import HistoryEntry, HistoryReason, Membership, Message, RecoveryCode, SecondFactor, User
from policies.refusal import Forbidden, Invalid, Refused
from tests.cast import AT, TODAY
from tests.offices.test_pages import sign_in, signed_in

pytestmark = pytest.mark.django_db
PAGE, ENROL, HOME = "/staff/second-factor/", "/staff/second-factor/enrol/", "/staff/"


class Clock:
    """The machine's clock, moved by the test."""

    at = AT

    def __call__(self) -> dt.datetime:
        return self.at

    def later(self, **span: int) -> None:
        """Go on."""
        self.at += dt.timedelta(**span)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """It stands until it is moved."""
    found = Clock()
    monkeypatch.setattr("offices.clock.timezone.now", found)
    return found


def code_of(user: User, at: dt.datetime) -> str:
    """What the telephone shows."""
    return pyotp.TOTP(SecondFactor.objects.get(user=user).secret).at(at)


def enrolled(user: User, at: dt.datetime) -> list[str]:
    """The recovery codes of somebody who has a telephone from now on."""
    factors.begin(user=user, at=at)
    return factors.confirm(user=user, at=at, code=code_of(user, at))


def send(client: Client, code: str) -> Any:
    """Type a code."""
    return client.post(PAGE, {"code": code})


def test_somebody_enrols_and_from_then_on_the_password_alone_opens_nothing(offices: Offices, clock: Clock) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    client = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130"})
    sign_in(client, user.username, PASSWORD)
    page = client.get(ENROL).content.decode()
    secret = SecondFactor.objects.get(user=user).secret
    assert "<svg" in page and secret in page.replace(" ", "")
    assert client.get(ENROL).content.decode().count(secret[:4]), "the same secret until it is confirmed"
    assert client.post(ENROL, {"code": "000000"}).status_code == 400 and factors.factor_of(user) is None
    codes = client.post(ENROL, {"code": code_of(user, clock.at)}).content.decode()
    assert codes.count("<li><code>") == factors.CODES and factors.factor_of(user) is not None
    assert "已启用" in client.get(reverse("offices:account")).content.decode()
    with connection.cursor() as cursor:  # a dump of the tables opens nothing
        cursor.execute("SELECT secret FROM offices_secondfactor")
        assert secret not in str(cursor.fetchall())
        cursor.execute("SELECT digest FROM offices_recoverycode")
        assert not any(word in str(cursor.fetchall()) for word in codes.split("<code>")[1:])

    clock.later(minutes=5)
    fresh = Client()
    assert sign_in(fresh, user.username, PASSWORD)["Location"] == PAGE
    for path in (HOME, "/staff/account/", "/staff/keys/", ENROL, "/admin/"):
        assert fresh.get(path).status_code == 302, path
    assert fresh.get("/api/v1/cases/").status_code == 401
    assert send(fresh, "123456").status_code == 400
    assert send(fresh, code_of(user, clock.at))["Location"] == HOME
    assert fresh.get(HOME).status_code == 200


def test_no_code_counts_twice_and_none_from_another_time(offices: Offices, clock: Clock) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    enrolled(user, AT - dt.timedelta(hours=1))
    now = code_of(user, clock.at)
    factors.check(user=user, at=clock.at, code=f"{now[:3]} {now[3:]}")
    for code in (
        now,
        code_of(user, clock.at - dt.timedelta(seconds=30)),
        code_of(user, clock.at + dt.timedelta(minutes=2)),
    ):
        with pytest.raises(Invalid):
            factors.check(user=user, at=clock.at, code=code)
    clock.later(seconds=30)
    factors.check(user=user, at=clock.at, code=code_of(user, clock.at))


def test_five_wrong_codes_stop_the_right_one_too_for_a_while_and_its_owner_is_told(
    offices: Offices, clock: Clock
) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    spare = enrolled(user, AT - dt.timedelta(hours=1))[0]
    client = Client()
    sign_in(client, user.username, PASSWORD)
    answers = [
        send(client, "000000" if code_of(user, clock.at) != "000000" else "111111").status_code for _ in range(5)
    ]
    assert answers == [400, 400, 400, 400, 409]
    for code in (code_of(user, clock.at), spare):
        refused = send(client, code)
        assert refused.status_code == 409 and "暂停 15 分钟" in refused.content.decode()
    assert Message.objects.filter(recipient=user, title="动态口令连续输错").exists()
    assert HistoryEntry.objects.filter(action="second_factor.pause").count() == 1
    clock.later(minutes=15)
    sign_in(client, user.username, PASSWORD)
    assert send(client, code_of(user, clock.at)).status_code == 302


def test_a_recovery_code_opens_once_and_new_ones_end_the_old(offices: Offices, clock: Clock) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    codes = enrolled(user, AT - dt.timedelta(hours=1))
    client = Client()
    sign_in(client, user.username, PASSWORD)
    assert send(client, codes[0].upper()).status_code == 302
    assert Message.objects.filter(recipient=user, title="用恢复码登录了一次").exists()
    with pytest.raises(Invalid):
        factors.check(user=user, at=clock.at, code=codes[0])
    page = client.post("/staff/account/codes/", {"code": code_of(user, clock.at)}).content.decode()
    assert page.count("<li><code>") == factors.CODES and RecoveryCode.objects.count() == factors.CODES
    with pytest.raises(Invalid):
        factors.check(user=user, at=clock.at, code=codes[1])


def test_the_note_between_password_and_code_lapses(offices: Offices, clock: Clock) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    enrolled(user, AT - dt.timedelta(hours=1))

    def refused(client: Client) -> bool:
        return bool(send(client, code_of(user, clock.at))["Location"] == "/staff/login/")

    late, changed, locked = Client(), Client(), Client()
    for client in (late, changed, locked):
        sign_in(client, user.username, PASSWORD)
    actions.change_password(by=user, at=AT, user=user, password="Xin-mima-2026")
    assert refused(changed)
    sign_in(late, user.username, "Xin-mima-2026")
    sign_in(locked, user.username, "Xin-mima-2026")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert refused(locked)
    User.objects.filter(pk=user.pk).update(is_active=True)
    clock.later(minutes=11)
    assert refused(late)


def test_who_needs_one_enrols_before_he_is_signed_in(offices: Offices, clock: Clock, settings: Any) -> None:
    admin = offices.users["yuncheng.system_admin"]
    assert sign_in(Client(), admin.username, PASSWORD)["Location"] == HOME, "the demonstration asks nobody"
    settings.SECOND_FACTOR = True
    client = Client()
    assert sign_in(client, admin.username, PASSWORD)["Location"] == ENROL
    assert client.get(HOME).status_code == 302 and "系统管理员须使用动态口令" in client.get(ENROL).content.decode()
    page = client.post(ENROL, {"code": code_of(admin, clock.at)})
    assert page.status_code == 200 and client.get(HOME).status_code == 200
    clock.later(minutes=1)
    off = client.post("/staff/account/factor-off/", {"code": code_of(admin, clock.at)})
    assert off.status_code == 409 and "不能停用" in off.content.decode() and factors.factor_of(admin)
    for kind, role, asked in (
        ("finance", "approver", True), ("finance", "leader", True), ("finance", "clerk", False), ("housing", "leader", False),
    ):  # fmt: skip
        assert bool(factors.needs(offices.user("芮城县", kind, role))) is asked, (kind, role)
    root = User.objects.create_superuser("root", password=PASSWORD)
    assert factors.needs(root) and sign_in(Client(), "root", PASSWORD)["Location"] == ENROL


def test_a_city_may_ask_all_of_its_staff(offices: Offices, clock: Clock) -> None:
    clerk, far = offices.user("芮城县", "housing", "clerk"), offices.user("城中区", "housing", "clerk")
    here, there = Client(), Client()
    sign_in(here, clerk.username, PASSWORD)
    sign_in(there, far.username, PASSWORD)
    city, security = offices.divisions["运城市"], offices.users["yuncheng.security_admin"]
    url = reverse("offices:require_factor", args=[city.uid])
    for by in (offices.users["yuncheng.system_admin"], offices.users["liuzhou.security_admin"], clerk):
        signed_in(by).post(url, {"wanted": "1"})
        assert not factors.needs(clerk)
    browser = signed_in(security)
    assert browser.post(url, {"wanted": "1"}).status_code == 302 and browser.get(HOME).status_code == 200
    assert here.get(HOME).status_code == 302 and there.get(HOME).status_code == 200
    assert sign_in(here, clerk.username, PASSWORD)["Location"] == ENROL
    assert "运城市要求全体" in here.get(ENROL).content.decode()
    browser.post(url, {"wanted": "0"})
    assert sign_in(here, clerk.username, PASSWORD)["Location"] == HOME


def test_a_lost_telephone_is_reset_by_the_system_administrator_with_a_reason(offices: Offices, clock: Clock) -> None:
    user, admin = offices.user("芮城县", "housing", "clerk"), offices.users["yuncheng.system_admin"]
    enrolled(user, AT)
    browser, row = signed_in(user), Membership.objects.get(user=user, active=True)
    for by in (offices.users["yuncheng.security_admin"], offices.users["liuzhou.system_admin"], user):
        with pytest.raises(Forbidden):
            factors.reset(by=User.objects.get(pk=by.pk), at=AT, user=user, reason="手机丢失")
    url, desk = reverse("offices:reset_factor", args=[row.body.uid, row.uid]), signed_in(admin)
    assert "重设动态口令" in desk.get(reverse("offices:body", args=[row.body.uid])).content.decode()
    desk.post(url, {"reason": " "})
    assert factors.factor_of(user) and browser.get(HOME).status_code == 200
    desk.post(url, {"reason": "手机丢失，已当面核对"})
    assert factors.factor_of(user) is None and browser.get(HOME).status_code == 302
    act = HistoryEntry.objects.get(action="second_factor.reset")
    assert act.by == admin and HistoryReason.objects.get(entry=act).text == "手机丢失，已当面核对"
    with pytest.raises(Refused):
        factors.reset(by=admin, at=AT, user=user, reason="再来一次")
    enrolled(admin, AT)
    with pytest.raises(Forbidden):
        factors.reset(by=admin, at=AT, user=admin, reason="自己")


def test_a_page_asked_for_is_reached_through_the_code_and_no_other_site(offices: Offices, clock: Clock) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    enrolled(user, AT - dt.timedelta(hours=1))
    for number, (wanted, reached) in enumerate((("/staff/keys/", "/staff/keys/"), ("https://evil.example/", HOME))):
        clock.later(minutes=number + 1)
        client = Client()
        client.post("/staff/login/", {"username": user.username, "password": PASSWORD, "next": wanted})
        assert send(client, code_of(user, clock.at))["Location"] == reached


def test_djangos_administration_has_no_door_of_its_own(offices: Offices) -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    client = Client()
    asked = client.post("/admin/login/", {"username": "root", "password": PASSWORD, "next": "/admin/"})
    assert asked.status_code == 302 and asked["Location"].startswith("/staff/login/")
    assert client.get("/admin/").status_code == 302
    assert signed_in(offices.user("芮城县", "housing", "clerk")).get("/admin/login/").status_code == 403


def test_where_one_is_signed_in_and_leaving_everywhere_else(offices: Offices) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    here = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/130 Safari/537"})
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) MicroMessenger/8.0"})
    sign_in(here, user.username, PASSWORD)
    sign_in(phone, user.username, PASSWORD)
    page = here.get("/staff/account/").content.decode()
    assert "Windows 电脑，Chrome（本机）" in page and "安卓手机，微信" in page
    assert here.post("/staff/account/sign-out/").status_code == 302
    assert here.get(HOME).status_code == 200 and phone.get(HOME).status_code == 302
    page = here.get("/staff/account/").content.decode()
    assert "本机" in page and "安卓" not in page


def test_every_session_ends_with_role_password_and_account(offices: Offices) -> None:
    user, security = offices.user("芮城县", "housing", "clerk"), offices.users["yuncheng.security_admin"]
    admin, row = offices.users["yuncheng.system_admin"], Membership.objects.get(user=user, active=True)
    ends: dict[str, Any] = {
        "password": lambda: actions.change_password(by=security, at=AT, user=user, password="Chushi-mima-77"),
        "leaving": lambda: actions.dismiss(by=admin, at=AT, today=TODAY, membership=row),
        "role": lambda: actions.appoint(by=admin, at=AT, today=TODAY, user=user, body=row.body, role="approver"),
        "locked": lambda: actions.set_active(by=security, at=AT, user=user, active=False),
    }
    for name, act in ends.items():
        client = signed_in(User.objects.get(pk=user.pk))
        assert client.get("/staff/messages/").status_code == 200, name
        act()
        assert client.get("/staff/messages/").status_code == 302, name
