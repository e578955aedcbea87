"""Calendars for other people's programs: RFC 5545 as text. Plain Python.

Days are whole days (``VALUE=DATE``), so that no time zone moves them. Lines end with CRLF and are folded at 75 octets, never within a
character.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDEST = 75  # octets of a line without its end (RFC 5545, 3.1)
PRODUCT = "-//renovation//laojiu xiaoqu gaizao//ZH"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Event:
    """Something on a day. ``uid`` stays the same as long as it is the same thing; ``sequence`` rises when it changes.

    ``remind``: days before on which a program reminds; none for what is past or done.
    """

    uid: str
    day: dt.date
    title: str
    text: str
    changed_at: dt.datetime
    url: str = ""
    sequence: int = 0
    remind: tuple[int, ...] = ()


def calendar_file(name: str, events: Iterable[Event], *, at: dt.datetime) -> str:
    """A VCALENDAR of the events, ``at`` being when it was made."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "X-WR-TIMEZONE:Asia/Shanghai",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for event in events:
        lines += _event(event, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(event: Event, at: dt.datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(event.uid)}"
    yield f"DTSTAMP:{_utc(at)}"
    yield f"LAST-MODIFIED:{_utc(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.day + DAY:%Y%m%d}"
    yield f"SUMMARY:{escaped(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{escaped(event.text)}"
    if event.url:
        yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    for days in event.remind:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{escaped(event.title)}"
        yield f"TRIGGER:-P{days}D"
        yield "END:VALARM"
    yield "END:VEVENT"


def escaped(text: str) -> str:
    """A TEXT value: backslash, semicolon, comma and line breaks by their signs; other control characters are left out."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(sign for sign in text if sign in "\n\t" or sign >= " " and sign != "\x7f")
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, written)
    return text


def folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets; those after the first begin with a space."""
    part, width = "", 0
    for sign in line:
        octets = len(sign.encode("utf-8"))
        if width + octets > WIDEST:
            yield part
            part, width = " ", 1
        part, width = part + sign, width + octets
    yield part


def _utc(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
