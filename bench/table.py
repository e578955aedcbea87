"""The table in docs/performance.md: what is measured now takes the place of the same rows, everything else stays with its own day."""

import datetime as dt
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
HEAD = ["| # | what | the platform | the limit | ratio | goal | | day |", "|---|---|---|---|---|---|---|---|"]
_SIZE = re.compile(r"^[\d,]+ communities: ")
_MACHINE = re.compile(r"^\* (\d{4}-\d\d-\d\d): ")


def machine(day: dt.date) -> str:
    """Where and when, for the list below the table."""
    model = re.search(r"^model name\s*: (.+)$", _text("/proc/cpuinfo"), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s*(\d+)", _text("/proc/meminfo"), re.MULTILINE)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0].split()[0]
    parts = (
        f"{os.cpu_count()} cores", model[1].strip() if model else platform.machine(),
        f"{round(int(memory[1]) / 2**20)} GB" if memory else "", f"PostgreSQL {server}", f"Python {platform.python_version()}",
        f"load {os.getloadavg()[2]:.1f} in the quarter of an hour before",
    )  # fmt: skip
    return f"* {day.isoformat()}: {', '.join(filter(None, parts))}"


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def write(lines: Sequence[str], where: str, document: Path = DOCUMENT) -> None:
    """Put the lines measured now into the document."""
    text = document.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    held, _, tail = rest.partition(END)
    document.write_text(f"{head}{BEGIN}\n{merged(held.splitlines(), lines, where)}\n{END}{tail}", encoding="utf-8")


def merged(held: Sequence[str], lines: Sequence[str], where: str) -> str:
    """The new table: rows in order of their numbers, then the machines of the days that still stand in it."""
    now = {_place(line) for line in lines}
    kept = [line for line in held if line.startswith("| ") and not line.startswith("| # ") and _place(line) not in now]
    rows = sorted([*kept, *lines], key=lambda line: _order(_place(line)))
    days = {line.rstrip("| ").rpartition("|")[2].strip() for line in rows}
    machines = {found[1]: line for line in [*held, where] if (found := _MACHINE.match(line)) and found[1] in days}
    return "\n".join([*HEAD, *rows, "", *(machines[day] for day in sorted(machines))])


def _place(line: str) -> tuple[str, str]:
    """A row's number, and the size of the city where one number is measured at several."""
    number, what = (part.strip() for part in line.split("|")[1:3])
    size = _SIZE.match(what)
    return number, size[0] if size else ""


def _order(place: tuple[str, str]) -> tuple[int, str, int]:
    number, size = place
    digits = re.match(r"\d+", number)
    return int(digits[0]) if digits else 0, number, int(re.sub(r"\D", "", size) or 0)
