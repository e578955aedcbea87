"""业主: persons, homes and ownerships are three things. Personal values live here alone and can be erased."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from communities.models.places import Community, Home
from offices.models import Record


class Person(Record):
    """A natural person or an organisation that owns homes. Masked wherever it is shown; opening it is recorded."""

    class Kind(models.TextChoices):
        """Kinds; a developer's unsold homes are one head (N-02)."""

        NATURAL = "natural", "自然人"
        ORGANISATION = "organisation", "单位"
        DEVELOPER = "developer", "建设单位"

    community = models.ForeignKey(
        Community, models.PROTECT, related_name="persons", help_text="register that the person stands in"
    )
    kind = models.CharField("类别", max_length=14, choices=Kind.choices, default=Kind.NATURAL)
    name = models.CharField("姓名或名称", max_length=80)
    id_number = models.CharField("证件号码", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)


class OwnershipQuerySet(models.QuerySet["Ownership"]):
    """Ownerships by day."""

    def in_force(self, day: dt.date) -> Self:
        """since ≤ day < until: who left on the day is not there any more, who came is."""
        return self.filter(Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day))


class Ownership(Record):
    """Who owns which home, with what share, from when until when, by which evidence."""

    home = models.ForeignKey(Home, models.PROTECT, related_name="ownerships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="ownerships")
    share_numerator = models.PositiveIntegerField(default=1)
    share_denominator = models.PositiveIntegerField(default=1)
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止", null=True, blank=True)
    evidence = models.CharField("依据", max_length=200, blank=True)

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    share_numerator__gt=0, share_denominator__gt=0, share_numerator__lte=F("share_denominator")
                ),
                name="ownership_share_between_0_and_1",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="ownership_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=("home", "person"), condition=Q(until__isnull=True), name="one_open_ownership"
            ),
        ]


class Reveal(models.Model):
    """Someone opened a person's values: who, when, why."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="reveals")
    by = models.ForeignKey("offices.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)
