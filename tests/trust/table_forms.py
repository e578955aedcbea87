"""The route table of what is taken along: whoever sees a thing may have its form, whoever sees a list the list."""

from typing import Any

from tests.trust.route import PLACE, STAFF, Args, Route
from tests.trust.rows import Rows


def _form(kind: str, name: str) -> Args:
    def args(rows: Rows) -> dict[str, Any]:
        return {"kind": kind, "uid": getattr(rows, name).uid, "form": "xlsx"}

    return args


FORMS: dict[str, Route] = {
    "offices:form": Route(PLACE, _form("plan", "draft")),
    "communities:export": Route(STAFF),
    "projects:export": Route(PLACE, query=lambda rows: {"division": str(rows.county.uid)}),
    "projects:projects_export": Route(STAFF),
    "offices:form#case": Route(PLACE, _form("case", "case")),
}
