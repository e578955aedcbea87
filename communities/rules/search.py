"""How a name is found: folded text, pinyin and initials. Pure functions on texts."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_NOISE = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """``text`` for comparing: full width to half width, lower case, no blanks and no punctuation (号、２号 and 号2号 agree)."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def words(text: str) -> list[str]:
    """Folded words of a search text, split where the searcher put blanks."""
    found = (fold(part) for part in unicodedata.normalize("NFKC", text).split())
    return [word for word in found if word]


@lru_cache(maxsize=4096)
def pinyin(text: str) -> tuple[str, str]:
    """(full pinyin, initials) of the folded text: 建行 → (``jianhang``, ``jh``)."""
    folded = fold(text)
    return "".join(lazy_pinyin(folded)), "".join(lazy_pinyin(folded, style=Style.FIRST_LETTER))


def search_text(texts: Iterable[str]) -> str:
    """What a search looks into: each text folded, its pinyin and its initials, one after another."""
    parts: list[str] = []
    for text in texts:
        if folded := fold(text):
            parts += [folded, *pinyin(folded)]
    return " ".join(dict.fromkeys(parts))
