"""委托: who decides in whose place, of the user's own bodies; a new one, and taking one back."""

import datetime as dt
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from approvals import desks
from approvals.deciders import URGERS, own_bodies
from approvals.forms import DelegationForm
from approvals.models import Delegation
from offices.clock import now, today
from offices.models import Body
from offices.queries import members
from offices.workspace.common import actor, attempt
from policies.refusal import Refused

PAGE = 50
CRUMBS = [{"label": "待办", "url": "/staff/inbox/"}, {"label": "委托", "url": ""}]


@login_required
def delegations(request: HttpRequest) -> HttpResponse:
    """Those in force and gone, newest first; who decides for a body may delegate a colleague."""
    user, day = actor(request), today()
    bodies = list(Body.objects.filter(pk__in=own_bodies(user)).order_by("pk"))
    colleagues = [each for body in bodies for each in members(body, *URGERS) if each.pk != user.pk]
    form = DelegationForm(request.POST or None, bodies=bodies, colleagues=colleagues, initial={"since": day})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(lambda: desks.delegate(by=user, at=now(), today=day, **form.cleaned_data), form)
        if refused is None:
            messages.success(request, f"已委托{form.cleaned_data['delegate']}。")
            return redirect(reverse("approvals:delegations"))
    rows = Delegation.objects.visible_to(user).select_related("body", "principal", "delegate").order_by("-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    leads = {m.body_id for m in user.active_memberships if m.role == "leader"}
    listed = [(row, _state(row, day), row.principal_id == user.pk or row.body_id in leads) for row in page.object_list]
    status = refused.status if refused else 400 if form.is_bound and form.errors else 200
    head = None if refused is not None and refused.errors and form.errors else refused
    context = {"page": page, "rows": listed, "form": form if bodies else None, "refused": head, "crumbs": CRUMBS}
    return render(request, "staff/approvals/delegations.html", context, status=status)


def _state(row: Delegation, day: dt.date) -> tuple[str, str]:
    if row.revoked_at is not None:
        return "none", "已收回"
    if row.until < day:
        return "none", "已到期"
    return ("wait", "未开始") if row.since > day else ("now", "有效")


@require_POST
@login_required
def revoke(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take one back."""
    row = get_object_or_404(Delegation.objects.visible_to(actor(request)), uid=uid)
    refused = attempt(lambda: desks.revoke(by=actor(request), at=now(), delegation=row))
    messages.error(request, refused.detail) if refused else messages.success(request, "已收回委托。")
    return redirect(reverse("approvals:delegations"))
