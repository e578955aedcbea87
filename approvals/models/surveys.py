"""居民意愿调查 and 满意度调查. The questionnaire is frozen when it opens; answers are never changed; one a household counts."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from approvals.rules.surveys import door_words
from communities.models import Community, Hazard, Home
from offices.models import Body, InDivision, Record, User
from offices.models.base import in_order


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Surveys by who looks."""

    def visible_to(self, user: User) -> Self:
        """Surveys of the user's scope."""
        return self.filter(user.scope.q())

    def public(self) -> Self:
        """What residents may see: a questionnaire that is or was open."""
        return self.exclude(state="draft")


class Survey(Record, InDivision):
    """A survey of one community, for the community itself or for one project (``subject``): draft → open → closed → confirmed."""

    class Kind(models.TextChoices):
        """Kinds; each answers gates of its own (``approvals.rules.surveys.evidence_of``)."""

        PLAN_CONSENT = "plan_consent", "纳入计划意见征求"
        WILLINGNESS = "willingness", "居民意愿调查"
        SATISFACTION = "satisfaction", "居民满意度调查"

    class State(models.TextChoices):
        """States."""

        DRAFT = "draft", "草稿"
        OPEN = "open", "进行中"
        CLOSED = "closed", "已截止，待确认"
        CONFIRMED = "confirmed", "已确认"

    class Asks(models.TextChoices):
        """Whom it asks. 居民 includes tenants; a household gives one answer either way."""

        RESIDENTS = "residents", "居民（业主、租户都可以答，一户一份）"
        OWNERS = "owners", "业主（一户一份，租户不答）"

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name="小区")
    subject_type = models.CharField(max_length=40, default="community")
    subject_uid = models.UUIDField()
    kind = models.CharField("类别", max_length=14, choices=Kind.choices)
    title = models.CharField("名称", max_length=120)
    asks = models.CharField("调查对象", max_length=10, choices=Asks.choices, default=Asks.RESIDENTS)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="组织单位")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    until = models.DateField("截止日期", help_text="当日仍可答卷")
    intro = models.CharField("说明", max_length=500, blank=True)
    items = models.JSONField(
        "可选的改造内容", default=list, help_text="keys of catalogue items offered while it is a draft"
    )
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    opened_on = models.DateField("开始日期", null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField("截止时间", null=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "居民调查"
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("community", "subject_uid", "kind"),
                condition=Q(state__in=("draft", "open", "closed")),
                name="one_live_survey_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_on__isnull=True)
                | (~Q(state="draft") & Q(opened_on__isnull=False, opened_by__isnull=False)),
                name="survey_opened_has_day_and_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "open"), closed_at__isnull=True)
                | Q(state__in=("closed", "confirmed"), closed_at__isnull=False),
                name="survey_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=("subject_uid", "kind"), name="survey_of_subject"),
            models.Index(fields=("community", "kind"), name="survey_of_community"),
            *in_order("survey", "until", may_be_empty=("opened_on",)),
        ]

    def __str__(self) -> str:
        return self.title


class SurveySheet(models.Model):
    """The questionnaire as it was opened, frozen: whom it asks, what it asks, of how many households. Answers need it."""

    survey = models.OneToOneField(Survey, models.PROTECT, related_name="sheet")
    questions = models.JSONField(help_text="asks, intro, choices, items [{key, label, class, five}]")
    content_hash = models.CharField(max_length=64)
    households = models.PositiveIntegerField(null=True, help_text="of the register on the day of opening")
    opened_at = models.DateTimeField()


class SurveyAnswer(models.Model):
    """One answer. Never changed and never deleted, but for the free words, which can be erased."""

    class Role(models.TextChoices):
        """Who answered for the household."""

        OWNER = "owner", "业主"
        TENANT = "tenant", "租户"
        OTHER = "other", "其他（家属、代管人等）"

    class Channel(models.TextChoices):
        """How it came."""

        ONLINE = "online", "线上"
        DOOR = "door", "入户"
        PAPER = "paper", "纸质问卷"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(SurveySheet, models.PROTECT, related_name="answers")
    home = models.ForeignKey(Home, models.PROTECT, null=True, related_name="+")
    household = models.CharField(
        max_length=80, help_text="what an answer is counted by: home:<id>, or the door as text"
    )
    building = models.CharField("楼栋", max_length=60)
    unit = models.CharField("单元", max_length=20, blank=True)
    room = models.CharField("房号", max_length=20)
    role = models.CharField("答卷人", max_length=8, choices=Role.choices)
    channel = models.CharField("渠道", max_length=8, choices=Channel.choices)
    serial = models.CharField("问卷编号", max_length=40, blank=True)
    choice = models.CharField("意见", max_length=20)
    needs = models.JSONField("需求", default=list)
    hazards = models.JSONField("隐患", default=list)
    words = models.CharField("其他意见", max_length=500, blank=True)
    receipt = models.CharField("回执编号", max_length=20, unique=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="who entered it; empty: online")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "答卷"
        constraints = [
            models.UniqueConstraint(
                fields=("sheet", "serial"), condition=~Q(serial=""), name="one_answer_per_paper_number"
            ),
            models.CheckConstraint(
                condition=(Q(channel="paper") & ~Q(serial="")) | (~Q(channel="paper") & Q(serial="")),
                name="paper_answers_have_a_number",
            ),
            models.CheckConstraint(
                condition=Q(channel="online", by__isnull=True) | (~Q(channel="online") & Q(by__isnull=False)),
                name="answers_entered_by_staff_say_by_whom",
            ),
        ]
        indexes = [models.Index(fields=("sheet", "household", "id"), name="answers_of_household")]

    @property
    def door(self) -> str:
        """The household as it is said."""
        return door_words(self.building, self.unit, self.room)


class CountingAnswer(models.Model):
    """Which answer of a household counts: the latest. One a household and survey, by the database."""

    sheet = models.ForeignKey(SurveySheet, models.PROTECT, related_name="counting")
    household = models.CharField(max_length=80)
    answer = models.OneToOneField(SurveyAnswer, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("sheet", "household"), name="one_counting_answer_per_household")]


class GradeScale(Record, InDivision):
    """Thresholds of 分级 that an authority entered, in per cent of the answers: the document gives no numbers. Versions are kept."""

    a_from = models.PositiveSmallIntegerField("A级不低于（%）")
    b_from = models.PositiveSmallIntegerField("B级不低于（%）")
    reason = models.CharField("依据", max_length=300)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(a_from__gt=F("b_from"), a_from__lte=100, b_from__gte=1), name="grades_in_order"
            )
        ]


class SurveyResult(models.Model):
    """The figures as a leader confirmed them, numerators and denominators. Never changed."""

    survey = models.OneToOneField(Survey, models.PROTECT, related_name="result")
    households = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    choices = models.JSONField()
    needs = models.JSONField(help_text="[[key, wanted]], most wanted first")
    hazards = models.JSONField(help_text="[[kind, households]]")
    warnings = models.JSONField(default=list)
    grade = models.CharField("分级", max_length=1, blank=True)
    grade_reason = models.CharField("分级理由", max_length=300, blank=True)
    scale = models.ForeignKey(GradeScale, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(answered__lte=F("households")), name="answers_never_exceed_households")
        ]


class SurveyHazard(models.Model):
    """A hazard that residents reported was taken over into the register, once a kind."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="taken")
    kind = models.CharField(max_length=20)
    hazard = models.OneToOneField(Hazard, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("survey", "kind"), name="hazard_taken_over_once")]
