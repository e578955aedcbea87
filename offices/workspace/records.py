"""The working-day calendar and the history."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from offices import calendar, schedule
from offices.acts import action_word, details, subject_word
from offices.clock import now, today
from offices.forms import CalendarForm, HistoryForm
from offices.models import CalendarYear, HistoryEntry
from offices.workspace.common import actor, attempt
from policies.refusal import Refused

PAGE = 100
READERS = ("auditor", "audit_admin", "leader")


@login_required
def calendar_page(request: HttpRequest) -> HttpResponse:
    """The years with their source; a system administrator loads an official schedule and sees what it moved."""
    user = actor(request)
    form = CalendarForm(request.POST or None, request.FILES or None)
    refused: Refused | None = None
    loaded: list[calendar.Loaded] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def load() -> None:
            days = schedule.read(data["file"])
            loaded.append(
                calendar.load_year(
                    by=user, at=now(), today=today(), year=data["year"], days=days, source=data["source"]
                )
            )

        refused = attempt(load, form)
    year = request.GET.get("year", "")
    wanted = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else today().year
    row = CalendarYear.objects.filter(year=wanted).prefetch_related("days").first()
    context: dict[str, Any] = {
        "years": CalendarYear.objects.order_by("year"), "row": row, "days": row.days.order_by("day") if row else (), "form": form,
        "refused": refused, "loaded": loaded[0] if loaded else None, "may": user.is_superuser or user.has_role("system_admin"),
    }  # fmt: skip
    return render(
        request, "staff/offices/calendar.html", context, status=400 if request.method == "POST" and not loaded else 200
    )


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
