"""专项和管线计划: what departments and utilities plan beside each line of the annual plan, matched by community."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communities.models import Community
from communities.rules.search import fold
from offices.clock import now, today
from offices.rulebooks import layers_of
from policies.refusal import Refused
from projects.actions import companions as actions
from projects.companion_forms import AgreeForm, CompanionForm
from projects.gates import gates_of_plan
from projects.models import AnnualPlan, CompanionLine
from projects.permissions import may_keep
from projects.queries.companions import companions_of, lines_beside
from projects.queries.gates import gate_row
from projects.workspace.common import actor, attempt, page, plan_crumbs, plan_or_404, say, shown

LABEL = "专项和管线计划"
CHOICES = 30


def _url(plan: AnnualPlan) -> str:
    return reverse("projects:companions", args=[plan.uid])


def _line(plan: AnnualPlan, uid: UUID) -> CompanionLine:
    return get_object_or_404(CompanionLine.objects.standing().filter(division=plan.division), uid=uid)


@login_required
@require_safe
def companions(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The plan's communities with what others plan there; what matches nothing; what contradicts."""
    plan = plan_or_404(request, uid)
    view = companions_of(plan)
    gates = gates_of_plan(plan, layers=layers_of(plan.division), day=today())
    context = {
        "plan": plan, "view": view, "crumbs": plan_crumbs(plan, LABEL),
        "keeps": may_keep(actor(request), plan.division), "leads": actor(request).has_role("leader"),
        "gates": [gate_row(gate) for gate in gates if gate.gate.evidence == "department_plans"],
    }  # fmt: skip
    return page(request, "companions", context)


@login_required
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter one line."""
    plan = plan_or_404(request, uid)
    form = CompanionForm(request.POST or None, initial={"year": plan.year})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(
            lambda: actions.add_companion_lines(
                by=actor(request), at=now(), division=plan.division, rows=[form.values()]
            ),
            form,
        )
        if refused is None:
            messages.success(request, "已录入，待第二人复核。")
            return redirect(_url(plan))
    context = {"form": form, "heading": "录入专项或管线计划", "crumbs": plan_crumbs(plan, LABEL), "back": _url(plan)}
    return page(request, "form", context, shown(form, refused))


@login_required
def settle(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """Say by hand which community a line means."""
    plan = plan_or_404(request, uid)
    row = _line(plan, line)
    rows = Community.objects.visible_to(actor(request)).filter(
        withdrawn=False, **{plan.division.column: plan.division_id}
    )
    if request.method == "POST":
        try:
            chosen = rows.filter(uid=UUID(request.POST.get("community", ""))).first()
        except ValueError:
            chosen = None
        if chosen is None:
            raise Http404("community")
        refused = attempt(lambda: actions.settle_companion(by=actor(request), at=now(), line=row, community=chosen))
        say(request, refused, f"已指定为“{chosen.name}”。")
        return redirect(_url(plan))
    text = request.GET.get("text", row.place[:2]).strip()[:60]
    found = rows.filter(search_text__contains=fold(text)).order_by("name_key", "pk")[:CHOICES]
    context = {"plan": plan, "line": row, "text": text, "found": found, "crumbs": plan_crumbs(plan, LABEL, "指定小区")}
    return page(request, "companion_settle", context)


@login_required
def agree(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """A leader's word on works of another year."""
    plan = plan_or_404(request, uid)
    row = _line(plan, line)
    form = AgreeForm(request.POST or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        refused = attempt(lambda: actions.agree_companion(by=actor(request), at=now(), line=row, reason=reason), form)
        if refused is None:
            messages.success(request, "已登记说明。")
            return redirect(_url(plan))
    heading = f"说明年度不一致：{row.place}，{row.unit}{row.year}年"
    context = {"form": form, "heading": heading, "crumbs": plan_crumbs(plan, LABEL), "back": _url(plan)}
    return page(request, "form", context, shown(form, refused))


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """Take a line back."""
    plan = plan_or_404(request, uid)
    row = _line(plan, line)
    say(request, attempt(lambda: actions.withdraw_companion(by=actor(request), at=now(), line=row)), "已撤回这一条。")
    return redirect(_url(plan))


@login_required
@require_POST
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A second person has held all lines on the page against the units' papers."""
    plan = plan_or_404(request, uid)
    lines, _ = lines_beside(plan)
    refused = attempt(
        lambda: actions.check_companions(by=actor(request), at=now(), division=plan.division, lines=lines)
    )
    say(request, refused, "已复核。")
    return redirect(_url(plan))
