"""What is shown of plans and projects and what is taken in."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals.models import Paper
from communities.models import Community
from offices.models import Body, Division, User
from policies.refusal import Citation
from projects.models import AnnualPlan, PlanLine, PlanVersion, Project
from projects.queries.duties import DutyRow
from projects.rules.gates import GateAnswer
from projects.rules.stages import STAGES
from rest.problems import rule
from rest.serializers import (
    HundredthsField,
    LabelField,
    ReferenceField,
    ReferenceListField,
    ResourceSerializer,
    StrictInput,
)

_OBJECT = {"type": "object", "additionalProperties": True}
_LIST = {"type": "array", "items": _OBJECT}


def citation(value: Citation | None) -> dict[str, str] | None:
    """A citation as every answer of the interface shows it."""
    return rule(value) if value else None


def duty_data(row: DutyRow) -> dict[str, Any]:
    """A deadline with its clause."""
    return {
        "milestone": row.duty.milestone, "label": row.label, "due_on": row.duty.due_on.isoformat(), "state": row.duty.state,
        "done_on": row.duty.done_on.isoformat() if row.duty.done_on else None, "late": row.late_word or None,
        "reason": row.duty.reason, "rule": citation(row.citation),
    }  # fmt: skip


def gate_data(gate: GateAnswer) -> dict[str, Any]:
    """A gate with what is missing and its clause."""
    return {
        "rule": citation(gate.citation), "also": [citation(other) for other in gate.also],
        "step": gate.gate.step, "evidence": gate.key, "label": gate.gate.label, "outcome": gate.outcome,
        "blocks": gate.blocks, "explanation": gate.explanation, "missing": gate.missing, "paper": gate.paper,
        "needs_check": gate.needs_check, "opened_by": gate.opened_by, "exception": gate.exception.words if gate.exception else None,
    }  # fmt: skip


class PlaceSerializer(ResourceSerializer):
    """A community as a line or a project shows it."""

    class Meta:
        model = Community
        fields = ("uid", "name", "address", "built_text", "building_count", "household_count", "floor_area")


class LineSerializer(ResourceSerializer):
    """A line of a plan: its project with its communities."""

    project = ReferenceField(name="name")
    stage = serializers.CharField(source="project.stage", read_only=True)
    national_task = serializers.BooleanField(source="project.national_task", read_only=True)
    communities = serializers.SerializerMethodField()

    class Meta:
        model = PlanLine
        fields = (
            "uid", "position", "project", "stage", "national_task", "remark", "stands_alone_reason", "communities", "version", "updated_at",
        )  # fmt: skip

    @extend_schema_field(PlaceSerializer(many=True))
    def get_communities(self, line: PlanLine) -> Any:
        """Communities in the order of entry."""
        return PlaceSerializer([part.community for part in line.project.parts.all()], many=True).data


class PlanSerializer(ResourceSerializer):
    """An annual plan with its sums."""

    division = ReferenceField(name="name")
    line_count = serializers.IntegerField(read_only=True)
    community_count = serializers.IntegerField(read_only=True)
    households = serializers.IntegerField(read_only=True, allow_null=True, help_text="户数合计；未填报的不计")
    floor_area = HundredthsField(read_only=True, allow_null=True, help_text="面积合计（㎡）；未填报的不计")

    class Meta:
        model = AnnualPlan
        fields = (
            "uid", "division", "year", "state", "rulebook", "declared_on", "issued_on", "document_number", "entered_as_issued",
            "line_count", "community_count", "households", "floor_area", "version", "updated_at",
        )  # fmt: skip


class PlanDetailSerializer(PlanSerializer):
    """A plan with its lines, deadlines and versions."""

    lines = serializers.SerializerMethodField()
    deadlines = serializers.SerializerMethodField()

    class Meta(PlanSerializer.Meta):
        fields = (*PlanSerializer.Meta.fields, "capacity", "quota_ceiling", "revision", "lines", "deadlines")  # type: ignore[assignment]

    @extend_schema_field(LineSerializer(many=True))
    def get_lines(self, plan: AnnualPlan) -> Any:
        """Lines in order."""
        return LineSerializer(self.context["lines"](plan), many=True).data

    @extend_schema_field(_LIST)
    def get_deadlines(self, plan: AnnualPlan) -> Any:
        """Its own deadlines with their clauses."""
        return [duty_data(row) for row in self.context["duties"](plan)]


class PlanVersionSerializer(serializers.ModelSerializer):
    """An issued version: what it said, by which document, why."""

    changes = serializers.SerializerMethodField()

    class Meta:
        model = PlanVersion
        fields = ("number", "document_number", "issued_on", "reason", "content", "content_hash", "at", "changes")

    @extend_schema_field(_LIST)
    def get_changes(self, version: PlanVersion) -> Any:
        """Differences to the version before, line by line."""
        changes = self.context["changes"].get(version.number, [])
        return [
            {
                "kind": c.kind,
                "name": c.name,
                "fields": [{"field": f, "before": before, "after": after} for f, before, after in c.fields],
            }
            for c in changes
        ]


class PublicProjectSerializer(ResourceSerializer):
    """Public columns of a published project."""

    public_face = True

    division = ReferenceField(name="name")
    county = ReferenceField(name="name")
    stage_label = LabelField({stage.key: stage.label for stage in STAGES}, source="stage")
    communities = ReferenceListField("community", source="parts")

    class Meta:
        model = Project
        fields = (
            "uid", "name", "division", "county", "plan_year", "stage", "stage_label", "national_task", "communities",
            "entered_in_midlife", "reported_on", "version", "updated_at",
        )  # fmt: skip


class ProjectSerializer(PublicProjectSerializer):
    """All columns of a project."""

    implementing_body = ReferenceField(name="name", allow_null=True)

    class Meta(PublicProjectSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *PublicProjectSerializer.Meta.fields, "published", "rulebook", "revision", "central_subsidy", "facts", "works", "investment",
            "implementing_body", "created_at",
        )  # fmt: skip


class PaperSerializer(ResourceSerializer):
    """A recorded paper; persons by name for those who may see it."""

    entered_by = serializers.CharField(source="entered_by.__str__", read_only=True)
    checked_by = serializers.SerializerMethodField()

    class Meta:
        model = Paper
        fields = (
            "uid", "evidence", "title", "figures", "day", "document_number", "entered_by", "entered_at", "checked_by", "checked_at",
            "version",
        )  # fmt: skip

    def get_checked_by(self, paper: Paper) -> str | None:
        """Who checked it."""
        return str(paper.checked_by) if paper.checked_by else None


class ScopedReference(serializers.SlugRelatedField):
    """A row by uid, within what the caller sees; any other is an error of the field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="uid", **kwargs)

    def get_queryset(self) -> Any:
        """Rows in the caller's scope."""
        base: Any = super().get_queryset()
        user = self.context["request"].user if "request" in self.context else None
        if isinstance(user, User) and hasattr(base, "visible_to"):
            return base.visible_to(user)
        return base

    def to_internal_value(self, data: Any) -> Any:
        """A malformed uid is no such row."""
        try:
            return super().to_internal_value(str(data))
        except (ValueError, TypeError):
            self.fail("does_not_exist", slug_name="uid", value=str(data)[:60])


class PlanInput(StrictInput):
    """A new plan."""

    division = ScopedReference(queryset=Division.objects.all())
    year = serializers.IntegerField()


class PlanChange(StrictInput):
    """What a plan says of itself."""

    capacity = serializers.CharField(max_length=300, allow_blank=True, required=False)
    quota_ceiling = serializers.CharField(max_length=10, allow_blank=True, required=False)


class LineInput(StrictInput):
    """A project put into a plan."""

    project = ScopedReference(queryset=Project.objects.all())
    position = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    remark = serializers.CharField(max_length=200, allow_blank=True, required=False)


class LineChange(StrictInput):
    """What a line says of its place."""

    position = serializers.IntegerField(min_value=1, max_value=100_000, required=False)
    remark = serializers.CharField(max_length=200, allow_blank=True, required=False)
    stands_alone_reason = serializers.CharField(max_length=200, allow_blank=True, required=False)


class SubmitInput(StrictInput):
    """A declaration; bodies asked besides those of the route, where it lets more join."""

    more_bodies = serializers.ListField(
        child=serializers.SlugRelatedField(slug_field="uid", queryset=Body.objects.filter(active=True)),
        required=False,
        max_length=30,
    )


class WithdrawalReason(StrictInput):
    """A reason."""

    reason = serializers.CharField(max_length=300)


class IssuedInput(StrictInput):
    """A plan issued before the platform."""

    document_number = serializers.CharField(max_length=60)
    issued_on = serializers.DateField()
    declared_on = serializers.DateField(required=False)


class ChangesInput(StrictInput):
    """A change of an issued plan."""

    document_number = serializers.CharField(max_length=60)
    issued_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)
    add = serializers.ListField(child=ScopedReference(queryset=Project.objects.all()), required=False, max_length=500)
    remove = serializers.ListField(
        child=ScopedReference(queryset=Project.objects.all()), required=False, max_length=500
    )


class PaperInput(StrictInput):
    """What a paper shows; ``figures`` by the keys of its evidence."""

    evidence = serializers.CharField(max_length=40)
    figures = serializers.DictField(required=False, default=dict)
    day = serializers.DateField()
    title = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    document_number = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class ProjectChange(StrictInput):
    """What a project says of itself."""

    name = serializers.CharField(max_length=120, required=False)
    national_task = serializers.BooleanField(required=False)
    central_subsidy = serializers.BooleanField(required=False)
    facts = serializers.DictField(child=serializers.BooleanField(), required=False)
    works = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=10)
    investment = HundredthsField(required=False, allow_null=True)
    implementing_body = ScopedReference(queryset=Body.objects.filter(active=True), required=False, allow_null=True)


class AdvanceInput(StrictInput):
    """The next step of a project's life."""

    step = serializers.CharField(max_length=12)
    on = serializers.DateField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class MilestoneInput(StrictInput):
    """A milestone that was reached."""

    milestone = serializers.CharField(max_length=40)
    on = serializers.DateField()


class StageInput(StrictInput):
    """When a stage is planned."""

    stage = serializers.CharField(max_length=20)
    planned_on = serializers.DateField(allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
