"""Following by short message: shown by a code, told once a day and never at night, left by a tap or a reply, within the day's ceiling."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from offices import phone_followers
from offices.history import salted
from offices.models import Follower, HistoryEntry, SmsMessage
from policies.refusal import Refused
from projects.models import MonthReport
from renovation.news.letters import tell_followers
from tests.cast import AT, TODAY
from tests.trust.rows import Rows

pytestmark = pytest.mark.django_db
MONTH = TODAY.replace(day=1)
NUMBER = "13912345678"
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
Outbox = Callable[[], list[str]]  # the fixture of the folder


def place_of(rows: Rows) -> Any:
    """A community with works under way."""
    return rows.project.parts.get().community


def follows(rows: Rows, outbox: Outbox, number: str = NUMBER) -> Client:
    """Somebody types his number and the code that came."""
    client, path = Client(), f"/c/{place_of(rows).uid}/follow/"
    assert client.post(f"{path}phone/", {"phone": number}).headers["Location"] == f"{path}sms/"
    code = re.findall(r"\b\d{6}\b", outbox()[-1])[0]
    assert client.get(f"{path}sms/").status_code == 200
    done = client.post(f"{path}sms/", {"code": code}, follow=True)
    assert "已用短信订阅" in done.content.decode()
    return client


def works_go_on(rows: Rows, at: dt.datetime, month: dt.date = MONTH) -> None:
    """The month's report."""
    MonthReport.objects.create(
        project=rows.project, month=month, percent=60, money=0, done="管沟回填。", by=rows.users["clerk"], at=at, created_at=at,
        updated_at=at,
    )  # fmt: skip


def test_a_code_shows_the_number_and_nothing_of_it_stands_anywhere_in_plain(rows: Rows, outbox: Outbox) -> None:
    follows(rows, outbox)
    row = Follower.objects.get()
    assert (row.channel, row.address, row.confirmed_at is not None) == ("sms", NUMBER, True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT address, address_hash FROM offices_follower")
        stored = str(cursor.fetchall())
    assert NUMBER not in stored
    assert not HistoryEntry.objects.filter(data__icontains=NUMBER).exists()
    assert not [row for row in SmsMessage.objects.values() if NUMBER in str(row)]
    follows(rows, outbox)
    assert Follower.objects.count() == 1


def test_a_wrong_code_or_another_s_follows_nothing(rows: Rows, outbox: Outbox) -> None:
    client, path = Client(), f"/c/{place_of(rows).uid}/follow/"
    assert client.post(f"{path}sms/", {"code": "123456"}).headers["Location"] == f"{path}phone/"
    for typed in ("", "12", "1391234567x", "0359-3022345", "1" * 60, "\x00"):
        answer = client.post(f"{path}phone/", {"phone": typed})
        assert answer.status_code == 400 and "手机号码" in answer.content.decode(), typed
    client.post(f"{path}phone/", {"phone": NUMBER})
    code = re.findall(r"\b\d{6}\b", outbox()[-1])[0]
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert "不正确" in client.post(f"{path}sms/", {"code": wrong}).content.decode()
    other = Client()
    other.post(f"{path}phone/", {"phone": "13800000009"})
    assert "不正确" in other.post(f"{path}sms/", {"code": code}).content.decode()
    assert not Follower.objects.exists()


def test_told_once_a_day_by_day_with_one_link_and_left_by_one_tap(rows: Rows, outbox: Outbox) -> None:
    client = follows(rows, outbox)
    works_go_on(rows, AT + 10 * MINUTE)
    night = AT.replace(hour=22)
    assert tell_followers(at=night) == 0
    morning = AT + DAY
    assert tell_followers(at=morning) == 1 and tell_followers(at=morning + MINUTE) == 0
    works_go_on(rows, morning + MINUTE, (MONTH - DAY).replace(day=1))
    assert tell_followers(at=morning + 60 * MINUTE) == 0  # once a day
    message = outbox()[-1]
    assert "施工进展" in message and "管沟" not in message and len(message) < 160, message
    link = re.findall(r"https?://[^/]+(/n/[a-z0-9-]+/)", message)[0]
    page = client.get(link)
    assert page.status_code == 200 and Follower.objects.exists()  # a telephone that opens links leaves nothing
    strict = Client(enforce_csrf_checks=True)
    assert "已经退订" in strict.post(link).content.decode()
    assert not Follower.objects.exists() and strict.post(link).status_code == 404
    assert tell_followers(at=morning + 2 * DAY) == 0


def test_a_key_of_somebody_else_opens_nothing(rows: Rows, outbox: Outbox) -> None:
    follows(rows, outbox)
    row = Follower.objects.get()
    key = phone_followers.key_of(row)
    assert phone_followers.find(key.upper()) == row
    for wrong in (
        f"{row.pk}-aaaaaaaaaa",
        f"{row.pk + 1}-{key.partition('-')[2]}",
        "x",
        "-",
        "9" * 30,
        key + "a",
        "²-" + key,
    ):
        assert phone_followers.find(wrong) is None, wrong
        assert Client().post(f"/n/{wrong}/").status_code == 404
    assert Follower.objects.exists()


def test_a_reply_leaves_everything_where_the_gateway_is_who_it_says(rows: Rows, outbox: Outbox, settings: Any) -> None:
    follows(rows, outbox)
    told = {"phone": f"+86 {NUMBER}", "text": " td "}
    assert Client().post("/sms/reply/", told).status_code == 404
    settings.SMS_REPLY_TOKEN = "t" * 32
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer é"}):
        assert Client().post("/sms/reply/", told, headers=headers).status_code == 403
    own = {"Authorization": f"Bearer {'t' * 32}"}
    assert Client().post("/sms/reply/", {**told, "text": "什么时候完工？"}, headers=own).status_code == 204
    assert Follower.objects.exists()
    assert Client(enforce_csrf_checks=True).post("/sms/reply/", told, headers=own).status_code == 204
    assert not Follower.objects.exists()


def test_nobody_is_flooded_and_the_day_has_a_ceiling(rows: Rows, outbox: Outbox, settings: Any) -> None:
    path = f"/c/{place_of(rows).uid}/follow/phone/"
    for _ in range(phone_followers.CODES_A_DAY + 2):
        assert Client().post(path, {"phone": NUMBER}).status_code == 302  # the page is the same each time
    assert len(outbox()) == phone_followers.CODES_A_DAY
    for number in range(3):
        follows(rows, outbox, f"1390000000{number}")
    works_go_on(rows, AT + 10 * MINUTE)
    settings.SMS_FOLLOW_A_DAY = 2
    answer = Client().post(path, {"phone": "13900000099"})
    assert answer.status_code == 409 and "名额已用完" in answer.content.decode()
    assert tell_followers(at=AT + DAY) == 2 and tell_followers(at=AT + DAY + MINUTE) == 0
    assert tell_followers(at=AT + 2 * DAY) == 1  # who found no room comes the next day
    settings.SMS_FOLLOW_A_DAY = 0
    assert Client().get(path).status_code == 404
    assert "用短信订阅" not in Client().get(f"/c/{place_of(rows).uid}/follow/").content.decode()


def test_one_number_follows_so_many(rows: Rows) -> None:
    place = place_of(rows)
    for _ in range(phone_followers.MOST):
        Follower.objects.create(
            channel="sms", subject_type="community", subject_uid=uuid4(), name="x", address=NUMBER,
            address_hash=salted(NUMBER), site="https://x", asked_at=AT, confirmed_at=AT, created_at=AT, updated_at=AT,
        )  # fmt: skip
    with pytest.raises(Refused, match="最多"):
        phone_followers.follow(at=AT, subject=place, name="x", phone=NUMBER, site="https://x")
