"""Duties with their due dates: computed when a fact changes, stored, indexed while open."""

from typing import Self

from django.db import models
from django.db.models import Q

from offices.models.base import Record, in_order
from offices.models.divisions import Body, InDivision
from offices.models.people import User


class DutyQuerySet(models.QuerySet["Duty"]):
    """Duties by who looks."""

    def visible_to(self, user: User) -> Self:
        """Duties in the user's scope."""
        return self.filter(user.scope.q())

    def public(self) -> Self:
        """Duties of subjects that the public may see (those of an issued plan)."""
        return self.filter(public=True)


class Duty(Record, InDivision):
    """Something a rule asks of a subject by a day. It never blocks; late it is 逾期 (must) or 滞后 (in_principle, strive)."""

    class State(models.TextChoices):
        """Open, done, or not applicable (the day lies before the document came into force)."""

        OPEN = "open", "待办"
        DONE = "done", "已完成"
        NOT_APPLICABLE = "not_applicable", "不适用"

    class Mark(models.TextChoices):
        """What the sweep last said of an open duty."""

        NONE = "", "未到期"
        COMING = "coming", "即将到期"
        DUE = "due", "今日到期"
        LATE = "late", "滞后"
        BREACHED = "breached", "逾期"

    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    subject_title = models.CharField("事项", max_length=200)
    subject_link = models.CharField(max_length=200, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+", verbose_name="责任机构")
    rule_id = models.CharField("规则", max_length=8)
    rulebook = models.SlugField("规则库", max_length=40)
    milestone = models.CharField("节点", max_length=40)
    strength = models.CharField("强度", max_length=16)
    plan_year = models.PositiveSmallIntegerField("计划年度")
    due_on = models.DateField("到期日")
    reason = models.CharField("说明", max_length=200, blank=True)
    state = models.CharField("状态", max_length=16, choices=State.choices, default=State.OPEN)
    mark = models.CharField("标记", max_length=10, choices=Mark.choices, default=Mark.NONE, blank=True)
    done_on = models.DateField("完成日", null=True, blank=True)
    public = models.BooleanField(
        "已公开", default=False, editable=False, help_text="its subject stands in an issued plan"
    )

    objects = DutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "时限"
        constraints = [
            models.UniqueConstraint(
                fields=("subject_type", "subject_uid", "rule_id", "milestone"),
                name="one_duty_per_subject_and_milestone",
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on__isnull=True)),
                name="duty_done_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=("due_on",), condition=Q(state="open"), name="duty_open_by_day"),
            models.Index(fields=("county", "due_on", "id"), condition=Q(state="open"), name="duty_open_of_county"),
            models.Index(fields=("city", "due_on", "id"), condition=Q(state="open"), name="duty_open_of_city"),
            models.Index(fields=("county", "due_on", "id"), name="duty_of_county"),
            models.Index(fields=("city", "due_on", "id"), name="duty_of_city"),
            models.Index(fields=("subject_type", "subject_uid"), name="duty_of_subject"),
            *in_order("duty", "due_on"),
        ]

    @property
    def was_late(self) -> bool:
        """Done after its day."""
        return self.done_on is not None and self.done_on > self.due_on


class Alert(models.Model):
    """One reminder of a duty: the sweep inserts each (duty, kind, occurrence) once, however often it runs."""

    class Kind(models.TextChoices):
        """Kinds, earliest first."""

        COMING_30 = "coming_30", "30天内到期"
        COMING_7 = "coming_7", "7天内到期"
        COMING_1 = "coming_1", "明日到期"
        DUE = "due", "今日到期"
        OVERDUE = "overdue", "已过期"
        ESCALATED = "escalated", "已报负责人"

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="alerts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    occurrence = models.DateField(help_text="the due day that the alert speaks of: a moved day may be told again")
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("duty", "kind", "occurrence"), name="each_alert_once")]
        indexes = [models.Index(fields=("id",), condition=Q(told_at__isnull=True), name="alert_untold")]
