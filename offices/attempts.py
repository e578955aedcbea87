"""How a page calls an action: the refusal comes back as a value, with what belongs to a field put on the form."""

from collections.abc import Callable
from typing import Any

from django import forms

from policies.refusal import Refused


def attempt(act: Callable[[], Any], form: forms.BaseForm | None = None) -> Refused | None:
    """Call an action; its refusal, with reasons that name a field put on the form, or None where it was done."""
    try:
        act()
    except Refused as error:
        for name, reasons in error.errors.items():
            if form is not None and name in form.fields:
                for reason in reasons:
                    form.add_error(name, reason)
        return error
    return None
