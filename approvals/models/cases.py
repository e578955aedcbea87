"""Cases: a subject put before the bodies of a route, stage by stage; each body gives one final opinion a round."""

import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q

from offices.models import Body, InDivision, Record, User
from offices.models.base import in_order

ONE_OWNER = Q(user__isnull=False, body__isnull=True) | Q(user__isnull=True, body__isnull=False)


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases by who looks."""

    def visible_to(self, user: User) -> Self:
        """Cases of the user's scope, those put to one of his bodies (which may lie beside or above), and those he was copied in."""
        bodies = [membership.body_id for membership in user.active_memberships]
        asked = CaseAsk.objects.filter(body_id__in=bodies).values("case_id")
        copies = CaseCopy.objects.filter(Q(user=user) | Q(body_id__in=bodies))
        return self.filter(user.scope.q() | Q(pk__in=asked) | Q(pk__in=copies.values("case_id")))


class Case(Record, InDivision):
    """A subject on its way through a route. ``content`` is frozen at each round: an opinion holds for the version that was seen."""

    class State(models.TextChoices):
        """States."""

        OPEN = "open", "审批中"
        RETURNED = "returned", "已退回修改"
        REFUSED = "refused", "不予通过"
        PASSED = "passed", "已通过"
        WITHDRAWN = "withdrawn", "已撤回"

    subject_type = models.CharField(max_length=40)
    subject_uid = models.UUIDField()
    title = models.CharField("标题", max_length=200)
    rulebook = models.SlugField(max_length=40)
    revision = models.TextField(help_text="revisions of the rulebook layers that the route was read from")
    rule_id = models.CharField(
        "依据规则", max_length=8, blank=True, help_text="empty: platform default, the document says nothing"
    )
    route = models.JSONField(help_text="stages as executed: name, act, bodies (uids), needs")
    content = models.JSONField(help_text="what was submitted, frozen")
    content_hash = models.CharField(max_length=64)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.OPEN)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField("提交时间")
    closed_at = models.DateTimeField("办结时间", null=True)
    document_number = models.CharField("文号", max_length=60, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审批件"
        constraints = [
            models.UniqueConstraint(
                fields=("subject_type", "subject_uid"),
                condition=Q(state__in=("open", "returned")),
                name="one_live_case_per_subject",
            ),
        ]
        indexes = [*in_order("case", "submitted_at")]


class CaseRound(models.Model):
    """What was put before the bodies in a round, by whom: kept for ever, so that what an opinion was given on can be read."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="rounds")
    number = models.PositiveSmallIntegerField("轮次")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=("case", "number"), name="round_once_per_case")]


class CaseStage(models.Model):
    """A stage of a round. Stages open one after the other."""

    class State(models.TextChoices):
        """States."""

        WAITING = "waiting", "未到"
        OPEN = "open", "办理中"
        PASSED = "passed", "通过"
        RETURNED = "returned", "退回"
        REFUSED = "refused", "不予通过"

    case = models.ForeignKey(Case, models.CASCADE, related_name="stages")
    round = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    name = models.CharField("环节", max_length=60)
    act = models.CharField(max_length=12)
    needs = models.CharField(max_length=4)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("round", "number")
        constraints = [models.UniqueConstraint(fields=("case", "round", "number"), name="stage_once_per_round")]


class CaseAsk(models.Model):
    """A body that owes an opinion in a stage: since when, and when it answered."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="asks")
    stage = models.ForeignKey(CaseStage, models.CASCADE, related_name="asks")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    urged_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True, help_text="when the body's leader was told that it is owed too long")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("stage", "body"), name="body_asked_once_per_stage")]
        indexes = [
            models.Index(
                fields=("body", "asked_at"),
                condition=Q(answered_at__isnull=True, asked_at__isnull=False),
                name="ask_waiting",
            )
        ]


class Opinion(models.Model):
    """A body's final opinion: never updated, one per case, stage, body and round; never by the submitter."""

    class Verdict(models.TextChoices):
        """Verdicts."""

        PASS = "pass", "通过"
        RETURN = "return", "退回修改"
        REFUSE = "refuse", "不予通过"

    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    stage = models.ForeignKey(CaseStage, models.PROTECT, related_name="opinions")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    reasons = models.TextField("意见", blank=True)
    conditions = models.TextField("附带条件", blank=True, help_text="under which the body passes it")
    fields = models.JSONField("需修改的字段", default=list, blank=True)
    content_hash = models.CharField(max_length=64, help_text="of the content that was seen")
    document_number = models.CharField("文号", max_length=60, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    for_user = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="委托人",
        help_text="in whose place ``by`` decided",
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(verdict="pass") | Q(conditions=""), name="only_a_pass_has_conditions"),
            models.CheckConstraint(condition=~Q(by=F("for_user")), name="nobody_stands_for_himself"),
            models.UniqueConstraint(fields=("case", "stage", "body", "round"), name="one_opinion_per_body_and_round"),
            models.CheckConstraint(
                condition=Q(verdict="pass") | ~Q(reasons=""), name="return_and_refusal_give_reasons"
            ),
        ]


class CaseCopy(models.Model):
    """抄送: a person, or everybody of a body, is told of a case and may read it. It gives no right to decide. Insert-only."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="copies")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="抄送给")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+", verbose_name="抄送单位")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    note = models.CharField("说明", max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "抄送"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(condition=ONE_OWNER, name="copy_to_a_person_or_a_body"),
            models.UniqueConstraint(
                fields=("case", "user"), condition=Q(user__isnull=False), name="copy_once_per_person"
            ),
            models.UniqueConstraint(
                fields=("case", "body"), condition=Q(body__isnull=False), name="copy_once_per_body"
            ),
        ]
