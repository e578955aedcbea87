"""The inbox 待办/已办/我发起/抄送, narrowed by the address, and batch approval. Everything works with JavaScript off."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from approvals import cases, inbox
from approvals.batches import reasons_against
from approvals.forms import BatchForm, InboxForm
from approvals.inbox import Narrowed
from approvals.models import Case, CaseAsk
from approvals.phrases import phrases_for
from offices.clock import now, today
from offices.models import User
from offices.viewing import choices_of
from offices.workspace.common import actor, attempt

PAGE, MOST = 50, 100
TABS = (("todo", "待办"), ("done", "已办"), ("mine", "我发起"), ("copies", "抄送"))
LISTS: dict[str, Callable[[User, dt.date, Narrowed], QuerySet[Any]]] = {
    "todo": inbox.waiting, "done": inbox.decided, "mine": inbox.submitted, "copies": inbox.copied,
}  # fmt: skip
FILTERS = ("kind", "division", "due", "body", "text")


def narrowed(request: HttpRequest) -> tuple[InboxForm, Narrowed, str]:
    """The filter form, what it asks for, and the same as a query string that links keep. Raises BadRequest."""
    user = actor(request)
    bodies = [membership.body for membership in user.active_memberships]
    form = InboxForm(request.GET, divisions=choices_of(request), bodies=bodies)
    if not form.is_valid():
        raise BadRequest("filter")
    given = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    return form, Narrowed(**form.cleaned_data), urlencode(given)


@require_safe
@login_required
def inbox_page(request: HttpRequest) -> HttpResponse:
    """What waits for me, what we decided, what we put forward, what we were copied in."""
    user, day = actor(request), today()
    form, asked, query = narrowed(request)
    tab = request.GET.get("tab") if request.GET.get("tab") in dict(TABS) else "todo"
    rows = LISTS[tab or "todo"](user, day, asked)
    kept = f"&{query}" if query else ""
    tabs = [{"label": label, "url": f"?tab={key}{kept}", "current": key == tab} for key, label in TABS]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "tab": tab, "tabs": tabs, "label": dict(TABS)[tab or "todo"], "filter": form, "query": query,
        "all_bodies": len({m.body_id for m in user.active_memberships}) > 1,
    }  # fmt: skip
    return render(request, "staff/approvals/inbox.html", context)


@dataclass(frozen=True)
class Item:
    """One chosen case: whether it can be passed with the others, or what became of it."""

    ask: CaseAsk
    good: bool
    words: str


@require_POST
@login_required
def batch(request: HttpRequest) -> HttpResponse:
    """Without ``confirm``: the check that splits off what can't be passed in one go. With it: one opinion for all, as each was seen,
    one transaction each, each result shown."""
    user, confirmed = actor(request), bool(request.POST.get("confirm"))
    chosen = [value.partition(":") for value in request.POST.getlist("ask")[:MOST]]
    hashes = {int(pk): seen for pk, _, seen in chosen if pk.isascii() and pk.isdigit() and len(pk) < 19}
    asks = list(inbox.waiting(user, today()).filter(pk__in=hashes))
    form = BatchForm(request.POST if confirmed else None, phrases=phrases_for(user))
    confirmed = confirmed and form.is_valid()
    items = _passed(user, asks, hashes, form) if confirmed else _checked(asks, hashes)
    items += _gone(user, set(hashes) - {ask.pk for ask in asks})
    context = {
        "items": items, "done": confirmed, "form": form, "good": sum(item.good for item in items),
        "following": inbox.waiting(user, today()).first() if confirmed else None,
    }  # fmt: skip
    return render(request, "staff/approvals/batch.html", context, status=400 if form.is_bound and form.errors else 200)


def _checked(asks: list[CaseAsk], hashes: dict[int, str]) -> list[Item]:
    against = reasons_against(asks, hashes)
    return [Item(ask, ask.pk not in against, against.get(ask.pk, "可以通过")) for ask in asks]


def _passed(user: User, asks: list[CaseAsk], hashes: dict[int, str], form: BatchForm) -> list[Item]:
    """Pass them one by one; what can't be passed in one go is not, whatever was posted."""
    against = reasons_against(asks, hashes)
    items = []
    for ask in asks:
        if ask.pk in against:
            items.append(Item(ask, False, against[ask.pk]))
            continue
        refused = attempt(
            lambda ask=ask: cases.give_opinion(  # type: ignore[misc]
                by=user, at=now(), today=today(), case=ask.case, body=ask.body, verdict="pass", reasons=form.words,
                seen_hash=hashes[ask.pk],
            )
        )  # fmt: skip
        items.append(Item(ask, refused is None, refused.detail if refused else "已通过"))
    return items


def _gone(user: User, missing: set[int]) -> list[Item]:
    """What was chosen and no longer waits, where the user may see it."""
    rows = CaseAsk.objects.filter(pk__in=missing, case__in=Case.objects.visible_to(user)).select_related("case", "body")
    words = "已不在您的待办中：已有意见" if missing else ""
    return [
        Item(ask, False, words if ask.answered_at else "已不在您的待办中：不再等您办理") for ask in rows.order_by("pk")
    ]
