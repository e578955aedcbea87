"""The columns of an annual plan, once: the official table prints the first of them, the grid shows and takes in all.

The official order is that of 附件3 of 芮政办发〔2022〕23号; a plan's own columns stand to the right of it.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from communities.imports.cells import CellError, Context, Parsed, Parser, plain, read_day, words, year, yes_no
from communities.imports.columns import COMMUNITY_COLUMNS
from communities.models import Community
from communities.rules.numbers import measure
from projects.actions.plans import YEARS
from projects.models import PlanLine, StageDay

Owner = Literal["plan", "community", "project", "line", "days"]
Kind = Literal["year", "text", "count", "area", "money", "yes", "day"]
LONGEST = 2000  # signs of a cell that is read at all
FEN_OF_WAN = 1_000_000


@dataclass(frozen=True)
class PlanColumn:
    """A column: which row its value stands in (``of``), how it is read, and its width in signs. ``key`` is the field's name."""

    key: str
    label: str
    of: Owner
    kind: Kind
    parse: Parser
    width: int
    unit: str = ""
    choices: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    official: bool = False

    @property
    def summed(self) -> bool:
        """Whether 合计 adds it up."""
        return self.kind in {"count", "area", "money"}


def _money(text: str, context: Context) -> Parsed:
    """万元 (or the unit that the cell names) to yuan, exact to 分; blank is None."""
    found = measure(text, "money", context.header)
    if found.refusal:
        reason = found.refusal.partition("：")[0]
        told = {"不是金额": "不是数字", "小数超过 2 位": "不能精确到分：万元最多 6 位小数"}.get(reason, reason)
        raise CellError(f"“{plain(text)[:40]}”{told}")
    if found.value is not None and found.value <= 0:
        raise CellError("应大于零；不详请留空")
    return Parsed({"investment": found.value}, list(found.notes))


def _prose(name: str, limit: int) -> Parser:
    """Words of the office as it writes them: full-width signs stay, blanks become single."""
    check = words(name, limit)

    def parse(text: str, context: Context) -> Parsed:
        check(text, context)
        value = " ".join(text.split())
        if len(value) > limit:
            raise CellError(f"过长：最多 {limit} 个字，现有 {len(value)} 个字")
        return Parsed({name: value})

    return parse


def _planned(stage: str, label: str, *synonyms: str) -> PlanColumn:
    """When a stage is planned."""

    def parse(text: str, context: Context) -> Parsed:
        value = plain(text)
        found = read_day(value) if value else None
        if value and (found is None or found.year not in YEARS):
            raise CellError(f"“{value[:40]}”不是日期，应写成 2026-7-5")
        return Parsed({stage: found})

    return PlanColumn(f"planned_{stage}", label, "days", "day", parse, 14, synonyms=synonyms)


_REGISTER = {column.field: column for column in COMMUNITY_COLUMNS}


def _registered(key: str, label: str, kind: Kind, width: int, unit: str = "") -> PlanColumn:
    """A column of the register, read as an import reads it."""
    column = _REGISTER[key]
    names = (column.label, *column.synonyms)
    return PlanColumn(key, label, "community", kind, column.parse, width, unit, synonyms=names, official=True)


COLUMNS: tuple[PlanColumn, ...] = (
    PlanColumn("plan_year", "年份", "plan", "year", year("plan_year", YEARS[0], 10), 8, official=True,
               synonyms=("年度", "计划年度", "改造年度")),
    _registered("name", "小区名称", "text", 30),
    _registered("address", "位置", "text", 22),
    _registered("built_text", "建成时间", "text", 14),
    _registered("building_count", "栋数", "count", 8, "栋"),
    _registered("household_count", "户数", "count", 8, "户"),
    _registered("floor_area", "面积㎡", "area", 14, "㎡"),
    PlanColumn("investment", "总投资（万元）", "project", "money", _money, 14, "万元", synonyms=("总投资", "投资", "投资额")),
    PlanColumn("national_task", "国家年度任务", "project", "yes", yes_no("national_task"), 12, choices=("是", "否"),
               synonyms=("国家任务", "纳入国家年度任务")),
    _planned("designed", "计划完成方案", "计划方案完成", "方案完成时间"),
    _planned("works", "计划开工", "计划开工时间", "计划开工日期", "开工时间", "开工日期"),
    _planned("accepted", "计划竣工", "计划竣工时间", "计划竣工日期", "计划完工", "计划完工时间", "竣工时间", "完工时间", "竣工日期"),
    PlanColumn("stands_alone_reason", "未连片的原因", "line", "text", _prose("stands_alone_reason", 200), 20),
    PlanColumn("remark", "备注", "line", "text", _prose("remark", 200), 20, synonyms=("说明",)),
)  # fmt: skip
COLUMN = {column.key: column for column in COLUMNS}
OFFICIAL = tuple(column for column in COLUMNS if column.official)


def official_value(column: PlanColumn, year_: int, community: Community) -> Any:
    """What the official table prints of a community in a column."""
    return year_ if column.of == "plan" else getattr(community, column.key)


def wan_text(yuan: Decimal | None) -> str:
    """Yuan as 万元, exact: at least two decimals, as many as the 分 ask for. ``20131912.34`` → ``2013.191234``."""
    if yuan is None:
        return ""
    whole, part = divmod(int(yuan.scaleb(2)), FEN_OF_WAN)
    return f"{whole}.{f'{part:06d}'.rstrip('0').ljust(2, '0')}"


def cell_text(column: PlanColumn, value: Any) -> str:
    """A value as it stands in a cell: exact, blank for what is not known."""
    if value is None or value == "":
        return ""
    if column.kind == "money":
        return wan_text(value)
    if column.kind == "yes":
        return "是" if value else "否"
    return f"{value:.2f}" if column.kind == "area" else str(value)


def line_value(column: PlanColumn, line: PlanLine, community: Community, days: Mapping[str, StageDay]) -> Any:
    """What a line says in a column; ``days`` are those of its project's stages."""
    if column.of == "days":
        row = days.get(column.key.removeprefix("planned_"))
        return row.planned_on.isoformat() if row and row.planned_on else None
    rows: dict[Owner, Callable[[], Any]] = {
        "plan": lambda: line.plan.year, "community": lambda: getattr(community, column.key),
        "project": lambda: getattr(line.project, column.key), "line": lambda: getattr(line, column.key),
    }  # fmt: skip
    return rows[column.of]()


def unreadable(text: str) -> bool:
    """Whether a text holds signs that no database keeps and nobody sees (NUL, other controls, halves of a pair)."""
    return any(unicodedata.category(sign) in {"Cc", "Cs"} and not sign.isspace() for sign in text)


def read_cell(column: PlanColumn, text: str, today: dt.date) -> Parsed:
    """The value of a cell as typed or pasted. Raises CellError with words that stand beside the cell."""
    if len(text) > LONGEST:
        raise CellError(f"过长：现有 {len(text)} 个字")
    if unreadable(text):
        raise CellError("含有不可见的控制字符，请删除后重新填写")
    found = column.parse(text, Context(column.label, today))
    if column.key == "national_task" and found.values["national_task"] is None:
        found.values["national_task"] = False  # the project knows 是 and 否 alone
    if column.kind == "area" and found.values[column.key] is not None:
        found.values[column.key] = Decimal(found.values[column.key])
    if column.key == "built_text":
        return Parsed({"built_text": found.values["built_text"]}, found.warnings)
    return found
