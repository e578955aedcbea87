"""Row 8: a roll of 100,000 homes from XLSX, checked, with its preview; held against openpyxl and bulk_create around the same checks.

``python -m bench.imports read|apply UID`` does one step of an import in a process of its own and prints by how much the memory of
that process and of its reader grew at the most, in MB.
"""

import io
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

import openpyxl
import xlsxwriter
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from bench.rows import Figure, Row
from communities import actions
from communities.imports.headers import find_heading
from communities.imports.headings import give_units
from communities.imports.kinds import kind_of
from communities.imports.reader import cell_text
from communities.imports.staging import stage
from communities.imports.store import STATUSES, warned
from communities.imports.table import Table
from communities.models import Community, Import, ImportRow
from offices.clock import day_of
from offices.clock import now as clock_now
from offices.models import Division, User

HOMES, LEAST = 100_000, 100
HEAD = ("楼栋", "单元", "房号", "专有部分面积（㎡）", "面积来源", "业主姓名", "证件号码", "电话")


def workbook(homes: int) -> bytes:
    """A roll: sixty homes a building, every owner with a number and a phone of his own."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    for n in range(homes):
        house, unit, room = n // 60 + 1, n % 60 // 20 + 1, n % 20
        number = f"{room // 2 + 1}{room % 2 + 1:02d}"
        sheet.write_row(
            n + 1, 0, (f"{house}号楼", f"{unit}单元", number, 60 + n * 37 % 8000 / 100, "不动产登记簿", f"业主{n:06d}", f"A{n:09d}",
                       f"139{n:08d}")
        )  # fmt: skip
    book.close()
    return stream.getvalue()


def seed(scale: float, *, by: User, division: Division) -> Import:
    """An uploaded roll of a community without homes, not read yet."""
    place = Community(name="测速清册小区", created_at=clock_now(), updated_at=clock_now())
    place.place_in(division)
    place.save()
    content = workbook(max(int(HOMES * scale), LEAST))
    return actions.upload_import(
        by=by, at=clock_now(), kind="roll", division=division, options={"community": str(place.uid)},
        upload=SimpleUploadedFile("清册.xlsx", content),
    )  # fmt: skip


def by_hand(source: Import) -> dict[str, int]:
    """The same answer as somebody writes it: openpyxl reads, the same checks, bulk_create stages."""
    kind = kind_of(source.kind)
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy, default_storage.open(source.file.path) as stored:
        copy.write(stored.read())
        copy.flush()
        sheet = openpyxl.load_workbook(Path(copy.name), read_only=True, data_only=True).worksheets[0]
        rows = [
            (n, [cell_text(value) for value in row]) for n, row in enumerate(sheet.iter_rows(values_only=True), start=1)
        ]
    table = Table(rows)
    heading = find_heading(table, kind.columns)
    give_units(table, heading, None)
    staged = stage(table, heading, day_of(clock_now()))
    with transaction.atomic():
        kind.match(staged, source, today=day_of(clock_now()))
        source.rows.all().delete()
        ImportRow.objects.bulk_create(
            [
                ImportRow(source=source, number=row.number, raw=row.raw, values=row.values, status=row.status, problems=row.problems)
                for row in staged
            ],
            batch_size=1000,
        )  # fmt: skip
    found = Counter({"warning": sum(row.status != "skipped" and warned(row) for row in staged)})
    return {**dict.fromkeys(STATUSES, 0), **found, **Counter(row.status for row in staged)}


class Watch(threading.Thread):
    """The most memory that this process and those it started held at once, in MB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most, self._over = held(), threading.Event()

    def run(self) -> None:
        """Look every few milliseconds."""
        while not self._over.wait(0.01):
            self.most = max(self.most, held())

    def end(self) -> float:
        """Stop looking."""
        self._over.set()
        self.join()
        return self.most


def held() -> float:
    """Resident MB of this process and its children."""
    return sum(_resident(pid) for pid in (os.getpid(), *_children())) / 2**20


def _children() -> list[int]:
    return [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # gone meanwhile
        return 0


STEPS: dict[str, Callable[[Import], object]] = {
    "read": lambda source: actions.read_import(source=source, at=clock_now()),
    "apply": lambda source: actions.apply_import(by=source.by, at=clock_now(), source=source),
}


def grown(step: str, source: Import) -> float:
    """MB by which a process of its own grew over the step."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    command = [sys.executable, "-m", "bench.imports", step, str(source.uid)]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def main(step: str, uid: str) -> None:
    """One step, watched."""
    source = Import.objects.select_related("by", "division", "file", "body").get(uid=uid)
    before, watch = held(), Watch()
    watch.start()
    STEPS[step](source)
    print(watch.end() - before)


def rows(scale: float, by: User, division: Division) -> list[Row | Figure]:
    """What is measured, on a roll of its own."""
    source = seed(scale, by=by, division=division)

    def product() -> dict[str, int]:
        return dict(actions.read_import(source=source, at=clock_now()).counts)

    homes = max(int(HOMES * scale), LEAST)
    words = {"read": "preview made from XLSX", "apply": "written into the register"}
    return [
        Row("8", f"import of {homes:,} homes from XLSX, checked, with preview", product, lambda: by_hand(source), 5, 3, faster=True),
        *(Figure("8", f"memory over what it was, reader included: {homes:,} homes {words[step]}", partial(grown, step, source), "MB", 250)
          for step in STEPS),
    ]  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
