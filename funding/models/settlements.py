"""Settlement of a project: what a named body found its works to be worth, item by item, and what the county owes of it (RC-21)."""

from decimal import Decimal
from fractions import Fraction
from typing import Self

from django.db import models
from django.db.models import F, Q

from funding.rules.shares import SOURCE_LABELS
from offices.fields import MoneyField
from offices.models import InDivision, Record, StoredFile, User


class SettlementQuerySet(models.QuerySet["Settlement"]):
    """Settlements by who looks."""

    def visible_to(self, user: User) -> Self:
        """Settlements of projects in the user's scope."""
        return self.filter(user.scope.q())


class Settlement(Record, InDivision):
    """One reviewed settlement. Entered by one, confirmed by another; closed, the project's purses are closed with it.

    ``upper_subsidies``, ``other_contributions`` and ``county_received`` are what the ledger held when it was entered, and again when it
    was confirmed. ``governments_part`` and ``county_owes`` None: 未作规定. To be put right it is reopened by two persons, and a new one
    with the next number is entered.
    """

    class State(models.TextChoices):
        """Where it stands."""

        ENTERED = "entered", "待复核"
        RETURNED = "returned", "未通过复核"
        CONFIRMED = "confirmed", "已确认"
        CLOSED = "closed", "已结清关账"
        REOPENED = "reopened", "已重新开账"

    LIVE = (State.ENTERED, State.CONFIRMED, State.CLOSED)
    STANDING = (State.CONFIRMED, State.CLOSED)

    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120)
    number = models.PositiveIntegerField("次数")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ENTERED)
    reviewer = models.CharField("评审（审计）机构", max_length=120)
    report_number = models.CharField("评审报告文号", max_length=60)
    reviewed_on = models.DateField("评审日期")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="评审报告")
    total = MoneyField("评审结算额（元）")
    upper_subsidies = MoneyField("上级补助资金（元）", default=0)
    other_contributions = MoneyField("居民及其他出资（元）", default=0)
    county_received = MoneyField("县级已到位（元）", default=0)
    ratio_part = models.PositiveIntegerField("县级承担比例（分子）", null=True)
    ratio_whole = models.PositiveIntegerField("县级承担比例（分母）", null=True)
    ratio_paper = models.CharField("比例依据", max_length=120, blank=True)
    governments_part = MoneyField("需政府投入（元）", null=True)
    county_owes = MoneyField("县级承担（元）", null=True)
    rule = models.CharField("依据", max_length=20, blank=True)
    rulebook = models.CharField("规则版本", max_length=400)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    returned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    return_reason = models.CharField("退回理由", max_length=300, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    reopen_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reopen_reason = models.CharField("重新开账的理由", max_length=300, blank=True)
    reopen_paper = models.CharField("重新开账的依据", max_length=120, blank=True)
    reopened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(null=True)

    objects = SettlementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "竣工财务结算"
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=("project_uid", "number"), name="settlement_numbered_once"),
            models.UniqueConstraint(
                fields=("project_uid",),
                condition=Q(state__in=("entered", "confirmed", "closed")),
                name="one_settlement_stands",
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="settlement_above_zero"),
            models.CheckConstraint(
                condition=Q(upper_subsidies__gte=0) & Q(other_contributions__gte=0) & Q(county_received__gte=0),
                name="settlement_takes_off_no_debts",
            ),
            models.CheckConstraint(
                condition=Q(ratio_part__isnull=True, ratio_whole__isnull=True)
                | Q(ratio_whole__gt=0, ratio_part__lte=F("ratio_whole")),
                name="county_ratio_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(governments_part__isnull=True, county_owes__isnull=True)
                | Q(ratio_part__isnull=False) & Q(county_owes__gte=0) & Q(county_owes__lte=F("governments_part")),
                name="county_owes_of_the_governments_part",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")) & Q(file__isnull=False),
                name="settlement_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("entered", "returned"), confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(state__in=("confirmed", "closed", "reopened"), confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="settlement_confirmed_before_it_counts",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True) & ~Q(state="closed")
                | Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(closed_by=F("entered_by")),
                name="settlement_closed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reopened_by__isnull=True, reopened_at__isnull=True) & ~Q(state="reopened")
                | Q(state="reopened", reopened_at__isnull=False, reopen_asked_by__isnull=False)
                & ~Q(reopened_by=F("reopen_asked_by"))
                & ~Q(reopen_reason="")
                & ~Q(reopen_paper=""),
                name="settlement_reopened_by_two",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project_name}竣工财务结算（第{self.number}次）"

    @property
    def ratio(self) -> Fraction | None:
        """The county's ratio as entered."""
        return None if self.ratio_part is None else Fraction(self.ratio_part, self.ratio_whole or 1)

    @property
    def county_left(self) -> Decimal:
        """What the county has still to bring; zero where 未作规定."""
        return max((self.county_owes or Decimal(0)) - self.county_received, Decimal(0))

    @property
    def county_beyond(self) -> Decimal:
        """What the county has brought beyond its part."""
        return max(self.county_received - (self.county_owes or Decimal(0)), Decimal(0))


class SettlementItem(models.Model):
    """What one item was found to be worth. ``planned``: in the fixed scheme, or as signed where that has no such item."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="items")
    item = models.CharField("改造内容", max_length=120)
    planned = MoneyField("计划（元）")
    committed = MoneyField("已签约（元）")
    reviewed = MoneyField("评审（元）")
    paper = models.CharField("评审依据", max_length=120)
    reason = models.CharField("超支原因", max_length=300, blank=True)
    payer = models.CharField("超支由谁承担", max_length=30, blank=True, choices=list(SOURCE_LABELS.items()))

    class Meta:
        verbose_name = verbose_name_plural = "结算内容"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("settlement", "item"), name="an_item_once_in_a_settlement"),
            models.CheckConstraint(
                condition=Q(planned__gte=0) & Q(committed__gte=0) & Q(reviewed__gte=0), name="settled_item_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(reviewed__lte=F("planned")) | ~Q(reason="") & ~Q(payer=""), name="an_over_run_is_explained"
            ),
        ]

    @property
    def difference(self) -> Decimal:
        """Above zero: over-run; below: saved."""
        return self.reviewed - self.planned

    @property
    def saved(self) -> Decimal:
        """What the review stayed below the plan."""
        return max(-self.difference, Decimal(0))
