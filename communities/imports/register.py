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
from communities.imports.cells import Column, area, built, choice, count, day, words, yes_no
from communities.imports.kinds import ImportKind, StagedRow
from communities.imports.places import PLACE_COLUMNS, Places
from communities.models import Community, CommunityRevision, Import
from communities.rules.search import fold
from offices.models import Division, User

PropertyRight, Excluded = Community.PropertyRight, Community.Excluded
RIGHTS = {
    PropertyRight.COMMODITY.value: ("商品房", "商品住宅"),
    PropertyRight.REFORMED.value: ("房改房", "房改"),
    PropertyRight.UNIT_OWNED.value: ("单位自管公房", "自管公房", "单位自管房", "单位产权"),
    PropertyRight.PUBLIC.value: ("直管公房", "公房"),
    PropertyRight.RESETTLEMENT.value: ("安置房", "回迁房"),
    PropertyRight.MIXED.value: ("混合产权", "混合"),
    PropertyRight.OTHER.value: ("其他", "其它"),
}
EXCLUSIONS = {
    Excluded.SHANTYTOWN.value: ("已纳入棚户区改造计划", "棚户区改造", "棚户区", "棚改"),
    Excluded.DEMOLISH_REBUILD.value: ("拟拆除新建（改建、扩建、翻建）", "拟拆除新建", "拆除新建"),
    Excluded.SELF_BUILT.value: ("居民自建住房为主", "自建住房为主", "自建房"),
    Excluded.URBAN_VILLAGE.value: ("城中村",),
}
EXCLUSIONS = {key: (*names, *(name.replace("（", "(").replace("）", ")") for name in names)) for key, names in EXCLUSIONS.items()}

NAME = Column(
    "name", "小区名称", ("名称", "项目名称", "小区", "老旧小区名称", "改造小区名称", "楼院名称", "小区楼院名称", "住宅小区名称"),
    words("name", 100), required=True, note="必填", example="示例小区",
)  # fmt: skip
COMMUNITY_COLUMNS: tuple[Column, ...] = (
    NAME,
    Column("address", "位置", ("地址", "坐落", "详细地址", "小区地址", "小区位置", "坐落位置", "具体位置", "所在位置"), words("address", 200),
           note="道路和门牌", example="永乐南路东侧"),
    Column("built_text", "建成时间", ("建成年份", "建设年代", "建成年代", "建成年", "建造年代", "建造年份", "建筑年代", "竣工时间", "竣工年份", "建设年份", "建设时间"),
           built, note="可填多个年份，如 1995、1997；不清楚填“不详”", example="1995、1997"),
    Column("building_count", "栋数", ("楼栋数", "幢数", "总栋数", "楼栋", "楼幢数", "住宅栋数", "改造栋数", "楼栋数量"), count("building_count"), example="2"),
    Column("household_count", "户数", ("总户数", "居民户数", "住户数", "改造户数", "涉及户数", "住户"), count("household_count"), example="50"),
    Column("floor_area", "建筑面积（㎡）", ("面积", "建筑面积", "总建筑面积", "总面积", "改造面积", "住宅面积", "建筑总面积"), area("floor_area"),
           note="单位写在表头，如（㎡）或（万㎡）", example="5387.00"),
    Column("property_right", "产权性质", ("房屋性质", "产权", "房屋产权性质", "产权类型"), choice("property_right", RIGHTS),
           choices=tuple(names[0] for names in RIGHTS.values()), example="房改房"),
    Column("property_unit", "原产权单位", ("产权单位", "所属单位", "原单位"), words("property_unit", 100)),
    Column("former_names", "曾用名", ("原名", "别名", "又名"), words("former_names", 200)),
    Column("state_owned", "国有企事业单位住宅", ("国有企事业单位", "是否国有企事业单位住宅"), yes_no("state_owned"), choices=("是", "否")),
    Column("in_town", "位于城市或县城", ("位于城市或县城城关镇", "是否位于城市或县城", "位于县城"), yes_no("in_town"), choices=("是", "否")),
    Column("single_building", "单栋住宅楼", ("是否单栋", "单栋"), yes_no("single_building"), choices=("是", "否")),
    Column("excluded", "不属于改造范围的情形", ("排除情形", "不予改造情形"), choice("excluded", EXCLUSIONS),
           choices=tuple(names[0] for names in EXCLUSIONS.values())),
    Column("excluded_evidence", "该情形的依据", ("排除依据",), words("excluded_evidence", 200)),
    Column("heritage", "涉及历史文化保护", ("历史文化街区", "历史建筑", "涉及历史文化街区、历史建筑"), yes_no("heritage"), choices=("是", "否")),
    Column("contact_phone", "对外咨询电话", ("咨询电话", "办公电话"), words("contact_phone", 40), note="公开显示，请填办公电话"),
    Column("surveyed_on", "调查日期", ("摸底日期", "调查时间"), day("surveyed_on"), example="2026-3-1"),
    Column("remark", "备注", ("说明",), words("remark", 500)),
)  # fmt: skip
WRITTEN = (
    "name", "address", "built_text", "building_count", "household_count", "floor_area", "property_right", "property_unit",
    "former_names", "state_owned", "in_town", "single_building", "excluded", "excluded_evidence", "heritage", "contact_phone",
    "surveyed_on", "remark",
)  # fmt: skip


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
                    f"{other.values['name']}（第 {other.number} 行）" for other in alike if other is not row and other.target is None
                ]
                if others and row.target is None:
                    row.warn("name", f"“{row.values['name']}”的位置、建成时间、栋数、户数、面积与 {'、'.join(others[:3])} 完全一致，可能重复登记")


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
    rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime
) -> dict[int, Community]:
    """Create and update the communities of matched rows, with a revision each, in bulk; row number → community (locked)."""
    divisions = Division.objects.in_bulk({row.values["division"] for row in rows})
    known = {
        community.uid: community
        for community in Community.objects.select_for_update(of=("self",)).select_related("division", "merged_into").filter(
            uid__in=[row.target for row in rows if row.target]
        )
    }
    result: dict[int, Community] = {}
    fresh: list[Community] = []
    moved: dict[int, Community] = {}
    for row in rows:
        community = known[row.target] if row.target else Community(created_at=at)
        result[row.number] = community
        if row.target is None:
            community.place_in(divisions[row.values["division"]])
            _fill(community, row.values, at)
            fresh.append(community)
        elif row.changes:
            if "division" in row.changes:
                community.place_in(divisions[row.values["division"]])
            _fill(community, {name: row.values[name] for name in row.changes if name in row.values} | _years(row), at)
            if community.pk not in moved:
                community.version += 1
            moved[community.pk] = community
    Community.objects.bulk_create(fresh, batch_size=500)
    columns = [*WRITTEN, "built_from", "built_to", "name_key", "address_key", "search_text", "version", "updated_at", "division",
               "province", "city", "county", "street", "neighbourhood"]  # fmt: skip
    Community.objects.bulk_update(moved.values(), columns, batch_size=200)
    numbers = {id(community): number for number, community in result.items()}
    CommunityRevision.objects.bulk_create(
        [
            revision_of(item, by=by, at=at, evidence=_evidence(source, numbers[id(item)]))
            for item in (*fresh, *moved.values())
        ],
        batch_size=500,
    )
    return result


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

    def apply(self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime) -> dict[str, Any]:
        """Write, then look for duplicates in the division."""
        written = write_communities(rows, source, by=by, at=at)
        open_pairs = note_duplicates(at=at, division=source.division)
        new = sum(row.status == "new" for row in rows)
        return {
            "created": new,
            "updated": sum(row.status == "update" for row in rows),
            "unchanged": sum(row.status == "unchanged" for row in rows),
            "duplicates_open": open_pairs,
            "communities": [str(written[row.number].uid) for row in rows if row.status == "new"][:1000],
        }
