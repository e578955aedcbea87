"""Who has identified himself in this browser, for which vote, for how long: twenty minutes in the session, and nothing else of him."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest

MINUTES = 20
KEY, WAITING = "votes", "vote_codes"


@dataclass(frozen=True)
class Visit:
    """A resident within his twenty minutes. ``voter`` is None while a telephone of several voters has not said which."""

    voters: tuple[int, ...]
    voter: int | None
    code: int | None


def wait(request: HttpRequest, vote: UUID, *, phone: str, holder: str) -> None:
    """Remember to which number a code may have gone."""
    request.session[WAITING] = {**request.session.get(WAITING, {}), str(vote): {"phone": phone, "holder": holder}}


def waiting(request: HttpRequest, vote: UUID) -> dict[str, str] | None:
    """The number that a code may have gone to, with its key."""
    found: dict[str, str] | None = request.session.get(WAITING, {}).get(str(vote))
    return found


def stop_waiting(request: HttpRequest) -> None:
    """No number is remembered any more."""
    request.session.pop(WAITING, None)


def begin(request: HttpRequest, vote: UUID, *, voters: tuple[int, ...], code: int | None, at: dt.datetime) -> None:
    """Remember who came in. The session gets a new key: one that was planted before is worth nothing."""
    request.session.cycle_key()
    stop_waiting(request)
    _keep(
        request,
        vote,
        {"voters": list(voters), "code": code, "until": _until(at), "voter": voters[0] if len(voters) == 1 else None},
    )


def current(request: HttpRequest, vote: UUID, at: dt.datetime) -> Visit | None:
    """Who is in, for this vote; None after his time."""
    found = request.session.get(KEY, {}).get(str(vote))
    if found is None or dt.datetime.fromisoformat(found["until"]) <= at:
        return None
    return Visit(tuple(found["voters"]), found["voter"], found["code"])


def choose(request: HttpRequest, vote: UUID, voter: int) -> bool:
    """One of the voters that a telephone stands for; False where it is not among them."""
    found = request.session.get(KEY, {}).get(str(vote))
    if found is None or voter not in found["voters"]:
        return False
    _keep(request, vote, {**found, "voter": voter})
    return True


def end(request: HttpRequest, vote: UUID) -> None:
    """Nobody is in any more."""
    visits = dict(request.session.get(KEY, {}))
    if visits.pop(str(vote), None) is not None:
        request.session[KEY] = visits


def _until(at: dt.datetime) -> str:
    return (at + dt.timedelta(minutes=MINUTES)).isoformat()


def _keep(request: HttpRequest, vote: UUID, values: dict[str, Any]) -> None:
    request.session[KEY] = {**request.session.get(KEY, {}), str(vote): values}
