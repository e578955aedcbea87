"""The kind ``companions``: a table of departments' and utilities' plans becomes lines beside the annual plan (RC-31)."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from communities.imports.cells import CellError, Column, Context, Parsed, choice, plain, read_day, words, year
from communities.imports.kinds import ImportKind, StagedRow
from communities.imports.progress import Run
from communities.imports.undo import Standing, Traces, moved
from communities.models import Import
from communities.rules.search import fold
from offices.models import User
from policies.refusal import Invalid
from projects.actions.companions import add_companion_lines, withdraw_companion
from projects.actions.plans import PLAN_DIVISIONS, YEARS
from projects.models import CompanionLine
from projects.permissions import keeping_body
from projects.queries.companions import found_by_name

MOST = Decimal("1e12")


def _amount(text: str, context: Context) -> Parsed:
    """Yuan as text with two decimals; 万元 in the cell or the header counts."""
    value = plain(text).replace(",", "").replace(" ", "")
    if not value or value in {"-", "—", "/"}:
        return Parsed({"amount": None})
    found = re.fullmatch(r"(\d{1,14}(?:\.\d{1,6})?)(万元|元)?", value)
    if found is None:
        raise CellError(f"“{value[:40]}”不是金额，应写成 35.50")
    unit = found[2] or ("万元" if "万元" in context.header else "元")
    yuan = Decimal(found[1]) * (10000 if unit == "万元" else 1)
    if not 0 < yuan < MOST or yuan != yuan.quantize(Decimal("0.01")):
        raise CellError("应大于 0，精确到分")
    return Parsed({"amount": f"{yuan:.2f}"})


def _funds_on(text: str, context: Context) -> Parsed:
    """A day that may lie ahead."""
    value = plain(text)
    found = read_day(value) if value else None
    if value and found is None:
        raise CellError(f"“{value[:40]}”不是日期，应写成 2026-6-30")
    return Parsed({"funds_on": found.isoformat() if found else None})


COLUMNS: tuple[Column, ...] = (
    Column("year", "年度", ("年份", "实施年度", "计划年度"), year("year", YEARS[0], 10), required=True, fill_down=True, example="2026"),
    Column("kind", "类别", ("计划类别",), choice("kind", {
        "special_plans": ("专项改造计划", "专项计划", "专项"), "pipeline_plans": ("管线改造计划", "管线计划", "管线"),
    }), required=True, fill_down=True, choices=("专项改造计划", "管线改造计划"), example="管线改造计划"),
    Column("sector", "专业", ("行业",), choice("sector", {
        str(key): (str(label),) for key, label in CompanionLine.Sector.choices
    }, "other"), fill_down=True, choices=tuple(str(label) for label in CompanionLine.Sector.labels), example="供水"),
    Column("unit", "编制单位", ("单位", "部门", "专营单位"), words("unit", 80), required=True, fill_down=True, example="县自来水公司"),
    Column("place", "小区名称", ("小区",), words("place", 100), required=True, example="某某小区"),
    Column("works", "建设内容", ("改造内容", "内容"), words("works", 200), example="更换供水立管"),
    Column("amount", "资金", ("金额", "投资"), _amount, note="表头写明单位：资金（元）或资金（万元）", example="35.50万元"),
    Column("funds_on", "资金到位时间", ("到位时间",), _funds_on, example="2026-6-30"),
    Column("document_number", "文号或计划名称", ("文号", "计划名称"), words("document_number", 80)),
)  # fmt: skip


class CompanionKind(ImportKind):
    """Rows are matched by the community's name or former name; what is not found is imported and settled by hand."""

    name, label = "companions", "专项计划、管线改造计划"
    columns = COLUMNS
    template_notes = (
        "每一行是一个单位在一个小区的一项改造；小区名称按登记册的名称或曾用名对应，对不上的导入后人工指定。",
        "金额不计入老旧小区改造项目本身的资金，只并列显示。",
    )

    def prepare(self, source: Import) -> None:
        """The lines stand beside the plan of one county. Raises Invalid, Forbidden."""
        if source.division.kind not in PLAN_DIVISIONS:
            raise Invalid("按县（市、区）或新区导入", errors={"division": ["请选择县（市、区）或新区"]})
        keeping_body(source.by, source.division)

    def match(self, rows: Sequence[StagedRow], source: Import, *, today: dt.date) -> None:
        """A line that stands already is unchanged; a name that is not found is a warning."""
        usable = [row for row in rows if row.usable]
        known = found_by_name(source.division, [str(row.values["place"]) for row in usable])
        standing = {
            _key(line.year, line.kind, line.sector, line.unit, line.place, line.works): line
            for line in CompanionLine.objects.standing().filter(division=source.division)
        }
        for row in usable:
            line = standing.get(
                _key(*(row.values[name] for name in ("year", "kind", "sector", "unit", "place", "works")))
            )
            if line is not None:
                row.becomes(line.uid, line.version, {})
            elif known.get(fold(str(row.values["place"]))) is None:
                row.warn("place", f"“{row.values['place']}”没有对上登记册中的一个小区，导入后请人工指定")

    def apply(
        self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
    ) -> dict[str, Any]:
        """New lines only."""
        fresh = [_values(row) for row in rows if row.status == "new"]
        if fresh:
            run.created(add_companion_lines(by=by, at=at, division=source.division, rows=fresh))
        return {"created": len(fresh), "updated": 0, "unchanged": len(rows) - len(fresh)}

    def standing(self, traces: Traces) -> list[Standing]:
        """A line that a second person has checked, or that was changed since, stays."""
        checked = [line for line in traces.rows(CompanionLine).values() if line.checked_by_id is not None]
        return [*moved(traces), *(Standing("已有第二人复核", str(line.place)) for line in checked)]

    def undo(self, traces: Traces, source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
        """Each line is withdrawn; it stays on record."""
        for line in traces.rows(CompanionLine).values():
            withdraw_companion(by=by, at=at, line=line)


def _key(*parts: Any) -> tuple[str, ...]:
    return tuple(fold(str(part or "")) for part in parts)


def _values(row: StagedRow) -> dict[str, Any]:
    values = {column.field: row.values.get(column.field) for column in COLUMNS}
    values["amount"] = Decimal(values["amount"]) if values["amount"] else None
    values["funds_on"] = dt.date.fromisoformat(values["funds_on"]) if values["funds_on"] else None
    return {**values, "works": values["works"] or "", "document_number": values["document_number"] or ""}
