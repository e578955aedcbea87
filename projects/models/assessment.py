"""The yearly scorecard as it was published, and what was said and followed from it. Neither is ever rewritten."""

from typing import Self

from django.db import models

from offices.models import Body, Division, InDivision, Record, User


class ReleaseQuerySet(models.QuerySet["AssessmentRelease"]):
    """Releases by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those of the user's scope, and of the divisions above his offices: what was published is for whom it assesses."""
        own = [membership.body.division for membership in user.active_memberships]
        above = {pk for place in own for pk in (place.city_id, place.province_id) if pk}
        return self.filter(user.scope.q() | models.Q(division__in=above))


class AssessmentRelease(Record, InDivision):
    """A published scorecard of ``division`` for a year: criteria, weights, rows and figures with what stands behind them."""

    year = models.PositiveSmallIntegerField("年度")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    note = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("-year", "-number")
        constraints = [models.UniqueConstraint(fields=("division", "year", "number"), name="assessment_version_once")]


class AssessmentRemark(Record):
    """What was recorded about one row of a release: a remark, or what follows in the document's words (倾斜, 通报批评, 通报约谈)."""

    class Kind(models.TextChoices):
        """Kinds; those that follow are offered where the document names them."""

        REMARK = "remark", "说明"
        FAVOURED = "favoured", "倾斜"
        CRITICISED = "criticised", "通报批评"
        SUMMONED = "summoned", "通报约谈"

    release = models.ForeignKey(AssessmentRelease, models.PROTECT, related_name="remarks")
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    text = models.CharField("内容", max_length=300)
    document_number = models.CharField("文号", max_length=60, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(division__isnull=False, body__isnull=True)
                | models.Q(division__isnull=True, body__isnull=False),
                name="assessment_remark_on_one_row",
            )
        ]
