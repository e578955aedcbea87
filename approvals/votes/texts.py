"""Short messages with codes that did not go out, for the desk: which vote, when, why, the number masked. Nothing is sent again."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.models import Vote
from offices.models import SmsMessage, User

PATIENCE = dt.timedelta(minutes=10)  # handed over at once or not at all
OPERATOR, GATEWAY = "系统管理员核对短信通道的设置和余额", "系统管理员与短信服务商核对"
WHY = {
    "": ("发送中断，不知是否送达", GATEWAY),
    "NoGateway": ("没有配置短信通道", OPERATOR),
    "GatewayError": ("短信服务商拒绝发送", OPERATOR),
    "ConnectionRefusedError": ("连接不上短信服务商", GATEWAY),
    "TimeoutError": ("短信服务商没有应答", GATEWAY),
}


@dataclass(frozen=True)
class Failed:
    """One message: its vote, the masked number, why it failed and who mends that."""

    message: SmsMessage
    vote: Vote
    why: str
    who: str


def undelivered(user: User, at: dt.datetime) -> QuerySet[SmsMessage]:
    """Messages of votes that the user sees and that are open still; none whose number has got a later one. Newest first."""
    running = Vote.objects.visible_to(user).filter(state=Vote.State.ANNOUNCED, closes_at__gt=at)
    later = SmsMessage.objects.filter(
        subject_uid=OuterRef("subject_uid"), phone_hash=OuterRef("phone_hash"), sent_at__isnull=False, pk__gt=OuterRef("pk")
    )  # fmt: skip
    rows = SmsMessage.objects.filter(
        ~Q(error="") | Q(created_at__lt=at - PATIENCE),
        subject_type=Vote._meta.model_name, subject_uid__in=running.values("uid"), sent_at__isnull=True,
    )  # fmt: skip
    return rows.exclude(Exists(later)).order_by("-pk")


def failed_rows(messages: Iterable[SmsMessage]) -> list[Failed]:
    """These with their votes and words (one query)."""
    found = list(messages)
    votes = Vote.objects.select_related("community").in_bulk({row.subject_uid for row in found}, field_name="uid")
    return [Failed(row, votes[row.subject_uid], *_why(row.error)) for row in found if row.subject_uid is not None]


def _why(error: str) -> tuple[str, str]:
    return WHY.get(error.partition(" ")[0], ("发送失败", GATEWAY))
