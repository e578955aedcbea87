"""What every page of this app does: find the row in the user's scope or 404, and print a refusal in its place."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from offices.attempts import say as say
from offices.models import User
from policies.refusal import Refused
from projects.forms import FIGURE
from projects.models import AnnualPlan, PlanLine, Project
from projects.queries.duties import moved_by
from projects.rules.moving import Shift

PLANS = "年度计划"
PROJECTS = "项目"
LINES = 100  # of one plan on a page; its sums and gates are of all


def actor(request: HttpRequest) -> User:
    """Who acts (the page asks for a login)."""
    assert isinstance(request.user, User)
    return request.user


def plan_or_404(request: HttpRequest, uid: UUID) -> AnnualPlan:
    """The plan, where the user sees it."""
    return get_object_or_404(AnnualPlan.objects.visible_to(actor(request)).select_related("division"), uid=uid)


def project_or_404(request: HttpRequest, uid: UUID) -> Project:
    """The project, where the user sees it."""
    rows = Project.objects.visible_to(actor(request)).select_related("division", "county", "implementing_body")
    return get_object_or_404(rows, uid=uid)


def plan_crumbs(plan: AnnualPlan, *more: str) -> list[dict[str, str]]:
    """The way to a plan's page."""
    rows = [
        {"label": PLANS, "url": reverse("projects:plans")},
        {"label": str(plan), "url": plan_url(plan) if more else ""},
    ]
    return rows + [{"label": label, "url": ""} for label in more]


def project_crumbs(project: Project, *more: str) -> list[dict[str, str]]:
    """The way to a project's page."""
    rows = [
        {"label": PROJECTS, "url": reverse("projects:projects")},
        {"label": project.name, "url": project_url(project) if more else ""},
    ]
    return rows + [{"label": label, "url": ""} for label in more]


def plan_url(plan: AnnualPlan) -> str:
    """Its page."""
    return reverse("projects:plan", args=[plan.uid])


def line_url(line: PlanLine) -> str:
    """The page of its plan on which a line stands."""
    before = Q(position__lt=line.position) | Q(position=line.position, pk__lt=line.pk)
    number_ = PlanLine.objects.filter(before, plan=line.plan_id).count() // LINES + 1
    return plan_url(line.plan) + (f"?page={number_}" if number_ > 1 else "")


def project_url(project: Project) -> str:
    """Its page."""
    return reverse("projects:project", args=[project.uid])


def attempt(act: Callable[[], Any], form: forms.BaseForm | None = None) -> Refused | None:
    """Call an action; its refusal (with what belongs to a field put on the form), or None where it was done."""
    try:
        act()
    except Refused as error:
        if form is not None:
            put_on(form, error)
        return error
    return None


def put_on(form: forms.BaseForm, refused: Refused) -> None:
    """Reasons that name a field of the form stand at the field."""
    for name, reasons in refused.errors.items():
        for candidate in (name, FIGURE + name, f"day-{name}"):
            if candidate in form.fields:
                for reason in reasons:
                    form.add_error(candidate, reason)
                break


def shown(form: forms.BaseForm, refused: Refused | None) -> Refused | None:
    """The refusal that the head of the page prints: none where the form's own summary says it all."""
    if refused is None or (refused.errors and form.errors and not refused.reasons):
        return None
    return refused


def page(request: HttpRequest, template: str, context: dict[str, Any], refused: Refused | None = None) -> HttpResponse:
    """A page. With a refusal its status is the refusal's (409, 403, 412, 400), with a form that was sent and is wrong 400."""
    form = context.get("form")
    wrong = form is not None and form.is_bound and bool(form.errors)
    status = refused.status if refused else 400 if wrong else 200
    return render(request, f"staff/projects/{template}.html", {**context, "refused": refused}, status=status)


def foreseen(
    request: HttpRequest, act: Callable[[], Any], project: Project, form: forms.BaseForm, context: dict[str, Any]
) -> Refused | HttpResponse | None:
    """What an act would move, shown before it is done: the page that asks, or the refusal of the act; None where nothing moves or what
    moves was seen. ``context``: ``heading``, ``crumbs``, ``back``."""
    seen = f"{project.version}"
    if request.POST.get("confirm") == "1" and request.POST.get("seen") == seen:
        return None
    found: list[Shift] = []
    refused = attempt(lambda: found.extend(moved_by(act, project)), form)
    if refused is not None or not found:
        return refused
    return page(request, "days", {"project": project, "form": form, "shifts": found, "seen": seen, **context})


def number(text: str | None, name: str, least: int = 1, most: int = 10**9) -> int:
    """A whole number of a request. Raises BadRequest."""
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most):
        raise BadRequest(name)
    return int(text)
