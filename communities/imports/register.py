"""The kind ``communities`` (the survey register), and what the kinds that stand on it share: columns, matching and writing of communities.

A row meets a community of its county by name (or former name); where the name stands twice, by name and address. A blank cell never
erases what is known. Rows that agree in all figures with another community get a warning: never merged by itself (JX-02).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from communities.actions.duplicates import note_duplicates
from communities.actions.register import fill_derived, revision_of
from communities.imports.columns import COMMUNITY_COLUMNS
from communities.imports.kinds import ImportKind, StagedRow
from communities.imports.places import PLACE_COLUMNS, Places
from communities.imports.progress import Run, chunks
from communities.imports.undo import Traces, parts, take_back
from communities.models import Community, Import
from communities.rules.search import fold
from offices import bulk
from offices.models import Division, User

WRITTEN = (
    "name", "address", "built_text", "building_count", "household_count", "floor_area", "property_right", "property_unit",
    "former_names", "state_owned", "in_town", "single_building", "excluded", "excluded_evidence", "heritage", "contact_phone",
    "surveyed_on", "remark",
)  # fmt: skip
DERIVED = ("name_key", "address_key", "search_text")
PLACED = ("division", "province", "city", "county", "street", "neighbourhood")
CHANGED = (*WRITTEN, "built_from", "built_to", *DERIVED, *PLACED)


def match_communities(
    rows: Sequence[StagedRow],
    division: Division,
    *,
    same: Callable[[StagedRow], Hashable] | None = None,
) -> None:
    """Find each row's place and community below ``division``; set targets, changes and problems.

    ``same(row)`` is what makes two rows of one table equal beside the community itself (a plan adds its year). Sets
    ``values["division"]`` (id) and ``row.target``; never writes.
    """
    Places(division).resolve(rows)
    usable = [row for row in rows if row.usable]
    register = _Register(division, {row.values["county"] for row in usable})
    names: dict[Hashable, set[str]] = defaultdict(set)
    for row in usable:
        names[row.values["county"], fold(row.values["name"])].add(fold(row.values.get("address") or ""))
    for row in usable:
        register.meet(row, alone=len(names[row.values["county"], fold(row.values["name"])]) == 1)
    _equal_rows(usable, same or (lambda row: None))
    register.warn_of_likeness([row for row in usable if row.usable])


def _equal_rows(rows: Iterable[StagedRow], same: Callable[[StagedRow], Hashable]) -> None:
    seen: dict[Hashable, StagedRow] = {}
    for row in rows:
        values = row.values
        key = row.target or (values["county"], fold(values["name"]), fold(values.get("address") or ""))
        other = seen.setdefault((key, same(row)), row)
        if other is not row:
            row.error("name", f"与第 {other.number} 行重复：都是“{values['name']}”")
            other.error("name", f"与第 {row.number} 行重复：都是“{other.values['name']}”")


class _Register:
    """Communities of the counties that a table speaks of, looked up by name."""

    def __init__(self, division: Division, counties: set[int]) -> None:
        rows = Community.objects.filter(county__in=counties).select_related("merged_into").order_by("pk")
        self.by_name: dict[tuple[int | None, str], list[Community]] = defaultdict(list)
        self.by_figures: dict[tuple[Any, ...], list[tuple[str, Any]]] = defaultdict(list)
        for community in rows:
            kept = community.merged_into or community
            for name in {community.name_key, *map(fold, community.former_names.replace("、", "，").split("，"))}:
                known = self.by_name[community.county_id, name]
                if name and kept not in known:
                    known.append(kept)
            if community.merged_into_id is None and not community.withdrawn and (figures := _figures_of(community)):
                self.by_figures[figures].append((community.name, community.uid))

    def meet(self, row: StagedRow, *, alone: bool) -> None:
        """Set target and changes where the row's community stands in the register. ``alone``: its name stands once in the table."""
        values = row.values
        found = self.by_name.get((values["county"], fold(values["name"])), [])
        address = fold(values.get("address") or "")
        if len(found) > 1 or (found and not alone):
            exact = [item for item in found if item.address_key == address]
            if not exact and len(found) > 1 and not address:
                row.error("name", f"登记册中有 {len(found)} 个“{values['name']}”，请填写位置以便区分")
                return
            found = exact
        if not found:
            return
        community = found[0]
        if community.withdrawn:
            row.error("name", f"“{community.name}”已从登记册撤下，请先恢复或删除这一行")
            return
        changes = changes_of(community, values)
        if community.name_key != fold(values["name"]):
            changes.pop("name", None)  # met by its former name: the name it has now stays
        row.becomes(community.uid, community.version, changes)
        if "address" in changes and community.address:
            row.warn("address", f"位置与登记册不同（{community.address}），请核对是否同一小区")

    def warn_of_likeness(self, rows: Sequence[StagedRow]) -> None:
        """Warn of new rows whose figures all agree with another community, in the register or in the table."""
        table: dict[tuple[Any, ...], list[StagedRow]] = defaultdict(list)
        for row in rows:
            if figures := _figures(row.values):
                table[figures].append(row)
        for figures, alike in table.items():
            for row in alike:
                others = [name for name, uid in self.by_figures.get(figures, []) if uid != row.target]
                others += [
                    f"{other.values['name']}（第 {other.number} 行）"
                    for other in alike
                    if other is not row and other.target is None
                ]
                if others and row.target is None:
                    told = "、".join(others[:3])
                    row.warn(
                        "name",
                        f"“{row.values['name']}”的位置、建成时间、栋数、户数、面积与 {told} 完全一致，可能重复登记",
                    )


def _figures(values: dict[str, Any]) -> tuple[Any, ...] | None:
    parts = (
        fold(values.get("address") or ""), values.get("built_from"), values.get("built_to"), values.get("building_count"),
        values.get("household_count"), values.get("floor_area"),
    )  # fmt: skip
    return (values["county"], *parts) if all(parts) else None


def _figures_of(community: Community) -> tuple[Any, ...] | None:
    return _figures(
        {
            "county": community.county_id,
            "address": community.address,
            "built_from": community.built_from,
            "built_to": community.built_to,
            "building_count": community.building_count,
            "household_count": community.household_count,
            "floor_area": as_json(community.floor_area),
        }
    )


def as_json(value: Any) -> Any:
    """A model value as a staged value."""
    return str(value) if isinstance(value, Decimal | dt.date) else value


def changes_of(community: Community, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Field → [before, after] where the row says something else. A blank cell changes nothing."""
    changes: dict[str, list[Any]] = {}
    for name in WRITTEN:
        after = values.get(name)
        before = as_json(getattr(community, name))
        if after not in (None, "") and after != before:
            changes[name] = [before, after]
    if "division" in values and values["division"] != community.division_id and values.get("place"):
        changes["division"] = [community.division.name, values["place"]]
    return changes


def write_communities(
    rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
) -> dict[int, Community]:
    """Create and update the communities of matched rows, with a revision each, in bulk; row number → community (locked)."""
    divisions = Division.objects.in_bulk({row.values["division"] for row in rows})
    known = {
        community.uid: community
        for community in Community.objects.select_for_update(of=("self",))
        .select_related("division", "merged_into")
        .filter(uid__in=[row.target for row in rows if row.target])
    }
    result: dict[int, Community] = {}
    fresh: list[Community] = []
    moved: dict[int, Community] = {}
    before: dict[int, dict[str, Any]] = {}
    for done, row in enumerate(rows):
        if done % 500 == 0:
            run.step("正在写入小区", done, len(rows))
        community = known[row.target] if row.target else Community(created_at=at)
        result[row.number] = community
        if row.target is None:
            community.place_in(divisions[row.values["division"]])
            _fill(community, row.values, at)
            fresh.append(community)
        elif row.changes:
            before.setdefault(community.pk, {}).update(_held(community, row))
            if "division" in row.changes:
                community.place_in(divisions[row.values["division"]])
            _fill(community, {name: row.values[name] for name in row.changes if name in row.values} | _years(row), at)
            if community.pk not in moved:
                community.version += 1
            moved[community.pk] = community
    bulk.insert(fresh)
    Community.objects.bulk_update(moved.values(), [*CHANGED, "version", "updated_at"], batch_size=200)
    numbers = {id(community): number for number, community in result.items()}
    written = [*fresh, *moved.values()]
    for start, part in chunks(written):
        run.step("正在写入版本", start, len(written))
        bulk.insert([revision_of(item, by=by, at=at, evidence=_evidence(source, numbers[id(item)])) for item in part])
    run.created(fresh)
    for item in moved.values():
        run.changed(item, before[item.pk])
    return result


def _held(community: Community, row: StagedRow) -> dict[str, Any]:
    """What the row is about to change, as it stands."""
    names = [name for name in row.changes if name in row.values and name != "division"]
    names += [*DERIVED, *(("built_from", "built_to") if "built_text" in names else ())]
    held = {name: as_json(getattr(community, name)) for name in names}
    if "division" in row.changes:
        held |= {name: getattr(community, f"{name}_id") for name in PLACED}
    return held


def _years(row: StagedRow) -> dict[str, Any]:
    return {key: row.values[key] for key in ("built_from", "built_to")} if "built_text" in row.changes else {}


def _fill(community: Community, values: dict[str, Any], at: dt.datetime) -> None:
    for name in (*WRITTEN, "built_from", "built_to"):
        if name in values and values[name] is not None:
            value = values[name]
            if name == "floor_area":
                value = Decimal(value)
            elif name == "surveyed_on":
                value = dt.date.fromisoformat(value)
            setattr(community, name, value)
        elif name in values and name in {"built_from", "built_to"}:
            setattr(community, name, None)
    community.updated_at = at
    fill_derived(community)


def _evidence(source: Import, number: int) -> str:
    given = str(source.options.get("evidence", "")).strip()
    return f"{given}（导入“{source.file.name}”第 {number} 行）" if given else f"导入“{source.file.name}”第 {number} 行"


class CommunitiesKind(ImportKind):
    """The survey register."""

    name = "communities"
    label = "小区登记册"
    columns = (*PLACE_COLUMNS, *COMMUNITY_COLUMNS)
    template_notes = (
        "只有“小区名称”必填；不清楚的留空，空白表示“未填报”，不会当作 0，也不会清除已登记的内容。",
        "合计行、空行会自动跳过；表头上方可以有标题，列的顺序不限。",
        "同一县（市、区）内按小区名称与登记册核对：已有的更新，没有的新增。",
    )

    def match(self, rows: Sequence[StagedRow], source: Import, *, today: dt.date) -> None:
        """As ``match_communities``; an exclusion asks for its evidence."""
        match_communities(rows, source.division)
        for row in rows:
            if row.usable and row.values.get("excluded") and not row.values.get("excluded_evidence"):
                row.error("excluded", "填写了不属于改造范围的情形，请同时填写依据")

    def apply(
        self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
    ) -> dict[str, Any]:
        """Write, then look for duplicates in the division."""
        written = write_communities(rows, source, by=by, at=at, run=run)
        run.step("正在查找重复登记", len(rows), len(rows))
        open_pairs = note_duplicates(at=at, division=source.division)
        new = sum(row.status == "new" for row in rows)
        return {
            "created": new,
            "updated": sum(row.status == "update" for row in rows),
            "unchanged": sum(row.status == "unchanged" for row in rows),
            "duplicates_open": open_pairs,
            "communities": [str(written[row.number].uid) for row in rows if row.status == "new"][:1000],
        }

    def undo(self, traces: Traces, source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
        """As every kind; a community that gets back what it held gets a revision that says so."""
        undo_communities(traces, source, by=by, at=at, run=run)
        note_duplicates(at=at, division=source.division)


def undo_communities(traces: Traces, source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
    """Take back what an import wrote; the register keeps a revision of each community that stays."""
    take_back(traces, at=at, step=run.step)
    touched = {trace.row for trace in traces.changed if trace.model == "communities.Community"}
    for part in parts(sorted(touched)):
        stay = Community.objects.filter(pk__in=part).select_related("division", "merged_into")
        evidence = f"撤销导入“{source.file.name}”"
        bulk.insert([revision_of(item, by=by, at=at, evidence=evidence) for item in stay])
