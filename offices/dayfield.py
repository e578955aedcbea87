"""A day in a form, as people write it."""

import datetime as dt
import re
from typing import Any

from django import forms


class DayField(forms.CharField):
    """A day as people write it: 2022-7-5, 2022.7.5, 2022/7/5, 2022年7月5日, 20220705."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"placeholder": "2026-7-5", "class": "input-short", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Days are shown as they are typed."""
        return value.isoformat() if isinstance(value, dt.date) else value

    def to_python(self, value: Any) -> Any:
        """The day; None where nothing is written."""
        if isinstance(value, dt.date) or value is None:
            return value
        text = super().to_python(value)
        return day_of(text) if text else None

    def validate(self, value: Any) -> None:
        """Required or not; nothing of a text's length."""
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """The length of the text is no property of the day."""


def day_of(text: str) -> dt.date:
    """The day that a text says. Raises ValidationError (Chinese)."""
    found = re.fullmatch(
        r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?", text.strip(), re.ASCII
    ) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", text.strip(), re.ASCII)
    if found is None:
        raise forms.ValidationError(f"“{text[:20]}”不是日期，应写成 2026-7-5")
    try:
        return dt.date(*(int(part) for part in found.groups()))
    except ValueError as error:
        raise forms.ValidationError(f"没有“{text[:20]}”这一天") from error
