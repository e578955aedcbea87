"""The roll check: counts, problems with their ways out, voters; a sheet to print. Every value of a person is masked (N-06)."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from communities import actions
from communities.access import may_keep
from communities.models import Community, Home, Person
from communities.queries.roll import (
    counting_rule,
    groups_of,
    masked,
    owner_names,
    problem_of,
    settled_rows,
    voter_rows,
)
from communities.queries.voters import draft_roll
from communities.roll_forms import MergeForm, SettleForm
from communities.rules.voters import RollDraft, home_order
from communities.workspace.frame import actor, community_or_404, show_refusal, status_of, stored
from offices.clock import now, today
from policies.refusal import Refused

PAGE = 50


def day_asked(request: HttpRequest) -> dt.date:
    """``?day=2026-03-02``, else today."""
    try:
        return parse_date(request.GET.get("day", "")) or today()
    except ValueError:
        return today()


def crumbs_of(community: Community, *last: str) -> list[dict[str, str]]:
    """小区 / its name / 名册核对 / …"""
    rows = [
        {"label": "小区", "url": reverse("communities:list")},
        {"label": community.name, "url": reverse("communities:detail", args=[community.uid])},
    ]
    if last:
        rows.append({"label": "名册核对", "url": reverse("communities:roll", args=[community.uid])})
    return [*rows, {"label": last[0] if last else "名册核对"}]


def counts(draft: RollDraft) -> dict[str, Any]:
    """Figures of a roll."""
    return {
        "homes": draft.homes,
        "heads": draft.heads,
        "area": Decimal(draft.area).scaleb(-2),
        "waiting": sum(problem.blocks and not problem.settled for problem in draft.problems),
    }


@login_required
@require_safe
def roll(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What stands against a vote, and who would vote."""
    community = community_or_404(request, uid)
    day = day_asked(request)
    draft = draft_roll(community, day=day)
    standing, lapsed = settled_rows(community, draft)
    page = Paginator(draft.voters, PAGE).get_page(request.GET.get("page"))
    context = {
        "community": community, "day": day, "draft": draft, "counts": counts(draft), "groups": groups_of(draft), "page": page,
        "rows": voter_rows(list(page.object_list)), "rule": counting_rule(community, day), "standing": standing, "lapsed": lapsed,
        "may_keep": may_keep(request.user, community), "crumbs": crumbs_of(community),
        "import_url": f"{reverse('communities:imports')}?kind=roll&community={community.uid}",
    }  # fmt: skip
    return render(request, "staff/communities/roll.html", context)


@login_required
@require_safe
def roll_print(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The check sheet on paper: homes by building, masked owners, areas and sources, what is settled and what is not."""
    community = community_or_404(request, uid)
    day = day_asked(request)
    draft = draft_roll(community, day=day)
    names = owner_names(community, day)
    numbered = [
        (home, number, len(voter.homes)) for number, voter in enumerate(draft.voters, 1) for home in voter.homes
    ]
    homes = [
        (home, Decimal(home.area).scaleb(-2), names.get(home.home_id, "业主不明"), number, held)
        for home, number, held in sorted(numbered, key=lambda row: home_order(row[0]))
    ]
    standing, _ = settled_rows(community, draft)
    context = {
        "community": community, "day": day, "draft": draft, "counts": counts(draft), "rule": counting_rule(community, day),
        "homes": homes,
        "sources": dict(Home.AreaSource.choices), "groups": groups_of(draft), "standing": standing,
        "crumbs": crumbs_of(community, "打印"),
    }  # fmt: skip
    return render(request, "staff/communities/roll_print.html", context)


@login_required
def problem(request: HttpRequest, uid: UUID, kind: str, key: str) -> HttpResponse:
    """One problem: the homes and people in it, the decision by hand, or the way to mend it."""
    community = community_or_404(request, uid)
    view = problem_of(community, kind=kind, key=key, day=today())
    if view is None:
        if request.method == "POST":
            messages.error(request, "清册已有变化，这一问题已不存在或内容不同，请核对。")
            return redirect("communities:roll", uid=uid)
        raise Http404(key)
    form = SettleForm(request.POST or None, request.FILES or None, view=view)
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                actions.settle_roll(
                    by=actor(request), at=now(), community=community, kind=kind, key=key, decision=data["decision"],
                    reason=data["reason"], homes=form.homes, file=stored(request, community, data["file"], personal=True),
                )  # fmt: skip
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, "已记录决定。")
            return redirect("communities:roll", uid=uid)
    context = {
        "community": community, "view": view, "form": form, "may_keep": may_keep(request.user, community),
        "homes": [(home, [(own, masked(own.person)) for own in getattr(home, "open_ones", ())]) for home in view.homes],
        "crumbs": crumbs_of(community, view.label), **refused,
    }  # fmt: skip
    return render(request, "staff/communities/roll_problem.html", context, status=status_of(request, context))


@login_required
@require_POST
def merge_persons(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Two rows of one person become one."""
    community = community_or_404(request, uid)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _told(request, uid, "没有合并：请选择保留哪一条、并入哪一条，并写明理由。")
    rows = Person.objects.filter(community=community)
    stay = get_object_or_404(rows, uid=form.cleaned_data["stay"])
    go = get_object_or_404(rows, uid=form.cleaned_data["go"])
    try:
        actions.merge_persons(by=actor(request), at=now(), stay=stay, go=go, reason=form.cleaned_data["reason"])
    except Refused as error:
        return _told(request, uid, error.detail)
    messages.success(request, "已合并为一条业主记录。")
    return redirect("communities:roll", uid=uid)


@login_required
@require_POST
def merge_homes(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A home entered twice becomes one."""
    community = community_or_404(request, uid)
    form = MergeForm(request.POST)
    if not form.is_valid():
        return _told(request, uid, "没有合并：请选择保留哪一条、并入哪一条，并写明理由。")
    rows = Home.objects.filter(building__community=community)
    stay = get_object_or_404(rows, uid=form.cleaned_data["stay"])
    go = get_object_or_404(rows, uid=form.cleaned_data["go"])
    try:
        actions.merge_homes(by=actor(request), at=now(), stay=stay, go=go, reason=form.cleaned_data["reason"])
    except Refused as error:
        return _told(request, uid, error.detail)
    messages.success(request, "已合并为一条房屋记录。")
    return redirect("communities:roll", uid=uid)


def _told(request: HttpRequest, uid: UUID, text: str) -> HttpResponse:
    messages.error(request, text)
    return redirect("communities:roll", uid=uid)
