"""行政区划 and 机构."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from offices.models.base import Record, in_order

if TYPE_CHECKING:
    from offices.models.people import User

LEVELS = ("province", "city", "county", "street", "neighbourhood")


class DivisionQuerySet(models.QuerySet["Division"]):
    """Divisions by their place in the tree."""

    def below(self, division: "Division") -> Self:
        """``division`` itself and everything below it."""
        return self.filter(**{division.column: division.pk})

    def visible_to(self, user: "User") -> Self:
        """Divisions in the user's scope."""
        return self.filter(user.scope.q(""))

    def public(self) -> Self:
        """All: the division tree is nobody's secret."""
        return self.all()


class Division(Record):
    """A node of the division tree. Every row carries its ancestors, one id column per level (itself at its own level)."""

    class Kind(models.TextChoices):
        """Kinds; a functional zone (新区管委会) stands at county level, files plans and has no official code."""

        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        FUNCTIONAL_ZONE = "functional_zone", "新区、开发区"
        STREET = "street", "街道、乡镇"
        NEIGHBOURHOOD = "neighbourhood", "社区"

    code = models.CharField("行政区划代码", max_length=12, null=True, blank=True, unique=True)
    code_valid_from = models.DateField("代码启用", null=True, blank=True)
    code_valid_until = models.DateField("代码停用", null=True, blank=True)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("简称", max_length=40, blank=True)
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    province = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    city = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    county = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    street = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    neighbourhood = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    rulebook = models.SlugField("本级规则库", max_length=40, blank=True, help_text="只在本级另有文件时填写")
    governed_by = models.SlugField(
        "适用规则库", max_length=40, blank=True, editable=False, help_text="本级或最近上级的规则库"
    )

    objects = DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ("code", "pk")
        constraints = [
            models.UniqueConstraint(fields=("parent", "name"), name="division_name_once_below_parent"),
            models.CheckConstraint(
                condition=Q(code_valid_until__isnull=True)
                | Q(code_valid_from__isnull=True)
                | Q(code_valid_until__gte=models.F("code_valid_from")),
                name="division_code_dates_in_order",
            ),
        ]
        indexes = [*in_order("division", "name", may_be_empty=("code",))]

    def __str__(self) -> str:
        return self.name

    @property
    def level(self) -> str:
        """Level in the tree; a functional zone stands at county level."""
        return "county" if self.kind == self.Kind.FUNCTIONAL_ZONE else self.kind

    @property
    def column(self) -> str:
        """Name of the ancestor column that holds this division on every row below it."""
        return f"{self.level}_id"


class InDivision(models.Model):
    """Base of rows that lie in a division: its ancestors are on the row, so that a scope is one indexed comparison."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="所在区划")
    province = models.ForeignKey(Division, models.PROTECT, null=True, editable=False, related_name="+")
    city = models.ForeignKey(Division, models.PROTECT, null=True, editable=False, related_name="+")
    county = models.ForeignKey(Division, models.PROTECT, null=True, editable=False, related_name="+")
    street = models.ForeignKey(Division, models.PROTECT, null=True, editable=False, related_name="+")
    neighbourhood = models.ForeignKey(Division, models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        abstract = True

    def place_in(self, division: Division) -> None:
        """Set the division and all its ancestors (to be saved by the caller)."""
        self.division = division
        for level in LEVELS:
            setattr(self, f"{level}_id", getattr(division, f"{level}_id"))


class BodyQuerySet(models.QuerySet["Body"]):
    """Bodies by who looks."""

    def visible_to(self, user: "User") -> Self:
        """Bodies of divisions in the user's scope."""
        return self.filter(user.scope.q("division__"))

    def public(self) -> Self:
        """Bodies in use with the phone that they publish."""
        return self.filter(active=True)


class Body(Record):
    """机构: an office of a division. Its slug (``county_housing``) is what a rulebook's route names."""

    UNLEVELLED = frozenset({"power", "water", "gas", "telecom", "cable_tv", "heating"})

    division = models.ForeignKey(Division, models.PROTECT, related_name="bodies", verbose_name="区划")
    kind = models.SlugField("职能", max_length=40)
    also = models.JSONField("兼任职能", default=list, blank=True, help_text="例如住建局兼领导小组办公室、改造主管部门")
    name = models.CharField("名称", max_length=80)
    phone = models.CharField("对外电话", max_length=40, blank=True)
    active = models.BooleanField("在用", default=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ("division_id", "kind", "pk")
        constraints = [models.UniqueConstraint(fields=("division", "name"), name="body_name_once_per_division")]
        indexes = [*in_order("body", "name")]

    def __str__(self) -> str:
        return self.name

    @property
    def slugs(self) -> tuple[str, ...]:
        """level_kind of every role it plays; utilities carry no level."""
        level = self.division.level
        return tuple(kind if kind in self.UNLEVELLED else f"{level}_{kind}" for kind in (self.kind, *self.also))
