"""The one way up: whoever puts a case to a body registers its kind of subject here, and the engine calls back."""

import datetime as dt
from typing import Any
from uuid import UUID

from approvals.models import Case, CaseStage
from approvals.shown import Brief, Table, plain
from offices.models import User
from offices.once import once


class Subject:
    """What the engine needs to know of a kind of subject, and what happens to it. All callbacks run in the engine's transaction."""

    #: Whether the end of its route is a document that is issued: the last passing opinion then carries the number.
    ends_in_document = False

    def get(self, uid: UUID) -> Any:
        """The row; it has ``uid`` and ``division``."""
        raise NotImplementedError

    def title(self, subject: Any) -> str:
        """Title of its case."""
        raise NotImplementedError

    def link(self, subject: Any) -> str:
        """Its staff page."""
        raise NotImplementedError

    def content(self, subject: Any) -> dict[str, Any]:
        """What is frozen for the approvers: plain JSON values."""
        raise NotImplementedError

    def tables(self, content: dict[str, Any]) -> tuple[Table, ...]:
        """The frozen content as tables for the case's page; rows with a key can be named in a return."""
        return plain(content)

    def brief(self, case: Case) -> Brief:
        """What stands at the head of the case's page; nothing of a subject that has nothing to say."""
        return Brief()

    def joined(self, content: dict[str, Any]) -> list[UUID]:
        """What else the content is about, whose papers stand behind it: the projects of a plan."""
        return []

    def on_stage_passed(self, case: Case, stage: CaseStage, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """A stage has passed (the last one too, before ``on_passed``)."""

    def on_passed(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """The route is through."""
        raise NotImplementedError

    def on_returned(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Returned with reasons."""
        raise NotImplementedError

    def on_refused(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Refused with reasons."""
        raise NotImplementedError

    def on_withdrawn(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Taken back by its submitter."""
        raise NotImplementedError


_SUBJECTS: dict[str, Subject] = {}


def register(subject_type: str, subject: Subject) -> None:
    """Make a kind of subject known, once, at start-up (apps.py ``ready``)."""
    if subject_type in _SUBJECTS and type(_SUBJECTS[subject_type]) is not type(subject):
        raise ValueError(f"{subject_type} is registered already")
    _SUBJECTS[subject_type] = subject


def subject_of(subject_type: str) -> Subject:
    """The registered kind. KeyError for an unknown one."""
    return _SUBJECTS[subject_type]


def kinds() -> list[str]:
    """The registered kinds."""
    return list(_SUBJECTS)


def row_of(case: Case) -> Any:
    """The row that the case is about."""
    return once(("subject", case.subject_uid), lambda: subject_of(case.subject_type).get(case.subject_uid))
