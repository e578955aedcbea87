"""What makes a roll: decisions on what the facts leave open, papers by which others act for an owner, residents' organisations."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from communities.models.owners import Person
from communities.models.places import Community
from communities.rules.roll_problems import DECISION_LABELS, KIND_LABELS
from offices.models import Record, StoredFile, User
from offices.models.base import in_order


class RollSettlement(Record):
    """A decision on a problem of the roll. ``key`` is the hash of the facts behind it. Never rewritten: a new one supersedes it."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="roll_settlements")
    kind = models.CharField("问题", max_length=20, choices=tuple(KIND_LABELS.items()))
    key = models.CharField(max_length=64)
    decision = models.CharField("决定", max_length=10, choices=tuple(DECISION_LABELS.items()))
    homes = models.JSONField("按户指定", default=dict, help_text="home uid → key of the voter as which it counts")
    reason = models.CharField("理由", max_length=300)
    where = models.CharField("涉及", max_length=300, blank=True, help_text="homes, for those who read it later")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(  # with the one-to-one of ``supersedes``: one chain, one decision that stands
                fields=("community", "kind", "key"), condition=Q(supersedes__isnull=True), name="one_first_settlement"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="settlement_has_a_reason"),
        ]


class AgencyQuerySet(models.QuerySet["Agency"]):
    """Papers by who looks."""

    def visible_to(self, user: User) -> Self:
        """Papers of communities in the user's scope."""
        return self.filter(user.scope.q("person__community__"))


class Agency(Record):
    """代理、继承、监护、单位代表: another acts for an owner by a paper. Entered by one person, checked by another; only then it counts."""

    class Kind(models.TextChoices):
        """Kinds."""

        HEIR = "heir", "继承人"
        GUARDIAN = "guardian", "监护人"
        ABSENT = "absent_agent", "委托代理人"
        REPRESENTATIVE = "organisation_representative", "单位代表"

    person = models.ForeignKey(Person, models.PROTECT, related_name="agencies", verbose_name="业主")
    kind = models.CharField("身份", max_length=28, choices=Kind.choices)
    agent_name = models.CharField("姓名", max_length=80)
    agent_id_number = models.CharField("证件号码", max_length=40, blank=True)
    agent_phone = models.CharField("电话", max_length=40, blank=True)
    evidence = models.CharField("依据", max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="扫描件")
    valid_from = models.DateField("有效期自")
    valid_until = models.DateField("有效期至", null=True, blank=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")
    entered_at = models.DateTimeField("录入时间")
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    checked_at = models.DateTimeField("复核时间", null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField("撤销时间", null=True)
    withdrawn_reason = models.CharField("撤销理由", max_length=200, blank=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")), name="agency_checked_by_another"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="agency_check_has_person_and_time",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | (Q(withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="agency_withdrawal_has_person_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="agency_dates_in_order",
            ),
        ]
        indexes = [*in_order("agency", "valid_from")]


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations by who looks."""

    def visible_to(self, user: User) -> Self:
        """Organisations of communities in the user's scope."""
        return self.filter(user.scope.q("community__"))


class Organisation(Record):
    """A residents' organisation of a community, from when until when, by which filing."""

    class Kind(models.TextChoices):
        """Kinds; the keys are those of the rulebooks."""

        OWNERS_COMMITTEE = "owners_committee", "业主委员会"
        SELF_MANAGEMENT_GROUP = "self_management_group", "居民自管小组"
        PARTY_GROUP = "party_group", "基层党组织"

    community = models.ForeignKey(Community, models.PROTECT, related_name="organisations")
    kind = models.CharField("种类", max_length=24, choices=Kind.choices)
    name = models.CharField("名称", max_length=100)
    established_on = models.DateField("成立日期")
    ended_on = models.DateField("终止日期", null=True, blank=True)
    ended_reason = models.CharField("终止原因", max_length=200, blank=True)
    filing_number = models.CharField("备案号", max_length=60, blank=True)
    evidence = models.CharField("依据", max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="扫描件")
    public_phone = models.CharField("对外电话", max_length=40, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("community", "kind"),
                condition=Q(ended_on__isnull=True),
                name="one_standing_organisation_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("established_on")),
                name="organisation_dates_in_order",
            ),
        ]
        indexes = [*in_order("organisation", "established_on")]
