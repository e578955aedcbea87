"""A whole import taken back, or refused with the list of what stands on its rows."""

import datetime as dt

from django.db import transaction

from communities.actions.imports import keeper_of, opened, saved
from communities.imports.kinds import ImportKind, kind_of
from communities.imports.progress import Run
from communities.imports.undo import Standing, Traces, refuse_standing
from communities.models import Import
from offices import history
from offices.models import Division, User
from policies.refusal import Refused


def traces_of(source: Import) -> Traces:
    """What the import wrote, with its rows locked (call it inside a transaction)."""
    return Traces(list(source.traces.order_by("pk")))


def begin_undo(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Leave a large undo to the worker: ``undoing``. Raises as ``undo_import`` does before it writes."""
    keeper_of(kind_of(source.kind), by, source)
    with transaction.atomic():
        row = opened(source, {Import.State.APPLIED})
        refuse_standing(_standing(kind_of(row.kind), row, traces_of(row)))
        row.state, row.report = Import.State.UNDOING, {**row.report, "undone_by": str(by.uid)}
        return saved(row, at)


def undo_import(*, by: User, at: dt.datetime, source: Import) -> Import:
    """Take back all that an import wrote, in one transaction; the staged rows, the history and the file stay.

    Raises Refused (errors["standing"]: the list) once something stands on its rows or one was changed since; Forbidden.
    """
    run = Run(source)
    try:
        with transaction.atomic():
            return _undo(by=by, at=at, source=source, run=run)
    except Refused:
        with transaction.atomic():
            Import.objects.filter(pk=source.pk, state=Import.State.UNDOING).update(state=Import.State.APPLIED)
        raise
    finally:
        run.done()


def _undo(*, by: User, at: dt.datetime, source: Import, run: Run) -> Import:
    kind = kind_of(source.kind)
    body = keeper_of(kind, by, source)
    row = opened(source, {Import.State.APPLIED, Import.State.UNDOING})
    Division.objects.select_for_update(no_key=True).get(pk=row.division_id)
    kind.hold(row)
    traces = traces_of(row)
    run.step("正在核对", 0, 1)
    refuse_standing(_standing(kind, row, traces))
    kind.undo(traces, row, by=by, at=at, run=run)
    row.traces.all()._raw_delete(row.traces.db)
    row.state, row.undone_at = Import.State.UNDONE, at
    saved(row, at)
    data = {"kind": row.kind, "sha256": row.file.sha256, "rows": row.counts}
    history.record(by=by, at=at, action="import.undo", subject=row, data=data, body=body)
    return row


def _standing(kind: ImportKind, source: Import, traces: Traces) -> list[Standing]:
    if not traces.made and not traces.changed and (source.report.get("created") or source.report.get("updated")):
        raise Refused("这次导入没有留下可供撤销的记录，不能整批撤销。请逐条更正。", code="import_in_use")
    return kind.standing(traces)
