"""公示 and what residents say on it. What was posted is frozen; personal values stand apart and can be erased."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from communities.models import Community
from offices.models import Body, InDivision, Record, User
from offices.models.base import in_order
from policies.words import date_words


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices by who looks."""

    def visible_to(self, user: User) -> Self:
        """Notices in the user's scope, and those of his own bodies (a street posts for a project of its county)."""
        return self.filter(user.scope.q() | Q(body__in=[m.body_id for m in user.active_memberships]))

    def public(self) -> Self:
        """What was posted; a withdrawn or voided notice stays findable with the word that it is."""
        return self.exclude(posted_on__isnull=True)


class Notice(Record, InDivision):
    """A notice of a subject's content in communities.

    ``state`` is stored; 公示期满 is read off ``last_day``. ``content`` holds (label, value) rows of the subject as they were at posting.
    ``counts_for`` is the uid whose gate the notice answers (a scheme's notice answers its project's).
    """

    class Kind(models.TextChoices):
        """What is posted."""

        SCHEME = "scheme", "改造方案公示"
        GENERIC = "generic", "其他公示"

    class State(models.TextChoices):
        """States."""

        DRAFT = "draft", "草稿"
        POSTED = "posted", "公示中"
        CLOSED = "closed", "已结束"
        WITHDRAWN = "withdrawn", "已撤回"
        VOID = "void", "已作废"

    kind = models.CharField("类别", max_length=10, choices=Kind.choices, default=Kind.SCHEME)
    subject_type = models.CharField(max_length=40, blank=True)
    subject_uid = models.UUIDField(null=True)
    counts_for = models.UUIDField(null=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="公示单位")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", max_length=8000)
    content = models.JSONField("公示内容", default=list)
    places = models.JSONField("小区", default=list, help_text="uids of the communities in which it is posted")
    files = models.JSONField("附件", default=list, help_text="[{uid, name, sha256}] that everybody may download")
    own_days = models.PositiveSmallIntegerField("公示天数", null=True, blank=True)
    own_counted_in = models.CharField(
        "计算方法", max_length=14, blank=True, choices=(("working_days", "工作日"), ("calendar_days", "自然日"))
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    content_hash = models.CharField(max_length=64, blank=True)
    posted_on = models.DateField("张贴日期", null=True)
    posted_at = models.DateTimeField(null=True)
    posted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发布人")
    last_day = models.DateField("公示截止日期", null=True)
    counted_in = models.CharField(max_length=14, blank=True, help_text="how its last day was counted")
    estimated = models.BooleanField("按推算的工作日历", default=False)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed = models.BooleanField("负责人确认", default=False)
    ended_at = models.DateTimeField(null=True, help_text="withdrawn or voided")
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField("撤回或作废的原因", max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")

    FROZEN = (
        "kind", "subject_type", "subject_uid", "counts_for", "body", "title", "text", "content", "places", "files", "own_days",
        "own_counted_in", "content_hash", "posted_at", "posted_by", "division", "copied_from",
    )  # fmt: skip
    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=("draft", "withdrawn"))
                | (Q(posted_on__isnull=False, last_day__isnull=False, posted_by__isnull=False) & ~Q(content_hash="")),
                name="posted_notice_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("posted_on")), name="notice_days_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="closed_notice_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("withdrawn", "void")) | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="ended_notice_says_why",
            ),
            models.CheckConstraint(
                condition=Q(own_days__isnull=True, own_counted_in="") | (Q(own_days__gt=0) & ~Q(own_counted_in="")),
                name="own_length_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=("counts_for", "id"), name="notice_of_subject"),
            models.Index(fields=("last_day",), condition=Q(state="posted"), name="notice_running"),
            models.Index(fields=("county", "id"), name="notice_of_county"),
            *in_order(
                "notice",
                may_be_empty=(
                    "posted_on",
                    "last_day",
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NoticeCommunity(models.Model):
    """A community in which a notice was posted; written with the posting, never changed."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="parts")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("notice", "community"), name="community_once_per_notice")]


class NoticeCount(models.Model):
    """The last day as it was computed, at posting and each time a calendar moved it. ``computed`` is what the calendar gives; the notice
    stands until the latest day that residents were told."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="counts")
    number = models.PositiveSmallIntegerField()
    last_day = models.DateField()
    computed = models.DateField()
    days = models.PositiveSmallIntegerField()
    counted_in = models.CharField(max_length=14)
    rule_id = models.CharField(max_length=8, blank=True)
    notes = models.JSONField(default=list, help_text="[{day, counts, why}]")
    estimated = models.BooleanField()
    on = models.DateField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("notice", "number"), name="notice_count_in_order")]

    @property
    def notes_shown(self) -> list[dict[str, str]]:
        """The days that a reader would stumble over, in words."""
        return [{"day": date_words(dt.date.fromisoformat(row["day"])), "why": row["why"]} for row in self.notes]


class RemarkQuerySet(models.QuerySet["Remark"]):
    """Opinions and objections by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those in the user's scope, and those on notices of his bodies."""
        bodies = [m.body_id for m in user.active_memberships]
        return self.filter(user.scope.q() | Q(notice__body__in=bodies))


class Remark(Record, InDivision):
    """意见 or 异议: on a notice, or on a subject by another channel (a meeting, a letter). What was said is never rewritten."""

    class Kind(models.TextChoices):
        """An objection has to be answered before the notice is closed."""

        OPINION = "opinion", "意见建议"
        OBJECTION = "objection", "异议"

    class Channel(models.TextChoices):
        """How it came (YL-06)."""

        PORTAL = "portal", "网上"
        NOTICE = "notice", "方案公示（书面）"
        SELF_GOVERNANCE = "self_governance_meeting", "小区自治组织会议"
        REPRESENTATIVES = "owners_representatives_meeting", "业主代表会议"
        PHONE = "phone", "电话"
        LETTER = "letter", "来信"
        VISIT = "visit", "来访"

    class State(models.TextChoices):
        """States."""

        OPEN = "open", "待答复"
        SETTLED = "settled", "已答复"
        WITHDRAWN = "withdrawn", "本人已撤回"

    number = models.CharField("编号", max_length=20, unique=True, help_text="unguessable: the resident's key to it")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="remarks")
    subject_type = models.CharField(max_length=40, blank=True)
    subject_uid = models.UUIDField(null=True)
    community = models.ForeignKey(Community, models.PROTECT, null=True, related_name="+", verbose_name="小区")
    kind = models.CharField("性质", max_length=10, choices=Kind.choices)
    channel = models.CharField("渠道", max_length=32, choices=Channel.choices)
    text = models.TextField("内容", max_length=2000)
    received_on = models.DateField("收到日期")
    received_at = models.DateTimeField()
    late = models.BooleanField("公示期满后收到", default=False)
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    reopened_at = models.DateTimeField(null=True)
    reopen_text = models.CharField("不同意答复的理由", max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    FROZEN = (
        "number", "notice", "subject_type", "subject_uid", "community", "kind", "channel", "text", "received_on", "received_at", "late",
        "entered_by",
    )  # fmt: skip
    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "意见和异议"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(notice__isnull=False) | Q(subject_uid__isnull=False), name="remark_is_about_something"
            ),
            models.CheckConstraint(
                condition=Q(channel="portal", entered_by__isnull=True)
                | (~Q(channel="portal") & Q(entered_by__isnull=False)),
                name="remark_was_sent_or_entered",
            ),
        ]
        indexes = [
            models.Index(fields=("notice", "kind", "state"), name="remark_of_notice"),
            models.Index(fields=("subject_uid", "id"), name="remark_of_subject"),
        ]


class RemarkPerson(models.Model):
    """Who said it, where he told: apart, so that it can be erased. Masked for staff until opened with a reason."""

    remark = models.OneToOneField(Remark, models.CASCADE, related_name="person")
    name = models.CharField("姓名", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    home = models.CharField("楼栋房号", max_length=60, blank=True)


class RemarkReveal(models.Model):
    """Someone opened who it was: who, when, why."""

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="reveals")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)


class RemarkAnswer(models.Model):
    """What became of it: outcome, public answer, a public summary of what was said. Never rewritten; a reopened one is answered again."""

    class Outcome(models.TextChoices):
        """What became of it (YL-06)."""

        ADOPTED = "adopted", "采纳"
        PARTLY = "partly", "部分采纳"
        NOT_ADOPTED = "not_adopted", "未采纳"
        EXPLAINED = "explained", "解释说明"

    remark = models.ForeignKey(Remark, models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField("处理结果", max_length=12, choices=Outcome.choices)
    summary = models.CharField("公开的意见摘要", max_length=200)
    text = models.TextField("答复", max_length=2000)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("round",)
        constraints = [models.UniqueConstraint(fields=("remark", "round"), name="one_answer_per_round")]
