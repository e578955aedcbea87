"""Following something by short message: the number is shown to be one's own by a code, told once a day at most, left by a tap or a reply.

Short messages cost money and wake people: none goes out at night, ``SMS_FOLLOW_A_DAY`` is the most for the whole platform, codes included,
and what found no room waits for the next day. The number stands encrypted in its own column, like a follower's e-mail address.
"""

import base64
import datetime as dt
import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from offices import sms
from offices.history import record, salted
from offices.models import Follower, SmsMessage
from policies.refusal import Refused

logger = logging.getLogger(__name__)
EVENT, CODE = "follow:", "follow_code:"
MOST = 5  # subjects of one number
CODES_A_DAY = 3  # to one number: anybody can type anybody's
BETWEEN = dt.timedelta(hours=20)
FROM_HOUR, TO_HOUR = 8, 20
LONGEST_NAME, LONGEST_TITLE = 20, 40
SIGNS, DIGITS = 10, 13
LEAVE = frozenset({"TD", "T", "N", "退订", "退", "0000"})
FULL = "今天的短信名额已用完，请明天再试，或用邮箱、日历订阅"


def offered() -> bool:
    """Whether this installation sends such messages at all."""
    return sms.gateway() is not None and settings.SMS_FOLLOW_A_DAY > 0


def room(at: dt.datetime) -> int:
    """How many messages may still go out today, codes included."""
    day = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    gone = SmsMessage.objects.filter(event__startswith="follow", created_at__gte=day).count()
    return max(0, int(settings.SMS_FOLLOW_A_DAY) - gone)


def may_have_code(*, phone: str, at: dt.datetime) -> bool:
    """Whether one more code may go to this number today. Raises Refused where the day's ceiling is reached, whoever asks."""
    if not room(at):
        raise Refused(FULL, code="sms_ceiling")
    rows = SmsMessage.objects.filter(phone_hash=salted(phone), event__startswith=CODE)
    return rows.filter(created_at__gt=at - dt.timedelta(days=1)).count() < CODES_A_DAY


@transaction.atomic
def follow(*, at: dt.datetime, subject: Model, name: str, phone: str, site: str) -> None:
    """A number whose code was right follows; a second time changes nothing. Raises Refused beyond ``MOST`` subjects."""
    hashed, uid = salted(phone), getattr(subject, "uid")  # noqa: B009
    known = Follower.objects.filter(address_hash=hashed, channel=Follower.Channel.SMS)
    if known.filter(subject_uid=uid).exists():
        return
    if known.count() >= MOST:
        raise Refused(f"一个手机号最多用短信订阅 {MOST} 个小区，请先退订一个，或用邮箱订阅", code="follows_too_many")
    made, fresh = Follower.objects.get_or_create(
        subject_uid=uid, address_hash=hashed, defaults={
            "channel": Follower.Channel.SMS, "subject_type": str(subject._meta.model_name), "name": name[:120], "address": phone,
            "site": site.rstrip("/"), "asked_at": at, "confirmed_at": at, "created_at": at, "updated_at": at,
        },
    )  # fmt: skip
    if fresh:
        record(by=None, at=at, action="follower.confirm", subject=made)


def key_of(follower: Follower) -> str:
    """What stands in the link of a short message: its place in the table and fifty bits that only the platform can make."""
    digest = salted_hmac("offices.follower.sms", str(follower.uid), algorithm="sha256").digest()
    return f"{follower.pk}-{base64.b32encode(digest)[:SIGNS].decode().lower()}"


def find(key: str) -> Follower | None:
    """The follower of a link; None where it is none of ours or he has left."""
    number = key.partition("-")[0]
    if not number.isascii() or not number.isdigit() or len(number) > DIGITS:
        return None
    row = Follower.objects.filter(pk=int(number), channel=Follower.Channel.SMS).first()
    return row if row is not None and constant_time_compare(key_of(row), key.lower()) else None


@transaction.atomic
def stop_by_reply(*, at: dt.datetime, phone: str, text: str) -> int:
    """Somebody answered a message: everything that his number follows ends where he says so; how many."""
    if text.strip().upper() not in LEAVE:
        return 0
    rows = list(Follower.objects.filter(address_hash=salted(phone), channel=Follower.Channel.SMS))
    for row in rows:
        record(by=None, at=at, action="follower.stop", subject=row)
        row.delete()
    return len(rows)


def ready(follower: Follower, at: dt.datetime) -> bool:
    """Whether a message may go to him now: by day, and not twice a day."""
    awake = FROM_HOUR <= timezone.localtime(at).hour < TO_HOUR
    return awake and (follower.told_at is None or follower.told_at <= at - BETWEEN)


def words(follower: Follower, titles: list[str]) -> str:
    """The message: the newest thing, how many more, where to read, how to leave."""
    more = f"，另有 {len(titles) - 1} 条" if len(titles) > 1 else ""
    link = f"{follower.site}{reverse('portal:sms_link', args=[key_of(follower)])}"
    reply = "，或回复TD退订" if settings.SMS_REPLY_TOKEN else ""
    return f"{follower.name[:LONGEST_NAME]}改造：{titles[0][:LONGEST_TITLE]}{more}。查看、退订：{link}{reply}"


def tell(*, rows: Iterable[tuple[Follower, list[str]]], at: dt.datetime) -> int:
    """One message to each (follower, titles, the newest first), as many as the day has room for, who waited longest first; how many.

    Each is claimed before it is sent: two at work, or a second run, tell nobody twice.
    """
    left, told = room(at), 0
    for follower, titles in sorted(rows, key=lambda row: row[0].told_at or row[0].asked_at):
        if told >= left:
            logger.warning("sms_ceiling", extra={"ceiling": settings.SMS_FOLLOW_A_DAY})
            break
        with transaction.atomic():
            claimed = Follower.objects.filter(pk=follower.pk, told_at=follower.told_at).update(
                told_at=at, updated_at=at
            )
            if claimed:
                _send(follower, titles, at)
                told += 1
    return told


def _send(follower: Follower, titles: list[str], at: dt.datetime) -> None:
    phone = follower.address
    sms.send(
        event=f"{EVENT}{follower.uid.hex}:{at.isoformat()}", phone=phone, masked=f"{phone[:3]}****{phone[-4:]}",
        text=words(follower, titles), subject=follower, at=at,
    )  # fmt: skip
