"""Writers of imports: upload, read (stage and preview), apply in one transaction or not at all, cancel.

States: uploaded → read | failed → (applying) → applied → (undoing) → undone; uploaded, read or failed → cancelled. Nothing reaches the
register before ``apply_import``, and a process killed inside it leaves the import as it was: read, ready to be applied again.
"""

import datetime as dt
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import IntegrityError, transaction

from communities.imports import limits, store
from communities.imports.headers import HeaderMissing, Heading, find_heading
from communities.imports.headings import Extent, give_units, notes_of, top_rows
from communities.imports.kinds import ImportKind, StagedRow, kind_of
from communities.imports.progress import Run, ask_to_stop
from communities.imports.reader import sniff
from communities.imports.sieve import Sieve, Whole
from communities.imports.staging import Stager
from communities.imports.table import Reading, Table
from communities.imports.workbook import Unreadable
from communities.models import Import, ImportRow
from offices import bulk, files, history
from offices.clock import day_of
from offices.models import Body, Division, User
from policies.refusal import Forbidden, Invalid, Refused, Stale

CHANGED = "预览之后登记册有变化，没有写入任何内容。已按最新情况重新生成预览，请核对后再确认。"
OPTIONS = frozenset({"sheet", "header_row", "mapping", "units", "community", "evidence", "year"})
WAITING = frozenset({Import.State.UPLOADED, Import.State.READ, Import.State.FAILED})


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
    importer = kind_of(kind)
    body = keeper_of(importer, by, division)
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


def keeper_of(importer: ImportKind, by: User, row: Any) -> Body:
    """The body that brings the table. Raises Forbidden where ``by`` may not bring this kind to the row's division."""
    body = importer.keeper(by, row)
    if body is None:
        raise Forbidden(importer.forbidden)
    return body


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
    run = Run(source)
    try:
        with (
            _stored(source) as path,
            Reading(path, source.file.name, str(source.options.get("sheet", "")), source.mends) as reading,
        ):
            return _read(source, at, reading, run)
    except Unreadable as error:
        return _failed(source, at, str(error))
    finally:
        run.done()


@contextmanager
def _stored(source: Import) -> Iterator[Path]:
    """The file of an import on this machine's disk."""
    with tempfile.NamedTemporaryFile(suffix=Path(source.file.name).suffix) as copy:
        with default_storage.open(source.file.path) as stored:
            for chunk in stored.chunks():
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name)


def _read(source: Import, at: dt.datetime, reading: Reading, run: Run) -> Import:
    importer, options, table = kind_of(source.kind), source.options, reading.table
    try:
        heading = find_heading(table, importer.columns, options.get("mapping"), options.get("header_row"))
    except HeaderMissing as error:
        extent = None
        if error.heading is not None:
            extent = Extent(error.heading)
            for number, cells in reading:
                extent.see(number, cells)
        return _failed(source, at, str(error), _understood(importer, table, error.heading, extent))
    give_units(table, heading, options.get("units"))
    stager = Stager(table, heading, day_of(at))
    with store.Waiting(source) as waiting:
        _stage(reading, stager, importer.sieve(source, today=day_of(at)), waiting, run)
        columns, counts = _understood(importer, table, heading, stager.extent), waiting.counts()
        if any(counts[name] for name in ("new", "update", "unchanged", "error")):
            return _staged(source, at, waiting, counts, columns)
        return _failed(source, at, f"表头下面没有数据行（表头在第 {heading.rows[-1]} 行）。", columns)


def _stage(reading: Reading, stager: Stager, sieve: Sieve, waiting: store.Waiting, run: Run) -> None:
    """Rows are understood and checked while the file is still being read."""
    done = 0
    for part in bulk.parts(reading, store.PART):
        run.step("正在读取", done, max(done, reading.total))
        waiting.add(sieve.take(stager.rows(part)))
        done += len(part)
    run.step("正在核对", 0, done)
    waiting.replace(sieve.settle(lambda numbers: stager.rows((number, reading.again(number)) for number in numbers)))


def _understood(
    importer: ImportKind, table: Table, heading: Heading | None, extent: Extent | None
) -> list[dict[str, Any]]:
    """The head of the table, the rows that a header may stand in, then its columns."""
    head: dict[str, Any] = {
        "heading": [], "sheet": table.sheet, "others": list(table.others), "notes": [], "top": top_rows(table, importer.columns),
    }  # fmt: skip
    if heading is None or extent is None:
        return [head]
    head |= {"heading": list(heading.rows), "notes": [*heading.notes, *notes_of(table)]}
    return [head, *extent.columns()]


@transaction.atomic
def _failed(source: Import, at: dt.datetime, reason: str, columns: list[dict[str, Any]] | None = None) -> Import:
    row = opened(source, WAITING)
    row.rows.all().delete()
    row.state, row.error, row.counts, row.columns = Import.State.FAILED, reason[:500], {}, columns or []
    return saved(row, at)


@transaction.atomic
def _staged(
    source: Import, at: dt.datetime, waiting: store.Waiting, counts: dict[str, int], columns: list[dict[str, Any]]
) -> Import:
    row = opened(source, WAITING)
    waiting.write()
    row.state, row.error, row.counts, row.columns = Import.State.READ, "", counts, columns
    return saved(row, at)


def begin_apply(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Mark a large import for the worker: ``applying``. Raises as ``apply_import`` does before it writes."""
    with transaction.atomic():
        row = opened(source, {Import.State.READ})
        keeper_of(kind_of(row.kind), by, row)
        _refuse_errors(row)
        Run(row).done()  # a wish to stop an earlier attempt is not this one's
        row.state = Import.State.APPLYING
        row.report = {"confirmed_by": str(by.uid)}
        return saved(row, at)


def apply_import(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Write the whole table in one transaction.

    Raises Refused where a row is in error, Stale where what the preview showed has changed (the preview is made anew), Forbidden.
    """
    run = Run(source)
    try:
        with transaction.atomic():
            return _apply(by=by, at=at, source=source, run=run)
    except Stale:
        _back_to_preview(source, at)
        raise
    except (
        IntegrityError
    ) as error:  # a row that the preview did not know came in between, e.g. a line of the same project
        _back_to_preview(source, at)
        raise Stale(CHANGED) from error
    except Refused as error:
        if error.code == "import_stopped":
            _back(source, at)
        raise
    finally:
        run.done()


def _apply(*, by: User, at: dt.datetime, source: Import, run: Run) -> Import:
    row = opened(source, {Import.State.READ, Import.State.APPLYING})
    importer = kind_of(row.kind)
    body = keeper_of(importer, by, row)
    _refuse_errors(row)
    # Two imports of one division follow each other; whoever only writes rows that lie in it need not wait.
    Division.objects.select_for_update(no_key=True).get(pk=row.division_id)
    importer.hold(row)
    rows = _as_promised(importer, row, at, run)
    report = importer.apply(rows, row, by=by, at=at, run=run)
    run.keep()
    if importer.personal:
        _wipe(row)
    row.state, row.report, row.applied_at = Import.State.APPLIED, report, at
    saved(row, at)
    data = {"kind": row.kind, "sha256": row.file.sha256, "rows": row.counts}
    history.record(by=by, at=at, action="import.apply", subject=row, data=data, body=body)
    return row


def _refuse_errors(source: Import) -> None:
    errors = source.rows.filter(status=ImportRow.Status.ERROR).count()
    if errors:
        raise Refused(
            f"有 {errors} 行有错误，整张表都不会写入。请在预览中改正，或改正原表后重新上传。", code="import_errors"
        )


def _as_promised(importer: ImportKind, source: Import, at: dt.datetime, run: Run) -> Sequence[StagedRow]:
    """The rows to write, matched anew inside the transaction and held against the preview. Raises Stale."""
    stored, sieve = store.Stored(source), importer.sieve(source, today=day_of(at))
    promised: dict[int, tuple[Any, ...]] = {}
    broken: set[int] = set()

    def as_read(rows: Iterable[StagedRow]) -> list[StagedRow]:
        fresh = list(rows)
        for row in fresh:
            promised[row.number] = row.promise
            row.status, row.target, row.target_version, row.changes, row.problems = "new", None, None, {}, []
        return fresh

    for start in range(0, len(stored), store.PART):
        run.step("正在核对", start, len(stored))
        passed = sieve.take(as_read(stored[start : start + store.PART]))
        broken |= {row.number for row in passed if row.promise != promised.pop(row.number)}
    settled = sieve.settle(lambda numbers: as_read(stored.only(numbers)))
    broken -= {row.number for row in settled}
    if broken or any(row.promise != promised[row.number] for row in settled):
        raise Stale(CHANGED)
    return sieve.rows if isinstance(sieve, Whole) else stored


def _back(source: Import, at: dt.datetime) -> Import:
    with transaction.atomic():
        row = opened(source, {Import.State.READ, Import.State.APPLYING})
        row.state = Import.State.READ
        return saved(row, at)


def _back_to_preview(source: Import, at: dt.datetime) -> None:
    read_import(source=_back(source, at), at=at)


def cancel_import(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Give an import up; its rows go, its file stays with the reason for being there. Raises Refused once applied, Forbidden."""
    with transaction.atomic():
        row = opened(source, WAITING)
        body = keeper_of(kind_of(row.kind), by, row)
        row.rows.all().delete()
        row.state, row.mends = Import.State.CANCELLED, {}
        saved(row, at)
        history.record(by=by, at=at, action="import.cancel", subject=row, data={"kind": row.kind}, body=body)
        return row


def stop_import(*, by: User, source: Import) -> None:
    """Ask the worker that writes an import to stop: it leaves nothing behind and the import waits for its confirmation again.

    Raises Refused where nobody is writing, or where the wish can't be left; Forbidden.
    """
    keeper_of(kind_of(source.kind), by, source)
    if source.state != Import.State.APPLYING:
        raise Refused(f"这次导入{source.get_state_display()}，没有正在进行的写入。", code="import_state")
    if not ask_to_stop(source):
        raise Refused("消息服务暂时不可用，无法通知后台停止。写入完成后可以整批撤销。", code="stop_unheard")


def change_options(*, by: User, at: dt.datetime, source: Import, options: Mapping[str, Any]) -> Import:
    """Say which column is what, which unit it has, which sheet or which row is the header; the table is then read again.

    Raises Invalid, Forbidden.
    """
    unknown = set(options) - OPTIONS
    if unknown:
        raise Invalid("有不认识的选项。", errors={name: ["不认识的选项"] for name in sorted(unknown)})
    with transaction.atomic():
        row = opened(source, WAITING)
        keeper_of(kind_of(row.kind), by, row)
        if options.get("sheet", row.options.get("sheet")) != row.options.get("sheet"):
            row.mends = {}  # they name cells of another sheet
        if options.get("header_row", row.options.get("header_row")) != row.options.get("header_row"):
            row.options = {key: value for key, value in row.options.items() if key not in {"mapping", "units"}}
        row.options = {**row.options, **options}
        saved(row, at)
    return read_import(source=row, at=at)


def _wipe(source: Import) -> None:
    """Personal values leave the staging tables once they stand in the register."""
    source.rows.update(raw=[], values={}, changes={}, problems=[])
    source.mends = {}


def opened(source: Import, states: Collection[str]) -> Import:
    """The import, locked. Raises Refused where its state is another."""
    row = Import.objects.select_for_update(of=("self",)).select_related("file", "division", "body").get(pk=source.pk)
    if row.state not in states:
        raise Refused(f"这次导入{row.get_state_display()}，不能再进行此操作。", code="import_state")
    return row


def saved(row: Import, at: dt.datetime) -> Import:
    """Save a changed import."""
    row.version += 1
    row.updated_at = at
    row.save()
    return row


def waiting_imports() -> list[UUID]:
    """Imports that a worker should take up: uploaded and not read, confirmed and not written, to be undone."""
    states = (Import.State.UPLOADED, Import.State.APPLYING, Import.State.UNDOING)
    return list(Import.objects.filter(state__in=states).order_by("pk").values_list("uid", flat=True)[:200])
