"""Kinds of question about who pays for what (the others stand in ``policies.kinds``, which lists these too)."""

from typing import Literal

from pydantic import Field, model_validator

from policies.model import Frozen


class Payers(Frozen):
    """Who pays for which content (RC-05, CZ-07). A row that names an item goes before a row that names its class.

    ``only``: no other kind of source may pay. ``mainly``: these pay the larger part. ``ratio``: owners carry a ratio that the text
    leaves open and that is entered. ``open``: the text names sources without closing the list.
    """

    class Row(Frozen):
        """Classes or items of the catalogue, the kinds of source, and the document's words for it."""

        classes: tuple[str, ...] = ()
        items: tuple[str, ...] = ()
        how: Literal["only", "mainly", "ratio", "open"]
        sources: tuple[str, ...] = Field(min_length=1)
        words: str

    rows: tuple[Row, ...] = Field(min_length=1)


class RingFence(Frozen):
    """Money is kept apart by source, project and use, and pays for nothing else. ``sources`` empty: all money."""

    sources: tuple[str, ...] = ()


class SourceUse(Frozen):
    """What a kind of source pays for: classes of the catalogue (in the document's words) or works.

    ``only``: for nothing else (``with_reason``: the list is open, 等: a recorded reason says why other works belong to it).
    ``mainly``: for this first; what it pays beside is shown.
    """

    sources: tuple[str, ...] = Field(min_length=1)
    classes: tuple[str, ...] = ()
    works: tuple[Literal["water", "power", "road", "gas", "elevator"], ...] = ()
    how: Literal["only", "mainly"]
    with_reason: bool = False

    @model_validator(mode="after")
    def _something(self) -> "SourceUse":
        if not self.classes and not self.works:
            raise ValueError("classes 与 works 至少写一个")
        return self


class Settlement(Frozen):
    """What the county owes after the reviewed settlement: (settlement − ``off``) × ratio entered."""

    off: tuple[Literal["upper_subsidies", "other_contributions"], ...]


class Contributors(Frozen):
    """Who is to put money in beside the treasury and the residents: ``sources`` are the kinds of source by which they do."""

    who: Literal["utility", "public_unit", "original_unit"]
    sources: tuple[str, ...] = Field(min_length=1)


class Cluster(Frozen):
    """A project that is bound together with other areas: ``keeps_out`` are the kinds of source that never pay there."""

    keeps_out: tuple[str, ...] = Field(min_length=1)
