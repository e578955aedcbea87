"""How rulebooks look outside; they are the documentation of these resources, too."""

from dataclasses import dataclass
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from policies.model import STRENGTH_LABELS, TOPIC_LABELS, Document, Provision, Rule, Rulebook


@extend_schema_field(OpenApiTypes.OBJECT)
class ParamsField(serializers.Field):
    """Typed parameters of a provision as JSON: fractions as ``"2/3"``, days as ISO."""

    def to_representation(self, value: Any) -> Any:
        """The pydantic value as plain JSON."""
        return value.model_dump(mode="json")


class ProvisionSerializer(serializers.Serializer):
    """One clause on one kind of question."""

    kind = serializers.CharField()
    clause = serializers.CharField()
    quote = serializers.CharField(help_text="原文，逐字")
    strength = serializers.ChoiceField(choices=list(STRENGTH_LABELS.items()))
    floor = serializers.BooleanField(help_text="法律底线：下级只能更严")
    reading = serializers.CharField(help_text="本平台对原文的理解；空表示原文如此")
    in_force_from = serializers.DateField(allow_null=True)
    in_force_until = serializers.DateField(allow_null=True)
    params = ParamsField()


@dataclass(frozen=True)
class RuleRow:
    """A rule with the rulebook that holds it."""

    book: Rulebook
    rule: Rule


class RuleSerializer(serializers.Serializer):
    """A row of the rule register."""

    id = serializers.CharField(source="rule.id")
    place = serializers.CharField(source="book.document.place")
    document = serializers.CharField(source="book.document.title")
    document_number = serializers.CharField(source="book.document.number")
    topic = serializers.ChoiceField(source="rule.topic", choices=list(TOPIC_LABELS.items()))
    title = serializers.CharField(source="rule.title")
    does = serializers.CharField(source="rule.does", help_text="平台怎样执行或展示")
    clauses = serializers.ListField(source="rule.clauses", child=serializers.CharField())
    provisions = ProvisionSerializer(source="rule.provisions", many=True)


@dataclass(frozen=True)
class BookRow:
    """A rulebook with the ids of its rules and what lies over it, itself first."""

    document: Document
    revision: str
    rules: tuple[str, ...]
    layers: tuple[Rulebook, ...]


class NotIncludedSerializer(serializers.Serializer):
    """An annex or document that the text names and that is not transcribed: 未收录."""

    name = serializers.CharField()
    named_in = serializers.CharField()
    note = serializers.CharField()


class RulebookSerializer(serializers.Serializer):
    """A document with its metadata."""

    place = serializers.CharField(source="document.place")
    place_name = serializers.CharField(source="document.place_name")
    short = serializers.CharField(source="document.short")
    title = serializers.CharField(source="document.title")
    number = serializers.CharField(source="document.number", help_text="文号；没有的为空")
    issuer = serializers.CharField(source="document.issuer")
    level = serializers.ChoiceField(source="document.level", choices=["national", "province", "city", "county"])
    division_code = serializers.CharField(source="document.division_code", allow_null=True)
    lies_over = serializers.CharField(source="document.lies_over", allow_null=True, help_text="直接上一层的规则库")
    issued = serializers.DateField(source="document.issued", allow_null=True)
    issued_text = serializers.CharField(source="document.issued_text")
    in_force_from = serializers.DateField(source="document.in_force_from", allow_null=True)
    in_force_until = serializers.DateField(source="document.in_force_until", allow_null=True)
    transcribed_on = serializers.DateField(source="document.transcribed_on")
    revision = serializers.CharField(help_text="转录内容的 SHA-256")
    rule_count = serializers.SerializerMethodField()

    def get_rule_count(self, book: Rulebook | BookRow) -> int:
        """Number of rules."""
        return len(book.rules)


class LayerSerializer(serializers.Serializer):
    """One layer over a place, lowest first."""

    place = serializers.CharField(source="document.place")
    title = serializers.CharField(source="document.title")
    revision = serializers.CharField()


class RulebookDetailSerializer(RulebookSerializer):
    """A document with what lies over it and what it leaves out."""

    notes = serializers.ListField(source="document.notes", child=serializers.CharField())
    not_included = NotIncludedSerializer(source="document.not_included", many=True)
    layers = LayerSerializer(many=True)
    rules = serializers.ListField(child=serializers.CharField(), help_text="规则编号")


class CatalogueItemSerializer(serializers.Serializer):
    """An item of renovation content."""

    name = serializers.CharField()
    item_class = serializers.CharField(allow_null=True)
    group = serializers.CharField(allow_null=True)
    clause = serializers.CharField()
    five = serializers.CharField(allow_null=True, help_text="水、电、路、气、电梯之一")
    five_basis = serializers.CharField(allow_null=True)
    within = serializers.CharField(help_text="原文中点名的词句")
    condition = serializers.CharField(allow_null=True)


class CatalogueSerializer(serializers.Serializer):
    """改造内容 of one document."""

    place = serializers.CharField()
    classes = serializers.ListField(child=serializers.CharField())
    notes = serializers.ListField(child=serializers.CharField())
    items = CatalogueItemSerializer(many=True)
    outside_classes = CatalogueItemSerializer(many=True)


class BodyDutySerializer(serializers.Serializer):
    """A body with its duty in the document's words."""

    body = serializers.CharField()
    level = serializers.CharField()
    kind = serializers.CharField()
    duty = serializers.CharField()
    clause = serializers.CharField()
    note = serializers.CharField(allow_null=True)


class DutiesSerializer(serializers.Serializer):
    """职责 of one document."""

    place = serializers.CharField()
    duty_clause = serializers.CharField(allow_null=True)
    notes = serializers.ListField(child=serializers.CharField())
    bodies = BodyDutySerializer(many=True)
    duties_elsewhere = BodyDutySerializer(many=True)


class GoverningSerializer(serializers.Serializer):
    """What governs one kind of question in one place: the lowest document that speaks; ``place`` null: 未作规定."""

    place = serializers.CharField(allow_null=True, help_text="作出规定的规则库；null 为未作规定")
    rules = serializers.ListField(child=serializers.CharField())
    provisions = ProvisionSerializer(many=True)

    @staticmethod
    def of(provisions: tuple[Provision, ...]) -> dict[str, Any]:
        """The value that this serializer shows."""
        return {
            "place": provisions[0].place if provisions else None,
            "rules": list(dict.fromkeys(provision.rule_id for provision in provisions)),
            "provisions": provisions,
        }


class ComparisonSerializer(serializers.Serializer):
    """One kind of question in two places, side by side."""

    kind = serializers.CharField()
    left = GoverningSerializer()
    right = GoverningSerializer()
    same = serializers.BooleanField(help_text="两地的参数与强度完全相同")


class AnswerSerializer(serializers.Serializer):
    """The answer to a question of the law, with the documented keys of its kind (``rule`` null: 未作规定)."""

    question = serializers.CharField()
    rulebook = serializers.CharField()
    day = serializers.DateField()
    revision = serializers.CharField()
    answer = serializers.DictField()


class DeprecationSerializer(serializers.Serializer):
    """Something that will end."""

    what = serializers.CharField(help_text="资源，或 资源.列")
    since = serializers.DateField(help_text="宣布之日")
    until = serializers.DateField(help_text="停用之日")
    instead = serializers.CharField(help_text="改用什么")


class ErrorSerializer(serializers.Serializer):
    """An entry of the error catalogue."""

    code = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()
    meaning = serializers.CharField(help_text="含义与出路")
