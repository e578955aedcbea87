"""Reads of imports: lists, and the preview with personal values masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from communities.imports.cells import Column
from communities.imports.kinds import kind_of
from communities.models import Import, ImportRow
from communities.rules.masks import is_organisation, mask_id, mask_name, mask_phone
from offices.models import User

TABS = {"new": "新增", "update": "更新", "unchanged": "未变", "warning": "警告", "error": "错误", "skipped": "跳过"}
LABELS = {"division": "所在区划", "owners": "业主"}


@dataclass(frozen=True)
class Cell:
    """A cell of the preview."""

    text: str
    label: str
    problems: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Line:
    """A row of the preview."""

    number: int
    status: str
    label: str
    cells: tuple[Cell, ...]
    changes: tuple[tuple[str, Any, Any], ...]
    problems: tuple[dict[str, str], ...]


def import_list(user: User) -> QuerySet[Import]:
    """Imports of the user's scope, newest first."""
    return Import.objects.visible_to(user).select_related("division", "body", "by", "file").order_by("-pk")


def rows_of(source: Import, tab: str) -> QuerySet[ImportRow]:
    """Rows of one tab of the preview. Warnings cut across the other statuses."""
    rows = source.rows.order_by("number")
    if tab == "warning":
        return rows.filter(warned=True).exclude(status="skipped")
    return rows.filter(status=tab) if tab in TABS else rows


def understood(source: Import) -> list[dict[str, Any]]:
    """Columns as found: index, header, field and label ("" where not imported)."""
    labels = {column.field: column.label for column in kind_of(source.kind).columns}
    return [{**item, "label": labels.get(item["field"], "")} for item in source.columns[1:]]


def notes_of(source: Import) -> list[str]:
    """What was left out of the table as a whole."""
    return list(source.columns[0]["notes"]) if source.columns else []


def lines(source: Import, rows: Iterable[ImportRow]) -> list[Line]:
    """Rows as the preview shows them, personal values masked."""
    columns = {column.field: column for column in kind_of(source.kind).columns}
    shown = [(item["index"], columns[item["field"]]) for item in source.columns[1:] if item["field"] in columns]
    return [_line(row, shown, columns) for row in rows]


def _line(row: ImportRow, shown: list[tuple[int, Column]], columns: dict[str, Column]) -> Line:
    cells = []
    for index, column in shown:
        text = row.raw[index] if index < len(row.raw) else ""
        problems = tuple(problem for problem in row.problems if problem["field"] == column.field)
        cells.append(Cell(mask(column, text), column.label, problems))
    changes = tuple(
        (columns[name].label if name in columns else LABELS.get(name, name), before, after)
        for name, (before, after) in row.changes.items()
    )
    return Line(row.number, row.status, row.get_status_display(), tuple(cells), changes, tuple(row.problems))


def mask(column: Column, text: str) -> str:
    """A cell as the preview shows it."""
    if column.personal == "name":
        return text if is_organisation(text) else mask_name(text)
    if column.personal == "id":
        return mask_id(text)
    return mask_phone(text) if column.personal == "phone" else text
