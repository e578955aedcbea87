"""The list of annual plans and a plan's page; creating, declaring, withdrawing, entering as issued."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from approvals import cases
from approvals.models import Case
from offices.acting import AUTHORITIES
from offices.clock import now, today
from offices.models import Body, Division
from offices.rulebooks import layers_of
from offices.viewing import division_in_view
from policies.refusal import Refused
from projects import actions
from projects.actions.lines import OPEN_STATES
from projects.actions.plans import PLAN_DIVISIONS
from projects.figures import paper_kinds
from projects.forms import IssuedForm, NewPlanForm, SubmitForm, bodies_for
from projects.models import AnnualPlan
from projects.permissions import WRITERS, may_keep
from projects.queries.gates import gate_row
from projects.queries.plans import PlanPage, plan_page, plans_in_scope, version_views, with_figures
from projects.routes import plan_route
from projects.workspace.common import (
    LINES,
    actor,
    attempt,
    number,
    page,
    plan_crumbs,
    plan_or_404,
    plan_url,
    say,
    shown,
)
from rest.remembered import remembered

PAGE = 50
STATES = {
    "draft": ("draft", "草稿"), "in_review": ("now", "审批中"), "returned": ("back", "已退回修改"), "refused": ("stop", "不予通过"),
    "issued": ("done", "已下达"),
}  # fmt: skip


def keeper_divisions(request: HttpRequest) -> Any:
    """Counties and zones whose plans the user may write (no query but the memberships')."""
    own = [
        m.body.division_id
        for m in actor(request).active_memberships
        if m.role in WRITERS and {m.body.kind, *m.body.also} & AUTHORITIES
    ]
    return Division.objects.filter(pk__in=own, kind__in=PLAN_DIVISIONS).order_by("pk")


@login_required
def plans(request: HttpRequest) -> HttpResponse:
    """Plans of the division in view, all years, with their sums; a form opens another."""
    division = division_in_view(request)
    form = NewPlanForm(
        request.POST or None,
        divisions=keeper_divisions(request),
        initial={"division": division, "year": today().year + 1},
    )
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        made: list[AnnualPlan] = []
        refused = attempt(
            lambda: made.append(actions.create_plan(by=actor(request), at=now(), today=today(), **form.cleaned_data)),
            form,
        )
        if made:
            messages.success(request, f"已新建{made[0]}，请加入项目。")
            return redirect(plan_url(made[0]))
    text = request.GET.get("year") or ""
    year = number(text, "year", 2000, 2100) if text else None
    state = request.GET.get("state", "")
    if state and state not in STATES:
        raise BadRequest("state")
    plans = plans_in_scope(actor(request), division=division, year=year, state=state)
    rows = Paginator(plans, PAGE).get_page(request.GET.get("page"))
    shown_here = tuple(row.pk for row in rows.object_list)
    rows.object_list = remembered(  # sums of this page alone
        ("plans", *shown_here), lambda: list(with_figures(plans.filter(pk__in=shown_here)))
    )
    context = {
        "page": rows, "states": STATES, "form": form, "state": state, "year": text, "division": division,
        "may_create": form.fields["division"].queryset.exists(),  # type: ignore[attr-defined]
    }  # fmt: skip
    return page(request, "plans", context, shown(form, refused))


@login_required
@require_safe
def plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One plan."""
    return show(request, plan_or_404(request, uid))


def show(request: HttpRequest, row: AnnualPlan, refused: Refused | None = None) -> HttpResponse:
    """The plan's page, with a refusal at its head where an act was refused. Its lines come by pages, its sums are of all lines."""
    view = plan_page(row, layers=layers_of(row.division), today=today())
    keeps = may_keep(actor(request), row.division)
    editable = keeps and row.state in OPEN_STATES
    kind, word = STATES[row.state]
    context = {
        "view": view, "page": Paginator(view.lines, LINES).get_page(request.GET.get("page")), "plan": row,
        "status_kind": kind, "status_word": word, "keeps": keeps, "editable": editable,
        "gates": [
            gate_row(gate, url=reverse("projects:plan_paper", args=[row.uid, gate.key]) if editable else "", action="录入材料")
            for gate in view.gates
        ],
        "paper_tables": paper_tables(view),
        "waiting": [paper for paper in view.waiting_papers],
        "crumbs": plan_crumbs(row),
        "case_open": view.case is not None and view.case.state in (Case.State.OPEN, Case.State.RETURNED),
        "declared_late": [duty for duty in view.duties if duty.late_word],
    }  # fmt: skip
    return page(request, "plan", context, refused)


def paper_tables(view: PlanPage) -> list[dict[str, Any]]:
    """Kinds of paper that the lines' gates stand on, with how many lines have it and how many wait for a second person."""
    kinds = paper_kinds(view.layers, today())
    rows = []
    for key in dict.fromkeys(gate.key for line in view.lines for gate in line.gates):
        if key not in kinds:
            continue
        papers = [paper for line in view.lines for paper in line.papers if paper.evidence == key]
        asked = sum(any(gate.key == key for gate in line.gates) for line in view.lines)
        met = sum(all(gate.outcome != "unmet" for gate in line.gates if gate.key == key) for line in view.lines)
        first = next(gate for line in view.lines for gate in line.gates if gate.key == key)
        rows.append(
            {
                "key": key, "label": kinds[key].label, "citation": first.citation, "asked": asked, "recorded": len(papers),
                "waiting": sum(paper.checked_by_id is None for paper in papers), "met": met, "blocks": first.provision.strength,
            }
        )  # fmt: skip
    return rows


@login_required
def submit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What goes where; then it goes."""
    row = plan_or_404(request, uid)
    layers = layers_of(row.division)
    form = SubmitForm(request.POST or None, bodies=bodies_for(row.division), initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        more: list[Body] = list(form.cleaned_data["more_bodies"])
        refused = attempt(
            lambda: actions.declare_plan(
                by=actor(request),
                at=now(),
                today=today(),
                plan=row,
                expected_version=form.cleaned_data["version"],
                more_bodies=more,
            ),
            form,
        )
        if refused is None:
            messages.success(request, f"{row}已提交审批。")
            return redirect(plan_url(row))
    route, no_route = None, None
    try:
        route = plan_route(row, layers=layers, day=today())
    except Refused as error:
        no_route = error
    view = plan_page(row, layers=layers, today=today())
    citation = _route_citation(view, route.rule_id if route else "")
    context = {
        "plan": row, "view": view, "form": form, "route": route, "citation": citation, "crumbs": plan_crumbs(row, "申报"),
        "joinable": bool(route and any(stage.more_bodies_may_join for stage in route.stages)),
        "late": [duty for duty in view.duties if duty.late_word],
    }  # fmt: skip
    return page(request, "submit", context, shown(form, refused) or no_route)


def _route_citation(view: PlanPage, rule_id: str) -> Any:
    """The provision of the route with its document, for the clause tag."""
    found = view.layers.rule(rule_id) if rule_id else None
    if found is None:
        return None
    book, rule = found
    provision = next(p for p in rule.provisions if p.kind == "route" and p.params.subject == "plan")
    return {"provision": provision, "document": book.document}


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take the plan back from its route."""
    row = plan_or_404(request, uid)
    case = Case.objects.filter(subject_type="annualplan", subject_uid=row.uid, state__in=("open", "returned")).first()
    if case is None:
        messages.error(request, "没有正在审批的申报。")
        return redirect(plan_url(row))
    reason = request.POST.get("reason", "")
    refused = attempt(lambda: cases.withdraw(by=actor(request), at=now(), today=today(), case=case, reason=reason))
    if refused is not None:
        return show(request, row, refused)
    say(request, None, "已撤回，可以继续修改。")
    return redirect(plan_url(row))


@login_required
def issued(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a plan that was issued before the platform was in use."""
    row = plan_or_404(request, uid)
    form = IssuedForm(request.POST or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(
            lambda: actions.enter_as_issued(by=actor(request), at=now(), today=today(), plan=row, **form.cleaned_data),
            form,
        )
        if refused is None:
            messages.success(request, f"{row}已补录为已下达。")
            return redirect(plan_url(row))
    return page(
        request, "issued", {"plan": row, "form": form, "crumbs": plan_crumbs(row, "补录为已下达")}, shown(form, refused)
    )


@login_required
@require_safe
def versions(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issued versions with what each changed."""
    row = plan_or_404(request, uid)
    views = version_views(list(row.versions.select_related("by").order_by("-number")))
    return page(request, "versions", {"plan": row, "versions": views, "crumbs": plan_crumbs(row, "版本")})
