"""Messages: each event is told once per recipient and channel, whoever calls how often."""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import F, Q, QuerySet

from offices import followers
from offices.models import Message, User

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 20
LONGEST_PAUSE = dt.timedelta(hours=6)
OUTBOX_BATCH = 100


def tell(
    *,
    event: str,
    recipients: Iterable[User],
    title: str,
    text: str = "",
    link: str = "",
    subject: Any = None,
    at: dt.datetime,
) -> None:
    """An inbox row for each recipient, and an e-mail row in the outbox where he has an address; written in the caller's transaction."""
    rows = []
    for user in {user.pk: user for user in recipients}.values():
        for channel in (Message.Channel.INBOX, Message.Channel.EMAIL):
            if channel == Message.Channel.EMAIL and not user.email:
                continue
            rows.append(
                Message(
                    event=event[:120],
                    recipient=user,
                    channel=channel,
                    title=title[:200],
                    text=text,
                    link=link,
                    subject_type=subject._meta.model_name if subject is not None else "",
                    subject_uid=subject.uid if subject is not None else None,
                    created_at=at,
                )  # fmt: skip
            )
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def inbox(user: User) -> QuerySet[Message]:
    """In-app messages of a person, newest first."""
    return Message.objects.filter(recipient=user, channel=Message.Channel.INBOX).order_by("-created_at", "-pk")


def unread(user: User) -> int:
    """How many in-app messages are unread."""
    return inbox(user).filter(read_at__isnull=True).count()


def mark_read(*, user: User, at: dt.datetime, uid: UUID | None = None) -> int:
    """Mark one message (or all) as read. Returns how many."""
    rows = inbox(user).filter(read_at__isnull=True)
    return (rows.filter(uid=uid) if uid is not None else rows).update(read_at=at)


def send_outbox(*, at: dt.datetime) -> int:
    """Send waiting e-mail. Each row is claimed by a filtered update before it is sent, so that two senders never send it twice; a server
    that is down leaves it, and it is tried again after a growing pause (a sender killed in the middle as well).

    Returns how many went out.
    """
    waiting = Message.objects.filter(channel=Message.Channel.EMAIL, sent_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
    sent = 0
    connection = get_connection(fail_silently=False)
    due = waiting.filter(Q(next_at__isnull=True) | Q(next_at__lte=at)).select_related("recipient", "follower")
    for row in due.order_by("pk")[:OUTBOX_BATCH]:
        pause = min(dt.timedelta(minutes=2**row.attempts), LONGEST_PAUSE)
        claimed = Message.objects.filter(pk=row.pk, sent_at__isnull=True, attempts=row.attempts).update(
            attempts=F("attempts") + 1, next_at=at + pause
        )
        if not claimed:
            continue
        try:
            _letter(row, connection).send()
        except OSError as error:  # SMTP errors are OSErrors
            # A server's refusal quotes the address: of a follower only what kind of refusal it was is kept.
            said = type(error).__name__ if row.follower_id else str(error)[:200]
            Message.objects.filter(pk=row.pk).update(last_error=said)
            logger.warning("email_failed", extra={"message_uid": str(row.uid)})
            if isinstance(error, ConnectionError | TimeoutError):
                break  # the server is away: the others wait for the next run
        else:
            sent += Message.objects.filter(pk=row.pk).update(sent_at=at, last_error="")
    connection.close()
    return sent


def _letter(row: Message, connection: Any) -> EmailMessage:
    """A letter with a number of its own that stays the same: a mail server that got it before drops the second one."""
    numbered = {"Message-ID": f"<{row.uid}@renovation>"}
    if row.follower is not None:
        text, headers = followers.letter_of(row.follower, row)
        return EmailMessage(
            row.title, text, to=[row.follower.address], connection=connection, headers=numbered | headers
        )
    assert row.recipient is not None  # a constraint of the table
    link = f"{settings.SITE_URL}{row.link}" if row.link else ""
    return EmailMessage(
        row.title, f"{row.text}\n\n{link}".strip(), to=[row.recipient.email], connection=connection, headers=numbered
    )
