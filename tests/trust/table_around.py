"""Routes of what stands around the annual plan: the roll-up, special plans."""

from typing import Any

from projects.actions.special import open_special_plan
from projects.models import SpecialPlan
from tests.cast import AT
from tests.trust.route import CLERK, NOBODY, PLACE, STAFF, Route, Write
from tests.trust.rows import Rows

_SPECIAL = {"title": "城镇老旧小区改造专项规划", "first_year": "2021", "last_year": "2025"}


def _plan(rows: Rows) -> SpecialPlan:
    row = SpecialPlan.objects.filter(division=rows.county).first()
    return row or open_special_plan(
        by=rows.users["clerk"], at=AT, division=rows.county, title="专项规划", first_year=2021, last_year=2025
    )


def _uid(rows: Rows) -> dict[str, Any]:
    return {"uid": _plan(rows).uid}


def _place(rows: Rows) -> dict[str, Any]:
    return {"division": str(rows.county.uid)}


AROUND: dict[str, Route] = {
    "projects:rollup": Route(STAFF),
    "projects:rollup_export": Route(PLACE, query=_place),
    "projects:remind_survey": Route(None, write=(Write(CLERK, _place),)),
    "projects:special_plans": Route(STAFF, write=(Write(CLERK | {"foreign"}, lambda rows: _SPECIAL),)),
    "projects:special_plan": Route(PLACE, _uid),
    "projects:describe_special": Route(PLACE, _uid, (Write(CLERK, lambda rows: _SPECIAL),)),
    "projects:choose_special": Route(PLACE, _uid, (Write(CLERK, lambda rows: {"add": [str(rows.community.uid)]}),)),
    "projects:issue_special": Route(PLACE, _uid, (Write(NOBODY, lambda rows: {"document_number": "甲"}),)),
    "api:special-plan-list": Route(STAFF),
    "api:special-plan-export": Route(STAFF),
    "api:special-plan-detail": Route(PLACE, _uid),
    "api:project-rollup": Route(PLACE, query=_place),
}
