"""Whether a text that is to be published holds personal values (N-06). Pure functions on texts."""

import re
import unicodedata
from collections.abc import Iterable

_PATTERNS = (
    ("身份证件号码", re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")),
    ("手机号码", re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")),
)
SHORTEST_NAME = 2


def personal_in(text: str, known: Iterable[tuple[str, str]] = ()) -> list[str]:
    """What kind of personal values a text holds: numbers that look like one, and ``known`` values (label, value) of the person."""
    plain = unicodedata.normalize("NFKC", text)
    tight = re.sub(r"[\s\-—]", "", plain)
    found = [label for label, pattern in _PATTERNS if pattern.search(tight) or pattern.search(plain)]
    for label, value in known:
        folded = re.sub(r"[\s\-—]", "", unicodedata.normalize("NFKC", value))
        if len(folded) >= SHORTEST_NAME and folded in tight and label not in found:
            found.append(label)
    return found
