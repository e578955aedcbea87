"""老旧小区 with buildings and homes: the register."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from offices.fields import AreaField
from offices.models import InDivision, Record, StoredFile, User
from offices.models.base import in_order

if TYPE_CHECKING:
    from decimal import Decimal


class CommunityQuerySet(models.QuerySet["Community"]):
    """Communities by who looks."""

    def visible_to(self, user: User) -> Self:
        """Communities in the user's scope, merged ones left out."""
        return self.filter(user.scope.q(), merged_into__isnull=True)

    def public(self) -> Self:
        """What residents may find."""
        return self.filter(merged_into__isnull=True, withdrawn=False)


class Community(Record, InDivision):
    """A community (or a single building) of the survey register. Blank is unknown and never zero."""

    class Excluded(models.TextChoices):
        """What is outside 改造范围 where the document says so."""

        SHANTYTOWN = "shantytown", "已纳入棚户区改造计划"
        DEMOLISH_REBUILD = "demolish_rebuild", "拟拆除新建（改建、扩建、翻建）"
        SELF_BUILT = "self_built", "居民自建住房为主"
        URBAN_VILLAGE = "urban_village", "城中村"

    class PropertyRight(models.TextChoices):
        """产权性质."""

        COMMODITY = "commodity", "商品房"
        REFORMED = "reformed", "房改房"
        UNIT_OWNED = "unit_owned", "单位自管公房"
        PUBLIC = "public", "直管公房"
        RESETTLEMENT = "resettlement", "安置房"
        MIXED = "mixed", "混合产权"
        OTHER = "other", "其他"

    name = models.CharField("小区名称", max_length=100)
    former_names = models.CharField("曾用名", max_length=200, blank=True)
    address = models.CharField("位置", max_length=200, blank=True)
    built_text = models.CharField("建成时间", max_length=60, blank=True, help_text="原文，如 1995、1997")
    built_from = models.PositiveSmallIntegerField("最早建成年", null=True, blank=True)
    built_to = models.PositiveSmallIntegerField("最晚建成年", null=True, blank=True)
    building_count = models.PositiveIntegerField("栋数", null=True, blank=True)
    household_count = models.PositiveIntegerField("户数", null=True, blank=True)
    floor_area = AreaField("建筑面积（㎡）", null=True, blank=True)
    property_right = models.CharField("产权性质", max_length=20, choices=PropertyRight.choices, blank=True)
    property_unit = models.CharField("原产权单位", max_length=100, blank=True)
    state_owned = models.BooleanField("国有企事业单位住宅", null=True, blank=True)
    in_town = models.BooleanField("位于城市或县城（城关镇）", null=True, blank=True)
    single_building = models.BooleanField("单栋住宅楼", null=True, blank=True)
    excluded = models.CharField("不属于改造范围的情形", max_length=20, choices=Excluded.choices, blank=True)
    excluded_evidence = models.CharField("该情形的依据", max_length=200, blank=True)
    heritage = models.BooleanField("涉及历史文化街区、历史建筑、古树名木", null=True, blank=True)
    heritage_note = models.CharField("历史保护说明", max_length=200, blank=True)
    contact_phone = models.CharField("对外咨询电话", max_length=40, blank=True, help_text="公开显示，填办公电话")
    surveyed_on = models.DateField("调查日期", null=True, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    name_key = models.CharField(
        max_length=100, blank=True, editable=False, help_text="name, folded: what two rows of one name share"
    )
    address_key = models.CharField(max_length=200, blank=True, editable=False, help_text="address, folded")
    search_text = models.TextField(blank=True, editable=False, help_text="names, address, pinyin and initials, folded")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="merged")
    withdrawn = models.BooleanField("已撤下", default=False)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "小区"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(floor_area__isnull=True) | Q(floor_area__gt=0), name="community_area_positive"
            ),
            models.CheckConstraint(
                condition=Q(built_from__isnull=True) | Q(built_to__isnull=True) | Q(built_to__gte=F("built_from")),
                name="community_built_years_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=("county", "id"), name="community_of_county"),
            models.Index(fields=("city", "id"), name="community_of_city"),
            models.Index(fields=("county", "name_key"), name="community_by_name"),
            *in_order(
                "register",
                "name",
                may_be_empty=(
                    "household_count",
                    "floor_area",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommunityRevision(models.Model):
    """The register's figures as they stood after each change: area, households and buildings carry money, so they have versions."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    values = models.JSONField()
    evidence = models.CharField("依据", max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("community", "version"), name="one_revision_per_version")]


class CommunityFact(Record):
    """A fact that 改造对象 asks for, with its evidence (失养失修失管, 市政配套设施不完善, 居民改造意愿强烈…)."""

    class Key(models.TextChoices):
        """Facts of the definition; the keys are those of the rulebooks' ``recorded_facts``."""

        NEGLECTED = "neglected", "失养失修失管"
        MUNICIPAL_FACILITIES = "municipal_facilities", "市政配套设施不完善"
        COMMUNITY_SERVICES = "community_services", "社区服务设施不健全"
        PUBLIC_FACILITIES = "public_facilities", "公共设施落后影响居民基本生活"
        RESIDENTS_WILLING = "residents_willing", "居民改造意愿强烈"

    community = models.ForeignKey(Community, models.CASCADE, related_name="facts")
    key = models.CharField("事实", max_length=30, choices=Key.choices)
    holds = models.BooleanField("是否如此")
    evidence = models.CharField("依据", max_length=300)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_on = models.DateField("记录日期")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("community", "key"), name="one_answer_per_fact")]


class Hazard(Record):
    """A safety hazard or shortfall found by the survey; schemes must answer it later."""

    class Kind(models.TextChoices):
        """Kinds."""

        DRAINAGE = "drainage", "排水管线"
        GAS = "gas", "燃气管线"
        WATER = "water", "供水管线"
        POWER = "power", "供电线路"
        FIRE = "fire", "消防"
        STRUCTURE = "structure", "房屋结构"
        FACILITY = "facility", "配套设施短板"
        OTHER = "other", "其他"

    community = models.ForeignKey(Community, models.CASCADE, related_name="hazards")
    kind = models.CharField("类别", max_length=20, choices=Kind.choices)
    description = models.CharField("情况", max_length=300)
    found_on = models.DateField("发现日期")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    """Pairs by who looks."""

    def visible_to(self, user: User) -> Self:
        """Pairs of which the user sees both halves."""
        return self.filter(user.scope.q("first__"), user.scope.q("second__"))

    def open(self) -> Self:
        """Not decided yet, both halves still in the register."""
        return self.filter(
            decision="",
            first__merged_into__isnull=True,
            second__merged_into__isnull=True,
            first__withdrawn=False,
            second__withdrawn=False,
        )


class DuplicatePair(Record):
    """Two communities that look like one. Found by the platform; decided by a person; never merged by itself."""

    class Decision(models.TextChoices):
        """Decisions; empty while open."""

        OPEN = "", "待核实"
        DISTINCT = "distinct", "不是同一小区"
        MERGED = "merged", "已合并"

    first = models.ForeignKey(Community, models.CASCADE, related_name="+")
    second = models.ForeignKey(Community, models.CASCADE, related_name="+")
    agreeing = models.JSONField("一致的字段", default=list)
    decision = models.CharField("结论", max_length=10, choices=Decision.choices, blank=True, default=Decision.OPEN)
    reason = models.CharField("理由", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("first", "second"), name="each_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
        ]


class Building(Record):
    """楼栋."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="buildings")
    name = models.CharField("楼栋", max_length=60)
    built_text = models.CharField("建成时间", max_length=60, blank=True)
    floors = models.PositiveSmallIntegerField("层数", null=True, blank=True)
    units = models.PositiveSmallIntegerField("单元数", null=True, blank=True)
    structure = models.CharField("结构", max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("community", "name"), name="building_name_once_per_community")]


class Home(Record):
    """专有部分（户） with its private floor area and where that figure comes from (N-02: register, then survey, then contract)."""

    class AreaSource(models.TextChoices):
        """Sources in order of precedence."""

        REGISTER = "register", "不动产登记簿"
        SURVEY = "survey", "测绘报告"
        CONTRACT = "contract", "买卖合同"

    building = models.ForeignKey(Building, models.PROTECT, related_name="homes")
    unit = models.CharField("单元", max_length=20, blank=True)
    room = models.CharField("房号", max_length=20)
    floor = models.SmallIntegerField("楼层", null=True, blank=True)
    private_area = AreaField("专有部分面积（㎡）", null=True, blank=True)
    area_source = models.CharField("面积来源", max_length=10, choices=AreaSource.choices, blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="merged",
        help_text="entered twice: the one that stays",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("building", "unit", "room"), name="room_once_per_unit"),
            models.CheckConstraint(
                condition=Q(private_area__isnull=True) | Q(private_area__gt=0), name="home_area_positive"
            ),
        ]

    def area_text(self) -> str:
        """Area as text with two decimals, empty where unknown."""
        area: Decimal | None = self.private_area
        return "" if area is None else f"{area:.2f}"
