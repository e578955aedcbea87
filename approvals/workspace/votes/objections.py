"""Objections to a preliminary result at the desk: answered by another than who counted; who objected is opened with a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from approvals.models import VoteObjection
from approvals.votes.objections import answer_objection, make_objection, open_contact
from approvals.workspace.votes.common import actor, attempt, crumbs, show, vote_or_404, vote_url, words_of
from communities.rules.masks import mask_name, mask_phone
from offices.clock import now

FIELDS = ("text", "name", "phone", "home")


@dataclass(frozen=True)
class ObjectionRow:
    """An objection with its masked maker."""

    objection: VoteObjection
    name: str
    phone: str


def objection_rows(objections: Iterable[VoteObjection]) -> list[ObjectionRow]:
    """These (``objections_of``), as the page shows them."""
    rows = []
    for objection in objections:
        person: Any = getattr(objection, "person", None)
        rows.append(
            ObjectionRow(
                objection, mask_name(person.name) if person else "已清除", mask_phone(person.phone) if person else ""
            )
        )
    return rows


def _objection(request: HttpRequest, uid: UUID, objection: UUID) -> VoteObjection:
    rows = VoteObjection.objects.select_related("vote__division", "vote__community")
    return get_object_or_404(rows, vote=vote_or_404(request, uid), uid=objection)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def enter(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Write an objection down for somebody who came, called or wrote; he gets the number, the platform keeps who wrote."""
    vote = vote_or_404(request, uid)
    given = {name: request.POST.get(name, "")[:4000] for name in FIELDS}
    made: list[VoteObjection] = []
    refused = None
    if request.method == "POST":
        refused = attempt(lambda: made.append(make_objection(by=actor(request), at=now(), vote=vote, given=given)))
    if made:
        messages.success(request, f"异议已登记，编号 {made[0].receipt}。请告诉本人，凭编号查答复。")
        return redirect(f"{vote_url(vote)}#objections")
    context = {"vote": vote, "crumbs": crumbs(vote, "代录异议"), "given": given}
    return show(request, "object", context, refused)


@require_POST
@login_required
def answer(request: HttpRequest, uid: UUID, objection: UUID) -> HttpResponse:
    """Answer one."""
    row, text = _objection(request, uid, objection), request.POST.get("text", "")[:4000]
    refused = attempt(lambda: answer_objection(by=actor(request), at=now(), objection=row, text=text))
    messages.error(request, words_of(refused)) if refused else messages.success(
        request, "答复已保存，异议人凭编号可以看到。"
    )
    return redirect(f"{vote_url(row.vote)}#objections")


@require_POST
@login_required
def contact(request: HttpRequest, uid: UUID, objection: UUID) -> HttpResponse:
    """Who objected, on a page that is not kept."""
    row, reason = _objection(request, uid, objection), request.POST.get("reason", "").replace("\x00", "")
    found: list[Any] = []
    refused = attempt(lambda: found.append(open_contact(by=actor(request), at=now(), objection=row, reason=reason)))
    context = {
        "vote": row.vote,
        "crumbs": crumbs(row.vote, "异议人"),
        "person": found[0] if found else None,
        "objection": row,
    }
    response = show(request, "refused" if refused else "contact", context, refused)
    response["Cache-Control"] = "private, no-store"
    return response
