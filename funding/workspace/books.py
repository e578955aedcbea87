"""The books of a project and of each entry: 计划, 到位, 拨付, 支出, and what stands behind them."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions, queries
from funding.forms import GiftForm, RefundForm
from funding.models import Gift, JournalEntry
from funding.permissions import may
from funding.rules.ringfence import shown_uses
from funding.subjects import Project
from funding.workspace.common import act, crumbs, entry_or_404, page, project_or_404
from offices.clock import now, today
from offices.rulebooks import layers_of
from offices.workspace.common import actor
from policies.refusal import Refused


@login_required
@require_safe
def ledger(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One project's money."""
    return show_ledger(request, project_or_404(request, uid))


def show_ledger(
    request: HttpRequest, project: Project, refused: Refused | None = None, form: GiftForm | None = None
) -> HttpResponse:
    """The page of a project's books."""
    user = actor(request)
    found = queries.ledger(user, project.uid)
    keeps, finance = may(user, project.county, what="keep"), may(user, project.county, what="finance")
    context = {
        "project": project, "books": found, "crumbs": crumbs((project.name, "")), "keeps": keeps, "handles": keeps or finance,
        "basic": shown_uses(layers_of(project.division), today()), "user_id": user.pk,
        "outside_total": sum((spent for _, spent, _ in found.outside), queries.ZERO),
        "gift_form": form or GiftForm(initial={"given_on": today()}),
    }  # fmt: skip
    return page(request, "ledger", context, refused)


@login_required
@require_POST
def add_gift(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Given in kind, valued."""
    project, form = project_or_404(request, uid), GiftForm(request.POST)
    return act(
        request, lambda: actions.record_gift(by=actor(request), at=now(), today=today(), project=uid, **form.cleaned_data), form=form,
        done="已登记，请由另一人复核折价。", to=reverse("funding:ledger", args=[uid]),
        show=lambda refused: show_ledger(request, project, refused, form),
    )  # fmt: skip


@login_required
@require_POST
def confirm_gift(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person has checked the value."""
    gift = get_object_or_404(Gift.objects.visible_to(actor(request)), uid=uid)
    project = project_or_404(request, gift.project_uid)
    return act(
        request, lambda: actions.confirm_gift(by=actor(request), at=now(), gift=gift), done="已复核。",
        to=reverse("funding:ledger", args=[project.uid]), show=lambda refused: show_ledger(request, project, refused),
    )  # fmt: skip


@login_required
@require_safe
def entry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One entry: legs, papers, people, what took it back."""
    return show_entry(request, entry_or_404(request, uid))


def show_entry(
    request: HttpRequest, row: JournalEntry, refused: Refused | None = None, form: RefundForm | None = None
) -> HttpResponse:
    """The page of an entry."""
    user, county = actor(request), row.fund.county or row.fund.division
    finance, backs = may(user, county, what="finance"), list(row.reversals.exclude(state="dropped"))
    refunds = list(row.refunded_by.exclude(state="dropped"))
    ledger_ = (row.fund.project_name, reverse("funding:ledger", args=[row.fund.project_uid]))
    fund_ = (row.fund.source.name, reverse("funding:fund", args=[row.fund.uid]))
    context = {
        "entry": row, "legs": queries.legs(row), "reversals": backs, "refunds": refunds,
        "crumbs": crumbs(ledger_, fund_, (row.words, "")),
        "may_reverse": finance and row.state == "posted" and row.kind != "reversal" and not backs and not refunds,
        "may_refund": finance and row.state == "posted" and row.kind == "payment" and not backs,
        "may_post": row.state == "draft" and row.drafted_by_id != user.pk and may(user, county, what="release"),
        "may_drop": row.state == "draft" and finance, "refund_form": form or RefundForm(initial={"day": today()}),
    }  # fmt: skip
    return page(request, "entry", context, refused)


@login_required
@require_POST
def reverse_entry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the opposite."""
    row = entry_or_404(request, uid)
    return act(
        request,
        lambda: actions.ask_reversal(
            by=actor(request), at=now(), today=today(), entry=row, reason=request.POST.get("reason", "")
        ),
        done="已提出冲销，请由财政部门另一人复核入账。", to=reverse("funding:entry", args=[uid]),
        show=lambda refused: show_entry(request, row, refused),
    )  # fmt: skip


@login_required
@require_POST
def refund(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Money came back."""
    row, form = entry_or_404(request, uid), RefundForm(request.POST)
    return act(
        request, lambda: actions.ask_refund(by=actor(request), at=now(), today=today(), entry=row, **form.cleaned_data), form=form,
        done="已登记退回，请由财政部门另一人复核入账。", to=reverse("funding:entry", args=[uid]),
        show=lambda refused: show_entry(request, row, refused, form),
    )  # fmt: skip


@login_required
@require_POST
def post_entry(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person books it, or gives it up."""
    row = entry_or_404(request, uid)
    drop = request.POST.get("decision") == "drop"
    doing = actions.drop_entry if drop else actions.post_entry
    return act(
        request, lambda: doing(by=actor(request), at=now(), entry=row), done="已放弃。" if drop else "已入账。",
        to=reverse("funding:entry", args=[uid]), show=lambda refused: show_entry(request, row, refused),
    )  # fmt: skip
