"""Exact numbers in the database: integers of hundredths there, Decimal here (SQLite's decimals are floats)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable


class HundredthsField(models.BigIntegerField):
    """A Decimal with two places, stored as an integer of hundredths. A third place is an error, never a rounding."""

    description = "Decimal with two places stored as an integer"
    _pyi_private_set_type: Decimal | str | int | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]
    _pyi_lookup_exact_type: Decimal | str | int  # type: ignore[assignment]
    decimal_places = 2  # by this the interface knows that the integer inside is hundredths

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Decimal | None:
        """Integer of hundredths to Decimal."""
        return None if value is None else Decimal(value).scaleb(-2)

    def to_python(self, value: Any) -> Decimal | None:
        """Decimal, int or text to Decimal; floats are refused."""
        if value is None or value == "":
            return None
        if isinstance(value, float):
            raise ValidationError("不接受浮点数")
        try:
            number = Decimal(value)
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ValidationError("不是数字") from error
        if not number.is_finite() or number != number.quantize(Decimal("0.01")):
            raise ValidationError("最多两位小数")
        return number.quantize(Decimal("0.01"))

    def get_prep_value(self, value: Any) -> int | None:
        """Decimal to integer of hundredths."""
        number = self.to_python(value)
        return None if number is None else int(number.scaleb(2))

    def formfield(self, **kwargs: Any) -> Any:
        """A decimal form field."""
        from_db = {"form_class": forms.DecimalField, "decimal_places": 2, "max_digits": 18, **kwargs}
        return models.Field.formfield(self, **from_db)

    @property
    def validators(self) -> list[Any]:
        """No integer range validators: the column is a bigint on both databases."""
        return []


class AreaField(HundredthsField):
    """㎡ with two decimals, stored as 0.01 ㎡."""


class MoneyField(HundredthsField):
    """Yuan with two decimals, stored as 分."""
