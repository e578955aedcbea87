"""Flags of the audit: raised by the platform, explained by the office, closed by the auditor. Each word stays."""

from typing import Self

from django.db import models
from django.db.models import Q

from funding.rules.flags import KINDS
from offices.models import InDivision, Record, User
from offices.models.base import in_order


class AuditFlagQuerySet(models.QuerySet["AuditFlag"]):
    """Flags by who looks."""

    def visible_to(self, user: User) -> Self:
        """Flags of projects in the user's scope."""
        return self.filter(user.scope.q())


class AuditFlag(Record, InDivision):
    """One finding about one row. ``gone_on``: the day on which the platform no longer found it; it stays to be read."""

    class State(models.TextChoices):
        """Where it stands."""

        OPEN = "open", "待说明"
        EXPLAINED = "explained", "已说明"
        CLOSED = "closed", "已了结"

    kind = models.CharField("类型", max_length=20, choices=list(KINDS.items()))
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    about_kind = models.CharField(max_length=12)
    about_uid = models.UUIDField()
    title = models.CharField("对象", max_length=200)
    link = models.CharField(max_length=120)
    project_uid = models.UUIDField("项目", db_index=True)
    project_name = models.CharField("项目名称", max_length=120)
    text = models.CharField("发现", max_length=300)
    rule = models.CharField("依据", max_length=20, blank=True)
    clause = models.CharField("条款", max_length=60, blank=True)
    raised_on = models.DateField("发现日期")
    gone_on = models.DateField("消除日期", null=True)

    objects = AuditFlagQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审计提示"
        ordering = ("-pk",)
        indexes = [models.Index(fields=("state", "id"), name="flag_by_state"), *in_order("auditflag", "raised_on")]
        constraints = [
            models.UniqueConstraint(
                fields=("kind", "about_uid"), condition=Q(gone_on__isnull=True), name="a_flag_once_while_it_is_found"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.title}"


class FlagNote(models.Model):
    """What somebody said to a flag, never rewritten."""

    class Step(models.TextChoices):
        """What he did with it."""

        EXPLAIN = "explain", "说明"
        RETURN = "return", "退回补充"
        CLOSE = "close", "了结"

    flag = models.ForeignKey(AuditFlag, models.PROTECT, related_name="notes")
    step = models.CharField(max_length=8, choices=Step.choices)
    text = models.CharField("内容", max_length=500)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "审计提示的办理"
        ordering = ("pk",)
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_note_says_something")]
