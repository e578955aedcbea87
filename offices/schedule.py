"""The official schedule of a year as a sheet: read strictly, every wrong cell named."""

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from django.core.files.uploadedfile import UploadedFile

from policies.refusal import Invalid

BYTES = 1024 * 1024
UNPACKED = 20 * 1024 * 1024
ROWS = 400
HEADER = ("日期", "安排", "名称")
Day = tuple[dt.date, bool, str]


def read(upload: UploadedFile) -> list[Day]:
    """Days (日期, 上班/放假, 名称) of an XLSX or CSV. Raises Invalid with the reasons by cell (``B3``)."""
    content = upload.read(BYTES + 1)
    if len(content) > BYTES:
        raise _file("一年的放假安排不会超过 1 MB，请检查是否选错了文件")
    rows = _sheet(content) if content.startswith(b"PK\x03\x04") else _text(content)
    return _days(rows)


def _file(words: str) -> Invalid:
    return Invalid(words, errors={"file": [words]})


def _sheet(content: bytes) -> list[list[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED:
                raise _file("文件展开后过大")
            if any(b"<!DOCTYPE" in archive.read(entry) for entry in archive.infolist()):
                raise _file("文件中含有外部实体声明，无法读取；请把内容复制到新表格后另存")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()
        return [list(row[:3]) for row in sheet.iter_rows(max_row=ROWS + 1, max_col=3, values_only=True)]
    except Invalid:
        raise
    except Exception as error:  # a hostile or broken workbook can fail anywhere inside the parser
        raise _file("文件已损坏，无法打开；请重新另存为 .xlsx 或 .csv") from error


def _text(content: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return [list(row[:3]) for row in csv.reader(io.StringIO(text))]
    raise _file("不是 XLSX 或 CSV 文件")


def _days(rows: list[list[Any]]) -> list[Day]:
    head = tuple(str(cell or "").strip() for cell in (rows[0] if rows else ()))
    if head != HEADER:
        raise _file(f"第一行应为表头：{'、'.join(HEADER)}")
    errors: dict[str, list[str]] = {}
    days = list(_read_rows(rows[1 : ROWS + 1], errors))
    if errors:
        raise Invalid("日历没有载入：有单元格需要更正", errors=errors)
    return days


def _read_rows(rows: list[list[Any]], errors: dict[str, list[str]]) -> Iterator[Day]:
    seen: dict[dt.date, int] = {}
    for number, row in enumerate(rows, start=2):
        first, second, third = (*row, None, None, None)[:3]
        if not any(str(cell or "").strip() for cell in (first, second, third)):
            continue
        day, word = _day(first), str(second or "").strip()
        if day is None:
            errors[f"A{number}"] = [f"“{first}”不是日期，例如 2027-02-06"]
        elif day in seen:
            errors[f"A{number}"] = [f"{day} 在第 {seen[day]} 行已经写过"]
        if word not in {"上班", "放假"}:
            errors[f"B{number}"] = [f"“{word}”应为“上班”或“放假”"]
        if day is not None:
            seen.setdefault(day, number)
            yield day, word == "上班", str(third or "").strip()[:40]


def _day(cell: Any) -> dt.date | None:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = str(cell or "").strip()
    match = re.fullmatch(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?", text) or re.fullmatch(
        r"(\d{4})(\d{2})(\d{2})", text
    )
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
