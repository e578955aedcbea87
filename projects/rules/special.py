"""What changed between two versions of a special plan (LZ-28). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TEXTS: Mapping[str, str] = {"title": "名称", "first_year": "规划期起", "last_year": "规划期止"}


@dataclass(frozen=True)
class Difference:
    """Names of communities that came in and went out, and what the plan says of itself: label, before, after."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    texts: tuple[tuple[str, str, str], ...]

    @property
    def empty(self) -> bool:
        """Nothing differs."""
        return not (self.added or self.removed or self.texts)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Contents as they stand in versions: title, first_year, last_year, communities (uid, name). A renamed community stays the same one."""
    old = {row["uid"]: row["name"] for row in before["communities"]}
    new = {row["uid"]: row["name"] for row in after["communities"]}
    return Difference(
        added=tuple(name for uid, name in new.items() if uid not in old),
        removed=tuple(name for uid, name in old.items() if uid not in new),
        texts=tuple(
            (label, str(before[key]), str(after[key])) for key, label in TEXTS.items() if before[key] != after[key]
        ),
    )
