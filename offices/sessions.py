"""Sessions in the database that know whose they are, and end (``SESSION_ENGINE``).

A member of staff is signed out ``SESSION_IDLE_SECONDS`` after his last act and ``SESSION_COOKIE_AGE`` after he signed in: the row says
when, the cookie only carries its key. A resident's visit lasts as it did: it has no user.
"""

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from offices.models import StaffSession

SINCE, DEVICE = "since", "device"
OFTEN = dt.timedelta(minutes=1)  # a click writes no more often than this
SYSTEMS = (
    ("HarmonyOS", "鸿蒙"), ("Android", "安卓手机"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows 电脑"),
    ("Macintosh", "Mac 电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip
BROWSERS = (
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("QQBrowser", "QQ浏览器"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip


def device(agent: str) -> str:
    """A browser in a few words, by which its owner knows it again; nothing else of it is kept."""
    found = [next((word for sign, word in each if re.search(sign, agent)), "") for each in (SYSTEMS, BROWSERS)]
    return "，".join(filter(None, found)) or "其他设备"


class SessionStore(DatabaseStore):
    """Django's own, writing the user into a column beside the data.

    ``lapsed``: the browser's key was of somebody's session that has ended by time, or of none that is there.
    """

    lapsed = False
    until: dt.datetime | None = None

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        """The table."""
        return StaffSession

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        """A row of the table."""
        row: StaffSession = super().create_model_instance(data)  # type: ignore[assignment]
        user, since = data.get(SESSION_KEY), data.get(SINCE)
        row.user_id = int(user) if user else None
        row.since = dt.datetime.fromisoformat(since) if user and since else None
        row.device = str(data.get(DEVICE, ""))[:40] if user else ""
        return row

    def get_expiry_date(self, **kwargs: Any) -> dt.datetime:
        """When the row ends: a member of staff's after so long without an act, and in any case so long after the sign-in."""
        if not self.get(SESSION_KEY):
            return super().get_expiry_date(**kwargs)
        found = super().get_expiry_date(**{"expiry": settings.SESSION_IDLE_SECONDS, **kwargs})
        if not self.get(SINCE):
            return found
        begun = dt.datetime.fromisoformat(self[SINCE]) - settings.CLOCK_OFFSET
        return min(found, begun + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))

    def go_on(self) -> None:
        """Somebody has acted: his session lasts on from now. Written once a minute."""
        if self.modified or self.until is None or not self.get(SESSION_KEY):
            return  # what was changed is written with its new end anyway
        until = self.get_expiry_date()
        if until - self.until >= OFTEN:
            self.model.objects.filter(session_key=self.session_key).update(expire_date=until)

    def _get_session_from_db(self) -> StaffSession | None:
        row: StaffSession | None = super()._get_session_from_db()  # type: ignore[misc]
        self.lapsed, self.until = row is None, row.expire_date if row else None
        return row
