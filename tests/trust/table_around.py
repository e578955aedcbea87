"""Routes of what stands around the annual plan: roll-up, special plans, other units' plans, assessment."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from projects.actions.assessment import publish_assessment
from projects.actions.companions import add_companion_lines
from projects.actions.filings import send_filing
from projects.actions.special import open_special_plan
from projects.models import AssessmentRelease, CompanionLine, SpecialPlan, UpwardFiling
from tests.cast import AT, TODAY
from tests.trust.route import APPROVER, CLERK, NOBODY, PLACE, STAFF, Route, Write
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


def _line(rows: Rows) -> dict[str, Any]:
    line = CompanionLine.objects.filter(division=rows.county).first()
    if line is None:
        values = {"year": 2026, "kind": "pipeline_plans", "sector": "water", "unit": "自来水公司", "place": "无此小区"}
        line = add_companion_lines(by=rows.users["clerk"], at=AT, division=rows.county, rows=[values])[0]
    return {"uid": rows.draft.uid, "line": line.uid}


def _check(rows: Rows) -> dict[str, Any]:
    _line(rows)
    return {"uid": rows.draft.uid}


def _draft(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.draft.uid}


def filing_of(rows: Rows) -> dict[str, Any]:
    """A filing of the county."""
    row = UpwardFiling.objects.first() or send_filing(
        by=rows.users["clerk"], at=AT, today=TODAY, division=rows.county, kind="standard", title="改造标准", filed_on=TODAY,
        upload=SimpleUploadedFile("标准.txt", "标准".encode()),
    )  # fmt: skip
    return {"uid": row.uid}


def _released(rows: Rows) -> dict[str, Any]:
    row = AssessmentRelease.objects.filter(division=rows.county).first()
    if row is None:
        leader = rows.offices.user("芮城县", "housing", "leader")
        row = publish_assessment(by=leader, at=AT, today=TODAY, division=rows.county, year=2026)
    return {"uid": row.uid}


_LINE = {"year": "2026", "kind": "special_plans", "sector": "elderly", "unit": "民政局", "nothing": "on"}
AROUND: dict[str, Route] = {
    "projects:rollup": Route(STAFF),
    "projects:rollup_export": Route(PLACE, query=_place),
    "projects:remind_survey": Route(None, write=(Write(CLERK, _place),)),
    "projects:special_plans": Route(STAFF, write=(Write(CLERK | {"foreign"}, lambda rows: _SPECIAL),)),
    "projects:special_plan": Route(PLACE, _uid),
    "projects:describe_special": Route(PLACE, _uid, (Write(CLERK, lambda rows: _SPECIAL),)),
    "projects:choose_special": Route(PLACE, _uid, (Write(CLERK, lambda rows: {"add": [str(rows.community.uid)]}),)),
    "projects:issue_special": Route(PLACE, _uid, (Write(NOBODY, lambda rows: {"document_number": "甲"}),)),
    "projects:companions": Route(PLACE, _draft),
    "projects:add_companion": Route(PLACE, _draft, (Write(CLERK, lambda rows: _LINE),)),
    "projects:check_companions": Route(None, _check, (Write(APPROVER),)),
    "projects:settle_companion": Route(
        PLACE, _line, (Write(CLERK, lambda rows: {"community": str(rows.community.uid)}),)
    ),
    "projects:agree_companion": Route(PLACE, _line, (Write(NOBODY, lambda rows: {"reason": "先后施工"}),)),
    "projects:withdraw_companion": Route(None, _line, (Write(CLERK),)),
    "projects:filings": Route(STAFF, write=(Write(NOBODY, lambda rows: {"title": "改造标准"}, foreign=(400,)),)),
    "projects:receive_filing": Route(PLACE, filing_of, (Write(NOBODY, lambda rows: {"received_on": "2026-3-2"}),)),
    "projects:bodies": Route(STAFF),
    "projects:body": Route(STAFF, lambda rows: {"uid": rows.body.uid}),
    "projects:upper_money": Route(STAFF),
    "projects:upper_money_weights": Route(
        STAFF, write=(Write(NOBODY, lambda rows: {"reason": "评审"}, foreign=(400,)),)
    ),
    "projects:assessment": Route(STAFF),
    "projects:assessment_weights": Route(
        STAFF, write=(Write(NOBODY, lambda rows: {"reason": "考评"}, foreign=(400, 403)),)
    ),
    "projects:publish_assessment": Route(None, write=(Write(NOBODY, foreign=(302,)),)),
    "projects:assessment_release": Route(PLACE, _released),
    "projects:remark_assessment": Route(
        None, _released, (Write(NOBODY, lambda rows: {"kind": "remark", "text": "好"}),)
    ),
    "api:project-upper-money": Route(PLACE, query=_place),
    "api:project-assessment": Route(PLACE, query=_place),
    "api:plan-companions": Route(PLACE, _draft),
    "api:special-plan-list": Route(STAFF),
    "api:special-plan-export": Route(STAFF),
    "api:special-plan-detail": Route(PLACE, _uid),
    "api:project-rollup": Route(PLACE, query=_place),
}
