"""A resident votes with the code of his letter, as a browser without script sends it; and everything that must not work."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from approvals import codes
from approvals.models import Ballot, Code, Counting, RollVoter, Vote, VoteConfirmation, VoteObjection
from approvals.votes.casting import cast_ballot
from approvals.votes.closing import confirm_vote, finish_counting
from approvals.votes.objections import answer_objection, open_contact
from communities.models import Community, Person
from offices.demonstration import Offices
from offices.models import HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused
from tests.votes.conftest import DAY, HOUR, Clock, announced, make_community

RECEIPT = re.compile(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}")


def url(name: str, vote: Vote) -> str:
    return reverse(f"portal:{name}", args=[vote.uid])


def code_of(vote: Vote, voter: RollVoter, clock: Clock) -> str:
    """A letter's code, as its owner reads it."""
    fresh = codes.issue_letters(subject=vote, holders=[voter.pseudonym], at=clock.now)
    return codes.shown(fresh[voter.pseudonym])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def enter(client: Client, vote: Vote, code: str) -> str:
    answer = client.post(url("vote_identify", vote), {"code": code}, follow=True)
    return text(answer)


def choose(client: Client, vote: Vote, choice: str, **forged: str) -> Any:
    """Choose, check, send."""
    check = client.post(url("vote_ballot", vote), {"choice": choice})
    assert "尚未提交" in text(check), text(check)
    fields = dict(re.findall(r'name="(choice|key)" value="([^"]*)"', text(check)))
    return client.post(url("vote_send", vote), {**fields, **forged}, follow=True)


def persons_of(vote: Vote) -> list[Person]:
    return list(Person.objects.filter(community=vote.community))


def clean(page: str, vote: Vote) -> bool:
    """No personal value of anybody on the page."""
    return not any(
        value and value in page for row in persons_of(vote) for value in (row.name, row.phone, row.id_number)
    )


def test_from_the_letter_to_the_result(
    offices: Offices, community: Community, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    vote = announced(offices, community, clock, may_change=True, text="<script>alert(1)</script>方案")
    voters, browser = list(vote.voters.all()), Client()
    page = text(browser.get(url("vote", vote)))
    assert "尚未开始" in page and "去投票" not in page and "&lt;script&gt;" in page and "<script>alert" not in page
    assert text(browser.get(url("vote_identify", vote))).count("尚未开始")
    clock.to(vote.opens_at + HOUR)
    with django_assert_max_num_queries(12):
        page = text(browser.get(url("vote", vote)))
    assert "投票中，还有6天" in page and "三分之二以上" in page and "〔依据〕" in page and clean(page, vote)
    assert "业主表决" in text(browser.get(reverse("portal:community", args=[community.uid])))
    page = enter(browser, vote, code_of(vote, voters[0], clock).lower().replace("-", " "))
    assert "这是您的票" in page and voters[0].homes.get().room in page and "100.00 ㎡" in page and clean(page, vote)
    answer = choose(browser, vote, "agree", area="99999", voter=str(voters[1].pk), weight="9")
    page = text(answer)
    (number,) = set(RECEIPT.findall(page))
    ballot = Ballot.objects.get()
    assert (ballot.voter_id, str(ballot.area), ballot.choice, ballot.channel) == (
        voters[0].pk,
        "100.00",
        "agree",
        "online",
    )
    assert answer.redirect_chain and "已收到您的票" in page and "<dd>同意</dd>" in page
    stranger = Client()
    page = text(stranger.post(url("vote_receipt", vote), {"number": f" {number.lower()} "}))
    assert "计入" in page and "同意" not in page
    page = text(browser.get(url("vote_ballot", vote)))
    assert "您已于" in page and "以最后一次为准" in page
    assert "反对" in text(choose(browser, vote, "oppose"))
    assert Ballot.objects.count() == 2 and Counting.objects.get().ballot.choice == "oppose"
    assert "已被取代" in text(stranger.post(url("vote_receipt", vote), {"number": number}))
    browser.post(url("vote_leave", vote))
    assert "请重新验证身份" in text(browser.get(url("vote_ballot", vote), follow=True))
    for voter in voters[1:]:
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    page = text(browser.get(url("vote", vote)))
    assert not re.search(r"同意 \d|反对 \d|参与 \d", page), "nothing of the count before the close"
    clock.to(vote.closes_at)
    assert "计票结束前不公布任何数字" in text(browser.get(url("vote", vote)))
    finish_counting(by=offices.user("柳北区", "housing", "clerk"), at=clock.now, vote=vote)
    with django_assert_max_num_queries(12):
        page = text(browser.get(url("vote", vote)))
    assert "初步结果" in page and "通过" in page and "同意 11 人、1,100.00 ㎡" in page and "反对 1 人" in page
    assert "对结果提出异议" in page and clean(page, vote) and "结果公示到" in page
    clock.forward(20 * DAY)
    confirm_vote(by=offices.user("柳北区", "housing", "leader"), at=clock.now, vote=vote)
    page = text(browser.get(url("vote", vote)))
    assert "结果已确认" in page and "对结果提出异议" not in page
    page = text(browser.get(reverse("portal:votes")))
    assert vote.title in page and "结果已确认" in page


def test_a_second_ballot_is_refused_with_the_time_of_the_first(
    vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    browser, code = Client(), code_of(vote, voters[0], clock)
    enter(browser, vote, code)
    choose(browser, vote, "agree")
    other = Client()
    page = enter(other, vote, code)
    assert "您已于" in page and "按公告投出的票不能更改" in page and "button-choice" not in page
    assert other.post(url("vote_ballot", vote), {"choice": "oppose"}).status_code == 409
    answer = other.post(url("vote_send", vote), {"choice": "oppose", "key": "x"})
    assert answer.status_code == 409 and Ballot.objects.count() == 1


def test_the_same_check_page_sent_twice_is_one_ballot(vote: Vote, voters: list[RollVoter], clock: Clock) -> None:
    browser = Client()
    enter(browser, vote, code_of(vote, voters[0], clock))
    check = text(browser.post(url("vote_ballot", vote), {"choice": "abstain"}))
    fields = dict(re.findall(r'name="(choice|key)" value="([^"]*)"', check))
    for _ in range(3):
        assert browser.post(url("vote_send", vote), fields).status_code == 302
    assert Ballot.objects.count() == 1


def test_codes_that_open_nothing(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, settings: Any
) -> None:
    browser = Client()
    elsewhere = announced(offices, make_community(offices, ["70.00"], name="别处"), clock)
    foreign = code_of(elsewhere, elsewhere.voters.get(), clock)
    old = code_of(vote, voters[0], clock)
    new = code_of(vote, voters[0], clock)
    for wrong, words in (
        (foreign, "没有这个验证码"), (old, "已作废"), ("", "请输入"), ("ABCDEFGH", "这是 8 位"), ("0O1IL-UVAAA", "没有 0、1、O"),
        ("a\x00b" * 20, "没有这个验证码"), ("' OR 1=1 --", "没有这个验证码"),
    ):  # fmt: skip
        answer = browser.post(url("vote_identify", vote), {"code": wrong})
        assert answer.status_code in (400, 409) and words in text(answer), wrong
        assert "sessionid" not in browser.cookies
    enter(browser, vote, new)
    code_of(vote, voters[0], clock)  # the letter is replaced while he is in
    assert "已补发或验证码已作废" in text(browser.get(url("vote_ballot", vote)))
    settings.REST = {**settings.REST, "PORTAL_CODES": 0, "PORTAL_MISSES": 0}
    assert browser.post(url("vote_identify", vote), {"code": new}).status_code == 429
    assert browser.post(url("vote_receipt", vote), {"number": "x"}).status_code == 429
    assert not Ballot.objects.exists()


def test_outside_its_time_and_without_identity_nothing_is_taken(
    offices: Offices, community: Community, clock: Clock
) -> None:
    vote = announced(offices, community, clock)
    voter = vote.voters.first()
    assert voter is not None
    code, browser = code_of(vote, voter, clock), Client()
    assert "尚未开始" in text(browser.post(url("vote_identify", vote), {"code": code}))
    clock.to(vote.opens_at)
    assert browser.post(url("vote_send", vote), {"choice": "agree", "key": "k"}).status_code == 302, "sent to identify"
    enter(browser, vote, code)
    assert browser.post(url("vote_ballot", vote), {"choice": "maybe"}).status_code == 400
    assert browser.post(url("vote_send", vote), {"choice": "agree\x00", "key": "\x00"}).status_code == 400
    clock.forward(21 * HOUR / 60)
    assert browser.post(url("vote_send", vote), {"choice": "agree", "key": "k"}).status_code == 302, "twenty minutes"
    enter(browser, vote, code)
    clock.to(vote.closes_at)
    answer = browser.post(url("vote_send", vote), {"choice": "agree", "key": "k"}, follow=True)
    assert "投票已截止" in text(answer) and not Ballot.objects.exists()
    assert Client(enforce_csrf_checks=True).post(url("vote_identify", vote), {"code": code}).status_code == 403


def test_a_session_is_of_one_vote_and_new_after_identification(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    other = announced(offices, make_community(offices, ["70.00"], name="别处"), clock)
    clock.to(other.opens_at)
    browser = Client()
    session = browser.session
    session["x"] = 1
    session.save()
    planted = session.session_key
    enter(browser, vote, code_of(vote, voters[0], clock))
    assert browser.session.session_key != planted
    assert browser.post(url("vote_send", other), {"choice": "agree", "key": "k"}).status_code == 302
    assert not Ballot.objects.exists()
    number = cast_ballot(at=clock.now, vote=vote, voter=voters[1], choice="oppose", channel="online").receipt
    page = text(browser.post(url("vote_receipt", vote), {"number": number}))
    assert "计入" in page and "反对" not in page, "another's choice"
    assert browser.post(url("vote_receipt", other), {"number": number}).status_code == 409
    assert Code.objects.filter(used_at__isnull=False).count() == 0


def test_a_draft_is_nobody_s_business(offices: Offices, vote: Vote, client: Client) -> None:
    draft = Vote(
        community=vote.community, made_by=vote.made_by, matter="scheme", title="草稿", text="x", opens_at=vote.opens_at,
        closes_at=vote.closes_at, created_at=vote.created_at, updated_at=vote.created_at,
    )  # fmt: skip
    draft.place_in(vote.division)
    draft.save()
    assert client.get(url("vote", draft)).status_code == 404
    assert client.post(url("vote_identify", draft), {"code": "x"}).status_code == 404
    assert "草稿" not in text(client.get(reverse("portal:votes")))


@pytest.fixture
def counted(offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock) -> Vote:
    for voter in voters:
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    clock.to(vote.closes_at)
    finish_counting(by=offices.user("柳北区", "housing", "clerk"), at=clock.now, vote=vote)
    return Vote.objects.get(pk=vote.pk)


OBJECTION = {"text": "2号楼的票没有计入<b>", "name": "金丝雀", "phone": "13987650987", "home": "2-302"}


def test_an_objection_stops_the_confirmation_until_it_is_answered(
    offices: Offices, counted: Vote, clock: Clock, client: Client
) -> None:
    leader = offices.user("柳北区", "housing", "leader")
    answer = client.post(url("vote_objection", counted), {**OBJECTION, "name": "", "text": "长" * 2001})
    assert answer.status_code == 400 and "请填写姓名" in text(answer) and "不能超过 2000" in text(answer)
    page = text(client.post(url("vote_objection", counted), OBJECTION))
    assert "尚未提交" in page and "&lt;b&gt;" in page and not VoteObjection.objects.exists()
    sent = client.post(url("vote_objection", counted), {**OBJECTION, "confirm": "1"})
    row = VoteObjection.objects.get()
    assert sent.status_code == 302
    for _ in range(2):  # a page that is loaded anew objects no second time
        page = text(client.get(sent["Location"]))
        assert row.receipt in page and "已收到您的异议" in page and OBJECTION["phone"] not in page
    assert VoteObjection.objects.count() == 1
    other = client.get(url("vote_objection_follow", counted), {"number": "B-0000-0000-0000", "new": "1"})
    assert other.status_code == 409 and "没有这个异议编号" in text(other)
    assert not any(OBJECTION["phone"] in str(entry.data) for entry in HistoryEntry.objects.all())
    page = text(client.get(url("vote", counted)))
    assert OBJECTION["name"] not in page and OBJECTION["phone"] not in page
    clock.forward(20 * DAY)
    with pytest.raises(Refused, match="1 条"):
        confirm_vote(by=leader, at=clock.now, vote=counted)
    with pytest.raises(Exception, match="异议没有答复"), transaction.atomic():
        VoteConfirmation.objects.create(vote=counted, by=leader, at=clock.now)


def test_an_answer_is_given_once_by_another_and_read_by_number(
    offices: Offices, counted: Vote, clock: Clock, client: Client
) -> None:
    clerk, leader, third = (
        offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader"), offices.user("柳州市", "housing", "clerk"),
    )  # fmt: skip
    client.post(url("vote_objection", counted), {**OBJECTION, "confirm": "1"})
    row = VoteObjection.objects.get()
    follow = url("vote_objection_follow", counted)
    assert "待答复" in text(client.post(follow, {"number": row.receipt.lower()}))
    assert client.post(follow, {"number": "B-0000-0000-0000"}).status_code == 409
    with pytest.raises(Forbidden):
        answer_objection(by=clerk, at=clock.now, objection=row, text="已核")
    with pytest.raises(Invalid):
        answer_objection(by=third, at=clock.now, objection=row, text=" ")
    answer_objection(by=third, at=clock.now, objection=row, text="经核对均已计入")
    with pytest.raises(Refused, match="已经答复"):
        answer_objection(by=third, at=clock.now, objection=row, text="再答")
    assert "经核对均已计入" in text(client.post(follow, {"number": row.receipt}))
    with pytest.raises(Invalid):
        open_contact(by=third, at=clock.now, objection=row, reason=" ")
    person = open_contact(by=third, at=clock.now, objection=row, reason="电话核实")
    assert person is not None and person.phone == OBJECTION["phone"]
    clock.forward(20 * DAY)
    page = text(client.post(url("vote_objection", counted), {**OBJECTION, "confirm": "1"}))
    assert "公示期已满" in page and VoteObjection.objects.count() == 1
    assert confirm_vote(by=leader, at=clock.now, vote=counted).state == Vote.State.CONFIRMED


def test_no_objection_before_the_count_by_any_path(vote: Vote, clock: Clock, client: Client) -> None:
    assert "计票结束" in text(client.post(url("vote_objection", vote), {**OBJECTION, "confirm": "1"}))
    with pytest.raises(Exception, match="公示期间"), transaction.atomic():
        VoteObjection.objects.create(
            vote=vote, receipt="B-1", text="x", made_at=clock.now, created_at=clock.now, updated_at=clock.now
        )
