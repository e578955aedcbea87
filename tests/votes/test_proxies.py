"""Proxies: a paper, a second person, a limit per agent however he is written."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from PIL import Image

from approvals.models import Ballot, Proxy, RollVoter, Vote
from approvals.votes.casting import cast_ballot
from approvals.votes.proxies import check_proxy, checked_proxies, enter_proxy, withdraw_proxy
from communities.models import Community
from offices.demonstration import Offices
from offices.models import HistoryEntry, StoredFile
from policies.refusal import Forbidden, Invalid, Refused
from tests.trust.processes import together
from tests.votes.conftest import HOUR, Clock, announced, make_community

AGENT = {"name": "代金雀", "id_number": "45020519800101123X", "phone": "13900001111"}


def scan() -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(picture, "PNG")
    return SimpleUploadedFile("委托书.png", picture.getvalue())


@pytest.fixture
def pair(offices: Offices) -> tuple[Any, Any]:
    return offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")


def test_a_proxy_counts_once_another_has_checked_it(
    pair: tuple[Any, Any], vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    clerk, leader = pair
    proxy = enter_proxy(by=clerk, at=clock.now, vote=vote, voter=voters[0], given=AGENT, upload=scan())
    assert StoredFile.objects.get().personal and not checked_proxies(vote, [voters[0].pk])
    with pytest.raises(Refused, match="还没有经第二人"):
        cast_ballot(at=clock.now, vote=vote, voter=voters[0], choice="agree", channel="onsite", by=clerk, proxy=proxy)
    with pytest.raises(Forbidden):
        check_proxy(by=clerk, at=clock.now, proxy=proxy)
    proxy = check_proxy(by=leader, at=clock.now, proxy=proxy)
    with pytest.raises(Refused, match="已经核对"):
        check_proxy(by=leader, at=clock.now, proxy=proxy)
    assert checked_proxies(vote, [voters[0].pk]) == {voters[0].pk: proxy}
    with pytest.raises(Refused, match="不是这位业主"):
        cast_ballot(at=clock.now, vote=vote, voter=voters[1], choice="agree", channel="onsite", by=clerk, proxy=proxy)
    cast_ballot(at=clock.now, vote=vote, voter=voters[0], choice="agree", channel="onsite", by=clerk, proxy=proxy)
    assert Ballot.objects.get().proxy == proxy
    with pytest.raises(Refused, match="已经投票"):
        withdraw_proxy(by=clerk, at=clock.now, proxy=proxy, reason="业主反悔")
    kept = "".join(str(entry.data) for entry in HistoryEntry.objects.all())
    assert not any(value in kept for value in AGENT.values())


def test_one_agent_is_one_however_he_is_written(
    pair: tuple[Any, Any], vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    clerk, _ = pair
    spelled = (
        AGENT, {"name": "代 金雀", "phone": "+86 139-0000-1111"}, {"name": "代金雀", "id_number": "４５０２０５19800101123x"}
    )  # fmt: skip
    rows = [
        enter_proxy(by=clerk, at=clock.now, vote=vote, voter=voter, given=given, upload=scan())
        for voter, given in zip(voters, spelled, strict=False)
    ]
    assert len({row.agent_key for row in rows}) == 1
    for given in spelled:
        with pytest.raises(Refused, match="已代理 3 名"):
            enter_proxy(by=clerk, at=clock.now, vote=vote, voter=voters[3], given=given, upload=scan())
    withdraw_proxy(by=clerk, at=clock.now, proxy=rows[0], reason="录入有误")
    enter_proxy(by=clerk, at=clock.now, vote=vote, voter=voters[3], given={**AGENT, "phone": ""}, upload=scan())
    with pytest.raises(Refused, match="先撤回"):
        enter_proxy(by=clerk, at=clock.now, vote=vote, voter=voters[3], given={**AGENT, "name": "另"}, upload=scan())


def test_the_database_holds_the_limit_of_the_announcement(
    pair: tuple[Any, Any], vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    rows = [
        Proxy(
            vote=vote, voter=voter, name="x", agent_key="k", entered_by=pair[0], entered_at=clock.now, created_at=clock.now,
            updated_at=clock.now,
        )
        for voter in voters[:4]
    ]  # fmt: skip
    for row in rows[:3]:
        row.save()
    with pytest.raises(Exception, match="超过公告"), transaction.atomic():
        rows[3].save()


def test_what_is_refused(
    pair: tuple[Any, Any], offices: Offices, vote: Vote, voters: list[RollVoter], clock: Clock
) -> None:
    clerk, leader = pair
    with pytest.raises(Invalid) as refused:
        enter_proxy(by=clerk, at=clock.now, vote=vote, voter=voters[0], given={"name": " ", "phone": "x" * 50})
    assert refused.value.errors.keys() == {"name", "phone", "id_number", "file"}
    with pytest.raises(Invalid):
        enter_proxy(
            by=clerk,
            at=clock.now,
            vote=vote,
            voter=voters[0],
            given=AGENT,
            upload=SimpleUploadedFile("a.txt", b"hello"),
        )
    other = announced(offices, make_community(offices, ["70.00"], name="别处"), clock)
    with pytest.raises(Refused, match="名册"):
        enter_proxy(by=clerk, at=clock.now, vote=vote, voter=other.voters.get(), given=AGENT, upload=scan())
    none = announced(offices, Community.objects.get(pk=other.community_id), clock, proxy_limit=0)
    with pytest.raises(Refused, match="不接受"):
        enter_proxy(by=clerk, at=clock.now, vote=none, voter=none.voters.get(), given=AGENT, upload=scan())
    proxy = enter_proxy(by=clerk, at=clock.now, vote=vote, voter=voters[0], given=AGENT, upload=scan())
    with pytest.raises(Invalid):
        withdraw_proxy(by=clerk, at=clock.now, proxy=proxy, reason=" ")
    with pytest.raises(Forbidden):
        enter_proxy(
            by=offices.user("芮城县", "housing", "clerk"),
            at=clock.now,
            vote=vote,
            voter=voters[1],
            given=AGENT,
            upload=scan(),
        )
    clock.to(vote.closes_at)
    with pytest.raises(Refused, match="截止之前"):
        check_proxy(by=leader, at=clock.now, proxy=proxy)


def test_the_desk_registers_checks_and_withdraws(
    pair: tuple[Any, Any], vote: Vote, voters: list[RollVoter], clock: Clock, django_assert_max_num_queries: Any
) -> None:
    first, second = Client(), Client()
    for browser, user in zip((first, second), pair, strict=True):
        browser.force_login(user, backend="offices.backend.StaffBackend")
    url = reverse("approvals:vote_proxies", args=[vote.uid])
    assert "还没有委托" in first.get(url).content.decode()
    sent = {**AGENT, "voter": voters[0].number, "q": voters[0].homes.get().room}
    assert first.post(url, sent).status_code == 400, "without its paper"
    assert first.post(url, {**sent, "file": scan()}, follow=True).status_code == 200
    row = Proxy.objects.get()
    act = reverse("approvals:vote_proxy", args=[vote.uid, row.uid])
    assert first.post(act, {"act": "check"}).status_code == 403
    with django_assert_max_num_queries(30):
        page = second.get(url).content.decode()
    assert "与原件相符" in page and not any(value in page for value in AGENT.values())
    assert "有效" in second.post(act, {"act": "check"}, follow=True).content.decode()
    assert second.post(act, {"act": "withdraw", "reason": ""}).status_code == 400
    assert "已撤回" in second.post(act, {"act": "withdraw", "reason": "业主本人到场"}, follow=True).content.decode()
    assert second.post(act, {"act": "x"}).status_code == 400
    assert second.post(url, {**sent, "voter": "\x00"}).status_code == 404


@pytest.mark.postgres
@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_ten_entries_at_once_stop_at_the_limit(offices: Offices, community: Community, clock: Clock) -> None:
    vote = announced(offices, community, clock)
    clock.to(vote.opens_at + HOUR)
    clerk, voters, at = offices.user("柳北区", "housing", "clerk"), list(vote.voters.all()), clock.now
    said = together(
        10, lambda index: enter_proxy(by=clerk, at=at, vote=vote, voter=voters[index], given=AGENT, upload=scan()).pk
    )
    assert sum(bool(one.value) for one in said) == vote.proxy_limit, said
    assert {one.code for one in said if not one.value} == {"proxy_limit"}
    assert Proxy.objects.filter(vote=vote).count() == vote.proxy_limit
