"""The log of changes that programs follow, and the addresses that are told of them."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from offices.models.base import Record
from offices.models.divisions import Division
from offices.models.people import User


class Change(models.Model):
    """One change of one row, written by the database itself in the transaction that made it (``offices.feed.sources``).

    ``id`` counts in the order of writing, ``number`` in the order in which readers could see it, without a gap.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.BigIntegerField(null=True, unique=True)
    resource = models.CharField(max_length=40)
    row = models.UUIDField(help_text="uid of the row")
    event = models.CharField(
        max_length=40, help_text="created, changed, deleted, or the column that moved (stage, state)"
    )
    scope = models.ForeignKey(
        Division, models.DO_NOTHING, null=True, db_constraint=False, related_name="+", help_text="where the row lay"
    )
    at = models.DateTimeField(help_text="the database's clock")

    class Meta:
        indexes = [
            models.Index(fields=("id",), condition=Q(number__isnull=True), name="changes_without_number"),
            models.Index(fields=("at",), name="changes_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.resource} {self.event}"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks by who looks."""

    def visible_to(self, user: User) -> Self:
        """One's own: what it may be told is what its owner may read."""
        return self.filter(user=user)


class Webhook(Record):
    """An address that is told of changes. Its secret is derived (``offices.feed.webhooks.secret_of``) and stands in no table."""

    user = models.ForeignKey(User, models.PROTECT, related_name="webhooks")
    name = models.CharField("用途", max_length=80)
    url = models.CharField("网址", max_length=500)
    topics = models.JSONField("事件", default=list, help_text="projects, or projects.stage")
    active = models.BooleanField("启用", default=True)
    paused_reason = models.CharField("停用原因", max_length=200, blank=True)
    secret_number = models.PositiveIntegerField(default=1)
    cursor = models.BigIntegerField(default=0, help_text="the last change that was looked at")

    objects = WebhookQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("user", "name"), name="webhook_name_once_per_user")]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to a webhook: written once for each change, sent until it is taken or too old."""

    class State(models.TextChoices):
        """How it stands."""

        WAITING = "waiting", "待发送"
        SENT = "sent", "已送达"
        FAILED = "failed", "未送达"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    number = models.BigIntegerField(null=True, help_text="of the change; empty for a trial")
    topic = models.CharField(max_length=82)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    answer = models.PositiveSmallIntegerField(null=True, help_text="HTTP status of the last attempt")
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [models.UniqueConstraint(fields=("webhook", "number"), name="a_change_once_for_a_webhook")]
        indexes = [models.Index(fields=("next_at",), condition=Q(state="waiting"), name="deliveries_waiting")]

    def __str__(self) -> str:
        return f"{self.topic} {self.state}"
