"""Cells mended in the preview: laid over the table each time it is read, so that they outlive another choice of columns or units."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

Mends = Mapping[str, Mapping[str, str]]
SHOWN = 8


def mend_cells(number: int, cells: list[str], mends: Mends) -> list[str]:
    """The cells of a row with the mended ones in it (changed in place)."""
    if mends:
        for column, text in mends.get(str(number), {}).items():
            index = int(column)
            cells += [""] * (index + 1 - len(cells))
            cells[index] = text
    return cells


@dataclass(frozen=True)
class Repeated:
    """One problem that stands in several rows with the same text: mended once for all of them."""

    index: int
    label: str
    text: str
    message: str
    count: int
    options: tuple[str, ...] = field(default=())

    @property
    def likely(self) -> str:
        """The option that the text most likely means; "" where none is near."""
        starts = [option for option in self.options if option.startswith(self.text) or self.text.startswith(option)]
        near = starts or difflib.get_close_matches(self.text, self.options, 1, 0.5)
        return near[0] if near else ""


def repeated(found: Iterable[tuple[int, str, str, str]], options: Mapping[int, Sequence[str]]) -> list[Repeated]:
    """(column index, label, text, message without its cell) of each problem → those that stand more than once, the most frequent first."""
    counted = Counter(found)
    return [
        Repeated(index, label, text, message, count, tuple(options.get(index, ())))
        for (index, label, text, message), count in counted.most_common(SHOWN)
        if count > 1
    ]
