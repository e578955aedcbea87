"""Renovation schemes (改造方案): one a project, items picked from the document's catalogue, fixed versions that are never rewritten."""

from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import BigIntegerField, ExpressionWrapper, F, Q
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from communities.models import Building, Community
from funding.rules.shares import SOURCE_LABELS
from offices.fields import HundredthsField, MoneyField
from offices.models import Body, InDivision, Record, StoredFile, User
from projects.models.projects import Project
from projects.rules.scheme import FACILITIES, FACILITY_OWNERS, KEEPERS, RENEWERS

# So that 2 × quantity × price stays within a bigint, and the database can hold the amount against them.
MOST_QUANTITY = 1_000_000_000  # thousandths: 1,000,000 units
MOST_PRICE = Decimal("10000000.00")  # yuan
_PRODUCT = ExpressionWrapper(2 * F("quantity") * F("unit_price") + 1000, output_field=BigIntegerField())
_AMOUNT = ExpressionWrapper(2000 * F("amount"), output_field=BigIntegerField())
_AMOUNT_NEXT = ExpressionWrapper(2000 * F("amount") + 2000, output_field=BigIntegerField())


class SchemeQuerySet(models.QuerySet["Scheme"]):
    """Schemes by who looks."""

    def visible_to(self, user: User) -> Self:
        """Schemes in the user's scope."""
        return self.filter(user.scope.q())


class Scheme(Record, InDivision):
    """The scheme of a project as it is being written; ``current`` is its latest fixed version."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="scheme")
    current = models.ForeignKey("projects.SchemeVersion", models.PROTECT, null=True, editable=False, related_name="+")
    owner_ratio = HundredthsField(
        "业主出资比例（%）",
        null=True,
        blank=True,
        help_text="文件要求业主按比例出资的内容，由当地确定的比例，如 15",
    )
    central_reason = models.CharField("使用中央补助的理由（2000年后建成的小区）", max_length=300, blank=True)
    residents_funding = models.TextField("居民资金筹集方案", max_length=2000, blank=True)
    management = models.TextField("长效管理方案", max_length=2000, blank=True)

    objects = SchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "改造方案"
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_ratio__isnull=True) | Q(owner_ratio__gt=0, owner_ratio__lte=100),
                name="scheme_ratio_within_100",
            )
        ]

    def __str__(self) -> str:
        return f"{self.project.name}改造方案"


class SchemeItem(Record):
    """A line of the scheme. Its amount is quantity × unit price, rounded half up once (the database holds it to that)."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField("序号")
    catalogue_key = models.CharField(max_length=200, blank=True, help_text="empty: outside the catalogue")
    name = models.CharField("项目", max_length=80)
    item_class = models.CharField("类别", max_length=40, blank=True)
    group = models.CharField("分组", max_length=80, blank=True)
    clause = models.CharField("条款", max_length=40, blank=True)
    five = models.CharField(max_length=10, blank=True, help_text="water, power, road, gas, elevator")
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="小区"
    )
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼栋")
    quantity = models.BigIntegerField(
        "数量（千分之一）", validators=[MinValueValidator(1), MaxValueValidator(MOST_QUANTITY)]
    )
    unit = models.CharField("单位", max_length=12)
    unit_price = MoneyField("单价（元）")
    amount = MoneyField("金额（元）")
    reason = models.CharField("目录外的理由", max_length=200, blank=True)
    means = models.CharField("方式", max_length=10, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    facility = models.CharField("专营设施", max_length=12, blank=True, choices=list(FACILITIES.items()))
    facility_owner = models.CharField("产权人", max_length=12, blank=True, choices=list(FACILITY_OWNERS.items()))
    renewed_by = models.CharField("改造单位", max_length=12, blank=True, choices=list(RENEWERS.items()))
    kept_by = models.CharField("改造后由谁接管", max_length=12, blank=True, choices=list(KEEPERS.items()))
    in_step = models.BooleanField("同步设计、同步实施", default=True)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=MOST_QUANTITY, unit_price__gte=0, unit_price__lte=MOST_PRICE),
                name="scheme_item_figures_in_range",
            ),
            models.CheckConstraint(
                condition=Q(LessThanOrEqual(_AMOUNT, _PRODUCT)) & Q(GreaterThan(_AMOUNT_NEXT, _PRODUCT)),
                name="scheme_item_amount_exact",
            ),
            models.CheckConstraint(
                condition=Q(facility="")
                | (~Q(facility="") & ~Q(facility_owner="") & ~Q(renewed_by="") & ~Q(kept_by="")),
                name="scheme_facility_says_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SchemePayment(models.Model):
    """What one kind of source pays of a line."""

    item = models.ForeignKey(SchemeItem, models.CASCADE, related_name="payments")
    kind = models.CharField("出资渠道", max_length=30, choices=list(SOURCE_LABELS.items()))
    amount = MoneyField("金额（元）")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("item", "kind"), name="payer_once_per_item"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payer_pays_something"),
        ]


class SchemeReply(Record):
    """What the scheme says to a hazard or a wish of the survey (``key``): the item that takes it up, or why none does."""

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="replies")
    key = models.CharField(max_length=120)
    item = models.ForeignKey(SchemeItem, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField("没有列入的理由", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_leader = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("scheme", "key"), name="one_reply_per_need")]


class SchemeFile(Record):
    """A drawing or a paper of the scheme."""

    class Kind(models.TextChoices):
        """Kinds."""

        DRAWING = "drawing", "图纸"
        PAPER = "paper", "文本"

    scheme = models.ForeignKey(Scheme, models.CASCADE, related_name="files")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    title = models.CharField("名称", max_length=120)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)


class SchemeVersion(models.Model):
    """A fixed version: what the scheme said, and the hash of that. Never rewritten."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField("版本")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    note = models.CharField("修改说明", max_length=300, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("scheme", "number"), name="scheme_version_once")]
