"""The vote desk over HTTP without JavaScript: a vote from the draft to the sheet, with every wrong turn said on the page."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime

from approvals.models import Ballot, PaperBallot, RollVoter, Vote
from approvals.votes.casting import cast_ballot
from communities.models import Community
from offices.demonstration import Offices
from offices.models import HistoryEntry, User
from offices.official import form_of, pdf
from tests.votes.conftest import DAY, HOUR, Clock, announced
from tests.votes.letters import letter, three


def browser(user: User) -> Client:
    """Somebody's browser."""
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def url(name: str, *args: Any) -> str:
    """Path of a page of the desk."""
    return reverse(f"approvals:{name}", args=args)


def text(response: Any) -> str:
    """The page."""
    return str(response.content.decode())


def typed(moment: dt.datetime) -> str:
    """As a datetime field sends it."""
    return localtime(moment).strftime("%Y-%m-%dT%H:%M")


def filled(clock: Clock, **changes: str) -> dict[str, str]:
    """A draft's form."""
    plain = {
        "matter": "scheme", "title": "胜利小区改造方案表决", "text": "是否同意改造方案？", "opens_at": typed(clock.now + 2 * HOUR),
        "closes_at": typed(clock.now + 7 * DAY), "proxy_limit": "3", "objection_days": "5",
    }  # fmt: skip
    return {**plain, **changes}


def test_a_vote_from_the_draft_to_the_sheet(offices: Offices, community: Community, clock: Clock) -> None:
    first, second, third = three(offices)
    clerk, leader = browser(first), browser(second)
    assert "还没有表决" in text(clerk.get(url("votes")))
    assert community.name in text(clerk.get(url("vote_new")))
    new = f"{url('vote_new')}?community={community.uid}&matter=scheme"
    form = text(clerk.get(new))
    assert form.count("三(一)") >= 1 and "不少于 3/4" in form and "超过 1/2" in form, "each matter with its thresholds"
    wrong = clerk.post(new, filled(clock, title="", closes_at=typed(clock.now)))
    assert wrong.status_code == 400 and "截止时间" in text(wrong) and not Vote.objects.exists()
    assert clerk.post(new, filled(clock)).status_code == 302
    vote = Vote.objects.get()
    own = clerk.post(url("vote_announce", vote.uid), {"version": vote.version})
    assert own.status_code == 403 and "起草人不能公告" in text(own)
    page = text(leader.get(url("vote_announce", vote.uid)))
    assert "没有未处理的问题" in page and "由另一人公告" in page
    clerk.post(url("vote_edit", vote.uid), filled(clock, title="改过的标题", version=str(vote.version)))
    stale = leader.post(url("vote_announce", vote.uid), {"version": vote.version})
    assert stale.status_code == 412, "what was announced is what the second person has read"
    vote.refresh_from_db()
    assert leader.post(url("vote_announce", vote.uid), {"version": vote.version}).status_code == 302
    vote.refresh_from_db()
    assert vote.state == "announced" and vote.title == "改过的标题"
    voters = list(vote.voters.all())
    slips = [letter(vote, voter, first, clock) for voter in voters]
    assert "没有开始" in text(clerk.get(url("vote_receive", vote.uid)))
    clock.to(vote.opens_at + HOUR)
    for voter in voters[:7]:
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    early = [reverse("offices:form", args=["vote", vote.uid, kind]) for kind in ("pdf", "docx", "xlsx")]
    assert all(clerk.get(address).status_code == 404 for address in early), "no form tells interim figures"
    running = text(clerk.get(url("vote", vote.uid)))
    assert "还差 1 人、100.00 ㎡" in running and "同意的人数" not in running, "turnout alone while it runs"
    assert clerk.post(url("vote_receive", vote.uid), {"serial": slips[7].serial}).status_code == 302
    enter = url("vote_enter", vote.uid)
    assert "autofocus" in text(clerk.post(enter, {"serial": slips[7].serial, "key": ""}))
    assert clerk.post(enter, {"serial": slips[7].serial, "key": "1"}).status_code == 302
    twice = clerk.post(enter, {"serial": slips[7].serial, "key": "1"})
    assert twice.status_code == 403 and "录入过" in text(twice)
    assert leader.post(enter, {"serial": slips[7].serial, "key": "2"}).status_code == 302
    paper = PaperBallot.objects.get()
    decide = url("vote_decide", vote.uid, paper.uid)
    assert "第三人" in text(clerk.get(decide)) and "反对" not in text(clerk.get(url("vote_mismatches", vote.uid)))
    assert browser(third).post(decide, {"key": "1"}).status_code == 302
    assert "结束" in text(clerk.post(url("vote_count", vote.uid), follow=True)) and vote.state == "announced"
    clock.to(vote.closes_at)
    assert clerk.post(url("vote_receive", vote.uid), {"serial": slips[8].serial}).status_code == 409
    clerk.post(url("vote_count", vote.uid))
    vote.refresh_from_db()
    assert vote.state == "counted" and vote.result.passed and vote.result.agreeing_heads == 8
    form = form_of("vote", User.objects.get(pk=clerk.session["_auth_user_id"]), vote.uid)
    assert form is not None and form.draft and pdf.written(form).read(4) == b"%PDF"
    assert ("同意", 8, Decimal("800.00")) in form.grids[0].rows
    assert {row[4] for row in form.grids[1].rows} == {"达到"} and "三(一)" in str(form.grids[1].rows)
    counted = text(clerk.get(url("vote", vote.uid)))
    assert "四项都达到" in counted and "66.67%" in counted and "100.00%" in counted and "公示中" in counted
    sheet = text(clerk.get(url("vote_sheet", vote.uid)))
    assert "草稿" in sheet and vote.roll_hash in sheet and "三(一)" in sheet and "800.00 / 1,200.00" in sheet
    clock.forward(20 * DAY)
    assert "另一位负责人" in text(clerk.get(url("vote", vote.uid))) or "确认结果" not in text(
        clerk.get(url("vote", vote.uid))
    )
    leader.post(url("vote_confirm", vote.uid))
    vote.refresh_from_db()
    form = form_of("vote", User.objects.get(pk=clerk.session["_auth_user_id"]), vote.uid)
    assert form is not None and not form.draft
    assert vote.state == "confirmed" and "草稿" not in text(leader.get(url("vote_sheet", vote.uid)))


def test_the_keyboard_gives_a_reason_for_an_invalid_paper(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    first, second, _ = three(offices)
    slip = letter(vote, voters[0], first, clock)
    clerk, leader = browser(first), browser(second)
    many = clerk.post(url("vote_receive", vote.uid), {"serials": f"{slip.serial}\nNOTHING\n{slip.serial}"})
    assert "1 张没有登记" in text(many) and PaperBallot.objects.count() == 1
    enter = url("vote_enter", vote.uid)
    asked = clerk.post(enter, {"serial": slip.serial, "key": "0"})
    assert "选了两项以上" in text(asked) and asked.status_code == 200
    assert clerk.post(enter, {"serial": slip.serial, "key": "0", "reason": "2"}).status_code == 302
    nonsense = leader.post(enter, {"serial": slip.serial, "key": "7"})
    assert nonsense.status_code == 400 and "没有这个选项" in text(nonsense)
    assert leader.post(enter, {"serial": slip.serial, "key": "0", "reason": "1"}).status_code == 302
    assert PaperBallot.objects.get().state == "invalid" and not Ballot.objects.exists()
    assert "平衡" in text(clerk.get(url("vote_papers", vote.uid)))


def test_the_first_reading_is_shown_to_nobody(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    first, second, _ = three(offices)
    slip = letter(vote, voters[0], first, clock)
    clerk, leader = browser(first), browser(second)
    clerk.post(url("vote_receive", vote.uid), {"serial": slip.serial})
    paper = PaperBallot.objects.get()
    names = ("vote_enter", "vote_papers", "vote_mismatches", "vote_receive", "vote", "vote_missing", "vote_onsite")
    pages = [(name, url(name, vote.uid)) for name in names] + [("decide", url("vote_decide", vote.uid, paper.uid))]
    typing = ("typing", url("vote_enter", vote.uid))

    def look() -> dict[str, str]:
        found = {name: text(leader.get(path)) for name, path in pages}
        return found | {"typing": text(leader.post(typing[1], {"serial": slip.serial}))}

    def entered(choice: str) -> dict[str, str]:
        clerk.post(url("vote_enter", vote.uid), {"serial": slip.serial, "key": choice})
        return look()

    seen = entered("1")
    assert PaperBallot.objects.get().state == "entered"
    for name, page in seen.items():
        for word in ("agree", "checked"):
            assert f'value="{word}" checked' not in page and f">{word}<" not in page, name


@pytest.mark.parametrize(
    ("who", "status"),
    [("foreign", 404), ("approver", 403), ("auditor", 403), ("root", 403)],
)
def test_who_has_no_desk_changes_nothing(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock, who: str, status: int
) -> None:
    first, _, _ = three(offices)
    slip = letter(vote, voters[0], first, clock)
    users = {
        "foreign": offices.user("芮城县", "housing", "clerk"), "approver": offices.user("柳北区", "housing", "approver"),
        "auditor": offices.users["liuzhou.auditor"],
    }  # fmt: skip
    user = users.get(who) or User.objects.create_superuser(username="root", password="long-enough-1")
    visitor, number = browser(user), voters[0].number
    acts = HistoryEntry.objects.count()
    assert visitor.post(url("vote_receive", vote.uid), {"serial": slip.serial}).status_code == status
    assert visitor.post(url("vote_receive", vote.uid), {"serials": slip.serial}).status_code == status
    assert visitor.post(url("vote_enter", vote.uid), {"serial": slip.serial, "key": "1"}).status_code == status
    given = {"number": number, "choice": "agree", "sent_key": "k" * 32}
    sent = visitor.post(url("vote_onsite_send", vote.uid), given, content_type="application/json")
    assert sent.status_code == status
    door = visitor.post(url("vote_onsite_voter", vote.uid, number), {"choice": "agree", "sent_key": "k" * 32})
    assert door.status_code == status
    for name in ("vote_close", "vote_count", "vote_confirm", "vote_cancel"):
        assert visitor.post(url(name, vote.uid), {"reason": "试"}).status_code in (302, 404)
    vote.refresh_from_db()
    assert vote.state == "announced" and not Ballot.objects.exists() and not PaperBallot.objects.exists()
    assert HistoryEntry.objects.count() == acts


def test_at_the_door_without_javascript(offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock) -> None:
    clerk = browser(three(offices)[0])
    grid = text(clerk.get(url("vote_onsite", vote.uid)))
    assert grid.count("door-missing") == 12 and "1 层" in grid
    page = url("vote_onsite_voter", vote.uid, voters[0].number)
    assert clerk.post(page, {"sent_key": "k" * 32}).status_code == 400
    done = clerk.post(page, {"choice": "oppose", "sent_key": "k" * 32}, follow=True)
    ballot = Ballot.objects.get()
    assert ballot.receipt in text(done) and ballot.by == three(offices)[0] and ballot.channel == "onsite"
    assert text(done).count("door-voted") == 1
    clerk.post(page, {"choice": "oppose", "sent_key": "k" * 32})  # the same form again
    refused = clerk.post(page, {"choice": "oppose", "sent_key": "m" * 32})
    assert refused.status_code == 409 and "不能更改" in text(refused)
    assert Ballot.objects.count() == 1 and HistoryEntry.objects.filter(action="ballot.enter").count() == 1
    assert "oppose" not in str(HistoryEntry.objects.get(action="ballot.enter").data)


def test_what_a_phone_sends(offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock) -> None:
    clerk, target = browser(three(offices)[0]), url("vote_onsite_send", vote.uid)

    def send(**given: Any) -> Any:
        plain = {"number": voters[0].number, "choice": "agree", "sent_key": "k" * 32}
        return clerk.post(target, {**plain, **given}, content_type="application/json")

    first, again = send(), send()
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    assert Ballot.objects.count() == 1
    assert "另一选择" in send(choice="oppose").json()["refused"]
    assert "另一位业主" in send(number=voters[1].number).json()["refused"]
    other = {"number": voters[1].number, "sent_key": "n" * 32}
    for wrong in (
        {"number": "1"}, {"number": 999}, {"choice": "maybe"}, {"choice": 1}, {"sent_key": "short"}, {"proxy": "x"}, {"number": True},
    ):  # fmt: skip
        assert send(**{**other, **wrong}).status_code == 400, wrong
    for body in ("[", "[]", "null", "1" * 5000):
        assert clerk.post(target, body, content_type="application/json").status_code == 400
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(three(offices)[0], backend="offices.backend.StaffBackend")
    assert strict.post(target, other, content_type="application/json").status_code == 403
    clock.to(vote.closes_at)
    late = send(**other)
    assert late.status_code == 409 and "截止" in late.json()["refused"] and Ballot.objects.count() == 1


def test_no_page_reads_what_was_chosen_before_the_counting(
    offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    clerk = browser(three(offices)[0])
    names = ("vote", "vote_missing", "vote_papers", "vote_onsite", "vote_enter", "vote_receive", "vote_onsite_state")
    for voter in voters[:8]:
        cast_ballot(at=clock.now, vote=vote, voter=voter, choice="agree", channel="online")
    with CaptureQueriesContext(connection) as asked:
        pages = {name: text(clerk.get(url(name, vote.uid))) for name in names} | {"list": text(clerk.get(url("votes")))}
        assert clerk.get(url("vote_sheet", vote.uid)).status_code == 302
        clock.to(vote.closes_at)
        clerk.post(url("vote_close", vote.uid))
        pages["closed"] = text(clerk.get(url("vote", vote.uid)))
    assert not [query["sql"] for query in asked if '"approvals_ballot"."choice"' in query["sql"]]
    assert "800.00 / 1,200.00" in pages["vote"] or "800.00 / 1200.00" in pages["vote"]
    assert not [name for name, page in pages.items() if "同意的人数" in page or "同意的面积" in page]


def test_a_community_of_the_draft_and_a_project_that_is_not_seen(
    offices: Offices, community: Community, clock: Clock
) -> None:
    clerk, foreign = browser(three(offices)[0]), browser(offices.user("芮城县", "housing", "clerk"))
    assert foreign.get(f"{url('vote_new')}?community={community.uid}").status_code == 404
    for query in ("community=x", f"project={community.uid}", "project=x"):
        assert clerk.get(f"{url('vote_new')}?{query}").status_code == 400
    vote = announced(offices, community, clock)
    assert foreign.get(url("vote", vote.uid)).status_code == 404
    assert clerk.post(url("vote_edit", vote.uid), filled(clock, version=str(vote.version))).status_code == 409
