"""竣工验收: the page of an acceptance, its forms, its printed table."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communities.rules.masks import mask_name
from offices.clock import now, today
from policies.refusal import Refused
from projects.actions import acceptance as act
from projects.actions import defects
from projects.models import Acceptance, Defect, Project
from projects.permissions import may_keep
from projects.queries.acceptance import acceptance_page
from projects.rules.acceptance import REPORT
from projects.rules.stages import reached
from projects.workspace import acceptance_forms as forms
from projects.workspace.common import actor, attempt, foreseen, page, project_crumbs, project_or_404, say, shown

TITLE = "竣工验收"
NEAR = dt.timedelta(days=366)  # days left of a warranty are counted in its last year only


@dataclass(frozen=True)
class Act:
    """One form of the page: heading, form, the action that takes its fields, whether an acceptance has to be there."""

    heading: str
    form: type[forms.RowForm]
    call: Callable[..., Any]
    subject: str = "acceptance"


ACTS: dict[str, Act] = {
    "open": Act("登记竣工验收", forms.OpenForm, act.open_acceptance, "project"),
    "separate": Act("登记单独验收", forms.SeparateForm, act.record_separate, "project"),
    "sign": Act("登记签字", forms.SignForm, act.sign),
    "report": Act("上传竣工验收报告", forms.ReportForm, act.report),
    "confirm": Act("确认验收合格", forms.ConfirmForm, act.confirm),
    "warranty": Act("保修年限", forms.WarrantyForm, act.describe_warranty),
    "filing": Act("登记竣工验收备案", forms.FilingForm, act.file_acceptance),
    "spot-check": Act("登记抽检核验", forms.SpotCheckForm, act.spot_check),
    "defect": Act("登记验收问题", forms.DefectForm, defects.add_defect),
    "claim": Act("登记保修报修", forms.ClaimForm, defects.add_defect),
    "revisit": Act("登记保修回访", forms.RevisitForm, act.revisit),
}
OF_DEFECT: dict[str, Act] = {
    "mend": Act("报告整改完成", forms.MendForm, defects.mend, "defect"),
    "see": Act("复验", forms.SeeForm, defects.see_again, "defect"),
}


def acceptance_url(row: Project) -> str:
    """Its page."""
    return reverse("projects:acceptance", args=[row.uid])


@login_required
@require_safe
def acceptance(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Everything of the acceptance of a project."""
    return _show(request, project_or_404(request, uid))


def _show(request: HttpRequest, row: Project, refused: Refused | None = None) -> HttpResponse:
    view = acceptance_page(row, today=today())
    county = row.county or row.division
    return page(request, "acceptance", {
        "view": view, "project": row, "row": view.row, "crumbs": project_crumbs(row, TITLE), "keeps": may_keep(actor(request), county),
        "ready": reached(row.stage, "works"), "signed": _signed(view), "report_wanted": any(a.key == REPORT for a in view.asked),
        "city_keeps": bool(row.city and may_keep(actor(request), row.city)),
        "today": today(), "soon": today() + NEAR, "own": view.row is not None and view.row.opened_by_id == actor(request).pk,
    }, refused)  # fmt: skip


def _signed(view: Any) -> list[tuple[Any, list[tuple[Any, str]]]]:
    """Each party of the document with its signatures, names masked."""
    return [
        (each, [(party, mask_name(party.signer)) for party in view.parties if party.key == each.key])
        for each in view.asked
        if each.key != REPORT
    ]


@login_required
@require_safe
def printed(request: HttpRequest, uid: UUID) -> HttpResponse:
    """验收表 on A4; places of seals stay blank."""
    row = project_or_404(request, uid)
    view = acceptance_page(row, today=today())
    if view.row is None:
        raise Http404("acceptance")
    parts = [part.community for part in row.parts.select_related("community").order_by("pk")]
    context = {"view": view, "project": row, "row": view.row, "signed": _signed(view), "communities": parts}
    return page(request, "acceptance_print", {**context, "crumbs": project_crumbs(row, "验收表")})


@login_required
def enter(request: HttpRequest, uid: UUID, what: str) -> HttpResponse:
    """One of the forms of the acceptance."""
    row, chosen = project_or_404(request, uid), ACTS.get(what)
    if chosen is None:
        raise Http404(what)
    view = acceptance_page(row, today=today())
    subject: Any = row if chosen.subject == "project" else view.row
    if subject is None:
        messages.error(request, "请先登记竣工验收。")
        return redirect(acceptance_url(row))
    return _form(request, row, view, chosen, subject)


@login_required
def line(request: HttpRequest, uid: UUID, what: str, line: UUID) -> HttpResponse:
    """A form about one defect."""
    row, chosen = project_or_404(request, uid), OF_DEFECT.get(what)
    if chosen is None:
        raise Http404(what)
    defect = get_object_or_404(Defect.objects.select_related("acceptance__project"), uid=line, acceptance__project=row)
    return _form(request, row, None, chosen, defect)


MOVING = frozenset(
    {act.confirm, act.describe_warranty}
)  # actions from which other days are counted: shown before they are done
TIMELESS = frozenset({act.report})  # actions that ask for no present day


def _form(request: HttpRequest, row: Project, view: Any, chosen: Act, subject: Any) -> HttpResponse:
    form = chosen.form(request.POST or None, request.FILES or None, project=row, view=view)
    refused: Refused | None = None
    crumbs = [
        *project_crumbs(row, TITLE)[:-1],
        {"label": TITLE, "url": acceptance_url(row)},
        {"label": chosen.heading, "url": ""},
    ]
    if request.method == "POST" and form.is_valid():
        day = {} if chosen.call in TIMELESS else {"today": today()}
        given = {**form.cleaned_data, chosen.subject: subject, **day}

        def do() -> Any:
            return chosen.call(by=actor(request), at=now(), **given)

        if chosen.call in MOVING:
            about = {"heading": chosen.heading, "crumbs": crumbs, "back": request.path}
            found = foreseen(request, do, row, form, about)
            if isinstance(found, HttpResponse):
                return found
            refused = found
        refused = refused or attempt(do, form)
        if refused is None:
            messages.success(request, f"{chosen.heading}：已保存。")
            return redirect(acceptance_url(row))
    context = {"form": form, "heading": chosen.heading, "crumbs": crumbs, "back": acceptance_url(row), "project": row}
    return page(request, "acceptance_form", context, shown(form, refused))


@login_required
@require_POST
def check(request: HttpRequest, uid: UUID, what: str, line: UUID) -> HttpResponse:
    """The second person's check of a separate acceptance or of the filing; a signature that is taken back."""
    row = project_or_404(request, uid)
    who, at = actor(request), now()
    held = Acceptance.objects.filter(project=row).select_related("project").first()
    calls: dict[str, Callable[[], Any]] = {
        "separate": lambda: act.check_separate(by=who, at=at, row=get_object_or_404(row.separate_acceptances, uid=line)),
        "filing": lambda: act.check_filing(by=who, at=at, acceptance=held_or_404(held, line)),
        "signature": lambda: act.withdraw_signature(
            by=who, at=at, party=get_object_or_404(held_or_404(held).parties.select_related("acceptance__project"), uid=line),
            reason=request.POST.get("reason", ""),
        ),
    }  # fmt: skip
    if what not in calls:
        raise Http404(what)
    refused = attempt(calls[what])
    if refused is not None:
        return _show(request, row, refused)
    say(request, None, "已办理。")
    return redirect(acceptance_url(row))


def held_or_404(held: Acceptance | None, uid: UUID | None = None) -> Acceptance:
    """The project's acceptance, by this uid where one is given."""
    if held is None or (uid is not None and held.uid != uid):
        raise Http404("acceptance")
    return held
