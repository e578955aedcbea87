"""The works: parts with their days, monthly reports with photos, residents who supervise, and what was learned."""

from django.db import models
from django.db.models import F, Q

from communities.models import Building, Community
from offices.fields import MoneyField
from offices.models import Record, StoredFile, User
from projects.models.permits import Entered
from projects.models.projects import Project
from projects.models.schemes import MOST_QUANTITY
from projects.rules.works import MOMENTS


class WorkSpan(Record):
    """A part of the works (an item, a building) with planned and actual days."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    name = models.CharField("内容", max_length=80)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼栋")
    item = models.UUIDField("方案中的一项", null=True, blank=True)
    planned_start = models.DateField("计划开始")
    planned_end = models.DateField("计划完成")
    actual_start = models.DateField("实际开始", null=True, blank=True)
    actual_end = models.DateField("实际完成", null=True, blank=True)
    reason = models.CharField("延误原因", max_length=300, blank=True)

    class Meta:
        ordering = ("planned_start", "pk")
        constraints = [
            models.CheckConstraint(condition=Q(planned_end__gte=F("planned_start")), name="span_planned_in_order"),
            models.CheckConstraint(
                condition=Q(actual_end__isnull=True) | Q(actual_start__isnull=False, actual_end__gte=F("actual_start")),
                name="span_actual_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MonthReport(Record):
    """A project's report of a month; a corrected one is a new row and the old one stays."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    month = models.DateField("月份", help_text="the first of the month")
    percent = models.PositiveSmallIntegerField("形象进度（%）")
    money = MoneyField("累计完成投资（元）")
    done = models.TextField("本月完成情况", max_length=2000)
    safety = models.TextField("安全情况", max_length=1000, blank=True)
    quality = models.TextField("质量情况", max_length=1000, blank=True)
    delay = models.CharField("延误原因", max_length=300, blank=True)
    current = models.BooleanField(default=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-month", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("project", "month"), condition=Q(current=True), name="report_once_a_month"),
            models.CheckConstraint(condition=Q(percent__lte=100, money__gte=0), name="report_figures_in_range"),
            models.CheckConstraint(condition=Q(month__day=1), name="report_month_is_its_first"),
        ]

    def __str__(self) -> str:
        return f"{self.month.year}年{self.month.month}月"


class ReportPlace(models.Model):
    """How far one community of a project over several has come (LZ-22: 连片); written with its report, never changed."""

    report = models.ForeignKey(MonthReport, models.PROTECT, related_name="places")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField("形象进度（%）")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("report", "community"), name="a_community_once_in_a_report"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="report_place_within_a_hundred"),
        ]

    def __str__(self) -> str:
        return f"{self.percent}%"


class ReportQuantity(models.Model):
    """What was done of a line of the fixed scheme in a month, in thousandths of its unit; the running sum is added up when it is read.

    ``name``, ``unit``, ``place`` and ``planned`` are the scheme's words and quantity on the day of the report.
    """

    report = models.ForeignKey(MonthReport, models.PROTECT, related_name="quantities")
    item = models.UUIDField("方案中的一项")
    name = models.CharField("项目", max_length=80)
    place = models.CharField("位置", max_length=200)
    unit = models.CharField("单位", max_length=12)
    planned = models.BigIntegerField("方案数量（千分之一）")
    quantity = models.BigIntegerField("本月完成（千分之一）")
    excess = models.CharField("超出方案数量的原因", max_length=300, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("report", "item"), name="an_item_once_in_a_report"),
            models.CheckConstraint(
                condition=Q(quantity__gte=0, quantity__lte=MOST_QUANTITY, planned__gt=0),
                name="report_quantity_in_range",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkPhoto(Record):
    """A photo of the works; EXIF is gone. ``public``: residents see it on their community's page (``community`` None: on each one's)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="+")
    month = models.DateField("月份")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    moment = models.CharField("时点", max_length=8, choices=list(MOMENTS.items()))
    caption = models.CharField("说明", max_length=120)
    public = models.BooleanField("公开", default=False)
    withdrawn_at = models.DateTimeField(null=True, help_text="taken back as wrong: kept, shown nowhere")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("month", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | models.Q(public=False),
                name="withdrawn_photo_is_not_public",
            )
        ]

    def __str__(self) -> str:
        return self.caption


class ResidentSupervisor(Record):
    """A resident who supervises quality and safety (RC-19). Name and phone are personal: pages show them masked."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("电话", max_length=20, blank=True)
    since = models.DateField("起")
    until = models.DateField("止", null=True, help_text="last day; empty while he supervises")

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="supervisor_ends_after_he_began",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class SupervisionVisit(Entered):
    """What a supervising resident found on a day, and what was done about it."""

    supervisor = models.ForeignKey(ResidentSupervisor, models.PROTECT, related_name="+")
    found = models.TextField("发现的情况", max_length=1000)
    answer = models.TextField("处理情况", max_length=1000, blank=True)

    class Meta(Entered.Meta):
        ordering = ("day", "pk")

    def __str__(self) -> str:
        return f"{self.day}"


class Lesson(Record):
    """What was learned during the works, or in the evaluation after them (JX-11)."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    day = models.DateField("日期")
    after = models.BooleanField("完工后的评估", default=False)
    problem = models.CharField("问题", max_length=500)
    cause = models.CharField("原因", max_length=500)
    solution = models.CharField("解决办法", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("day", "pk")

    def __str__(self) -> str:
        return self.problem
