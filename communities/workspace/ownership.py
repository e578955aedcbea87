"""One home: its area and its source, who owns it and since when; a sale in one act; what was entered wrongly corrected with a reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from communities import actions
from communities.access import may_keep
from communities.models import Home, Ownership
from communities.queries.roll import masked
from communities.roll_forms import HomeForm, OwnershipForm, SaleForm
from communities.workspace.frame import actor, community_or_404, show_refusal, status_of
from offices.clock import now
from policies.refusal import Refused


def _home_or_404(request: HttpRequest, uid: UUID) -> Home:
    home = get_object_or_404(Home.objects.select_related("building__community__division", "merged_into"), uid=uid)
    community_or_404(request, home.building.community.uid)
    return home


def _crumbs(home: Home, last: str = "") -> list[dict[str, str]]:
    community = home.building.community
    rows = [
        {"label": community.name, "url": reverse("communities:detail", args=[community.uid])},
        {"label": "楼栋与房屋", "url": reverse("communities:homes", args=[community.uid])},
        {"label": _label(home), "url": reverse("communities:home", args=[home.uid])},
    ]
    return [*rows, {"label": last}] if last else [*rows[:-1], {"label": _label(home)}]


def _label(home: Home) -> str:
    return " ".join(part for part in (home.building.name, home.unit, home.room) if part)


@login_required
def home(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A home with its owners of all times, and its own fields to mend."""
    row = _home_or_404(request, uid)
    form = HomeForm(request.POST or None, instance=row, initial={"version": row.version})
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("unit", "room", "floor", "private_area", "area_source")}
        try:
            actions.change_home(
                by=actor(request), at=now(), home=row, values=values, expected_version=form.cleaned_data["version"]
            )
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, "已保存。")
            return redirect("communities:home", uid=uid)
    owners = row.ownerships.select_related("person").order_by("until", "pk")
    context = {
        "home": row, "label": _label(row), "form": form, "may_keep": may_keep(request.user, row.building.community),
        "owners": [(own, masked(own.person)) for own in owners], "community": row.building.community, "crumbs": _crumbs(row),
        **refused,
    }  # fmt: skip
    return render(request, "staff/communities/home.html", context, status=status_of(request, context))


@login_required
def sell(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What is open ends and what the new owners hold begins, on one day."""
    row = _home_or_404(request, uid)
    form = SaleForm(request.POST or None, initial={"version": row.version})
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.sell_to(
                by=actor(request), at=now(), home=row, on=data["on"], evidence=data["evidence"], buyers=form.buyers,
                expected_version=data["version"],
            )  # fmt: skip
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, "已登记产权变更。")
            return redirect("communities:home", uid=uid)
    context = {
        "home": row, "label": _label(row), "form": form, "may_keep": may_keep(request.user, row.building.community),
        "crumbs": _crumbs(row, "产权变更"), **refused,
    }  # fmt: skip
    return render(request, "staff/communities/sell.html", context, status=status_of(request, context))


@login_required
def ownership(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Correct an ownership that was entered wrongly."""
    row = get_object_or_404(Ownership.objects.select_related("home__building__community__division", "person"), uid=uid)
    community = community_or_404(request, row.home.building.community.uid)
    form = OwnershipForm(request.POST or None, initial=OwnershipForm.initial_of(row))
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.correct_ownership(
                by=actor(request), at=now(), ownership=row, since=data["since"], until=data["until"], share=data["share"],
                evidence=data["evidence"], reason=data["reason"], expected_version=data["version"],
            )  # fmt: skip
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, "已更正。")
            return redirect("communities:home", uid=row.home.uid)
    context = {
        "row": row, "person": masked(row.person), "form": form, "may_keep": may_keep(request.user, community),
        "crumbs": _crumbs(row.home, "更正产权"), "label": _label(row.home), **refused,
    }  # fmt: skip
    return render(request, "staff/communities/ownership.html", context, status=status_of(request, context))
