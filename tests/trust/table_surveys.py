"""The route table of surveys and of the ranking: the same kind of entries as ``tests/trust/table.py``."""

from typing import Any

from tests.trust.route import CLERK, EVERYBODY, HIDDEN, NOBODY, OPEN, PLACE, PUBLIC, STAFF, WRITERS, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows


def _new(rows: Rows) -> dict[str, Any]:
    return {"community": str(rows.community.uid), "kind": "willingness", "until": "2026-04-01"}


def _answer(rows: Rows) -> dict[str, Any]:
    return {"building": "9号楼", "unit": "1", "room": "901", "role": "owner", "choice": "agree"}


SURVEYS: dict[str, Route] = {
    # Surveys
    "approvals:surveys": Route(STAFF),
    "approvals:new_survey": Route(
        PLACE, write=(Write(CLERK, lambda rows: {"kind": "plan_consent", "asks": "residents", "until": "2026-4-1"}),),
        query=lambda rows: {"community": str(rows.community.uid)},
    ),
    "approvals:survey_grades": Route(
        STAFF, write=(Write(CLERK | {"foreign"}, lambda rows: {"a_from": "90", "b_from": "70", "reason": "会议"}, foreign=()),)
    ),
    "approvals:survey": Route(PLACE, _uid("survey")),
    "approvals:edit_survey": Route(
        PLACE, _uid("survey_draft"),
        (Write(CLERK, lambda rows: {"kind": "willingness", "asks": "owners", "until": "2026-4-1", "version": rows.survey_draft.version}),),
    ),
    "approvals:open_survey": Route(None, _uid("survey_draft"), (Write(CLERK),)),
    "approvals:extend_survey": Route(
        None, _uid("survey"), (Write(CLERK, lambda rows: {"until": "2026-5-1", "reason": "未完成"}),)
    ),
    "approvals:close_survey": Route(None, _uid("survey"), (Write(CLERK),)),
    "approvals:confirm_survey": Route(None, _uid("survey_closed"), (Write(NOBODY, lambda rows: {"grade": "A", "reason": "高"}),)),
    "approvals:survey_hazard": Route(None, _uid("survey_closed"), (Write(CLERK, lambda rows: {"kind": "gas"}),)),
    "approvals:erase_words": Route(
        None, lambda rows: {"uid": rows.survey_closed.uid, "answer": rows.answer.uid}, (Write(CLERK),)
    ),
    "approvals:print_survey": Route(PLACE, _uid("survey")),
    "approvals:export_survey": Route(PLACE, _uid("survey")),
    "approvals:survey_doors": Route(PLACE, _uid("survey")),
    "approvals:survey_answer": Route(PLACE, _uid("survey"), (Write(WRITERS, _answer),)),
    "projects:surveys": Route(PLACE, _uid("reserve")),
    "projects:new_survey": Route(
        PLACE, lambda rows: {"uid": rows.reserve.uid, "community": rows.reserve.communities.get().uid},
        (Write(CLERK, lambda rows: {"kind": "satisfaction", "asks": "residents", "until": "2026-4-1"}),),
    ),
    # The order of the reserve
    "projects:ranking": Route(STAFF),
    "projects:ranking_weights": Route(
        STAFF,
        write=(
            Write(CLERK, lambda rows: {
                "residents_willing": "40", "residents_contribute": "20", "participation": "20", "illegal_structures_removed": "20",
                "reason": "评审办法",
            }, foreign=(400, 403)),
        ),
    ),
    "projects:ranking_facts": Route(
        PLACE, _uid("reserve"),
        (Write(CLERK, lambda rows: {"criterion": "residents_contribute", "percent": "60", "evidence": "承诺书"}),),
    ),
    "api:project-ranking": Route(PLACE, query=lambda rows: {"division": str(rows.county.uid), "year": "2026"}),
    # Online, and the interface
    "approvals:survey_letters": Route(PLACE, _uid("survey"), (Write(CLERK, done=(409,)),)),
    "portal:survey": Route(
        OPEN, _uid("survey"), (Write(EVERYBODY, lambda rows: {"code": "ABCDE-FGHJK"}, foreign=(), done=(409,), anonymous=True),)
    ),
    "portal:survey_phone": Route(OPEN, _uid("survey")),
    "portal:survey_sms": Route(OPEN, _uid("survey"), status=302),
    "portal:survey_home": Route(OPEN, _uid("survey"), status=302),
    "portal:survey_receipt": Route(OPEN, _uid("survey")),
    "api:survey-list": Route(OPEN, write=(Write(CLERK, _new, foreign=(400,)),)),
    "api:survey-export": Route(OPEN),
    "api:survey-detail": Route(PUBLIC, _uid("survey")),
    "api:survey-results": Route(PUBLIC, _uid("survey")),
    "api:survey-open": Route(None, _uid("survey"), (Write(CLERK, done=(409,)),)),
    "api:survey-extend": Route(None, _uid("survey"), (Write(CLERK, lambda rows: {"until": "2026-05-01", "reason": "未完成"}),)),
    "api:survey-close": Route(None, _uid("survey"), (Write(CLERK),)),
    "api:survey-confirm": Route(None, _uid("survey_closed"), (Write(NOBODY, lambda rows: {"grade": "A", "reason": "高"}),)),
    "api:survey-answers": Route(None, _uid("survey"), (Write(WRITERS, lambda rows: {**_answer(rows), "channel": "door"}),)),
}  # fmt: skip
SURVEY_DRAFTS: dict[str, Route] = {
    "api:survey-detail": Route(HIDDEN, _uid("survey_draft"), (Write(CLERK, lambda rows: {"title": "改"}, "patch"),)),
}
