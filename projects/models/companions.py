"""专项改造计划 of departments and 管线改造计划 of utilities beside the annual plan; what a division files upward."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from communities.models import Community
from offices.fields import MoneyField
from offices.models import Body, InDivision, Record, StoredFile, User
from offices.models.base import in_order


class CompanionQuerySet(models.QuerySet["CompanionLine"]):
    """Lines by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those of the user's scope."""
        return self.filter(user.scope.q())

    def standing(self) -> Self:
        """Not taken back."""
        return self.filter(withdrawn_at__isnull=True)


class CompanionLine(Record, InDivision):
    """One line of another unit's plan for a year. ``nothing``: the unit says that it plans nothing in this division in that year."""

    class Kind(models.TextChoices):
        """Keys are those of the papers that the gate asks for."""

        SPECIAL = "special_plans", "专项改造计划"
        PIPELINE = "pipeline_plans", "管线改造计划"

    class Sector(models.TextChoices):
        """Facilities and pipelines in the words of the document."""

        ELDERLY = "elderly", "养老"
        CULTURE = "culture", "文化"
        EDUCATION = "education", "教育"
        HEALTH = "health", "卫生"
        NURSERY = "nursery", "托育"
        SPORT = "sport", "体育"
        POST = "post", "邮政"
        SECURITY = "security", "治安"
        WATER = "water", "供水"
        POWER = "power", "供电"
        HEATING = "heating", "供暖"
        GAS = "gas", "供气"
        TELECOM = "telecom", "通信"
        DRAINAGE = "drainage", "排水"
        OTHER = "other", "其他"

    year = models.PositiveSmallIntegerField("年度")
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    sector = models.CharField("专业", max_length=12, choices=Sector.choices)
    unit = models.CharField("编制单位", max_length=80)
    place = models.CharField("小区名称（原文）", max_length=100, blank=True)
    nothing = models.BooleanField("本年度没有涉及老旧小区的计划", default=False)
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+")
    works = models.CharField("建设内容", max_length=200, blank=True)
    amount = MoneyField("资金（元）", null=True, blank=True)
    funds_on = models.DateField("资金到位时间", null=True, blank=True)
    document_number = models.CharField("文号或计划名称", max_length=80, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    agreed_reason = models.CharField("年度不一致的说明", max_length=300, blank=True)
    agreed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = CompanionQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(nothing=True, place="", community__isnull=True) | Q(nothing=False) & ~Q(place=""),
                name="companion_line_names_a_place_or_nothing",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")),
                name="companion_line_checked_by_another",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="companion_amount_positive"
            ),
        ]
        indexes = [models.Index(fields=("division", "year"), name="companion_lines_of_year")]


class UpwardFilingQuerySet(models.QuerySet["UpwardFiling"]):
    """Filings by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those of the user's scope."""
        return self.filter(user.scope.q())


class UpwardFiling(Record, InDivision):
    """报上级备案: a division's list of contents or its standard, sent to the housing office above (JX-08). What was sent is frozen."""

    class Kind(models.TextChoices):
        """What is filed."""

        CONTENTS = "contents", "改造内容清单"
        STANDARD = "standard", "改造标准"

    kind = models.CharField("内容", max_length=10, choices=Kind.choices)
    title = models.CharField("名称", max_length=120)
    document_number = models.CharField("文号", max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    filed_on = models.DateField("报送日期")
    to_body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="报送单位")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_on = models.DateField("收到备案日期", null=True)
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    receipt_number = models.CharField("备案回执号", max_length=60, null=True)

    objects = UpwardFilingQuerySet.as_manager()

    class Meta:
        ordering = ("-filed_on", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(received_on__isnull=True) | Q(received_on__gte=F("filed_on"), received_by__isnull=False),
                name="filing_received_after_sent",
            ),
            models.CheckConstraint(
                condition=Q(received_on__isnull=False) | Q(received_by__isnull=True, receipt_number__isnull=True),
                name="filing_receipt_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(received_by__isnull=True) | ~Q(received_by=F("filed_by")), name="filing_received_by_another"
            ),
        ]
        indexes = [*in_order("upwardfiling", "filed_on")]
