"""Reads an uploaded table in a process of its own, with bounded memory and time. Plain Python: no Django, no database.

``python -m communities.imports.reader FILE NAME [SHEET]`` prints JSON lines: first a head ``{sheet, others, merges, hidden_rows,
hidden_columns, rows}``, then ``[row number, [cell texts]]`` of each row that is not blank; or one line ``{"error": …}`` in words that a
clerk understands. Cells come out as texts: numbers with Excel's 15 digits and no more, days in ISO, blank cells as "".
"""

import csv
import datetime as dt
import io
import resource
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from communities.imports import limits
from communities.imports.workbook import Row, Unreadable, Workbook


def sniff(head: bytes, name: str) -> str:
    """``xlsx`` or ``text`` by content, not by name. Raises Unreadable with the way out."""
    suffix = Path(name).suffix.lower()
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(
            "这是旧版 Excel（.xls）或加密的文件。请在 Excel 或 WPS 中打开，另存为 .xlsx 或 .csv（不设密码）后再上传。"
        )
    if head.startswith(b"PK\x03\x04"):
        if suffix in {".xlsm", ".xltm", ".xlsb"}:
            raise Unreadable("不接受带宏的表格（.xlsm）。请另存为 .xlsx 后再上传。")
        return "xlsx"
    if suffix == ".xls":
        raise Unreadable("不支持 .xls 文件。请在 Excel 或 WPS 中打开，另存为 .xlsx 或 .csv 后再上传。")
    if suffix in {".xlsx", ".xlsm"}:
        raise Unreadable("文件内容不是 Excel 表格（可能是改了扩展名的其他文件，或文件已损坏）。请重新另存为 .xlsx。")
    if suffix not in {".csv", ".txt", ".tsv"}:
        raise Unreadable(f"不支持“{suffix or '无扩展名'}”文件。请上传 .xlsx 或 .csv，或直接粘贴表格内容。")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("文件内容不是文本表格（可能是改了扩展名的程序或图片）。请上传 .xlsx 或 .csv。")
    return "text"


def cell_text(value: Any) -> str:
    """A cell as the text that a person sees, without the noise of binary fractions."""
    if value.__class__ is str:
        return value.replace("\x00", "").strip()[: limits.CELL_CHARACTERS]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ", timespec="minutes")
    return str(value).replace("\x00", "").strip()[: limits.CELL_CHARACTERS]


def bounded(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that are not blank, until the cap or a long run of blank ones (formatting without data). Raises Unreadable past the cap."""
    kept = blank = 0
    for number, cells in rows:
        if any(cells):
            kept, blank = kept + 1, 0
            if kept > limits.ROWS:
                raise Unreadable(f"表格超过 {limits.ROWS} 行。请按区县或街道拆分后分别导入。")
            yield number, cells
        else:
            blank += 1
            if blank > limits.BLANK_RUN:
                return


def read_xlsx(path: Path, wanted: str = "") -> Iterator[Any]:
    """Head and rows of the wanted sheet, else of the first that is not blank."""
    book = Workbook(path)
    titles = [sheet.title for sheet in book.sheets]
    for sheet in [sheet for sheet in book.sheets if sheet.title == wanted] or book.sheets:
        rows = bounded((number, [cell_text(value) for value in cells]) for number, cells in book.rows(sheet))
        first = next(rows, None)
        if first is not None:
            yield {
                "sheet": sheet.title,
                "others": [title for title in titles if title != sheet.title],
                **book.facts(sheet),
            }
            yield first
            yield from rows
            return
    raise Unreadable("表格是空的：没有找到任何内容。")


def read_text(path: Path) -> Iterator[Any]:
    """Head and rows of a CSV or tab-separated text (UTF-8 with or without BOM, UTF-16 with BOM, GB18030)."""
    text = decode(path.read_bytes())
    csv.field_size_limit(1 << 20)
    delimiter = _delimiter([line for line in text.splitlines()[:30] if line.strip()])
    yield {
        "sheet": "",
        "others": [],
        "merges": [],
        "hidden_rows": [],
        "hidden_columns": [],
        "rows": text.count("\n") + 1,
    }
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = False
    for item in bounded(
        (n, [cell_text(cell) for cell in row[: limits.COLUMNS]]) for n, row in enumerate(rows, start=1)
    ):
        found = True
        yield item
    if not found:
        raise Unreadable("表格是空的：没有找到任何内容。")


def _delimiter(lines: Sequence[str]) -> str:
    """The sign of which most lines have equally many: 1,979 beside a tab is a number, not two columns."""

    def agreed(sign: str) -> int:
        return max(Counter(line.count(sign) for line in lines if sign in line).values(), default=0)

    return max("\t,;", key=agreed)


def decode(content: bytes) -> str:
    """Text of a CSV in one of the encodings that Excel, WPS and old systems write. Raises Unreadable."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="strict")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("无法识别文件的文字编码。请另存为“CSV UTF-8”或 .xlsx 后再上传。")


def read(path: Path, name: str, sheet: str = "") -> Iterator[Any]:
    """Head and rows of a file. Raises Unreadable; anything else that goes wrong in a parser is told as a damaged file."""
    with path.open("rb") as stream:
        head = stream.read(8192)
    if not head:
        raise Unreadable("文件是空的。")
    try:
        yield from read_xlsx(path, sheet) if sniff(head, name) == "xlsx" else read_text(path)
    except Unreadable:
        raise
    except MemoryError as error:
        raise Unreadable("表格过大，读取时超出内存限制。请拆分后分别导入。") from error
    except Exception as error:  # a hostile or broken workbook can fail anywhere inside the parser
        raise Unreadable("文件已损坏或格式不规范，无法读取。请在 Excel 中打开后另存为新的 .xlsx。") from error


def main(arguments: list[str]) -> int:
    """Entry point of the reading process."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.OUTPUT_BYTES, limits.OUTPUT_BYTES))
    path, name, *rest = arguments
    out = sys.stdout.buffer
    try:
        for item in read(Path(path), name, rest[0] if rest else ""):
            out.write(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE))
    except Unreadable as error:
        out.write(orjson.dumps({"error": str(error)}, option=orjson.OPT_APPEND_NEWLINE))
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
