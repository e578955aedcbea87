"""日历订阅: a secret address by which a calendar program reads one person's deadlines. Only its hash is kept; a new one ends the old."""

import datetime as dt
import secrets

from django.db import transaction

from offices.history import record
from offices.keys import digest
from offices.models import CalendarFeed, User


@transaction.atomic
def make_feed(*, by: User, at: dt.datetime) -> tuple[CalendarFeed, str]:
    """A new address and its secret, which is never shown again; the one before opens nothing any more."""
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # two at once: one live address at the end
    CalendarFeed.objects.filter(user=by, revoked_at__isnull=True).update(revoked_at=at, updated_at=at)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, digest=digest(secret), created_at=at, updated_at=at)
    record(by=by, at=at, action="feed.make", subject=feed)
    return feed, secret


@transaction.atomic
def revoke_feed(*, by: User, at: dt.datetime) -> int:
    """The address opens nothing from now on. Returns how many were live."""
    live = CalendarFeed.objects.select_for_update(of=("self",)).filter(user=by, revoked_at__isnull=True)
    for feed in live:
        record(by=by, at=at, action="feed.revoke", subject=feed)
    return live.update(revoked_at=at, updated_at=at)


def reader_of(secret: str, *, at: dt.datetime) -> User | None:
    """Whose calendar a secret opens; None for a wrong or revoked one, and for who left."""
    feed = CalendarFeed.objects.filter(digest=digest(secret), revoked_at__isnull=True).select_related("user").first()
    if feed is None or not feed.user.is_active:
        return None
    if feed.last_used_at is None or at - feed.last_used_at > dt.timedelta(hours=1):
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=at)
    return feed.user


def live_feed(user: User) -> CalendarFeed | None:
    """The address in force."""
    return CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).first()
