"""An upper office reminds a division of the communities that it has not surveyed yet (YL-16)."""

import datetime as dt

from django.db import transaction

from offices.acting import AUTHORITIES
from offices.clock import day_of
from offices.history import record
from offices.messages import tell
from offices.models import Body, Division, User
from offices.queries import members
from policies.refusal import Refused
from projects.permissions import overseeing_body
from projects.queries.rollup import register_of


@transaction.atomic
def remind_survey(*, by: User, at: dt.datetime, division: Division) -> int:
    """Tell the clerks and leaders of the division's keeping bodies, once a day; returns how many communities are left.

    Raises Forbidden, Refused where nothing is left or nobody could be told.
    """
    body = overseeing_body(by, division)
    left = register_of(by, division).filter(surveyed_on__isnull=True).count()
    if not left:
        raise Refused(f"{division.name}登记的小区都已摸排，没有要提醒的", code="nothing_to_remind")
    bodies = [row for row in Body.objects.filter(division=division, active=True) if {row.kind, *row.also} & AUTHORITIES]
    people = [user for row in bodies for user in members(row, "clerk", "leader") if user.pk != by.pk]
    if not people:
        raise Refused(f"{division.name}没有可以提醒的经办人或负责人", code="nobody_to_remind")
    tell(
        event=f"survey:{division.uid}:{day_of(at).isoformat()}", recipients=people, subject=division, at=at,
        title=f"{division.name}还有 {left} 个小区未摸排", text=f"{body.name}提醒：请补齐摸排并填写调查日期。",
        link=f"/staff/rollup/?division={division.uid}&part=unsurveyed",
    )  # fmt: skip
    record(by=by, at=at, action="division.remind_survey", subject=division, body=body, data={"communities": left})
    return left
