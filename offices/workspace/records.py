"""The working-day calendar and the history."""

import datetime as dt
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from offices import calendar, schedule
from offices.acts import action_word, details, subject_word
from offices.clock import now, today
from offices.forms import CalendarForm, HistoryForm
from offices.models import CalendarYear, HistoryEntry
from offices.rehearsal import rehearsed
from offices.workspace.common import actor, attempt
from policies.refusal import Refused

PAGE = 100
SALT = "offices.calendar"  # of what is confirmed after it was shown
READERS = ("auditor", "audit_admin", "leader")


@login_required
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The years with their source; a system administrator sees what an official schedule moves, and then loads it."""
    user = actor(request)
    confirmed = request.POST.get("confirm") == "1"
    form = CalendarForm(None if confirmed else request.POST or None, request.FILES or None)
    refused: Refused | None = None
    loaded: list[calendar.Loaded] = []
    given = _kept(request.POST.get("kept", "")) if confirmed else _given(form) if form.is_valid() else None
    if isinstance(given, Refused):
        refused = given
    elif given is not None:
        act = partial(calendar.load_year, by=user, at=now(), today=today(), **given)
        refused = attempt(lambda: loaded.append(act() if confirmed else rehearsed(act)), form)
    year = request.GET.get("year", "")
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else today().year
    row = CalendarYear.objects.filter(year=wanted).prefetch_related("days").first()
    preview = bool(loaded) and not confirmed
    context: dict[str, Any] = {
        "years": CalendarYear.objects.order_by("year"), "row": row, "days": row.days.order_by("day") if row else (), "form": form,
        "refused": refused, "loaded": loaded[0] if loaded else None, "done": confirmed,
        "kept": signing.dumps(_plain(given), salt=SALT) if preview else "",
        "may": user.is_superuser or user.has_role("system_admin"),
    }  # fmt: skip
    return render(
        request, "staff/offices/calendar.html", context, status=400 if request.method == "POST" and not loaded else 200
    )


def _given(form: CalendarForm) -> dict[str, Any] | Refused:
    """What the form asks to load, or why its file can't be read."""
    try:
        days = schedule.read(form.cleaned_data["file"])
    except Refused as error:
        for reason in error.errors.get("file", ()):
            form.add_error("file", reason)
        return error
    return {"year": form.cleaned_data["year"], "days": days, "source": form.cleaned_data["source"]}


def _plain(given: Any) -> dict[str, Any]:
    return {**given, "days": [(day.isoformat(), worked, name) for day, worked, name in given["days"]]}


def _kept(text: str) -> dict[str, Any] | Refused:
    """What was shown before the confirmation, as it was shown: signed, for an hour."""
    try:
        found: dict[str, Any] = signing.loads(text, salt=SALT, max_age=3600)
    except signing.BadSignature:
        return Refused("核对已过一小时或页面不完整，请重新上传放假安排表", code="preview_lapsed")
    return {**found, "days": [(dt.date.fromisoformat(day), worked, name) for day, worked, name in found["days"]]}


@require_safe
@login_required
def history_page(request: HttpRequest) -> HttpResponse:
    """Acts in the user's scope, newest first: for auditors, audit administrators and leaders; 403 for others."""
    user = actor(request)
    if not (user.is_superuser or user.has_role(*READERS)):
        return render(request, "staff/offices/history.html", {"forbidden": True}, status=403)
    form = HistoryForm(request.GET or None)
    rows = (
        HistoryEntry.objects.visible_to(user).filter(**form.filters()).select_related("by", "body", "division", "why")
    )
    page = Paginator(rows.order_by("-pk"), PAGE).get_page(request.GET.get("page"))
    head = HistoryEntry.objects.filter(sequence__isnull=False).order_by("-sequence").first()
    rows_shown = [
        {
            "row": row,
            "act": action_word(row.action),
            "subject": subject_word(row.subject_type),
            "details": details(row.data),
            "why": row.why.text if hasattr(row, "why") else "",
        }
        for row in page
    ]
    one = form.cleaned_data.get("subject") if form.is_valid() else None
    context = {"form": form, "page": page, "rows": rows_shown, "head": head, "one": one}
    return render(request, "staff/offices/history.html", context)
