"""A table that someone brings: staged row by row, shown with its problems, applied in one transaction or not at all."""

from typing import Self

from django.db import models

from offices.models import Body, InDivision, Record, StoredFile, User
from offices.models.base import in_order


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports by who looks."""

    def visible_to(self, user: User) -> Self:
        """Imports in the user's scope."""
        return self.filter(user.scope.q())


class Import(Record, InDivision):
    """One uploaded or pasted table. ``kind`` names what its rows become (communities, plan, roll)."""

    class State(models.TextChoices):
        """States."""

        UPLOADED = "uploaded", "等待读取"
        READ = "read", "待确认"
        FAILED = "failed", "无法读取"
        APPLYING = "applying", "正在写入"
        APPLIED = "applied", "已导入"
        CANCELLED = "cancelled", "已取消"
        UNDOING = "undoing", "正在撤销"
        UNDONE = "undone", "已撤销"

    kind = models.CharField("类别", max_length=20)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.UPLOADED)
    options = models.JSONField(
        default=dict,
        blank=True,
        help_text="sheet, header_row, mapping and units by column, target (e.g. community uid)",
    )
    columns = models.JSONField(default=list, blank=True, help_text="[{index, header, field, unit}] as understood")
    counts = models.JSONField(default=dict, blank=True, help_text="rows by status")
    report = models.JSONField(default=dict, blank=True, help_text="what was written: plans, communities…")
    error = models.CharField("原因", max_length=500, blank=True)
    mends = models.JSONField(
        default=dict, blank=True, help_text="cells as mended in the preview: row number to column index to text"
    )
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        ordering = ("-pk",)
        indexes = [*in_order("import", "created_at")]


class ImportTrace(models.Model):
    """Rows that an import made (``count`` primary keys from ``row`` on), or a row that it changed (``before``: what its attributes held):
    what an undo takes back. No personal values."""

    source = models.ForeignKey(Import, models.CASCADE, related_name="traces")
    model = models.CharField(max_length=60)
    row = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(null=True, help_text="version that the import left")
    before = models.JSONField(null=True)

    class Meta:
        ordering = ("pk",)


class ImportRow(models.Model):
    """One row of the table, as found and as understood."""

    class Status(models.TextChoices):
        """Statuses; warnings are told in ``problems`` with severity."""

        NEW = "new", "新增"
        UPDATE = "update", "更新"
        UNCHANGED = "unchanged", "未变"
        ERROR = "error", "错误"
        SKIPPED = "skipped", "跳过"

    source = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField("行号", help_text="row number in the sheet, from 1")
    raw = models.JSONField(help_text="cell texts as found")
    values = models.JSONField(default=dict, help_text="field to understood value")
    changes = models.JSONField(default=dict, help_text="field to [before, after] for updates")
    status = models.CharField(max_length=10, choices=Status.choices)
    warned = models.BooleanField(default=False, help_text="whether a problem is a warning")
    problems = models.JSONField(default=list, help_text="[{cell, field, severity: error|warning, message}]")
    target = models.UUIDField(null=True, help_text="row of the register that it matches or became")
    target_version = models.PositiveIntegerField(null=True, help_text="version of the target that the preview showed")

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("source", "number"), name="row_once_per_import")]
