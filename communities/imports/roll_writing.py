"""Writes a checked roll in bulk: a handful of statements per thousand homes, whatever the size of the community."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model

from communities.imports.kinds import StagedRow
from communities.imports.progress import Run
from communities.imports.roll_checks import HomeKey, home_key, owner_key
from communities.models import Building, Community, Home, Import, Ownership, Person
from offices import bulk
from offices.clock import day_of

BATCH = 1000
PART = bulk.CHUNK
COUNTED = ("buildings_created", "created", "updated", "persons_created", "ownerships_begun", "ownerships_ended")
Groups = dict[HomeKey, list[StagedRow]]


class RollWriter:
    """Writes one roll of one community, so many rows at a time, all rows of a home together."""

    def __init__(self, community: Community, source: Import, at: dt.datetime, run: Run) -> None:
        self.community, self.source, self.at, self.run = community, source, at, run
        self.today = day_of(at)
        self.counts = dict.fromkeys(COUNTED, 0)
        people = Person.objects.filter(community=community).order_by("-pk")
        self.persons = {
            owner_key(name, number, phone): pk
            for pk, name, number, phone in people.values_list("pk", "name", "id_number", "phone").iterator()
        }

    def write(self, rows: Sequence[StagedRow]) -> dict[str, Any]:
        """Buildings, then homes, persons and ownerships part by part. The report counts them."""
        parts, names = _by_home(rows)
        self.run.step("正在写入房屋", 0, len(rows))
        buildings = self._buildings(names)
        for done, part in enumerate(parts):
            groups: dict[HomeKey, list[StagedRow]] = defaultdict(list)
            for place in part:
                groups[home_key(rows[place])].append(rows[place])
            self.run.step("正在写入房屋和产权", done * PART, len(rows))
            homes = self._homes(groups, buildings)
            self._persons([row for group in groups.values() for row in group])
            self._ownerships(groups, homes)
            self.run.keep()
        return self.counts

    def _insert(self, rows: Sequence[Model]) -> None:
        bulk.insert(rows)
        self.run.created(rows)

    def _times(self) -> dict[str, Any]:
        return {"created_at": self.at, "updated_at": self.at}

    def _buildings(self, names: Sequence[str]) -> dict[str, Building]:
        known = {item.name: item for item in Building.objects.filter(community=self.community)}
        fresh = [Building(community=self.community, name=name, **self._times()) for name in names if name not in known]
        self._insert(fresh)
        self.counts["buildings_created"] += len(fresh)
        return known | {item.name: item for item in fresh}

    def _homes(self, groups: Groups, buildings: dict[str, Building]) -> dict[HomeKey, Home]:
        named = Home.objects.filter(building__in={buildings[key[0]].pk for key in groups})
        known = {
            (home.building.name, home.unit, home.room): home.merged_into or home  # entered twice: the one that stays
            for home in named.select_related("building", "merged_into")
        }
        fresh: dict[HomeKey, Home] = {}
        moved: list[Home] = []
        held: dict[int, dict[str, Any]] = {}
        for key, group in groups.items():
            area = next(
                (row.values["private_area"] for row in group if row.values.get("private_area") is not None), None
            )
            source = next((row.values["area_source"] for row in group if row.values.get("area_source")), "")
            home = known.get(key)
            if home is None:
                home = Home(building=buildings[key[0]], unit=key[1], room=key[2], **self._times())
                fresh[key] = home
            elif area is None or (home.private_area == Decimal(area) and home.area_source == source):
                continue
            else:
                held[home.pk] = {"private_area": home.area_text() or None, "area_source": home.area_source}
                home.version, home.updated_at = home.version + 1, self.at
                moved.append(home)
            if area is not None:
                home.private_area, home.area_source = Decimal(area), source
        self._insert(list(fresh.values()))
        Home.objects.bulk_update(moved, ["private_area", "area_source", "version", "updated_at"], batch_size=BATCH)
        for home in moved:
            self.run.changed(home, held[home.pk])
        self.counts["created"] += len(fresh)
        self.counts["updated"] += len(moved)
        return known | fresh

    def _persons(self, rows: Sequence[StagedRow]) -> None:
        fresh: dict[tuple[str, ...], Person] = {}
        for row in rows:
            name, number, phone = (row.values.get(key) or "" for key in ("owner", "id_number", "phone"))
            key = owner_key(name, number, phone)
            if name and key not in self.persons and key not in fresh:
                fresh[key] = Person(
                    community=self.community,
                    kind=row.values["owner_kind"],
                    name=name,
                    id_number=number,
                    phone=phone,
                    **self._times(),
                )
        self._insert(list(fresh.values()))
        self.persons |= {key: person.pk for key, person in fresh.items()}
        self.counts["persons_created"] += len(fresh)

    def _ownerships(self, groups: Groups, homes: dict[HomeKey, Home]) -> None:
        current: dict[int, list[Ownership]] = defaultdict(list)
        for item in Ownership.objects.filter(home__in={homes[key].pk for key in groups}, until__isnull=True):
            current[item.home_id].append(item)
        fresh: list[Ownership] = []
        ended: list[Ownership] = []
        for key, group in groups.items():
            wanted = self._wanted(group)
            if not wanted:
                continue
            kept = set()
            for item in current[homes[key].pk]:
                if wanted.get(item.person_id) == (item.share_numerator, item.share_denominator):
                    kept.add(item.person_id)
                else:
                    item.until = max(self.today, item.since) if item.since else self.today
                    item.version, item.updated_at = item.version + 1, self.at
                    ended.append(item)
            fresh += [
                Ownership(
                    home=homes[key], person_id=person, share_numerator=share[0], share_denominator=share[1],
                    since=self.today if current[homes[key].pk] else None, evidence=self._evidence(group), **self._times(),
                )
                for person, share in wanted.items() if person not in kept
            ]  # fmt: skip
        Ownership.objects.bulk_update(ended, ["until", "version", "updated_at"], batch_size=BATCH)
        for item in ended:
            self.run.changed(item, {"until": None})
        self._insert(fresh)
        self.counts["ownerships_begun"] += len(fresh)
        self.counts["ownerships_ended"] += len(ended)

    def _wanted(self, group: list[StagedRow]) -> dict[int, tuple[int, int]]:
        named = [row for row in group if row.values.get("owner")]
        found: dict[int, tuple[int, int]] = {}
        for row in named:
            key = owner_key(row.values["owner"], row.values.get("id_number") or "", row.values.get("phone") or "")
            given = row.values.get("share")
            found[self.persons[key]] = (given[0], given[1]) if given else (1, len(named))
        return found

    def _evidence(self, group: list[StagedRow]) -> str:
        return f"导入“{self.source.file.name}”第 {group[0].number} 行"[:200]


def _by_home(rows: Sequence[StagedRow]) -> tuple[list[list[int]], list[str]]:
    """Places of the rows in parts, those of one home in the part of its first row, however far apart; names of the buildings in order."""
    first: dict[int, int] = {}  # by hash: two homes of one hash only come into one part
    parts: dict[int, list[int]] = defaultdict(list)
    names: dict[str, None] = {}
    for place, row in enumerate(rows):
        key = home_key(row)
        parts[first.setdefault(hash(key), place) // PART].append(place)
        names[key[0]] = None
    return list(parts.values()), list(names)
