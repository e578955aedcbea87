"""Where money comes from, and the purse that it fills for one project."""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from funding.rules.shares import SOURCE_LABELS
from offices.constraints import CompositeForeignKey
from offices.fields import MoneyField
from offices.models import InDivision, Record, User
from offices.models.base import in_order


class FundingSourceQuerySet(models.QuerySet["FundingSource"]):
    """Sources by who looks."""

    def visible_to(self, user: User) -> Self:
        """Sources registered in the user's scope."""
        return self.standing().filter(user.scope.q())

    def standing(self) -> Self:
        """Those that were not withdrawn before anybody confirmed them."""
        return self.filter(withdrawn_at__isnull=True)


class FundingSource(Record, InDivision):
    """Money that someone has promised: a grant with its document, a bond, what residents collect. A register with a counter.

    ``amount`` is what was appropriated (nobody changes it: a supplement is a source of its own); ``allotted`` is kept by the database
    and never passes it. ``classes`` and ``items`` name what it may pay for where its own document says so; empty: no limit of its own.
    """

    class Level(models.TextChoices):
        """Whose budget it is."""

        CENTRAL = "central", "中央"
        PROVINCIAL = "provincial", "省（自治区）"
        CITY = "city", "市"
        COUNTY = "county", "县（区）"
        NONE = "", "非财政"

    kind = models.CharField("资金类别", max_length=30, choices=list(SOURCE_LABELS.items()))
    level = models.CharField("财政级次", max_length=12, choices=Level.choices, blank=True)
    name = models.CharField("名称", max_length=120)
    channel = models.CharField("渠道", max_length=40, blank=True, help_text="整合资金的来源部门，如民政、城建、文化")
    document_number = models.CharField("文号", max_length=60, blank=True)
    issued_on = models.DateField("下达日期")
    year = models.PositiveSmallIntegerField("资金年度")
    purpose = models.CharField("用途", max_length=200)
    classes = models.JSONField("限定类别", default=list, blank=True)
    items = models.JSONField("限定内容", default=list, blank=True)
    return_order = models.PositiveSmallIntegerField(
        "结余退回次序", null=True, blank=True, help_text="下达文件规定结余退回先后的才填，1 最先；没有规定的按比例"
    )
    amount = MoneyField("下达金额（元）")
    allotted = MoneyField("已分配（元）", default=0, editable=False, help_text="由数据库按已入账的分配累计")
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="登记有误，复核之前撤回")

    objects = FundingSourceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "资金来源"
        ordering = ("-year", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="source_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(allotted__gte=0) & Q(allotted__lte=F("amount")), name="allotted_within_appropriated"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("registered_by")),
                name="source_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(allotted=0) | Q(confirmed_by__isnull=False), name="only_confirmed_source_is_allotted"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="source_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(confirmed_by__isnull=True), name="a_confirmed_source_stays"
            ),
        ]
        indexes = [*in_order("fundingsource", "year", "amount")]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> Decimal:
        """What may still be allotted."""
        return self.amount - self.allotted


class FundQuerySet(models.QuerySet["Fund"]):
    """Funds by who looks."""

    def visible_to(self, user: User) -> Self:
        """Funds of projects in the user's scope."""
        return self.filter(user.scope.q())


class Fund(Record, InDivision):
    """专账: the money of one source for one project. It lies in the project's division; nothing crosses from one to another."""

    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="funds", verbose_name="资金来源")
    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120, help_text="开户时的名称")
    allotted = MoneyField("计划（元）", default=0, editable=False, help_text="由数据库按已入账的分配累计")
    settlement = models.ForeignKey(
        "funding.Settlement",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="funds",
        help_text="关账的结算，由数据库写入",
    )

    objects = FundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "专账"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("source", "project_uid"), name="one_fund_per_source_and_project"),
            models.UniqueConstraint(fields=("id", "project_uid"), name="fund_with_its_project"),
            models.UniqueConstraint(fields=("id", "source"), name="fund_with_its_source"),
            models.CheckConstraint(condition=Q(allotted__gte=0), name="fund_allotted_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.project_name}·{self.source.name}"


class Allotment(models.Model):
    """The document by which money of a source went to a project (JX-13: by name, there is no pool). The amount is its entry's."""

    source = models.ForeignKey(FundingSource, models.PROTECT, related_name="allotments")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="allotments")
    entry = models.OneToOneField("funding.JournalEntry", models.PROTECT, related_name="allotment")
    document_number = models.CharField("分配文号", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "资金分配"
        constraints = [
            CompositeForeignKey(
                fields=("fund", "source"),
                to="funding_fund",
                to_columns=("id", "source_id"),
                name="allotment_of_its_source",
            ),
            CompositeForeignKey(
                fields=("entry", "fund"),
                to="funding_journalentry",
                to_columns=("id", "fund_id"),
                name="allotment_in_its_fund",
            ),
        ]


class GiftQuerySet(models.QuerySet["Gift"]):
    """Gifts by who looks."""

    def visible_to(self, user: User) -> Self:
        """Gifts to projects in the user's scope."""
        return self.filter(user.scope.q())


class Gift(Record, InDivision):
    """捐资捐物、投工投劳 that is no money: valued, and in no account (RC-23)."""

    class Kind(models.TextChoices):
        """What was given."""

        GOODS = "goods", "捐物"
        LABOUR = "labour", "投工投劳"

    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120)
    kind = models.CharField("方式", max_length=10, choices=Kind.choices)
    words = models.CharField("内容", max_length=200, help_text="例如长椅6张、清理杂物12工日；不写个人姓名")
    basis = models.CharField("折价依据", max_length=200)
    value = MoneyField("折价（元）")
    given_on = models.DateField("日期")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = GiftQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "捐物与投劳"
        ordering = ("-given_on", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(value__gt=0), name="gift_value_above_zero"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("recorded_by")),
                name="gift_confirmed_by_another",
            ),
        ]
