"""A session of staff ends by time: after half an hour without an act, and after twelve hours in any case. What was asked for comes back."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from offices.demonstration import PASSWORD, Offices
from offices.models import StaffSession
from offices.sessions import SINCE, SessionStore
from tests.offices.test_pages import sign_in

pytestmark = pytest.mark.django_db
INBOX = "/staff/messages/"
IDLE, HOURS = dt.timedelta(minutes=30), dt.timedelta(hours=12)


@pytest.fixture
def browser(offices: Offices) -> Client:
    """Of a clerk who has just signed in."""
    client = Client()
    assert sign_in(client, "ruicheng.housing.clerk", PASSWORD).status_code == 302
    return client


def row(browser: Client) -> StaffSession:
    return StaffSession.objects.get(session_key=browser.cookies["sessionid"].value)


def rest(browser: Client, left: dt.timedelta) -> dt.datetime:
    """Let time pass until so much of the half hour is left; the moment of the sign-in."""
    session = row(browser)
    begun = session.expire_date - IDLE
    session.expire_date = begun + left
    session.save()
    return begun


def test_each_act_begins_the_half_hour_anew_and_is_written_once_a_minute(browser: Client) -> None:
    begun = rest(browser, dt.timedelta(minutes=1))
    assert browser.get(INBOX).status_code == 200
    after = row(browser).expire_date
    assert after - begun >= IDLE, "a page read is an act"
    browser.get(INBOX)
    assert row(browser).expire_date == after
    rest(browser, dt.timedelta(minutes=1))
    assert browser.head(reverse("offices:login")).status_code == 302
    assert row(browser).expire_date >= after, "what a page sends while somebody types is one too"


def test_what_a_page_asks_for_by_itself_is_no_act(browser: Client) -> None:
    begun = rest(browser, dt.timedelta(minutes=1))
    for headers in ({"HX-Request": "true"}, {"Sec-Fetch-Dest": "empty"}):
        assert browser.get(INBOX, headers=headers).status_code == 200
        assert row(browser).expire_date == begun + dt.timedelta(minutes=1)
    browser.get(INBOX, headers={"Sec-Fetch-Dest": "document"})
    assert row(browser).expire_date >= begun + IDLE


def test_after_half_an_hour_the_next_click_leads_to_the_sign_in_and_back(browser: Client) -> None:
    rest(browser, -dt.timedelta(seconds=1))
    answer = browser.get(INBOX, follow=True)
    text = answer.content.decode()
    assert answer.redirect_chain == [(f"/staff/login/?next={INBOX}", 302)]
    assert "30 分钟没有操作" in text and "登录后回到刚才的页面" in text
    back = browser.post("/staff/login/", {"username": "ruicheng.housing.clerk", "password": PASSWORD, "next": INBOX})
    assert back["Location"] == INBOX and browser.get(INBOX).status_code == 200
    assert "没有操作" not in Client().get(INBOX, follow=True).content.decode(), (
        "who was never signed in is told nothing"
    )


def test_a_form_sent_too_late_changes_nothing_and_leads_back_to_its_page(browser: Client) -> None:
    rest(browser, -dt.timedelta(seconds=1))
    page = f"http://testserver{reverse('offices:keys')}?all=1"
    answer = browser.post(reverse("staff_view"), {"year": "2027"}, headers={"Referer": page})
    assert answer["Location"] == "/staff/login/?next=/staff/keys/%3Fall%3D1"
    assert "刚才提交的内容没有保存" in browser.get(answer["Location"]).content.decode()
    for foreign in ("https://evil.example/staff/", "//evil.example/", ""):
        answer = Client().post(reverse("staff_view"), headers={"Referer": foreign})
        assert answer["Location"] == "/staff/login/?next=/staff/", foreign


def test_a_fragment_that_comes_too_late_takes_the_whole_page_to_the_sign_in(browser: Client) -> None:
    rest(browser, -dt.timedelta(seconds=1))
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/staff/communities/imports/"}
    answer = browser.get(INBOX, headers=headers)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["HX-Redirect"] == "/staff/login/?next=/staff/communities/imports/"


def test_twelve_hours_after_the_sign_in_it_ends_whatever_is_done(browser: Client) -> None:
    key = browser.cookies["sessionid"].value
    session = SessionStore(key)
    begun = dt.datetime.fromisoformat(session[SINCE]) - HOURS + dt.timedelta(minutes=5)
    session[SINCE] = begun.isoformat()
    session.save()
    assert row(browser).expire_date == begun + HOURS, "five minutes are left of the half hour"
    assert browser.get(INBOX).status_code == 200 and row(browser).expire_date == begun + HOURS
    session[SINCE] = (begun - dt.timedelta(minutes=6)).isoformat()
    session.save()
    assert browser.get(INBOX).status_code == 302


def test_a_visit_of_a_resident_is_as_long_as_it_was(browser: Client) -> None:
    session = SessionStore()
    session["visit"] = {}
    session.create()
    visit = StaffSession.objects.get(session_key=session.session_key)
    assert abs(visit.expire_date - row(browser).expire_date - (HOURS - IDLE)) < dt.timedelta(minutes=1)


def test_where_nothing_can_be_written_the_page_still_answers(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(store: SessionStore) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(SessionStore, "go_on", fail)
    assert browser.get(INBOX).status_code == 200
