"""What the documents over a place say that one of its bodies answers for (LZ-25, YL-13, RC-25). Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from policies.layers import Layers
from policies.model import BodyDuty, Document


@dataclass(frozen=True)
class Charge:
    """One duty in the document's own words."""

    document: Document
    duty: BodyDuty


def charges(layers: Layers, *, level: str, kinds: Collection[str], unlevelled: Collection[str]) -> tuple[Charge, ...]:
    """Duties of a body of these kinds at a level, the lowest document first. ``unlevelled``: kinds of utilities."""
    found = []
    for book in layers.books:
        for duty in (*book.bodies.bodies, *book.bodies.duties_elsewhere) if book.bodies else ():
            if _meant(duty, level, kinds, unlevelled):
                found.append(Charge(book.document, duty))
    return tuple(found)


def _meant(duty: BodyDuty, level: str, kinds: Collection[str], unlevelled: Collection[str]) -> bool:
    if duty.kind == "all":
        return True
    utility = bool(set(kinds) & set(unlevelled))
    if duty.level == "unit":
        return utility and (duty.kind == "utility" or duty.kind in kinds)
    levels = {"each": {"province", "city", "county"}, "city_and_county": {"city", "county"}}.get(
        duty.level, {duty.level}
    )
    return level in levels and duty.kind in kinds
