"""Row 8: a roll of 100,000 homes from XLSX, checked, with its preview; held against openpyxl and bulk_create around the same checks."""

import io
import tempfile
from pathlib import Path

import openpyxl
import xlsxwriter
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from bench.rows import Row
from communities import actions
from communities.imports.headers import find_heading
from communities.imports.headings import give_units
from communities.imports.kinds import kind_of
from communities.imports.reader import cell_text
from communities.imports.staging import counts, stage
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
    return counts(staged)


def rows(scale: float, by: User, division: Division) -> list[Row]:
    """What is measured, on a roll of its own."""
    source = seed(scale, by=by, division=division)

    def product() -> dict[str, int]:
        return dict(actions.read_import(source=source, at=clock_now()).counts)

    homes = max(int(HOMES * scale), LEAST)
    return [
        Row("8", f"import of {homes:,} homes from XLSX, checked, with preview", product, lambda: by_hand(source), 5, 3, faster=True),
    ]  # fmt: skip
