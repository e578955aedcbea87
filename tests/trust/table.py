"""Who may what: one entry for each URL of the site. ``tests/trust/test_routes.py`` knocks at every door as every role.

``read``: what a GET answers. ``OPEN`` everybody; ``STAFF`` whoever is signed in; ``PLACE`` whoever sees the row (404 elsewhere);
``PUBLIC`` the public row for those not known, 404 for staff of elsewhere; ``HIDDEN`` 404 for both; ``None`` there is no GET (405).
``write``: method, body and who may. Others who see the row are refused (403, or a page that says so and changes nothing).
"""

from typing import Any

from approvals.models import Paper
from offices.models import Duty
from projects.models import Project
from tests.trust import table_acceptance as acceptance
from tests.trust import table_complaints as complaints
from tests.trust import table_imports as imports
from tests.trust import table_notices as notices
from tests.trust.route import (
    APPROVER,
    CLERK,
    EVERYBODY,
    HIDDEN,
    NOBODY,
    OPEN,
    PLACE,
    PUBLIC,
    READERS,
    SECURITY,
    STAFF,
    SYSTEM,
    WRITERS,
    Args,
    Route,
    Write,
)
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows
from tests.trust.table_around import AROUND
from tests.trust.table_deciders import DECIDERS
from tests.trust.table_desk import DESK
from tests.trust.table_forms import FORMS
from tests.trust.table_mine import MINE
from tests.trust.table_money import MONEY
from tests.trust.table_news import NEWS
from tests.trust.table_online import ONLINE
from tests.trust.table_people import PEOPLE
from tests.trust.table_programs import PROGRAMS
from tests.trust.table_reports import REPORTS
from tests.trust.table_rolls import ROLLS
from tests.trust.table_schemes import SCHEMES
from tests.trust.table_surveys import SURVEY_DRAFTS, SURVEYS
from tests.trust.table_votes import VOTE_DRAFTS, VOTES
from tests.trust.table_webhooks import WEBHOOKS
from tests.trust.table_works import WORKS


def _consents(rows: Rows) -> dict[str, Any]:
    """38 of 40 households agree."""
    figures = {"households": "40", "agreeing": "38"}
    return {**{f"{rows.line.uid}-figure-{key}": value for key, value in figures.items()}, "day": "2026-1-20"}


def _planned_day(rows: Rows) -> dict[str, Any]:
    """The second step, after what moves was shown."""
    return {"scheme": "2026-5-1", "confirm": "1", "seen": str(Project.objects.get(pk=rows.project.pk).version)}


def _own(name: str) -> Args:
    return lambda rows: {"uid": getattr(rows, name)}


def _line(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.draft.uid, "line": rows.line.uid}


def _member(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.body.uid, "membership": rows.membership.uid}


def _ask(rows: Rows) -> Any:
    return rows.case.asks.filter(asked_at__isnull=False, answered_at__isnull=True).order_by("pk")[0]


def _urged(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.case.uid, "body": _ask(rows).body.uid}


def _opinion(rows: Rows) -> dict[str, Any]:
    number = "芮政发〔2026〕1号"
    case = rows.case
    return {
        "body": str(_ask(rows).body.uid), "verdict": "pass", "reasons": "同意", "seen": case.content_hash, "document_number": number
    }  # fmt: skip


def _opinion_json(rows: Rows) -> dict[str, Any]:
    values = _opinion(rows)
    values["seen_hash"] = values.pop("seen")
    return values


def _paper(rows: Rows) -> dict[str, Any]:
    return {"figure-households": "40", "figure-agreeing": "39", "day": "2026-1-20", "title": "同意书"}


def _table(rows: Rows) -> dict[str, Any]:
    figures = {"households": "40", "agreeing": "38"}
    return {"day": "2026-1-20", **{f"{rows.line.uid}-figure-{key}": value for key, value in figures.items()}}


def _paper_json(rows: Rows) -> dict[str, Any]:
    return {"evidence": "plan_consent", "figures": {"households": 40, "agreeing": 39}, "day": "2026-01-20"}


def _community(rows: Rows) -> dict[str, Any]:
    return {"name": "另一小区", "division": str(rows.county.uid), "built_text": "1998"}


def _edited(rows: Rows) -> dict[str, Any]:
    row = rows.community
    return {
        "name": row.name,
        "division": str(row.division.uid),
        "built_text": "1996",
        "version": row.version,
        "evidence": "普查",
    }


def _gate(rows: Rows) -> dict[str, Any]:
    return {"rule": "RC-07", "step": "declare", "evidence": "plan_consent"}


def _issue(rows: Rows) -> dict[str, Any]:
    return {"document_number": "芮政发〔2026〕9号", "issued_on": "2026-02-20"}


def _advance(rows: Rows) -> dict[str, Any]:
    return {"step": "scheme", "on": "2026-02-20", "version": rows.project.version}


def _change(rows: Rows) -> dict[str, Any]:
    return {**_issue(rows), "reason": "调整", "add": [str(rows.reserve.uid)]}


def _key(rows: Rows) -> dict[str, Any]:
    return {"name": "统计", "scopes": ["read:projects"], "expires_on": "2026-12-31"}


def _reason(rows: Rows) -> dict[str, Any]:
    return {"reason": "理由"}


def _place(rows: Rows) -> dict[str, Any]:
    return {"place": "ruicheng"}


def _pages(names: str, **args: str) -> dict[str, Route]:
    return {name: Route(OPEN, (lambda given: lambda rows: given)(dict(args))) for name in names.split()}


TABLE: dict[str, Route] = {
    # Residents, rulebooks, health
    **_pages("healthz readyz portal:home rulebooks:index rulebooks:comparison rulebooks:search"),
    **_pages("rulebooks:place rulebooks:catalogue rulebooks:bodies rulebooks:text", place="ruicheng"),
    "rulebooks:rule": Route(OPEN, lambda rows: {"rule_id": "RC-07"}, status=302),
    "rulebooks:topic": Route(OPEN, lambda rows: {"topic": "eligibility"}),
    "portal:division": Route(OPEN, _uid("county")),
    "portal:community": Route(OPEN, _uid("community")),
    # Account, inbox, offices
    "offices:login": Route(OPEN, status=0),
    "offices:logout": Route(None, write=(Write(EVERYBODY, foreign=()),)),
    "offices:password": Route(STAFF, write=(Write(EVERYBODY, foreign=(), done=(400,)),)),
    "offices:keys": Route(STAFF, write=(Write(EVERYBODY, _key, foreign=()),)),
    "offices:revoke_key": Route(None, _own("key"), (Write(CLERK, hidden=True),)),
    "offices:messages": Route(STAFF),
    "offices:read_all": Route(None, write=(Write(EVERYBODY, foreign=()),)),
    "offices:message": Route(None, _own("message"), (Write(CLERK, hidden=True),)),
    "offices:file": Route(PLACE, _uid("file")),
    "offices:bodies": Route(STAFF, write=(Write(SYSTEM, lambda rows: {"name": "新机构", "kind": "audit"}, foreign=(400, 403)),)),
    "offices:body": Route(
        PLACE, _uid("body"), (Write(SYSTEM, lambda rows: {"appoint-username": "tongshi", "appoint-role": "approver"}),)
    ),
    "offices:dismiss": Route(None, _member, (Write(SYSTEM),)),
    "offices:reset": Route(None, _member, (Write(SECURITY, lambda rows: {"password": "Chushi-mima-77"}),)),
    "offices:calendar": Route(STAFF, write=(Write(frozenset(), foreign=()),)),
    "offices:history": Route(STAFF, readers=READERS),
    "staff_home": Route(STAFF),
    "staff_view": Route(None, write=(Write(EVERYBODY, foreign=()),)),
    # Cases
    "approvals:inbox": Route(STAFF),
    "approvals:batch": Route(None, write=(Write(EVERYBODY, foreign=()),)),
    "approvals:case": Route(PLACE, _uid("case"), (Write(APPROVER, _opinion),)),
    "approvals:withdraw": Route(None, _uid("case"), (Write(CLERK, _reason),)),
    "approvals:urge": Route(None, _urged, (Write(NOBODY),)),
    **DECIDERS,
    **DESK,
    **VOTES,
    **FORMS,
    **PEOPLE,
    **WEBHOOKS,
    **ROLLS,
    # A draft has no evidence: the page sends back to the vote, the interface refuses; the public needs a receipt.
    "approvals:vote_evidence": Route(PLACE, _uid("vote"), status=302),
    "portal:vote_evidence": Route(OPEN, _uid("vote"), status=404),
    "portal:verify_vote": Route(OPEN),
    "api:vote-evidence-evidence": Route(PLACE, _uid("vote"), status=409),
    **AROUND,
    **MINE,
    **MONEY,
    **NEWS,
    **SURVEYS,
    **SCHEMES,
    **REPORTS,
    **PROGRAMS,
    **notices.TABLE,
    **complaints.TABLE,
    **imports.TABLE,
    **ONLINE,
    # The register
    "communities:list": Route(STAFF),
    "communities:add": Route(STAFF, write=(Write(CLERK, _community, foreign=(400,)),)),
    "communities:duplicates": Route(STAFF),
    "communities:look": Route(None, write=(Write(CLERK, foreign=()),)),
    "communities:duplicate": Route(
        PLACE, _uid("pair"), (Write(CLERK, lambda rows: {"choice": "distinct", "reason": "不同", "version": rows.pair.version}),)
    ),
    "communities:reopen": Route(None, _uid("pair"), (Write(CLERK, _reason),)),
    "communities:person": Route(PLACE, _uid("person"), (Write(CLERK, _reason),)),
    "communities:detail": Route(PLACE, _uid("community")),
    "communities:edit": Route(PLACE, _uid("community"), (Write(CLERK, _edited),)),
    "communities:withdraw": Route(
        None, _uid("community"), (Write(CLERK, lambda rows: {"reason": "误录", "version": rows.community.version}),)
    ),
    "communities:fact": Route(
        None, _uid("community"), (Write(CLERK, lambda rows: {"key": "neglected", "holds": "true", "evidence": "照片"}),)
    ),
    "communities:hazard": Route(
        None, _uid("community"), (Write(CLERK, lambda rows: {"kind": "fire", "description": "堵塞"}),)
    ),
    "communities:homes": Route(PLACE, _uid("community")),
    # Plans
    "projects:plans": Route(
        STAFF, write=(Write(CLERK, lambda rows: {"division": str(rows.county.uid), "year": "2027"}, foreign=(400,)),)
    ),
    "projects:plan": Route(PLACE, _uid("draft")),
    "projects:describe": Route(
        PLACE, _uid("draft"), (Write(CLERK, lambda rows: {"capacity": "够", "version": rows.draft.version}),)
    ),
    "projects:add_lines": Route(PLACE, _uid("draft"), (Write(CLERK, lambda rows: {"project": [str(rows.reserve.uid)]}),)),
    "projects:grid": Route(PLACE, _uid("draft"), (Write(CLERK, lambda rows: {}),)),
    "projects:grid_rows": Route(PLACE, _uid("draft"), (Write(CLERK, lambda rows: {}, done=(400,)),)),  # a form is no JSON
    "projects:line": Route(PLACE, _line, (Write(CLERK, lambda rows: {"position": "1", "version": rows.line.version}),)),
    "projects:remove_line": Route(None, _line, (Write(CLERK),)),
    "projects:move_line": Route(None, _line, (Write(CLERK, lambda rows: {"direction": "up"}),)),
    "projects:paper_table": Route(
        PLACE, lambda rows: {"uid": rows.draft.uid, "key": "plan_consent"},
        (Write(WRITERS, _consents),),
    ),
    "projects:plan_paper": Route(
        PLACE, lambda rows: {"uid": rows.draft.uid, "key": "fiscal_capacity"},
        (Write(WRITERS, lambda rows: {"figure-capacity": "100", "figure-needed": "90", "day": "2026-1-20", "title": "评估"}),),
    ),
    "projects:check_plan": Route(PLACE, _uid("draft"), (Write(APPROVER, lambda rows: {"paper": [str(rows.paper.uid)]}),)),
    "projects:plan_exception": Route(
        PLACE, _uid("draft"), (Write(CLERK, lambda rows: {"reason": "理由", **_issue(rows), "issuer": "县政府"}),),
        query=lambda rows: {"rule": "RC-33", "step": "declare", "evidence": "fiscal_capacity"},
    ),
    "projects:submit": Route(PLACE, _uid("draft"), (Write(CLERK, lambda rows: {"version": rows.draft.version}, done=(409,)),)),
    "projects:withdraw": Route(None, _uid("review"), (Write(CLERK, _reason),)),
    "projects:issued": Route(PLACE, _uid("draft"), (Write(CLERK, _issue),)),
    "projects:change": Route(PLACE, _uid("issued"), (Write(CLERK, _change),)),
    "projects:versions": Route(PLACE, _uid("issued")),
    "projects:print": Route(PLACE, _uid("draft")),
    "projects:reserve": Route(
        PLACE, _uid("county"), (Write(CLERK, lambda rows: {"name": "新项目", "communities": [str(rows.community.uid)]}),)
    ),
    # Projects
    "projects:projects": Route(STAFF),
    "projects:project": Route(PLACE, _uid("project")),
    "projects:advance": Route(None, _uid("project"), (Write(CLERK, _advance, done=(409,)),)),
    "projects:edit": Route(
        PLACE, _uid("project"), (Write(CLERK, lambda rows: {"name": "改名", "version": rows.project.version}),)
    ),
    "projects:days": Route(PLACE, _uid("project"), (Write(CLERK, _planned_day),)),
    "projects:midlife": Route(PLACE, _uid("project"), (Write(CLERK, lambda rows: {"stage": "approved", "reason": "据实"}),)),
    "projects:milestone": Route(
        None, _uid("project"), (Write(CLERK, lambda rows: {"milestone": "opinion_survey", "on": "2026-1-9"}),)
    ),
    "projects:repin": Route(None, _uid("project"), (Write(NOBODY, _reason),)),
    "projects:project_paper": Route(PLACE, lambda rows: {"uid": rows.project.uid, "key": "plan_consent"}, (Write(WRITERS, _paper),)),
    "projects:check_project": Route(PLACE, _uid("reserve"), (Write(APPROVER, lambda rows: {"paper": [str(rows.own_paper.uid)]}),)),
    "projects:project_exception": Route(
        PLACE, _uid("reserve"), (Write(CLERK, lambda rows: {"reason": "理由", **_issue(rows), "issuer": "县政府"}),), query=_gate
    ),
    **WORKS,
    **acceptance.TABLE,
    "projects:deadlines": Route(STAFF),
    "projects:targets": Route(STAFF),
    # The interface
    **_pages("api:root api:schema api:docs api:errors api:deprecations api:rulebook-list api:rule-list"),
    **_pages("api:changes"),
    "api:ask": Route(OPEN, status=0),
    "api:rule-compare": Route(OPEN, status=0),
    "api:error": Route(OPEN, lambda rows: {"code": "not_found"}),
    "api:rulebook-detail": Route(OPEN, _place),
    "api:rulebook-bodies": Route(OPEN, _place),
    "api:rulebook-catalogue": Route(OPEN, _place),
    "api:rule-detail": Route(OPEN, lambda rows: {"id": "RC-07"}),
    **{f"api:{name}-{what}": Route(OPEN) for name in ("division", "body", "community", "project") for what in ("list", "export")},
    "api:deadline-list": Route(OPEN),
    "api:deadline-export": Route(OPEN),
    "api:division-detail": Route(OPEN, _uid("county")),
    "api:body-detail": Route(OPEN, _uid("body")),
    "api:deadline-detail": Route(OPEN, lambda rows: {"uid": _deadline(rows)}),
    "api:community-detail": Route(
        PUBLIC, _uid("community"), (Write(CLERK, lambda rows: {"remark": "记"}, "patch"),)
    ),
    "api:community-buildings": Route(PLACE, _uid("community")),
    "api:community-homes": Route(PLACE, _uid("community")),
    "api:community-decide-duplicate": Route(
        None, _uid("twin"), (Write(CLERK, lambda rows: {"pair": str(rows.pair.uid), "decision": "distinct", "reason": "不同"}),)
    ),
    "api:community-facts": Route(
        None, _uid("community"), (Write(CLERK, lambda rows: {"key": "neglected", "holds": True, "evidence": "照片"}),)
    ),
    "api:community-hazards": Route(
        None, _uid("community"), (Write(CLERK, lambda rows: {"kind": "fire", "description": "堵塞"}),)
    ),
    "api:community-withdraw": Route(None, _uid("community"), (Write(CLERK, _reason),)),
    "api:case-list": Route(STAFF),
    "api:case-export": Route(STAFF),
    "api:case-detail": Route(PLACE, _uid("case")),
    "api:case-opinions": Route(None, _uid("case"), (Write(APPROVER, _opinion_json),)),
    "api:case-urge": Route(None, _uid("case"), (Write(NOBODY, lambda rows: {"body": str(_ask(rows).body.uid)}),)),
    "api:case-withdraw": Route(None, _uid("case"), (Write(CLERK, _reason),)),
    "api:plan-list": Route(
        OPEN, write=(Write(CLERK, lambda rows: {"division": str(rows.county.uid), "year": 2027}, foreign=(400,)),)
    ),
    "api:plan-export": Route(OPEN),
    "api:plan-detail": Route(PUBLIC, _uid("issued")),
    "api:plan-changes": Route(None, _uid("issued"), (Write(CLERK, _change),)),
    "api:plan-check-paper": Route(
        None, lambda rows: {"uid": rows.issued.uid, "paper": _plan_paper(rows)}, (Write(APPROVER, done=(409,)),)
    ),
    "api:plan-enter-as-issued": Route(None, _uid("draft"), (Write(CLERK, _issue),)),
    "api:plan-gates": Route(PLACE, _uid("draft")),
    "api:plan-line": Route(
        HIDDEN, _line, (Write(CLERK, lambda rows: {"remark": "记"}, "patch"), Write(CLERK, method="delete")),
    ),
    "api:plan-lines": Route(PUBLIC, _uid("issued")),
    "api:plan-papers": Route(
        PLACE, _uid("draft"),
        (Write(WRITERS, lambda rows: {"evidence": "fiscal_capacity", "figures": {"capacity": 100, "needed": 90}, "day": "2026-01-20"}),),
    ),
    "api:plan-submit": Route(None, _uid("draft"), (Write(CLERK, done=(409,)),)),
    "api:plan-table": Route(PUBLIC, _uid("issued")),
    "api:plan-versions": Route(PUBLIC, _uid("issued")),
    "api:plan-withdraw": Route(None, _uid("review"), (Write(CLERK, _reason),)),
    "api:project-detail": Route(PUBLIC, _uid("project"), (Write(CLERK, lambda rows: {"works": ["water"]}, "patch"),)),
    "api:project-advance": Route(None, _uid("project"), (Write(CLERK, lambda rows: {"step": "scheme", "on": "2026-02-20"}, done=(409,)),)),
    "api:project-check-paper": Route(
        None, lambda rows: {"uid": rows.reserve.uid, "paper": rows.own_paper.uid}, (Write(APPROVER),)
    ),
    "api:project-gates": Route(PLACE, _uid("project")),
    "api:project-milestones": Route(
        None, _uid("project"), (Write(CLERK, lambda rows: {"milestone": "opinion_survey", "on": "2026-01-09"}),)
    ),
    "api:project-papers": Route(PLACE, _uid("project"), (Write(WRITERS, _paper_json),)),
    "api:project-planned-days": Route(
        None, _uid("project"), (Write(CLERK, lambda rows: {"stage": "designed", "planned_on": "2026-05-01"}),)
    ),
    "api:project-timeline": Route(PUBLIC, _uid("project")),
    "api:unknown": Route(OPEN, lambda rows: {"rest": "nothing/here/"}, status=404),
}  # fmt: skip
DRAFTS: dict[str, Route] = {  # the same addresses with rows that are nobody's business yet
    **notices.DRAFTS,
    "api:plan-detail": Route(HIDDEN, _uid("draft"), (Write(CLERK, lambda rows: {"capacity": "够"}, "patch"),)),
    "api:plan-lines": Route(HIDDEN, _uid("draft"), (Write(CLERK, lambda rows: {"project": str(rows.reserve.uid)}),)),
    "api:plan-table": Route(HIDDEN, _uid("draft")),
    "api:plan-versions": Route(HIDDEN, _uid("draft")),
    "api:project-detail": Route(HIDDEN, _uid("reserve")),
    "api:project-timeline": Route(HIDDEN, _uid("reserve")),
    **SURVEY_DRAFTS,
    **VOTE_DRAFTS,
    "api:community-list": Route(OPEN, write=(Write(CLERK, _community, foreign=(400, 403)),)),
}


def _plan_paper(rows: Rows) -> Any:
    paper = Paper.objects.filter(subject_uid=rows.issued.uid).first()
    return paper.uid if paper else rows.paper.uid


def _deadline(rows: Rows) -> Any:
    """A public deadline of the issued plan or its project."""
    return Duty.objects.public().filter(subject_uid__in=(rows.project.uid, rows.issued.uid)).order_by("pk")[0].uid
