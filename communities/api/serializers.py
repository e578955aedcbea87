"""What is shown of communities and what is taken in."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from communities import queries
from communities.actions.register import FIELDS
from communities.imports.progress import RUNNING, how_far
from communities.models import Building, Community, CommunityFact, DuplicatePair, Hazard, Home, Import, ImportRow
from communities.queries import EligibilityView
from communities.queries.imports import lines
from communities.rules.masks import mask_id, mask_name, mask_phone
from offices.clock import today
from policies.refusal import Citation
from rest.serializers import HundredthsField, ReferenceField, ResourceSerializer, ShareField, StrictInput


def citation(value: Citation | None) -> dict[str, str] | None:
    """A citation as every answer of the interface shows it."""
    if value is None:
        return None
    return {
        "id": value.rule,
        "document": value.document,
        "document_number": value.document_number,
        "clause": value.clause,
        "quote": value.quote,
        "strength": value.strength,
        "reading": value.reading,
    }


class PublicCommunitySerializer(ResourceSerializer):
    """Public columns: nothing that is only the office's."""

    public_face = True

    division = ReferenceField(name="name")
    county = ReferenceField(name="name")

    class Meta:
        model = Community
        fields = (
            "uid", "name", "former_names", "division", "county", "address", "built_text", "built_from", "built_to",
            "building_count", "household_count", "floor_area", "property_right", "heritage", "contact_phone", "version",
            "updated_at",
        )  # fmt: skip


class CommunitySerializer(PublicCommunitySerializer):
    """All columns of the register."""

    class Meta(PublicCommunitySerializer.Meta):
        fields = (  # type: ignore[assignment]
            *PublicCommunitySerializer.Meta.fields, "property_unit", "state_owned", "in_town", "single_building", "excluded",
            "excluded_evidence", "heritage_note", "surveyed_on", "remark", "withdrawn", "created_at",
        )  # fmt: skip


def eligibility_data(view: EligibilityView) -> dict[str, Any]:
    """The eligibility answer with its facts and clauses."""
    return {
        "eligible": view.answer.eligible,
        "band": view.answer.band if view.answer.regulated else None,
        "label": view.label,
        "built_from": view.answer.built.earliest,
        "built_to": view.answer.built.latest,
        "reasons": [
            {"text": item.text, "missing": item.missing, "rule": citation(item.citation)}
            for item in view.answer.reasons
        ],
        "facts": [
            {
                "key": fact.key,
                "words": fact.words,
                "holds": fact.holds,
                "evidence": fact.evidence,
                "rule": citation(fact.citation),
            }
            for fact in view.facts
        ],
    }


_OBJECT = {"type": "object", "additionalProperties": True}


class PublicCommunityDetailSerializer(PublicCommunitySerializer):
    """One community with its eligibility answer."""

    eligibility = serializers.SerializerMethodField()

    class Meta(PublicCommunitySerializer.Meta):
        fields = (*PublicCommunitySerializer.Meta.fields, "eligibility")  # type: ignore[assignment]

    @extend_schema_field(_OBJECT)
    def get_eligibility(self, community: Community) -> dict[str, Any]:
        """改造对象 on this day."""
        shown = eligibility_data(queries.eligibility_of(community, today()))
        for fact in shown["facts"]:
            fact.pop("evidence")
        return shown


class CommunityDetailSerializer(CommunitySerializer):
    """One community with eligibility, completeness and possible duplicates."""

    eligibility = serializers.SerializerMethodField()
    completeness = serializers.SerializerMethodField()
    possible_duplicates = serializers.SerializerMethodField()

    class Meta(CommunitySerializer.Meta):
        fields = (*CommunitySerializer.Meta.fields, "eligibility", "completeness", "possible_duplicates")  # type: ignore[assignment]

    @extend_schema_field(_OBJECT)
    def get_eligibility(self, community: Community) -> dict[str, Any]:
        """改造对象 on this day."""
        return eligibility_data(queries.eligibility_of(community, today()))

    @extend_schema_field(_OBJECT)
    def get_completeness(self, community: Community) -> dict[str, Any]:
        """What the register lacks."""
        found = queries.completeness_of(community, today())
        share = ShareField().to_representation((found.numerator, found.denominator))
        return {**share, "missing": list(found.missing)}

    @extend_schema_field({"type": "array", "items": _OBJECT})
    def get_possible_duplicates(self, community: Community) -> list[dict[str, Any]]:
        """Open pairs in which it stands."""
        return [
            {"pair": str(pair.uid), "uid": str(other.uid), "name": other.name, "agreeing": pair.agreeing}
            for pair, other in queries.duplicates_of(community)
        ]


class CommunityInput(ResourceSerializer, StrictInput):
    """Fields that a clerk may set; everything else is refused by name."""

    division = serializers.UUIDField()
    evidence = serializers.CharField(required=False, max_length=200, allow_blank=True)

    class Meta:
        model = Community
        fields = (*FIELDS, "division", "evidence")


class FactInput(StrictInput):
    """A fact with its evidence."""

    key = serializers.ChoiceField(choices=CommunityFact.Key.choices)
    holds = serializers.BooleanField()
    evidence = serializers.CharField(max_length=300)


class HazardInput(StrictInput):
    """A hazard."""

    kind = serializers.ChoiceField(choices=Hazard.Kind.choices)
    description = serializers.CharField(max_length=300)
    found_on = serializers.DateField(required=False)


class ReasonInput(StrictInput):
    """Why."""

    reason = serializers.CharField(max_length=200)


class DecisionInput(StrictInput):
    """The decision on a possible duplicate."""

    pair = serializers.UUIDField()
    decision = serializers.ChoiceField(
        choices=[DuplicatePair.Decision.DISTINCT.value, DuplicatePair.Decision.MERGED.value]
    )
    reason = serializers.CharField(max_length=300)
    stay = serializers.UUIDField(required=False)


class BuildingSerializer(ResourceSerializer):
    """A building."""

    class Meta:
        model = Building
        fields = ("uid", "name", "built_text", "floors", "units", "structure", "version", "updated_at")


class OwnerSerializer(serializers.Serializer):
    """An owner of a home, masked (N-06). Opening one is an act on the page, with a reason."""

    person = serializers.UUIDField(source="person.uid")
    kind = serializers.CharField(source="person.kind")
    name = serializers.SerializerMethodField()
    id_number = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    share = ShareField(source="*")

    def get_name(self, row: Any) -> str:
        """张**."""
        return mask_name(row.person.name) if row.person.kind == "natural" else str(row.person.name)

    def get_id_number(self, row: Any) -> str:
        """Masked."""
        return mask_id(row.person.id_number)

    def get_phone(self, row: Any) -> str:
        """Masked."""
        return mask_phone(row.person.phone)

    def to_representation(self, instance: Any) -> Any:
        """The share is the ownership's own two columns."""
        instance.numerator, instance.denominator = instance.share_numerator, instance.share_denominator
        return super().to_representation(instance)


class HomeSerializer(ResourceSerializer):
    """A home with its masked owners."""

    building = ReferenceField(name="name")
    private_area = HundredthsField(allow_null=True)
    owners = OwnerSerializer(source="open_ones", many=True)

    class Meta:
        model = Home
        fields = (
            "uid",
            "building",
            "unit",
            "room",
            "floor",
            "private_area",
            "area_source",
            "owners",
            "version",
            "updated_at",
        )


class ImportSerializer(ResourceSerializer):
    """An import with its counts, its columns as understood and its report."""

    division = ReferenceField()
    by = ReferenceField()
    file_name = serializers.CharField(source="file.name")
    progress = serializers.SerializerMethodField()

    @extend_schema_field(_OBJECT)
    def get_progress(self, row: Import) -> dict[str, Any]:
        """``words``, ``done`` and ``total`` while a worker is at it; else empty."""
        return how_far(row) if row.state in RUNNING else {}

    class Meta:
        model = Import
        fields = (
            "uid", "kind", "division", "by", "file_name", "state", "error", "counts", "columns", "report", "progress", "applied_at",
            "undone_at", "version", "created_at", "updated_at",
        )  # fmt: skip
        read_only_fields = fields


class ImportInput(StrictInput):
    """A table: a file (multipart) or pasted text."""

    kind = serializers.CharField(max_length=20)
    division = serializers.UUIDField()
    file = serializers.FileField(required=False)
    text = serializers.CharField(required=False, trim_whitespace=False)
    community = serializers.UUIDField(required=False)
    evidence = serializers.CharField(required=False, max_length=120)


class ReadInput(StrictInput):
    """Which column is what (column index → field) and in which unit, which sheet, which row is the header (0: none)."""

    mapping = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=40), required=False)
    units = serializers.DictField(child=serializers.CharField(max_length=10), required=False)
    sheet = serializers.CharField(required=False, max_length=60)
    header_row = serializers.IntegerField(required=False, min_value=0, max_value=1_048_576)


class MendedCell(StrictInput):
    """One cell: row number of the sheet, index of the column, the text instead."""

    row = serializers.IntegerField(min_value=1, max_value=1_048_576)
    column = serializers.IntegerField(min_value=0, max_value=99)
    text = serializers.CharField(allow_blank=True, max_length=2_000)


class MendedText(StrictInput):
    """One text of a column, mended in every row that holds it."""

    column = serializers.IntegerField(min_value=0, max_value=99)
    found = serializers.CharField(allow_blank=True, max_length=2_000, trim_whitespace=False)
    text = serializers.CharField(allow_blank=True, max_length=2_000)


class MendInput(StrictInput):
    """Cells to mend, one by one and everywhere."""

    cells = MendedCell(many=True, required=False)
    everywhere = MendedText(many=True, required=False)


class ImportRowSerializer(serializers.Serializer):
    """A row of the preview: cells by label, masked where they are personal."""

    number = serializers.IntegerField()
    status = serializers.CharField()
    cells = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    problems = serializers.ListField(child=serializers.DictField())

    @extend_schema_field(_OBJECT)
    def get_cells(self, line: Any) -> dict[str, str]:
        """Label → text as found."""
        return {cell.label: cell.text for cell in line.cells}

    @extend_schema_field({"type": "array", "items": _OBJECT})
    def get_changes(self, line: Any) -> list[dict[str, Any]]:
        """Field label, before, after."""
        return [{"field": label, "before": before, "after": after} for label, before, after in line.changes]


def row_data(source: Import, rows: list[ImportRow]) -> Any:
    """Rows of a preview as data."""
    return ImportRowSerializer(lines(source, rows), many=True).data
