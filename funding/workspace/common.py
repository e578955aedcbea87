"""What every page of money does: find the row in the user's scope or 404, act, and print a refusal in its place."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from funding.models import Contract, Fund, FundingSource, JournalEntry, Payment
from funding.subjects import Project, projects
from offices.attempts import attempt
from offices.workspace.common import actor
from policies.refusal import Refused

Show = Callable[..., HttpResponse]


def source_or_404(request: HttpRequest, uid: UUID) -> FundingSource:
    """The source, where the user sees it."""
    rows = FundingSource.objects.visible_to(actor(request)).select_related("division", "registered_by", "confirmed_by")
    return get_object_or_404(rows, uid=uid)


def fund_or_404(request: HttpRequest, uid: UUID) -> Fund:
    """The fund, where the user sees its project."""
    rows = Fund.objects.visible_to(actor(request)).select_related("source", "division", "county")
    return get_object_or_404(rows, uid=uid)


def entry_or_404(request: HttpRequest, uid: UUID) -> JournalEntry:
    """The entry, where the user sees its fund."""
    rows = JournalEntry.objects.visible_to(actor(request)).select_related(
        "fund__source", "fund__county", "fund__division", "drafted_by", "posted_by", "reverses", "refunds", "commitment__contract",
        "part__payment",
    )  # fmt: skip
    return get_object_or_404(rows, uid=uid)


def contract_or_404(request: HttpRequest, uid: UUID) -> Contract:
    """The contract, where the user sees its project."""
    rows = Contract.objects.visible_to(actor(request)).select_related("county", "division", "signed_by")
    return get_object_or_404(rows, uid=uid)


def payment_or_404(request: HttpRequest, uid: UUID) -> Payment:
    """The payment, where the user sees its contract."""
    rows = Payment.objects.visible_to(actor(request)).select_related(
        "contract__county",
        "contract__division",
        "requested_by",
        "checked_by",
        "released_by",
        "closed_by",
        "payee",
        "file",
        "invoice",
    )
    return get_object_or_404(rows, uid=uid)


def project_or_404(request: HttpRequest, uid: UUID) -> Project:
    """The project, where the user sees it."""
    found = projects().visible(actor(request), [uid]).get(uid)
    if found is None:
        raise Http404
    return found


def crumbs(*rows: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page: (label, address), the last without one."""
    return [
        {"label": "资金", "url": reverse("funding:sources")},
        *({"label": label, "url": url} for label, url in rows),
    ]


def page(request: HttpRequest, template: str, context: dict[str, Any], refused: Refused | None = None) -> HttpResponse:
    """A page. With a refusal its status is the refusal's; with a form that was sent and is wrong 400."""
    forms = [value for name, value in context.items() if name.endswith("form")]
    wrong = any(form is not None and form.is_bound and form.errors for form in forms)
    status = refused.status if refused else 400 if wrong else 200
    return render(request, f"staff/funding/{template}.html", {**context, "refused": refused}, status=status)


def act(
    request: HttpRequest,
    doing: Callable[[], Any],
    *,
    done: str,
    to: str | Callable[[], str],
    show: Callable[[Refused | None], HttpResponse],
    form: Any = None,
) -> HttpResponse:
    """Do it and go to ``to`` (asked afterwards where it is what was made).

    A form that is wrong or a refusal shows the page again with its reasons.
    """
    if form is not None and not form.is_valid():
        return show(None)
    refused = attempt(doing, form)
    if refused is not None:
        return show(refused)
    messages.success(request, done)
    return redirect(to() if callable(to) else to)
