"""Payments: asked for by the clerk, checked by finance, released by a second person of finance."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from funding.models.contracts import Commitment, Contract, PayeeAccount
from offices.constraints import CompositeForeignKey
from offices.fields import MoneyField
from offices.models import Record, StoredFile, User


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Payments by who looks."""

    def visible_to(self, user: User) -> Self:
        """Payments of contracts in the user's scope."""
        return self.filter(user.scope.q("contract__"))


class Payment(Record):
    """A request for payment. ``progress``: value of the works done so far, which all payments together never pass."""

    class Kind(models.TextChoices):
        """What is paid."""

        PROGRESS = "progress", "进度款"
        RETENTION = "retention", "返还质保金"

    class State(models.TextChoices):
        """Where it stands."""

        REQUESTED = "requested", "待审核"
        CHECKED = "checked", "待拨付"
        RELEASED = "released", "已拨付"
        RETURNED = "returned", "已退回"
        WITHDRAWN = "withdrawn", "已撤回"

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="payments")
    kind = models.CharField("款项", max_length=10, choices=Kind.choices, default="progress")
    state = models.CharField("状态", max_length=10, choices=State.choices, default="requested")
    progress = MoneyField("累计完成产值（元）")
    amount = MoneyField("申请金额（元）")
    held = MoneyField("扣留质保金（元）", default=0)
    words = models.CharField("事由", max_length=200)
    paper = models.CharField("附件", max_length=200, help_text="进度款申请表、计量单、监理签证等")
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="工程计量单"
    )
    invoice = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发票"
    )
    payee = models.ForeignKey(PayeeAccount, models.PROTECT, null=True, related_name="+")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    voucher = models.CharField("国库支付凭证号", max_length=60, blank=True)
    released_on = models.DateField("支付日期", null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("退回理由", max_length=300, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "拨付申请"
        ordering = ("-pk",)
        indexes = [models.Index(fields=("state", "id"), name="payment_by_state")]
        constraints = [
            models.UniqueConstraint(fields=("id", "contract"), name="payment_with_its_contract"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(held__gte=0) & Q(held__lt=F("amount")), name="payment_amounts_in_order"
            ),
            models.CheckConstraint(condition=~Q(kind="retention") | Q(held=0), name="retention_is_paid_whole"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("requested_by")),
                name="payment_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True)
                | ~Q(released_by=F("requested_by")) & ~Q(released_by=F("checked_by")),
                name="payment_released_by_a_third",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("checked", "released")) | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="payment_checked_before_release",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="released",
                    released_by__isnull=False,
                    released_at__isnull=False,
                    released_on__isnull=False,
                    payee__isnull=False,
                )
                & ~Q(voucher="")
                | (~Q(state="released") & Q(released_by__isnull=True)),
                name="released_with_voucher_and_day",
            ),
            CompositeForeignKey(
                fields=("payee", "contract"),
                to="funding_payeeaccount",
                to_columns=("id", "contract_id"),
                name="paid_to_the_contracts_payee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.name}·{self.words}"


class PaymentPart(models.Model):
    """What a payment takes from one fund; one posted entry at its release."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="parts")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="+")
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="parts")
    amount = MoneyField()
    held = MoneyField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "拨付分账"
        ordering = ("commitment_id",)
        constraints = [
            models.UniqueConstraint(fields=("payment", "commitment"), name="one_part_per_payment_and_fund"),
            models.UniqueConstraint(fields=("id", "commitment"), name="part_with_its_commitment"),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(held__gte=0) & Q(held__lte=F("amount")), name="part_amounts_in_order"
            ),
            CompositeForeignKey(
                fields=("payment", "contract"),
                to="funding_payment",
                to_columns=("id", "contract_id"),
                name="part_of_its_payment",
            ),
            CompositeForeignKey(
                fields=("commitment", "contract"),
                to="funding_commitment",
                to_columns=("id", "contract_id"),
                name="part_of_its_contracts_commitment",
            ),
        ]
