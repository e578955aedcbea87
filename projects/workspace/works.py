"""施工: the plan and its bars, monthly reports, photos, supervising residents, lessons."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from offices.clock import now, today
from projects.actions import works as actions
from projects.models import MonthReport, Project, ResidentSupervisor, SupervisionVisit, WorkPhoto, WorkSpan
from projects.queries.quantities import done_of, lines_of, measures_in, reported
from projects.queries.works import report_of, works_page
from projects.rules.scheme_difference import plain
from projects.rules.works import month_of
from projects.works_forms import LessonForm, MonthField, PhotoForm, ReportForm, SpanForm, SupervisorForm, VisitForm
from projects.workspace.common import actor, attempt, page, project_crumbs, project_or_404, say, shown
from projects.workspace.permits import may_enter

HEADING = "施工"


def works_url(row: Project) -> str:
    """The page."""
    return reverse("projects:works", args=[row.uid])


@login_required
@require_safe
def works(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything of a project's works."""
    row = project_or_404(request, uid)
    context = {
        "view": works_page(row, today=today()), "project": row, "keeps": may_enter(request, row), "crumbs": project_crumbs(row, HEADING),
    }  # fmt: skip
    return page(request, "works", context)


@login_required
def span(request: HttpRequest, uid: UUID, span: UUID | None = None) -> HttpResponse:
    """A new part, or another one's days."""
    row = project_or_404(request, uid)
    held = get_object_or_404(WorkSpan, project=row, uid=span) if span else None
    names = ("name", "item", "building", "planned_start", "planned_end", "actual_start", "actual_end", "reason")
    initial = {name: getattr(held, name) for name in names} if held else {}
    lines = lines_of(row)
    asked = lines.get(request.GET.get("item", ""))
    if asked and not held:
        initial = {"name": asked.name, "item": asked.uid}
    form = SpanForm(request.POST or None, project=row, lines=lines, initial=initial)
    return _form(request, row, form, held.name if held else "施工内容", lambda at: actions.save_span(**at, span=held))


@login_required
def report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A month's report, or a corrected one (``?month=2026-09``: of that month)."""
    row = project_or_404(request, uid)
    month = _month(request)
    reports = MonthReport.objects.filter(project=row, current=True)
    held = reports.filter(month=month).first()
    initial: dict[str, Any] = {"month": month.strftime("%Y-%m")}
    last = held or reports.order_by("-month").first()
    if last:
        initial |= {"percent": last.percent, "money": last.money}
        initial |= {f"place-{place.community.uid}": place.percent for place in last.places.select_related("community")}
    if held:
        initial |= {name: getattr(held, name) for name in ("done", "safety", "quality", "delay")}
        initial |= {f"quantity-{q.item}": plain(q.quantity) for q in held.quantities.all()}
        initial["excess"] = next((q.excess for q in held.quantities.all() if q.excess), "")
    lines = lines_of(row, held)
    before = done_of([q for q in reported(row) if held is None or q.report_id != held.pk], lines)
    form = ReportForm(request.POST or None, project=row, lines=lines, before=before, initial=initial)
    return _form(request, row, form, "施工月报", lambda at: actions.file_report(**at), "report_form")


def _month(request: HttpRequest) -> dt.date:
    """The month that is asked for, or that is entered; this one where neither reads as a month."""
    text = request.POST.get("month") or request.GET.get("month") or ""
    try:
        month: dt.date | None = MonthField(required=False).clean(text)
    except ValidationError:
        month = None
    return month or month_of(today())


@login_required
def photo(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A photo."""
    row = project_or_404(request, uid)
    initial = {"month": today().strftime("%Y-%m"), "moment": "during"}
    form = PhotoForm(request.POST or None, request.FILES or None, project=row, initial=initial)
    return _form(request, row, form, "施工照片", lambda at: actions.add_photo(**at))


@login_required
def supervisor(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A resident who supervises."""
    row = project_or_404(request, uid)
    form = SupervisorForm(request.POST or None, initial={"since": today()})
    return _form(request, row, form, "居民监督员", lambda at: actions.invite_supervisor(**at))


@login_required
def change_supervisor(request: HttpRequest, uid: UUID, supervisor: UUID) -> HttpResponse:
    """Correct what is held of him, or end it. Whoever may not write it does not see his name in full."""
    row = project_or_404(request, uid)
    held = get_object_or_404(ResidentSupervisor.objects.select_related("project"), project=row, uid=supervisor)
    if not may_enter(request, row):
        raise PermissionDenied
    initial = {name: getattr(held, name) for name in ("name", "phone", "since", "until")}
    form = SupervisorForm(request.POST or None, held=True, initial=initial)

    def act(given: dict[str, Any]) -> Any:
        return actions.change_supervisor(
            supervisor=held, **{key: value for key, value in given.items() if key != "project"}
        )

    return _form(request, row, form, "居民监督员", act)


@login_required
def visit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What such a resident found."""
    row = project_or_404(request, uid)
    form = VisitForm(request.POST or None, request.FILES or None, project=row, initial={"day": today()})
    return _form(request, row, form, "监督记录", lambda at: actions.note_visit(**at))


@login_required
def lesson(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What was learned."""
    row = project_or_404(request, uid)
    form = LessonForm(request.POST or None, initial={"day": today()})
    return _form(request, row, form, "总结", lambda at: actions.note_lesson(**at))


def _form(
    request: HttpRequest, row: Project, form: forms.Form, heading: str, act: Callable[[dict[str, Any]], Any],
    template: str = "upload_form",
) -> HttpResponse:  # fmt: skip
    """A page that is one form of the works; ``act`` gets who, when, which project and what the form holds."""
    refused = None
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if "file" in values:
            values["upload"] = values.pop("file")
        given = {"by": actor(request), "at": now(), "today": today(), "project": row, **values}
        refused = attempt(lambda: act(given), form)
        if refused is None:
            messages.success(request, "已保存。")
            return redirect(works_url(row))
    crumbs = [*project_crumbs(row, "")[:-1], {"label": HEADING, "url": works_url(row)}, {"label": heading, "url": ""}]
    context = {"form": form, "heading": heading, "crumbs": crumbs, "back": works_url(row)}
    return page(request, template, context, shown(form, refused))


@login_required
@require_POST
def check_visit(request: HttpRequest, uid: UUID, visit: UUID) -> HttpResponse:
    """The second person's check."""
    row = project_or_404(request, uid)
    held = get_object_or_404(SupervisionVisit.objects.select_related("project"), project=row, uid=visit)
    say(request, attempt(lambda: actions.check_visit(by=actor(request), at=now(), visit=held)), "已复核监督记录。")
    return redirect(works_url(row))


def _photo(request: HttpRequest, uid: UUID, photo: UUID) -> tuple[Project, WorkPhoto]:
    row = project_or_404(request, uid)
    return row, get_object_or_404(WorkPhoto.objects.select_related("project"), project=row, uid=photo)


@login_required
@require_POST
def publish(request: HttpRequest, uid: UUID, photo: UUID) -> HttpResponse:
    """Show a photo to residents, or no longer."""
    row, held = _photo(request, uid, photo)
    public = request.POST.get("public") == "yes"
    refused = attempt(lambda: actions.publish_photo(by=actor(request), at=now(), photo=held, public=public))
    say(request, refused, "已公开照片。" if public else "已不再公开。")
    return redirect(works_url(row))


@login_required
@require_POST
def withdraw_photo(request: HttpRequest, uid: UUID, photo: UUID) -> HttpResponse:
    """Take a wrong photo back."""
    row, held = _photo(request, uid, photo)
    reason = request.POST.get("reason", "").replace("\x00", "")[:200]
    refused = attempt(lambda: actions.withdraw_photo(by=actor(request), at=now(), photo=held, reason=reason))
    say(request, refused, "照片已撤下，原记录保留。")
    return redirect(works_url(row))


@login_required
@require_safe
def print_report(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A month's report on A4."""
    row = report_of(actor(request), uid)
    if row is None:
        raise Http404(uid)
    photos = WorkPhoto.objects.filter(
        project=row.project_id, month=row.month, withdrawn_at__isnull=True
    ).select_related("file")
    context = {
        "row": row,
        "project": row.project,
        "photos": photos,
        "measures": measures_in(row),
        "back": works_url(row.project),
    }
    return page(request, "month_report", context)
