"""Who did what when: ids and salted hashes only, never a personal value; sealed into one hash chain."""

from typing import Self

from django.db import models
from django.db.models import Q

from offices.models.people import User


class HistoryQuerySet(models.QuerySet["HistoryEntry"]):
    """Acts by who looks."""

    def visible_to(self, user: User) -> Self:
        """Acts in the user's scope, and his own."""
        return self.filter(user.scope.q("division__") | Q(by=user))


class HistoryEntry(models.Model):
    """One act. ``sequence``, ``previous`` and ``hash`` are empty until the sealer has taken the row into the chain."""

    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey("offices.Body", models.PROTECT, null=True, related_name="+")
    division = models.ForeignKey("offices.Division", models.PROTECT, null=True, related_name="+")
    action = models.CharField("动作", max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    data = models.JSONField(default=dict)
    sequence = models.BigIntegerField(null=True, unique=True)
    previous = models.CharField(max_length=64, null=True, unique=True)
    hash = models.CharField(max_length=64, null=True, unique=True)

    objects = HistoryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "历史"
        indexes = [
            models.Index(fields=("subject_type", "subject_uid", "-at"), name="history_of_subject"),
            models.Index(fields=("id",), condition=Q(sequence__isnull=True), name="history_unsealed"),
        ]


class HistoryReason(models.Model):
    """Why, in the words of the one who acted. It may name people, so it stands apart from the chain, which keeps its salted hash alone."""

    entry = models.OneToOneField(HistoryEntry, models.PROTECT, related_name="why")
    text = models.CharField("原因", max_length=500)
