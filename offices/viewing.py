"""Which division and year the staff member is looking at: chosen in the top bar, kept in the session."""

import datetime as dt
import uuid

from django.http import HttpRequest

from offices.models import Division, User

DIVISION_KEY = "view_division"
YEAR_KEY = "view_year"
FIRST_YEAR = 2019  # the national programme's first year; no document here plans an earlier one
CHOOSABLE = ("province", "city", "county", "functional_zone", "street")
MOST_CHOICES = 300


def choosable_divisions(user: User) -> list[Division]:
    """Divisions that the user may look at, uppermost first (one query)."""
    rows = Division.objects.visible_to(user).filter(kind__in=CHOOSABLE).order_by("pk")[:MOST_CHOICES]
    return sorted(rows, key=lambda row: (CHOOSABLE.index(row.kind), row.code or "999999", row.pk))


def choosable_years(today: dt.date) -> list[int]:
    """Plan years, next year first: a plan is declared in the year before."""
    return list(range(today.year + 1, FIRST_YEAR - 1, -1))


def division_in_view(request: HttpRequest, choices: list[Division] | None = None) -> Division | None:
    """The division chosen, else the uppermost of the user's scope; None for a user without any. Always within his scope."""
    user = request.user
    if not isinstance(user, User):
        return None
    rows = choosable_divisions(user) if choices is None else choices
    chosen = request.session.get(DIVISION_KEY)
    return next((row for row in rows if str(row.uid) == chosen), rows[0] if rows else None)


def chosen_year(request: HttpRequest) -> int | None:
    """The year chosen in the top bar; None before any choice."""
    year = request.session.get(YEAR_KEY)
    return year if isinstance(year, int) else None


def year_in_view(request: HttpRequest, today: dt.date) -> int:
    """The year chosen, else this year."""
    return chosen_year(request) or today.year


def choose(request: HttpRequest, *, division: str, year: str, today: dt.date) -> None:
    """Keep the choice of the top bar; what is not a choice is left as it was."""
    if isinstance(request.user, User):
        try:
            uid = uuid.UUID(division)
        except ValueError:
            uid = None
        if uid and any(row.uid == uid for row in choosable_divisions(request.user)):
            request.session[DIVISION_KEY] = str(uid)
    if year.isascii() and year.isdigit() and len(year) == 4 and int(year) in choosable_years(today):
        request.session[YEAR_KEY] = int(year)
