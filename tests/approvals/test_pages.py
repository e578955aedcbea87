"""The approver's pages and the programs' interface, over the same engine."""

from typing import Any

from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from approvals.models import Case, Opinion
from offices.models import User
from tests.approvals.conftest import Desk, Paper


def signed_in(user: User) -> Client:
    """The browser of someone who is signed in."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def opinion(desk: Desk, place: str, kind: str, verdict: str = "pass", **more: Any) -> dict[str, Any]:
    """The opinion form as it is sent."""
    body = desk.offices.body(place, kind)
    return {"body": str(body.uid), "verdict": verdict, "reasons": "", "seen": desk.case.content_hash, **more}


def test_an_approver_finds_the_case_reads_it_and_passes_it(liuzhou: Desk) -> None:
    case = liuzhou.submit()
    approver = signed_in(liuzhou.offices.user("城中区", "government", "approver"))
    inbox = approver.get(reverse("approvals:inbox")).content.decode()
    assert "城中区年度计划" in inbox and "县区申报" in inbox
    url = reverse("approvals:case", args=[case.uid])
    page = approver.get(url).content.decode()
    assert "households" in page and "LZ-11" in page and "不予通过" in page and "0 / 1 家已提意见" in page
    assert approver.post(url, opinion(liuzhou, "城中区", "government")).status_code == 302
    done = approver.get(reverse("approvals:inbox"), {"tab": "done"}).content.decode()
    assert "城中区年度计划" in done and "通过" in done


def test_a_return_marks_the_fields_and_the_next_round_shows_what_changed(liuzhou: Desk, paper: Paper) -> None:
    case = liuzhou.submit()
    approver = signed_in(liuzhou.offices.user("城中区", "government", "approver"))
    url = reverse("approvals:case", args=[case.uid])
    empty = approver.post(url, opinion(liuzhou, "城中区", "government", "return"))
    assert empty.status_code == 400 and "必须写明理由" in empty.content.decode()
    approver.post(url, opinion(liuzhou, "城中区", "government", "return", reasons="户数不符", fields=["households"]))
    clerk = signed_in(liuzhou.clerk).get(url).content.decode()
    assert "需要修改：households" in clerk and "户数不符" in clerk
    paper.text["households"] = 120
    liuzhou.submit()
    page = approver.get(url).content.decode()
    assert "与上一轮相比" in page and '<td data-label="上一轮">100</td><td data-label="本轮">120</td>' in page


def test_a_page_opened_before_the_content_changed_is_stale(liuzhou: Desk, paper: Paper) -> None:
    case = liuzhou.submit()
    old = opinion(liuzhou, "城中区", "government")
    liuzhou.answer("城中区", "government", "return", reasons="请补充")
    paper.text["households"] = 120
    liuzhou.submit()
    approver = signed_in(liuzhou.offices.user("城中区", "government", "approver"))
    answer = approver.post(reverse("approvals:case", args=[case.uid]), old)
    assert answer.status_code == 412 and "已经修改" in answer.content.decode()
    assert Opinion.objects.filter(case=case).count() == 1


def test_the_form_is_for_those_who_decide_and_the_engine_says_no_to_others(liuzhou: Desk) -> None:
    url = reverse("approvals:case", args=[liuzhou.submit().uid])
    clerk = signed_in(liuzhou.clerk)
    assert "不予通过" not in clerk.get(url).content.decode()
    forged = clerk.post(url, opinion(liuzhou, "城中区", "government"))
    assert forged.status_code == 403 and not Opinion.objects.exists()
    stranger = signed_in(liuzhou.offices.user("玉林市", "finance", "approver"))
    assert stranger.get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_urging_and_taking_back_from_the_page(liuzhou: Desk) -> None:
    case = liuzhou.submit()
    clerk = signed_in(liuzhou.clerk)
    body = liuzhou.offices.body("城中区", "government")
    clerk.post(reverse("approvals:urge", args=[case.uid, body.uid]))
    assert "已催办" in clerk.get(reverse("approvals:case", args=[case.uid])).content.decode()
    clerk.post(reverse("approvals:withdraw", args=[case.uid]), {"reason": "报错了"})
    case.refresh_from_db()
    assert case.state == Case.State.WITHDRAWN


def test_batch_approval_checks_first_and_splits_what_cannot_be_passed(liuzhou: Desk, paper: Paper) -> None:
    liuzhou.submit()
    approver = liuzhou.offices.user("城中区", "government", "approver")
    client, url = signed_in(approver), reverse("approvals:batch")
    ask = liuzhou.case.asks.get(asked_at__isnull=False)
    seen = f"{ask.pk}:{liuzhou.case.content_hash}"
    assert "可以通过" in client.post(url, {"ask": [seen]}).content.decode()
    assert not Opinion.objects.exists()
    assert "已修改" in client.post(url, {"ask": [f"{ask.pk}:other"]}).content.decode()
    assert "已通过" in client.post(url, {"ask": [seen], "confirm": "1"}).content.decode()
    assert Opinion.objects.get().by == approver
    assert "已不在您的待办中" in client.post(url, {"ask": [seen], "confirm": "1"}).content.decode()


def test_batch_approval_leaves_out_what_needs_a_document_number(liuzhou: Desk) -> None:
    desk = Desk(liuzhou.offices, "芮城县")
    desk.submit()
    desk.answer("芮城县", "housing")
    ask = desk.case.asks.get(asked_at__isnull=False, answered_at__isnull=True)
    client = signed_in(desk.offices.user("芮城县", "government", "approver"))
    page = client.post(reverse("approvals:batch"), {"ask": [f"{ask.pk}:{desk.case.content_hash}"]}).content.decode()
    assert "须填写文号" in page and "通过这" not in page


def test_programs_read_cases_and_answer_for_their_office(liuzhou: Desk) -> None:
    case = liuzhou.submit()
    client = APIClient()
    assert client.get("/api/v1/cases/").status_code == 401
    client.force_authenticate(liuzhou.offices.user("城中区", "government", "approver"))
    government = liuzhou.offices.body("城中区", "government")
    listed = client.get("/api/v1/cases/", {"waiting_for": str(government.uid)}).json()["results"]
    assert [row["uid"] for row in listed] == [str(case.uid)]
    assert [stage["name"] for stage in listed[0]["stages"]] == [
        "县区申报",
        "市级审查",
        "市人民政府同意",
        "三部门联合发文",
    ]
    url = f"/api/v1/cases/{case.uid}/opinions/"
    assert client.post(url, {"body": str(government.uid)}).status_code == 428
    client.credentials(HTTP_IF_MATCH="*")
    unread = client.post(url, {"body": str(government.uid), "verdict": "pass"})
    assert unread.status_code == 400 and "seen_hash" in unread.json()["errors"]
    stale = client.post(url, {"body": str(government.uid), "verdict": "pass", "seen_hash": "0" * 64})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    good = client.post(url, {"body": str(government.uid), "verdict": "pass", "seen_hash": case.content_hash})
    assert good.status_code == 201 and good.json()["opinions"][0]["verdict"] == "pass"
    again = client.post(
        url, {"body": str(government.uid), "verdict": "refuse", "reasons": "x", "seen_hash": case.content_hash}
    )
    assert again.status_code in (403, 409)
    client.force_authenticate(liuzhou.offices.user("玉林市", "finance", "approver"))
    assert client.get(f"/api/v1/cases/{case.uid}/").status_code == 404
