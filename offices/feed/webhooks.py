"""Webhooks: made and changed by their owner, told of what he may read, at least once, signed as Standard Webhooks asks.

A message says what changed and where to read it, never what stands in the row: who receives it reads with his own key.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from offices.feed import numbering, reading, sending, sources
from offices.history import record
from offices.messages import tell
from offices.models import Delivery, User, Webhook
from policies.refusal import Invalid, Refused

MOST = 20  # webhooks of one owner
BATCH = 500
BACKLOG = 20_000  # messages that may wait for one webhook
PAUSES = tuple(dt.timedelta(seconds=s) for s in (30, 120, 600, 1800, 7200, 21_600, 43_200, 86_400))
LEASE = dt.timedelta(minutes=5)
KEPT = dt.timedelta(days=30)
Post = Callable[[str, bytes, dict[str, str]], int]


def topics_known() -> list[str]:
    """What can be asked for: a resource, or one event of it."""
    found = []
    for name, source in sources.told().items():
        found += [name, f"{name}.created", f"{name}.changed", f"{name}.deleted"]
        if source.watch:
            found.append(f"{name}.{source.watch}")
    return sorted(found)


def secret_of(webhook: Webhook) -> str:
    """The key its messages are signed with, derived from the platform's own: no table, backup or page holds it."""
    digest = salted_hmac("offices.webhook", f"{webhook.uid}:{webhook.secret_number}", algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(digest).decode()}"


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    errors: dict[str, list[str]] = {}
    if "name" in values and not values["name"].strip():
        errors["name"] = ["请写明用途"]
    if "url" in values:
        try:
            sending.resolve(values["url"])
        except sending.Unreachable as no:
            errors["url"] = [str(no)]
    if "topics" in values:
        unknown = sorted(set(values["topics"]) - set(topics_known()))
        if unknown or not values["topics"]:
            errors["topics"] = [f"没有 {'、'.join(unknown)}" if unknown else "至少选一种事件"]
        values["topics"] = sorted(set(values["topics"]))
    if errors:
        raise Invalid("没有保存：有字段需要更正", errors=errors)
    return values


@transaction.atomic
def make_webhook(*, by: User, at: dt.datetime, name: str, url: str, topics: Sequence[str]) -> tuple[Webhook, str]:
    """A new webhook and its secret; it is told of what changes from now on. Raises Invalid, Refused (too many, a name twice)."""
    values = _checked({"name": name, "url": url, "topics": list(topics)})
    if Webhook.objects.filter(user=by).count() >= MOST:
        raise Refused(f"一个账号最多 {MOST} 个推送地址", code="too_many_webhooks")
    if Webhook.objects.filter(user=by, name=name.strip()).exists():
        raise Invalid("没有保存：有字段需要更正", errors={"name": ["您已有同名的推送"]})
    numbering.give_numbers()
    webhook = Webhook.objects.create(
        user=by, name=name.strip(), url=url, topics=values["topics"], cursor=numbering.newest(), created_at=at, updated_at=at
    )  # fmt: skip
    record(by=by, at=at, action="webhook.make", subject=webhook, data={"topics": webhook.topics})
    return webhook, secret_of(webhook)


@transaction.atomic
def change_webhook(*, by: User, at: dt.datetime, webhook: Webhook, **values: Any) -> Webhook:
    """Change name, url, topics or active. Switched on again it goes on where it stopped. Raises Invalid."""
    for name, value in _checked(values).items():
        setattr(webhook, name, value)
    if values.get("active"):
        webhook.paused_reason = ""
    webhook.version, webhook.updated_at = webhook.version + 1, at
    try:
        with transaction.atomic():
            webhook.save()
    except IntegrityError as error:
        raise Invalid("没有保存：有字段需要更正", errors={"name": ["您已有同名的推送"]}) from error
    record(by=by, at=at, action="webhook.change", subject=webhook, data={"topics": webhook.topics})
    return webhook


@transaction.atomic
def rotate_secret(*, by: User, at: dt.datetime, webhook: Webhook) -> str:
    """A new secret; the old one signs nothing from now on."""
    webhook.secret_number, webhook.version, webhook.updated_at = webhook.secret_number + 1, webhook.version + 1, at
    webhook.save()
    record(by=by, at=at, action="webhook.rotate", subject=webhook)
    return secret_of(webhook)


@transaction.atomic
def remove_webhook(*, by: User, at: dt.datetime, webhook: Webhook) -> None:
    """Gone with its log; what was sent stays in the history as a count."""
    record(by=by, at=at, action="webhook.remove", subject=webhook, data={"deliveries": webhook.deliveries.count()})
    webhook.delete()


def send_trial(*, at: dt.datetime, webhook: Webhook) -> Delivery:
    """A message that says nothing, to see whether the other side takes it; it waits like any other."""
    return Delivery.objects.create(
        webhook=webhook, topic="trial", body=json.dumps({"type": "trial", "at": at.isoformat()}), created_at=at, next_at=at
    )  # fmt: skip


def send_again(*, at: dt.datetime, delivery: Delivery) -> None:
    """Once more, whatever became of it."""
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.WAITING, attempts=0, next_at=at, error="")


def write_messages(*, at: dt.datetime) -> int:
    """For each webhook the messages of the changes since it was last looked at, once each; how many."""
    numbering.give_numbers()
    written = 0
    for pk in Webhook.objects.filter(active=True, cursor__lt=numbering.newest()).values_list("pk", flat=True):
        with transaction.atomic():
            webhook = Webhook.objects.select_for_update().select_related("user").filter(pk=pk, active=True).first()
            written += _write(webhook, at) if webhook else 0
    return written


def _write(webhook: Webhook, at: dt.datetime) -> int:
    if not webhook.user.is_active:
        return _pause(webhook, at, "所属账号已停用")
    if webhook.deliveries.filter(state=Delivery.State.WAITING).count() > BACKLOG:
        return _pause(webhook, at, f"积压超过 {BACKLOG} 条，请改用 changes 接口补齐后再启用")
    wanted = set(webhook.topics)
    resources = {topic.partition(".")[0] for topic in wanted} & set(sources.told())
    try:
        page, upto = reading.changes(webhook.user, after=webhook.cursor, resources=resources, size=BATCH)
    except reading.Forgotten as gone:
        Webhook.objects.filter(pk=webhook.pk).update(cursor=numbering.newest())
        return _pause(webhook, at, str(gone))
    rows = [
        Delivery(
            webhook=webhook, number=row.number, topic=f"{row.resource}.{row.event}", body=_body(row), created_at=at, next_at=at
        )
        for row in page
        if {row.resource, f"{row.resource}.{row.event}"} & wanted
    ]  # fmt: skip
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    Webhook.objects.filter(pk=webhook.pk).update(cursor=upto)
    return len(rows)


def _body(row: reading.Told) -> str:
    said = {
        "type": f"{row.resource}.{row.event}", "number": row.number, "resource": row.resource, "uid": str(row.row), "event": row.event,
        "gone": row.gone, "at": row.at.isoformat(), "path": f"/api/v1/{row.resource}/{row.row}/",
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False)


def _pause(webhook: Webhook, at: dt.datetime, reason: str) -> int:
    """Stop it and tell its owner, once."""
    Webhook.objects.filter(pk=webhook.pk).update(active=False, paused_reason=reason[:200], updated_at=at)
    tell(
        event=f"webhook-paused:{webhook.uid}:{webhook.version}",
        recipients=[webhook.user],
        title=f"推送“{webhook.name}”已停用",
        text=reason,
        link="/staff/webhooks/",
        at=at,
    )
    return 0


def send_messages(*, at: dt.datetime, post: Post = sending.post, seconds: float = 20) -> dict[str, int]:
    """Send what is due, the oldest first, for at most ``seconds``. A webhook that fails is left alone for the rest of the run."""
    counts, failed, until = {"sent": 0, "failed": 0}, set[int](), time.monotonic() + seconds
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=at, webhook__active=True)
    for row in due.select_related("webhook").order_by("pk")[:BATCH]:
        if time.monotonic() > until:
            break
        if row.webhook_id in failed:
            continue
        # Whoever raises next_at first sends it; if he dies, the lease runs out and another does: at least once.
        if Delivery.objects.filter(pk=row.pk, state=row.state, next_at=row.next_at).update(next_at=at + LEASE):
            sent = _send(row, at, post)
            counts["sent" if sent else "failed"] += 1
            failed |= set() if sent else {row.webhook_id}
    return counts


def _send(row: Delivery, at: dt.datetime, post: Post) -> bool:
    status: int | None = None
    try:
        status = post(row.webhook.url, row.body.encode(), signed(row.webhook, str(row.uid), row.body, at))
        error = "" if 200 <= status < 300 else ("不跟随跳转" if 300 <= status < 400 else f"对方答复 {status}")
    except sending.Unreachable as no:
        error = str(no)[:200]
    values: dict[str, Any] = {"attempts": row.attempts + 1, "answer": status, "error": error}
    if not error:
        values |= {"state": Delivery.State.SENT, "sent_at": at}
    elif row.attempts < len(PAUSES):
        values["next_at"] = at + PAUSES[row.attempts]
    else:
        values["state"] = Delivery.State.FAILED
    Delivery.objects.filter(pk=row.pk).update(**values)
    return not error


def signed(webhook: Webhook, uid: str, body: str, at: dt.datetime) -> dict[str, str]:
    """Headers of a message: its id (the same each time it is sent), the moment, and the signature over both and the body."""
    moment = str(int(at.timestamp()))
    key = base64.b64decode(secret_of(webhook).removeprefix("whsec_"))
    signature = hmac.new(key, f"{uid}.{moment}.{body}".encode(), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "renovation-webhooks/1", "webhook-id": uid,
        "webhook-timestamp": moment, "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }  # fmt: skip


def forget(*, at: dt.datetime) -> int:
    """Messages that were taken or given up more than ``KEPT`` ago; how many went."""
    return int(Delivery.objects.filter(created_at__lt=at - KEPT).exclude(state=Delivery.State.WAITING).delete()[0])
