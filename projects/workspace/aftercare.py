"""移交、归档、长效管理: the page after the works, its forms, and the communities that nobody manages."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from offices.clock import now, today
from offices.viewing import division_in_view
from policies.refusal import Refused
from projects.actions import aftercare as act
from projects.models import AftercareRecord, Manager, Project
from projects.permissions import may_keep
from projects.queries.aftercare import aftercare_page, completed_projects, unmanaged
from projects.rules.acceptance import ARCHIVE_NOTE
from projects.rules.stages import STAGE, reached
from projects.workspace import acceptance_forms as forms
from projects.workspace.acceptance import Act
from projects.workspace.common import actor, attempt, page, project_crumbs, project_or_404, say, shown

TITLE = "移交、归档和长效管理"
PAGE = 50
ACTS: dict[str, Act] = {
    "archive": Act("材料入档", forms.ArchiveForm, act.put_in_archive),
    "close-archive": Act("归档", forms.CloseArchiveForm, act.close_archive),
    "handover": Act("登记移交", forms.HandoverForm, act.hand_over),
    "manager": Act("登记管理人", forms.ManagerForm, act.set_manager),
    "record": Act("登记长效管理记录", forms.RecordForm, act.record_aftercare),
}
TIMELESS = frozenset({"archive", "close-archive"})  # they ask for no day


def after_url(row: Project) -> str:
    """Its page."""
    return reverse("projects:after", args=[row.uid])


@login_required
@require_safe
def after(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything after the works of a project."""
    return _show(request, project_or_404(request, uid))


def _show(request: HttpRequest, row: Project, refused: Refused | None = None) -> HttpResponse:
    view = aftercare_page(row)
    context = {
        "view": view, "project": row, "crumbs": project_crumbs(row, TITLE), "keeps": may_keep(actor(request), row.county or row.division),
        "note": ARCHIVE_NOTE, "accepted": reached(row.stage, "accepted"), "ready": reached(row.stage, "works"), "me": actor(request).pk,
        "today": today(),
    }  # fmt: skip
    return page(request, "after", context, refused)


@login_required
def enter(request: HttpRequest, uid: UUID, what: str) -> HttpResponse:
    """One of the forms of the page."""
    row, chosen = project_or_404(request, uid), ACTS.get(what)
    if chosen is None:
        raise Http404(what)
    initial = {key: request.GET[key] for key in ("key", "kind", "community", "item") if key in request.GET}
    view = aftercare_page(row)
    form = chosen.form(request.POST or None, request.FILES or None, project=row, view=view, initial=initial)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        day = {} if what in TIMELESS else {"today": today()}
        given: dict[str, Any] = {**form.cleaned_data, **day, "project": row}
        refused = attempt(lambda: chosen.call(by=actor(request), at=now(), **given), form)
        if refused is None:
            messages.success(request, f"{chosen.heading}：已保存。")
            return redirect(after_url(row))
    crumbs = [
        *project_crumbs(row, TITLE)[:-1],
        {"label": TITLE, "url": after_url(row)},
        {"label": chosen.heading, "url": ""},
    ]
    context = {"form": form, "heading": chosen.heading, "crumbs": crumbs, "back": after_url(row), "project": row}
    return page(request, "acceptance_form", context, shown(form, refused))


@login_required
@require_POST
def check(request: HttpRequest, uid: UUID, what: str, line: UUID) -> HttpResponse:
    """The second person's check of a handover, a manager or a record."""
    row = project_or_404(request, uid)
    rows: dict[str, Any] = {
        "handover": row.handovers.all(),
        "manager": Manager.objects.filter(community__in=row.parts.values("community")),
        "record": AftercareRecord.objects.filter(project=row),
    }
    if what not in rows:
        raise Http404(what)
    found = get_object_or_404(rows[what], uid=line)
    refused = attempt(lambda: act.check(by=actor(request), at=now(), project=row, row=found))
    if refused is not None:
        return _show(request, row, refused)
    say(request, None, "已复核。")
    return redirect(after_url(row))


@login_required
@require_safe
def without_manager(request: HttpRequest) -> HttpResponse:
    """Communities whose works are accepted and that have no manager (RC-24, LZ-24, YL-12)."""
    division = division_in_view(request)
    listed = Paginator(unmanaged(actor(request), division), PAGE).get_page(request.GET.get("page"))
    projects = completed_projects(list(listed.object_list))
    rows = [(place, projects[place.pk], STAGE[projects[place.pk].stage].label) for place in listed.object_list]
    crumbs = [{"label": "项目", "url": reverse("projects:projects")}, {"label": "没有管理人的小区", "url": ""}]
    return page(request, "unmanaged", {"page": listed, "rows": rows, "division": division, "crumbs": crumbs})
