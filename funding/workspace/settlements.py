"""The settlement of a project: what the review found, what the county owes of it, what is over and what goes back; its printed sheet."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions
from funding.actions.settlements import figures_of
from funding.models import Settlement
from funding.papers import settlement_sheet
from funding.permissions import may
from funding.queries import settlement_page
from funding.settleforms import ReopenForm, ReportForm, ReviewedForm, SettlementForm
from funding.subjects import Project
from funding.workspace.common import act, crumbs, page, project_or_404
from offices.clock import day_of, now, today
from offices.rulebooks import layers_of
from offices.workspace.common import actor
from policies.refusal import Refused


def _way(project: Project, *rows: tuple[str, str]) -> list[dict[str, str]]:
    return crumbs((project.name, reverse("funding:ledger", args=[project.uid])), *rows)


def settlement_or_404(request: HttpRequest, uid: UUID) -> Settlement:
    """The settlement, where the user sees its project."""
    return get_object_or_404(Settlement.objects.visible_to(actor(request)), uid=uid)


@login_required
@require_safe
def settlement(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The settlements of a project, the last one whole."""
    return show_settlement(request, project_or_404(request, uid))


def show_settlement(
    request: HttpRequest, project: Project, refused: Refused | None = None, form: Any = None
) -> HttpResponse:
    """The page, with a refusal at its head where an act was refused."""
    user, view = actor(request), settlement_page(actor(request), project.uid)
    row, county = view.row, project.county
    handles = may(user, county, what="keep") or may(user, county, what="finance")
    decides = may(user, county, what="release")
    own = row is not None and row.entered_by_id == user.pk
    governing = layers_of(project.division).governing("settlement", row.reviewed_on if row else today())
    asked = row is not None and row.reopen_asked_by_id is not None and row.state in Settlement.STANDING
    context = {
        "project": project, "view": view, "row": row, "crumbs": _way(project, ("竣工财务结算", "")), "handles": handles,
        "provision": governing[0] if governing else None, "books": layers_of(project.division),
        "may_enter": handles and (row is None or row.state not in Settlement.LIVE),
        "may_confirm": row is not None and row.state == "entered" and may(user, county, what="finance") and not own and row.file_id,
        "may_attach": handles and row is not None and row.state == "entered" and row.file_id is None,
        "may_return": handles and row is not None and row.state == "entered",
        "may_close": decides and row is not None and row.state == "confirmed" and not own,
        "may_ask": handles and row is not None and row.state in Settlement.STANDING and not asked,
        "may_grant": decides and asked and row is not None and row.reopen_asked_by_id != user.pk, "asked": asked,
        "reopen_form": form if isinstance(form, ReopenForm) else ReopenForm(),
        "report_form": form if isinstance(form, ReportForm) else ReportForm(),
    }  # fmt: skip
    return page(request, "settlement", context, refused)


@login_required
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter a reviewed settlement, one row for each item that a contract promises money to."""
    project, user = project_or_404(request, uid), actor(request)
    figures = figures_of(project, day=today())
    asks = bool(layers_of(project.division).governing("settlement", today()))
    form = SettlementForm(
        request.POST or None, request.FILES or None, asks_ratio=asks, initial={"reviewed_on": today()}
    )
    lines = [(item, ReviewedForm(request.POST or None, prefix=f"item{n}")) for n, item in enumerate(figures.committed)]
    back = reverse("funding:settlement", args=[uid])

    def show(refused: Refused | None) -> HttpResponse:
        _blame(lines, refused)
        rows = [
            (item, line, *(Decimal(part[item]).scaleb(-2) for part in (figures.planned, figures.committed)))
            for item, line in lines
        ]
        context = {
            "form": form, "lines": rows, "project": project, "back": back, "crumbs": _way(project, ("竣工财务结算", back), ("登记", "")),
        }  # fmt: skip
        return page(request, "settlement_edit", context, refused)

    def doing() -> None:
        reviewed = [line.reviewed(item) for item, line in lines]
        actions.enter_settlement(by=user, at=now(), today=today(), project=uid, items=reviewed, **form.values)

    if request.method != "POST":
        return show(None)
    if not all([line.is_valid() for _, line in lines]):
        form.add_error(None, "各项评审结果有误，请核对")
    return act(request, doing, form=form, show=show, done="结算已登记，请由财政部门另一人复核。", to=back)


def _blame(lines: list[tuple[str, ReviewedForm]], refused: Refused | None) -> None:
    """A reason that names ``items[2].amount`` stands at that field."""
    for n, (_, line) in enumerate(lines):
        for name in line.fields:
            for reason in (refused.errors if refused else {}).get(f"items[{n}].{name}", ()):
                line.add_error(name, reason)


@login_required
@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Confirmed, given back, closed, reopened: each by whom it is for."""
    row, user = settlement_or_404(request, uid), actor(request)
    project = project_or_404(request, row.project_uid)
    acts = {
        "confirm": (lambda: actions.confirm_settlement(by=user, at=now(), today=today(), settlement=row), "已复核；评审以外的已核减。"),
        "return": (
            lambda: actions.return_settlement(by=user, at=now(), settlement=row, reason=request.POST.get("reason", "")), "已退回。"
        ),
        "close": (lambda: actions.close_settlement(by=user, at=now(), today=today(), settlement=row), "已关账，结余已退回来源。"),
        "grant": (lambda: actions.grant_reopening(by=user, at=now(), settlement=row), "已重新开账，请重新登记结算。"),
    }  # fmt: skip
    doing, done = acts.get(request.POST.get("decision", ""), (None, ""))
    if doing is None:
        raise Http404
    return act(
        request, doing, done=done, to=reverse("funding:settlement", args=[project.uid]),
        show=lambda refused: show_settlement(request, project, refused),
    )  # fmt: skip


@login_required
@require_POST
def attach(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The report of the review."""
    row, form = settlement_or_404(request, uid), ReportForm(request.POST, request.FILES)
    project = project_or_404(request, row.project_uid)
    return act(
        request, lambda: actions.attach_report(by=actor(request), at=now(), settlement=row, upload=form.cleaned_data["file"]), form=form,
        done="评审报告已上传。", to=reverse("funding:settlement", args=[project.uid]),
        show=lambda refused: show_settlement(request, project, refused, form),
    )  # fmt: skip


@login_required
@require_POST
def reopen(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Ask for the exception."""
    row, form = settlement_or_404(request, uid), ReopenForm(request.POST)
    project = project_or_404(request, row.project_uid)
    return act(
        request, lambda: actions.ask_reopening(by=actor(request), at=now(), settlement=row, **form.cleaned_data), form=form,
        done="已提出重新开账，请由财政部门另一位审批人或负责人同意。", to=reverse("funding:settlement", args=[project.uid]),
        show=lambda refused: show_settlement(request, project, refused, form),
    )  # fmt: skip


@login_required
@require_safe
def sheet(request: HttpRequest, uid: UUID) -> FileResponse:
    """The settlement as a paper, with room for the seals."""
    row = settlement_or_404(request, uid)
    paper = settlement_sheet(settlement_page(actor(request), row.project_uid, row), day=day_of(now()))
    name = f"竣工财务结算-{row.project_name}-第{row.number}次.pdf"
    return FileResponse(paper, as_attachment=True, filename=name, content_type="application/pdf")
