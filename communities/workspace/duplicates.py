"""The queue of likely duplicates and its decisions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communities import actions, queries
from communities.access import keeper_divisions, may_keep
from communities.forms import DecisionForm
from communities.models import DuplicatePair
from communities.queries.duplicates import COMPARED
from communities.workspace.frame import show_refusal, status_of
from offices.clock import now
from offices.viewing import division_in_view
from policies.refusal import Refused

PAGE = 20


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Open pairs."""
    pairs = queries.duplicate_queue(request.user)  # type: ignore[arg-type]
    page = Paginator(pairs, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(pair, queries.labels(pair.agreeing)) for pair in page.object_list],
        "crumbs": [{"label": "小区", "url": reverse("communities:list")}, {"label": "疑似重复"}],
    }
    return render(request, "staff/communities/duplicates.html", context)


@login_required
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look for duplicates in the division in view: for those who keep some of its register."""
    division = division_in_view(request)
    if not keeper_divisions(request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    if division is not None:
        messages.success(
            request, f"已查找，{division.name}有 {actions.note_duplicates(at=now(), division=division)} 对待核实。"
        )
    return redirect("communities:duplicates")


@login_required
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Two communities side by side, and the decision."""
    pairs = DuplicatePair.objects.visible_to(request.user).select_related("first__division", "second__division")  # type: ignore[arg-type]
    pair = get_object_or_404(pairs, uid=uid)
    form = DecisionForm(request.POST or None, pair=pair, initial={"version": pair.version})
    refused: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        choice = form.cleaned_data["choice"]
        stay = next((item for item in (pair.first, pair.second) if str(item.uid) == choice), None)
        try:
            actions.decide_duplicate(
                by=request.user, at=now(), pair=pair, decision="merged" if stay else "distinct", stay=stay,  # type: ignore[arg-type]
                reason=form.cleaned_data["reason"], expected_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refused as error:
            refused = show_refusal(form, error)
        else:
            messages.success(request, "已记录结论。")
            return redirect("communities:duplicates")
    context = {
        "pair": pair,
        "form": form,
        "fields": [
            {
                "label": label,
                "first": _shown(pair.first, field),
                "second": _shown(pair.second, field),
                "same": field in pair.agreeing,
            }
            for field, label in COMPARED.items()
        ],
        "may_keep": may_keep(request.user, pair.first) and not pair.decision,
        "crumbs": [
            {"label": "小区", "url": reverse("communities:list")},
            {"label": "疑似重复", "url": reverse("communities:duplicates")},
            {"label": "核实"},
        ],
        **refused,
    }
    return render(request, "staff/communities/duplicate.html", context, status=status_of(request, context))


def _shown(community: Any, field: str) -> Any:
    if field == "built":
        return community.built_text
    if field == "property_right":
        return community.get_property_right_display()
    return getattr(community, field)


@login_required
@require_POST
def reopen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a decision back."""
    pair = get_object_or_404(DuplicatePair.objects.visible_to(request.user), uid=uid)  # type: ignore[arg-type]
    try:
        actions.reopen_duplicate(by=request.user, at=now(), pair=pair, reason=request.POST.get("reason", ""))  # type: ignore[arg-type]
    except Refused as error:
        messages.error(request, error.detail)
    else:
        messages.success(request, "已撤销结论。")
    return redirect("communities:duplicate", uid=uid)
