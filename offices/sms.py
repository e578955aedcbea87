"""Short messages: handed to a gateway after the transaction, at most once. What they say is kept nowhere: it may hold a code.

``SMS_GATEWAY``: ``file`` (a file a message in DATA/outbox), ``console``, or the dotted name of a class with ``send(phone, text)``;
empty: none.
The two first ones are for trying the platform out and are no gateway in production.
"""

import datetime as dt
import logging
import os
import sys
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Model
from django.utils.module_loading import import_string

from offices.history import salted
from offices.models import SmsMessage

logger = logging.getLogger(__name__)
TRIAL = ("file", "console")


class Gateway(Protocol):
    """A provider. ``send`` raises OSError (or GatewayError) where the message was not taken; it waits ten seconds at most."""

    def send(self, phone: str, text: str) -> None:
        """Hand over one message."""


class GatewayError(OSError):
    """The provider refused."""


class NoGateway(GatewayError):
    """There is none."""


class ConsoleGateway:
    """For a developer's terminal."""

    def send(self, phone: str, text: str) -> None:
        """Print it."""
        sys.stdout.write(f"短信 {phone}: {text}\n")


class FileGateway:
    """For a demonstration: one file a message, readable by the platform's own account alone."""

    def send(self, phone: str, text: str) -> None:
        """Write it."""
        folder = Path(settings.DATA) / "outbox"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(folder / f"sms-{uuid.uuid4().hex}.txt", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(f"{phone}\n{text}\n")


def gateway() -> Gateway | None:
    """The gateway of this installation; None where short messages are not offered."""
    name = settings.SMS_GATEWAY
    if not name or (name in TRIAL and settings.PRODUCTION):
        return None
    if name in TRIAL:
        return FileGateway() if name == "file" else ConsoleGateway()
    found: Gateway = import_string(name)()
    return found


def send(*, event: str, phone: str, masked: str, text: str, subject: Model, at: dt.datetime) -> SmsMessage:
    """Send after this transaction has committed, once for ``event``. The row tells later that and when it went out, or why not.

    ``masked``: the number as it may be shown; ``subject``: what the message is about.
    """
    row = SmsMessage.objects.create(
        event=event[:120], phone_hash=salted(phone), masked=masked, subject_type=subject._meta.model_name or "",
        subject_uid=getattr(subject, "uid", None), created_at=at,
    )  # fmt: skip
    transaction.on_commit(lambda: _apart(lambda: _deliver(row.pk, phone, text, at)), robust=True)
    return row


def sent_since(*, phone: str, since: dt.datetime) -> int:
    """How many messages were meant for a number since a moment."""
    return SmsMessage.objects.filter(phone_hash=salted(phone), created_at__gt=since).count()


def _apart(work: Callable[[], None]) -> None:
    """Beside the request: how long the answer takes must not tell whether a message goes out."""
    if not settings.SMS_APART:
        work()
        return

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    threading.Thread(target=run, daemon=True).start()


def _deliver(row: int, phone: str, text: str, at: dt.datetime) -> None:
    """Claimed before it is handed over: whatever happens then, it is never handed over again."""
    if not SmsMessage.objects.filter(pk=row, attempted_at__isnull=True).update(attempted_at=at):
        return
    provider = gateway()
    try:
        if provider is None:
            raise NoGateway
        provider.send(phone, text)
    except OSError as error:
        SmsMessage.objects.filter(pk=row).update(error=(type(error).__name__ + " " + str(error.strerror or ""))[:200])
        logger.warning("sms_failed", extra={"sms": row})
    else:
        SmsMessage.objects.filter(pk=row).update(sent_at=at)
