"""Who decides in whose place: a case handed over to a colleague, an office-holder's delegate for a time, and the papers of an opinion."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from approvals.models.cases import CaseAsk, Opinion
from offices.models import Body, Record, StoredFile, User
from offices.models.base import in_order


class CaseHandover(models.Model):
    """转办: within a body the opinion is one colleague's to give. Insert-only; the latest row of an ask counts."""

    ask = models.ForeignKey(CaseAsk, models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(User, models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField("转办说明", max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="handover_gives_its_reason")]


class OpinionPaper(models.Model):
    """A paper attached to an opinion, never taken away again."""

    opinion = models.ForeignKey(Opinion, models.PROTECT, related_name="papers")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=("opinion", "file"), name="paper_once_per_opinion")]


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations by who looks."""

    def visible_to(self, user: User) -> Self:
        """Those of bodies in the user's scope, and of his own bodies."""
        own = [membership.body_id for membership in user.active_memberships]
        return self.filter(user.scope.q("body__division__") | Q(body_id__in=own))


class Delegation(Record):
    """委托: a colleague of the same body decides in an approver's place from a day to a day. Revoked, never rewritten."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    principal = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="委托人")
    delegate = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="受托人")
    since = models.DateField("自")
    until = models.DateField("至")
    reason = models.CharField("事由", max_length=300)
    revoked_at = models.DateTimeField(null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "委托"
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("delegate")), name="nobody_delegates_to_himself"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="delegation_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(reason=""), name="delegation_gives_its_reason"),
        ]
        indexes = [
            models.Index(
                fields=("delegate", "until"), condition=Q(revoked_at__isnull=True), name="delegation_in_force"
            ),
            *in_order("delegation", "since"),
        ]
