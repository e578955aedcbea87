"""Annual plans of a county and year, their issued versions and their lines."""

from typing import Self

from django.db import models
from django.db.models import Q

from offices.models import InDivision, Record, User
from offices.models.base import in_order


class AnnualPlanQuerySet(models.QuerySet["AnnualPlan"]):
    """Plans by who looks."""

    def visible_to(self, user: User) -> Self:
        """Plans in the user's scope."""
        return self.filter(user.scope.q())

    def public(self) -> Self:
        """Issued plans: drafts are nobody's business yet."""
        return self.filter(state=AnnualPlan.State.ISSUED)


class AnnualPlan(Record, InDivision):
    """The plan of one county (or functional zone) and one year."""

    class State(models.TextChoices):
        """States."""

        DRAFT = "draft", "草稿"
        IN_REVIEW = "in_review", "审批中"
        RETURNED = "returned", "已退回修改"
        REFUSED = "refused", "不予通过"
        ISSUED = "issued", "已下达"

    year = models.PositiveSmallIntegerField("计划年度")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    rulebook = models.SlugField("规则库", max_length=40)
    revision = models.TextField("规则版本", blank=True, help_text="pinned at issue")
    declared_on = models.DateField("申报日期", null=True, blank=True)
    issued_on = models.DateField("下达日期", null=True, blank=True)
    document_number = models.CharField("下达文号", max_length=60, blank=True)
    entered_as_issued = models.BooleanField("补录（平台启用前已下达）", default=False)
    quota_ceiling = models.CharField("2001年以后小区占比上限", max_length=10, blank=True, help_text="分数，如 1/5")
    capacity = models.CharField("财政承受能力说明", max_length=300, blank=True)

    objects = AnnualPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度计划"
        ordering = ("-year", "county_id")
        constraints = [
            models.UniqueConstraint(fields=("division", "year"), name="one_plan_per_division_and_year"),
            models.CheckConstraint(
                condition=~Q(state="issued") | (Q(issued_on__isnull=False) & ~Q(document_number="")),
                name="issued_plan_has_number_and_day",
            ),
        ]
        indexes = [*in_order("annualplan", "year", may_be_empty=("issued_on",))]

    def __str__(self) -> str:
        return f"{self.division.name}{self.year}年度计划"


class PlanVersion(models.Model):
    """What was issued, and each later change: who, when, why, by which document. Never rewritten."""

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    document_number = models.CharField(max_length=60)
    issued_on = models.DateField()
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("plan", "number"), name="plan_version_once")]


class PlanLine(Record):
    """A project's place in a plan."""

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="lines")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField("序号")
    stands_alone_reason = models.CharField("未连片的原因", max_length=200, blank=True)
    remark = models.CharField("备注", max_length=200, blank=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [models.UniqueConstraint(fields=("project",), name="project_in_one_plan")]
