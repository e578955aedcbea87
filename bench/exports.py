"""Rows 4, 5 and 9: every project as CSV, JSON lines and XLSX over HTTP, against COPY of SQL by hand and XlsxWriter on rows in memory."""

import csv
import io
import json
import tempfile
from collections.abc import Callable
from typing import Any

import python_calamine
import xlsxwriter
from django.db import connection

from bench.limit import LABELS
from bench.rows import Figure, Row, once
from bench.servers import Server

CSV, LINES, XLSX = 1.2, 1.2, 1.3
_CASES = " ".join(f"WHEN '{key}' THEN '{word}'" for key, word in LABELS.items())
# The public columns by hand, as an export says them: nested names as JSON, times in ISO 8601.
SELECT = (
    "SELECT p.uid, p.name, json_build_object('uid', d.uid, 'name', d.name) AS division, "
    "json_build_object('uid', c.uid, 'name', c.name) AS county, p.plan_year, p.stage, "
    f"CASE p.stage {_CASES} END AS stage_label, p.national_task{{boolean}}, "
    "(SELECT coalesce(json_agg(json_build_object('uid', m.uid, 'name', m.name) ORDER BY x.id), '[]') FROM projects_projectcommunity x "
    "JOIN communities_community m ON m.id = x.community_id WHERE x.project_id = p.id) AS communities, "
    "p.entered_in_midlife{boolean}, p.reported_on, p.version, {moment} AS updated_at FROM projects_project p "
    "JOIN offices_division d ON d.id = p.division_id JOIN offices_division c ON c.id = p.county_id WHERE p.published ORDER BY p.id"
)
MOMENT = "to_char(p.updated_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US+08:00')"


class _Sink:
    """Where a raw COPY goes: kept, or only counted."""

    def __init__(self, keep: bool) -> None:
        self.parts: list[bytes] = []
        self.keep = keep

    def write(self, data: bytes) -> int:
        if self.keep:
            self.parts.append(data)
        return len(data)


def _copy(inner: str, options: str, keep: bool = False) -> bytes:
    sink = _Sink(keep)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(f"COPY ({inner}) TO STDOUT WITH ({options})", sink)
    return b"".join(sink.parts)


def _csv(keep: bool = False) -> bytes:
    return _copy(SELECT.format(boolean="::text", moment=MOMENT), "FORMAT csv, HEADER", keep)


def _lines(keep: bool = False) -> bytes:
    inner = SELECT.format(boolean="", moment=MOMENT)
    return _copy(f"SELECT row_to_json(t) FROM ({inner}) t", "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02'", keep)


def _moment(text: str) -> str:
    return text.replace(".000000+", "+")


def _same_csv(body: bytes) -> list[Any]:
    rows = csv.DictReader(io.StringIO(body.decode()))
    nested = ("division", "county", "communities")
    return [
        {**row, **{name: json.loads(row[name]) for name in nested}, "updated_at": _moment(row["updated_at"])} for row in rows
    ]  # fmt: skip


def _same_lines(body: bytes) -> list[Any]:
    rows = (json.loads(line) for line in body.splitlines())
    return [{**row, "updated_at": _moment(row["updated_at"])} for row in rows]


def _whole(server: Server, path: str) -> bytes:
    status, _, body = server.get(path)
    assert status == 200, body[:300]
    return body


def _sheet(rows: list[list[Any]]) -> bytes:
    """The same cells written by XlsxWriter."""
    with tempfile.TemporaryFile() as file:
        book = xlsxwriter.Workbook(
            file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for position, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number, position, value)
                else:
                    sheet.write_string(number, position, value)
        book.close()
        file.seek(0)
        return file.read()


def _read(body: bytes) -> list[list[Any]]:
    """The cells of a workbook as a reader of another make finds them, without the heading (XlsxWriter is given rows alone)."""
    rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    return [[_plain(value) for value in row] for row in rows if row[0] != "uid"]


def _plain(value: Any) -> Any:
    """A cell by what it says: JSON and moments are spelled in more than one way."""
    text = value if isinstance(value, str) else ""
    return json.loads(text) if text[:1] in {"{", "["} else _moment(text) if text else str(value).lower()


def _cells(body: bytes) -> list[list[Any]]:
    """The rows of an export as the cells of a sheet."""
    numbers = {"plan_year", "version"}
    rows = csv.DictReader(io.StringIO(body.decode()))
    return [[int(value) if name in numbers and value else value for name, value in row.items()] for row in rows]


def rows(platform: Server, count: int) -> list[Row | Figure]:
    """What is measured."""
    path = "/api/v1/projects/export/?format="
    made: list[Row | Figure] = []
    for number, form, goal, limit, same in (
        ("4", "csv", CSV, _csv, _same_csv),
        ("5", "jsonl", LINES, _lines, _same_lines),
    ):
        what = f"export of {count:,} projects as {form.upper()}, public columns, against COPY of hand-written SQL"
        made.append(
            _memory(number, f"memory of the worker over what it was, {form.upper()}", platform, path + form, 32)
        )
        made.append(_row(number, what, goal, platform, path + form, limit, same))
    made.append(_memory("9", "memory of the worker over what it was, XLSX", platform, path + "xlsx", 64))
    kept: dict[str, list[list[Any]]] = {}

    def cells() -> list[list[Any]]:
        return kept.setdefault("rows", _cells(_csv(keep=True)))

    made.append(
        Row(
            "9", f"export of {count:,} projects as XLSX, against XlsxWriter constant_memory on rows in memory",
            lambda: _read(_whole(platform, path + "xlsx")), lambda: _read(_sheet(cells())), XLSX, rounds=3,
            product_call=platform.raw(path + "xlsx"), limit_call=lambda: _sheet(cells()),
        )
    )  # fmt: skip
    return made


def _row(
    number: str, what: str, goal: float, platform: Server, path: str, limit: Callable[..., bytes], same: Callable[[bytes], list[Any]]
) -> Row:  # fmt: skip
    return Row(
        number, what, lambda: same(_whole(platform, path)), lambda: same(limit(keep=True)), goal, rounds=7,
        product_call=platform.raw(path), limit_call=limit, clock=once,
    )  # fmt: skip


def _memory(number: str, what: str, platform: Server, path: str, goal: float) -> Figure:
    def measure() -> float:
        before = platform.resident(reset=True)
        platform.raw(path)()
        return max(0.0, (platform.memory() - before) / 2**20)

    return Figure(number, what, measure, "MB", goal)
