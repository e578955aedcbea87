"""Which division a row speaks of: county, street and neighbourhood columns, each optional, looked up below the table's division."""

from collections.abc import Iterable

from communities.imports.cells import Column, plain, words
from communities.imports.kinds import StagedRow
from offices.models import Division

LEVELS = ("place_county", "place_street", "place_neighbourhood")
PLACE_COLUMNS: tuple[Column, ...] = (
    Column(
        "place_county",
        "县（市、区）",
        ("县区", "县市区", "区县", "城区", "所属县区", "所属区县", "所在县区", "县", "区", "行政区"),
        words("place_county", 80),
        fill_down=True,
    ),
    Column(
        "place_street",
        "街道（乡镇）",
        ("街道", "乡镇", "街道乡镇", "街道办", "街道办事处", "所属街道", "所在街道", "镇街", "街镇"),
        words("place_street", 80),
        fill_down=True,
    ),
    Column(
        "place_neighbourhood",
        "社区",
        ("所属社区", "所在社区", "居委会", "社区居委会", "社区名称"),
        words("place_neighbourhood", 80),
        fill_down=True,
    ),
)


class Places:
    """Divisions below one, by name."""

    def __init__(self, division: Division) -> None:
        self.root = division
        self.by_name: dict[str, list[Division]] = {}
        for item in Division.objects.below(division):
            for name in {item.name, item.short_name} - {""}:
                self.by_name.setdefault(plain(name), []).append(item)

    def resolve(self, rows: Iterable[StagedRow]) -> None:
        """Set ``division`` and ``county`` (ids) and ``place`` (name, where the row names one); a place that is not below is an error.

        Rows in error are asked as well: the clerk sees all that is wrong at once.
        """
        for row in rows:
            if row.status == "skipped":
                continue
            place: Division | None = self.root
            for level in LEVELS:
                name = plain(row.values.get(level) or "")
                if name and place is not None:
                    place = self._below(place, name, row, level)
            if place is None:
                continue
            if place.county_id is None:
                row.error("place_county", "未写明所属县（市、区）")
                continue
            row.values |= {"division": place.pk, "county": place.county_id}
            if place.pk != self.root.pk:
                row.values["place"] = place.name

    def _below(self, place: Division, name: str, row: StagedRow, level: str) -> Division | None:
        found = [item for item in self.by_name.get(name, []) if getattr(item, place.column) == place.pk]
        if len(found) == 1:
            return found[0]
        if name in {place.name, place.short_name}:
            return place
        problem = f"“{name}”在{place.name}内有 {len(found)} 个" if found else f"“{name}”不是{place.name}及其下属的区划"
        row.error(level, problem)
        return None
