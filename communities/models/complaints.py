"""投诉 (CZ-11): number, handler, deadline, answer. Who complained stands apart and can be erased; what was said stays as it was said."""

from typing import Self

from django.db import models
from django.db.models import Q

from communities.models.places import Community
from offices.models import Body, InDivision, Record, StoredFile, User
from offices.models.base import in_order


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Complaints by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those in the user's scope, and those that his bodies handle."""
        return self.filter(user.scope.q() | Q(handler_body__in=[m.body_id for m in user.active_memberships]))


class Complaint(Record, InDivision):
    """A complaint about a community's renovation. ``deadline`` is a working day; ``by_default``: the platform's own length set it."""

    class Category(models.TextChoices):
        """What it is about."""

        QUALITY = "quality", "施工质量"
        SAFETY = "safety", "施工安全"
        NOISE = "noise", "噪声、扬尘、占道"
        PROGRESS = "progress", "进度拖延"
        MONEY = "money", "资金、收费"
        SCHEME = "scheme", "方案、内容"
        SERVICE = "service", "工作人员态度"
        OTHER = "other", "其他"

    class Channel(models.TextChoices):
        """How it came."""

        PORTAL = "portal", "网上"
        PHONE = "phone", "电话"
        VISIT = "visit", "来访"
        LETTER = "letter", "来信"
        HOTLINE = "hotline", "12345转办"

    class State(models.TextChoices):
        """States."""

        OPEN = "open", "办理中"
        ANSWERED = "answered", "已答复"

    number = models.CharField("编号", max_length=20, unique=True)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name="小区")
    category = models.CharField("类别", max_length=10, choices=Category.choices)
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    text = models.TextField("内容", max_length=2000)
    photo = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="照片")
    received_at = models.DateTimeField("收到时间")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    handler_body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name="办理单位")
    handler = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    deadline = models.DateField("办理期限")
    by_default = models.BooleanField("平台默认期限", default=True)
    reopened_at = models.DateTimeField(null=True)
    reopen_text = models.CharField("重开的理由", max_length=500, blank=True)

    FROZEN = ("number", "community", "category", "channel", "text", "photo", "received_at", "entered_by")
    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "投诉"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(channel="portal", entered_by__isnull=True)
                | (~Q(channel="portal") & Q(entered_by__isnull=False)),
                name="complaint_was_sent_or_entered",
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopen_text="")
                | (Q(reopened_at__isnull=False) & ~Q(reopen_text="")),
                name="complaint_is_reopened_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=("community", "received_at"), name="complaint_of_community"),
            models.Index(fields=("deadline",), condition=Q(state="open"), name="complaint_open_by_day"),
            *in_order("complaint", "deadline", "received_at"),
        ]


class Complainant(models.Model):
    """Who complained, where he told. ``phone_hash`` finds his other complaints without showing the number."""

    complaint = models.OneToOneField(Complaint, models.CASCADE, related_name="person")
    name = models.CharField("姓名", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    home = models.CharField("楼栋房号", max_length=60, blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True)


class ComplaintReveal(models.Model):
    """Someone opened who complained: who, when, why."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="reveals")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=200)


class ComplaintTransfer(models.Model):
    """转办: from one body to another, why, with which deadline. Never rewritten."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="transfers")
    from_body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    to_body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    reason = models.CharField("转办理由", max_length=300)
    deadline = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class ComplaintAnswer(models.Model):
    """The answer, and the part of it that everybody may read. Never rewritten; a reopened complaint is answered again."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="answers")
    round = models.PositiveSmallIntegerField()
    text = models.TextField("答复", max_length=2000)
    public_text = models.CharField("公开部分", max_length=300, blank=True)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("round",)
        constraints = [models.UniqueConstraint(fields=("complaint", "round"), name="one_complaint_answer_per_round")]
