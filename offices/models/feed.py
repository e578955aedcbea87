"""The log of changes that programs follow."""

from django.db import models
from django.db.models import Q

from offices.models.divisions import Division


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
