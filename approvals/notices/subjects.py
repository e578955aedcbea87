"""What a notice may be about: whoever owns such a thing registers it here (a project; later a version of its scheme)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from communities.models import Community
from offices.models import Division, User


class NoticeSubject:
    """What a notice needs to know of a kind of subject."""

    label = ""

    def find(self, user: User, uid: UUID) -> Any | None:
        """The row, where the user sees it."""
        raise NotImplementedError

    def get(self, uid: UUID) -> Any:
        """The row, whoever asks."""
        raise NotImplementedError

    def choices(self, user: User, division: Division | None) -> Sequence[Any]:
        """Rows that a notice may be drafted about, for the form (bounded)."""
        raise NotImplementedError

    def title(self, row: Any) -> str:
        """What it is called in public."""
        raise NotImplementedError

    def link(self, row: Any) -> str:
        """Its staff page."""
        raise NotImplementedError

    def counts_for(self, row: Any) -> UUID:
        """Uid of the subject whose gate its notice answers."""
        uid: UUID = row.uid
        return uid

    def communities(self, row: Any) -> list[Community]:
        """Communities in which it has to be posted."""
        raise NotImplementedError

    def content(self, row: Any) -> list[tuple[str, str]]:
        """What is posted of it: (label, text) rows without personal values."""
        raise NotImplementedError


_SUBJECTS: dict[str, NoticeSubject] = {}


def register(subject_type: str, subject: NoticeSubject) -> None:
    """Make a kind of subject known, once, at start-up (apps.py ``ready``)."""
    _SUBJECTS[subject_type] = subject


def known() -> dict[str, NoticeSubject]:
    """Every kind, by type."""
    return dict(_SUBJECTS)


def subject_of(subject_type: str) -> NoticeSubject | None:
    """The registered kind; None for an unknown one."""
    return _SUBJECTS.get(subject_type)
