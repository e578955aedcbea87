"""The rulebooks in force for the platform: bundled ones, and a city's own in DATA/rulebooks; every revision is kept for ever."""

import datetime as dt
import hashlib
import logging
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q

from offices.messages import tell
from offices.models import Division, RulebookRevision, User
from policies.layers import Layers
from policies.load import BUNDLED, Library, RulebookError, load_library, load_rulebook, revive, rulebook_paths
from policies.model import Rulebook
from policies.refusal import Refused

logger = logging.getLogger(__name__)
NATIONAL = "national"
_state: dict[str, Any] = {"library": None, "stamp": None, "alarms": ()}


def own_folder() -> Path:
    """Where a city puts its own rulebooks."""
    return Path(settings.DATA) / "rulebooks"


def library() -> Library:
    """All rulebooks in force. A malformed bundled one raises RulebookError (the start stops); a city's malformed one leaves its last
    good revision in force and raises an alarm. A file that changes on disk is read again."""
    stamp = _stamp()
    if _state["library"] is None or stamp != _state["stamp"]:
        _state["library"], _state["alarms"] = _load()
        _state["stamp"] = stamp
    return _state["library"]  # type: ignore[no-any-return]


def alarms() -> tuple[str, ...]:
    """What is wrong with the city's own rulebooks, in words; empty when nothing is."""
    library()
    return tuple(_state["alarms"])


def _stamp() -> tuple[tuple[str, float], ...]:
    folder = own_folder()
    if not folder.is_dir():
        return ()
    return tuple(sorted((str(path), path.stat().st_mtime) for path in folder.rglob("*.yaml")))


@cache
def bundled() -> Library:
    """The rulebooks that come with the platform. Raises RulebookError for a malformed one (the start stops)."""
    return load_library(BUNDLED)


def _load() -> tuple[Library, tuple[str, ...]]:
    books, found = {book.document.place: book for book in bundled()}, list[str]()
    for path in rulebook_paths(own_folder()):
        try:
            book = load_rulebook(path)
            Library({**books, book.document.place: book})
            books[book.document.place] = book
        except RulebookError as error:
            found.append(str(error))
            logger.error("rulebook_malformed", extra={"file": error.file, "key": error.key})
            last = last_good(path.stem)
            if last is not None:
                books[path.stem] = last
    return Library(books), tuple(found)


def last_good(place: str) -> Rulebook | None:
    """The last revision of a place's own rulebook that was understood."""
    row = RulebookRevision.objects.filter(place=place, own=True).order_by("-seen_at", "-pk").first()
    return revive(row.content) if row else None


def remember(*, at: dt.datetime) -> int:
    """Keep every revision that is in force now (at start and after a change on disk). Returns how many were new."""
    new, given = 0, list(bundled())
    for book in library():
        _, created = RulebookRevision.objects.get_or_create(
            revision=book.revision,
            defaults={
                "place": book.document.place,
                "content": book.model_dump(mode="json", by_alias=True),
                "seen_at": at,
                "own": book not in given,
            },
        )
        new += created
    return new


def watch(*, at: dt.datetime) -> int:
    """Keep new revisions, and tell the system administrators of each malformed file, once per fault. Returns how many were new."""
    new = remember(at=at)
    people = User.objects.filter(is_active=True).filter(
        Q(is_superuser=True) | Q(memberships__role="system_admin", memberships__active=True)
    )
    for alarm in alarms():
        tell(
            event=f"rulebook:{hashlib.sha256(alarm.encode()).hexdigest()[:40]}", recipients=people.distinct(),
            title="规则库文件有错误，仍按上一次正确的版本执行", text=alarm, link="/rulebooks/", at=at,
        )  # fmt: skip
    return new


def layers_of(division: Division) -> Layers:
    """The rulebook that governs a division, with all above it; the national baseline where no place speaks."""
    books = library()
    place = division.governed_by or NATIONAL
    if place not in books:  # its file is gone: a place never loses its rules silently
        raise Refused(f"{division.name}的规则库“{place}”不见了，请系统管理员恢复文件", code="rulebook_missing")
    return books.layers(place)


def pinned(revision: str) -> Layers | None:
    """The layers of a pinned revision (joined by +), or None where one of them was never kept."""
    for book in library():
        layers = library().layers(book.document.place)
        if layers.revision == revision:
            return layers
    rows = {row.revision: row for row in RulebookRevision.objects.filter(revision__in=revision.split("+"))}
    parts = revision.split("+")
    if not all(part in rows for part in parts):
        return None
    return Layers(tuple(revive(rows[part].content) for part in parts))
