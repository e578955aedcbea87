"""Contracts: signed with the money that pays them, their payee, their requests for payment."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions, queries
from funding.actions.contracts import Line, warranty_parts
from funding.forms import LINES, ContractForm, LineForm, PayeeForm, RequestForm
from funding.models import Contract, Fund
from funding.permissions import may
from funding.rules.papers import PAPERS
from funding.workspace.common import act, contract_or_404, crumbs, page, project_or_404
from offices.clock import now, today
from offices.rulebooks import layers_of
from offices.workspace.common import actor
from policies.refusal import Refused


@login_required
def sign(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a signed contract of a project."""
    project, user = project_or_404(request, uid), actor(request)
    funds = queries.usable_funds(uid)
    parts = warranty_parts(layers_of(project.division), today())
    form = ContractForm(request.POST or None, initial={"signed_on": today()}, parts=parts)
    lines = [LineForm(request.POST or None, funds=funds, prefix=f"line{n}") for n in range(LINES)]
    by_uid = {str(fund.uid): fund for fund in funds}

    def show(refused: Refused | None) -> HttpResponse:
        items = [
            row.name for book in layers_of(project.division).books if book.catalogue for row in book.catalogue.items
        ]
        ledger = reverse("funding:ledger", args=[uid])
        context = {
            "form": form, "lines": lines, "items": dict.fromkeys(items), "project": project, "funds": funds, "back": ledger,
            "crumbs": crumbs((project.name, ledger), ("登记合同", "")),
        }  # fmt: skip
        return page(request, "sign", context, refused)

    def doing() -> None:
        given = lines_of(lines, by_uid)
        actions.sign_contract(by=user, at=now(), today=today(), project=uid, lines=given, **form.cleaned_data)

    if request.method != "POST":
        return show(None)
    if not all([line.is_valid() for line in lines]):
        form.add_error(None, "资金各行有误，请核对专账和类别")
    return act(
        request,
        doing,
        form=form,
        show=show,
        done="合同已登记；资金由另一人复核后落实。",
        to=reverse("funding:ledger", args=[uid]),
    )


def lines_of(forms: Sequence[LineForm], by_uid: Mapping[str, Fund]) -> list[Line]:
    """What was entered, purse by purse; rows without a purse are left out."""
    return [
        Line(by_uid[data["fund"]], data["amount"], data["item"], data["item_class"], data["reason"])
        for form in forms
        for data in [form.cleaned_data]
        if data["fund"]
    ]


@login_required
@require_safe
def contract(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One contract."""
    return show_contract(request, contract_or_404(request, uid))


def show_contract(
    request: HttpRequest,
    row: Contract,
    refused: Refused | None = None,
    payee_form: Any = None,
    request_form: Any = None,
) -> HttpResponse:
    """The page of a contract, with its forms."""
    user, county = actor(request), row.county or row.division
    commitments = list(row.commitments.select_related("fund__source").order_by("fund_id"))
    payees = list(row.payees.select_related("entered_by", "confirmed_by", "refused_by").order_by("-pk"))
    waits = next((payee for payee in payees if payee.confirmed_by_id is None and payee.refused_by_id is None), None)
    keeps, changes = may(user, county, what="keep"), queries.changes(row)
    context = {
        "contract": row, "commitments": [(c, c.amount - c.unspent - c.held) for c in commitments], "payees": payees, "waits": waits,
        "payments": row.payments.select_related("requested_by").order_by("-pk")[:50], "keeps": keeps,
        "paid": sum((c.amount - c.unspent - c.held for c in commitments), queries.ZERO),
        "held": sum((c.held for c in commitments), queries.ZERO), "retention": row.retention,
        "changes": changes, "waiting_change": any(change.waits for change in changes), "terms": queries.terms(row, today()),
        "user_id": user.pk,
        "decides": keeps or may(user, county, what="finance"),
        "may_decide": waits is not None and waits.entered_by_id != user.pk and (keeps or may(user, county, what="finance")),
        "payee_form": payee_form or PayeeForm(initial={"holder": row.party}),
        "request_form": request_form or _request_form(row, commitments), "may_request": keeps and bool(commitments),
        "crumbs": crumbs((row.project_name, reverse("funding:ledger", args=[row.project_uid])), (row.name, "")),
    }  # fmt: skip
    return page(request, "contract", context, refused)


def _request_form(row: Contract, commitments: Any) -> RequestForm:
    return RequestForm(contract=row, commitments=commitments, initial={"progress": row.progress or None})


@login_required
@require_POST
def payee(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Where the payee is paid, or its change."""
    row, form = contract_or_404(request, uid), PayeeForm(request.POST)
    return act(
        request, lambda: actions.enter_payee(by=actor(request), at=now(), contract=row, **form.cleaned_data), form=form,
        done="已录入，请由另一人复核。", to=reverse("funding:contract", args=[uid]),
        show=lambda refused: show_contract(request, row, refused, payee_form=form),
    )  # fmt: skip


@login_required
@require_POST
def decide_payee(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person."""
    row = contract_or_404(request, uid)
    waits = row.payees.select_related("contract").filter(confirmed_by__isnull=True, refused_by__isnull=True).first()
    if waits is None:
        raise Http404
    accept = request.POST.get("decision") == "confirm"
    return act(
        request, lambda: actions.decide_payee(by=actor(request), at=now(), payee=waits, accept=accept),
        done="收款账户已复核。" if accept else "收款账户未通过复核。", to=reverse("funding:contract", args=[uid]),
        show=lambda refused: show_contract(request, row, refused),
    )  # fmt: skip


@login_required
@require_POST
def request_payment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for a payment."""
    row = contract_or_404(request, uid)
    commitments = list(row.commitments.select_related("fund__source").order_by("fund_id"))
    form = RequestForm(request.POST, request.FILES, contract=row, commitments=commitments)

    def doing() -> None:
        data = form.cleaned_data
        actions.request_payment(
            by=actor(request), at=now(), today=today(), contract=row, amounts=form.amounts, progress=data["progress"],
            words=data["words"], paper=data["paper"], kind=data["kind"], key=data["key"],
            papers={name: data[name] for name in PAPERS},
        )  # fmt: skip

    return act(
        request, doing, form=form, done="申请已提交，等待财政部门审核。", to=reverse("funding:contract", args=[uid]),
        show=lambda refused: show_contract(request, row, refused, request_form=form),
    )  # fmt: skip
