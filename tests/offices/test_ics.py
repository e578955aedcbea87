"""Calendar files, read back by a reader of their own that follows RFC 5545 and knows nothing of the writer."""

import datetime as dt
import re

from hypothesis import given
from hypothesis import strategies as st

from offices.ics import Event, calendar_file

AT = dt.datetime(2026, 11, 21, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SIGNS = {"n": "\n", "N": "\n"}


def read(text: str) -> list[tuple[str, dict[str, str], str]]:
    """(name, parameters, raw value) of each content line; every line is checked as it lies on the wire."""
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    lines = text.removesuffix("\r\n").split("\r\n")
    for line in lines:
        assert 0 < len(line.encode()) <= 75
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", line)
    whole: list[str] = []
    for line in lines:
        if line[0] in " \t":
            whole[-1] += line[1:]
        else:
            whole.append(line)
    found = []
    for line in whole:
        head, _, value = line.partition(":")
        name, *parameters = head.split(";")
        assert re.fullmatch(r"[A-Z-]+", name)
        found.append((name, dict(part.split("=", 1) for part in parameters), value))
    return found


def text_of(raw: str) -> str:
    """A TEXT value."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", raw), raw
    return re.sub(r"\\(.)", lambda sign: SIGNS.get(sign[1], sign[1]), raw)


def events(text: str) -> list[dict[str, str]]:
    """Events with their values; alarms are counted under ``alarms``."""
    found: list[dict[str, str]] = []
    stack: list[str] = []
    for name, parameters, value in read(text):
        if name == "BEGIN":
            stack.append(value)
            if value == "VEVENT":
                found.append({"alarms": "0"})
            if value == "VALARM":
                found[-1]["alarms"] = str(int(found[-1]["alarms"]) + 1)
        elif name == "END":
            assert stack.pop() == value
        elif stack == ["VCALENDAR", "VEVENT"]:
            assert name not in found[-1], name
            found[-1][name] = value
            if name in {"DTSTART", "DTEND"}:
                assert parameters == {"VALUE": "DATE"}
        else:
            assert len(stack) == 1 or stack[-1] == "VALARM"
    assert not stack
    return found


def test_what_the_standard_asks_of_every_file() -> None:
    text = calendar_file("改造时限", [], at=AT)
    lines = {name: value for name, _, value in read(text)}
    assert text.startswith("BEGIN:VCALENDAR\r\n") and lines["VERSION"] == "2.0" and lines["PRODID"]
    assert events(text) == []


def test_an_event_says_its_day_its_title_and_when_it_changed() -> None:
    event = Event(
        "a@renovation", dt.date(2026, 12, 31), "完成；开工,一\\二", "第一行\n第二行", AT, "https://x/staff/", 3, (7, 1)
    )
    (found,) = events(calendar_file("x", [event], at=AT))
    assert found["UID"] == "a@renovation" and found["SEQUENCE"] == "3" and found["DTSTAMP"] == "20261121T003000Z"
    assert (found["DTSTART"], found["DTEND"]) == ("20261231", "20270101")
    assert text_of(found["SUMMARY"]) == "完成；开工,一\\二" and text_of(found["DESCRIPTION"]) == "第一行\n第二行"
    assert found["URL"] == "https://x/staff/" and found["alarms"] == "2"


@given(st.text(max_size=200), st.text(max_size=300))
def test_any_text_comes_back_as_it_was(title: str, words: str) -> None:
    event = Event("u", dt.date(2026, 1, 1), title, words, AT)
    try:
        (title + words).encode()
    except UnicodeEncodeError:
        return
    (found,) = events(calendar_file("x", [event], at=AT))
    plain = "".join(
        sign
        for sign in title.replace("\r\n", "\n").replace("\r", "\n")
        if sign in "\n\t" or sign >= " " and sign != "\x7f"
    )
    assert text_of(found["SUMMARY"]) == plain
