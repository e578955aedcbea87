"""What of the interface will end: declared once, said in every answer that it touches (Deprecation, RFC 9745; Sunset, RFC 8594) and in the
OpenAPI document. An address ends a year after it was declared at the earliest, and only in ``/api/v2/``; ``/api/v1/`` gets columns, never
loses one.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import format_datetime

LEAST = dt.timedelta(days=365)


@dataclass(frozen=True)
class Ending:
    """``what`` is ``projects`` (a resource) or ``projects.works`` (a column of it); ``instead`` says in Chinese what to use."""

    what: str
    since: dt.date
    until: dt.date
    instead: str

    @property
    def resource(self) -> str:
        """The resource that it touches."""
        return self.what.partition(".")[0]

    @property
    def column(self) -> str:
        """The column; empty where the whole resource ends."""
        return self.what.partition(".")[2]


_ENDINGS: list[Ending] = []


def declare(ending: Ending) -> None:
    """Say that something ends. ValueError where callers get less than a year."""
    if ending.until - ending.since < LEAST:
        raise ValueError(f"{ending.what} ends less than a year after it was said")
    _ENDINGS.append(ending)


def touching(path: str, fields: str | None = None) -> Iterator[Ending]:
    """What ends of an answer: by the address below ``/api/v1/``, and by the columns that were picked (None: all)."""
    parts = path.removeprefix("/api/v1/").split("/")
    for ending in _ENDINGS:
        picked = fields is None or not ending.column or ending.column in {name.strip() for name in fields.split(",")}
        if ending.resource == parts[0] and picked:
            yield ending


def headers(path: str, fields: str | None = None) -> dict[str, str]:
    """The headers of an answer: the earliest of both days, and where it is written down."""
    found = list(touching(path, fields))
    if not found:
        return {}
    since, until = (_moment(min(getattr(ending, name) for ending in found)) for name in ("since", "until"))
    return {
        "Deprecation": f"@{int(since.timestamp())}", "Sunset": format_datetime(until, usegmt=True),
        "Link": '</api/v1/deprecations/>; rel="deprecation"; type="application/json"',
    }  # fmt: skip


def endings() -> tuple[Ending, ...]:
    """All that is declared, the next to end first."""
    return tuple(sorted(_ENDINGS, key=lambda ending: (ending.until, ending.what)))


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
