"""Acceptance of works: parts accepted apart, the joint one with who signed it, defects, the city's spot check, filing."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from offices.models import Body, InDivision, Record, StoredFile, User
from offices.models.base import in_order
from projects.models.projects import Project


class Scoped(models.QuerySet["models.Model"]):
    """Rows by who looks."""

    def visible_to(self, user: User) -> Self:
        """Rows in the user's scope."""
        return self.filter(user.scope.q())


class Checked(Record):
    """A row entered by one person that counts once another has held it against the paper."""

    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    checked_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="复核人"
    )
    checked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")),
                name="%(class)s_checked_by_another",
            )
        ]


class SeparateAcceptance(Checked):
    """管线迁移、建筑节能、加装电梯: accepted by the competent body before the whole (CZ-16). ``key`` is the key of the gate's list."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="separate_acceptances")
    key = models.SlugField("内容", max_length=40)
    body = models.CharField("验收的主管部门", max_length=80)
    passed_on = models.DateField("验收合格日期")
    number = models.CharField("文号或编号", max_length=60, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="验收文件")

    class Meta(Checked.Meta):
        abstract = False
        indexes = [models.Index(fields=("project", "key"), name="separate_acceptance_of")]


class Acceptance(Record, InDivision):
    """竣工验收 of a project: held on a day with its parties, passed once all have signed and a second person has confirmed it."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="acceptance")
    held_on = models.DateField("验收日期")
    place = models.CharField("验收地点", max_length=120, blank=True)
    report = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="竣工验收报告", editable=False
    )
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    passed_on = models.DateField("验收合格日期", null=True, editable=False)
    passed_by = models.ForeignKey(
        User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="确认人"
    )
    passed_at = models.DateTimeField(null=True, editable=False)
    conclusion = models.CharField("验收结论", max_length=500, blank=True)
    design_life = models.PositiveSmallIntegerField("设计合理使用年限（年）", null=True, blank=True)
    seasons_end = models.DateField("第二个采暖期、供冷期结束日", null=True, blank=True)
    filed_on = models.DateField("备案日期", null=True, editable=False)
    filing_number = models.CharField("备案编号", max_length=60, blank=True)
    filing = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="备案文件")
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    filing_checked_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")

    objects = Scoped.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "竣工验收"
        constraints = [
            models.CheckConstraint(
                condition=Q(passed_on__isnull=True, passed_by__isnull=True, passed_at__isnull=True)
                | Q(passed_on__isnull=False, passed_by__isnull=False, passed_at__isnull=False)
                & Q(passed_on__gte=F("held_on"))
                & ~Q(passed_by=F("opened_by")),
                name="acceptance_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(filed_on__isnull=True)
                | Q(passed_on__isnull=False, filed_by__isnull=False) & Q(filed_on__gte=F("passed_on")),
                name="acceptance_filed_after_it_passed",
            ),
            models.CheckConstraint(
                condition=Q(filing_checked_by__isnull=True) | ~Q(filing_checked_by=F("filed_by")),
                name="acceptance_filing_checked_by_another",
            ),
        ]
        indexes = [*in_order("acceptance", "held_on", may_be_empty=("passed_on",))]

    def __str__(self) -> str:
        return f"{self.project.name}竣工验收"


class AcceptanceParty(Record):
    """A unit's signature under an acceptance. ``signer`` is personal: shown masked, on no public page. A wrong one is withdrawn."""

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="parties")
    key = models.SlugField("参加方", max_length=40)
    label = models.CharField(max_length=80, help_text="as the document calls it, at the signature")
    unit = models.CharField("单位", max_length=120)
    signer = models.CharField("签字人", max_length=40)
    signed_on = models.DateField("签字日期")
    agrees = models.BooleanField("同意验收")
    opinion = models.CharField("意见", max_length=500, blank=True)
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="签字页")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("acceptance", "key", "unit"), condition=Q(withdrawn_at__isnull=True), name="unit_signs_once"
            )
        ]


class Defect(Record):
    """What the acceptance found, or what was reported within the warranty (``kind``): mended by its owner, seen again by another person."""

    class Kind(models.TextChoices):
        """Where it came from."""

        ACCEPTANCE = "acceptance", "验收问题"
        WARRANTY = "warranty", "保修报修"

    class State(models.TextChoices):
        """Open, mended and waiting to be seen again, done."""

        OPEN = "open", "待整改"
        MENDED = "mended", "待复验"
        DONE = "done", "已复验"

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="defects")
    kind = models.CharField("类别", max_length=12, choices=Kind.choices)
    component = models.SlugField("保修部位", max_length=40, blank=True)
    within = models.BooleanField("保修期内", null=True, editable=False, help_text="null: the end is not known")
    text = models.CharField("问题", max_length=500)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="照片")
    owner = models.CharField("整改单位", max_length=80)
    found_on = models.DateField("发现或报修日期")
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN, editable=False)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    mended_on = models.DateField("整改完成日", null=True, editable=False)
    mended_note = models.CharField("整改情况", max_length=500, blank=True)
    mended_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    seen_on = models.DateField("复验日", null=True, editable=False)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    returns = models.PositiveSmallIntegerField("复验不合格次数", default=0, editable=False)

    class Meta:
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", mended_on__isnull=True, mended_by__isnull=True, seen_by__isnull=True)
                | Q(state="mended", mended_on__isnull=False, mended_by__isnull=False, seen_by__isnull=True)
                | Q(state="done", mended_by__isnull=False, seen_on__isnull=False, seen_by__isnull=False)
                & ~Q(seen_by=F("mended_by")),
                name="defect_seen_again_by_another",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("found_on")), name="defect_due_after_it_was_found"),
        ]


class SpotCheck(Record):
    """抽检核验 by the city's office (RC-19). Never rewritten."""

    acceptance = models.ForeignKey(Acceptance, models.PROTECT, related_name="spot_checks")
    on = models.DateField("抽检日期")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="抽检单位")
    passed = models.BooleanField("核验合格")
    findings = models.CharField("核验意见", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
