"""What the clerk is shown of a heading and may correct: the rows it may stand in, each column's field and unit, what was left out."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from communities.imports.cells import Column
from communities.imports.headers import Heading, canonical
from communities.imports.table import Table

TOP = 12  # rows that are offered as the header
TOP_CELLS = 8
TOP_CHARACTERS = 16
_TITLE_UNIT = re.compile(r"(?<!填报)(?<!编制)(?<!上报)单位:\s*(.{1,40})$")


def unit_of(header: str, column: Column) -> str:
    """The unit that a header names: one of the column's, or another multiple of its base (千元); "" where it names none."""
    text = unicodedata.normalize("NFKC", header).replace("平方米", "m2").replace("平米", "m2")
    base = unicodedata.normalize("NFKC", column.units[0]) if column.units else ""
    found = re.search(rf"(百万|千|万|亿)?\s*{base}", text) if base else None
    return f"{found[1] or ''}{column.units[0]}" if found else ""


def give_units(table: Table, heading: Heading, chosen: Mapping[str, str] | None) -> None:
    """The unit of each column that has one: the clerk's word, else the header's, else that of a line above the table (单位：万元)."""
    above = [
        unicodedata.normalize("NFKC", text)
        for number, cells in table.rows
        if number < heading.rows[0]
        for text in cells
        if text
    ]
    titles = [found[1] for text in above if (found := _TITLE_UNIT.search(text))]
    for index, column in heading.fields.items():
        if not column.units:
            continue
        given = (chosen or {}).get(str(index), "")
        header = heading.headers.get(index, "")
        unit = given if given in column.units else unit_of(header, column)
        if not unit and (title := next((text for text in titles if unit_of(text, column)), "")):
            unit = unit_of(title, column)
            heading.notes.append(f"“{header or column.label}”按表上方的“单位：{title}”读取")
        heading.units[index] = unit or column.units[0]


def top_rows(table: Table, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The first rows of the table, shortened, to choose the header from. Where the table holds persons only known headers are shown."""
    known = {name.casefold() for column in columns for name in (column.label, *column.synonyms)}
    personal = any(column.personal for column in columns)

    def shown(text: str) -> str:
        return text[:TOP_CHARACTERS] if not personal or known & set(canonical(text)) else "…"

    return [
        {"row": number, "cells": [shown(text) for text in cells if text][:TOP_CELLS]}
        for number, cells in table.rows[:TOP]
    ]


class Extent:
    """How far a table reaches, seen row by row: its width, and which columns without a header hold anything (they may be given a field)."""

    def __init__(self, heading: Heading) -> None:
        self._heading, self._known = heading, heading.headers.keys() | heading.fields.keys()
        self.width, self._filled = 0, set[int]()
        self._bare: list[int] = []  # columns without a header

    def see(self, number: int, cells: Sequence[str]) -> None:
        """One row."""
        if len(cells) > self.width:
            self._bare += [index for index in range(self.width, len(cells)) if index not in self._known]
            self.width = len(cells)
        if number >= self._heading.first and self._bare:
            self._filled.update(index for index in self._bare if index < len(cells) and cells[index])

    def columns(self) -> list[dict[str, Any]]:
        """Each column of the table: index, header as found, field ("" where not imported) and unit."""
        fields, headers = self._heading.fields, self._heading.headers
        return [
            {
                "index": index,
                "header": headers.get(index, ""),
                "field": fields[index].field if index in fields else "",
                "unit": self._heading.units.get(index, ""),
            }
            for index in range(self.width)
            if index in self._known or index in self._filled
        ]


def notes_of(table: Table) -> list[str]:
    """What the clerk should know of the file as a whole."""
    notes = []
    if table.sheet and table.others:
        notes.append(f"只读取了工作表“{table.sheet}”；未读取：{'、'.join(table.others)}")
    if table.hidden_columns:
        notes.append(f"原表中有 {len(table.hidden_columns)} 列是隐藏的，已一并读取")
    if table.hidden_rows:
        notes.append(f"原表中有 {len(table.hidden_rows)} 行是隐藏的，已一并读取并逐行标出")
    return notes
