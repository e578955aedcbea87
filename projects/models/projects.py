"""Projects: one or several communities renovated together, from the reserve to aftercare."""

from typing import Self

from django.db import models
from django.db.models import Q

from communities.models import Community
from offices.fields import MoneyField
from offices.models import Body, InDivision, Record, User
from offices.models.base import in_order
from projects.rules.stages import STAGE


class ProjectQuerySet(models.QuerySet["Project"]):
    """Projects by who looks."""

    def visible_to(self, user: User) -> Self:
        """Projects in the user's scope."""
        return self.filter(user.scope.q())

    def public(self) -> Self:
        """Projects that the public may see: those of an issued plan."""
        return self.filter(published=True)


class Project(Record, InDivision):
    """A renovation project. ``stage`` is a key of ``projects.rules.stages.STAGES``; only actions move it."""

    name = models.CharField("项目名称", max_length=120)
    plan_year = models.PositiveSmallIntegerField("计划年度", null=True, blank=True)
    stage = models.CharField("阶段", max_length=20, default="reserve")
    published = models.BooleanField("已公开", default=False, editable=False, help_text="its plan is issued")
    rulebook = models.SlugField(max_length=40)
    revision = models.TextField(blank=True, help_text="pinned at its plan's issue")
    national_task = models.BooleanField("纳入国家年度任务", default=False)
    central_subsidy = models.BooleanField("申请中央补助资金", default=False)
    facts = models.JSONField("项目事实", default=dict, blank=True, help_text="elevator, heritage, pipelines…: bool")
    works = models.JSONField(
        "改造内容要点", default=list, blank=True, help_text="water, power, road, gas, elevator, other"
    )
    investment = MoneyField("总投资（元）", null=True, blank=True)
    implementing_body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="实施单位"
    )
    communities = models.ManyToManyField(Community, through="ProjectCommunity", related_name="+")
    entered_in_midlife = models.BooleanField("中途录入", default=False)
    reported_on = models.DateField("最近填报日", null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目"
        ordering = ("pk",)
        indexes = [
            models.Index(fields=("county", "plan_year", "id"), name="project_of_county_and_year"),
            models.Index(fields=("city", "plan_year", "id"), name="project_of_city_and_year"),
            *in_order("project", "name", may_be_empty=("plan_year",)),
        ]
        constraints = [models.CheckConstraint(condition=Q(stage__in=tuple(STAGE)), name="project_stage_is_known")]

    def __str__(self) -> str:
        return self.name


class ProjectCommunity(models.Model):
    """A community of a project (many-to-many: a community may have been renovated before)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="parts")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("project", "community"), name="community_once_per_project")]


class StageDay(models.Model):
    """When a stage was planned and really reached; what a timeline shows. A delay has its reason."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="stage_days")
    stage = models.CharField(max_length=20)
    planned_on = models.DateField("计划", null=True, blank=True)
    actual_on = models.DateField("实际", null=True, blank=True)
    reason = models.CharField("延误原因", max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("project", "stage"), name="stage_day_once"),
            models.CheckConstraint(
                condition=Q(planned_on__isnull=False) | Q(actual_on__isnull=False), name="stage_day_says_something"
            ),
            models.CheckConstraint(condition=Q(stage__in=tuple(STAGE)), name="stage_day_stage_is_known"),
        ]
