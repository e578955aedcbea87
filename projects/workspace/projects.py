"""The list of projects and a project's page, with everything that can be done to it."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from offices.acts import action_word
from offices.calendar import calendar
from offices.clock import now, today
from offices.models import HistoryEntry
from offices.once import keep
from offices.rehearsal import rehearsed
from offices.rulebooks import layers_of
from policies.refusal import Reason, Refused
from projects import actions
from projects.figures import figure_words, paper_kinds
from projects.forms import AdvanceForm, MidlifeForm, ProjectForm, StageDaysForm, bodies_for
from projects.models import PlanLine, Project
from projects.permissions import may_keep
from projects.queries.duties import fixed_days
from projects.queries.gates import gate_row
from projects.queries.projects import ProjectPage, project_page
from projects.queries.special import special_plans_of
from projects.rules.gates import GateAnswer
from projects.rules.moving import shifts
from projects.rules.stages import reached
from projects.rules.start import ON_THE_PAGE
from projects.workspace.common import (
    actor,
    attempt,
    foreseen,
    page,
    project_crumbs,
    project_or_404,
    project_url,
    say,
    shown,
)
from projects.workspace.papers import exception_query

PAGES = {
    **dict.fromkeys(("separate_acceptances", "acceptance_parties", "acceptance_filing"), "projects:acceptance"),
    **dict.fromkeys(
        (
            "archive",
            "handover",
            "manager",
            "management_rules",
            "joint_meeting",
            "maintenance_fund_mechanism",
        ),
        "projects:after",
    ),
}


@login_required
@require_safe
def project(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One project, read with its line in the annual plan."""
    rows = PlanLine.objects.filter(actor(request).scope.q("project__"), project__uid=uid).select_related(
        "project__division", "project__county", "project__implementing_body", "plan__division"
    )
    line = rows.first()
    return show(request, keep(("line", uid), line).project if line else project_or_404(request, uid))


def show(
    request: HttpRequest, row: Project, refused: Refused | None = None, form: AdvanceForm | None = None
) -> HttpResponse:
    """The project's page, with a refusal at its head where an act was refused."""
    layers = layers_of(row.division)
    view = project_page(row, layers=layers, today=today())
    keeps = may_keep(actor(request), row.county or row.division)
    kinds = paper_kinds(layers, today())
    context = {
        "view": view, "project": row, "keeps": keeps, "crumbs": project_crumbs(row), "document": layers.document,
        "leads": keeps and actor(request).has_role("leader"),
        "gates": [_gate(row, gate, keeps, kinds) for gate in view.gates] + [_permit(row, reason) for reason in view.permits],
        "advance": form or AdvanceForm(initial={"on": today(), "version": row.version}),
        "papers": [(paper, figure_words(kinds.get(paper.evidence), paper.figures)) for paper in view.papers],
        "waiting": [paper for paper in view.papers if paper.checked_by_id is None],
        "history": [_act(entry) for entry in view.history],
        "may_advance": keeps and view.move is not None and view.move.step != "plan",
        "may_enter": keeps and view.plan is not None and view.plan.state == "issued",
        "facts": _facts(view), "built": reached(row.stage, "works"), "special": special_plans_of(view.communities),
    }  # fmt: skip
    return page(request, "project", context, refused)


def _gate(row: Project, gate: GateAnswer, keeps: bool, kinds: dict[str, Any]) -> dict[str, Any]:
    url = reverse("projects:project_paper", args=[row.uid, gate.key]) if keeps and gate.key in kinds else ""
    action = "录入材料" if gate.paper is None else "更正材料"
    if (
        gate.gate.step == "start" and gate.key in ON_THE_PAGE
    ):  # permits, papers and parties of the start stand on one page
        url, action = reverse("projects:permits", args=[row.uid]), "到开工手续办理"
    elif keeps and gate.gate.evidence in PAGES:  # held row by row; a recorded paper stands where there are no rows
        url, action = reverse(PAGES[gate.gate.evidence], args=[row.uid]), "去办理"
    shown_gate = gate_row(gate, url=url, action=action)
    shown_gate["exception_url"] = ""
    if keeps and gate.blocks:
        shown_gate["exception_url"] = reverse("projects:project_exception", args=[row.uid]) + exception_query(gate)
    shown_gate["opened_by"] = gate.opened_by
    shown_gate["vote_url"] = _vote_url(row, gate) if keeps and gate.outcome != "met" else ""
    return shown_gate


def _permit(row: Project, reason: Reason) -> dict[str, Any]:
    """A permit that the facts leave needed (RC-17), as a row of the gate list."""
    return {
        "label": reason.text, "state": "unmet", "citation": reason.citation, "missing": reason.missing, "word": "未满足",
        "url": reverse("projects:permits", args=[row.uid]), "action": "到开工手续办理",
    }  # fmt: skip


def _vote_url(row: Project, gate: GateAnswer) -> str:
    """Where the owners' vote that this gate asks for is put forward; empty for other gates."""
    if gate.gate.evidence not in ("vote", "fund_vote"):
        return ""
    asked = {"project": str(row.uid), "matter": gate.gate.matter or ""}
    places = [part.community.uid for part in row.parts.all()]
    if len(places) == 1:
        asked["community"] = str(places[0])
    return f"{reverse('approvals:vote_new')}?{urlencode({key: value for key, value in asked.items() if value})}"


def _facts(view: ProjectPage) -> list[str]:
    return [label for key, label in actions.projects.FACTS.items() if view.project.facts.get(key)]


def _act(entry: HistoryEntry) -> dict[str, Any]:
    return {"at": entry.at, "by": entry.by, "body": entry.body, "word": action_word(entry.action)}


@login_required
@require_POST
def advance(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the next step. The gates are asked again inside."""
    row = project_or_404(request, uid)
    form = AdvanceForm(request.POST)
    if not form.is_valid():
        response = show(request, row, form=form)
        response.status_code = 400
        return response
    data = form.cleaned_data
    refused = attempt(
        lambda: actions.advance(
            by=actor(request), at=now(), today=today(), project=row, step=request.POST.get("step", ""), on=data["on"],
            expected_version=data["version"], reason=data["reason"],
        ),
        form,
    )  # fmt: skip
    if refused is not None:
        return show(request, row, refused, form)
    messages.success(request, f"“{row.name}”已办理。")
    return redirect(project_url(row))


@login_required
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Facts, works, national task, investment."""
    row = project_or_404(request, uid)
    bodies = bodies_for(row.county or row.division)
    form = ProjectForm(request.POST or None, instance=row, bodies=bodies, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = {"project": row, "changes": form.changes, "expected_version": form.cleaned_data["version"]}

        def act() -> Project:
            return actions.change_project(by=actor(request), at=now(), today=today(), **data)

        context = {"heading": "项目信息", "crumbs": project_crumbs(row, "项目信息"), "back": request.path}
        found = foreseen(request, act, row, form, context)
        if isinstance(found, HttpResponse):
            return found
        refused = found or attempt(act, form)
        if refused is None:
            messages.success(request, "已保存，时限随之重新计算。")
            return redirect(project_url(row))
    return _form_page(request, row, form, "项目信息", refused)


@login_required
def days(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Planned days of the stages to come."""
    row = project_or_404(request, uid)
    held = {day.stage: day.planned_on for day in row.stage_days.all()}
    form = StageDaysForm(request.POST or None, project=row, initial=held)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        moved = {
            stage.key: form.cleaned_data[stage.key]
            for stage in form.stages
            if form.cleaned_data[stage.key] != held.get(stage.key)
        }
        reason, confirmed = form.cleaned_data["reason"], request.POST.get("confirm") == "1"
        if confirmed and request.POST.get("seen") == str(row.version):
            refused = attempt(lambda: _plan_days(request, row, moved, reason), form)
            if refused is None:
                messages.success(request, "已保存计划日期。")
                return redirect(project_url(row))
        else:
            refused = attempt(lambda: rehearsed(lambda: _plan_days(request, row, moved, reason)), form)
            if refused is None:
                if confirmed:
                    messages.warning(request, "有人刚改过这个项目，请再核对一次。")
                return page(request, "days", _what_moves(row, form, held, moved))
    return _form_page(request, row, form, "各阶段计划日期", refused)


def _what_moves(row: Project, form: StageDaysForm, held: dict[str, Any], moved: dict[str, Any]) -> dict[str, Any]:
    """Old and new of every day that rests on those that move, each with its clause; nothing is saved."""
    fixed = fixed_days([row], today())[row.uid]
    found = shifts(
        layers_of(row.division), before=held, after={**held, **moved}, fixed=fixed, calendar=calendar(), today=today()
    )
    heading = "各阶段计划日期"
    return {
        "project": row, "form": form, "shifts": found, "heading": heading, "crumbs": project_crumbs(row, heading),
        "seen": str(row.version), "back": reverse("projects:days", args=[row.uid]),
    }  # fmt: skip


def _plan_days(request: HttpRequest, row: Project, moved: dict[str, Any], reason: str) -> None:
    actions.plan_days(by=actor(request), at=now(), project=row, days=moved, reason=reason)


@login_required
def midlife(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a project as it stands in reality."""
    row = project_or_404(request, uid)
    form = MidlifeForm(request.POST or None, project=row, initial={"stage": row.stage})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(
            lambda: actions.enter_midlife(
                by=actor(request), at=now(), today=today(), project=row, stage=form.cleaned_data["stage"], days=form.days,
                reason=form.cleaned_data["reason"],
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, "已按实际进度录入，标记为“中途录入”。")
            return redirect(project_url(row))
    return _form_page(request, row, form, "按实际进度录入", refused)


@login_required
@require_POST
def milestone(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A milestone of a deadline was reached."""
    row = project_or_404(request, uid)
    form = AdvanceForm({"on": request.POST.get("on", ""), "version": row.version})
    if not form.is_valid():
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(project_url(row))
    on, name = form.cleaned_data["on"], request.POST.get("milestone", "")
    refused = attempt(
        lambda: actions.record_milestone(by=actor(request), at=now(), today=today(), project=row, milestone=name, on=on)
    )
    say(request, refused, "已记录完成日期。")
    return redirect(project_url(row))


@login_required
@require_POST
def repin(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Pin to the present revision of the rulebook: a leader's recorded act."""
    row = project_or_404(request, uid)
    refused = attempt(
        lambda: actions.repin(by=actor(request), at=now(), project=row, reason=request.POST.get("reason", ""))
    )
    if refused is not None:
        return show(request, row, refused)
    say(request, None, "已改用现行规则版本。")
    return redirect(project_url(row))


def _form_page(request: HttpRequest, row: Project, form: Any, heading: str, refused: Refused | None) -> HttpResponse:
    """A page that is one form about a project."""
    context = {"form": form, "heading": heading, "crumbs": project_crumbs(row, heading), "back": project_url(row)}
    return page(request, "form", context, shown(form, refused))
