"""Lines of a plan: added from the reserve, moved, described, taken out; the change of an issued plan; the official table."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.encoding import escape_uri_path
from django.views.decorators.http import require_POST, require_safe

from communities.models import Community
from offices.clock import now, today
from offices.models import Division
from offices.rulebooks import layers_of
from policies.refusal import Refused
from projects import actions
from projects.content import lines_of, totals
from projects.forms import ChangeForm, LineForm, NewProjectForm, PlanForm
from projects.models import AnnualPlan, PlanLine, Project
from projects.papers.plan_table import title, workbook
from projects.permissions import may_keep
from projects.queries.projects import free_communities, reserve_projects, reserve_rows
from projects.workspace.common import (
    actor,
    attempt,
    line_url,
    number,
    page,
    plan_crumbs,
    plan_or_404,
    plan_url,
    say,
    shown,
)

PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _line(request: HttpRequest, uid: UUID, line: UUID) -> PlanLine:
    return get_object_or_404(
        PlanLine.objects.select_related("plan__division", "project"), uid=line, plan=plan_or_404(request, uid)
    )


@login_required
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The reserve, and the communities that are in no project: chosen ones become lines."""
    row = plan_or_404(request, uid)
    refused: Refused | None = None
    if request.method == "POST":
        chosen = reserve_projects(row.division).filter(
            uid__in=[text for text in request.POST.getlist("project") if _is_uid(text)]
        )
        communities = free_communities(row.division).filter(
            uid__in=[t for t in request.POST.getlist("community") if _is_uid(t)]
        )
        count = len(chosen) + len(communities)
        refused = attempt(lambda: _add(request, row, list(chosen), list(communities)))
        if refused is None and count:
            messages.success(request, f"已列入 {count} 个项目。")
            return redirect(plan_url(row))
        if refused is None:
            messages.warning(request, "没有选择项目或小区。")
    listed = Paginator(free_communities(row.division), PAGE).get_page(request.GET.get("page"))
    layers = layers_of(row.division)
    context = {
        "plan": row, "projects": list(reserve_projects(row.division)[:500]), "page": listed,
        "rows": reserve_rows(list(listed.object_list), layers=layers, today=today()), "crumbs": plan_crumbs(row, "加入项目"),
    }  # fmt: skip
    return page(request, "add_lines", context, refused)


def _is_uid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _add(request: HttpRequest, row: AnnualPlan, projects: list[Project], communities: list[Community]) -> None:
    """All of it or nothing."""
    by, at = actor(request), now()
    with transaction.atomic():
        for community in communities:
            projects.append(
                actions.add_project(
                    by=by, at=at, today=today(), division=row.division, name=community.name, communities=[community]
                )
            )
        for project in projects:
            actions.add_line(by=by, at=at, today=today(), plan=row, project=project)


@login_required
def edit(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """Position, remark, and why it stands alone."""
    row = _line(request, uid, line)
    form = LineForm(request.POST or None, instance=row, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("position", "remark", "stands_alone_reason")}
        version = form.cleaned_data["version"]
        refused = attempt(
            lambda: actions.change_line(by=actor(request), at=now(), line=row, expected_version=version, **values), form
        )
        if refused is None:
            messages.success(request, f"“{row.project.name}”已保存。")
            return redirect(line_url(_line(request, uid, line)))
    crumbs = plan_crumbs(row.plan, row.project.name)
    return page(request, "line", {"plan": row.plan, "line": row, "form": form, "crumbs": crumbs}, shown(form, refused))


@login_required
@require_POST
def remove(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """Back to the reserve."""
    row = _line(request, uid, line)
    say(
        request,
        attempt(lambda: actions.remove_line(by=actor(request), at=now(), today=today(), line=row)),
        f"“{row.project.name}”已移回储备库，材料保留。",
    )
    return redirect(plan_url(row.plan))


@login_required
@require_POST
def move(request: HttpRequest, uid: UUID, line: UUID) -> HttpResponse:
    """One place up or down, or to the place ``to``; the grid asks for JSON and reads its rows anew."""
    row = _line(request, uid, line)
    before = row.plan.lines.filter(Q(position__lt=row.position) | Q(position=row.position, pk__lt=row.pk)).count()
    step = {"up": 0, "down": 2}.get(request.POST.get("direction", ""))
    place = before + step if step is not None else number(request.POST.get("to"), "to", 1, 100_000)
    refused = attempt(lambda: actions.place_line(by=actor(request), at=now(), line=row, place=place))
    if "application/json" in request.headers.get("Accept", ""):
        status = refused.status if refused else 200
        return JsonResponse({"detail": refused.detail if refused else ""}, status=status)
    if refused is not None:
        say(request, refused, "")
        return redirect(plan_url(row.plan))
    return redirect(line_url(_line(request, uid, line)))


@login_required
def describe(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What the plan says of itself."""
    row = plan_or_404(request, uid)
    form = PlanForm(request.POST or None, instance=row, initial={"version": row.version})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: actions.change_plan(
                by=actor(request), at=now(), plan=row, expected_version=data["version"], capacity=data["capacity"],
                quota_ceiling=data["quota_ceiling"],
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, "已保存。")
            return redirect(plan_url(row))
    return page(
        request,
        "form",
        {"form": form, "heading": "计划说明", "crumbs": plan_crumbs(row, "计划说明")},
        shown(form, refused),
    )


@login_required
def change(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A change of an issued plan: in and out, by which document, why."""
    row = plan_or_404(request, uid)
    removable = Project.objects.filter(lines__plan=row, stage="approved").order_by("lines__position")
    form = ChangeForm(request.POST or None, addable=reserve_projects(row.division), removable=removable)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        refused = attempt(
            lambda: actions.change_issued_plan(
                by=actor(request), at=now(), today=today(), plan=row, reason=data["reason"], document_number=data["document_number"],
                issued_on=data["issued_on"], add=list(data["add"]), remove=list(data["remove"]),
            ),
            form,
        )  # fmt: skip
        if refused is None:
            messages.success(request, f"{row}已调整，形成新的版本。")
            return redirect(plan_url(row))
    return page(
        request, "change", {"plan": row, "form": form, "crumbs": plan_crumbs(row, "计划调整")}, shown(form, refused)
    )


@login_required
def reserve(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The reserve of a county: communities in no project become one, alone or joined (整片统一改造)."""
    division = get_object_or_404(Division.objects.visible_to(actor(request)), uid=uid)
    listed = Paginator(free_communities(division), PAGE).get_page(request.GET.get("page"))
    choices = [(str(community.uid), community.name) for community in listed.object_list]
    form = NewProjectForm(request.POST or None, choices=choices)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        chosen = [c for c in listed.object_list if str(c.uid) in form.cleaned_data["communities"]]
        name = form.cleaned_data["name"] or "、".join(community.name for community in chosen)[:120]
        refused = attempt(
            lambda: actions.add_project(
                by=actor(request), at=now(), today=today(), division=division, name=name, communities=chosen
            ),
            form,
        )
        if refused is None:
            messages.success(request, f"“{name}”已进入储备库。")
            return redirect(request.path)
    context = {
        "division": division, "form": form, "page": listed, "projects": list(reserve_projects(division)[:500]),
        "rows": reserve_rows(list(listed.object_list), layers=layers_of(division), today=today()),
        "keeps": may_keep(actor(request), division),
    }  # fmt: skip
    return page(request, "reserve", context, shown(form, refused))


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """``?division=<uid>&years=2021,2022``: the official table of one county, one or several years (all without ``years``)."""
    text = request.GET.get("division", "")
    if not _is_uid(text):
        raise BadRequest("division")
    division = get_object_or_404(Division.objects.visible_to(actor(request)), uid=text)
    plans = (
        AnnualPlan.objects.visible_to(actor(request))
        .filter(division=division)
        .select_related("division")
        .order_by("year")
    )
    years = [
        number(part.strip(), "years", 1900, 2200) for part in request.GET.get("years", "").split(",") if part.strip()
    ]
    found = list(plans.filter(year__in=years) if years else plans)
    if not found:
        raise Http404("没有这些年度的计划")
    response = HttpResponse(workbook(found), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{escape_uri_path(title(found))}.xlsx"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
def print_view(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The official table for paper, a draft marked as one, a blank zone for the seal."""
    row = plan_or_404(request, uid)
    lines = lines_of(row)
    sums = totals(lines)
    context = {"plan": row, "lines": lines, "totals": sums, "area": Decimal(sums["floor_area"]), "title": title([row])}
    return page(request, "print", context)
