"""Double entry, fund by fund. ``funding.guards`` says in SQL what the database itself holds of it.

    expected + cash + paid  =  free + committed + retained + spent        (what was allotted)

Legs are signed 分, debit above zero; an account's balance counts on its own side and is never below zero.
"""

from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q

from funding.models.sources import Fund
from offices.constraints import CompositeForeignKey
from offices.fields import MoneyField
from offices.models import Record, User
from offices.models.base import in_order

DEBIT = ("expected", "cash", "paid")
CREDIT = ("free", "committed", "retained", "spent")


class Request(models.Model):
    """A request that acts once, however often it is sent: (actor, key) with the hash of what it asked and the row that answered it."""

    actor = models.ForeignKey(User, models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    answer = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("actor", "key"), name="money_request_once_per_actor_and_key")]


class Account(models.Model):
    """One account of a fund. ``balance`` is kept by the database when an entry is posted; no other update of it passes."""

    class Kind(models.TextChoices):
        """The whole chart."""

        EXPECTED = "expected", "待到位"
        CASH = "cash", "可用"
        PAID = "paid", "已拨付"
        FREE = "free", "未签约"
        COMMITTED = "committed", "已签约未支付"
        RETAINED = "retained", "质保金"
        SPENT = "spent", "已支出"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    side = models.SmallIntegerField(help_text="1 debit, -1 credit")
    balance = MoneyField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "科目"
        constraints = [
            models.UniqueConstraint(fields=("fund", "kind"), name="one_account_of_a_kind_per_fund"),
            models.UniqueConstraint(fields=("id", "fund"), name="account_with_its_fund"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="account_never_overdrawn"),
            models.CheckConstraint(
                condition=Q(side=1, kind__in=DEBIT) | Q(side=-1, kind__in=CREDIT), name="account_side_of_its_kind"
            ),
        ]


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    """Entries by who looks."""

    def visible_to(self, user: User) -> Self:
        """Entries of funds in the user's scope."""
        return self.filter(user.scope.q("fund__"))


class JournalEntry(Record):
    """An entry of one fund: drafted, then posted and frozen (or dropped). ``concerns`` is the kind of what a reversal takes back."""

    class Kind(models.TextChoices):
        """What happened."""

        ALLOTMENT = "allotment", "分配"
        RECEIPT = "receipt", "到位"
        COMMITMENT = "commitment", "签约"
        PAYMENT = "payment", "拨付"
        REFUND = "refund", "退回"
        CUT = "cut", "结算核减"
        RETURN = "return", "结余退回来源"
        GIVEBACK = "giveback", "退还缴款人"
        REVERSAL = "reversal", "冲销"

    class State(models.TextChoices):
        """Where it stands."""

        DRAFT = "draft", "待复核"
        POSTED = "posted", "已入账"
        DROPPED = "dropped", "未入账"

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="entries")
    kind = models.CharField("类型", max_length=12, choices=Kind.choices)
    concerns = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField("状态", max_length=8, choices=State.choices, default="draft")
    amount = MoneyField("金额（元）")
    day = models.DateField("日期")
    words = models.CharField("摘要", max_length=200)
    voucher = models.CharField("凭证号", max_length=60, blank=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    commitment = models.ForeignKey("funding.Commitment", models.PROTECT, null=True, related_name="entries")
    part = models.ForeignKey("funding.PaymentPart", models.PROTECT, null=True, related_name="entries")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals")
    refunds = models.ForeignKey("self", models.PROTECT, null=True, related_name="refunded_by")
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="+")
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(null=True)

    objects = JournalEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "分录"
        ordering = ("-pk",)
        indexes = [
            models.Index(fields=("fund", "state", "id"), name="entry_of_fund"),
            *in_order("journalentry", "day", "amount"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("id", "fund"), name="entry_with_its_fund"),
            models.UniqueConstraint(
                fields=("reverses",), condition=~Q(state="dropped"), name="an_entry_is_reversed_once"
            ),
            models.UniqueConstraint(
                fields=("part",), condition=Q(kind="payment") & ~Q(state="dropped"), name="a_part_is_paid_once"
            ),
            CompositeForeignKey(
                fields=("reverses", "fund"),
                to="funding_journalentry",
                to_columns=("id", "fund_id"),
                name="reversal_in_the_same_fund",
            ),
            CompositeForeignKey(
                fields=("refunds", "fund"),
                to="funding_journalentry",
                to_columns=("id", "fund_id"),
                name="refund_in_the_same_fund",
            ),
            CompositeForeignKey(
                fields=("commitment", "fund"),
                to="funding_commitment",
                to_columns=("id", "fund_id"),
                name="entry_of_a_commitment_of_its_fund",
            ),
            CompositeForeignKey(
                fields=("part", "commitment"),
                to="funding_paymentpart",
                to_columns=("id", "commitment_id"),
                name="payment_of_its_commitment",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_amount_above_zero"),
            models.CheckConstraint(
                condition=Q(state="posted", posted_by__isnull=False, posted_at__isnull=False)
                | (~Q(state="posted") & Q(posted_by__isnull=True, posted_at__isnull=True)),
                name="posted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("allotment", "receipt", "commitment"))
                | Q(posted_by__isnull=True)
                | ~Q(posted_by=F("drafted_by")),
                name="money_moves_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) & ~Q(concerns="reversal") & ~Q(reason="")
                | (~Q(kind="reversal") & Q(reverses__isnull=True, concerns=F("kind"))),
                name="a_reversal_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(concerns__in=("allotment", "receipt", "return"), commitment__isnull=True)
                | Q(kind="giveback", commitment__isnull=True)
                | Q(concerns__in=("commitment", "payment", "refund", "cut"), commitment__isnull=False),
                name="spending_names_its_commitment",
            ),
            models.CheckConstraint(
                condition=~Q(kind="payment") | Q(part__isnull=False) & ~Q(voucher=""),
                name="payment_has_part_and_voucher",
            ),
            models.CheckConstraint(
                condition=Q(kind="refund", refunds__isnull=False) & ~Q(reason="")
                | (~Q(kind="refund") & Q(refunds__isnull=True)),
                name="a_refund_says_of_what_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.words}"


class Leg(models.Model):
    """One side of an entry: signed 分 on an account of the entry's own fund. Inserted while the entry is a draft, never touched again."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="legs")
    account = models.ForeignKey(Account, models.PROTECT, related_name="legs")
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    amount = MoneyField()

    class Meta:
        verbose_name = verbose_name_plural = "分录明细"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("entry", "account"), name="an_account_once_in_an_entry"),
            models.CheckConstraint(condition=~Q(amount=0), name="leg_is_not_zero"),
            CompositeForeignKey(
                fields=("entry", "fund"),
                to="funding_journalentry",
                to_columns=("id", "fund_id"),
                name="leg_in_the_fund_of_its_entry",
            ),
            CompositeForeignKey(
                fields=("account", "fund"),
                to="funding_account",
                to_columns=("id", "fund_id"),
                name="leg_in_the_fund_of_its_account",
            ),
        ]

    @property
    def debit(self) -> Decimal | None:
        """The amount where it stands on the debit side."""
        return self.amount if self.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        """The amount where it stands on the credit side."""
        return -self.amount if self.amount < 0 else None
