"""``plans/<uid>/companions/``: what departments and utilities plan beside the year's plan."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from projects.models import CompanionLine
from projects.queries.companions import companions_of


def _line(line: CompanionLine) -> dict[str, Any]:
    return {
        "uid": str(line.uid), "year": line.year, "kind": line.kind, "sector": line.sector, "unit": line.unit, "place": line.place,
        "nothing": line.nothing, "community": str(line.community.uid) if line.community else None, "works": line.works,
        "amount": None if line.amount is None else f"{line.amount:.2f}",
        "funds_on": line.funds_on.isoformat() if line.funds_on else None, "document_number": line.document_number,
        "checked": line.checked_by_id is not None, "agreed_reason": line.agreed_reason,
    }  # fmt: skip


class CompanionMixin:
    """One action of a plan."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def companions(self: Any, request: Request, uid: str) -> Response:
        """Lines beside each community of the plan, clashes marked; those that match nothing or another community. Money in yuan."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        view = companions_of(self.get_object())
        rows = [
            {
                "community": str(row.community.uid), "name": row.community.name, "absent": list(row.absent), "money": f"{row.money:.2f}",
                "lines": [{**_line(each.line), "clash": each.clash} for each in row.rows],
            }
            for row in view.rows
        ]  # fmt: skip
        others = {name: [_line(line) for line in getattr(view, name)] for name in ("unmatched", "nothing", "elsewhere")}
        return Response({"rows": rows, **others, "money": f"{view.money:.2f}"})
