"""Sessions in the database that know whose they are (``SESSION_ENGINE``)."""

import datetime as dt
import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from offices.models import StaffSession

SINCE, DEVICE = "since", "device"
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
    """Django's own, writing the user into a column beside the data."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:
        """The table."""
        return StaffSession

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:
        """A row of the table."""
        row: StaffSession = super().create_model_instance(data)  # type: ignore[assignment]
        user, since = data.get("_auth_user_id"), data.get(SINCE)
        row.user_id = int(user) if user else None
        row.since = dt.datetime.fromisoformat(since) if user and since else None
        row.device = str(data.get(DEVICE, ""))[:40] if user else ""
        return row
