"""Work that takes longer than a request: who asked for what, how far it is, and the file that came of it."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from offices.models.base import Record, in_order
from offices.models.divisions import InDivision
from offices.models.files import StoredFile
from offices.models.people import User


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those he asked for, and those of his scope; one with personal values is his alone who asked (N-06)."""
        return self.filter(Q(by=user) | user.scope.q() & Q(personal=False))


class Job(Record, InDivision):
    """One job. ``digest``: of kind and parameters, so that nobody waits for the same thing twice; ``beat_at``: its worker lived then."""

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued", "等待处理"
        RUNNING = "running", "正在生成"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    OPEN = (State.QUEUED, State.RUNNING)

    kind = models.SlugField("类型", max_length=40)
    title = models.CharField("名称", max_length=120)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    parameters = models.JSONField("参数", default=dict)
    digest = models.CharField(max_length=64)
    personal = models.BooleanField(default=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField("已处理（行）", default=0)
    total = models.PositiveIntegerField("共（行）", default=0)
    cancel_asked = models.BooleanField(default=False)
    error = models.CharField("原因", max_length=300, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    expires_at = models.DateTimeField("保留至", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ("-pk",)
        indexes = [models.Index(fields=("state", "id"), name="job_by_state"), *in_order("job", "created_at")]
        constraints = [
            models.UniqueConstraint(
                fields=("by", "digest"), condition=Q(state__in=("queued", "running")), name="a_job_is_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(state="done", file__isnull=False) | ~Q(state="done") & Q(file__isnull=True), name="a_done_job_has_its_file"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("queued", "running"), ended_at__isnull=True, expires_at__isnull=True)
                | Q(state__in=("done", "failed", "cancelled"), ended_at__isnull=False, expires_at__isnull=False),
                name="an_ended_job_expires",
            ),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="no_job_is_more_than_done"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def open(self) -> bool:
        """Waits or runs."""
        return self.state in self.OPEN
