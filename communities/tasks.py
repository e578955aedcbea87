"""Celery one-liners. A task that finds nothing to do does nothing: it may come twice, or late."""

from celery import shared_task

from communities import actions
from communities.actions.complaints import remind_overdue
from communities.actions.imports import waiting_imports
from communities.models import Import
from offices import clock
from offices.models import User


@shared_task(soft_time_limit=600)  # type: ignore[untyped-decorator]
def read_import(uid: str) -> None:
    """Read an uploaded table."""
    source = Import.objects.filter(uid=uid, state=Import.State.UPLOADED).select_related("file").first()
    if source is not None:
        actions.read_import(source=source, at=clock.now())


@shared_task(soft_time_limit=1800)  # type: ignore[untyped-decorator]
def apply_import(uid: str) -> None:
    """Write a confirmed table, in the name of who confirmed it."""
    source = Import.objects.filter(uid=uid, state=Import.State.APPLYING).first()
    if source is not None:
        by = User.objects.get(uid=source.report["confirmed_by"])
        actions.apply_import(by=by, at=clock.now(), source=source)


@shared_task(soft_time_limit=1800)  # type: ignore[untyped-decorator]
def undo_import(uid: str) -> None:
    """Take an import back, in the name of who asked for it."""
    source = Import.objects.filter(uid=uid, state=Import.State.UNDOING).first()
    if source is not None:
        by = User.objects.get(uid=source.report["undone_by"])
        actions.undo_import(by=by, at=clock.now(), source=source)


@shared_task(name="communities.remind_complaints")  # type: ignore[untyped-decorator]
def remind_complaints() -> int:
    """Whoever handles each complaint whose day has passed."""
    return remind_overdue(at=clock.now(), today=clock.today())


@shared_task  # type: ignore[untyped-decorator]
def pick_up_imports() -> None:
    """Take up what a broken-down broker or a killed worker left behind (for the beat)."""
    for uid in waiting_imports():
        read_import(str(uid))
        apply_import(str(uid))
        undo_import(str(uid))
