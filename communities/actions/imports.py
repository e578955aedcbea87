"""Writers of imports: upload, read (stage and preview), apply in one transaction or not at all, cancel.

States: uploaded → read | failed → (applying) → applied; uploaded, read or failed → cancelled. Nothing reaches the register before
``apply_import``, and a process killed inside it leaves the import as it was: read, ready to be applied again.
"""

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import IntegrityError, transaction

from communities.access import require_keeper
from communities.imports import limits
from communities.imports.headers import HeaderMissing, Heading, find_heading
from communities.imports.kinds import ImportKind, StagedRow, kind_of
from communities.imports.reader import Unreadable, sniff
from communities.imports.staging import counts, stage
from communities.imports.table import Table, read_table
from communities.models import Import, ImportRow
from offices import files, history
from offices.clock import day_of
from offices.models import Division, User
from policies.refusal import Invalid, Refused, Stale

BATCH = 1000
CHANGED = "预览之后登记册有变化，没有写入任何内容。已按最新情况重新生成预览，请核对后再确认。"
OPTIONS = frozenset({"sheet", "header_row", "mapping", "community", "evidence", "year"})


def pasted(text: str) -> UploadedFile:
    """A table pasted from Excel or WPS (tab separated) as an upload."""
    return SimpleUploadedFile("粘贴的表格.txt", text.encode("utf-8"), content_type="text/plain")


@transaction.atomic
def upload_import(
    *,
    by: User,
    at: dt.datetime,
    kind: str,
    division: Division,
    upload: UploadedFile,
    options: Mapping[str, Any] | None = None,
) -> Import:
    """Take a table in; nothing of it is read yet but its first bytes and its size.

    Raises Invalid (errors["file"]) for a file that can't be a table, with the way out; Forbidden outside the clerk's division.
    """
    body = require_keeper(by, division)
    importer = kind_of(kind)
    check_upload(upload)
    unknown = set(options or {}) - OPTIONS
    if unknown:
        raise Invalid("有不认识的选项。", errors={name: ["不认识的选项"] for name in sorted(unknown)})
    source = Import(kind=kind, body=body, by=by, options=dict(options or {}), created_at=at, updated_at=at)
    source.place_in(division)
    importer.prepare(source)
    source.file = files.store(upload=_as_utf8(upload), division=division, by=by, at=at, personal=importer.personal)
    source.save()
    data = {"kind": kind, "file": str(source.file.uid), "sha256": source.file.sha256}
    history.record(by=by, at=at, action="import.upload", subject=source, data=data, body=body)
    return source


def check_upload(upload: UploadedFile) -> None:
    """Refuse by size and first bytes, before anything is stored or parsed. Raises Invalid."""
    size = upload.size or 0
    if size > limits.BYTES:
        raise _no_file(
            f"文件有 {size / 1048576:.1f} MB，超过 {limits.BYTES // 1048576} MB。请只保留需要导入的工作表，或拆分后上传。"
        )
    if size == 0:
        raise _no_file("文件是空的。")
    head = upload.read(8192)
    upload.seek(0)
    try:
        sniff(head, upload.name or "")
    except Unreadable as error:
        raise _no_file(str(error)) from error


def _as_utf8(upload: UploadedFile) -> UploadedFile:
    """Excel's “Unicode 文本” is UTF-16, which the file store takes for a program: kept as UTF-8. Anything else as it is."""
    head = upload.read(2)
    upload.seek(0)
    if head not in {b"\xff\xfe", b"\xfe\xff"}:
        return upload
    try:
        text = upload.read().decode("utf-16")
    except UnicodeDecodeError as error:
        raise _no_file("无法识别文件的文字编码。请另存为“CSV UTF-8”或 .xlsx 后再上传。") from error
    return SimpleUploadedFile(upload.name or "", text.encode("utf-8"), content_type="text/plain")


def _no_file(message: str) -> Invalid:
    return Invalid(message, errors={"file": [message]})


def read_import(*, source: Import, at: dt.datetime) -> Import:
    """Read the stored table, stage its rows and preview what they would do. Repeatable until applied or cancelled.

    A file that can't be read makes the import ``failed`` with the reason; that is an outcome, not an exception.
    """
    importer = kind_of(source.kind)
    try:
        table = _table(source)
        heading = find_heading(table, importer.columns, source.options.get("mapping"), source.options.get("header_row"))
    except Unreadable as error:
        return _failed(source, at, str(error))
    except HeaderMissing as error:
        return _failed(source, at, str(error), _understood(table, error.heading) if error.heading else None)
    rows = stage(table, heading, day_of(at))
    if not any(row.status != "skipped" for row in rows):
        return _failed(source, at, f"表头下面没有数据行（表头在第 {heading.rows[-1]} 行）。")
    return _stage_rows(source, at, importer, rows, _understood(table, heading))


def _table(source: Import) -> Table:
    suffix = Path(source.file.name).suffix
    with tempfile.NamedTemporaryFile(suffix=suffix) as copy:
        with default_storage.open(source.file.path) as stored:
            for chunk in stored.chunks():
                copy.write(chunk)
        copy.flush()
        return read_table(Path(copy.name), source.file.name, str(source.options.get("sheet", "")))


def _understood(table: Table, heading: Heading) -> list[dict[str, Any]]:
    columns: list[dict[str, Any]] = [
        {"index": i, "header": header, "field": heading.fields[i].field if i in heading.fields else ""}
        for i, header in sorted(heading.headers.items())
    ]
    notes = list(heading.notes)
    if table.sheet and table.others:
        notes.append(f"只读取了工作表“{table.sheet}”；未读取：{'、'.join(table.others)}")
    return [
        {"heading": list(heading.rows), "sheet": table.sheet, "others": list(table.others), "notes": notes},
        *columns,
    ]


@transaction.atomic
def _failed(source: Import, at: dt.datetime, reason: str, columns: list[dict[str, Any]] | None = None) -> Import:
    row = _open(source, {Import.State.UPLOADED, Import.State.READ, Import.State.FAILED})
    row.rows.all().delete()
    row.state, row.error, row.counts, row.columns = Import.State.FAILED, reason[:500], {}, columns or []
    return _saved(row, at)


@transaction.atomic
def _stage_rows(
    source: Import, at: dt.datetime, importer: ImportKind, rows: list[StagedRow], columns: list[dict[str, Any]]
) -> Import:
    row = _open(source, {Import.State.UPLOADED, Import.State.READ, Import.State.FAILED})
    importer.match(rows, row, today=day_of(at))
    row.rows.all().delete()
    ImportRow.objects.bulk_create([_model(row, item) for item in rows], batch_size=BATCH)
    row.state, row.error, row.counts, row.columns = Import.State.READ, "", counts(rows), columns
    return _saved(row, at)


def _model(source: Import, row: StagedRow) -> ImportRow:
    return ImportRow(
        source=source, number=row.number, raw=row.raw, values={**row.values, "_cells": row.cells}, changes=row.changes,
        status=row.status, problems=row.problems, target=row.target, target_version=row.target_version,
        warned=any(problem["severity"] == "warning" for problem in row.problems),
    )  # fmt: skip


def _staged(row: ImportRow) -> StagedRow:
    values = dict(row.values)
    cells = values.pop("_cells", {})
    return StagedRow(
        row.number,
        row.raw,
        values,
        cells,
        row.status,
        dict(row.changes),
        list(row.problems),
        row.target,
        row.target_version,
    )


def begin_apply(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Mark a large import for the worker: ``applying``. Raises as ``apply_import`` does before it writes."""
    with transaction.atomic():
        row = _open(source, {Import.State.READ})
        require_keeper(by, row)
        _refuse_errors(row)
        row.state = Import.State.APPLYING
        row.report = {"confirmed_by": str(by.uid)}
        return _saved(row, at)


def apply_import(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Write the whole table in one transaction.

    Raises Refused where a row is in error, Stale where what the preview showed has changed (the preview is made anew), Forbidden.
    """
    try:
        with transaction.atomic():
            return _apply(by=by, at=at, source=source)
    except Stale:
        _back_to_preview(source, at)
        raise
    except (
        IntegrityError
    ) as error:  # a row that the preview did not know came in between, e.g. a line of the same project
        _back_to_preview(source, at)
        raise Stale(CHANGED) from error


def _apply(*, by: User, at: dt.datetime, source: Import) -> Import:
    row = _open(source, {Import.State.READ, Import.State.APPLYING})
    body = require_keeper(by, row)
    _refuse_errors(row)
    importer = kind_of(row.kind)
    # Two imports of one division follow each other; whoever only writes rows that lie in it need not wait.
    Division.objects.select_for_update(no_key=True).get(pk=row.division_id)
    importer.hold(row)
    staged = [_staged(item) for item in row.rows.exclude(status=ImportRow.Status.SKIPPED).order_by("number")]
    _refuse_changes(staged, importer, row, at)
    report = importer.apply(staged, row, by=by, at=at)
    if importer.personal:
        _wipe(row)
    row.state, row.report, row.applied_at = Import.State.APPLIED, report, at
    _saved(row, at)
    data = {"kind": row.kind, "sha256": row.file.sha256, "rows": row.counts}
    history.record(by=by, at=at, action="import.apply", subject=row, data=data, body=body)
    return row


def _refuse_errors(source: Import) -> None:
    errors = source.rows.filter(status=ImportRow.Status.ERROR).count()
    if errors:
        raise Refused(f"有 {errors} 行有错误，整张表都不会写入。请改正后重新上传。", code="import_errors")


def _refuse_changes(staged: list[StagedRow], importer: ImportKind, source: Import, at: dt.datetime) -> None:
    """Match anew inside the transaction and hold the outcome against the preview. Raises Stale."""
    promised = {row.number: row.promise for row in staged}
    for row in staged:
        row.status, row.target, row.target_version, row.changes, row.problems = "new", None, None, {}, []
    importer.match(staged, source, today=day_of(at))
    if any(row.promise != promised[row.number] for row in staged):
        raise Stale(CHANGED)


def _back_to_preview(source: Import, at: dt.datetime) -> None:
    with transaction.atomic():
        row = _open(source, {Import.State.READ, Import.State.APPLYING})
        row.state = Import.State.READ
        _saved(row, at)
    read_import(source=row, at=at)


def cancel_import(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Give an import up; its rows go, its file stays with the reason for being there. Raises Refused once applied, Forbidden."""
    with transaction.atomic():
        row = _open(source, {Import.State.UPLOADED, Import.State.READ, Import.State.FAILED})
        body = require_keeper(by, row)
        row.rows.all().delete()
        row.state = Import.State.CANCELLED
        _saved(row, at)
        history.record(by=by, at=at, action="import.cancel", subject=row, data={"kind": row.kind}, body=body)
        return row


def change_options(*, by: User, at: dt.datetime, source: Import, options: Mapping[str, Any]) -> Import:
    """Say which column is what, which sheet or which row is the header; the table is then read again. Raises Invalid, Forbidden."""
    unknown = set(options) - OPTIONS
    if unknown:
        raise Invalid("有不认识的选项。", errors={name: ["不认识的选项"] for name in sorted(unknown)})
    with transaction.atomic():
        row = _open(source, {Import.State.UPLOADED, Import.State.READ, Import.State.FAILED})
        require_keeper(by, row)
        row.options = {**row.options, **options}
        _saved(row, at)
    return read_import(source=row, at=at)


def _wipe(source: Import) -> None:
    """Personal values leave the staging tables once they stand in the register."""
    source.rows.update(raw=[], values={}, changes={}, problems=[])


def _open(source: Import, states: set[str]) -> Import:
    row = Import.objects.select_for_update(of=("self",)).select_related("file", "division", "body").get(pk=source.pk)
    if row.state not in states:
        raise Refused(f"这次导入{row.get_state_display()}，不能再进行此操作。", code="import_state")
    return row


def _saved(row: Import, at: dt.datetime) -> Import:
    row.version += 1
    row.updated_at = at
    row.save()
    return row


def waiting_imports() -> list[UUID]:
    """Imports that a worker should take up: uploaded and not read, or confirmed and not written."""
    states = (Import.State.UPLOADED, Import.State.APPLYING)
    return list(Import.objects.filter(state__in=states).order_by("pk").values_list("uid", flat=True)[:200])
