"""Funding plans (资金计划): who is to bring what for a project. Each plan is entered whole; a change is a new one with the next number."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from funding.rules.plans import STATES
from funding.rules.shares import SOURCE_LABELS
from offices.fields import MoneyField
from offices.models import InDivision, Record, User
from offices.models.base import in_order


class FundingPlanQuerySet(models.QuerySet["FundingPlan"]):
    """Plans by who looks."""

    def visible_to(self, user: User) -> Self:
        """Plans of projects in the user's scope."""
        return self.filter(user.scope.q())


class FundingPlan(Record, InDivision):
    """One version of a project's plan; the highest number counts, and as evidence only once a second person has confirmed it."""

    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120)
    number = models.PositiveIntegerField("版本")
    total = MoneyField("资金合计（元）")
    no_hidden_debt = models.BooleanField("不新增地方政府隐性债务", default=False)
    said = models.JSONField("没有出资的说明", default=dict, blank=True, help_text="who → reason")
    note = models.CharField("修改说明", max_length=300, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = FundingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资金计划"
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=("project_uid", "number"), name="funding_plan_numbered_once"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("made_by")), name="funding_plan_confirmed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="funding_plan_confirmed_whole",
            ),
        ]  # fmt: skip
        indexes = [*in_order("fundingplan", "number")]

    def __str__(self) -> str:
        return f"{self.project_name}资金计划第{self.number}版"


class FundingPlanLine(models.Model):
    """Money of one kind: amount, how sure it is, by which document. ``area``: the other area of a cluster that it is for (LZ-22)."""

    plan = models.ForeignKey(FundingPlan, models.PROTECT, related_name="lines")
    kind = models.CharField("资金类别", max_length=30, blank=True, choices=list(SOURCE_LABELS.items()))
    amount = MoneyField("金额（元）")
    state = models.CharField("落实情况", max_length=12, choices=list(STATES.items()))
    part = models.CharField(
        "用于", max_length=1, blank=True, choices=(("N", "N项（基础类）"), ("X", "X项（完善类、提升类）"))
    )
    document_number = models.CharField("文号", max_length=60, blank=True)
    paper = models.CharField("依据", max_length=120, blank=True)
    area = models.CharField("片区内其他项目", max_length=80, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="funding_plan_line_above_zero"),
            models.CheckConstraint(
                condition=~Q(kind="") | Q(state="unidentified"), name="only_unidentified_money_has_no_kind"
            ),
            models.CheckConstraint(
                condition=~Q(state="secured") | ~Q(document_number="") | ~Q(paper=""), name="secured_money_has_a_paper"
            ),
        ]


class ProjectFee(Record, InDivision):
    """What somebody charged a project: name, basis, amount, one by one (RC-32)."""

    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120)
    name = models.CharField("收费名目", max_length=80)
    charged_by = models.CharField("收费单位", max_length=80)
    basis = models.CharField("收费依据", max_length=200)
    amount = MoneyField("金额（元）")
    charged_on = models.DateField("日期")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects: models.Manager["ProjectFee"] = models.Manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目收费"
        ordering = ("-charged_on", "-pk")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="project_fee_above_zero")]
