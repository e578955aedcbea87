"""Papers by which heirs, guardians and agents act for an owner: entered, checked by a second person, withdrawn, opened with a reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from communities import actions
from communities.access import checker_body, may_keep
from communities.models import Agency, Person
from communities.queries.roll import agencies_of, masked
from communities.roll_forms import AgencyForm
from communities.rules.masks import mask_id, mask_name, mask_phone
from communities.workspace.frame import actor, community_or_404, show_refusal, status_of, stored
from communities.workspace.roll import crumbs_of
from offices import files
from offices.clock import now, today
from offices.workspace.personal import RevealForm
from policies.refusal import Refused

PAGE = 50


def state_of(row: Agency) -> tuple[str, str]:
    """(kind of status word, word) of a paper today."""
    if row.withdrawn_at is not None:
        return "none", "已撤销"
    if row.checked_at is None:
        return "wait", "待复核"
    if row.valid_until is not None and row.valid_until < today():
        return "none", "已过期"
    return ("done", "有效") if row.valid_from <= today() else ("wait", "未到期")


@login_required
@require_safe
def agencies(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The papers of a community, masked."""
    community = community_or_404(request, uid)
    page = Paginator(agencies_of(community), PAGE).get_page(request.GET.get("page"))
    context = {
        "community": community, "page": page, "crumbs": crumbs_of(community, "代理材料"),
        "rows": [(row, masked(row.person), mask_name(row.agent_name), state_of(row)) for row in page.object_list],
    }  # fmt: skip
    return render(request, "staff/communities/agencies.html", context)


@login_required
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a paper for an owner."""
    person = get_object_or_404(Person.objects.select_related("community__division"), uid=uid)
    community = community_or_404(request, person.community.uid)
    form = AgencyForm(request.POST or None, request.FILES or None)
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                file = stored(request, community, form.cleaned_data.get("file"), personal=True)
                row = actions.enter_agency(by=actor(request), at=now(), person=person, values=form.values, file=file)
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, "已录入，须由另一人复核后才作数。")
            return redirect("communities:agency", uid=row.uid)
    context = {
        "community": community, "person": masked(person), "form": form, "may_keep": may_keep(request.user, community),
        "crumbs": crumbs_of(community, "录入代理材料"), **refused,
    }  # fmt: skip
    return render(request, "staff/communities/agency_form.html", context, status=status_of(request, context))


def _agency_or_404(request: HttpRequest, uid: UUID) -> Agency:
    rows = Agency.objects.visible_to(actor(request)).select_related(
        "person__community__division", "entered_by", "checked_by", "withdrawn_by", "file"
    )
    return get_object_or_404(rows, uid=uid)


@login_required
@never_cache
def agency(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One paper, masked; with a reason that is recorded its values are opened, once."""
    row = _agency_or_404(request, uid)
    community = row.person.community
    form = RevealForm(request.POST or None)
    context: dict[str, Any] = {
        "row": row, "community": community, "person": masked(row.person), "form": form, "state": state_of(row),
        "agent": (mask_name(row.agent_name), mask_id(row.agent_id_number), mask_phone(row.agent_phone)),
        "may_keep": may_keep(request.user, community),
        "may_check": checker_body(actor(request), community) is not None,
        "own": row.entered_by_id == actor(request).pk, "crumbs": crumbs_of(community, "代理材料"),
    }  # fmt: skip
    context["crumbs"][-1:] = [
        {"label": "代理材料", "url": reverse("communities:agencies", args=[community.uid])},
        {"label": row.get_kind_display()},
    ]
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_agency(by=actor(request), at=now(), agency=row, reason=form.cleaned_data["reason"])
        except Refused as error:
            context |= show_refusal(form, error)
        else:
            context |= {"opened": True, "agent": (row.agent_name, row.agent_id_number, row.agent_phone)}
    status = 200 if context.get("opened") else status_of(request, context)
    return render(request, "staff/communities/agency.html", context, status=status)


@login_required
@require_POST
def scan(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The scan, after the reason is recorded; always a download."""
    row = _agency_or_404(request, uid)
    if row.file is None:
        raise Http404("没有扫描件")
    try:
        actions.open_agency(by=actor(request), at=now(), agency=row, reason=request.POST.get("reason", ""))
    except Refused as error:
        messages.error(request, error.detail)
        return redirect("communities:agency", uid=uid)
    try:
        handle = files.open_stored(row.file)
    except FileNotFoundError as error:
        raise Http404("文件不在存储中") from error
    response = FileResponse(handle, as_attachment=True, filename=row.file.name, content_type=row.file.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@login_required
@require_POST
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person's check."""
    row = _agency_or_404(request, uid)
    try:
        actions.check_agency(by=actor(request), at=now(), agency=row)
    except Refused as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, "已复核，即日起按有效期作数。")
    return redirect("communities:agency", uid=uid)


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The paper no longer stands."""
    row = _agency_or_404(request, uid)
    try:
        actions.withdraw_agency(by=actor(request), at=now(), agency=row, reason=request.POST.get("reason", ""))
    except Refused as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, "已撤销。")
    return redirect("communities:agency", uid=uid)
