"""What people are told: the in-app inbox and e-mail, each event once per recipient and channel."""

import uuid

from django.db import models
from django.db.models import Q

from offices.models.followers import Follower
from offices.models.people import User


class SmsMessage(models.Model):
    """That a short message was asked for, and what became of it. Neither the words, which may hold a code, nor the number but masked."""

    event = models.CharField(max_length=120, unique=True)
    phone_hash = models.CharField(max_length=64)
    masked = models.CharField(max_length=20, blank=True, help_text="the number as the staff may see it")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_uid = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    attempted_at = models.DateTimeField(null=True, help_text="claimed: never handed to the gateway again")
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=("subject_uid", "phone_hash"), condition=Q(sent_at__isnull=True), name="sms_failed"),
            models.Index(fields=("phone_hash", "created_at"), name="sms_of_a_day"),
        ]


class Message(models.Model):
    """A message to one person or follower on one channel. For e-mail this row is the outbox: ``sent_at`` is empty until it went out."""

    class Channel(models.TextChoices):
        """Channels."""

        INBOX = "inbox", "站内"
        EMAIL = "email", "邮件"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.CharField(max_length=120, help_text="key of the event: told once per recipient and channel")
    recipient = models.ForeignKey(User, models.CASCADE, null=True, related_name="inbox")
    follower = models.ForeignKey(Follower, models.CASCADE, null=True, related_name="letters")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", blank=True)
    link = models.CharField(max_length=200, blank=True)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_uid = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(
        null=True, help_text="not to be tried before; also the claim of the sender that tries it now"
    )
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("event", "recipient", "channel"), name="each_event_told_once"),
            models.UniqueConstraint(
                fields=("follower", "event"), condition=Q(follower__isnull=False), name="each_follower_told_once"
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, follower__isnull=True)
                | Q(recipient__isnull=True, follower__isnull=False, channel="email"),
                name="message_has_one_reader",
            ),
        ]
        indexes = [
            models.Index(fields=("recipient", "-created_at"), condition=Q(channel="inbox"), name="inbox_of_person"),
            models.Index(fields=("id",), condition=Q(channel="email", sent_at__isnull=True), name="email_outbox"),
        ]
