"""投诉 over HTTP as a resident without JavaScript and as staff: number, handler, deadline, answer, one reopening (CZ-11)."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from PIL import Image

from communities.actions import complaints as actions
from communities.models import Complaint, ComplaintAnswer
from communities.queries import complaints as queries
from offices import files
from offices.demonstration import Offices
from offices.models import HistoryEntry, Message, StoredFile
from policies.refusal import Forbidden, Invalid, Refused
from tests.approvals.notices import MONDAY, PERSON, Board, at

pytestmark = pytest.mark.django_db
WORDS = {"category": "noise", "text": "夜里十一点还在切割 <script>alert(1)</script>"}


@pytest.fixture
def board(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> Board:
    """潞州区 on a Monday."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: at(MONDAY))
    return Board(offices, "潞州区", ("东营后街小区",))


@pytest.fixture
def resident() -> Client:
    """A browser of nobody in particular."""
    return Client()


def signed_in(user: Any) -> Client:
    """A browser in which someone is signed in."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def complain(board: Board, day: dt.date = MONDAY, **given: Any) -> Complaint:
    """A resident's complaint."""
    return actions.file_complaint(
        by=None, at=at(day), today=day, community=board.communities[0], given={**WORDS, **PERSON, **given}
    )


def photo() -> SimpleUploadedFile:
    """A JPEG that says where it was taken."""
    exif, buffer = Image.Exif(), io.BytesIO()
    exif[0x010E] = "经度 113.11"
    Image.new("RGB", (40, 20), "red").save(buffer, "JPEG", exif=exif)
    return SimpleUploadedFile("现场.jpg", buffer.getvalue())


@pytest.mark.rule("CZ-11")
def test_a_resident_complains_follows_it_by_its_number_and_reopens_it_once(board: Board, resident: Client) -> None:
    url = f"/c/{board.communities[0].uid}/complain/"
    assert "我要投诉" in resident.get(url).content.decode()
    check = resident.post(url, {**WORDS, **PERSON, "check": "1"}).content.decode()
    assert (
        "尚未提交" in check and PERSON["phone"] in check and 'name="photo"' in check and not Complaint.objects.exists()
    )
    assert f'value="{PERSON["name"]}"' in resident.post(url, {**WORDS, **PERSON, "back": "1"}).content.decode()
    sent = resident.post(url, {**WORDS, **PERSON, "photo": photo()}, follow=True)
    row = Complaint.objects.get()
    page = sent.content.decode()
    assert row.number in page and "2026年3月23日前答复（平台默认，文件未作规定）" in page
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    with Image.open(files.open_stored(row.photo)) as image:
        assert not image.getexif()
    staff = signed_in(board.clerk)
    assert "重复" not in staff.get("/staff/communities/complaints/").content.decode().split("</form>")[1]
    answered = staff.post(
        f"/staff/communities/complaints/{row.uid}/",
        {"text": "已责令22时后停工。", "public_text": "夜间施工噪声：已责令22时后停工。"},
    )
    assert answered.status_code == 302
    found = resident.get("/follow/", {"number": row.number.lower().replace("-", " ")}, follow=True).content.decode()
    assert "已责令22时后停工。" in found and "已答复" in found
    assert "夜间施工噪声" in resident.get(f"/c/{board.communities[0].uid}/").content.decode()
    mine = f"/complaints/{row.number}/"
    assert resident.post(mine, {"reason": "  "}).status_code == 400
    assert resident.post(mine, {"reason": "昨夜仍在施工"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reopen_text) == ("open", "昨夜仍在施工")
    actions.answer_complaint(by=board.clerk, at=at(MONDAY), complaint=row, text="已处罚。")
    assert resident.post(mine, {"reason": "再一次"}).status_code == 409
    assert resident.get("/follow/", {"number": "T-0000-0000-0000"}, follow=True).status_code == 404
    assert resident.get("/follow/", {"number": "不是编号"}).status_code == 404


def test_personal_values_stand_apart_are_masked_and_never_public(board: Board, resident: Client) -> None:
    row = complain(board)
    for text in (f"{PERSON['name']}来电", "请打 139-8765-0123"):
        with pytest.raises(Invalid) as refused:
            actions.answer_complaint(by=board.clerk, at=at(MONDAY), complaint=row, text="好", public_text=text)
        assert "个人信息" in refused.value.errors["public_text"][0]
    actions.answer_complaint(by=board.clerk, at=at(MONDAY), complaint=row, text="好", public_text="已处理")
    staff = signed_in(board.clerk)
    pages = [
        resident.get(url) for url in (f"/c/{row.community.uid}/", f"/complaints/{row.number}/", "/api/v1/communities/")
    ]
    pages += [staff.get(url) for url in (
        "/staff/communities/complaints/", f"/staff/communities/complaints/{row.uid}/", "/api/v1/complaints/", "/staff/history/"
    )]  # fmt: skip
    text = "".join(page.content.decode() for page in pages)
    assert not [value for value in PERSON.values() if value in text]
    assert "欧**" in text and "139****0123" in text
    assert resident.get("/api/v1/complaints/").status_code == 401
    opened = staff.post(f"/staff/communities/complaints/{row.uid}/reveal/", {"reason": "电话核实"}).content.decode()
    assert PERSON["phone"] in opened and row.reveals.get().reason == "电话核实"
    assert not [
        value for value in PERSON.values() if value in str(list(HistoryEntry.objects.values_list("data", flat=True)))
    ]


def test_repeats_are_those_of_ninety_days_with_the_same_category_or_telephone(board: Board) -> None:
    old = complain(board, MONDAY - dt.timedelta(days=91))
    first = complain(board, MONDAY - dt.timedelta(days=30), phone="139 8765 0123")
    same_phone = complain(board, category="money", name="", home="")
    other = complain(board, category="quality", phone="")
    numbers = {row.pk: row.repeats for row in queries.with_repeats(Complaint.objects.all())}
    assert numbers == {old.pk: 0, first.pk: 1, same_phone.pk: 1, other.pk: 0}
    assert queries.repeats_of(Complaint.objects.get(pk=same_phone.pk)) == [first]


def test_it_is_handed_to_another_body_with_a_reason(board: Board) -> None:
    row, police = complain(board), board.offices.body("潞州区", "public_security")
    stranger = board.offices.user("城中区", "housing", "clerk")
    with pytest.raises(Forbidden):
        actions.transfer_complaint(by=stranger, at=at(MONDAY), complaint=row, to_body=police, reason="噪声")
    with pytest.raises(Invalid) as refused:
        actions.transfer_complaint(
            by=board.clerk, at=at(MONDAY), complaint=row, to_body=board.offices.body("城中区", "housing"), reason="噪声"
        )
    assert "不能转办" in refused.value.errors["body"][0]
    actions.transfer_complaint(by=board.clerk, at=at(MONDAY), complaint=row, to_body=police, reason="夜间噪声归公安")
    officer = board.offices.user("潞州区", "public_security", "clerk")
    assert Message.objects.filter(recipient=officer, event__startswith=f"complaint:{row.uid}:transfer").exists()
    actions.assign_complaint(
        by=officer, at=at(MONDAY), today=MONDAY, complaint=row, handler=officer, deadline=MONDAY + dt.timedelta(days=3)
    )
    row.refresh_from_db()
    assert (row.handler, row.by_default) == (officer, False)
    actions.answer_complaint(by=officer, at=at(MONDAY), complaint=row, text="已巡查。")
    with pytest.raises(Refused, match="已经答复"):
        actions.transfer_complaint(by=officer, at=at(MONDAY), complaint=row, to_body=police, reason="再转")


def test_overdue_ones_are_said_to_be_so(board: Board) -> None:
    complain(board, MONDAY - dt.timedelta(days=40))
    complain(board, category="money", phone="")
    asked = queries.ComplaintFilter(state="overdue")
    assert queries.complaints_in_scope(board.clerk, asked, MONDAY).count() == 1
    page = signed_in(board.clerk).get("/staff/communities/complaints/", {"state": "overdue"}).content.decode()
    assert "status-late" in page and "已超期" in page


@pytest.mark.rule("CZ-11")
def test_who_handles_an_overdue_one_is_told_once_a_day_that_passed(board: Board) -> None:
    row = complain(board)
    late = row.deadline + dt.timedelta(days=1)
    assert actions.remind_overdue(at=at(row.deadline), today=row.deadline) == 0, "its last day is not over"
    for _ in range(2):
        assert actions.remind_overdue(at=at(late), today=late) == 1
    told = Message.objects.filter(title__startswith="投诉逾期未答复", channel="inbox")
    assert told.count() == len({message.recipient_id for message in told}) > 0
    assert row.text not in "".join(message.text + message.title for message in told)


def test_nothing_that_was_said_is_rewritten(board: Board) -> None:
    row = complain(board)
    actions.answer_complaint(by=board.clerk, at=at(MONDAY), complaint=row, text="好")
    for sql in ("UPDATE communities_complaint SET text = 'x'", "UPDATE communities_complaintanswer SET text = 'x'",
                "DELETE FROM communities_complaint"):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert ComplaintAnswer.objects.get().text == "好"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"text": "甲\x00乙"}, "text"),
        ({"text": "长" * 2001}, "text"),
        ({"category": "vote"}, "category"),
        ({"phone": "1" * 41}, "phone"),
    ],
)
def test_bad_input_names_its_field(board: Board, resident: Client, given: dict[str, str], field: str) -> None:
    answer = resident.post(f"/c/{board.communities[0].uid}/complain/", {**WORDS, **given})
    assert answer.status_code == 400 and f"id_{field}" in answer.content.decode()
    with pytest.raises(Invalid) as refused:
        complain(board, **given)
    assert field in refused.value.errors
    assert not Complaint.objects.exists()


def test_a_photo_that_is_too_large_or_none_is_refused_and_nothing_is_kept(
    board: Board, resident: Client, settings: Any
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 3 * 1024
    url = f"/c/{board.communities[0].uid}/complain/"
    for content, reason in (
        (b"\xff\xd8\xff" + b"x" * 30_000, "最多"),
        ("只是文字".encode(), "照片"),
        (b"MZ" + b"\x00" * 100, "类型"),
    ):
        answer = resident.post(url, {**WORDS, "photo": SimpleUploadedFile("现场.jpg", content)})
        assert answer.status_code == 400 and reason in answer.content.decode()
    assert not Complaint.objects.exists() and not StoredFile.objects.filter(uploaded_by=None).exists()


def test_a_machine_that_fills_the_trap_and_an_address_that_sends_too_much_are_refused(
    board: Board, resident: Client, settings: Any
) -> None:
    url = f"/c/{board.communities[0].uid}/complain/"
    assert resident.post(url, {**WORDS, "website": "http://spam"}).status_code == 400
    settings.REST = {**settings.REST, "PORTAL_SENDS": 2}
    answers = [resident.post(url, WORDS, REMOTE_ADDR="203.0.113.7").status_code for _ in range(4)]
    assert answers == [302, 302, 429, 429] and Complaint.objects.count() == 2


def test_a_list_asks_a_bounded_number_of_queries(board: Board, django_assert_max_num_queries: Any) -> None:
    client = signed_in(board.clerk)
    for number in range(12):
        complain(board, MONDAY - dt.timedelta(days=number), phone=f"1391111000{number % 10}")
    with django_assert_max_num_queries(24):
        assert client.get("/staff/communities/complaints/").status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get("/api/v1/complaints/").json()["results"][0]["repeats"] >= 0
