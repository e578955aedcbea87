"""Staged rows in the database: what the preview reads, and what the confirmation holds against the register once more."""

from collections.abc import Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from communities.imports.kinds import StagedRow
from communities.models import Import, ImportRow
from offices import bulk


def letters_of(columns: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Field → letter of its column, from the columns as understood."""
    return {item["field"]: get_column_letter(item["index"] + 1) for item in columns[1:] if item["field"]}


def save(source: Import, rows: Sequence[StagedRow]) -> None:
    """Replace the staged rows of an import."""
    source.rows.all()._raw_delete(source.rows.db)
    for start in range(0, len(rows), bulk.CHUNK):
        bulk.insert([_model(source, row) for row in rows[start : start + bulk.CHUNK]])


def _model(source: Import, row: StagedRow) -> ImportRow:
    return ImportRow(
        source=source, number=row.number, raw=row.raw, values=row.values, changes=row.changes, status=row.status,
        problems=row.problems, target=row.target, target_version=row.target_version,
        warned=any(problem["severity"] == "warning" for problem in row.problems),
    )  # fmt: skip


def load(source: Import) -> list[StagedRow]:
    """The rows that the import would write, in the order of the table."""
    letters = letters_of(source.columns)
    rows = source.rows.exclude(status=ImportRow.Status.SKIPPED).order_by("number").values_list(
        "number", "values", "status", "changes", "target", "target_version"
    )  # fmt: skip
    return [
        StagedRow(number, [], values, letters, status, changes, [], target, version)
        for number, values, status, changes, target, version in rows.iterator(chunk_size=bulk.CHUNK)
    ]
