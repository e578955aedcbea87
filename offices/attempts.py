"""How a page calls an action: the refusal comes back as a value, what belongs to a field on the form, or it is told on the next page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

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


def say(request: HttpRequest, refused: Refused | None, done: str) -> None:
    """What became of an act without a form of its own, on the next page."""
    if refused is None:
        messages.success(request, done)
        return
    words = "；".join(reason for reasons in refused.errors.values() for reason in reasons)
    messages.error(request, f"{refused.detail}{f'（{words}）' if words else ''}")
