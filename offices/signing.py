"""From a right password (or the city's identity provider) to a session: by the second factor where the account has or needs one.

In between stands a note in the session of nobody: whose password was right, until when. It opens the page of the code and of the
enrolment and nothing else, and lapses with a changed password or role.
"""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from offices import factors, sessions
from offices.models import StaffSession, User

BACKEND = "offices.backend.StaffBackend"
PENDING = "pending_sign_in"
LASTS = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Pending:
    """Whose password was right, and which page he asked for."""

    user: User
    target: str


def arrive(request: HttpRequest, user: User, *, at: dt.datetime, target: str, proven: bool = False) -> str:
    """Somebody has shown who he is: signed in, or asked for the second factor first. Where to go now.

    ``target``: the page asked for, checked here. ``proven``: the identity provider has asked for a second factor already.
    """
    target = target if url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) else ""
    factor = None if proven else factors.factor_of(user)
    if not proven and (factor or factors.needs(user)):
        request.session.cycle_key()
        request.session[PENDING] = {
            "user": user.pk, "hash": user.get_session_auth_hash(), "at": at.isoformat(), "target": target,
        }  # fmt: skip
        return reverse("offices:second_factor" if factor else "offices:enrol")
    return sign_in(request, user, at=at, target=target)


def pending(request: HttpRequest, at: dt.datetime) -> Pending | None:
    """Who is on his way in; None where nobody is, or it took too long, or his password, role or account changed meanwhile."""
    note = request.session.get(PENDING)
    if not note or not dt.timedelta(0) <= at - dt.datetime.fromisoformat(note["at"]) <= LASTS:
        return None
    user = User.objects.filter(pk=note["user"], is_active=True).first()
    if user is None or not constant_time_compare(note["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user, note["target"])


def sign_in(request: HttpRequest, user: User, *, at: dt.datetime, target: str = "") -> str:
    """The session begins. Where to go now: who was given his password changes it first."""
    request.session.pop(PENDING, None)
    auth.login(request, user, backend=BACKEND)
    request.session[sessions.SINCE] = at.isoformat()
    request.session[sessions.DEVICE] = sessions.device(request.headers.get("User-Agent", ""))
    return reverse("offices:password") if user.must_change_password else target or settings.LOGIN_REDIRECT_URL


def signed_in(user: User, at: dt.datetime) -> list[StaffSession]:
    """Where the person is signed in now, newest first. What a changed password or role has ended is not there."""
    rows = StaffSession.objects.filter(user=user, expire_date__gt=at - settings.CLOCK_OFFSET).order_by("-since", "pk")
    valid = user.get_session_auth_hash()
    return [row for row in rows if row.get_decoded().get(auth.HASH_SESSION_KEY) == valid]
