"""Objections to the preliminary result of a vote. What was said and answered is never rewritten; who said it stands apart."""

from django.db import models
from django.db.models import Q

from approvals.models.votes import Vote
from offices.models import Record, User


class VoteObjection(Record):
    """An objection: made while the result is open to it, answered once. One that is not answered stops the confirmation (database)."""

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="objections")
    receipt = models.CharField("编号", max_length=20, unique=True, help_text="unguessable: the objector's key to it")
    text = models.TextField("异议", max_length=2000)
    made_at = models.DateTimeField("提出时间")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="代录人")
    answer = models.TextField("答复", max_length=2000, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "结果异议"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="vote_objection_answered_whole",
            )
        ]
        indexes = [
            models.Index(fields=("vote",), condition=Q(answered_at__isnull=True), name="vote_objection_open"),
        ]


class VoteObjectionPerson(models.Model):
    """Who objects and how to reach him: apart, so that it can be erased. Masked for staff until opened with a reason."""

    objection = models.OneToOneField(VoteObjection, models.CASCADE, related_name="person")
    name = models.CharField("姓名", max_length=40)
    phone = models.CharField("电话", max_length=40)
    home = models.CharField("楼栋房号", max_length=60, blank=True)
