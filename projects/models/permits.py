"""What stands before the start of the works: facts of the permits, permits and papers, parties with their procurement, certificates.

Each entry is checked by a second person; a correction is a new row and the old one stays (``current`` says which counts).
"""

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q

from offices.models import Body, Record, StoredFile, User
from offices.models.base import in_order
from projects.models.projects import Project
from projects.rules.parties import METHODS, MODES, ROLES


class PermitFacts(models.Model):
    """What permits a project needs depends on these facts. The latest row counts; none is rewritten."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    land_ownership_change = models.BooleanField("土地权属变化")
    planning_conditions_change = models.BooleanField("规划条件调整")
    new_build = models.BooleanField("新建")
    alteration_or_extension = models.BooleanField("改建、扩建")
    structural_change = models.BooleanField("建筑主体结构变动")
    adds_floor_area = models.BooleanField("增加建筑面积")
    low_risk = models.BooleanField("低风险项目")
    commitment_signed = models.BooleanField("建设单位已作告知承诺")
    commitment = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="告知承诺书"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(commitment_signed=False) | Q(commitment__isnull=False), name="commitment_has_its_paper"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id}"


class Entered(Record):
    """An entry with its paper, held against the original by a second person."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    number = models.CharField("文号、编号", max_length=60, blank=True)
    day = models.DateField("日期")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="扫描件")
    current = models.BooleanField(default=True)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | (Q(checked_by__isnull=False, checked_at__isnull=False) & ~Q(checked_by=F("entered_by"))),
                name="%(class)s_checked_by_another",
            )
        ]

    @property
    def checked(self) -> bool:
        """Whether a second person has held it against the paper: only then it counts."""
        return self.checked_by_id is not None


def _current_once(name: str, *fields: str) -> Any:
    return models.UniqueConstraint(fields=("project", *fields), condition=Q(current=True), name=name)


class Permit(Entered):
    """A permit or paper that a start gate asks for (``evidence`` and ``key`` are the gate's), or that its facts leave needed."""

    evidence = models.CharField(max_length=40)
    key = models.CharField(max_length=40, blank=True, help_text="empty: the gate names no papers")
    issuer = models.CharField("核发单位", max_length=80)

    class Meta(Entered.Meta):
        ordering = ("pk",)
        constraints = [*Entered.Meta.constraints, _current_once("permit_once", "evidence", "key")]
        indexes = [*in_order("permit", "day")]

    def __str__(self) -> str:
        return f"{self.evidence}:{self.key}"


class Party(Entered):
    """A unit that takes part, with how it was procured. ``phone``: the firm's public number, never a person's."""

    role = models.CharField("单位类别", max_length=20, choices=list(ROLES.items()))
    name = models.CharField("单位名称", max_length=80)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    method = models.CharField("采购方式", max_length=12, choices=list(METHODS.items()))
    reason = models.CharField("直接发包的理由", max_length=300, blank=True)
    phone = models.CharField("单位对外电话", max_length=30, blank=True)

    class Meta(Entered.Meta):
        ordering = ("pk",)
        constraints = [
            *Entered.Meta.constraints,
            _current_once("party_once_per_role", "role"),
            models.CheckConstraint(condition=~Q(method="direct") | ~Q(reason=""), name="direct_award_has_its_reason"),
            models.CheckConstraint(
                condition=Q(method="own", role="developer_unit") | (~Q(method="own") & ~Q(role="developer_unit")),
                name="only_the_developer_is_its_own",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ContractMode(Entered):
    """How the contract is let (LZ-33)."""

    mode = models.CharField("承包方式", max_length=10, choices=list(MODES.items()))
    reason = models.CharField("不采用工程总承包的理由", max_length=300, blank=True)

    class Meta(Entered.Meta):
        ordering = ("pk",)
        constraints = [
            *Entered.Meta.constraints,
            _current_once("contract_mode_once"),
            models.CheckConstraint(condition=Q(mode="epc") | ~Q(reason=""), name="no_epc_has_its_reason"),
        ]

    def __str__(self) -> str:
        return self.get_mode_display()


class VehicleCertificate(models.Model):
    """A certificate for the passage of debris and concrete vehicles (RC-18), numbered by body and year; never rewritten."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    vehicles = models.TextField("车辆（号牌、类型）", max_length=1000)
    route = models.TextField("路线", max_length=500)
    hours = models.CharField("通行时段", max_length=80, blank=True)
    starts_on = models.DateField("起")
    ends_on = models.DateField("止")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("body", "year", "serial"), name="certificate_number_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="certificate_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return f"〔{self.year}〕{self.serial}号"
