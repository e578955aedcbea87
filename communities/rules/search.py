"""How a name is found: folded text, pinyin and initials. Pure functions on texts."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_NOISE = re.compile(r"[\W_]+")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(f"([{_HAN}]+)|[^{_HAN}]+")


def fold(text: str) -> str:
    """``text`` for comparing: full width to half width, lower case, no blanks and no punctuation (号、２号 and 号2号 agree)."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def words(text: str) -> list[str]:
    """Folded words of a search text, split where the searcher put blanks."""
    found = (fold(part) for part in unicodedata.normalize("NFKC", text).split())
    return [word for word in found if word]


@lru_cache(maxsize=16_384)
def _sound(run: str) -> tuple[str, str]:
    return "".join(lazy_pinyin(run)), "".join(lazy_pinyin(run, style=Style.FIRST_LETTER))


@lru_cache(maxsize=4096)
def pinyin(text: str) -> tuple[str, str]:
    """(full pinyin, initials) of the folded text: 建行 → (``jianhang``, ``jh``).

    Sounds depend on the neighbours within a run of Han characters and never across digits: a register says 人民路 a thousand times.
    """
    sounds = [_sound(run[0]) if run[1] else (run[0], run[0]) for run in _RUNS.finditer(fold(text))]
    return "".join(full for full, _ in sounds), "".join(initials for _, initials in sounds)


def search_text(texts: Iterable[str]) -> str:
    """What a search looks into: each text folded, its pinyin and its initials, one after another."""
    parts: list[str] = []
    for text in texts:
        if folded := fold(text):
            parts += [folded, *pinyin(folded)]
    return " ".join(dict.fromkeys(parts))
