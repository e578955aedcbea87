"""Whole lists as JSON lines, CSV or XLSX, row by row: memory does not grow with the number of rows."""

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import orjson
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from policies.refusal import Invalid
from rest import workbook
from rest.parameters import invalid

FORMATS = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
XLSX_ROWS = 1_048_575
XLSX_CELL = 32_767
BATCH = 500
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def cell(value: Any) -> str:
    """A value as the text of a cell: nothing is empty, nested values are JSON, and what a spreadsheet would run as a formula is not one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple | orjson.Fragment):
        return orjson.dumps(value, default=str).decode()
    if isinstance(value, dt.datetime):
        return value.isoformat()
    text = str(value)
    if text[:1] in "=+-@\t\r\n" and text and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def as_jsonl(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """One JSON object a line, joined in batches (a chunk a row costs more than the row)."""
    batch: list[bytes] = []
    for row in rows:
        batch.append(orjson.dumps(row, default=str, option=orjson.OPT_APPEND_NEWLINE))
        if len(batch) == BATCH:
            yield b"".join(batch)
            batch = []
    yield b"".join(batch)


def as_csv(rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[bytes]:
    """Header, then rows (RFC 4180, UTF-8 without a mark)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")  # as PostgreSQL writes it
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(row.get(column)) for column in columns])
        if number % BATCH == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def sheet(rows: Iterable[dict[str, Any]], columns: list[str]) -> IO[bytes]:
    """A workbook, written to a temporary file with constant memory. Raises Invalid where the rows do not fit into a sheet."""
    file = tempfile.TemporaryFile()
    try:
        workbook.write(file, columns, _cells(rows, columns))
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def as_xlsx(rows: Iterable[dict[str, Any]], columns: list[str], name: str) -> HttpResponseBase:
    """The same as an answer."""
    file = sheet(rows, columns)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=FORMATS["xlsx"])


def _cells(rows: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, start=1):
        if number > XLSX_ROWS:
            raise Invalid(
                f"超过 {XLSX_ROWS} 行，一张工作表放不下；请筛选，或用 format=csv。", errors={"format": ["行数过多"]}
            )
        yield [_kept(row.get(column)) for column in columns]


def _kept(value: Any) -> Any:
    """A number that a sheet holds exactly, else a text; None for nothing."""
    if value is None or workbook.is_number(value):
        return value
    return cell(value)[:XLSX_CELL]


def known(format: str | None) -> str:
    """The format asked for (jsonl where None). Raises Invalid for another one."""
    format = format or "jsonl"
    if format not in FORMATS:
        raise invalid("format", f"须为 {'、'.join(FORMATS)} 之一")
    return format


def respond(rows: Iterable[dict[str, Any]], columns: list[str], *, format: str | None, name: str) -> HttpResponseBase:
    """The answer in ``format``. Raises Invalid for an unknown one."""
    format = known(format)
    if format == "xlsx":
        return as_xlsx(rows, columns, name)
    return streamed(as_csv(rows, columns) if format == "csv" else as_jsonl(rows), format, name)


def written(rows: Iterable[dict[str, Any]], columns: list[str], format: str) -> IO[bytes]:
    """The whole list in a temporary file, at its beginning. Raises Invalid where the rows do not fit into a sheet."""
    if format == "xlsx":
        return sheet(rows, columns)
    file = tempfile.TemporaryFile()
    file.writelines(as_csv(rows, columns) if format == "csv" else as_jsonl(rows))
    file.seek(0)
    return file


def streamed(parts: Iterable[bytes], format: str, name: str) -> HttpResponseBase:
    """Chunks as a file that is sent while it is written."""
    response = StreamingHttpResponse(parts, content_type=FORMATS[format])
    response["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response
