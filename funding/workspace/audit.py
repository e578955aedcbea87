"""The audit view: flags with what was said to them, and the entries behind any figure. Reading changes nothing."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from funding import actions, audit
from funding.actions.flags import AUDITORS
from funding.models import AuditFlag
from funding.permissions import may
from funding.rules.flags import KINDS
from funding.workspace.common import (
    act,
    contract_or_404,
    crumbs,
    fund_or_404,
    page,
    payment_or_404,
    project_or_404,
    source_or_404,
)
from offices.acts import action_word
from offices.clock import now
from offices.models import HistoryEntry
from offices.workspace.common import actor
from offices.workspace.records import READERS
from policies.refusal import Refused

PAGE = 50
SUBJECTS = {
    "project": project_or_404, "source": source_or_404, "fund": fund_or_404, "contract": contract_or_404, "payment": payment_or_404,
}  # fmt: skip


@login_required
@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    """Flags in scope by state and kind."""
    user, state, kind = actor(request), request.GET.get("state", ""), request.GET.get("kind", "")
    state, kind = state if state in AuditFlag.State.values else "", kind if kind in KINDS else ""
    listed = Paginator(audit.flags(user, state=state, kind=kind), PAGE).get_page(request.GET.get("page"))
    counts = audit.flag_counts(user)
    states = [
        ("", "全部", sum(counts.values())),
        *((key, label, counts[key]) for key, label in AuditFlag.State.choices),
    ]
    tabs = [
        {"label": label, "url": f"?state={key}&kind={kind}", "current": key == state, "count": count}
        for key, label, count in states
    ]
    context = {
        "page": listed, "rows": listed.object_list, "tabs": tabs, "kinds": KINDS.items(), "kind": kind, "state": state,
        "crumbs": crumbs(("审计提示", "")),
    }  # fmt: skip
    return page(request, "flags", context)


def flag_or_404(request: HttpRequest, uid: UUID) -> AuditFlag:
    """The flag, where the user sees its project."""
    return get_object_or_404(audit.flags(actor(request)), uid=uid)


@login_required
@require_safe
def flag(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One flag."""
    return show_flag(request, flag_or_404(request, uid))


def show_flag(request: HttpRequest, row: AuditFlag, refused: Refused | None = None) -> HttpResponse:
    """The page of a flag, with what was said."""
    user, county = actor(request), row.county or row.division
    open_ = row.state != AuditFlag.State.CLOSED
    explained = any(note.step == "explain" and note.by_id == user.pk for note in row.notes.all())
    context = {
        "flag": row, "crumbs": crumbs(("审计提示", reverse("funding:flags")), (row.title, "")),
        "may_explain": open_ and (may(user, county, what="keep") or may(user, county, what="finance")),
        "may_close": open_ and user.has_role(*AUDITORS) and not explained,
    }  # fmt: skip
    return page(request, "flag", context, refused)


@login_required
@require_POST
def decide(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Explained, given back or closed: each by whom it is for."""
    row, text = flag_or_404(request, uid), request.POST.get("text", "")
    acts = {
        "explain": (actions.explain_flag, "已说明，等待审计了结。"), "return": (actions.return_flag, "已退回补充说明。"),
        "close": (actions.close_flag, "已了结。"),
    }  # fmt: skip
    doing, done = acts.get(request.POST.get("decision", ""), (None, ""))
    if doing is None:
        raise Http404
    return act(
        request, lambda: doing(by=actor(request), at=now(), flag=row, text=text), done=done,
        to=reverse("funding:flag", args=[uid]), show=lambda refused: show_flag(request, row, refused),
    )  # fmt: skip


@login_required
@require_safe
def trail(request: HttpRequest, scope: str, uid: UUID, figure: str) -> HttpResponse:
    """The posted entries that make up a figure, with who, when and paper; they sum to it."""
    if scope not in SUBJECTS or figure not in audit.FIGURES:
        raise Http404
    user, subject = actor(request), SUBJECTS[scope](request, uid)
    rows = audit.trail(user, scope, uid, figure)
    listed = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    acts = HistoryEntry.objects.visible_to(user).filter(subject_uid=uid).select_related("by").order_by("-pk")
    readers = user.is_superuser or user.has_role(*READERS)
    label = audit.FIGURES[figure][0]
    context = {
        "name": str(getattr(subject, "name", subject)), "figure": label, "total": audit.trail_total(rows), "page": listed,
        "rows": listed.object_list, "crumbs": crumbs((f"{label}的明细", "")), "subject": uid,
        "acts": [(row, action_word(row.action)) for row in acts[:PAGE]] if readers else [],
        "figures": [
            {"label": word, "url": reverse("funding:trail", args=[scope, uid, key]), "current": key == figure}
            for key, (word, _, _) in audit.FIGURES.items()
        ],
    }  # fmt: skip
    return page(request, "trail", context)
