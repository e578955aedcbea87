"""The route table of the roll, of agents' papers and residents' organisations: the same kind of entries as ``tests/trust/table.py``."""

from collections.abc import Callable
from typing import Any

from tests.trust import roll_rows
from tests.trust.route import APPROVER, CLERK, PLACE, STAFF, Args, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows

CHECKERS = CLERK | APPROVER  # of what a colleague entered


def _row(found: Callable[[Rows], Any]) -> Args:
    return lambda rows: {"uid": found(rows).uid}


def _reason(rows: Rows) -> dict[str, Any]:
    return {"reason": "理由"}


ROLLS: dict[str, Route] = {
    "communities:home": Route(PLACE, _row(roll_rows.home), (Write(CLERK, roll_rows.home_form),)),
    "communities:sell": Route(PLACE, _row(roll_rows.home), (Write(CLERK, roll_rows.sale),)),
    "communities:ownership": Route(PLACE, _row(roll_rows.ownership), (Write(CLERK, roll_rows.corrected),)),
    "communities:roll": Route(PLACE, _uid("community")),
    "communities:roll_print": Route(PLACE, _uid("community")),
    "communities:merge_persons": Route(None, _uid("community"), (Write(CLERK, roll_rows.two_persons),)),
    "communities:merge_homes": Route(None, _uid("community"), (Write(CLERK, roll_rows.two_homes),)),
    "communities:roll_problem": Route(PLACE, roll_rows.problem, (Write(CLERK, lambda rows: {"decision": "confirmed", "reason": "理由"}),)),
    "communities:agencies": Route(PLACE, _uid("community")),
    "communities:agency_new": Route(PLACE, _uid("person"), (Write(CLERK, roll_rows.agency_form),)),
    "communities:agency": Route(PLACE, _row(lambda rows: rows.person.agencies.get()), (Write(CHECKERS, _reason),)),
    "communities:agency_check": Route(None, _row(lambda rows: rows.person.agencies.get()), (Write(CHECKERS),)),
    "communities:agency_withdraw": Route(None, _row(lambda rows: rows.person.agencies.get()), (Write(CLERK, _reason),)),
    "communities:agency_scan": Route(None, _row(lambda rows: rows.person.agencies.get()), (Write(CHECKERS, _reason),)),
    "communities:without_organisation": Route(STAFF),
    "communities:organisations": Route(PLACE, _uid("community"), (Write(CLERK, roll_rows.founded),)),
    "communities:organisation_end": Route(None, _row(roll_rows.organisation), (Write(CLERK, roll_rows.ended),)),
    "api:community-roll": Route(PLACE, _uid("community")),
    "api:community-settle-roll": Route(None, _uid("community"), (Write(CLERK, roll_rows.settlement),)),
    "api:community-organisations": Route(PLACE, _uid("community"), (Write(CLERK, roll_rows.founded),)),
    "api:organisation-list": Route(STAFF),
    "api:organisation-export": Route(STAFF),
    "api:organisation-detail": Route(PLACE, _row(roll_rows.organisation)),
    "api:organisation-end": Route(None, _row(roll_rows.organisation), (Write(CLERK, roll_rows.ended_json),)),
    "api:agency-list": Route(STAFF, write=(Write(CLERK, roll_rows.agency_json, foreign=(400,)),)),
    "api:agency-export": Route(STAFF),
    "api:agency-detail": Route(PLACE, _row(lambda rows: rows.person.agencies.get())),
    "api:agency-check": Route(None, _row(lambda rows: rows.person.agencies.get()), (Write(CHECKERS),)),
    "api:agency-withdraw": Route(None, _row(lambda rows: rows.person.agencies.get()), (Write(CLERK, _reason),)),
}  # fmt: skip
