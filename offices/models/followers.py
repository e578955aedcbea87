"""Who asked to be told by mail or telephone of what becomes of something; offices know neither who they are nor where else they read."""

from django.db import models
from django.db.models import Q

from offices.ciphers import ClosedTextField
from offices.models.base import Record


class Follower(Record):
    """An address that follows one subject (a community). Until its owner has opened the link that was sent to it, nothing else is.

    The address is personal: no page, interface, feed, history or log holds it. Whoever unsubscribes is deleted with his letters.
    """

    class Channel(models.TextChoices):
        """How he is told."""

        EMAIL = "email", "邮件"
        SMS = "sms", "短信"

    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.EMAIL, db_default=Channel.EMAIL)
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    name = models.CharField(max_length=120, help_text="of what is followed, as it was called then")
    address = ClosedTextField(purpose="follower", help_text="personal: encrypted, it must be sendable")
    address_hash = models.CharField(max_length=64, help_text="salted: the same for the same address")
    site = models.CharField(max_length=200, help_text="scheme and host of the links in its letters")
    asked_at = models.DateTimeField(help_text="when the last letter with the link was asked for")
    confirmed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="of a telephone: when the last message went out")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("subject_uid", "address_hash"), name="address_follows_once"),
            models.CheckConstraint(condition=~Q(address="") & ~Q(address_hash=""), name="follower_has_an_address"),
        ]
        indexes = [
            models.Index(fields=("address_hash",), name="follower_by_address"),
            models.Index(fields=("subject_uid",), condition=Q(confirmed_at__isnull=False), name="followers_confirmed"),
        ]
