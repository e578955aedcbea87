"""Who somebody is, opened for a reason that is kept: one page for all whose names and telephone numbers the platform holds."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from offices.workspace.common import attempt


class RevealForm(forms.Form):
    """Why a person's values are opened."""

    reason = forms.CharField(label="查看理由", max_length=200)


def revealing(request: HttpRequest, act: Callable[[str], Any], context: dict[str, Any]) -> HttpResponse:
    """Ask for the reason; then show who it was, once. ``act`` records the reason and gives the person (None: no name was left)."""
    form, refused, found = RevealForm(request.POST or None), None, list[Any]()
    if request.method == "POST" and form.is_valid():
        refused = attempt(lambda: found.append(act(form.cleaned_data["reason"])), form)
    status = refused.status if refused else 400 if request.method == "POST" and not found else 200
    shown = {
        "form": form,
        "opened": bool(found),
        "person": found[0] if found else None,
        "refused": None if form.errors else refused,
    }
    return render(request, "staff/notices/reveal.html", {**shown, **context}, status=status)
