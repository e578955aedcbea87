"""How values look outside: money and areas as text with two decimals, shares with numerator, denominator and an honest percentage."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from django.db import models
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

Method = TypeVar("Method", bound=Callable[..., Any])


class HundredthsField(serializers.DecimalField):
    """Yuan or ㎡ as text with exactly two decimals. Takes text or an integer; a float or a third decimal is refused."""

    default_error_messages = {"float": "写成文本（如 “1234.50”），不接受浮点数。"}

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"max_digits": 18, "decimal_places": 2, "coerce_to_string": True, **kwargs}
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """Text or integer to Decimal."""
        if isinstance(data, float | bool):
            self.fail("float")
        if isinstance(data, str) and not data.isascii():
            self.fail("invalid")
        return super().to_internal_value(data)

    def to_representation(self, value: Any) -> str:
        """Decimal to text, ``12.00``; never in exponents."""
        return f"{Decimal(value):.2f}"


def percent(numerator: Decimal | int, denominator: Decimal | int) -> str | None:
    """A share in per cent as text with two decimals, truncated: 79.996 % prints as 79.99, never as 80.00. None of nothing."""
    if not denominator:
        return None
    share = Fraction(numerator) / Fraction(denominator)
    hundredths = int(share * 10_000)
    sign = "-" if share < 0 and hundredths else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def share(numerator: Decimal | int, denominator: Decimal | int) -> dict[str, Any]:
    """``{numerator, denominator, percent}``; counts stay integers, areas and money are text with two decimals."""
    return {
        "numerator": numerator if isinstance(numerator, int) else f"{numerator:.2f}",
        "denominator": denominator if isinstance(denominator, int) else f"{denominator:.2f}",
        "percent": percent(numerator, denominator),
    }


_FIGURE = {"oneOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?\d+\.\d{2}$"}]}


@extend_schema_field(
    {
        "type": "object",
        "required": ["numerator", "denominator", "percent"],
        "properties": {
            "numerator": _FIGURE,
            "denominator": _FIGURE,
            "percent": {"type": ["string", "null"], "description": "截断到两位小数，不四舍五入"},
        },
    }
)
class ShareField(serializers.Field):
    """A share, read only: a Fraction, a pair (numerator, denominator), or anything with those two attributes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> dict[str, Any]:
        """See ``share``."""
        top, bottom = value if isinstance(value, tuple) else (value.numerator, value.denominator)
        return share(top, bottom)


@extend_schema_field(
    {
        "type": "object",
        "required": ["uid", "name"],
        "properties": {"uid": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
    }
)
class ReferenceField(serializers.Field):
    """A related row as ``{uid, name}``, read only (select_related it in the view's queryset)."""

    def __init__(self, name: str = "", **kwargs: Any) -> None:
        self.name_attribute = name
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> dict[str, str]:
        """uid and name (``name=`` picks another attribute, default ``str(row)``)."""
        return {
            "uid": str(value.uid),
            "name": str(getattr(value, self.name_attribute) if self.name_attribute else value),
        }


@extend_schema_field({"type": "string"})
class LabelField(serializers.Field):
    """The word of a key (``source``), read only."""

    def __init__(self, labels: Mapping[str, str], **kwargs: Any) -> None:
        self.labels = labels
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: str) -> str:
        """Key to word."""
        return self.labels[value]


@extend_schema_field(
    {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["uid", "name"],
            "properties": {"uid": {"type": "string", "format": "uuid"}, "name": {"type": "string"}},
        },
    }
)
class ReferenceListField(serializers.Field):
    """Rows behind a table between as ``[{uid, name}]`` in the order of entry, read only: ``source`` is that table (prefetched, by
    primary key), ``through`` its key to the row that is shown."""

    def __init__(self, through: str, name: str = "name", **kwargs: Any) -> None:
        self.through, self.name_attribute = through, name
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[dict[str, str]]:
        """uid and name of each."""
        rows = [getattr(row, self.through) for row in value.all()]
        return [{"uid": str(row.uid), "name": str(getattr(row, self.name_attribute))} for row in rows]


def derived(*columns: str) -> Callable[[Method], Method]:
    """Mark a ``get_…`` method that asks nothing of a row but these columns: days, uids and exact numbers may come to it as text."""

    def mark(method: Method) -> Method:
        method.columns = columns  # type: ignore[attr-defined]
        return method

    return mark


class StrictInput(serializers.Serializer):
    """Base of bodies: a key that is not a writable field is refused, so that nobody believes a server fact was taken from input."""

    def to_internal_value(self, data: Any) -> Any:
        """As DRF, with unknown keys refused by name."""
        if isinstance(data, dict):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {str(name): ["不认识的字段"] for name in data if name not in writable}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class ResourceSerializer(serializers.ModelSerializer):
    """Base of what is shown of a row: ``Meta.fields`` names each column; money and areas print as text."""

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Model fields that keep hundredths in a bigint (they have ``decimal_places``) become HundredthsField."""
        if isinstance(model_field, models.BigIntegerField) and hasattr(model_field, "decimal_places"):
            kwargs: dict[str, Any] = {"help_text": model_field.help_text or str(model_field.verbose_name)}
            if model_field.null:
                kwargs["allow_null"] = True
            if model_field.has_default() or model_field.null or model_field.blank:
                kwargs["required"] = False
            return HundredthsField, kwargs
        return super().build_standard_field(field_name, model_field)


@extend_schema_serializer(component_name="Citation")
class CitationSerializer(serializers.Serializer):
    """Where a rule stands, word for word."""

    id = serializers.CharField()
    document = serializers.CharField()
    document_number = serializers.CharField()
    clause = serializers.CharField()
    quote = serializers.CharField()
    strength = serializers.ChoiceField(choices=["must", "in_principle", "strive", "may", "def"])
    reading = serializers.CharField()


class ReasonSerializer(serializers.Serializer):
    """One reason of a refusal."""

    text = serializers.CharField()
    missing = serializers.CharField()
    subject = serializers.CharField()
    rule = CitationSerializer(allow_null=True)


class ProblemSerializer(serializers.Serializer):
    """RFC 9457 problem, for the documentation."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))  # type: ignore[assignment]
    rule = CitationSerializer(required=False, allow_null=True)
    missing = serializers.ListField(child=serializers.CharField(), required=False)
    reasons = ReasonSerializer(many=True, required=False)
