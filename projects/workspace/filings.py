"""报上级备案: lists and standards filed with the housing office above, with day and receipt; no project waits for it (JX-08)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from offices.clock import now, today
from offices.rulebooks import layers_of
from policies.refusal import Refused
from projects.actions import filings as actions
from projects.companion_forms import FilingForm, ReceiptForm
from projects.models import UpwardFiling
from projects.permissions import may_keep
from projects.queries.filings import filings_in_scope, office_above, owed_below
from projects.rules.filings import ordered
from projects.workspace.common import actor, attempt, page, shown
from projects.workspace.rollup import division_of

PAGE = 50
LABEL = "报上级备案"


@login_required
def filings(request: HttpRequest) -> HttpResponse:
    """What was filed, what is owed, and the form that files."""
    division = division_of(request, None)
    form = FilingForm(request.POST or None, request.FILES or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        upload = data.pop("file")
        refused = attempt(
            lambda: actions.send_filing(
                by=actor(request), at=now(), today=today(), division=division, upload=upload, **data
            ),
            form,
        )
        if refused is None:
            messages.success(request, "已报送，等上级登记收到。")
            return redirect("projects:filings")
    listed = Paginator(filings_in_scope(actor(request), division), PAGE).get_page(request.GET.get("page"))
    context = {
        "division": division, "page": listed, "form": form, "citation": ordered(layers_of(division), today())[1],
        "owed": owed_below(actor(request), division, today()), "above": office_above(division),
        "keeps": may_keep(actor(request), division) and division.kind != "province",
        "receiving": {m.body_id for m in actor(request).active_memberships if m.role in actions.RECEIVERS},
    }  # fmt: skip
    return page(request, "filings", context, shown(form, refused))


@login_required
def receive(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The receipt of the office above."""
    row = get_object_or_404(UpwardFiling.objects.visible_to(actor(request)).select_related("division"), uid=uid)
    form = ReceiptForm(request.POST or None, initial={"received_on": today()})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(
            lambda: actions.receive_filing(by=actor(request), at=now(), today=today(), filing=row, **form.cleaned_data),
            form,
        )
        if refused is None:
            messages.success(request, "已登记收到备案。")
            return redirect("projects:filings")
    back = reverse("projects:filings")
    crumbs = [{"label": LABEL, "url": back}, {"label": "收到备案", "url": ""}]
    context = {"form": form, "heading": f"收到备案：{row.title}", "crumbs": crumbs, "back": back}
    return page(request, "form", context, shown(form, refused))
