"""Residents' organisations of a community and who signs for its owners; communities in which none is founded yet (LZ-07, JX-16)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communities import actions
from communities.access import may_keep
from communities.models import Community, Organisation
from communities.queries.organisations import organisations_of, signatory, without_organisation
from communities.roll_forms import EndForm, OrganisationForm
from communities.workspace.frame import actor, community_or_404, show_refusal, status_of, stored
from offices.clock import now, today
from offices.rulebooks import layers_of
from offices.viewing import division_in_view
from policies.refusal import Refused

PAGE = 50


@login_required
@require_safe
def without(request: HttpRequest) -> HttpResponse:
    """Communities without committee or group: whom to guide."""
    division = division_in_view(request)
    rows = without_organisation(actor(request), day=today(), division=division)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    everyone = Community.objects.visible_to(actor(request)).filter(withdrawn=False)
    if division is not None:
        everyone = everyone.filter(**{division.column: division.pk})
    total = everyone.count()
    context = {
        "page": page, "total": total, "founded": total - page.paginator.count, "division": division,
        "crumbs": [{"label": "小区", "url": reverse("communities:list")}, {"label": "居民组织"}],
    }  # fmt: skip
    return render(request, "staff/communities/without_organisation.html", context)


@login_required
def organisations(request: HttpRequest, uid: UUID) -> HttpResponse:
    """What stands, what ended, who signs; a new one."""
    community = community_or_404(request, uid)
    form = OrganisationForm(request.POST or None, request.FILES or None)
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                file = stored(request, community, form.cleaned_data.get("file"))
                actions.add_organisation(
                    by=actor(request), at=now(), community=community, values=form.values, file=file
                )
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, "已登记。")
            return redirect("communities:organisations", uid=uid)
    return _page(request, community, form, refused)


def _page(
    request: HttpRequest, community: Community, form: OrganisationForm, more: dict[str, Any], end: EndForm | None = None
) -> HttpResponse:
    context = {
        "community": community, "form": form, "rows": organisations_of(community), "may_keep": may_keep(request.user, community),
        "signing": signatory(community, day=today(), layers=layers_of(community.division)), "end": end or EndForm(auto_id=False),
        "crumbs": [
            {"label": "小区", "url": reverse("communities:list")},
            {"label": community.name, "url": reverse("communities:detail", args=[community.uid])}, {"label": "居民组织"},
        ],
        **more,
    }  # fmt: skip
    return render(request, "staff/communities/organisations.html", context, status=status_of(request, context))


@login_required
@require_POST
def end(request: HttpRequest, uid: UUID) -> HttpResponse:
    """An organisation ended."""
    rows = Organisation.objects.visible_to(actor(request)).select_related("community__division")
    row = get_object_or_404(rows, uid=uid)
    form = EndForm(request.POST)
    if not form.is_valid():
        texts = [f"{form.fields[name].label}：{text}" for name, errors in form.errors.items() for text in errors]
        messages.error(request, f"没有登记终止。{'；'.join(texts)}")
        return redirect("communities:organisations", uid=row.community.uid)
    data = form.cleaned_data
    try:
        actions.end_organisation(
            by=actor(request), at=now(), organisation=row, ended_on=data["ended_on"], reason=data["reason"],
            expected_version=data["version"],
        )  # fmt: skip
    except Refused as error:
        texts = [text for errors in error.errors.values() for text in errors]
        messages.error(request, "；".join([error.detail, *texts]))
    else:
        messages.success(request, "已登记终止。")
    return redirect("communities:organisations", uid=row.community.uid)
