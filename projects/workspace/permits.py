"""开工手续一窗办理: all permits, papers, parties and facts before the start of the works on one page, and the vehicle certificates."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from offices.clock import now, today
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Refused
from projects.actions import certificates
from projects.actions import permits as actions
from projects.models import Project
from projects.permissions import keeping_body
from projects.permit_forms import CertificateForm, FactsForm, ModeForm, PartyForm, PermitForm
from projects.queries.gates import gate_row
from projects.queries.permits import (
    certificate_citation,
    certificate_of,
    demands_of,
    facts_words,
    held_entries,
    latest_facts,
    permits_page,
)
from projects.rules.parties import ROLES
from projects.workspace.common import actor, attempt, page, project_crumbs, project_or_404, shown

WHOLE = "-"  # in an address: the paper itself, where its gate names no papers
HEADING = "开工手续"


def permits_url(row: Project) -> str:
    """The page."""
    return reverse("projects:permits", args=[row.uid])


def may_enter(request: HttpRequest, row: Project) -> bool:
    """Whether the user's office keeps the project (for showing a button)."""
    try:
        keeping_body(actor(request), row.county or row.division, roles=actions.ENTERERS)
    except Forbidden:
        return False
    return True


@login_required
@require_safe
def permits(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One page for all of them."""
    return _show(request, project_or_404(request, uid))


def _show(request: HttpRequest, row: Project, refused: Refused | None = None) -> HttpResponse:
    view = permits_page(row, day=today())
    keeps = may_enter(request, row)
    context = {
        "view": view, "project": row, "keeps": keeps, "crumbs": project_crumbs(row, HEADING),
        "gates": [gate_row(gate) for gate in view.gates],
        "mine": sum(entry.entered_by_id == actor(request).pk for _, _, entry in view.waiting), "whole": WHOLE,
    }  # fmt: skip
    return page(request, "permits", context, refused)


@login_required
def facts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """State the facts."""
    row = project_or_404(request, uid)
    before = latest_facts(row)
    initial = {key: "yes" if value else "no" for key, value in facts_words(before).items()} if before else {}
    form = FactsForm(request.POST or None, request.FILES or None, initial=initial)
    return _form(
        request, row, form, "手续事实",
        lambda: actions.state_facts(
            by=actor(request), at=now(), project=row, facts=form.facts, upload=form.cleaned_data["commitment"]
        ),
        "已保存，需办和免办的手续已重新判断。",
    )  # fmt: skip


@login_required
def permit(request: HttpRequest, uid: UUID, evidence: str, key: str) -> HttpResponse:
    """Enter one permit or paper."""
    row = project_or_404(request, uid)
    name = "" if key == WHOLE else key
    demand = next((d for d in demands_of(row, day=today()) if (d.evidence, d.key) == (evidence, name)), None)
    if demand is None:
        raise Http404(key)
    entry: Any = held_entries([row.uid])[row.uid][evidence].get(name)
    initial = {"issuer": entry.issuer, "number": entry.number, "day": entry.day} if entry else {}
    form = PermitForm(request.POST or None, request.FILES or None, initial=initial)
    return _form(
        request, row, form, demand.label,
        lambda: actions.enter_permit(
            by=actor(request), at=now(), today=today(), project=row, evidence=evidence, key=name, **_entered(form)
        ),
    )  # fmt: skip


@login_required
def party(request: HttpRequest, uid: UUID, role: str) -> HttpResponse:
    """Enter one unit."""
    row = project_or_404(request, uid)
    if role not in ROLES:
        raise Http404(role)
    entry: Any = held_entries([row.uid])[row.uid]["procurement"].get(role)
    names = ("name", "credit_code", "method", "reason", "number", "day", "phone")
    initial = (
        {name: getattr(entry, name) for name in names}
        if entry
        else {"method": "own"}
        if role == "developer_unit"
        else {}
    )
    form = PartyForm(request.POST or None, request.FILES or None, initial=initial)
    return _form(
        request, row, form, ROLES[role],
        lambda: actions.enter_party(by=actor(request), at=now(), today=today(), project=row, role=role, **_entered(form)),
    )  # fmt: skip


@login_required
def mode(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter how the contract is let."""
    row = project_or_404(request, uid)
    entry: Any = held_entries([row.uid])[row.uid]["contract_mode"].get("")
    initial = {name: getattr(entry, name) for name in ("mode", "reason", "number", "day")} if entry else {}
    form = ModeForm(request.POST or None, request.FILES or None, initial=initial)
    return _form(
        request, row, form, "承包方式",
        lambda: actions.enter_mode(by=actor(request), at=now(), today=today(), project=row, **_entered(form)),
    )  # fmt: skip


def _entered(form: forms.Form) -> dict[str, Any]:
    values = dict(form.cleaned_data)
    values["upload"] = values.pop("file")
    return values


def _form(
    request: HttpRequest, row: Project, form: forms.Form, heading: str, act: Callable[[], Any],
    done: str = "已录入，待第二人复核；复核后才作数。",
) -> HttpResponse:  # fmt: skip
    """A page that is one form about the start of the works."""
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(act, form)
        if refused is None:
            messages.success(request, done)
            return redirect(permits_url(row))
    crumbs = [*project_crumbs(row, "")[:-1], {"label": HEADING, "url": permits_url(row)}, {"label": heading, "url": ""}]
    context = {"form": form, "heading": heading, "crumbs": crumbs, "back": permits_url(row)}
    return page(request, "upload_form", context, shown(form, refused))


@login_required
@require_POST
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person's check of what was chosen."""
    row = project_or_404(request, uid)
    chosen = set(request.POST.getlist("entry")[:100])
    entries = [entry for _, _, entry in permits_page(row, day=today()).waiting if str(entry.uid) in chosen]
    refused = attempt(lambda: actions.check_entries(by=actor(request), at=now(), chosen=entries))
    if refused is not None:
        return _show(request, row, refused)
    messages.success(request, f"已复核 {len(entries)} 份材料。")
    return redirect(permits_url(row))


@login_required
def certify(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issue a certificate for vehicles."""
    row = project_or_404(request, uid)
    form = CertificateForm(request.POST or None, initial={"starts_on": today()})
    return _form(
        request, row, form, "车辆通行证明",
        lambda: certificates.issue_certificate(
            by=actor(request), at=now(), today=today(), project=row, **form.cleaned_data
        ),
        "已出具，可打印。",
    )  # fmt: skip


@login_required
@require_safe
def certificate(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The certificate as it is printed: A4, the zone of the seal blank."""
    row = certificate_of(actor(request), uid)
    if row is None:
        raise Http404(uid)
    cited = certificate_citation(layers_of(row.project.division), row.starts_on)
    context = {"row": row, "project": row.project, "citation": cited, "back": permits_url(row.project)}
    return page(request, "certificate", context)
