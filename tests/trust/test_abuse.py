"""What a resident's page meets on a bad day: guessed codes, a flood from one address, programs in text fields, files that are no photos."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from approvals.codes import issue_letters
from approvals.models import Remark, SurveyAnswer, VoteObjection
from approvals.surveys.answers import give_answer
from communities.models import Complaint
from offices.models import SmsMessage, StoredFile
from renovation.mine import identity
from rest.house import DEFAULTS
from tests.cast import AT
from tests.trust.rows import PHONE, Rows

pytestmark = pytest.mark.django_db
HERE = {"REMOTE_ADDR": "203.0.113.9"}
PROGRAM = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'
TOLD = ("提交太频繁", "一小时后再试", "打电话")


@pytest.fixture
def limits(settings: Any) -> None:
    """The limits as production has them."""
    settings.REST = {key: value for key, value in settings.REST.items() if not key.startswith("PORTAL_")}


def guesses(rows: Rows) -> dict[str, tuple[str, str, str]]:
    """Every door that a guessed secret could open: address, field, and the setting that limits it."""
    uid = rows.community.uid
    return {
        "vote code": (f"/votes/{rows.running.uid}/identify/", "code", "PORTAL_CODES"),
        "vote receipt": (f"/votes/{rows.running.uid}/receipt/", "number", "PORTAL_MISSES"),
        "objection": (f"/votes/{rows.running.uid}/objection/answer/", "number", "PORTAL_MISSES"),
        "survey code": (f"/surveys/{rows.survey.uid}/", "code", "PORTAL_CODES"),
        "own code": (f"/c/{uid}/mine/", "code", "PORTAL_CODES"),
    }


def test_guessed_secrets_are_limited_by_address_and_the_message_is_understood(rows: Rows, limits: None) -> None:
    for what, (path, field, limit) in guesses(rows).items():
        client, most = Client(**HERE), int(DEFAULTS[limit])
        answers = [client.post(path, {field: f"AAAAA-{number:05d}"}) for number in range(most + 1)]
        assert {answer.status_code for answer in answers[:-1]} <= {400, 404, 409, 200}, what
        assert answers[-1].status_code == 429 and all(words in answers[-1].content.decode() for words in TOLD), what
        assert Client(REMOTE_ADDR="203.0.113.10").post(path, {field: "AAAAA-BBBBB"}).status_code != 429, what


def test_guessed_numbers_in_addresses_are_limited_too(rows: Rows, limits: None) -> None:
    most = int(DEFAULTS["PORTAL_MISSES"])
    for path in (
        "/complaints/T-0000-0000-{:04d}/", "/remarks/Y-0000-0000-{:04d}/", "/follow/?number=A234-5678-9ABC-{:04d}",
        f"/surveys/{rows.survey.uid}/receipt/?number=D-0000-0000-{{:04d}}", f"/mail/{rows.community.uid}/stop/?key={{}}",
    ):  # fmt: skip
        client = Client(REMOTE_ADDR=f"203.0.113.{len(path)}")
        answers = [client.get(path.format(number)).status_code for number in range(most + 1)]
        assert set(answers[:-1]) == {404} and answers[-1] == 429, path


def test_a_right_code_counts_for_nothing_where_a_whole_estate_has_one_address(rows: Rows, settings: Any) -> None:
    settings.REST = {**settings.REST, "PORTAL_CODES": 1}
    code, path = letter(rows), f"/c/{rows.community.uid}/mine/"
    given = (code, code, code, "AAAAA-BBBBB", code)
    answers = [Client(REMOTE_ADDR="203.0.115.1").post(path, {"code": each}).status_code for each in given]
    assert answers == [302, 302, 302, 409, 429]


def letter(rows: Rows) -> str:
    """A code as a letter to the owner carries it."""
    return issue_letters(subject=rows.community, holders=[str(rows.person.uid)], at=AT)[str(rows.person.uid)]


@pytest.mark.parametrize("tried", [50, pytest.param(1000, marks=pytest.mark.prove)])
def test_a_thousand_complaints_from_one_address_are_thirty(rows: Rows, limits: None, tried: int) -> None:
    path, before = f"/c/{rows.community.uid}/complain/", Complaint.objects.count()
    client, most = Client(REMOTE_ADDR=f"203.0.116.{tried % 251}"), int(DEFAULTS["PORTAL_SENDS"])
    answers = [client.post(path, {"category": "noise", "text": f"第{number}次"}) for number in range(tried)]
    assert [answer.status_code for answer in answers] == [302] * most + [429] * (tried - most)
    assert Complaint.objects.count() - before == most
    assert all(words in answers[-1].content.decode() for words in TOLD)


def test_messages_are_not_a_weapon_against_a_telephone(rows: Rows, limits: None, settings: Any) -> None:
    """Four an hour for one matter, ten a day for one number, thirty an hour from one address; the page says the same each time."""
    settings.SMS_GATEWAY = "file"
    pages = set()
    for number in range(8):
        client = Client(REMOTE_ADDR=f"203.0.114.{number}")
        answer = client.post(f"/c/{rows.community.uid}/mine/phone/", {"phone": PHONE}, follow=True)
        pages.add(re.sub(r'value="[^"]{20,}"', "", answer.content.decode()))
    assert len(pages) == 1 and SmsMessage.objects.count() == 4
    for hour in range(1, 9):
        identity.send_code(at=AT.replace(hour=9 + hour), community=rows.community, phone=PHONE)
    assert SmsMessage.objects.count() == 10
    client = Client(**HERE)
    answers = [
        client.post(f"/c/{rows.community.uid}/mine/phone/", {"phone": f"1380000{number:04d}"}).status_code
        for number in range(int(DEFAULTS["PORTAL_SENDS"]) + 1)
    ]
    assert set(answers[:-1]) == {302} and answers[-1] == 429


def test_programs_in_every_text_field_are_only_words(rows: Rows, browsers: dict[str, Client]) -> None:
    """Each public form is filled with a program; what residents, the staff and everybody then read holds it escaped or not at all."""
    client, uid, notice = Client(**HERE), rows.community.uid, rows.notices.posted
    person = {"name": PROGRAM[:40], "phone": "13900001111", "home": PROGRAM[:60]}
    said = {"kind": "opinion", "text": PROGRAM, "community": str(rows.notices.communities[0].uid), **person}
    shown = [
        client.post(f"/c/{uid}/complain/", {"category": "noise", "text": PROGRAM, **person, "check": "1"}),
        client.post(f"/c/{uid}/complain/", {"category": "noise", "text": PROGRAM, **person}, follow=True),
        client.post(f"/notices/{notice.uid}/say/", said),
        client.post(f"/notices/{notice.uid}/say/", {**said, "confirm": "1"}, follow=True),
        client.post(f"/c/{uid}/follow/", {"address": PROGRAM}), client.post(f"/votes/{rows.running.uid}/identify/", {"code": PROGRAM}),
        client.post(f"/votes/{rows.running.uid}/receipt/", {"number": PROGRAM}),
        *(client.get(path, {key: PROGRAM}) for path, key in (("/", "q"), ("/why/", "name"), ("/follow/", "number"))),
        client.get(f"/surveys/{rows.survey.uid}/receipt/", {"number": PROGRAM}),
    ]  # fmt: skip
    complaint, remark = Complaint.objects.latest("pk"), Remark.objects.latest("pk")
    assert complaint.text == remark.text == PROGRAM
    objected, before = VoteObjection.objects.get().vote, VoteObjection.objects.count()
    written = {"text": PROGRAM, **person}
    shown += [
        client.post(f"/votes/{objected.uid}/objection/", written),
        client.post(f"/votes/{objected.uid}/objection/", {**written, "confirm": "1"}, follow=True),
        client.get("/?q=x&page=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"),
    ]
    assert VoteObjection.objects.count() == before + 1 and VoteObjection.objects.latest("pk").text == PROGRAM
    door = {"building": "7号楼", "unit": "1", "room": "707"}
    give_answer(
        by=rows.users["clerk"], at=AT, survey=rows.survey, role="owner", choice="agree", channel="door", words=PROGRAM, **door
    )  # fmt: skip
    assert SurveyAnswer.objects.filter(words=PROGRAM).exists()
    staff = browsers["clerk"]
    shown += [
        staff.get(path) for path in (
            "/staff/communities/complaints/", f"/staff/communities/complaints/{complaint.uid}/", f"/staff/notices/{notice.uid}/",
            f"/staff/votes/{objected.uid}/", f"/staff/surveys/{rows.survey.uid}/", f"/staff/communities/{uid}/",
            "/staff/messages/", "/staff/",
        )
    ]  # fmt: skip
    shown += [client.get(path) for path in (f"/c/{uid}/", f"/notices/{notice.uid}/", f"/c/{uid}/news.atom")]
    held = 0
    for answer in shown:
        text = answer.content.decode()
        assert answer.status_code < 500 and "<script>alert" not in text and "<img src=x" not in text, answer.request[
            "PATH_INFO"
        ]
        assert "&gt;49" not in text
        held += "&lt;script&gt;" in text
    assert held >= 11


def test_a_photo_of_twenty_megabytes_and_what_is_no_photo_are_refused_in_words(rows: Rows) -> None:
    client, path = Client(**HERE), f"/c/{rows.community.uid}/complain/"
    before, kept = Complaint.objects.count(), StoredFile.objects.count()
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "JPEG")
    tried = {
        "大.jpg": (buffer.getvalue() + b"\x00" * (20 * 1024 * 1024), "最多"), "页面.jpg": (b"<html><script>alert(1)</script>", "照片"),
        "动图.svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "照片"), "程序.png": (b"MZ" + b"\x00" * 99, "类型"),
        "空.jpg": (b"", "空"), "半张.jpg": (buffer.getvalue()[:80], "照片"),
    }  # fmt: skip
    for name, (content, words) in tried.items():
        upload = SimpleUploadedFile(name, content)
        answer = client.post(path, {"category": "noise", "text": "夜里施工", "photo": upload})
        text = answer.content.decode()
        assert answer.status_code == 400 and words in text and "夜里施工" in text, (
            name,
            text[text.find("field-error") :][:200],
        )
    assert Complaint.objects.count() == before and StoredFile.objects.count() == kept
