"""The route table of official forms: whoever sees the thing may take its form along."""

from typing import Any

from tests.trust.route import PLACE, Args, Route
from tests.trust.rows import Rows


def _form(kind: str, name: str) -> Args:
    def args(rows: Rows) -> dict[str, Any]:
        return {"kind": kind, "uid": getattr(rows, name).uid, "form": "xlsx"}

    return args


FORMS: dict[str, Route] = {
    "offices:form": Route(PLACE, _form("plan", "draft")),
    "offices:form#case": Route(PLACE, _form("case", "case")),
}
