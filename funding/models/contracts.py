"""Contracts, what each fund has promised to them, and where their payee is paid."""

from decimal import Decimal
from fractions import Fraction
from typing import Self

from django.db import models
from django.db.models import F, Q

from funding.models.sources import Fund
from offices.constraints import CompositeForeignKey
from offices.fields import MoneyField
from offices.models import InDivision, Record, StoredFile, User
from offices.models.base import in_order

CLASSES = (("basic", "基础类"), ("improved", "完善类"), ("upgraded", "提升类"), ("", "未分类"))


class ContractQuerySet(models.QuerySet["Contract"]):
    """Contracts by who looks."""

    def visible_to(self, user: User) -> Self:
        """Contracts of projects in the user's scope."""
        return self.filter(user.scope.q())


class Contract(Record, InDivision):
    """A signed contract. ``committed`` (kept by the database) never passes ``amount``; ``progress`` is the value of the works so far."""

    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120)
    number = models.CharField("合同编号", max_length=60)
    name = models.CharField("合同名称", max_length=120)
    party = models.CharField("收款单位", max_length=120)
    signed_on = models.DateField("签订日期")
    amount = MoneyField("合同金额（元）")
    supplement = MoneyField("补充协议增加（元）", default=0, editable=False, help_text="由数据库按已复核的补充协议累计")
    committed = MoneyField("已落实资金（元）", default=0, editable=False)
    progress = MoneyField("累计完成产值（元）", default=0)
    retention_part = models.PositiveIntegerField("质保金比例（分子）", default=0)
    retention_whole = models.PositiveIntegerField("质保金比例（分母）", default=100)
    warranty_part = models.SlugField(
        "质保内容", max_length=40, blank=True, help_text="保修期按哪一部分；空：期限最先届满的部分"
    )
    signed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "合同"
        ordering = ("-signed_on", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("project_uid", "number"), name="contract_number_once_per_project"),
            models.UniqueConstraint(fields=("id", "project_uid"), name="contract_with_its_project"),
            models.CheckConstraint(condition=Q(amount__gt=0) & Q(supplement__gte=0), name="contract_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(committed__gte=0) & Q(committed__lte=F("amount") + F("supplement")),
                name="committed_within_contract",
            ),
            models.CheckConstraint(
                condition=Q(progress__gte=0) & Q(progress__lte=F("amount") + F("supplement")),
                name="progress_within_contract",
            ),
            models.CheckConstraint(
                condition=Q(retention_whole__gt=0) & Q(retention_part__lt=F("retention_whole")),
                name="retention_is_a_share",
            ),
        ]
        indexes = [*in_order("contract", "signed_on")]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"

    @property
    def total(self) -> Decimal:
        """As signed, with what confirmed supplements add."""
        return self.amount + self.supplement

    @property
    def retention(self) -> Fraction:
        """Share of each payment that is held back."""
        return Fraction(self.retention_part, self.retention_whole)


class Commitment(models.Model):
    """What one fund pays of one contract, and for which works. Its three amounts are kept by the database from posted entries.

    ``unspent``: not yet due; ``held``: retention; the rest of ``amount`` has been paid out.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="commitments")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="commitments")
    project_uid = models.UUIDField()
    item = models.CharField("改造内容", max_length=120)
    item_class = models.CharField("类别", max_length=10, choices=CLASSES, blank=True)
    item_reason = models.CharField("归属理由", max_length=200, blank=True)
    amount = MoneyField(default=0)
    unspent = MoneyField(default=0)
    held = MoneyField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "合同资金"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("contract", "fund"), name="one_commitment_per_contract_and_fund"),
            models.UniqueConstraint(fields=("id", "fund"), name="commitment_with_its_fund"),
            models.UniqueConstraint(fields=("id", "contract"), name="commitment_with_its_contract"),
            models.CheckConstraint(
                condition=Q(amount__gte=0) & Q(unspent__gte=0) & Q(held__gte=0), name="commitment_not_negative"
            ),
            models.CheckConstraint(condition=Q(amount__gte=F("unspent") + F("held")), name="paid_within_commitment"),
            CompositeForeignKey(
                fields=("contract", "project_uid"),
                to="funding_contract",
                to_columns=("id", "project_uid"),
                name="commitment_contract_of_project",
            ),
            CompositeForeignKey(
                fields=("fund", "project_uid"),
                to="funding_fund",
                to_columns=("id", "project_uid"),
                name="commitment_fund_of_project",
            ),
        ]


class PayeeAccount(Record):
    """Where a contract's payee is paid. Entered by one, confirmed by another; a change is a new row, what was confirmed stays as it was."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payees")
    holder = models.CharField("户名", max_length=120)
    bank = models.CharField("开户银行", max_length=120)
    number = models.CharField("账号", max_length=40)
    reason = models.CharField("变更理由", max_length=300, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "收款账户"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("id", "contract"), name="payee_with_its_contract"),
            models.UniqueConstraint(
                fields=("contract",),
                condition=Q(confirmed_by__isnull=True, refused_by__isnull=True),
                name="one_payee_waits",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("entered_by")),
                name="payee_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | Q(refused_by__isnull=True), name="payee_confirmed_or_refused"
            ),
        ]

    @property
    def masked(self) -> str:
        """The number as lists show it."""
        return f"尾号{self.number[-4:]}"


class ContractChange(Record):
    """What purses are to promise to a contract: the money of what is signed, or that of a 补充协议, which makes the contract larger.

    Entered by one, confirmed by another; only then is anything promised.
    """

    class Kind(models.TextChoices):
        """What the money is for."""

        FUNDING = "funding", "合同资金"
        SUPPLEMENT = "supplement", "补充协议"

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="changes")
    kind = models.CharField("类型", max_length=10, choices=Kind.choices, default="supplement")
    number = models.CharField("协议编号", max_length=60, blank=True)
    amount = MoneyField("金额（元）")
    signed_on = models.DateField("签订日期")
    reason = models.CharField("变更理由", max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="补充协议扫描件")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "合同资金与补充协议"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("contract", "number"), condition=Q(kind="supplement"), name="change_number_once_per_contract"
            ),
            models.CheckConstraint(
                condition=Q(kind="funding") | Q(kind="supplement") & ~Q(number="") & ~Q(reason=""), name="a_supplement_says_why"
            ),
            models.UniqueConstraint(
                fields=("contract",), condition=Q(confirmed_by__isnull=True, refused_by__isnull=True), name="one_change_waits"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="change_above_zero"),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_at__isnull=False, refused_by__isnull=True) & ~Q(confirmed_by=F("entered_by")),
                name="change_confirmed_by_another",
            ),
        ]  # fmt: skip

    @property
    def waits(self) -> bool:
        """Nobody has decided on it."""
        return self.confirmed_by_id is None and self.refused_by_id is None


class ContractChangeLine(models.Model):
    """What a purse brings of it, and for which works."""

    change = models.ForeignKey(ContractChange, models.PROTECT, related_name="lines")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    amount = MoneyField()
    item = models.CharField("改造内容", max_length=120)
    item_class = models.CharField("类别", max_length=10, choices=CLASSES, blank=True)
    reason = models.CharField("归属理由", max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("change", "fund"), name="a_purse_once_in_a_change"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="change_line_above_zero"),
        ]


class PaymentTerm(models.Model):
    """约定的付款节点: what falls due when. Entered as a whole; of several ``plan`` numbers the highest counts."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="terms")
    plan = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    words = models.CharField("付款条件", max_length=120)
    due_on = models.DateField("约定付款日", null=True)
    amount = MoneyField("约定金额（元）")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "付款节点"
        ordering = ("plan", "number")
        constraints = [
            models.UniqueConstraint(fields=("contract", "plan", "number"), name="a_term_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="term_above_zero"),
        ]
