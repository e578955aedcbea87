"""What every page does: who acts, and a refusal printed in its place."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest

from offices.models import User
from policies.refusal import Refused


def actor(request: HttpRequest) -> User:
    """Who acts (the page asks for a login)."""
    assert isinstance(request.user, User)
    return request.user


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
