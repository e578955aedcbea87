"""The funding plan of a project: the newest version against its documents, a form for the next one, the second person, fees."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions
from funding.models import FundingPlan
from funding.permissions import may
from funding.planforms import BLANK_LINES, FeeForm, PlanForm, PlanLineForm
from funding.plans import PlanPage, plan_page
from funding.rules.plans import WHO
from funding.rules.shares import SOURCE_LABELS
from funding.subjects import Project
from funding.workspace.common import act, crumbs, page, project_or_404
from offices.clock import now, today
from offices.workspace.common import actor
from policies.refusal import Refused


@login_required
@require_safe
def plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The newest plan."""
    return show_plan(request, project_or_404(request, uid))


def show_plan(
    request: HttpRequest, project: Project, refused: Refused | None = None, form: FeeForm | None = None
) -> HttpResponse:
    """The page of a project's plan."""
    user, view = actor(request), plan_page(actor(request), project, today())
    handles = _handles(request, project)
    waits = view.plan is not None and view.plan.confirmed_by_id is None
    context = {
        "project": project, "view": view, "handles": handles, "share": view.share,
        "may_confirm": waits and handles and view.plan is not None and view.plan.made_by_id != user.pk,
        "lines": list(view.plan.lines.all()) if view.plan else [], "items": _items(view),
        "differences": [(SOURCE_LABELS.get(kind, kind), theirs, own) for kind, theirs, own in view.differences],  # type: ignore[call-overload]
        "said": [(WHO[who], why) for who, why in view.plan.said.items()] if view.plan else [],
        "crumbs": crumbs((project.name, reverse("funding:ledger", args=[project.uid])), ("资金计划", "")),
        "fee_form": form or FeeForm(initial={"charged_on": today()}),
    }  # fmt: skip
    return page(request, "plan", context, refused)


def _items(view: PlanPage) -> list[dict[str, Any]]:
    """Who pays which item, by the fixed scheme."""
    return [
        {
            "name": item.name, "where": item.where, "item_class": item.item_class, "amount": item.amount,
            "payers": [(SOURCE_LABELS.get(kind, kind), Decimal(amount).scaleb(-2)) for kind, amount in item.payers.items()],  # type: ignore[call-overload]
        }
        for item in (view.scheme.items if view.scheme else ())
    ]  # fmt: skip


def _handles(request: HttpRequest, project: Project) -> bool:
    user = actor(request)
    return any(may(user, project.county, what=what) for what in ("keep", "finance"))


@login_required
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter the next version, beginning with the lines of the newest."""
    project, user = project_or_404(request, uid), actor(request)
    view = plan_page(user, project, today())
    old = list(view.plan.lines.all()) if view.plan else []
    said = {f"said-{who}": why for who, why in view.plan.said.items()} if view.plan else {}
    initial = {
        "earlier": view.plan.number if view.plan else 0,
        "no_hidden_debt": bool(view.plan and view.plan.no_hidden_debt),
    }
    form = PlanForm(request.POST or None, owing=view.owing, initial={**initial, **said})
    names = tuple(PlanLineForm.base_fields)
    lines = [
        PlanLineForm(
            request.POST or None, prefix=f"line{n}", initial={name: getattr(old[n], name) for name in names} if n < len(old) else {}
        )
        for n in range(len(old) + BLANK_LINES)
    ]  # fmt: skip

    def show(refused: Refused | None) -> HttpResponse:
        url = reverse("funding:plan", args=[uid])
        trail = crumbs(
            (project.name, reverse("funding:ledger", args=[uid])),
            ("资金计划", url),
            ("编制新版" if old else "编制", ""),
        )
        return page(
            request,
            "plan_edit",
            {"project": project, "form": form, "lines": lines, "back": url, "crumbs": trail},
            refused,
        )

    def doing() -> None:
        given = [line.line for line in lines if line.line]
        actions.record_plan(by=user, at=now(), project=uid, lines=[row for row in given if row], **form.values)

    if request.method != "POST":
        return show(None)
    if not all([line.is_valid() for line in lines]):
        return show(Refused("资金计划没有保存：有字段需要更正", code="invalid"))
    return act(
        request, doing, form=form, show=show, done="已保存，请由另一人复核。", to=reverse("funding:plan", args=[uid])
    )


@login_required
@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person."""
    row = get_object_or_404(FundingPlan.objects.visible_to(actor(request)), uid=uid)
    project = project_or_404(request, row.project_uid)
    return act(
        request, lambda: actions.confirm_plan(by=actor(request), at=now(), today=today(), plan=row), done="已复核，作为申报依据。",
        to=reverse("funding:plan", args=[project.uid]), show=lambda refused: show_plan(request, project, refused),
    )  # fmt: skip


@login_required
@require_POST
def add_fee(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A fee charged to the project."""
    project, form = project_or_404(request, uid), FeeForm(request.POST)
    return act(
        request, lambda: actions.record_fee(by=actor(request), at=now(), today=today(), project=uid, **form.cleaned_data), form=form,
        done="已登记收费。", to=reverse("funding:plan", args=[uid]), show=lambda refused: show_plan(request, project, refused, form),
    )  # fmt: skip
