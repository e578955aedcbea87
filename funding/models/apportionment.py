"""Residents' money shared among homes: what each owes, to the cent, and what came in of it home by home. No person stands here."""

from fractions import Fraction
from typing import Self

from django.db import models
from django.db.models import F, Q

from communities.models import Home
from funding.models.ledger import JournalEntry
from funding.models.sources import Fund
from offices.constraints import CompositeForeignKey
from offices.fields import AreaField, MoneyField
from offices.models import InDivision, Record, User
from offices.models.base import in_order


class ApportionmentQuerySet(models.QuerySet["Apportionment"]):
    """Apportionments by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those of projects in the user's scope."""
        return self.filter(user.scope.q())


class Apportionment(Record, InDivision):
    """An amount shared among homes, into one fund. Its homes are written with it; another person announces it, then nothing moves.

    ``confirmed_by`` announced it. Withdrawn ones stay to be read; nothing is collected by them.
    """

    class Way(models.TextChoices):
        """How it is shared."""

        AREA = "area", "全体按专有部分面积"
        CONCERNED = "concerned", "涉及改造的户按面积"
        TABLE = "table", "按约定的楼层系数"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="apportionments")
    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120)
    title = models.CharField("名称", max_length=80)
    way = models.CharField("分摊办法", max_length=10, choices=Way.choices)
    agreement = models.CharField("约定依据", max_length=200, blank=True)
    amount = MoneyField("分摊总额（元）")
    formula = models.CharField("公式", max_length=300)
    floors = models.JSONField("楼层系数", default=dict, blank=True, help_text="floor → exact fraction as text")
    weight_total = models.CharField("系数或面积合计", max_length=120, default="", help_text="exact fraction as text")
    pay_by = models.DateField("缴款截止", null=True)
    rule = models.CharField(max_length=20)
    clause = models.CharField("条款", max_length=60)
    digest = models.CharField(
        "校验值", max_length=64, blank=True, help_text="over head and homes, when it is announced"
    )
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField("撤回理由", max_length=200, blank=True)

    objects = ApportionmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "居民分摊"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="apportionment_above_zero"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("made_by")),
                name="apportionment_confirmed_by_another",
            ),
            models.CheckConstraint(condition=Q(way="area") | ~Q(agreement=""), name="other_ways_name_their_agreement"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, digest="") | (Q(confirmed_by__isnull=False) & ~Q(digest="")),
                name="an_announced_apportionment_is_hashed",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="an_apportionment_is_withdrawn_whole",
            ),
            CompositeForeignKey(
                fields=("fund", "project_uid"),
                to="funding_fund",
                to_columns=("id", "project_uid"),
                name="apportionment_fund_of_project",
            ),
        ]
        indexes = [*in_order("apportionment", "amount", may_be_empty=("pay_by",))]

    def __str__(self) -> str:
        return f"{self.project_name}·{self.title}"


class HomeDue(Record):
    """What one home owes, with the weight that it comes from (hundredths of ㎡, or a share of the agreed table)."""

    apportionment = models.ForeignKey(Apportionment, models.PROTECT, related_name="dues")
    home = models.ForeignKey(Home, models.PROTECT, related_name="+")
    label = models.CharField("房屋", max_length=120)
    area = AreaField("专有部分面积（㎡）", null=True)
    weight_part = models.BigIntegerField()
    weight_whole = models.BigIntegerField(default=1)
    amount = MoneyField("应缴（元）")

    class Meta:
        verbose_name = verbose_name_plural = "分摊到户"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("apportionment", "home"), name="a_home_once_in_an_apportionment"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, weight_part__gte=0, weight_whole__gt=0), name="due_not_negative"
            ),
        ]

    @property
    def weight(self) -> Fraction:
        """The weight, exactly."""
        return Fraction(self.weight_part, self.weight_whole)


class DueReceipt(Record):
    """Money that came in from a home or went back to whoever paid it: recorded by one, checked by another; then it is an entry.

    ``entry`` is what it became in the fund's books, ``refunds`` the receipt that is given back. ``taken_back``: its entry was reversed
    (the database says so by itself).
    """

    class Kind(models.TextChoices):
        """Which way."""

        PAID = "paid", "收款"
        REFUND = "refund", "退款"

    due = models.ForeignKey(HomeDue, models.PROTECT, related_name="receipts")
    kind = models.CharField("款项", max_length=8, choices=Kind.choices, default="paid")
    amount = MoneyField("金额（元）")
    day = models.DateField("日期")
    voucher = models.CharField("收据号", max_length=60)
    refunds = models.ForeignKey("self", models.PROTECT, null=True, related_name="refunded_by")
    reason = models.CharField("退款理由", max_length=200, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(JournalEntry, models.PROTECT, null=True, related_name="home_receipt")
    dropped_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)
    taken_back = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = "逐户收款"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="due_receipt_above_zero"),
            models.UniqueConstraint(
                fields=("due", "kind", "voucher"), condition=Q(dropped_at__isnull=True), name="a_voucher_once_per_home"
            ),
            models.UniqueConstraint(fields=("id", "due"), name="due_receipt_of_its_home"),
            models.CheckConstraint(
                condition=Q(kind="paid", refunds__isnull=True)
                | (Q(kind="refund", refunds__isnull=False) & ~Q(reason="")),
                name="a_home_refund_says_of_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True, entry__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False, entry__isnull=False, dropped_at__isnull=True),
                name="a_checked_due_receipt_is_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(dropped_by__isnull=True, dropped_at__isnull=True)
                | Q(dropped_by__isnull=False, dropped_at__isnull=False),
                name="a_due_receipt_is_dropped_by_someone",
            ),
            CompositeForeignKey(
                fields=("refunds", "due"),
                to="funding_duereceipt",
                to_columns=("id", "due_id"),
                name="a_home_refund_of_the_same_home",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("recorded_by")),
                name="due_receipt_checked_by_another",
            ),
        ]
