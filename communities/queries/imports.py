"""Reads of imports: lists, and the preview with personal values masked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from communities.imports.cells import Column
from communities.imports.kinds import kind_of
from communities.imports.mending import Repeated, repeated
from communities.imports.places import LEVELS
from communities.models import Import, ImportRow
from communities.rules.masks import is_organisation, mask_id, mask_name, mask_phone
from offices.models import Division, User

TABS = {"new": "新增", "update": "更新", "unchanged": "未变", "warning": "警告", "error": "错误", "skipped": "跳过"}
LABELS = {"division": "所在区划", "owners": "业主"}


@dataclass(frozen=True)
class Cell:
    """A cell of the preview. ``name``: of the field that mends it (``cell-row-column``); ``choices``: the list it is offered."""

    text: str
    label: str
    problems: tuple[dict[str, str], ...]
    name: str = ""
    masked: bool = False
    choices: str = ""
    wrong: bool = False


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
    """Columns as found: index, header, field, unit, label ("" where not imported) and the units to choose from."""
    known = {column.field: column for column in kind_of(source.kind).columns}
    rows = []
    for item in source.columns[1:]:
        column = known.get(item["field"])
        unit = item.get("unit", "")
        units = dict.fromkeys((*column.units, unit)) if column and column.units else ()
        rows.append({**item, "label": column.label if column else "", "units": list(units), "unit": unit})
    return rows


def head_of(source: Import) -> dict[str, Any]:
    """The table as a whole: ``heading`` (its rows), ``sheet``, ``others``, ``notes`` and the ``top`` rows to choose the header from."""
    blank: dict[str, Any] = {"heading": [], "sheet": "", "others": [], "notes": [], "top": []}
    return {**blank, **source.columns[0]} if source.columns else blank


def same_file(source: Import) -> Import | None:
    """An earlier import of the same file that stands, where there is one."""
    rows = Import.objects.filter(
        file__sha256=source.file.sha256, kind=source.kind, division=source.division_id, state=Import.State.APPLIED
    )
    return rows.exclude(pk=source.pk).select_related("by").order_by("-pk").first()


def options_of(source: Import) -> dict[str, tuple[str, ...]]:
    """Field → what its cells may say, for lists: choices of the kind, and the places below the table's division."""
    found = {column.field: column.choices for column in kind_of(source.kind).columns if column.choices}
    fields = {item["field"] for item in source.columns[1:]}
    if fields & set(LEVELS):
        below = list(Division.objects.below(source.division).order_by("code", "pk").values_list("kind", "name")[:2000])
        kinds = {"place_street": {"street"}, "place_neighbourhood": {"neighbourhood"}}
        for level in fields & set(LEVELS):
            wanted = kinds.get(level)
            found[level] = tuple(
                name for kind, name in below if (kind in wanted if wanted else kind not in {"street", "neighbourhood"})
            )
    return found


def repeated_of(source: Import) -> list[Repeated]:
    """Errors that say the same of the same text in more than one row. Personal columns are mended cell by cell."""
    columns = {column.field: column for column in kind_of(source.kind).columns}
    indexes = {item["field"]: item["index"] for item in source.columns[1:] if item["field"]}
    options = {indexes[name]: texts for name, texts in options_of(source).items() if name in indexes}

    def found() -> Iterable[tuple[int, str, str, str]]:
        rows = source.rows.filter(status=ImportRow.Status.ERROR).values_list("raw", "problems")
        for raw, problems in rows.iterator(chunk_size=2000):
            for problem in problems:
                column, index = columns.get(problem["field"]), indexes.get(problem["field"])
                if column is None or index is None or column.personal or problem["severity"] != "error":
                    continue
                text = raw[index] if index < len(raw) else ""
                yield index, column.label, text, problem["message"].partition("：")[2]

    return repeated(found(), options)


def lines(source: Import, rows: Iterable[ImportRow], editing: int | None = None) -> list[Line]:
    """Rows as the preview shows them, personal values masked. ``editing``: the row of which every cell may be mended."""
    columns = {column.field: column for column in kind_of(source.kind).columns}
    shown = [(item["index"], columns[item["field"]]) for item in source.columns[1:] if item["field"] in columns]
    options = set(options_of(source))
    return [_line(row, shown, columns, options, editing == row.number) for row in rows]


def _line(
    row: ImportRow, shown: Sequence[tuple[int, Column]], columns: dict[str, Column], options: set[str], editing: bool
) -> Line:
    cells = []
    for index, column in shown:
        text = row.raw[index] if index < len(row.raw) else ""
        problems = tuple(problem for problem in row.problems if problem["field"] == column.field)
        mendable = editing or (bool(problems) and row.status != "skipped")
        cells.append(
            Cell(
                mask(column, text), column.label, problems, f"cell-{row.number}-{index}" if mendable else "", bool(column.personal),
                f"options-{column.field}" if column.field in options else "",
                any(problem["severity"] == "error" for problem in problems),
            )
        )  # fmt: skip
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
