"""Writes a checked roll in bulk: a handful of statements per thousand homes, whatever the size of the community."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model

from communities.imports.kinds import StagedRow
from communities.imports.progress import Run
from communities.imports.roll_checks import home_key, owner_key
from communities.models import Building, Community, Home, Import, Ownership, Person
from offices import bulk
from offices.clock import day_of

BATCH = 1000
HomeKey = tuple[str, str, str]


class RollWriter:
    """Writes one roll of one community."""

    def __init__(self, community: Community, source: Import, at: dt.datetime, run: Run) -> None:
        self.community, self.source, self.at, self.run = community, source, at, run
        self.today = day_of(at)
        self.groups: dict[HomeKey, list[StagedRow]] = defaultdict(list)

    def write(self, rows: Sequence[StagedRow]) -> dict[str, Any]:
        """Buildings, homes, persons, ownerships, in this order. The report counts them."""
        for row in rows:
            self.groups[home_key(row)].append(row)
        self.run.step("正在写入房屋", 0, len(rows))
        buildings, new_buildings = self._buildings()
        homes, new_homes, changed_homes = self._homes(buildings)
        self.run.step("正在写入业主", len(rows) // 3, len(rows))
        persons, new_persons = self._persons(rows)
        self.run.step("正在写入产权", len(rows) * 2 // 3, len(rows))
        begun, ended = self._ownerships(homes, persons)
        return {
            "buildings_created": new_buildings,
            "created": new_homes,
            "updated": changed_homes,
            "persons_created": new_persons,
            "ownerships_begun": begun,
            "ownerships_ended": ended,
        }

    def _insert(self, rows: Sequence[Model]) -> None:
        bulk.insert(rows)
        self.run.created(rows)

    def _times(self) -> dict[str, Any]:
        return {"created_at": self.at, "updated_at": self.at}

    def _buildings(self) -> tuple[dict[str, Building], int]:
        known = {item.name: item for item in Building.objects.filter(community=self.community)}
        names = dict.fromkeys(key[0] for key in self.groups if key[0] not in known)
        fresh = [Building(community=self.community, name=name, **self._times()) for name in names]
        self._insert(fresh)
        return known | {item.name: item for item in fresh}, len(fresh)

    def _homes(self, buildings: dict[str, Building]) -> tuple[dict[HomeKey, Home], int, int]:
        known = {
            (home.building.name, home.unit, home.room): home.merged_into or home  # entered twice: the one that stays
            for home in Home.objects.filter(building__community=self.community).select_related(
                "building", "merged_into"
            )
        }
        fresh: dict[HomeKey, Home] = {}
        moved: list[Home] = []
        held: dict[int, dict[str, Any]] = {}
        for key, group in self.groups.items():
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
        return known | fresh, len(fresh), len(moved)

    def _persons(self, rows: Sequence[StagedRow]) -> tuple[dict[tuple[str, ...], Person], int]:
        known = {
            owner_key(person.name, person.id_number, person.phone): person
            for person in Person.objects.filter(community=self.community).order_by("-pk")
        }
        fresh: dict[tuple[str, ...], Person] = {}
        for row in rows:
            name, number, phone = (row.values.get(key) or "" for key in ("owner", "id_number", "phone"))
            key = owner_key(name, number, phone)
            if name and key not in known and key not in fresh:
                fresh[key] = Person(
                    community=self.community,
                    kind=row.values["owner_kind"],
                    name=name,
                    id_number=number,
                    phone=phone,
                    **self._times(),
                )
        self._insert(list(fresh.values()))
        return known | fresh, len(fresh)

    def _ownerships(self, homes: dict[HomeKey, Home], persons: dict[tuple[str, ...], Person]) -> tuple[int, int]:
        current: dict[int, list[Ownership]] = defaultdict(list)
        for item in Ownership.objects.filter(home__building__community=self.community, until__isnull=True):
            current[item.home_id].append(item)
        fresh: list[Ownership] = []
        ended: list[Ownership] = []
        for key, group in self.groups.items():
            wanted = self._wanted(group, persons)
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
        return len(fresh), len(ended)

    def _wanted(self, group: list[StagedRow], persons: dict[tuple[str, ...], Person]) -> dict[int, tuple[int, int]]:
        named = [row for row in group if row.values.get("owner")]
        found: dict[int, tuple[int, int]] = {}
        for row in named:
            key = owner_key(row.values["owner"], row.values.get("id_number") or "", row.values.get("phone") or "")
            given = row.values.get("share")
            found[persons[key].pk] = (given[0], given[1]) if given else (1, len(named))
        return found

    def _evidence(self, group: list[StagedRow]) -> str:
        return f"导入“{self.source.file.name}”第 {group[0].number} 行"[:200]
