"""How close a name is to what somebody typed with a slip: one sign wrong, missing or too many, another sign of the same sound."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from communities.rules.search import fold, pinyin

LONGEST = 24  # signs that are compared; whoever types more has typed a sentence
PIECES = 8
TYPO, SOUND, SHORTENED = 2, 1, 3  # what a slip, a sign of the same sound and a part left out cost; smaller is closer
_PLACE = re.compile(r"^(?:[^省市区县镇乡]{2,7}(?:省|市|(?<!小)区|县|镇|乡|街道))+")
_TAIL = re.compile(r"(?:小区|社区|家属院|家属楼|住宅楼|宿舍楼|宿舍|大院)$")
_HAN_NUMBER = re.compile("[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")
_NUMBER = re.compile(r"(?<!\d)[1-9]\d?(?!\d)")
_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True)
class Form:
    """One way to read what was typed; ``cost``: what was changed to get there. ``sound``: its pinyin, itself where it is Latin."""

    text: str
    sound: str
    cost: int


def forms_of(text: str) -> tuple[Form, ...]:
    """Ways to read a search text: as it is; without the place before it, without 小区 or 家属院 behind it, 三号院 for 3号院."""
    whole = fold(text)[:LONGEST]
    bare = _PLACE.sub("", whole)
    found = {whole: 0}
    found.setdefault(_numbers(whole), SOUND)
    for part in (bare, _TAIL.sub("", whole), _TAIL.sub("", bare)):
        found.setdefault(part, SHORTENED)
    return tuple(Form(part, pinyin(part)[0], cost) for part, cost in found.items() if len(part) >= 2)


def _numbers(text: str) -> str:
    """Digits in place of Han numbers, or the other way round; at most two places each (一 to 九十九)."""
    if _NUMBER.search(text):
        return _NUMBER.sub(lambda found: _in_han(int(found[0])), text)
    return _HAN_NUMBER.sub(lambda found: str(_in_digits(found[0])), text)


def _in_han(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def _in_digits(text: str) -> int:
    head, ten, tail = text.rpartition("十")
    return (_DIGITS.index(head) if head else 1) * 10 * bool(ten) + (_DIGITS.index(tail) if tail else 0)


def pieces_of(text: str) -> tuple[str, ...]:
    """Parts of which one at least stands unharmed in what was meant, if one sign of ``text`` is wrong; at most ``PIECES``."""
    if text.isascii():
        half = len(text) // 2
        found = [text[:half], text[half:]] if half > 1 else []
    else:
        size = 1 if len(text) < 4 else 2
        found = [text[start : start + size] for start in range(len(text) - size + 1)]
    step = max(1, -(-len(found) // PIECES))
    return tuple(dict.fromkeys(found[::step]))


def distance(needle: str, text: str, most: int) -> int:
    """The fewest signs to change, add or leave out in ``needle`` so that it stands somewhere in ``text``; ``most`` + 1 for more."""
    above = [0] * (len(text) + 1)
    for number, sign in enumerate(needle, start=1):
        row = [number]
        for column, other in enumerate(text, start=1):
            row.append(min(above[column - 1] + (sign != other), above[column] + 1, row[-1] + 1))
        if min(row) > most:
            return most + 1
        above = row
    return min(above)


def _slips(length: int, *, latin: bool) -> int:
    """How many slips are still the same name."""
    few, many = (5, 10) if latin else (3, 6)
    return 0 if length < few else 1 if length < many else 2


def cost_of(forms: Sequence[Form], parts: Sequence[str]) -> int | None:
    """How far a community is from what was typed; None where it is something else.

    ``parts``: its names and address, folded, and their pinyin (the words of its ``search_text``).
    """
    costs = [cost for form in forms for part in parts if (cost := _cost(form, part)) is not None]
    return min(costs, default=None)


def _cost(form: Form, part: str) -> int | None:
    latin = part.isascii()
    if latin and not form.sound.isascii():
        return None
    needle, extra = (form.sound, 0 if form.text.isascii() else SOUND) if latin else (form.text, 0)
    if needle in part:
        return form.cost + extra
    most = 0 if form.cost else _slips(len(needle), latin=latin)
    if latin and not form.text.isascii():
        most = min(most, len(form.text) // 3, 1)  # one letter of the sound: sh and s, ng and n
    if len(part) < len(needle) - most or not most:
        return None
    found = distance(needle, part, most)
    return None if found > most else form.cost + extra + TYPO * found
