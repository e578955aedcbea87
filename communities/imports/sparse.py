"""A sheet that reaches much farther than its data, read row by row by openpyxl. Plain Python: no Django, no database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from communities.imports import limits


def rows(path: Path, title: str) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their numbers, from the first of the sheet."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    opened = book[title]
    opened.reset_dimensions()  # a forged dimension hides rows or promises millions
    found = opened.iter_rows(max_row=1_048_576, max_col=limits.COLUMNS, values_only=True)
    for number, values in enumerate(found, start=1):
        yield number, list(values)
