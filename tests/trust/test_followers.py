"""Following a community: asked for, confirmed through the letter, told once of each thing, left by one click, and nobody learns who."""

import datetime as dt
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client

from offices import followers, messages
from offices.models import Follower, HistoryEntry, Message
from projects.models import MonthReport, ProjectCommunity, StageDay
from renovation.news.happenings import happenings
from renovation.news.letters import tell_followers
from rest import throttling
from tests.cast import AT, TODAY
from tests.trust.notices import PERSON
from tests.trust.rows import ID_NUMBER, OWNER, PHONE, Rows

pytestmark = pytest.mark.django_db

ADDRESS = "jinsique.canary@example.org"
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
ATOM = "{http://www.w3.org/2005/Atom}"
HEADERS = "List-Unsubscribe", "List-Unsubscribe-Post"


@pytest.fixture
def rows(played: tuple[Rows, dict[str, Client]]) -> Rows:
    """What stands on the stage of the module."""
    return played[0]


@pytest.fixture
def browsers(played: tuple[Rows, dict[str, Client]]) -> dict[str, Client]:
    """A browser for each role."""
    return played[1]


def send(at: dt.datetime = AT) -> list[Any]:
    """What goes out now."""
    mail.outbox.clear()
    messages.send_outbox(at=at)
    return [letter for letter in mail.outbox if letter.to == [ADDRESS]]


def link(letter: Any, what: str) -> str:
    """Path of the link of this kind in a letter."""
    found = re.search(rf"https?://[^/\s]+(/mail/\S+/{what}/\?key=\w+)", letter.body)
    assert found, letter.body
    return found[1]


def follow(client: Client, community: Any) -> Any:
    """Ask on the page, take the link out of the letter, press its button; the letter."""
    assert client.post(f"/c/{community.uid}/follow/", {"address": ADDRESS}).status_code == 302
    (letter,) = send()
    assert client.get(link(letter, "confirm")).status_code == 200
    assert Follower.objects.get().confirmed_at is None  # a mail program that opens links confirms nothing
    assert "已经订阅" in client.post(link(letter, "confirm")).content.decode()
    return letter


def test_asked_confirmed_told_once_and_left_by_one_click(rows: Rows) -> None:
    client, place = Client(enforce_csrf_checks=False), ProjectCommunity.objects.get(project=rows.project).community
    follow(client, place)
    assert tell_followers(at=AT + MINUTE) == 0  # what was before he confirmed is no news to him
    at = AT + DAY
    MonthReport.objects.create(
        project=rows.project, month=TODAY.replace(day=1), percent=60, money=0, done="管沟回填。", by=rows.users["clerk"], at=at,
        created_at=at, updated_at=at,
    )  # fmt: skip
    StageDay.objects.update_or_create(
        project=rows.project, stage="accepted", defaults={"planned_on": TODAY + 90 * DAY, "reason": "连续降雨", "recorded_at": at}
    )  # fmt: skip
    assert tell_followers(at=at + MINUTE) == 2 and tell_followers(at=at + 2 * MINUTE) == 0
    letters = send(at + 3 * MINUTE)
    assert {letter.subject.partition("：")[2] for letter in letters} == {
        "施工进展：2026年3月，完成 60%",
        "延误：已竣工验收",
    }
    assert any("连续降雨" in letter.body for letter in letters) and any("管沟回填" in letter.body for letter in letters)
    for letter in letters:
        assert f"/c/{place.uid}/" in letter.body
        url = letter.extra_headers[HEADERS[0]]
        assert url == f"<http://testserver{link(letter, 'stop')}>"
        assert letter.extra_headers[HEADERS[1]] == "List-Unsubscribe=One-Click"
    assert send(at + DAY) == []
    strict = Client(enforce_csrf_checks=True)  # a mail program has no cookie
    leave = link(letters[0], "stop")
    assert strict.get(leave).status_code == 200 and Follower.objects.exists()
    assert strict.post(leave, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Follower.objects.exists() and not Message.objects.filter(follower__isnull=False).exists()
    assert strict.post(leave).status_code == 404 and strict.post(link(letters[0], "stop")).status_code == 404


def test_a_link_of_another_kind_or_signature_opens_nothing(rows: Rows) -> None:
    client = Client()
    client.post(f"/c/{rows.community.uid}/follow/", {"address": ADDRESS})
    row = Follower.objects.get()
    for what, key in (("confirm", followers.STOP), ("stop", followers.CONFIRM)):
        assert client.post(f"/mail/{row.uid}/{what}/?key={followers.token(row.uid, key)}").status_code == 404
    assert client.post(f"/mail/{row.uid}/stop/?key={'0' * 40}").status_code == 404
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_what_was_not_confirmed_is_told_nothing_and_forgotten(rows: Rows) -> None:
    Client().post(f"/c/{rows.community.uid}/follow/", {"address": ADDRESS})
    assert tell_followers(at=AT) == 0
    assert followers.forget(at=AT + 2 * DAY) == 0
    assert followers.forget(at=AT + 4 * DAY) and not Follower.objects.exists()


def test_one_address_is_asked_so_often_and_the_page_never_says_whom_it_knows(rows: Rows) -> None:
    client, answers = Client(), set()
    for number in range(9):
        community = rows.draft.lines.get().project.parts.get().community if number % 2 else rows.community
        followers.ask(
            at=AT + number * 10 * MINUTE, subject=community, name="x", address=ADDRESS, site="https://example.org"
        )
    assert Message.objects.filter(follower__isnull=False).count() == followers.ASKED_A_DAY
    for address in (ADDRESS, ADDRESS.upper(), "nobody@example.org"):
        answer = client.post(f"/c/{rows.community.uid}/follow/", {"address": address})
        answers.add((answer.status_code, answer.headers["Location"]))
    assert len(answers) == 1
    assert Follower.objects.filter(address_hash=Follower.objects.first().address_hash).count() == 2  # type: ignore[union-attr]


def test_one_network_asks_so_often(rows: Rows, settings: Any) -> None:
    settings.REST = {**settings.REST, "PORTAL_SENDS": 2}
    throttling._portal_counter.cache_clear()
    codes = [
        Client().post(f"/c/{rows.community.uid}/follow/", {"address": f"a{n}@example.org"}).status_code
        for n in range(3)
    ]
    assert codes == [302, 302, 429] and Follower.objects.count() == 2


@pytest.mark.parametrize(
    "address",
    ["", "no-address", "a@b", "a@example.org\nBcc: b@example.org", "a" * 255 + "@example.org", "a\0@example.org"],
)
def test_what_is_no_address_is_refused_in_words(rows: Rows, address: str) -> None:
    answer = Client().post(f"/c/{rows.community.uid}/follow/", {"address": address})
    assert answer.status_code == 400 and "邮箱" in answer.content.decode()
    assert not Follower.objects.exists()


def test_no_address_on_a_page_in_the_interface_the_history_or_a_failed_letter(
    rows: Rows, browsers: dict[str, Client], settings: Any
) -> None:
    follow(Client(), rows.community)
    uid = rows.community.uid
    pages = [f"/c/{uid}/{part}" for part in ("", "follow/", "news.atom", "calendar.ics")]
    urls = (*pages, f"/staff/communities/{uid}/", "/staff/history/", "/staff/messages/", "/api/v1/changes/")
    for role in ("anonymous", "clerk", "root"):
        for url in urls:
            answer = browsers[role].get(url)
            text = (b"".join(answer) if answer.streaming else answer.content).decode()
            assert not any(
                canary in text for canary in (ADDRESS, "jinsique", OWNER, ID_NUMBER, PHONE, *PERSON.values())
            ), url
    assert HistoryEntry.objects.filter(action="follower.confirm").count() == 1
    assert not HistoryEntry.objects.filter(data__icontains="jinsique").exists()


def test_the_feed_is_atom_with_stable_ids_and_answers_304(rows: Rows) -> None:
    place = rows.notices.communities[0]
    client, url = Client(), f"/c/{place.uid}/news.atom"
    first = client.get(url)
    assert first.status_code == 200 and first.headers["Content-Type"].startswith("application/atom+xml")
    assert "max-age=60" in first.headers["Cache-Control"]
    feed = ElementTree.fromstring(first.content)
    entries = feed.findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert "公示：改造方案公示" in titles and feed.findtext(f"{ATOM}id") == f"urn:uuid:{place.uid}"
    assert rows.notices.withdrawn.posted_at and titles.count("公示：改造方案公示") == 1  # the withdrawn one is gone
    for entry in entries:
        assert (entry.find(f"{ATOM}link") or entry[1]) is not None
        assert all(entry.findtext(f"{ATOM}{tag}") for tag in ("id", "title", "updated"))
    again = client.get(url)
    assert again.content == first.content and again.headers["ETag"] == first.headers["ETag"]
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_calendar_keeps_its_uids_when_a_day_moves_and_answers_304(rows: Rows) -> None:
    place, vote = rows.notices.communities[0], rows.running
    client, url = Client(), f"/c/{place.uid}/calendar.ics"
    first = client.get(url)
    text = first.content.decode().replace("\r\n ", "")
    assert first.headers["Content-Type"].startswith("text/calendar") and "公示最后一天：改造方案公示" in text
    assert f"DTSTART;VALUE=DATE:{rows.notices.posted.last_day:%Y%m%d}" in text
    assert str(rows.notices.withdrawn.uid) not in text and str(rows.notices.draft.uid) not in text
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    StageDay.objects.update_or_create(
        project=rows.project, stage="accepted", defaults={"planned_on": TODAY + 200 * DAY, "recorded_at": AT + MINUTE}
    )
    moved = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert moved.status_code == 200 and f"{TODAY + 200 * DAY:%Y%m%d}" in moved.content.decode()
    uids = re.findall(r"UID:(\S+)", text)
    assert uids and len(set(uids)) == len(uids) and set(uids) <= set(re.findall(r"UID:(\S+)", moved.content.decode()))
    other = client.get(f"/c/{rows.community.uid}/calendar.ics").content.decode()
    assert f"vote-opens-{vote.uid}" in other and f"vote-closes-{vote.uid}" in other and str(rows.vote.uid) not in other


def test_a_feed_holds_whatever_staff_typed(rows: Rows) -> None:
    place = rows.notices.communities[0]
    StageDay.objects.update_or_create(
        project=rows.project, stage="accepted",
        defaults={"planned_on": TODAY, "reason": "<script>&\x0b]]> 雨", "recorded_at": AT},
    )  # fmt: skip
    content = Client().get(f"/c/{place.uid}/news.atom").content
    (entry,) = [
        e for e in ElementTree.fromstring(content).findall(f"{ATOM}entry") if "延误" in str(e.findtext(f"{ATOM}title"))
    ]
    assert "&lt;script&gt;" in str(entry.findtext(f"{ATOM}summary"))


def test_a_vote_is_told_when_it_opens_and_two_days_before_it_closes(rows: Rows) -> None:
    """The draft is nobody's business, the running one is told twice; its place is said where one building decides."""
    vote = rows.running
    news = happenings([rows.community], since=vote.opens_at - DAY, at=vote.closes_at)[rows.community.pk]
    mine = {item.key: item for item in news if str(vote.uid) in item.key}
    assert {key: item.at for key, item in mine.items()} == {
        f"opens:{vote.uid}": vote.opens_at, f"closes:{vote.uid}": vote.closes_at - 2 * DAY
    }  # fmt: skip
    assert all("一号楼" in item.title or "1号楼" in item.text for item in mine.values())
    assert not any(str(rows.vote.uid) in item.key for item in news)


def test_followers_cost_a_bounded_number_of_queries(rows: Rows, django_assert_max_num_queries: Any) -> None:
    place = rows.notices.communities[0]
    for number in range(40):
        followers.ask(
            at=AT, subject=place, name=place.name, address=f"a{number}@example.org", site="https://example.org"
        )
    Follower.objects.update(confirmed_at=AT - DAY)
    with django_assert_max_num_queries(14):
        assert tell_followers(at=AT + MINUTE) >= 40
