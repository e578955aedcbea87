"""Staff pages of the government side, as people use them."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from offices import actions, files, messages
from offices.clock import today
from offices.demonstration import PASSWORD, Offices
from offices.models import Body, CalendarYear, User
from tests.cast import AT, TODAY


def signed_in(user: User) -> Client:
    """The browser of someone who is signed in."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def sign_in(client: Client, username: str, password: str) -> Any:
    """Fill in the sign-in form."""
    return client.post(reverse("offices:login"), {"username": username, "password": password})


def test_someone_signs_in_and_out(offices: Offices) -> None:
    client = Client()
    answer = sign_in(client, "ruicheng.housing.clerk", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/staff/")
    assert client.get(reverse("offices:messages")).status_code == 200
    client.post(reverse("offices:logout"))
    assert client.get(reverse("offices:messages")).status_code == 302


def test_five_wrong_passwords_lock_the_account_from_anywhere(offices: Offices) -> None:
    for number in range(5):
        answer = Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            reverse("offices:login"), {"username": "ruicheng.housing.clerk", "password": "wrong"}
        )
    assert answer.status_code == 429 and "登录已暂停" in answer.content.decode()
    fresh = Client(REMOTE_ADDR="10.9.9.9").post(
        reverse("offices:login"), {"username": "ruicheng.housing.clerk", "password": PASSWORD}
    )
    assert fresh.status_code == 429


def test_a_changed_password_ends_the_other_sessions(offices: Offices) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    here, elsewhere = Client(), Client()
    sign_in(here, user.username, PASSWORD)
    sign_in(elsewhere, user.username, PASSWORD)
    new = {"old_password": PASSWORD, "new_password1": "Xin-mima-2026", "new_password2": "Xin-mima-2026"}
    assert here.post(reverse("offices:password"), new).status_code == 302
    assert here.get(reverse("offices:messages")).status_code == 200
    assert elsewhere.get(reverse("offices:messages")).status_code == 302


def test_a_new_role_ends_the_sessions(offices: Offices) -> None:
    user, client = offices.user("芮城县", "housing", "clerk"), Client()
    sign_in(client, user.username, PASSWORD)
    actions.appoint(by=None, at=AT, today=TODAY, user=user, body=offices.body("芮城县", "housing"), role="leader")
    assert client.get(reverse("offices:messages")).status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(offices: Offices) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    admin = offices.users["yuncheng.security_admin"]
    actions.change_password(by=admin, at=AT, user=user, password="Chushi-mima-1")
    client = Client()
    answer = sign_in(client, user.username, "Chushi-mima-1")
    assert answer["Location"] == reverse("offices:password")
    assert User.objects.get(pk=user.pk).scope.columns == ()


def test_messages_are_read_one_by_one(offices: Offices) -> None:
    user = offices.user("芮城县", "housing", "clerk")
    messages.tell(event="e1", recipients=[user], title="请看公示", link="/staff/", at=AT)
    messages.tell(event="e2", recipients=[user], title="坏链接", link="//evil.example", at=AT)
    client = signed_in(user)
    page = client.get(reverse("offices:messages")).content.decode()
    assert "请看公示" in page and "未读（2）" in page
    first = messages.inbox(user).get(event="e1")
    assert client.post(reverse("offices:message", args=[first.uid]))["Location"] == "/staff/"
    evil = messages.inbox(user).get(event="e2")
    assert client.post(reverse("offices:message", args=[evil.uid]))["Location"] == reverse("offices:messages")
    assert messages.unread(user) == 0
    other = signed_in(offices.user("柳州市", "housing", "clerk"))
    assert other.post(reverse("offices:message", args=[first.uid])).status_code == 404


def test_a_file_is_a_download_for_those_who_see_its_division(offices: Offices) -> None:
    clerk = offices.user("芮城县", "housing", "clerk")
    upload = SimpleUploadedFile("同意书 表.csv", "户号,意见\n1,同意\n".encode())
    row = files.store(upload=upload, division=offices.divisions["芮城县"], by=clerk, at=AT)
    url = reverse("offices:file", args=[row.uid])
    answer = signed_in(clerk).get(url)
    assert answer.status_code == 200 and answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert signed_in(offices.user("运城市", "housing", "clerk")).get(url).status_code == 200
    assert signed_in(offices.user("柳州市", "housing", "clerk")).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_key_is_shown_once(offices: Offices) -> None:
    client = signed_in(offices.user("芮城县", "housing", "clerk"))
    until = (today() + dt.timedelta(days=90)).isoformat()
    form = {"name": "大数据平台", "scopes": ["read:offices"], "expires_on": until}
    page = client.post(reverse("offices:keys"), form).content.decode()
    assert "只显示这一次" in page and "rk_" in page
    again = client.get(reverse("offices:keys")).content.decode()
    assert "只显示这一次" not in again and "大数据平台" in again
    bad = client.post(reverse("offices:keys"), {**form, "expires_on": "2099-01-01"})
    assert bad.status_code == 400 and "400 天" in bad.content.decode()


def test_the_system_administrator_registers_an_office_and_its_people(offices: Offices) -> None:
    client = signed_in(offices.users["yuncheng.system_admin"])
    assert client.post(reverse("offices:bodies"), {"name": "运城市民政局", "kind": "civil_affairs"}).status_code == 302
    body = Body.objects.get(name="运城市民政局")
    url = reverse("offices:body", args=[body.uid])
    person = {
        "person-username": "minzheng",
        "person-name": "吴民政",
        "person-password": "Chushi-mima-1",
        "person-role": "clerk",
    }
    assert client.post(url, person).status_code == 302
    membership = body.memberships.get()
    assert membership.user.must_change_password
    assert "吴民政" in client.get(url).content.decode()
    assert client.post(reverse("offices:dismiss", args=[body.uid, membership.uid])).status_code == 302
    membership.refresh_from_db()
    assert not membership.active
    weak = client.post(url, {**person, "person-username": "weak", "person-password": "123"})
    assert weak.status_code == 400 and not User.objects.filter(username="weak").exists()


def test_a_clerk_registers_no_office(offices: Offices) -> None:
    client = signed_in(offices.user("运城市", "housing", "clerk"))
    page = client.post(reverse("offices:bodies"), {"name": "假机构", "kind": "finance"})
    assert page.status_code == 400 and not Body.objects.filter(name="假机构").exists()


def test_the_calendar_page_loads_a_year_and_shows_what_changed(offices: Offices) -> None:
    client = signed_in(offices.users["liuzhou.system_admin"])
    sheet = SimpleUploadedFile("2027.csv", "日期,安排,名称\n2027-01-01,放假,元旦\n2027-01-03,上班,元旦调休\n".encode())
    form = {"year": "2027", "source": "国办发明电〔2026〕1号", "file": sheet}
    shown = client.post(reverse("offices:calendar"), form)
    assert shown.status_code == 200 and "还没有保存" in shown.content.decode()
    assert "2027年1月3日 元旦调休：放假 → 上班" in shown.content.decode()
    assert CalendarYear.objects.get(year=2027).status == "estimated"  # nothing of it is kept before the confirmation
    kept = {"kept": shown.context["kept"], "confirm": "1"}
    assert client.post(reverse("offices:calendar"), {**kept, "kept": kept["kept"] + "x"}).status_code == 400
    page = client.post(reverse("offices:calendar"), kept)
    assert page.status_code == 200 and "2027年已载入" in page.content.decode()
    assert CalendarYear.objects.get(year=2027).status == "official"
    clerk = signed_in(offices.user("柳州市", "housing", "clerk"))
    assert clerk.get(reverse("offices:calendar")).status_code == 200
    other = SimpleUploadedFile("a.csv", "日期,安排,名称\n2027-05-01,放假,\n".encode())
    refused = clerk.post(reverse("offices:calendar"), {**form, "file": other})
    assert refused.status_code == 400 and "系统管理员" in refused.content.decode()


def test_history_is_for_auditors_and_leaders(offices: Offices) -> None:
    url = reverse("offices:history")
    page = signed_in(offices.users["liuzhou.auditor"]).get(url, {"action": "body"}).content.decode()
    assert "<td>柳州市</td>" in page and "body.create" in page and "芮城县" not in page
    assert signed_in(offices.user("柳州市", "housing", "clerk")).get(url).status_code == 403


@pytest.mark.parametrize("name", ["messages", "keys", "password", "bodies", "calendar"])
def test_every_page_opens_for_a_member_of_staff_and_asks_others_to_sign_in(offices: Offices, name: str) -> None:
    assert signed_in(offices.user("芮城县", "finance", "approver")).get(reverse(f"offices:{name}")).status_code == 200
    assert Client().get(reverse(f"offices:{name}"))["Location"].startswith("/staff/login/")
