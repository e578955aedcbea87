"""Numbers that people got: the one search page knows each kind; a receipt of a confirmed vote leads to its evidence; failed messages."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import confirm_vote, finish_counting
from approvals.votes.objections import answer_objection, make_objection
from offices.demonstration import Offices
from offices.models import SmsMessage
from tests.votes.conftest import DAY, Clock
from tests.votes.letters import three
from tests.votes.test_desk_pages import browser, text, url
from tests.votes.test_sms import ask, committed, phone_of  # noqa: F401 (committed: messages go out within the test)

GIVEN = {"text": "请重新核对", "name": "欧阳小明", "phone": "13912345678", "home": "1-101"}


def followed(client: Client, number: str) -> Any:
    """What the search page answers."""
    return client.get(reverse("portal:follow"), {"number": number})


def test_the_search_knows_a_ballot_and_an_objection_and_tells_nothing_by_itself(
    vote: Vote, voters: list[RollVoter], offices: Offices, clock: Clock, client: Client
) -> None:
    first, second, _ = three(offices)
    receipt = cast_ballot(at=clock.now, vote=vote, voter=voters[0], choice="oppose", channel="online").receipt
    typed = "-".join(receipt[start : start + 4] for start in range(0, 16, 4)).lower()
    found = followed(client, typed)
    assert found.status_code == 302
    target = urlsplit(found["Location"])
    assert target.path == reverse("portal:vote_receipt", args=[vote.uid]) and parse_qs(target.query)["number"] == [
        typed
    ]
    page = text(client.get(found["Location"]))
    assert f'value="{typed}"' in page and "计入" not in page and "反对" not in page
    shown = text(client.post(target.path, {"number": typed}))
    assert "计入" in shown and "反对" not in shown and "evidence.zip" not in shown
    clock.to(vote.closes_at)
    finish_counting(by=first, at=clock.now, vote=vote)
    objection = make_objection(at=clock.now, vote=vote, given=GIVEN)
    found = followed(client, objection.receipt)
    path = reverse("portal:vote_objection_follow", args=[vote.uid])
    assert found.status_code == 302 and urlsplit(found["Location"]).path == path
    page = text(client.get(found["Location"]))
    assert objection.receipt in page and GIVEN["text"] not in page
    assert GIVEN["text"] in text(client.post(path, {"number": objection.receipt}))
    answer_objection(by=second, at=clock.now, objection=objection, text="已核对")
    clock.forward(25 * DAY)
    confirm_vote(by=second, at=clock.now, vote=Vote.objects.get(pk=vote.pk))
    confirmed = text(client.post(target.path, {"number": typed}))
    link = f"{reverse('portal:vote_evidence', args=[vote.uid])}?receipt={typed.upper()}"
    assert link in confirmed and client.get(link)["Content-Type"] == "application/zip"


@pytest.mark.parametrize(
    "number", ["B-0000-0000-0000", "D-0000-0000-0000", "0" * 16, "X-0000-0000-0000", "\x00", "回执", "9" * 900]
)
def test_a_number_of_nothing_is_said_so(db: None, client: Client, number: str) -> None:
    page = followed(client, number)
    assert page.status_code == 404 and "核对" in text(page)


def test_guessing_numbers_is_slowed(db: None, settings: Any, client: Client) -> None:
    settings.REST = {**settings.REST, "PORTAL_MISSES": 0}
    assert followed(client, "B-0000-0000-0000").status_code == 429


def test_messages_that_failed_are_shown_masked_while_somebody_waits_for_them(
    vote: Vote,
    voters: list[RollVoter],
    offices: Offices,
    clock: Clock,
    settings: Any,
    django_assert_max_num_queries: Any,
) -> None:
    first, _, _ = three(offices)
    desk, foreign = browser(first), browser(offices.user("芮城县", "housing", "clerk"))
    numbers = [phone_of(voter) for voter in voters[:3]]
    assert "没有发送失败" in text(desk.get(url("vote_texts")))
    settings.SMS_GATEWAY = "tests.votes.test_sms.Down"
    for number in numbers:
        ask(Client(), vote, number)
    with django_assert_max_num_queries(15):
        page = text(desk.get(url("vote_texts")))
    assert page.count("连接不上短信服务商") == 3 and "139****" in page and vote.title in page
    assert not any(number in page for number in numbers)
    assert "3 条验证码短信没有发出" in text(desk.get(url("votes"))) and "3 条验证码短信" in text(
        desk.get(reverse("staff_home"))
    )
    assert "没有发送失败" in text(foreign.get(url("vote_texts"))) and "条验证码短信" not in text(
        foreign.get(url("votes"))
    )
    settings.SMS_GATEWAY = "file"
    ask(Client(), vote, numbers[0])
    assert text(desk.get(url("vote_texts"))).count("连接不上短信服务商") == 2, (
        "the first one has got his code after all"
    )
    SmsMessage.objects.filter(sent_at__isnull=True).update(error="", created_at=clock.now - dt.timedelta(minutes=11))
    assert text(desk.get(url("vote_texts"))).count("不知是否送达") == 2, "cut off in the middle"
    clock.to(vote.closes_at)
    assert "没有发送失败" in text(desk.get(url("vote_texts"))), "nobody waits any more"
