"""A roll held against itself and the homes that stand, part by part.

Most homes stand in one row, with an owner of whom the table says nothing else. Of each row a few hashes are kept; rows that share one
(of a room, an ID number, a phone, a name) are settled together once all rows were seen. Two different texts of one hash only cost a look.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from django.db.models import Sum

from communities.imports.kinds import StagedRow
from communities.imports.roll_checks import (
    HomeKey,
    Passed,
    changes,
    check_areas,
    check_overlaps,
    check_persons,
    check_rooms,
    check_standing,
    complete,
    home_key,
    tell_missing_area,
)
from communities.imports.sieve import Again
from communities.models import Community, Home, Ownership
from communities.rules.roll_problems import id_key, phone_key
from communities.rules.rooms import room_key
from communities.rules.search import fold
from offices import bulk

NONE, WRONG = 0, -1  # no such hash; no area, for the row is in error


class RollSieve:
    """Checks the rows of one roll of one community."""

    def __init__(self, community: Community) -> None:
        self._community = community
        self._homes = Home.objects.filter(building__community=community)
        self._stands = self._homes.exists()
        total = self._homes.filter(merged_into__isnull=True).aggregate(total=Sum("private_area"))["total"]
        self._area = Decimal(total or 0)
        people = community.persons.exclude(id_number="").values_list("id_number", "name")
        self._registered = dict(people.iterator(chunk_size=bulk.CHUNK))
        self._numbers, self._areas, self._spoken = array("L"), array("q"), array("q")  # areas in 0.01 ㎡
        self._rooms, self._ids, self._phones, self._names = array("q"), array("q"), array("q"), array("q")
        self._odd: set[int] = set()
        self._standing_rooms: set[int] = set()
        self._standing_spellings: set[int] = set()
        for key in self._standing():
            self._standing_rooms.add(hash(room_key(*key)))
            self._standing_spellings.add(hash(key))

    def _standing(self) -> Iterator[HomeKey]:
        """(building, unit, room) of every home of the register, those under their merged spellings included."""
        rows = self._homes.order_by("pk").values_list("building__name", "unit", "room")
        return iter(rows.iterator(chunk_size=bulk.CHUNK)) if self._stands else iter(())

    def take(self, rows: Sequence[StagedRow]) -> Sequence[StagedRow]:
        """Check each row alone; all pass."""
        begun = [row for row in rows if row.usable]
        spoken = self._alone(begun)
        for row in begun:
            self._remember(row, spoken.get(row.number, Decimal(0)))
        return rows

    def settle(self, again: Again) -> list[StagedRow]:
        """The rows that share something with another, or are odd themselves; and the first row, where the sums are told on it."""
        odd = self._suspects()
        passed = self._passed(odd)
        rows = again(odd)
        self.check(rows, passed)
        if passed.first is not None and passed.told:
            first = again([passed.first])
            self._alone(first)
            for name, message in passed.told:
                first[0].warn(name, message)
            rows += first
        return rows

    def check(self, rows: Sequence[StagedRow], passed: Passed | None = None) -> None:
        """All that there is to check, over rows beside which nothing matters but the sums of those that have passed."""
        passed = passed or Passed()
        usable = [row for row in rows if row.usable]
        for row in usable:
            complete(row)
        check_rooms(usable)
        check_standing(usable, self._standing())
        check_overlaps([row for row in usable if row.usable])
        usable = [row for row in usable if row.usable]
        spoken = sum(self._meet(usable).values(), Decimal(0))
        check_areas(usable, self._community, self._area - passed.spoken - spoken, passed)
        check_persons(usable, self._registered)

    def _alone(self, rows: Sequence[StagedRow]) -> dict[int, Decimal]:
        for row in rows:
            complete(row)
        usable = [row for row in rows if row.usable]
        for row in usable:
            tell_missing_area(row)
        return self._meet(usable)

    def _meet(self, rows: Iterable[StagedRow]) -> dict[int, Decimal]:
        """Row by row what it does to the home that stands. Number of a home's first row → the ㎡ that the register has for it."""
        groups: dict[HomeKey, list[StagedRow]] = defaultdict(list)
        spoken: dict[int, Decimal] = {}
        if not self._stands:
            return spoken
        for row in rows:
            groups[home_key(row)].append(row)
        for part in bulk.parts(groups):
            homes = self._named(part)
            kept = {key: home.merged_into or home for key, home in homes.items()}
            owners = self._owners([home.pk for home in kept.values()])
            for key, home in kept.items():
                for row in groups[key]:
                    row.becomes(home.uid, home.version, changes(row, home, owners[home.pk], groups[key]))
                if home is homes[key]:  # a merged one has no area of its own
                    spoken[groups[key][0].number] = home.private_area or Decimal(0)
        return spoken

    def _named(self, keys: Sequence[HomeKey]) -> dict[HomeKey, Home]:
        found = self._homes.filter(building__name__in={key[0] for key in keys}).select_related(
            "building", "merged_into"
        )
        wanted = set(keys)
        return {key: home for home in found if (key := (home.building.name, home.unit, home.room)) in wanted}

    def _owners(self, homes: Sequence[int]) -> dict[int, list[Ownership]]:
        """Open ownerships by home."""
        owners: dict[int, list[Ownership]] = defaultdict(list)
        found = Ownership.objects.filter(home__in=homes, until__isnull=True).select_related("person").order_by("pk")
        for ownership in found:
            owners[ownership.home_id].append(ownership)
        return owners

    def _remember(self, row: StagedRow, spoken: Decimal) -> None:
        values, key = row.values, home_key(row)
        room = hash(room_key(*key))
        area = values.get("private_area") or "0.00"
        self._numbers.append(row.number)
        self._areas.append(int(area.replace(".", "")) if row.usable else WRONG)  # always two decimals
        self._spoken.append(int(spoken * 100) if spoken else 0)
        self._rooms.append(room or 1)
        name = (values.get("owner") or "") if row.usable else ""
        number, phone = values.get("id_number") or "", values.get("phone") or ""
        self._ids.append(hash(id_key(number)) or 1 if name and number else NONE)
        self._phones.append(hash(phone_key(phone)) or 1 if name and phone else NONE)
        self._names.append(hash(fold(name)) or 1 if name else NONE)
        other_spelling = room in self._standing_rooms and hash(key) not in self._standing_spellings
        if other_spelling or (name and number and self._registered.get(number, name) != name):
            self._odd.add(row.number)

    def _suspects(self) -> list[int]:
        found = set(self._odd)
        for hashes in (self._rooms, self._ids, self._phones, self._names):
            shared = _shared(hashes)
            found.update(
                number for number, each in zip(self._numbers, hashes, strict=True) if shared and each in shared
            )
        return sorted(found)

    def _passed(self, odd: Iterable[int]) -> Passed:
        passed, without, area, spoken = Passed(), set(odd), 0, 0
        for number, own, registered in zip(self._numbers, self._areas, self._spoken, strict=True):
            if number not in without and own != WRONG:
                passed.first = number if passed.first is None else passed.first
                passed.homes += 1
                area += own
                spoken += registered
        passed.area, passed.spoken = Decimal(area) / 100, Decimal(spoken) / 100
        return passed


def _shared(hashes: "array[int]") -> set[int]:
    """Those that stand more than once."""
    seen, shared = {NONE}, set()
    for each in hashes:
        if each in seen:
            shared.add(each)
        seen.add(each)
    return shared - {NONE}
