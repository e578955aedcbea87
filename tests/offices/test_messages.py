"""What people are told: once, by mail too, and through a mail server that comes and goes."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from offices import messages
from offices.demonstration import Offices
from offices.models import Message, User
from tests.cast import AT

MINUTE = dt.timedelta(minutes=1)


class Down(EmailBackend):
    """A mail server that nobody answers at."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("111 Connection refused")


@pytest.fixture
def clerk(offices: Offices) -> User:
    """芮城县住建局's clerk, with an address."""
    user = offices.user("芮城县", "housing", "clerk")
    Message.objects.all().delete()
    assert user.email
    return user


def tell(user: User, event: str = "e") -> None:
    """Something happens."""
    messages.tell(event=event, recipients=[user, user], title="公示期满", text="请处理。", link="/staff/", at=AT)


def test_an_event_is_told_once_on_each_channel(clerk: User) -> None:
    tell(clerk)
    tell(clerk)
    assert sorted(Message.objects.values_list("channel", flat=True)) == ["email", "inbox"]
    assert messages.send_outbox(at=AT) == 1 and messages.send_outbox(at=AT + MINUTE) == 0
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("公示期满", [clerk.email])


def test_a_letter_waits_for_a_server_that_is_down_and_goes_out_once(clerk: User, settings: Any) -> None:
    tell(clerk, "one")
    tell(clerk, "two")
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Down"
    assert messages.send_outbox(at=AT) == 0
    failed = Message.objects.filter(channel="email").order_by("pk")
    assert [row.attempts for row in failed] == [1, 0]  # one knock is enough to know that nobody answers
    assert "refused" in failed[0].last_error
    settings.EMAIL_BACKEND = working
    assert messages.send_outbox(at=AT) == 1  # the first one has its pause, the second goes
    assert messages.send_outbox(at=AT + 2 * MINUTE) == 1
    assert messages.send_outbox(at=AT + dt.timedelta(days=9)) == 0
    assert len(mail.outbox) == 2


def test_the_pause_grows(clerk: User, settings: Any) -> None:
    tell(clerk)
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    tried, at = [], AT
    while len(tried) < 5:
        messages.send_outbox(at=at)
        row = Message.objects.get(channel="email")
        if row.attempts > len(tried):
            tried.append(at)
        at += MINUTE
    pauses = [(later - earlier) // MINUTE for earlier, later in zip(tried, tried[1:], strict=False)]
    assert pauses == [1, 2, 4, 8]


def test_a_letter_keeps_its_number_so_that_a_second_copy_is_recognised(clerk: User) -> None:
    tell(clerk)
    row = Message.objects.get(channel="email")
    messages.send_outbox(at=AT)
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{row.uid}@renovation>"


def test_who_has_no_address_is_told_in_the_inbox(clerk: User) -> None:
    clerk.email = ""
    tell(clerk)
    assert [row.channel for row in Message.objects.all()] == ["inbox"]
    assert messages.unread(clerk) == 1
