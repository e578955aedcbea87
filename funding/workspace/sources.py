"""Sources: the list with what each gave, came in, was paid and is left; one source with its funds; what is given to a project."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions, queries
from funding.forms import AllotForm, ReceiveForm, SourceForm
from funding.models import Fund, FundingSource
from funding.permissions import may
from funding.rules.ringfence import CLASS_LABELS, fence
from funding.subjects import projects
from funding.workspace.common import act, crumbs, fund_or_404, page, source_or_404
from offices.clock import now, today
from offices.models import Division
from offices.rulebooks import layers_of
from offices.viewing import chosen_year, division_in_view
from offices.workspace.common import actor
from policies.refusal import Refused
from rest.remembered import remembered

PAGE = 50


@login_required
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Sources of the division in view, and the projects that have money."""
    user, division, year = actor(request), division_in_view(request), chosen_year(request)
    rows = queries.sources(user, division=division, year=year)
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found = list(listed.object_list)
    listing = (user.pk, user.scope, division and division.pk)
    sums = remembered(
        ("sources", *listing, *(row.pk for row in found)),
        lambda: queries.sums_by(Fund.objects.filter(source__in=found), "source_id"),
    )
    funds = queries.funds_in(user, division)
    projects = Paginator(queries.funded_projects(funds), PAGE).get_page(request.GET.get("project-page"))
    total = remembered(("purses", *listing), lambda: queries.sum_of(funds))
    context = {
        "page": listed, "rows": [(row, sums[row.pk]) for row in found], "division": division, "year": year,
        "projects": queries.sums_of_projects(funds, projects.object_list), "total": total,
        "may_add": _may_register(request, division),
    }  # fmt: skip
    return page(request, "sources", context)


def _may_register(request: HttpRequest, division: Division | None) -> bool:
    user = actor(request)
    return division is not None and (may(user, division, what="finance") or may(user, division, what="keep"))


@login_required
def add_source(request: HttpRequest) -> HttpResponse:
    """Register a source."""
    user = actor(request)
    own = [membership.body.division_id for membership in user.active_memberships]
    divisions = Division.objects.filter(pk__in=own)
    view = division_in_view(request)
    initial = {"year": today().year, "division": view.uid if view else None}
    form = SourceForm(request.POST or None, divisions=divisions, initial=initial)
    made: list[FundingSource] = []

    def show(refused: Refused | None) -> HttpResponse:
        context = {
            "form": form,
            "heading": "登记资金来源",
            "crumbs": crumbs(("登记资金来源", "")),
            "back": reverse("funding:sources"),
        }
        return page(request, "form", context, refused)

    if request.method != "POST":
        return show(None)
    return act(
        request, lambda: made.append(actions.register_source(by=user, at=now(), today=today(), **form.values)), form=form, show=show,
        done="已登记，请由另一人对照下达文件复核。", to=lambda: reverse("funding:source", args=[made[0].uid]),
    )  # fmt: skip


@login_required
@require_safe
def source(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One source."""
    return show_source(request, source_or_404(request, uid))


def show_source(
    request: HttpRequest, row: FundingSource, refused: Refused | None = None, form: AllotForm | None = None
) -> HttpResponse:
    """The page of a source, with a refusal at its head where an act was refused."""
    user = actor(request)
    sums = queries.sums_by(row.funds.all())
    funds = list(row.funds.order_by("pk"))
    finance = may(user, row.division, what="finance")
    choices = projects().choices(user, row.division) if finance and row.confirmed_by_id else []
    context: dict[str, Any] = {
        "source": row, "funds": [(fund, sums[fund.pk]) for fund in funds], "total": queries.total(sums[fund.pk] for fund in funds),
        "left": row.amount - row.allotted, "classes": [CLASS_LABELS.get(key, key) for key in row.classes],
        "fence": fence(layers_of(row.division), today(), row.kind), "crumbs": crumbs((row.name, "")),
        "may_confirm": row.confirmed_by_id is None and row.registered_by_id != user.pk and _may_register(request, row.division),
        "may_allot": bool(choices) and row.amount > row.allotted,
        "allot_form": form or AllotForm(projects=choices, initial={"day": today()}),
    }  # fmt: skip
    return page(request, "source", context, refused)


@login_required
@require_POST
def confirm_source(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person."""
    row = source_or_404(request, uid)
    return act(
        request, lambda: actions.confirm_source(by=actor(request), at=now(), source=row), done="已复核，可以分配到项目。",
        to=reverse("funding:source", args=[uid]), show=lambda refused: show_source(request, row, refused),
    )  # fmt: skip


@login_required
@require_POST
def allot(request: HttpRequest, uid: UUID) -> HttpResponse:
    """To a project by name."""
    row, user = source_or_404(request, uid), actor(request)
    form = AllotForm(request.POST, projects=projects().choices(user, row.division))
    return act(
        request, lambda: actions.allot(by=user, at=now(), today=today(), source=row, **form.cleaned_data), form=form,
        done="已分配到项目专账。", to=reverse("funding:source", args=[uid]),
        show=lambda refused: show_source(request, row, refused, form),
    )  # fmt: skip


@login_required
@require_safe
def fund(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One fund: its sums, and every entry behind them."""
    return show_fund(request, fund_or_404(request, uid))


def show_fund(
    request: HttpRequest, row: Fund, refused: Refused | None = None, form: ReceiveForm | None = None
) -> HttpResponse:
    """The page of a fund."""
    sums = queries.sums_by(Fund.objects.filter(pk=row.pk))[row.pk]
    listed = Paginator(queries.entries(row), PAGE).get_page(request.GET.get("page"))
    ledger = (row.project_name, reverse("funding:ledger", args=[row.project_uid]))
    context = {
        "fund": row, "sums": sums, "page": listed, "entries": listed.object_list, "crumbs": crumbs(ledger, (row.source.name, "")),
        "fence": fence(layers_of(row.division), today(), row.source.kind),
        "may_receive": may(actor(request), row.county or row.division, what="finance") and sums.balances["expected"] > 0,
        "receive_form": form or ReceiveForm(initial={"day": today()}),
    }  # fmt: skip
    return page(request, "fund", context, refused)


@login_required
@require_POST
def receive(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Money came in."""
    row, form = fund_or_404(request, uid), ReceiveForm(request.POST)
    return act(
        request, lambda: actions.receive(by=actor(request), at=now(), today=today(), fund=row, **form.cleaned_data), form=form,
        done="已登记到位。", to=reverse("funding:fund", args=[uid]), show=lambda refused: show_fund(request, row, refused, form),
    )  # fmt: skip
