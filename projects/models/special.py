"""专项规划: a division's special plan as a document, its communities, and every version that was issued."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from communities.models import Community
from offices.models import InDivision, Record, StoredFile, User
from offices.models.base import in_order


class SpecialPlanQuerySet(models.QuerySet["SpecialPlan"]):
    """Special plans by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those of the user's scope."""
        return self.filter(user.scope.q())


class SpecialPlan(Record, InDivision):
    """What is being written. Readers other than its own page look at the versions alone. ``version`` guards against stale edits."""

    title = models.CharField("名称", max_length=120)
    first_year = models.PositiveSmallIntegerField("规划期起")
    last_year = models.PositiveSmallIntegerField("规划期止")
    communities = models.ManyToManyField(Community, through="SpecialPlanPlace", related_name="+")

    objects = SpecialPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专项规划"
        ordering = ("-first_year", "pk")
        constraints = [
            models.UniqueConstraint(fields=("division", "title"), name="special_plan_title_once"),
            models.CheckConstraint(condition=Q(last_year__gte=F("first_year")), name="special_plan_years_in_order"),
        ]
        indexes = [*in_order("specialplan", "first_year")]

    def __str__(self) -> str:
        return self.title


class SpecialPlanPlace(models.Model):
    """A community of the draft."""

    plan = models.ForeignKey(SpecialPlan, models.CASCADE, related_name="places")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("plan", "community"), name="community_once_per_special_plan")]


class SpecialPlanVersion(models.Model):
    """What was issued: document, content and the hash of that. Never rewritten."""

    plan = models.ForeignKey(SpecialPlan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    document_number = models.CharField("文号", max_length=60)
    issued_on = models.DateField("印发日期")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    reason = models.CharField("修订说明", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("plan", "number"), name="special_plan_version_once")]


class SpecialPlanEntry(models.Model):
    """A community of an issued version, so that its pages find the plan. Never rewritten."""

    version = models.ForeignKey(SpecialPlanVersion, models.PROTECT, related_name="entries")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("version", "community"), name="community_once_per_special_version")
        ]
