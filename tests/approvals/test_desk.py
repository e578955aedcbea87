"""The desk of whoever decides: the inbox in its order, batch approval, copies, phrases, the way from case to case."""

import copy
import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals import inbox
from approvals.copies import send_copy
from approvals.escalation import escalate
from approvals.models import Case, CaseAsk, CaseCopy, CaseStage, Opinion, Phrase
from approvals.phrases import MOST, drop_phrase, save_phrase
from offices.duties import escalated_until
from offices.models import Body, Duty, Message, User
from policies.refusal import Forbidden, Invalid, Refused
from tests.approvals.conftest import Desk, Paper
from tests.approvals.test_pages import opinion, signed_in
from tests.cast import AT, TODAY

DAY = dt.timedelta(days=1)


def many(case: Case, number: int) -> list[Case]:
    """Copies of a case with its open stage and ask and the stage after it, as if ``number`` more offices had submitted theirs."""
    offices = list(Body.objects.exclude(uid=case.subject_uid).values_list("uid", flat=True))
    stage = case.stages.get(round=case.round, state=CaseStage.State.OPEN)
    ask = stage.asks.get()
    made = []
    for each in range(number):
        row = copy.copy(case)
        row.pk, row.uid, row.title = None, uuid.uuid4(), f"第{each}号年度计划"
        row.subject_uid = offices[each] if each < len(offices) else uuid.uuid4()
        made.append(row)
    cases = Case.objects.bulk_create(made)
    stages = CaseStage.objects.bulk_create(
        [
            CaseStage(case=row, round=1, number=1, name=stage.name, act=stage.act, needs=stage.needs, state="open")
            for row in cases
        ]
    )
    CaseStage.objects.bulk_create(
        [CaseStage(case=row, round=1, number=2, name="市级审查", act="review", needs="all") for row in cases]
    )
    CaseAsk.objects.bulk_create(
        [CaseAsk(case=row.case, stage=row, body=ask.body, asked_at=ask.asked_at) for row in stages]
    )
    return cases


def due(case: Case, day: dt.date, strength: str = "must") -> None:
    """A document sets a day for the subject of a case."""
    row = Duty(
        subject_type=case.subject_type, subject_uid=case.subject_uid, subject_title=case.title, rule_id="LZ-09", rulebook="liuzhou",
        milestone="plan_declaration", strength=strength, plan_year=2026, due_on=day, created_at=AT, updated_at=AT,
    )  # fmt: skip
    row.place_in(case.division)
    row.save()


@pytest.fixture
def approver(liuzhou: Desk) -> User:
    """城中区人民政府's approver; one case waits for him."""
    liuzhou.submit()
    return liuzhou.offices.user("城中区", "government", "approver")


def test_the_most_urgent_comes_first_and_the_address_narrows(liuzhou: Desk, approver: User) -> None:
    case = liuzhou.case
    without, later, late, today = many(case, 4)
    today_ = timezone.localdate()
    for row, days in ((later, 5), (late, -3), (today, 0)):
        due(row, today_ + days * DAY)
    order = [ask.case_id for ask in inbox.waiting(approver, today_)]
    assert order[:3] == [late.pk, today.pk, later.pk] and set(order[3:]) == {case.pk, without.pk}
    client = signed_in(approver)

    def listed(**query: Any) -> list[str]:
        page = client.get(reverse("approvals:inbox"), query)
        assert page.status_code == 200, query
        return [ask.case.title for ask in page.context["page"]]

    assert listed(due="late") == [late.title] and listed(due="today") == [today.title]
    assert set(listed(due="week")) == {today.title, later.title} and len(listed(due="none")) == 2
    assert listed(text="第3号") == [today.title] and len(listed(kind="body")) == 5 and listed(kind="annualplan") == []
    county, other = liuzhou.offices.divisions["城中区"], liuzhou.offices.divisions["玉州区"]
    assert len(listed(division=str(county.uid))) == 5
    for query in ({"division": str(other.uid)}, {"due": "soon"}, {"kind": "x"}, {"body": "x"}, {"text": "\x00"}):
        assert client.get(reverse("approvals:inbox"), query).status_code == 400, query
    page = client.get(reverse("approvals:inbox")).content.decode()
    assert "<title>(5) 待办" in page and "超期" in page and "今日到期" in page


def test_the_inbox_takes_few_queries_with_a_thousand_cases(
    liuzhou: Desk, approver: User, django_assert_max_num_queries: Any
) -> None:
    for row in many(liuzhou.case, 1000)[:60]:
        due(row, TODAY)
    client = signed_in(approver)
    for tab in ("todo", "done", "mine", "copies"):
        with django_assert_max_num_queries(15):
            page = client.get(reverse("approvals:inbox"), {"tab": tab})
        assert page.status_code == 200
    assert client.get(reverse("approvals:inbox")).context["page"].paginator.num_pages == 21


def test_each_decision_leads_to_the_next_case_of_the_narrowed_inbox(liuzhou: Desk, approver: User) -> None:
    first, other, last = many(liuzhou.case, 3)
    for row, days in ((first, 1), (last, 2)):
        due(row, timezone.localdate() + days * DAY)
    client, query = signed_in(approver), "?due=week"
    url = reverse("approvals:case", args=[first.uid]) + query
    page = client.get(url)
    assert "待办第 1 件，共 2 件" in page.content.decode()
    assert reverse("approvals:case", args=[last.uid]) + query in page.content.decode()
    answer = client.post(url, {**opinion(liuzhou, "城中区", "government"), "seen": first.content_hash})
    assert answer.headers["Location"] == reverse("approvals:case", args=[last.uid]) + query
    answer = client.post(
        answer.headers["Location"], {**opinion(liuzhou, "城中区", "government"), "seen": last.content_hash}
    )
    assert answer.headers["Location"] == reverse("approvals:inbox") + query  # the others are not of this week
    assert Opinion.objects.count() == 2 and other.opinions.count() == 0


def test_ten_are_passed_with_one_opinion_and_what_cannot_be_is_split_off(
    liuzhou: Desk, approver: User, django_assert_max_num_queries: Any
) -> None:
    rows = many(liuzhou.case, 11)
    changed, answered = rows[0], rows[1]
    asks = {ask.case_id: ask for ask in CaseAsk.objects.filter(answered_at__isnull=True, asked_at__isnull=False)}
    chosen = [f"{asks[row.pk].pk}:{row.content_hash}" for row in rows if row != changed]
    chosen.append(f"{asks[changed.pk].pk}:{'0' * 64}")
    CaseAsk.objects.filter(case=answered).update(answered_at=AT)
    client, url = signed_in(approver), reverse("approvals:batch")
    save_phrase(by=approver, at=AT, text="符合要求，同意。")
    with django_assert_max_num_queries(20):
        page = client.post(url, {"ask": chosen}).content.decode()
    assert "通过这 9 件" in page and "已修改" in page and "已有意见" in page and "符合要求，同意。" in page
    assert not Opinion.objects.exists()
    done = client.post(
        url, {"ask": chosen, "confirm": "1", "phrase": "符合要求，同意。", "reasons": "请抓紧。"}
    ).content.decode()
    assert done.count("已通过") >= 9 and "办理下一件" in done
    given = Opinion.objects.filter(verdict="pass")
    assert given.count() == 9 and {row.reasons for row in given} == {"符合要求，同意。\n请抓紧。"}
    assert not changed.opinions.exists()


def test_a_batch_opinion_that_is_too_long_passes_nothing(liuzhou: Desk, approver: User) -> None:
    ask = liuzhou.case.asks.get(asked_at__isnull=False)
    data = {"ask": [f"{ask.pk}:{liuzhou.case.content_hash}"], "confirm": "1", "reasons": "长" * 2001}
    answer = signed_in(approver).post(reverse("approvals:batch"), data)
    assert answer.status_code == 400 and not Opinion.objects.exists()


def test_a_copy_lets_read_and_not_decide_and_is_told_once(liuzhou: Desk, approver: User) -> None:
    case, offices = liuzhou.case, liuzhou.offices
    city = offices.body("柳州市", "power")
    reader = offices.user("柳州市", "power", "approver")
    before = signed_in(reader).get(reverse("approvals:inbox"), {"tab": "copies"}).content.decode()
    assert case.title not in before
    url = reverse("approvals:copy", args=[case.uid])
    signed_in(approver).post(url, {"reader": f"body:{city.uid}", "note": "涉及地下管线"})
    row = CaseCopy.objects.get()
    assert (row.body, row.by, row.note) == (city, approver, "涉及地下管线")
    assert Message.objects.filter(event=f"copy:{row.uid}", recipient=reader, channel="inbox").count() == 1
    desk = signed_in(reader)
    assert case.title in desk.get(reverse("approvals:inbox"), {"tab": "copies"}).content.decode()
    page = desk.get(reverse("approvals:case", args=[case.uid]))
    assert page.status_code == 200 and "不予通过</button>" not in page.content.decode()
    forged = desk.post(reverse("approvals:case", args=[case.uid]), opinion(liuzhou, "城中区", "government"))
    assert forged.status_code == 403 and not Opinion.objects.exists()
    with pytest.raises(Refused, match="已经抄送过"), transaction.atomic():
        send_copy(by=approver, at=AT, case=case, body=city)
    with pytest.raises(Forbidden):  # whoever was only copied in copies nobody
        send_copy(by=reader, at=AT, case=case, body=city)


def test_a_copy_opens_the_case_to_one_of_another_place_alone(liuzhou: Desk, approver: User) -> None:
    """A colleague by name sees it; a body of elsewhere is no choice."""
    case, offices = liuzhou.case, liuzhou.offices
    leader, stranger = offices.user("城中区", "government", "leader"), offices.user("玉林市", "finance", "approver")
    send_copy(by=approver, at=AT, case=case, user=leader)
    assert inbox.copied(leader, TODAY, inbox.Narrowed()).count() == 1
    for wrong in (
        {"body": offices.body("玉林市", "finance")},
        {"user": stranger},
        {},
        {"user": leader, "body": liuzhou.body},
    ):
        with pytest.raises(Invalid):
            send_copy(by=approver, at=AT, case=case, **wrong)
    assert signed_in(stranger).get(reverse("approvals:case", args=[case.uid])).status_code == 404
    assert not inbox.copied(stranger, TODAY, inbox.Narrowed()).exists()


def test_a_phrase_is_put_before_what_was_typed_without_script(liuzhou: Desk, approver: User) -> None:
    save_phrase(by=approver, at=AT, text="请补充材料。")
    url = reverse("approvals:case", args=[liuzhou.case.uid])
    client = signed_in(approver)
    assert '<option value="请补充材料。">' in client.get(url).content.decode()
    foreign = client.post(url, opinion(liuzhou, "城中区", "government", "return", phrase="别人的话"))
    assert foreign.status_code == 400 and not Opinion.objects.exists()
    client.post(url, opinion(liuzhou, "城中区", "government", "return", phrase="请补充材料。"))
    assert Opinion.objects.get().reasons == "请补充材料。"


def test_phrases_are_made_changed_and_deleted_by_whose_they_are(liuzhou: Desk, approver: User) -> None:
    body, leader = liuzhou.offices.body("城中区", "government"), liuzhou.offices.user("城中区", "government", "leader")
    client, page = signed_in(approver), reverse("approvals:phrases")
    assert client.post(page, {"text": "同意", "body": str(body.uid)}).status_code == 302
    assert client.post(page, {"text": "同意", "body": str(body.uid)}).status_code == 409 or Phrase.objects.count() == 1
    shared = Phrase.objects.get()
    own = save_phrase(by=leader, at=AT, text="我的话")
    assert "我的话" not in client.get(page).content.decode()
    for url in (reverse("approvals:phrase", args=[own.uid]), reverse("approvals:drop_phrase", args=[own.uid])):
        assert client.post(url, {"text": "改"}).status_code == 404
    with pytest.raises(Forbidden):
        drop_phrase(by=approver, at=AT, phrase=own)
    with pytest.raises(Forbidden):
        save_phrase(by=liuzhou.clerk, at=AT, text="冒充", body=body)
    signed_in(leader).post(reverse("approvals:phrase", args=[shared.uid]), {"text": "同意上报"})
    shared.refresh_from_db()
    assert shared.text == "同意上报" and shared.version == 2
    for wrong in ("", "字" * 301, "\x00"):
        with pytest.raises(Invalid):
            save_phrase(by=approver, at=AT, text=wrong)
    for number in range(MOST):
        save_phrase(by=approver, at=AT, text=f"第{number}句")
    with pytest.raises(Refused):
        save_phrase(by=approver, at=AT, text="多一句")
    client.post(reverse("approvals:drop_phrase", args=[shared.uid]))
    assert not Phrase.objects.filter(body=body).exists()


def test_the_case_file_marks_what_was_returned_and_shows_the_papers(
    liuzhou: Desk, approver: User, paper: Paper
) -> None:
    url, client = reverse("approvals:case", args=[liuzhou.case.uid]), signed_in(approver)
    client.post(url, opinion(liuzhou, "城中区", "government", "return", reasons="户数不符", fields=["households"]))
    paper.text["households"] = 120
    liuzhou.submit()
    page = client.get(url).content.decode()
    assert 'class="row-marked"' in page and "要求修改" in page and "与上一轮相比（1 处）" in page
    assert "没有另外登记的材料" in page and "已等待" in page or "今天送来" in page


def test_the_case_file_takes_as_many_queries_with_a_full_inbox(
    liuzhou: Desk, approver: User, django_assert_max_num_queries: Any
) -> None:
    many(liuzhou.case, 600)
    client = signed_in(approver)
    with django_assert_max_num_queries(27):
        page = client.get(reverse("approvals:case", args=[liuzhou.case.uid])).content.decode()
    assert "共 500多 件" in page


def test_an_opinion_owed_too_long_goes_to_the_leader_once(liuzhou: Desk, approver: User) -> None:
    leader = liuzhou.offices.user("城中区", "government", "leader")

    def told() -> list[str]:
        rows = Message.objects.filter(event__startswith="escalation:", recipient=leader, channel="inbox")
        return list(rows.values_list("title", flat=True))

    day = TODAY
    while escalated_until(day) < TODAY:
        assert escalate(at=AT + (day - TODAY), today=day) == 0
        day += DAY
    assert escalate(at=AT + (day - TODAY), today=day) == 1 and told() == [f"请督办：{liuzhou.case.title}"]
    for later in (0, 1, 90):  # again at once, the next day, a quarter later
        assert escalate(at=AT + (day - TODAY) + later * DAY, today=day + later * DAY) == 0
    assert len(told()) == 1 and not Message.objects.filter(event__startswith="escalation:", recipient=approver).exists()
    page = signed_in(leader).get("/staff/").content.decode()
    assert "请您督办" in page and liuzhou.case.title in page
    assert "请您督办" not in signed_in(approver).get("/staff/").content.decode()
    liuzhou.answer("城中区", "government")
    assert "请您督办" not in signed_in(leader).get("/staff/").content.decode()


def test_what_is_answered_in_time_is_never_escalated(liuzhou: Desk, approver: User) -> None:
    liuzhou.answer("城中区", "government")
    ask = liuzhou.case.asks.filter(asked_at__isnull=False, answered_at__isnull=True).first()
    assert ask is not None
    assert (
        escalate(at=AT + 90 * DAY, today=TODAY + 90 * DAY)
        == liuzhou.case.asks.filter(asked_at__isnull=False, answered_at__isnull=True).count()
    )
    government = liuzhou.offices.user("城中区", "government", "leader")
    assert not Message.objects.filter(event__startswith="escalation:", recipient=government).exists()


def test_anonymous_has_no_desk(db: None) -> None:
    for name in ("approvals:inbox", "approvals:phrases"):
        assert Client().get(reverse(name)).status_code == 302
