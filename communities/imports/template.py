"""The table to fill in: headers, drop-downs, and a sheet of notes. What it makes, the import reads back."""

import io

import xlsxwriter

from communities.imports.kinds import ImportKind

LAST_ROW = 5_000


def template(kind: ImportKind) -> bytes:
    """An XLSX file for this kind of import."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet, notes = book.add_worksheet(kind.label[:31]), book.add_worksheet("填写说明")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    required = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "font_color": "#0B4F56"})
    text = book.add_format({"num_format": "@"})
    for index, column in enumerate(kind.columns):
        sheet.write_string(0, index, column.label, required if column.required else head)
        sheet.set_column(index, index, max(10, len(column.label) * 2 + 2), text if column.personal else None)
        if column.note:
            sheet.write_comment(0, index, column.note)
        if column.choices:
            sheet.data_validation(1, index, LAST_ROW, index, {"validate": "list", "source": list(column.choices)})
    sheet.freeze_panes(1, 0)
    notes.set_column(0, 0, 28)
    notes.set_column(1, 3, 44)
    for number, line in enumerate(kind.template_notes):
        notes.write_string(number, 0, line)
    start = len(kind.template_notes) + 1
    for index, title in enumerate(("列", "说明", "可选值", "示例")):
        notes.write_string(start, index, title, head)
    for number, column in enumerate(kind.columns, start=start + 1):
        values = (column.label, column.note, "、".join(column.choices), column.example)
        for index, value in enumerate(values):
            notes.write_string(number, index, value)
    book.close()
    return stream.getvalue()
