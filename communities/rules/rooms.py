"""When two rooms are one: building, unit and room under different spellings. Pure functions on texts."""

import re
import unicodedata
from functools import lru_cache

_BUILDING = re.compile(r"(号楼|号栋|栋楼|幢楼|栋|幢|楼|座|号)$")
_UNIT = re.compile(r"(单元|梯|门)$")
_ROOM = re.compile(r"(号房|室|号|房|户)$")
_GROUPS = re.compile(r"[^\W_]+")
_DIGITS = {sign: str(number) for number, sign in enumerate("零一二三四五六七八九")} | {"〇": "0", "两": "2"}
_CHINESE = re.compile(r"[零〇一二两三四五六七八九十]+")
RoomKey = tuple[str, tuple[str, ...]]


def _number(found: re.Match[str]) -> str:
    text = found.group()
    if "十" not in text:
        return "".join(_DIGITS[sign] for sign in text)
    tens, _, ones = text.partition("十")
    return (_DIGITS.get(tens, "1") + _DIGITS.get(ones, "0")) if len(tens) < 2 and len(ones) < 2 else text


def _plain(text: str, ending: re.Pattern[str]) -> str:
    """Half width, lower case, Chinese numbers as digits, the word at the end left off."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return ending.sub("", _CHINESE.sub(_number, folded)) or folded


@lru_cache(maxsize=65_536)  # a roll names a building thousands of times
def _groups(text: str, ending: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(group.lstrip("0") or "0" for group in _GROUPS.findall(_plain(text, ending)))


def unit_key(unit: str) -> tuple[str, ...]:
    """１单元, 一单元 and 1 agree."""
    return _groups(unit, _UNIT)


@lru_cache(maxsize=65_536)
def _room(room: str) -> tuple[str, ...]:
    return _groups(re.sub(r"(单元|号楼|栋|幢)", "-", room), _ROOM)


def room_key(building: str, unit: str, room: str) -> RoomKey:
    """(building, unit and room) as they are compared: 1号楼 一单元 １０１室, 1栋 1 101 and 1幢 "" 1-101 agree; 1-101 and 1101 don't."""
    house = _groups(building, _BUILDING)
    units, rooms = unit_key(unit), _room(room)
    if len(rooms) > 2 and rooms[: len(house)] == house:
        rooms = rooms[len(house) :]  # 1-2-101 in 1号楼
    if units and len(rooms) > len(units) and rooms[: len(units)] == units:
        rooms = rooms[len(units) :]  # 2-101 in 2单元
    return "-".join(house), (*units, *rooms)


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """For sorting: 2号楼 before 10号楼."""
    parts = re.findall(r"\d+|\D+", unicodedata.normalize("NFKC", text))
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts)
