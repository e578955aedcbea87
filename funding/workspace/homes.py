"""An apportionment home by home: read, announce, withdraw; one home's share with its receipts; collect, give back, check, drop."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions
from funding.collecting import clause_of, collected, dues, lines
from funding.forms import AmountField, KeyedForm
from funding.models import Apportionment, DueReceipt, HomeDue
from funding.permissions import may
from funding.subjects import Project
from funding.workspace.common import act, crumbs, page, project_or_404
from offices.clock import now, today
from offices.dayfield import DayField
from offices.workspace.common import actor
from policies.refusal import Refused

PAGE = 100
ROWS = Apportionment.objects.select_related(
    "fund__source", "made_by", "confirmed_by", "withdrawn_by", "division", "county"
)


class CollectForm(KeyedForm):
    """Money from a home."""

    amount = AmountField(label="收款金额（元）")
    day = DayField(label="收款日期")
    voucher = forms.CharField(label="收据号或银行流水号", max_length=60)


class GiveBackForm(KeyedForm):
    """Money back to whoever paid a receipt."""

    receipt = forms.ChoiceField(label="退还哪一笔收款", help_text="原路退还缴款人")
    amount = AmountField(label="退款金额（元）")
    day = DayField(label="退款日期")
    voucher = forms.CharField(label="退款凭证号", max_length=60)
    reason = forms.CharField(label="退款理由", max_length=200)

    def __init__(self, *args: Any, due: HomeDue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = {
            str(r.uid): r for r in due.receipts.all() if r.kind == "paid" and r.checked_by_id and not r.taken_back
        }
        field: Any = self.fields["receipt"]
        field.choices = [(uid, f"{row.voucher}：{row.amount:,.2f} 元") for uid, row in self.rows.items()]

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of ``give_back``."""
        return {**self.cleaned_data, "receipt": self.rows[self.cleaned_data["receipt"]]}


def row_or_404(request: HttpRequest, uid: UUID) -> tuple[Apportionment, Project]:
    """The apportionment with its project, where the user sees it."""
    row = get_object_or_404(ROWS.visible_to(actor(request)), uid=uid)
    return row, project_or_404(request, row.project_uid)


@login_required
@require_safe
def apportionment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Home by home, a hundred at a time; ``?unpaid=1`` those who owe, ``?q=`` a door."""
    return show(request, *row_or_404(request, uid))


def show(request: HttpRequest, row: Apportionment, project: Project, refused: Refused | None = None) -> HttpResponse:
    user, text = actor(request), request.GET.get("q", "").replace("\x00", "").strip()[:40]
    unpaid = request.GET.get("unpaid") == "1"
    sums = collected([row])[row.pk]
    pages = Paginator(
        dues(row, unpaid=unpaid, text=text).prefetch_related(None), PAGE
    )  # the list shows sums, no receipts
    if not unpaid and not text:
        pages.count = sums.homes
    listed = pages.get_page(request.GET.get("page"))
    keeps = may(user, project.county, what="keep")
    finance = may(user, project.county, what="finance")
    handles = keeps or finance
    waiting = DueReceipt.objects.filter(due__apportionment=row, checked_by__isnull=True, dropped_at__isnull=True)
    waiting = waiting.select_related("due").order_by("pk") if sums.waiting else waiting.none()
    context = {
        "row": row, "project": project, "page": listed, "lines": lines(listed.object_list, today()), "sums": sums,
        "clause_of": clause_of(row, today()), "text": text, "unpaid": unpaid, "waiting": waiting[:20],
        "may_announce": handles and row.confirmed_by_id is None and row.made_by_id != user.pk and row.withdrawn_at is None,
        "may_withdraw": handles and row.withdrawn_at is None and (row.confirmed_by_id is None or row.made_by_id != user.pk),
        "keeps": keeps, "handles": handles, "finance": finance, "most": actions.MOST_CHECKED,
        "crumbs": crumbs(
            (project.name, reverse("funding:ledger", args=[project.uid])),
            ("居民出资", reverse("funding:apportionments", args=[project.uid])), (row.title, ""),
        ),
    }  # fmt: skip
    return page(request, "apportionment", context, refused)


@login_required
@require_POST
def announce(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person."""
    row, project = row_or_404(request, uid)
    return act(
        request, lambda: actions.announce_apportionment(by=actor(request), at=now(), today=today(), row=row),
        done="已复核公布，可以收款。", to=reverse("funding:apportionment", args=[uid]),
        show=lambda refused: show(request, row, project, refused),
    )  # fmt: skip


@login_required
@require_POST
def withdraw(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Give it up."""
    row, project = row_or_404(request, uid)
    reason = request.POST.get("reason", "")
    return act(
        request, lambda: actions.withdraw_apportionment(by=actor(request), at=now(), row=row, reason=reason), done="已撤回。",
        to=reverse("funding:apportionment", args=[uid]), show=lambda refused: show(request, row, project, refused),
    )  # fmt: skip


@login_required
@require_POST
def check_all(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Finance has held the list against the account."""
    row, project = row_or_404(request, uid)
    return act(
        request, lambda: actions.check_receipts(by=actor(request), at=now(), row=row), done="已复核入账。",
        to=reverse("funding:apportionment", args=[uid]), show=lambda refused: show(request, row, project, refused),
    )  # fmt: skip


def _due_or_404(request: HttpRequest, uid: UUID) -> tuple[HomeDue, Project]:
    found = get_object_or_404(HomeDue.objects.filter(apportionment__in=ROWS.visible_to(actor(request))), uid=uid)
    row, project = row_or_404(request, found.apportionment.uid)
    due: HomeDue = dues(row).get(pk=found.pk)
    due.apportionment = row
    return due, project


@login_required
@require_safe
def home(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One home: its share with the formula, what it paid, what went back."""
    return _show_home(request, *_due_or_404(request, uid))


def _show_home(
    request: HttpRequest, due: HomeDue, project: Project, refused: Refused | None = None, form: forms.Form | None = None
) -> HttpResponse:
    user, row = actor(request), due.apportionment
    finance = may(user, project.county, what="finance")
    open_ = row.confirmed_by_id is not None and row.withdrawn_at is None
    context = {
        "due": due, "row": row, "project": project, "line": lines([due], today())[0], "user_id": user.pk,
        "clause_of": clause_of(row, today()),
        "finance": finance, "pays_back": may(user, project.county, what="release"),
        "handles": open_ and (finance or may(user, project.county, what="keep")),
        "collect_form": form if isinstance(form, CollectForm) else CollectForm(initial={"day": today()}),
        "back_form": form if isinstance(form, GiveBackForm) else GiveBackForm(due=due, initial={"day": today()}),
        "crumbs": crumbs(
            (project.name, reverse("funding:ledger", args=[project.uid])),
            (row.title, reverse("funding:apportionment", args=[row.uid])), (due.label, ""),
        ),
    }  # fmt: skip
    return page(request, "home_due", context, refused)


@login_required
@require_POST
def collect(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Money from a home."""
    due, project = _due_or_404(request, uid)
    form = CollectForm(request.POST)
    return act(
        request, lambda: actions.collect(by=actor(request), at=now(), today=today(), due=due, **form.cleaned_data), form=form,
        done="已登记，请财政部门核对到账后复核。", to=reverse("funding:home_due", args=[uid]),
        show=lambda refused: _show_home(request, due, project, refused, form),
    )  # fmt: skip


@login_required
@require_POST
def give_back(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Money back to whoever paid."""
    due, project = _due_or_404(request, uid)
    form = GiveBackForm(request.POST, due=due)
    return act(
        request, lambda: actions.give_back(by=actor(request), at=now(), today=today(), **form.values), form=form,
        done="已登记退款，请财政部门退还后复核。", to=reverse("funding:home_due", args=[uid]),
        show=lambda refused: _show_home(request, due, project, refused, form),
    )  # fmt: skip


def _decide(request: HttpRequest, uid: UUID, doing: Any, done: str) -> HttpResponse:
    rows = DueReceipt.objects.filter(due__apportionment__in=ROWS.visible_to(actor(request)))
    receipt = get_object_or_404(rows.select_related("due__apportionment"), uid=uid)
    due, project = _due_or_404(request, receipt.due.uid)
    return act(
        request, lambda: doing(by=actor(request), at=now(), row=receipt), done=done, to=reverse("funding:home_due", args=[due.uid]),
        show=lambda refused: _show_home(request, due, project, refused),
    )  # fmt: skip


@login_required
@require_POST
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Finance has seen the money."""
    return _decide(request, uid, actions.check_receipt, "已复核入账。")


@login_required
@require_POST
def drop(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A wrong record."""
    return _decide(request, uid, actions.drop_receipt, "已作废。")
