"""Batch approval: first a check that splits what can't be passed in one go, then one opinion after the other, each result shown."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from approvals import cases, queries
from approvals.models import CaseAsk
from offices.clock import now, today
from offices.models import User
from offices.workspace.common import actor, attempt

MOST = 100


@dataclass(frozen=True)
class Item:
    """One chosen case: whether it can be passed with the others, or what became of it."""

    ask: CaseAsk
    good: bool
    words: str


@require_POST
@login_required
def batch(request: HttpRequest) -> HttpResponse:
    """Without ``confirm``: the check. With it: pass what was seen as it was seen, one transaction each."""
    user = actor(request)
    chosen = [value.partition(":") for value in request.POST.getlist("ask")[:MOST]]
    hashes = {int(pk): seen for pk, _, seen in chosen if pk.isascii() and pk.isdigit() and len(pk) < 19}
    asks = list(queries.waiting_for(user, today()).filter(pk__in=hashes))
    if request.POST.get("confirm"):
        items = [_pass(user, ask, hashes[ask.pk]) for ask in asks]
    else:
        items = [_check(user, ask, hashes[ask.pk]) for ask in asks]
    context = {"items": items, "done": bool(request.POST.get("confirm")), "gone": len(hashes) - len(asks)}
    return render(request, "staff/approvals/batch.html", {**context, "good": [item for item in items if item.good]})


def _check(user: User, ask: CaseAsk, seen: str) -> Item:
    file = queries.case_file(ask.case, user=user, at=now())
    if ask.case.content_hash != seen:
        return Item(ask, False, "内容在您打开列表之后已修改，请单独查看")
    if file.needs_number:
        return Item(ask, False, "最后一份意见须填写文号，请单独办理")
    if file.changed:
        return Item(ask, False, "退回后重新提交，请先看修改了什么")
    return Item(ask, True, "可以通过")


def _pass(user: User, ask: CaseAsk, seen: str) -> Item:
    refused = attempt(
        lambda: cases.give_opinion(
            by=user, at=now(), today=today(), case=ask.case, body=ask.body, verdict="pass", seen_hash=seen
        )
    )
    return Item(ask, refused is None, refused.detail if refused else "已通过")
