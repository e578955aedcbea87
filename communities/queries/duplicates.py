"""Communities that look like one (JX-02: 不重不漏)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from django.db.models import QuerySet

from communities.models import Community, DuplicatePair
from offices.models import Division, User

# Fields in which two rows may agree, with their labels, in the order of the screen.
COMPARED = {
    "name": "小区名称",
    "address": "位置",
    "built": "建成时间",
    "building_count": "栋数",
    "household_count": "户数",
    "floor_area": "建筑面积",
    "property_right": "产权性质",
    "property_unit": "原产权单位",
}
FIGURES = ("address", "built", "building_count", "household_count", "floor_area")
MOST_AT_ONCE = 12  # a larger group is shown as a chain of neighbours: a hundred rows alike are no 4,950 questions


@dataclass(frozen=True)
class Likeness:
    """Two communities (ids in order) and the fields in which they agree."""

    first: int
    second: int
    agreeing: tuple[str, ...]


@dataclass(frozen=True)
class Portrait:
    """What is compared of a community; None and blank agree with nothing."""

    pk: int
    county: int | None
    name: str
    address: str
    built: tuple[int | None, int | None] | None
    building_count: int | None
    household_count: int | None
    floor_area: object
    property_right: str
    property_unit: str

    def agreeing(self, other: "Portrait") -> tuple[str, ...]:
        """Fields in which both hold the same known value."""
        return tuple(
            field for field in COMPARED if getattr(self, field) and getattr(self, field) == getattr(other, field)
        )


def find_duplicates(division: Division) -> list[Likeness]:
    """Pairs below ``division`` in one county that share their folded name, or address, built years, buildings, households and area.

    One query and one pass: rows are put into groups by what they must share, never compared each with each.
    """
    return _pairs(_portraits(division))


def _portraits(division: Division) -> list[Portrait]:
    rows = (
        Community.objects.public()
        .filter(**{division.column: division.pk})
        .order_by("pk")
        .values_list(
            "pk",
            "county_id",
            "name_key",
            "address_key",
            "built_from",
            "built_to",
            "building_count",
            "household_count",
            "floor_area",
            "property_right",
            "property_unit",
        )  # fmt: skip
    )
    return [
        Portrait(pk, county, name, address, (start, end) if start else None, *rest)  # type: ignore[arg-type]
        for pk, county, name, address, start, end, *rest in rows.iterator(chunk_size=5000)
    ]


def _pairs(portraits: Iterable[Portrait]) -> list[Likeness]:
    groups: dict[tuple[object, ...], list[Portrait]] = defaultdict(list)
    for item in portraits:
        if item.name:
            groups["name", item.county, item.name].append(item)
        figures = tuple(getattr(item, field) for field in FIGURES)
        if all(figures):
            groups["figures", item.county, *figures].append(item)
    found: dict[tuple[int, int], Likeness] = {}
    for group in groups.values():
        for one, other in _couples(group):
            first, second = sorted((one, other), key=lambda item: item.pk)
            found[first.pk, second.pk] = Likeness(first.pk, second.pk, first.agreeing(second))
    return [found[key] for key in sorted(found)]


def _couples(group: Sequence[Portrait]) -> Iterable[tuple[Portrait, Portrait]]:
    return combinations(group, 2) if len(group) <= MOST_AT_ONCE else pairwise(group)


def duplicate_queue(user: User) -> QuerySet[DuplicatePair]:
    """Open pairs that the user sees, oldest first."""
    pairs = DuplicatePair.objects.visible_to(user).open()
    return pairs.select_related("first__division", "second__division").order_by("pk")


def duplicates_of(community: Community) -> list[tuple[DuplicatePair, Community]]:
    """Open pairs of one community, each with the other half."""
    pairs = DuplicatePair.objects.open().select_related("first__division", "second__division")
    both = [*pairs.filter(first=community), *pairs.filter(second=community)]
    return [(pair, pair.second if pair.first_id == community.pk else pair.first) for pair in both]


def labels(agreeing: Iterable[str]) -> list[str]:
    """Labels of agreeing fields for the screen."""
    return [COMPARED[field] for field in agreeing if field in COMPARED]
