"""A code by short message: the same page whether the number is known or not; once; kept nowhere."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import Ballot, Code, RollVoter, Vote
from approvals.votes.online import choices_of, voters_of_phone
from communities.models import Person
from offices import sms
from offices.models import HistoryEntry, SmsMessage
from tests.votes.conftest import Clock
from tests.votes.test_online import choose, text, url


class Down:
    """A provider that is away."""

    def send(self, phone: str, text: str) -> None:
        raise ConnectionRefusedError(111, "refused")


@pytest.fixture(autouse=True)
def committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's own transaction never commits: what waits for it is done at once."""
    monkeypatch.setattr("offices.sms.transaction.on_commit", lambda work, robust=False: work())


def phone_of(voter: RollVoter) -> str:
    return Person.objects.get(pk=voter.persons[0]).phone


def sent(settings: Any) -> list[str]:
    folder = Path(settings.DATA) / "outbox"
    return [file.read_text() for file in folder.glob("sms-*.txt")] if folder.exists() else []


def ask(client: Client, vote: Vote, number: str) -> str:
    page = text(client.post(url("vote_phone", vote), {"phone": number}, follow=True))
    return re.sub(r'value="[^"]{20,}"', "", page)


def test_a_known_number_votes_and_an_unknown_one_reads_the_same_page(
    vote: Vote, voters: list[RollVoter], clock: Clock, settings: Any
) -> None:
    known, unknown = Client(), Client()
    number = phone_of(voters[0])
    assert "短信" in text(known.get(url("vote_identify", vote)))
    assert ask(known, vote, f"+86 {number[:3]} {number[3:]}") == ask(unknown, vote, "13700000000")
    (message,) = sent(settings)
    (code,) = re.findall(r"\b\d{6}\b", message)
    assert message.startswith(number)
    kept = [str(row) for model in (Code, SmsMessage, HistoryEntry) for row in model.objects.values()]
    assert not any(code in row or number in row for row in kept)
    pages = [
        re.sub(
            r'value="[^"]{20,}"',
            "",
            text(client.post(url("vote_sms", vote), {"code": "000000" if code != "000000" else "1"})),
        )
        for client in (known, unknown)
    ]
    assert pages[0] == pages[1] and "不正确或已失效" in pages[0]
    assert "不正确或已失效" in text(unknown.post(url("vote_sms", vote), {"code": code})), "another's code"
    page = text(known.post(url("vote_sms", vote), {"code": code}, follow=True))
    assert "这是您的票" in page and number not in page
    choose(known, vote, "agree")
    assert Ballot.objects.get().voter_id == voters[0].pk
    again = Client()
    ask(again, vote, number)
    assert "不正确或已失效" in text(again.post(url("vote_sms", vote), {"code": code})), "used once"


def test_guessing_stops_after_five_and_sending_after_four(
    vote: Vote, voters: list[RollVoter], clock: Clock, settings: Any
) -> None:
    client, number = Client(), phone_of(voters[0])
    pages = {ask(client, vote, number) for _ in range(6)}
    assert len(pages) == 1 and len(sent(settings)) == 4
    right = next(re.findall(r"\b\d{6}\b", message)[0] for message in sent(settings))
    for _ in range(5):
        client.post(url("vote_sms", vote), {"code": "abc"})
    row = Code.objects.filter(revoked_at__isnull=True).get()
    assert row.attempts == 5
    assert "不正确或已失效" in text(client.post(url("vote_sms", vote), {"code": right}))
    settings.REST = {**settings.REST, "PORTAL_SENDS": 0}
    assert client.post(url("vote_phone", vote), {"phone": number}).status_code == 429
    assert client.post(url("vote_phone", vote), {"phone": "12\x00"}).status_code == 429
    settings.REST = {**settings.REST, "PORTAL_SENDS": 100}
    assert client.post(url("vote_phone", vote), {"phone": "12\x00"}).status_code == 400


def test_a_number_of_several_voters_chooses_and_another_s_is_no_choice(
    vote: Vote, voters: list[RollVoter], clock: Clock, settings: Any
) -> None:
    number = phone_of(voters[0])
    Person.objects.filter(pk=voters[1].persons[0]).update(phone=f"{number[:3]}-{number[3:]}")
    pair = voters_of_phone(vote, number)
    assert set(pair) == {voters[0].pk, voters[1].pk} and len(choices_of(vote=vote, voters=pair)) == 2
    client = Client()
    ask(client, vote, number)
    (code,) = re.findall(r"\b\d{6}\b", sent(settings)[0])
    page = text(client.post(url("vote_sms", vote), {"code": code}, follow=True))
    assert "替哪一户投票" in page
    assert "替哪一户投票" in text(client.post(url("vote_which", vote), {"voter": voters[2].pk}))
    assert client.post(url("vote_send", vote), {"choice": "agree", "key": "k"}).status_code == 302
    assert not Ballot.objects.exists()
    client.post(url("vote_which", vote), {"voter": pair[1]})
    choose(client, vote, "agree")
    assert Ballot.objects.get().voter_id == pair[1]


def test_a_gateway_that_fails_is_said_to_the_desk_and_tried_no_more(
    vote: Vote, voters: list[RollVoter], clock: Clock, settings: Any
) -> None:
    settings.SMS_GATEWAY = "tests.votes.test_sms.Down"
    ask(Client(), vote, phone_of(voters[0]))
    row = SmsMessage.objects.get()
    assert row.error.startswith("ConnectionRefusedError") and row.sent_at is None
    settings.SMS_GATEWAY = "file"
    sms._deliver(row.pk, "13900000000", "x", clock.now)
    assert not sent(settings), "claimed once"


def test_without_a_gateway_the_way_is_hidden_and_said(
    vote: Vote, clock: Clock, settings: Any, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PRODUCTION = True
    assert sms.gateway() is None
    page = text(client.get(url("vote_identify", vote)))
    assert "没有开通短信" in page and reverse("portal:vote_phone", args=[vote.uid]) not in page
    assert "没有开通短信" in text(client.post(url("vote_phone", vote), {"phone": "13900000000"}))
    settings.PRODUCTION, settings.SMS_GATEWAY = False, "console"
    found = sms.gateway()
    assert found is not None
    found.send("1", "x")
    assert "短信 1: x" in capsys.readouterr().out
