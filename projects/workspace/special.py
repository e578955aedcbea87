"""专项规划: the plans of the division in view, one with its communities and versions, drafting, issuing and revising."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities.models import Community
from communities.queries import bands_of
from communities.rules.search import fold
from offices.clock import now, today
from policies.refusal import Refused
from projects.actions import special as actions
from projects.models import SpecialPlan
from projects.permissions import may_keep
from projects.queries.special import content_of, special_plans, versions_of
from projects.rules.special import difference
from projects.special_forms import IssueForm, SpecialPlanForm
from projects.workspace.common import actor, attempt, page, say, shown
from projects.workspace.rollup import division_of

PAGE = 50
LABEL = "专项规划"


def _plan(request: HttpRequest, uid: UUID) -> SpecialPlan:
    return get_object_or_404(SpecialPlan.objects.visible_to(actor(request)).select_related("division"), uid=uid)


def _url(row: SpecialPlan) -> str:
    return reverse("projects:special_plan", args=[row.uid])


def _crumbs(row: SpecialPlan, *more: str) -> list[dict[str, str]]:
    listed = {"label": LABEL, "url": reverse("projects:special_plans")}
    return [
        listed,
        {"label": row.title, "url": _url(row) if more else ""},
        *({"label": word, "url": ""} for word in more),
    ]


@login_required
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of the division in view; a form opens another."""
    division = division_of(request, None)
    form = SpecialPlanForm(request.POST or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in SpecialPlanForm.Meta.fields}
        made: list[SpecialPlan] = []
        refused = attempt(
            lambda: made.append(actions.open_special_plan(by=actor(request), at=now(), division=division, **values)),
            form,
        )
        if made:
            messages.success(request, "已建立，请选择列入规划的小区。")
            return redirect(_url(made[0]))
    listed = Paginator(special_plans(actor(request), division), PAGE).get_page(request.GET.get("page"))
    keeps = may_keep(actor(request), division) and division.kind in actions.KINDS
    context = {"division": division, "page": listed, "form": form, "keeps": keeps}
    return page(request, "special_plans", context, shown(form, refused))


@login_required
@require_safe
def plan(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One plan: what is written, what that changes, and every issued version."""
    row = _plan(request, uid)
    versions = versions_of(row)
    content = content_of(row)
    context = {
        "plan": row, "versions": versions, "crumbs": _crumbs(row), "keeps": may_keep(actor(request), row.division),
        "leads": actor(request).has_role("leader", body=None) and may_keep(actor(request), row.division),
        "waiting": difference(versions[0].version.content, content) if versions else None,
        "listed": Paginator(row.communities.select_related("division").order_by("pk"), PAGE).get_page(request.GET.get("page")),
    }  # fmt: skip
    return page(request, "special_plan", context)


@login_required
def describe(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Title and years."""
    row = _plan(request, uid)
    form = SpecialPlanForm(request.POST or None, instance=row, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        version = data.pop("version")
        refused = attempt(
            lambda: actions.describe_special_plan(
                by=actor(request), at=now(), plan=row, expected_version=version, **data
            ),
            form,
        )
        if refused is None:
            messages.success(request, "已保存。")
            return redirect(_url(row))
    context = {"form": form, "heading": "修改专项规划", "crumbs": _crumbs(row, "修改"), "back": _url(row)}
    return page(request, "form", context, shown(form, refused))


@login_required
def choose(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Communities of the division that the plan does not name yet; POST takes some in or out."""
    row = _plan(request, uid)
    if request.method == "POST":
        refused = attempt(
            lambda: actions.choose_communities(
                by=actor(request), at=now(), plan=row, add=_uids(request, "add"), remove=_uids(request, "remove")
            )
        )
        say(request, refused, "规划的小区已调整。")
        return redirect(_url(row) if request.POST.getlist("remove") else reverse("projects:choose_special", args=[uid]))
    rows = Community.objects.visible_to(actor(request)).filter(
        withdrawn=False, **{row.division.column: row.division_id}
    )
    rows = rows.exclude(pk__in=row.places.values("community")).select_related("division")
    text = request.GET.get("text", "").strip()[:60]
    if text:
        rows = rows.filter(search_text__contains=fold(text))
    listed = Paginator(rows.order_by("county_id", "pk"), PAGE).get_page(request.GET.get("page"))
    bands = bands_of(listed.object_list, today())
    context = {
        "plan": row, "page": listed, "rows": [(each, bands[each.pk][1]) for each in listed.object_list], "text": text,
        "crumbs": _crumbs(row, "选择小区"), "keeps": may_keep(actor(request), row.division),
    }  # fmt: skip
    return page(request, "special_choose", context)


def _uids(request: HttpRequest, name: str) -> list[UUID]:
    """Chosen rows; what is no uid chooses nothing."""
    found = []
    for text in request.POST.getlist(name)[: PAGE * 2]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@login_required
def issue(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Issue what is written as the next version."""
    row = _plan(request, uid)
    form = IssueForm(request.POST or None, request.FILES or None, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        version, upload = data.pop("version"), data.pop("file")
        refused = attempt(
            lambda: actions.issue_special_plan(
                by=actor(request), at=now(), today=today(), plan=row, upload=upload, expected_version=version, **data
            ),
            form,
        )
        if refused is None:
            messages.success(request, "已印发，这一版不再改动。")
            return redirect(_url(row))
    context = {"form": form, "heading": "印发专项规划", "crumbs": _crumbs(row, "印发"), "back": _url(row)}
    return page(request, "upload_form", context, shown(form, refused))
