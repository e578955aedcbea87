"""What of approvals is one person's: opinions handed over to him, and the days on which he stands for others."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial

from approvals.deciders import DECIDERS, URGERS, held_by
from approvals.desks import give_ask, open_ask
from approvals.models import Case, CaseAsk, Delegation
from offices.history import record
from offices.messages import tell
from offices.models import Body, User
from offices.queries import members
from offices.succession import Item
from policies.refusal import Refused
from policies.words import date_words


def waiting(user: User, body: Body, today: dt.date, *, leaving: bool) -> Iterable[Item]:
    """Open opinions that are his alone (as the body's last decider too, where he leaves), and delegations to him."""
    deciders = {each.pk for each in members(body, *DECIDERS)}
    asks = CaseAsk.objects.annotate(holder=held_by()).filter(
        body=body, asked_at__isnull=False, answered_at__isnull=True, case__state=Case.State.OPEN
    )
    rows = asks.select_related("case", "body").prefetch_related("case__rounds").order_by("asked_at", "pk")
    for ask in rows.filter(holder=user.pk):
        yield _ask(ask, deciders)
    if leaving and deciders == {user.pk}:
        for ask in rows.filter(holder__isnull=True):
            yield _ask(ask, deciders - {user.pk})
    yield from _delegations(user, body, today)


def _ask(ask: CaseAsk, deciders: set[int]) -> Item:
    case = ask.case
    submitters = {case.submitted_by_id, *(each.by_id for each in case.rounds.all())}

    def barred(taker: User) -> str:
        if taker.pk in submitters:
            return f"{taker}是本件的提交人，不能审批自己提交的事项"
        return "" if taker.pk in deciders else f"{taker}不是{ask.body}的审批人员或负责人，请先任命"

    return Item("审批意见", case.title, f"/staff/cases/{case.uid}/", barred, partial(_give_ask, ask))


def _give_ask(ask: CaseAsk, *, by: User, at: dt.datetime, today: dt.date, taker: User, reason: str) -> None:
    case = Case.objects.select_for_update().get(pk=ask.case_id)
    give_ask(open_ask(case, ask.body), by=by, at=at, taker=taker, words=reason)


def _delegations(user: User, body: Body, today: dt.date) -> Iterator[Item]:
    staff = {each.pk for each in members(body, *URGERS)}
    rows = Delegation.objects.filter(delegate=user, body=body, until__gte=today, revoked_at__isnull=True)
    for row in rows.select_related("principal", "body").order_by("since", "pk"):
        title = f"代{row.principal}审批，{date_words(row.since)}至{date_words(row.until)}"
        yield Item("委托", title, "/staff/delegations/", partial(_not_for, row, staff), partial(_give_delegation, row))


def _not_for(row: Delegation, staff: set[int], taker: User) -> str:
    if taker.pk == row.principal_id:
        return "是接手人自己的委托，请由本人收回"
    return "" if taker.pk in staff else f"{taker}不是{row.body}的经办、审批人员或负责人"


def _give_delegation(row: Delegation, *, by: User, at: dt.datetime, today: dt.date, taker: User, reason: str) -> None:
    """The old one is revoked, the rest of its days begins with the new one; who delegated is told and may take it back."""
    old = Delegation.objects.select_for_update(of=("self",)).select_related("body", "principal").get(pk=row.pk)
    if old.revoked_at is not None:
        raise Refused("委托已经收回", code="delegation_revoked")
    old.revoked_at, old.updated_at, old.version = at, at, old.version + 1
    old.save(update_fields=("revoked_at", "updated_at", "version"))
    new = Delegation.objects.create(
        body=old.body, principal=old.principal, delegate=taker, since=max(old.since, today), until=old.until, reason=old.reason,
        created_at=at, updated_at=at,
    )  # fmt: skip
    data = {"from": str(old.uid), "to": str(taker.uid)}
    record(by=by, at=at, action="delegation.hand_over", subject=new, body=new.body, data=data, reason=reason)
    tell(
        event=f"delegation:{new.uid}", recipients=[taker, new.principal], title=f"{new.principal}的委托改由{taker}代为审批",
        text=f"{date_words(new.since)}至{date_words(new.until)}，{new.body}。{reason}", link="/staff/delegations/", subject=new, at=at,
    )  # fmt: skip
