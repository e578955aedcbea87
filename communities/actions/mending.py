"""Cells of a preview mended by the clerk, one by one or a repeated one everywhere. The file itself stays as it came."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from communities.actions.imports import keeper_of, opened, read_import, saved
from communities.imports import limits
from communities.imports.kinds import kind_of
from communities.models import Import, ImportRow
from offices.models import User
from policies.refusal import Invalid, Refused

MOST_MENDS = 50_000
Cells = Mapping[tuple[int, int], str]
Everywhere = tuple[int, str, str]  # column index, text as found, text instead


def mend_import(
    *, by: User, at: dt.datetime, source: Import, cells: Cells | None = None, everywhere: Sequence[Everywhere] = ()
) -> Import:
    """Write other texts into cells of the table (row number and column index) and read it again.

    A large table is left ``uploaded`` for the worker. Raises Invalid for a cell that is not there or a text that can't be one, Refused
    once confirmed, Forbidden.
    """
    with transaction.atomic():
        row = opened(source, {Import.State.READ})
        keeper_of(kind_of(row.kind), by, row)
        wanted = {**(cells or {}), **_everywhere(row, everywhere)}
        _check(row, wanted)
        mends = {number: dict(columns) for number, columns in row.mends.items()}
        for (number, column), text in wanted.items():
            mends.setdefault(str(number), {})[str(column)] = text
        if sum(map(len, mends.values())) > MOST_MENDS:
            raise Refused(f"在预览中最多改 {MOST_MENDS} 个单元格，请改正原表后重新上传。", code="too_many_mends")
        row.mends = mends
        later = sum(row.counts.get(name, 0) for name in ImportRow.Status.values) > limits.AT_ONCE_ROWS
        if later:
            row.state = Import.State.UPLOADED
        saved(row, at)
    return row if later else read_import(source=row, at=at)


def _everywhere(source: Import, wanted: Sequence[Everywhere]) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    if wanted:
        for number, raw in source.rows.exclude(status=ImportRow.Status.SKIPPED).values_list("number", "raw").iterator():
            for column, before, after in wanted:
                if column < len(raw) and raw[column] == before:
                    found[number, column] = after
        if not found:
            raise Invalid("表中没有这样的内容。", errors={"found": ["表中没有这样的内容，可能已经改过"]})
    return found


def _check(source: Import, wanted: Cells) -> None:
    if not wanted:
        raise Invalid("没有要修改的内容。", errors={"cells": ["请填写要修改的单元格"]})
    columns = {item["index"] for item in source.columns[1:] if item["field"]}
    numbers = {number for number, _ in wanted}
    known = set(source.rows.filter(number__in=numbers).values_list("number", flat=True)) if len(numbers) < 500 else set(
        source.rows.values_list("number", flat=True)
    )  # fmt: skip
    for (number, column), text in wanted.items():
        if number not in known or column not in columns:
            raise Invalid("没有这个单元格。", errors={"cells": [f"第 {number} 行没有这一列，或这一列不导入"]})
        if len(text) > limits.CELL_CHARACTERS or "\0" in text:
            raise Invalid(
                "内容过长或含有非法字符。", errors={"cells": [f"第 {number} 行：最多 {limits.CELL_CHARACTERS} 个字"]}
            )
