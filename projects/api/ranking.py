"""The ranking of a reserve as data: shares as numerator and denominator, every value with its clause and where it comes from."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from offices.clock import today
from offices.models import Division, User
from projects.api.serializers import citation
from projects.queries.ranking import Reserve
from projects.rules.ranking import Ranked
from rest.parameters import invalid
from rest.serializers import share


def asked(request: Request) -> tuple[Division, int]:
    """Division and year of the query. Raises Invalid for what is no county, Http404 for one that the caller does not see."""
    assert isinstance(request.user, User)
    text, year = request.query_params.get("division", ""), request.query_params.get("year", str(today().year))
    try:
        division = get_object_or_404(Division.objects.visible_to(request.user), uid=UUID(text))
    except ValueError as error:
        raise invalid("division", "请给出县（市、区）的 uid") from error
    if division.level in {"province", "city"}:
        raise invalid("division", "各县（市、区）分别排序：请给出县（市、区）的 uid")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise invalid("year", "应为四位年份")
    return division, int(year)


def _share(value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else share(value.numerator, value.denominator)


def data(view: Reserve) -> dict[str, Any]:
    """Criteria with weights, and the projects in their order."""
    held = view.weights
    return {
        "division": {"uid": str(view.division.uid), "name": view.division.name},
        "year": view.year,
        "weights": None if held is None else {"by": str(held.by), "at": held.at, "reason": held.reason},
        "weights_note": "" if held else "平台默认、文件未作规定",
        "criteria": [
            {"key": row.key, "words": row.words, "weight": view.in_force[row.key], "rule": citation(row.citation)}
            for row in view.criteria
        ],
        "projects": [_project(row) for row in view.ranked],
    }


def _project(row: Ranked) -> dict[str, Any]:
    return {
        "position": row.position, "uid": row.candidate.key, "name": row.candidate.name, "score": _share(row.score),
        "agreeing": _share(row.candidate.share),
        "values": [
            {
                "key": line.criterion.key, "score": _share(line.value.score), "words": line.value.words,
                "source": line.value.source, "adds": _share(line.adds),
            }
            for line in row.lines
        ],
    }  # fmt: skip
