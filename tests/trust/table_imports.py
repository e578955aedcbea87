"""Who may what with imports: a part of the table."""

from typing import Any

from tests.trust.route import CLERK, PLACE, STAFF, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows

REFUSED = (
    409,
)  # the row waits for its confirmation: nothing runs that could be stopped, nothing stands that could be undone


def upload(rows: Rows) -> dict[str, Any]:
    """A pasted table."""
    return {"kind": "communities", "division": str(rows.county.uid), "text": "小区名称\t户数\n某小区\t30\n"}


def _mended(rows: Rows) -> dict[str, Any]:
    return {"cells": [{"row": 2, "column": 1, "text": "81"}]}


TABLE: dict[str, Route] = {
    "communities:imports": Route(STAFF, write=(Write(CLERK, upload, foreign=(400,)),)),
    "communities:template": Route(STAFF, lambda rows: {"kind": "communities"}),
    "communities:import": Route(PLACE, _uid("source")),
    "communities:import_errors": Route(PLACE, _uid("source")),
    "communities:import_progress": Route(PLACE, _uid("source")),
    "communities:import_read": Route(None, _uid("source"), (Write(CLERK),)),
    "communities:import_mend": Route(None, _uid("source"), (Write(CLERK, lambda rows: {"cell-2-1": "81"}),)),
    "communities:import_mend_all": Route(
        None, _uid("source"), (Write(CLERK, lambda rows: {"column": "1", "found": "80", "text": "82"}),)
    ),
    "communities:import_apply": Route(None, _uid("source"), (Write(CLERK),)),
    "communities:import_stop": Route(None, _uid("source"), (Write(CLERK, done=REFUSED),)),
    "communities:import_undo": Route(None, _uid("source"), (Write(CLERK, done=REFUSED),)),
    "communities:import_cancel": Route(None, _uid("source"), (Write(CLERK),)),
    "api:import-list": Route(STAFF, write=(Write(CLERK, upload, foreign=(400,)),)),
    "api:import-export": Route(STAFF),
    "api:import-detail": Route(PLACE, _uid("source")),
    "api:import-rows": Route(PLACE, _uid("source")),
    "api:import-read": Route(None, _uid("source"), (Write(CLERK),)),
    "api:import-mend": Route(None, _uid("source"), (Write(CLERK, _mended),)),
    "api:import-apply": Route(None, _uid("source"), (Write(CLERK),)),
    "api:import-stop": Route(None, _uid("source"), (Write(CLERK, done=REFUSED),)),
    "api:import-undo": Route(None, _uid("source"), (Write(CLERK, done=REFUSED),)),
    "api:import-cancel": Route(None, _uid("source"), (Write(CLERK),)),
}
