"""The register: list, export, detail, add, edit, withdraw, facts and hazards."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communities import actions, queries
from communities.access import keeper_divisions, may_keep
from communities.forms import CommunityForm, FactForm, FilterForm, HazardForm
from communities.models import Community
from communities.queries.completeness import FIELDS as SURVEYED
from communities.workspace.frame import community_or_404, show_refusal, status_of, writable_divisions
from offices.clock import now, today
from offices.viewing import division_in_view
from policies.refusal import Refused
from rest import exports

PAGE = 50


def _asked(request: HttpRequest) -> tuple[FilterForm, queries.RegisterFilter]:
    form = FilterForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    return form, queries.RegisterFilter(
        division=division_in_view(request),
        text=given.get("text", ""),
        band=given.get("band", ""),
        complete=given.get("complete", ""),
        withdrawn=bool(given.get("withdrawn")),
    )


@login_required
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The list with its filters."""
    form, asked = _asked(request)
    rows = queries.register_list(request.user, asked, today())  # type: ignore[arg-type]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    bands = queries.bands_of(page.object_list, today())
    context = {
        "form": form,
        "page": page,
        "rows": [(row, bands[row.pk]) for row in page.object_list],
        "surveyed": len(SURVEYED),
        "may_add": bool(keeper_divisions(request.user)),  # type: ignore[arg-type]
        "duplicates": queries.duplicate_queue(request.user).count(),  # type: ignore[arg-type]
    }
    return render(request, "staff/communities/list.html", context)


@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as XLSX or CSV, in columns that an import takes back."""
    _, asked = _asked(request)
    rows = queries.register_list(request.user, asked, today())  # type: ignore[arg-type]
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    return exports.respond(_lines(rows), list(EXPORTED), format=kind, name="communities")


EXPORTED = (
    "县（市、区）", "街道（乡镇）", "社区", "小区名称", "曾用名", "位置", "建成时间", "栋数", "户数", "建筑面积（㎡）", "产权性质",
    "原产权单位", "登记要素", "备注",
)  # fmt: skip


READ = (
    "county__name", "street__name", "neighbourhood__name", "name", "former_names", "address", "built_text", "building_count",
    "household_count", "floor_area", "property_right", "property_unit", "filled", "remark",
)  # fmt: skip


def _lines(rows: Any) -> Iterator[dict[str, Any]]:
    """Values alone: rows of ten thousand communities made into objects would hold the request for seconds."""
    rights, filled = dict(Community.PropertyRight.choices), EXPORTED.index("登记要素")
    for values in rows.select_related(None).values_list(*READ).iterator(chunk_size=2000):
        line = dict(zip(EXPORTED, ("" if value is None else value for value in values), strict=True))
        line["产权性质"] = rights.get(line["产权性质"], "")
        line["登记要素"] = f"{values[filled]}/{len(SURVEYED)}"
        yield line


@login_required
@require_safe
def detail(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One community with everything that the register knows."""
    return _detail(request, community_or_404(request, uid))


def _detail(request: HttpRequest, community: Community, **more: Any) -> HttpResponse:
    context = {
        "community": community,
        "crumbs": [{"label": "小区", "url": reverse("communities:list")}, {"label": community.name}],
        "eligibility": queries.eligibility_of(community, today()),
        "completeness": queries.completeness_of(community, today()),
        "duplicates": [
            (pair, other, queries.labels(pair.agreeing)) for pair, other in queries.duplicates_of(community)
        ],
        "merged": community.merged.order_by("pk"),
        "revisions": community.revisions.select_related("by").order_by("-version")[:20],
        "hazards": community.hazards.order_by("-found_on", "-pk"),
        "buildings": community.buildings.count(),
        "may_keep": may_keep(request.user, community),
        "fact_form": FactForm(),
        "hazard_form": HazardForm(),
        **more,
    }
    status = more["refused"].status if "refused" in more else 400 if more else 200
    return render(request, "staff/communities/detail.html", context, status=status)


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """A new community."""
    divisions = writable_divisions(request.user)  # type: ignore[arg-type]
    form = CommunityForm(request.POST or None, divisions=divisions)
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            community = actions.add_community(
                by=request.user, at=now(), division=form.cleaned_data["division"], values=form.values,  # type: ignore[arg-type]
                evidence=form.cleaned_data["evidence"],
            )  # fmt: skip
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, f"已登记“{community.name}”。")
            return redirect("communities:detail", uid=community.uid)
    crumbs = [{"label": "小区", "url": reverse("communities:list")}, {"label": "登记小区"}]
    return render(
        request,
        "staff/communities/form.html",
        {"form": form, "crumbs": crumbs, **refused},
        status=status_of(request, refused),
    )


@login_required
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a community; a stale form is told so and keeps what was typed."""
    community = community_or_404(request, uid)
    initial = {"version": community.version, "division": community.division.uid}
    divisions = writable_divisions(request.user)  # type: ignore[arg-type]
    form = CommunityForm(request.POST or None, instance=community, initial=initial, divisions=divisions)
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_community(
                by=request.user, at=now(), community=community, values=form.values,  # type: ignore[arg-type]
                expected_version=form.cleaned_data["version"] or 0, evidence=form.cleaned_data["evidence"],
                division=form.cleaned_data["division"],
            )  # fmt: skip
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, f"已保存“{changed.name}”（版本 {changed.version}）。")
            return redirect("communities:detail", uid=uid)
    crumbs = [
        {"label": "小区", "url": reverse("communities:list")},
        {"label": community.name, "url": reverse("communities:detail", args=[uid])},
        {"label": "修改"},
    ]
    context = {"form": form, "community": community, "crumbs": crumbs, **refused}
    return render(request, "staff/communities/form.html", context, status=status_of(request, context))


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take out of the register, or put back."""
    community = community_or_404(request, uid)
    act = actions.restore if community.withdrawn else actions.withdraw
    version = request.POST.get("version", "")
    try:
        act(
            by=request.user, at=now(), community=community, reason=request.POST.get("reason", ""),  # type: ignore[arg-type]
            expected_version=int(version) if version.isdecimal() and len(version) < 10 else 0,
        )  # fmt: skip
    except Refused as error:
        return _detail(request, community, refused=error)
    messages.success(request, "已恢复。" if community.withdrawn else "已从登记册撤下。")
    return redirect("communities:detail", uid=uid)


@login_required
@require_POST
def record_fact(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record a fact of the definition."""
    community = community_or_404(request, uid)
    form = FactForm(request.POST)
    if not form.is_valid():
        return _detail(request, community, fact_form=form, form=form)
    try:
        actions.record_fact(by=request.user, at=now(), community=community, **form.cleaned_data)  # type: ignore[arg-type]
    except Refused as error:
        return _detail(request, community, fact_form=form, refused=error)
    messages.success(request, "已记录。")
    return redirect("communities:detail", uid=uid)


@login_required
@require_POST
def record_hazard(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record a hazard."""
    community = community_or_404(request, uid)
    form = HazardForm(request.POST)
    if not form.is_valid():
        return _detail(request, community, hazard_form=form, form=form)
    try:
        actions.record_hazard(by=request.user, at=now(), community=community, **form.cleaned_data)  # type: ignore[arg-type]
    except Refused as error:
        return _detail(request, community, hazard_form=form, refused=error)
    messages.success(request, "已记录。")
    return redirect("communities:detail", uid=uid)
