"""Notices over HTTP as a resident without JavaScript and as staff; what nobody may do; what no public page may show."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals import notices
from approvals.models import Notice, Remark
from offices.demonstration import Offices
from tests.approvals.notices import AFTER, MONDAY, PERSON, Board, at

pytestmark = pytest.mark.django_db
BAD = "<script>alert(1)</script>不同意砍树"


@pytest.fixture
def board(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> Board:
    """城中区 on a Monday."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: at(MONDAY, 12))
    return Board(offices)


def signed_in(user: Any) -> Client:
    """A browser in which someone is signed in."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def text(response: Any) -> str:
    """The page."""
    body: str = response.content.decode()
    return body


@pytest.mark.rule("LZ-08")
def test_from_draft_to_close_without_javascript(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    staff, resident, place = signed_in(board.clerk), Client(), board.communities[0]
    new = f"/staff/notices/new/?type=project&uid={board.project.uid}"
    assert "随正文公示的内容" in text(staff.get(new))
    words = {"title": "映山街方案公示", "text": "更换给水管道", "communities": [str(place.uid)]}
    staff.post(new, {**words, "file": SimpleUploadedFile("方案.txt", "方案".encode())})
    notice = Notice.objects.get()
    assert resident.get(f"/notices/{notice.uid}/").status_code == 404
    assert resident.post(f"/notices/{notice.uid}/say/", {"kind": "objection", "text": "x"}).status_code == 404
    assert "草稿" in text(staff.get(f"/staff/notices/{notice.uid}/sheet/"))
    assert staff.post(f"/staff/notices/{notice.uid}/post/").status_code == 302
    page = text(resident.get(f"/notices/{notice.uid}/"))
    for shown in ("剩余5个工作日", "至2026年3月9日", "LZ-08", "休息日（星期六），不计", "更换给水管道"):
        assert shown in page
    assert "映山街方案公示" in text(resident.get(f"/c/{place.uid}/"))
    download = resident.get(f"/notices/{notice.uid}/files/{notice.files[0]['uid']}/")
    assert b"".join(download.streaming_content).decode() == "方案"  # type: ignore[attr-defined]
    sheet = text(staff.get(f"/staff/notices/{notice.uid}/sheet/"))
    assert "data:image/svg+xml" in sheet and "（盖章）" in sheet and "board-draft" not in sheet
    assert "其间的特殊日子：2026年3月7日（休息日（星期六），不计）" in sheet, "the sheet lists what the period skips"

    say = f"/notices/{notice.uid}/say/"
    given = {"kind": "objection", "text": BAD, "community": str(place.uid), **PERSON}
    assert text(resident.post(say, {**given, "website": "x"})).count("请勿填写") and not Remark.objects.exists()
    check = text(resident.post(say, given))
    assert "尚未提交" in check and "&lt;script&gt;" in check and not Remark.objects.exists()
    assert "下一步：核对" in text(resident.post(say, {**given, "back": "1"}))
    receipt = resident.post(say, {**given, "confirm": "1"}, follow=True)
    remark = Remark.objects.get()
    assert remark.number in text(receipt) and "<script>alert" not in text(receipt)

    desk = f"/staff/remarks/{remark.uid}/"
    assert "<script>alert" not in text(staff.get(desk)) and "欧**" in text(staff.get(desk))
    assert staff.post(desk, {"outcome": "adopted", "summary": f"{PERSON['name']}反对", "text": "好"}).status_code == 400
    assert (
        staff.post(desk, {"outcome": "adopted", "summary": "要求保留树木", "text": "保留全部乔木。"}).status_code == 302
    )
    assert "保留全部乔木。" in text(resident.get("/follow/", {"number": remark.number}, follow=True))
    assert "要求保留树木" in text(resident.get(f"/notices/{notice.uid}/"))

    close = f"/staff/notices/{notice.uid}/close/"
    assert staff.post(close).status_code == 409
    monkeypatch.setattr("offices.clock.timezone.now", lambda: at(AFTER))
    staff = signed_in(board.clerk)  # a session ends after half a day
    assert staff.post(close).status_code == 403
    assert signed_in(board.leader).post(close, {"confirmed": "1"}).status_code == 302
    assert "已结束" in text(resident.get(f"/notices/{notice.uid}/"))
    late = text(resident.post(say, {**given, "confirm": "1"}, follow=True))
    assert "公示期满后收到" in late


def test_personal_values_and_words_are_on_no_public_page(board: Board) -> None:
    notice = board.post()
    remark = board.answer(board.say(notice, text=BAD))
    board.say(notice, text="尚未答复的异议")
    anyone, staff = Client(), signed_in(board.clerk)
    urls = [
        "/", f"/c/{board.communities[0].uid}/", f"/notices/{notice.uid}/", "/api/v1/notices/", f"/api/v1/notices/{notice.uid}/",
        f"/api/v1/notices/{notice.uid}/objections/", "/api/v1/notices/export/?format=csv", "/api/v1/communities/",
    ]  # fmt: skip
    answers = [anyone.get(url) for url in urls]
    assert {answer.status_code for answer in answers} == {200}
    public = "".join(
        b"".join(answer.streaming_content).decode() if answer.streaming else text(answer)
        for answer in answers  # type: ignore[attr-defined]
    )
    assert not [value for value in (*PERSON.values(), "砍树", "尚未答复的异议", remark.number) if value in public]
    assert "建议保留树木" in public
    own = text(anyone.get(f"/remarks/{remark.number}/"))
    masked = text(staff.get(f"/staff/remarks/{remark.uid}/")) + text(
        staff.get(f"/api/v1/notices/{notice.uid}/objections/")
    )
    assert not [value for value in PERSON.values() if value in own + masked]
    assert PERSON["phone"] in text(staff.post(f"/staff/remarks/{remark.uid}/reveal/", {"reason": "电话答复"}))


def test_what_was_posted_is_changed_by_no_form_and_no_program(board: Board) -> None:
    notice, staff = board.post(), signed_in(board.clerk)
    staff.post(f"/staff/notices/{notice.uid}/edit/", {"title": "改", "text": "改", "communities": notice.places})
    tag = staff.get(f"/api/v1/notices/{notice.uid}/").headers["ETag"]
    for body in ({"text": "改"}, {"posted_on": "2026-01-01"}, {"last_day": "2026-03-03"}, {"state": "closed"}):
        answer = staff.patch(
            f"/api/v1/notices/{notice.uid}/", body, content_type="application/json", headers={"If-Match": tag}
        )
        assert answer.status_code in {400, 409}
    fresh = Notice.objects.get()
    assert (fresh.text, fresh.posted_on, fresh.state) == (notice.text, MONDAY, "posted")


def test_a_number_is_not_guessed_and_an_address_does_not_flood(board: Board, settings: Any) -> None:
    notice, resident = board.post(), Client()
    settings.REST = {**settings.REST, "PORTAL_SENDS": 2, "PORTAL_MISSES": 2}
    given = {"kind": "opinion", "text": "好", "community": str(board.communities[0].uid), "confirm": "1"}
    url = f"/notices/{notice.uid}/say/"
    assert [resident.post(url, given, REMOTE_ADDR="203.0.113.9").status_code for _ in range(3)] == [302, 302, 429]
    guesses = [resident.get(f"/remarks/Y-0000-0000-000{n}/", REMOTE_ADDR="203.0.113.9").status_code for n in range(4)]
    assert guesses == [404, 404, 429, 429]


def test_pages_ask_a_bounded_number_of_queries(board: Board, django_assert_max_num_queries: Any) -> None:
    notice = board.post()
    for number in range(10):
        remark = board.say(notice, text=f"意见{number}")
        if number % 2:
            board.answer(remark)
    staff = signed_in(board.clerk)
    for client, url, most in (
        (staff, "/staff/notices/", 25), (staff, f"/staff/notices/{notice.uid}/", 35), (Client(), f"/notices/{notice.uid}/", 12),
        (Client(), "/api/v1/notices/", 8), (staff, f"/staff/opinions/project/{board.project.uid}/", 35),
    ):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert client.get(url).status_code == 200


def test_the_day_after_says_so(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = board.post()
    monkeypatch.setattr("offices.clock.timezone.now", lambda: at(AFTER + dt.timedelta(days=1)))
    assert "公示期满，待结束" in text(Client().get(f"/notices/{notice.uid}/"))
    notices.withdraw_notice(by=board.clerk, at=at(AFTER), notice=notice, reason="面积有误")
    page = text(Client().get(f"/notices/{notice.uid}/"))
    assert "已撤回" in page and "面积有误" in page and "提意见或异议" not in page
