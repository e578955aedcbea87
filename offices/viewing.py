"""Which division and year the staff member is looking at: chosen in the top bar, kept in the session."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from offices.clock import today
from offices.models import Division, User

DIVISION_KEY = "view_division"
YEAR_KEY = "view_year"
FIRST_YEAR = 2019  # the national programme's first year; no document here plans an earlier one
CHOOSABLE = ("province", "city", "county", "functional_zone", "street")
MOST_CHOICES = 300
# What a page goes back to after a switch names none of these: the new choice would be overruled by the old address.
OVERRULING = ("division", "year", "page", "day")

# What every page says beside the divisions is read in their query. Who knows it tells it here at start-up: where the live work is
# (projects: a day to an expression of the plan year, of ``OuterRef("pk")``), and what waits (the workspace: to counts by name).
DefaultYear = Callable[[dt.date], Any]
Counts = Callable[[User, dt.date], dict[str, Any]]
_default_year: list[DefaultYear] = []  # one at most
_counts: list[Counts] = []


def register_default_year(find: DefaultYear) -> None:
    """The year in view of whoever chose none."""
    _default_year[:] = [find]


def register_counts(find: Counts) -> None:
    """What the frame counts."""
    _counts[:] = [find]


def choosable_divisions(user: User) -> list[Division]:
    """Divisions that the user may look at, uppermost first (one query)."""
    return _uppermost_first(_choosable(user))


def _choosable(user: User) -> QuerySet[Division]:
    return Division.objects.visible_to(user).filter(kind__in=CHOOSABLE).order_by("pk")


def _uppermost_first(rows: QuerySet[Division]) -> list[Division]:
    return sorted(rows[:MOST_CHOICES], key=lambda row: (CHOOSABLE.index(row.kind), row.code or "999999", row.pk))


def choosable_years(today: dt.date) -> list[int]:
    """Plan years, next year first: a plan is declared in the year before."""
    return list(range(today.year + 1, FIRST_YEAR - 1, -1))


def choices_of(request: HttpRequest) -> list[Division]:
    """The divisions of the top bar, read once a request; with each its ``live_year``, with the first what waits for the user."""
    user, kept = request.user, vars(request)
    if not isinstance(user, User):
        return []
    if "_choices" not in kept:
        years, kept["_counts"] = {"live_year": _default_year[0](today())} if _default_year else {}, _counted(user)
        kept["_choices"] = _uppermost_first(_choosable(user).annotate(**years, **kept["_counts"]))
    found: list[Division] = kept["_choices"]
    return found


def _counted(user: User) -> dict[str, Any]:
    return {name: Coalesce(number, 0) for find in _counts for name, number in find(user, today()).items()}


def counts_in_view(request: HttpRequest) -> dict[str, int]:
    """What waits for the user, by name: read with his divisions, by itself for a user without any."""
    rows, user = choices_of(request), request.user
    if not isinstance(user, User):
        return {}
    counts: dict[str, Any] = vars(request)["_counts"]  # made with the rows; the expressions take as long as the query
    if rows:
        return {name: getattr(rows[0], name) for name in counts}
    found: Any = User.objects.filter(pk=user.pk).values(**counts).get() if counts else {}
    return dict(found)


def division_in_view(request: HttpRequest) -> Division | None:
    """The division chosen, else the uppermost of the user's scope; None for a user without any. Always within his scope."""
    rows = choices_of(request)
    if not rows:
        return None
    chosen = request.session.get(DIVISION_KEY)
    return next((row for row in rows if str(row.uid) == chosen), rows[0])


def chosen_year(request: HttpRequest) -> int | None:
    """The year chosen in the top bar; None before any choice."""
    year = request.session.get(YEAR_KEY)
    return year if isinstance(year, int) else None


def year_in_view(request: HttpRequest, today: dt.date) -> int:
    """The year chosen, else the one with live work in the division in view: the top bar and every page say the same."""
    year: int | None = chosen_year(request) or getattr(division_in_view(request), "live_year", None)
    return year or today.year


def choose(request: HttpRequest, *, division: str, year: str, today: dt.date) -> None:
    """Keep the choice of the top bar; what is not a choice is left as it was."""
    if isinstance(request.user, User):
        try:
            uid = uuid.UUID(division)
        except ValueError:
            uid = None
        if uid and any(row.uid == uid for row in choosable_divisions(request.user)):
            request.session[DIVISION_KEY] = str(uid)
    vars(request).pop("_choices", None)
    if year.isascii() and year.isdigit() and len(year) == 4 and int(year) in choosable_years(today):
        request.session[YEAR_KEY] = int(year)


def path_without_choice(path: str) -> str:
    """A page's own path without what would overrule a new choice of division and year."""
    parts = urlsplit(path)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in OVERRULING]
    return urlunsplit(parts._replace(query=urlencode(kept)))
