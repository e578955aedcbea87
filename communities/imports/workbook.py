"""An XLSX file: what it may hold, its sheets, their rows. Plain Python: no Django, no database.

The archive is held against its own table of contents before anything parses it. A sheet is then looked through once as bytes (merges,
hidden rows, error cells, how far it reaches) and read by calamine; a sheet that only pretends to be large (a cell in the last row of
Excel) is read row by row by openpyxl, which stops where the data stop.
"""

import copy
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any

from defusedxml import ElementTree
from python_calamine import CalamineWorkbook

from communities.imports import limits

Row = tuple[int, list[Any]]
CHUNK = 1 << 20
SPARSE = 4  # a sheet whose last row lies so many times farther than it has rows is read row by row
FAR = re.compile(rb' r="(?:[A-Z]{3}|[D-Z][A-Z]|C[W-Z])\d')  # a cell right of limits.COLUMNS
MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{1,7})"[^>]*')
COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*")
HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
SPAN = re.compile(rb'\b(min|max)="(\d{1,5})"')
ERROR = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>.*?<(?:\w+:)?v>([^<]{1,20})<', re.DOTALL
)

# A formula whose result was never saved (a table made by a program): blank it would pass for 未填报.
UNCOUNTED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*><(?:\w+:)?f[^>]*>[^<]*</(?:\w+:)?f>(?:<(?:\w+:)?v\s*/>|<v></v>)?</(?:\w+:)?c>'
)


class Unreadable(Exception):
    """The file can't be read; the message is for the person who brought it."""


@dataclass(frozen=True)
class Sheet:
    """A visible sheet: its title and where it lies in the archive."""

    title: str
    member: str


@dataclass
class Scan:
    """What the bytes of a sheet say beside its values. ``last``: the last row that is named."""

    merges: list[list[int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: dict[int, dict[int, str]] = field(default_factory=dict)
    rows: int = 0
    last: int = 0
    far: bool = False

    @property
    def sparse(self) -> bool:
        """Whether it reaches much farther than it has rows or columns."""
        return (
            self.far or self.last > limits.ROWS + limits.BLANK_RUN or self.last > SPARSE * self.rows + limits.BLANK_RUN
        )

    def take(self, part: bytes) -> None:
        """Look through a part of the sheet that ends where a row ends."""
        self.rows += part.count(b"<row") + part.count(b":row ")
        if found := ROW.search(part, max(part.rfind(b"<row"), part.rfind(b":row ") - 20, 0)):
            self.last = max(self.last, int(found[1]))
        self.far = self.far or FAR.search(part) is not None
        if b't="e"' in part:
            for cell in ERROR.finditer(part):
                self._wrong(cell, cell[3].decode())
        if b"</f>" in part:
            for cell in UNCOUNTED.finditer(part):
                self._wrong(cell, "#N/A")
        if b"hidden=" in part:
            self._hidden(part)
        if b"mergeCell" in part:
            for found in MERGE.finditer(part):
                if len(self.merges) < limits.MERGES:
                    self.merges.append([_column(found[1]), int(found[2]), _column(found[3]), int(found[4])])

    def _wrong(self, cell: re.Match[bytes], text: str) -> None:
        self.errors.setdefault(int(cell[2]), {})[_column(cell[1]) - 1] = text

    def _hidden(self, part: bytes) -> None:
        self.hidden_rows += [int(row[1]) for row in ROW.finditer(part) if HIDDEN.search(row[0])]
        for column in COLUMN.finditer(part):
            span = {name: int(number) for name, number in SPAN.findall(column[0])}
            if HIDDEN.search(column[0]) and len(span) == 2:
                self.hidden_columns += range(span[b"min"] - 1, min(span[b"max"], limits.COLUMNS))


def _column(letters: bytes) -> int:
    """A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


class Workbook:
    """A workbook whose archive has been held against its contents. Raises Unreadable for what is none, or would unpack to too much."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._scans: dict[str, Scan] = {}
        try:
            with zipfile.ZipFile(path) as archive:
                _check_entries(archive.infolist())
                for entry in archive.infolist():
                    _check_content(archive, entry)
                self.sheets = _sheets(archive)
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            raise Unreadable("文件已损坏，无法打开。请重新另存为 .xlsx 后再上传。") from error

    @cached_property
    def _book(self) -> CalamineWorkbook:
        return CalamineWorkbook.from_path(self.path)

    def scan(self, sheet: Sheet) -> Scan:
        """What the bytes of a sheet say; looked through once."""
        if sheet.member not in self._scans:
            found = self._scans[sheet.member] = Scan()
            tail = b""
            with zipfile.ZipFile(self.path) as archive, archive.open(sheet.member) as stream:
                while chunk := stream.read(CHUNK):
                    tail += chunk
                    end = max(tail.rfind(b"</row>"), tail.rfind(b":row>"))
                    if end < 0 and len(tail) > 4 * CHUNK:
                        end = len(tail) - 300
                    if end >= 0:
                        found.take(tail[:end])
                        tail = tail[end:]
            found.take(tail)
        return self._scans[sheet.member]

    def facts(self, sheet: Sheet) -> dict[str, Any]:
        """``merges`` as [first column, first row, last column, last row] from 1; hidden ``rows`` from 1, columns from 0."""
        scan = self.scan(sheet)
        return {
            "merges": scan.merges,
            "hidden_rows": scan.hidden_rows[: limits.MERGES],
            "hidden_columns": scan.hidden_columns,
            "rows": scan.rows,
        }

    def rows(self, sheet: Sheet) -> Iterator[Row]:
        """Rows with their numbers, at most ``limits.COLUMNS`` cells each."""
        scan = self.scan(sheet)
        # openpyxl takes half a second to load: only such a sheet pays it.
        sparse = import_module("communities.imports.sparse").rows if scan.sparse else None
        rows = sparse(self.path, sheet.title) if sparse else self._dense(sheet)
        for number, cells in rows:
            for column, text in scan.errors.get(number, {}).items():  # calamine leaves them blank
                if column < limits.COLUMNS:
                    cells += [None] * (column + 1 - len(cells))
                    cells[column] = text
            yield number, cells

    def _dense(self, sheet: Sheet) -> Iterator[Row]:
        opened = self._book.get_sheet_by_name(sheet.title)
        first = opened.start
        if first is None:
            return
        before = [None] * first[1]
        for number, cells in enumerate(opened.iter_rows(), start=first[0] + 1):
            yield number, [*before, *cells][: limits.COLUMNS]


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = {entry.filename for entry in entries}
    if len(entries) > limits.ZIP_ENTRIES or sum(entry.file_size for entry in entries) > limits.ZIP_BYTES:
        raise Unreadable("文件展开后过大，无法读取。请只保留需要导入的工作表，另存为新的 .xlsx 或 .csv。")
    for entry in entries:
        if entry.file_size > limits.ZIP_RATIO_FROM and entry.file_size > limits.ZIP_RATIO * max(entry.compress_size, 1):
            raise Unreadable("文件的压缩比异常，无法读取。请把内容复制到新表格，另存为 .xlsx 或 .csv。")
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise Unreadable("不接受带宏的表格。请另存为不带宏的 .xlsx 后再上传。")
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names or len(names) < len(entries):
        raise Unreadable("文件内容不是 Excel 表格。请重新另存为 .xlsx。")


def _check_content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """An entry unpacks to exactly what the table of contents says; XML declares no document type (no entity, no outer file)."""
    asked = copy.copy(entry)
    asked.file_size = entry.file_size + 1  # one byte more than promised is already a lie
    asked.CRC = None  # type: ignore[assignment]
    size, tail = 0, b""
    with archive.open(asked) as stream:
        while chunk := stream.read(CHUNK):
            if entry.filename.endswith((".xml", ".rels")) and (
                b"<!DOCTYPE" in tail + chunk or b"<!ENTITY" in tail + chunk
            ):
                raise Unreadable("文件中含有外部实体声明，无法读取。请把内容复制到新表格，另存为 .xlsx。")
            size, tail = size + len(chunk), chunk[-16:]
    if size != entry.file_size:
        raise Unreadable("文件目录与内容不符，无法读取。请把内容复制到新表格，另存为 .xlsx。")


def _sheets(archive: zipfile.ZipFile) -> list[Sheet]:
    """Visible sheets in their order."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (ElementTree.ParseError, KeyError) as error:
        raise Unreadable("文件已损坏或格式不规范，无法读取。请在 Excel 中打开后另存为新的 .xlsx。") from error
    targets = {item.get("Id"): str(item.get("Target")) for item in relations}
    names = set(archive.namelist())
    found = []
    for item in book.iter():
        if item.tag.rpartition("}")[2] == "sheet" and item.get("state", "visible") == "visible":
            relation = next((value for key, value in item.items() if key.endswith("}id")), "")
            target = targets.get(relation, "")
            member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if member in names and "worksheets" in member:
                found.append(Sheet(str(item.get("name")), member))
    return found
