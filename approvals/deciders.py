"""Who may give a body's opinion on a day: its approvers and leaders, their delegates, and after a hand-over one colleague alone."""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from approvals.models import Case, CaseAsk, CaseHandover, CaseRound, Delegation
from offices.models import Body, Membership, User
from offices.queries import members
from policies.refusal import Forbidden, Refused

DECIDERS = ("approver", "leader")
URGERS = ("clerk", "approver", "leader")


def own_bodies(user: User) -> set[int]:
    """Bodies for which the user decides in his own right."""
    return {m.body_id for m in user.active_memberships if m.role in DECIDERS}


def standing(user: User, day: dt.date) -> QuerySet[Delegation]:
    """Delegations by which the user decides for others on a day: he is still of that body, and whom he stands for decides there still."""
    bodies = [m.body_id for m in user.active_memberships]
    decides = Membership.objects.filter(
        user=OuterRef("principal"), body=OuterRef("body"), role__in=DECIDERS, active=True, user__is_active=True
    )
    rows = Delegation.objects.filter(delegate=user, body__in=bodies, since__lte=day, until__gte=day)
    return rows.filter(Exists(decides), revoked_at__isnull=True)


def delegations_to(user: User, day: dt.date, *, lock: bool = False) -> list[Delegation]:
    """``standing``, read. ``lock``: none of them is taken back before the transaction ends."""
    rows = standing(user, day).select_related("principal", "body").order_by("pk")
    return list(rows.select_for_update(of=("self",)) if lock else rows)


def holder_of(ask: CaseAsk) -> User | None:
    """The one colleague to whom an ask was handed over; None where any decider of the body may answer."""
    row = ask.handovers.select_related("taker").last()
    return row.taker if row else None


def who_decide(body: Body, day: dt.date) -> list[User]:
    """Deciders of a body and those who stand for one of them on a day."""
    rows = Delegation.objects.filter(body=body, since__lte=day, until__gte=day, revoked_at__isnull=True)
    delegates = [row.delegate for row in rows.select_related("delegate")]
    return list({user.pk: user for user in (*members(body, *DECIDERS), *delegates)}.values())


def held_by() -> Subquery:
    """``holder_of`` as a column of asks."""
    return Subquery(CaseHandover.objects.filter(ask=OuterRef("pk")).order_by("-pk").values("taker")[:1])


def theirs(user: User, day: dt.date) -> Q:
    """Asks that the user may answer on a day, of those annotated with ``holder``: his own, and those of whom he stands for, but for
    what that one submitted. No query of its own."""
    submitted = CaseRound.objects.filter(case=OuterRef(OuterRef("case")), by=OuterRef("principal"))
    others = standing(user, day).filter(~Exists(submitted), body=OuterRef("body"))
    own = Q(body_id__in=own_bodies(user)) & (Q(holder__isnull=True) | Q(holder=user.pk))
    return own | (Q(Exists(others)) & Q(holder__isnull=True)) | Q(Exists(others.filter(principal=OuterRef("holder"))))


def asks_of(user: User, day: dt.date) -> QuerySet[CaseAsk]:
    """Open asks that wait for the user; nothing that he submitted."""
    own = CaseRound.objects.filter(by=user).values("case")
    asks = CaseAsk.objects.annotate(holder=held_by()).filter(
        theirs(user, day), asked_at__isnull=False, answered_at__isnull=True, case__state=Case.State.OPEN
    )
    return asks.exclude(case__in=own)


def rights_of(by: User, case: Case, body: Body, day: dt.date) -> list[User | None]:
    """In whose place the user may decide for the body: None in his own right, then those who delegated him. Superusers are no exception.

    Raises Forbidden for whoever may not, for a submitter of any round, and for the delegate of one.
    """
    rights: list[User | None] = [None] if by.has_role(*DECIDERS, body=body) else []
    rights += [row.principal for row in delegations_to(by, day, lock=True) if row.body_id == body.pk]
    if not rights:
        raise Forbidden(f"只有{body}的审批人员、负责人或其受托人可以提出意见")
    submitters = {case.submitted_by_id, *case.rounds.values_list("by_id", flat=True)}
    if by.pk in submitters:
        raise Forbidden("不能审批自己提交的事项", code="own_submission")
    free = [who for who in rights if who is None or who.pk not in submitters]
    if not free:
        raise Forbidden("不能审批委托人提交的事项", code="own_submission")
    return free


def in_whose_place(by: User, rights: list[User | None], ask: CaseAsk, body: Body) -> User | None:
    """One of the rights. Raises Refused where the opinion was handed over to somebody whom the user neither is nor stands for."""
    holder = holder_of(ask)
    fit = [who for who in rights if holder is None or (who or by).pk == holder.pk]
    if not fit:
        raise Refused(f"{body}的意见已转办给{holder}，由{holder}提出", code="handed_over")
    return fit[0]
