"""The payment desk: what waits for a check, what for a release; one request with all that speaks for and against it."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions, queries
from funding.forms import ReleaseForm
from funding.models import Fund, Payment
from funding.permissions import DECIDERS, may
from funding.workspace.common import act, crumbs, page, payment_or_404
from offices.clock import now, today
from offices.workspace.common import actor
from policies.refusal import Refused

PAGE = 50
TABS = (("requested", "待审核"), ("checked", "待拨付"), ("released", "已拨付"), ("returned", "已退回"))


@login_required
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """The desk, tab by tab."""
    user = actor(request)
    state = request.GET.get("state", "requested")
    state = state if state in dict(TABS) else "requested"
    listed = Paginator(queries.desk(user, state=state), PAGE).get_page(request.GET.get("page"))
    counts = queries.waiting(user)
    tabs = [
        {"label": label, "url": f"?state={key}", "current": key == state, "count": counts.get(key, 0)}
        for key, label in TABS
    ]
    context = {
        "page": listed,
        "rows": listed.object_list,
        "tabs": tabs,
        "state": state,
        "drafts": queries.drafts(user)[:PAGE],
        "crumbs": crumbs(("拨付", "")),
    }
    return page(request, "payments", context)


@login_required
@require_safe
def payment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One request."""
    return show_payment(request, payment_or_404(request, uid))


def show_payment(
    request: HttpRequest, row: Payment, refused: Refused | None = None, form: ReleaseForm | None = None
) -> HttpResponse:
    """The page of a request: what is asked of which fund, what that holds, who has said what."""
    user, county = actor(request), row.contract.county or row.contract.division
    parts = list(
        row.parts.select_related("commitment__fund__source").prefetch_related("entries").order_by("commitment__fund_id")
    )
    funds = {part.commitment.fund_id for part in parts}
    sums = queries.sums_by(Fund.objects.filter(pk__in=funds))
    finance, before = may(user, county, what="finance"), {row.requested_by_id, row.checked_by_id}
    context = {
        "payment": row, "contract": row.contract, 
        "parts": [(part, part.amount - part.held, sums[part.commitment.fund_id]) for part in parts],
        "net": row.amount - row.held, "finance": queries.finance_name(county),
        "payees": [p for p in row.contract.payees.filter(refused_by__isnull=True).order_by("-pk")[:1] if row.payee_id is None],
        "may_check": finance and row.state == "requested" and row.requested_by_id != user.pk,
        "may_release": row.state == "checked" and may(user, county, what="release") and user.pk not in before,
        "may_return": finance and row.state in ("requested", "checked"),
        "may_withdraw": row.state in ("requested", "checked") and may(user, county, what="keep"),
        "third": row.state == "checked" and user.has_role(*DECIDERS) and user.pk in before,
        "release_form": form or ReleaseForm(initial={"released_on": today()}),
        "crumbs": crumbs(("拨付", reverse("funding:payments")), (str(row.words), "")),
    }  # fmt: skip
    return page(request, "payment", context, refused)


@login_required
@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Checked, given back, or taken back: each by whom it is for."""
    row, user, reason = payment_or_404(request, uid), actor(request), request.POST.get("reason", "")
    decision = request.POST.get("decision", "check")
    acts = {
        "check": (lambda: actions.check_payment(by=user, at=now(), payment=row), "已审核，等待拨付。"),
        "return": (lambda: actions.return_payment(by=user, at=now(), payment=row, reason=reason), "已退回。"),
        "withdraw": (lambda: actions.withdraw_payment(by=user, at=now(), payment=row, reason=reason), "已撤回。"),
    }
    doing, done = acts.get(decision, acts["check"])
    return act(
        request,
        doing,
        done=done,
        to=reverse("funding:payment", args=[uid]),
        show=lambda refused: show_payment(request, row, refused),
    )


@login_required
@require_POST
def release(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The money has left the treasury."""
    row, form = payment_or_404(request, uid), ReleaseForm(request.POST)
    return act(
        request, lambda: actions.release_payment(by=actor(request), at=now(), today=today(), payment=row, **form.cleaned_data),
        form=form, done="已拨付，分录已入账。", to=reverse("funding:payment", args=[uid]),
        show=lambda refused: show_payment(request, row, refused, form),
    )  # fmt: skip
