"""Money asked for a contract, its supplements, its agreed payments."""

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from funding import actions, queries
from funding.actions.contracts import Line
from funding.forms import LINES, ChangeForm, KeyedForm, LineForm, TermForm
from funding.models import Contract, ContractChange
from funding.workspace.common import act, contract_or_404, crumbs, page
from funding.workspace.contracts import lines_of, show_contract
from offices.clock import now, today
from offices.rulebooks import layers_of
from offices.workspace.common import actor
from policies.refusal import Refused

TERMS = 6


@login_required
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a supplement with the purses that bring its money."""
    row, user = contract_or_404(request, uid), actor(request)
    form = ChangeForm(request.POST or None, request.FILES or None, initial={"signed_on": today()})

    def doing(lines: list[Line]) -> None:
        data = dict(form.cleaned_data)
        upload = data.pop("file")
        actions.enter_change(by=user, at=now(), today=today(), contract=row, lines=lines, upload=upload, **data)

    return _lines_page(request, row, form, doing, kind="supplement")


@login_required
def fund(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the money of what is signed, purse by purse."""
    row, form = contract_or_404(request, uid), KeyedForm(request.POST or None)

    def doing(lines: list[Line]) -> None:
        actions.ask_funding(
            by=actor(request), at=now(), today=today(), contract=row, lines=lines, key=form.cleaned_data["key"]
        )

    return _lines_page(request, row, form, doing, kind="funding")


def _lines_page(
    request: HttpRequest, row: Contract, form: KeyedForm, doing: Callable[[list[Line]], None], *, kind: str
) -> HttpResponse:
    """The form with a row for each purse; sent, a second person is to confirm it."""
    funds = queries.usable_funds(row.project_uid)
    lines = [LineForm(request.POST or None, funds=funds, prefix=f"line{n}") for n in range(LINES)]
    by_uid, back = {str(fund.uid): fund for fund in funds}, reverse("funding:contract", args=[row.uid])
    label = ContractChange.Kind(kind).label

    def show(refused: Refused | None) -> HttpResponse:
        items = [item.name for book in layers_of(row.division).books if book.catalogue for item in book.catalogue.items]
        context = {
            "form": form, "lines": lines, "items": dict.fromkeys(items), "contract": row, "back": back, "kind": kind, "label": label,
            "crumbs": crumbs((row.name, back), (label, "")),
        }  # fmt: skip
        return page(request, "change", context, refused)

    if request.method != "POST":
        return show(None)
    if not all([line.is_valid() for line in lines]):
        form.add_error(None, "资金各行有误，请核对专账和类别")
    return act(
        request,
        lambda: doing(lines_of(lines, by_uid)),
        form=form,
        show=show,
        done=f"{label}已登记，请由另一人复核。",
        to=back,
    )


@login_required
@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person."""
    row = contract_or_404(request, uid)
    change = get_object_or_404(
        row.changes.select_related("contract"), confirmed_by__isnull=True, refused_by__isnull=True
    )
    accept = request.POST.get("decision") == "confirm"
    return act(
        request, lambda: actions.decide_change(by=actor(request), at=now(), today=today(), change=change, accept=accept),
        done=f"{change.get_kind_display()}{'已复核，资金已落实。' if accept else '未通过复核。'}",
        to=reverse("funding:contract", args=[uid]),
        show=lambda refused: show_contract(request, row, refused),
    )  # fmt: skip


@login_required
def terms(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The agreed payments, as a whole."""
    row = contract_or_404(request, uid)
    before = queries.terms(row, today())
    forms = [
        TermForm(
            request.POST or None, prefix=f"term{n}",
            initial=model_to_dict(before[n].row, ("words", "amount", "due_on")) if n < len(before) else {},
        )
        for n in range(max(TERMS, len(before) + 1))
    ]  # fmt: skip
    back = reverse("funding:contract", args=[uid])

    def show(refused: Refused | None) -> HttpResponse:
        context = {"forms": forms, "contract": row, "back": back, "crumbs": crumbs((row.name, back), ("付款节点", ""))}
        return page(request, "terms", context, refused)

    if request.method != "POST" or not all([form.is_valid() for form in forms]):
        return show(None)
    given = [form.term for form in forms if form.term]
    return act(
        request,
        lambda: actions.set_terms(by=actor(request), at=now(), contract=row, terms=given),
        show=show,
        done="付款节点已保存。",
        to=back,
    )
