"""One-time codes by which a resident identifies himself: printed in a letter, or sent by SMS. Only their hash is kept."""

from django.db import models
from django.db.models import Q


class Code(models.Model):
    """A code for one holder (a voter of a roll, a home of a survey) in one matter.

    The code itself stands nowhere but in the letter or the message.
    """

    class Kind(models.TextChoices):
        """How it reaches its holder."""

        LETTER = "letter", "信函"
        SMS = "sms", "短信"

    kind = models.CharField(max_length=6, choices=Kind.choices)
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    holder = models.CharField(max_length=64, help_text="who it identifies, by a key of the subject's own")
    digest = models.CharField(max_length=64, help_text="HMAC-SHA256 under the platform's key")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("subject_uid", "digest"), condition=Q(kind="letter"), name="letter_code_once_per_subject"
            ),
            models.UniqueConstraint(
                fields=("subject_uid", "holder"), condition=Q(kind="letter", revoked_at__isnull=True),
                name="one_letter_code_in_force",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=("subject_uid", "kind", "holder"), name="code_of_holder")]
