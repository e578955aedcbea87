"""抄送: who takes part in a case copies a colleague or a body in. Recorded once; the reader decides nothing by it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q

from approvals.deciders import URGERS
from approvals.models import Case, CaseCopy
from offices.history import record
from offices.messages import tell
from offices.models import LEVELS, Body, User
from offices.queries import members
from offices.texts import Texts
from policies.refusal import Forbidden, Refused


@dataclass(frozen=True)
class Readers:
    """Whom somebody may copy in: colleagues of the bodies by which he takes part, and bodies of the case's place or above it."""

    users: tuple[User, ...] = ()
    bodies: tuple[Body, ...] = ()

    def __bool__(self) -> bool:
        """Whether he may copy anybody in at all."""
        return bool(self.users or self.bodies)


def taking_part(user: User, case: Case, asked: Collection[int] | None = None) -> list[int]:
    """Ids of the user's bodies that put the case forward or are asked in it (one query where ``asked`` is not read yet)."""
    own = {m.body_id for m in user.active_memberships if m.role in URGERS}
    if asked is None:
        asked = set(case.asks.filter(body_id__in=own).values_list("body_id", flat=True)) if own else set()
    return sorted(own & {case.submitted_body_id, *asked})


def readers(user: User, case: Case, *, asked: Collection[int] | None = None) -> Readers:
    """Whom the user may copy in (three queries for somebody of one body); nobody for whoever takes no part.

    ``asked``: the bodies asked, where they are read.
    """
    own = taking_part(user, case, asked)
    if not own:
        return Readers()
    homes = {m.body_id: m.body for m in user.active_memberships if m.body_id in own}
    users = {each.pk: each for body in homes.values() for each in members(body) if each != user}
    places = [getattr(case, f"{level}_id") for level in LEVELS]
    bodies = Body.objects.filter(division_id__in=[pk for pk in places if pk], active=True).exclude(pk__in=own)
    return Readers(tuple(users.values()), tuple(bodies.select_related("division").order_by("division_id", "pk")))


@transaction.atomic
def send_copy(
    *, by: User, at: dt.datetime, case: Case, user: User | None = None, body: Body | None = None, note: str = ""
) -> CaseCopy:
    """Tell a colleague, or everybody of a body, of a case and let them read it. Raises Forbidden, Invalid, Refused."""
    case = Case.objects.select_for_update(of=("self",)).select_related("division", "submitted_body").get(pk=case.pk)
    allowed = readers(by, case)
    if not allowed:
        raise Forbidden("只有提交单位和被征求意见的单位可以抄送")
    texts = Texts()
    words = texts.read(note, "note", "抄送说明", 300, required=False)
    if (user is None) == (body is None):
        texts.wrong("to", "请选择一位同事或一个机构")
    elif user is not None and user not in allowed.users:
        texts.wrong("to", "应为本单位的同事")
    elif body is not None and body not in allowed.bodies:
        texts.wrong("to", f"应为{case.division.name}或其上级的机构")
    texts.check("没有抄送")
    try:
        with transaction.atomic():
            row = CaseCopy.objects.create(case=case, user=user, body=body, by=by, note=words, at=at)
    except IntegrityError as error:
        raise Refused(f"已经抄送过{user or body}", code="copied_already") from error
    told = [user] if user is not None else members(body, *URGERS) if body is not None else []
    tell(
        event=f"copy:{row.uid}", recipients=told, title=f"抄送：{case.title}", text=words or f"{by}抄送，供了解，不需要办理。",
        link=f"/staff/cases/{case.uid}/", subject=case, at=at,
    )  # fmt: skip
    data = {"user": str(user.uid)} if user is not None else {"body": str(body.uid)} if body is not None else {}
    record(by=by, at=at, action="case.copy", subject=case, body=case.submitted_body, data=data)
    return row


def copied_to(user: User) -> Q:
    """Condition on copies: those to the user himself or to one of his bodies."""
    return Q(user=user) | Q(body_id__in=[membership.body_id for membership in user.active_memberships])
