"""Fixtures of approvals: the named cast, and a simple subject whose content a test can change."""

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from approvals import cases, subjects
from approvals.models import Case, CaseStage
from approvals.routing import RealRoute, real_route
from offices.demonstration import Offices
from offices.models import Body, User
from offices.rulebooks import layers_of
from tests.approvals.field import Field
from tests.cast import AT, TODAY, cast

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Paper(subjects.Subject):
    """A paper of an office: its content is what the test says; what the engine calls back is noted."""

    ends_in_document = True

    def __init__(self) -> None:
        self.text: dict[str, Any] = {"title": "年度计划", "households": 100}
        self.called: list[str] = []

    def get(self, uid: UUID) -> Body:
        return Body.objects.select_related("division").get(uid=uid)

    def title(self, subject: Body) -> str:
        return f"{subject.division.name}年度计划"

    def link(self, subject: Body) -> str:
        return "/staff/"

    def content(self, subject: Body) -> dict[str, Any]:
        return dict(self.text)

    def on_stage_passed(self, case: Case, stage: CaseStage, *, by: User, at: dt.datetime, today: dt.date) -> None:
        self.called.append(f"stage {stage.number}")

    def on_passed(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        self.called.append(f"passed {case.document_number}")

    def on_returned(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        self.called.append("returned")

    def on_refused(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        self.called.append("refused")

    def on_withdrawn(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        self.called.append("withdrawn")


@pytest.fixture
def offices(db: None, settings: Any, tmp_path: Path) -> Offices:
    """The named cast, with a data folder of its own."""
    settings.DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return cast()


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> Paper:
    """The subject, known to the engine for this test."""
    known = Paper()
    monkeypatch.setitem(subjects._SUBJECTS, "body", known)
    return known


def route_of(place: Body, **more: Any) -> RealRoute:
    """The plan's route of the document that governs the place."""
    return real_route(layers_of(place.division), day=TODAY, subject="plan", division=place.division, **more)


class Desk:
    """Submitting and answering, said shortly: ``desk.answer("柳州市", "finance", "pass")``."""

    def __init__(self, offices: Offices, place: str) -> None:
        self.offices, self.place = offices, place
        self.body = offices.body(place, "housing")
        self.clerk = offices.user(place, "housing", "clerk")
        self.at = AT
        self.case: Case

    def submit(self, **more: Any) -> Case:
        """Put the paper before its route (again)."""
        self.at += HOUR
        layers = layers_of(self.body.division)
        self.case = cases.submit(
            by=self.clerk,
            at=self.at,
            body=self.body,
            subject=self.body,
            layers=layers,
            route=route_of(self.body, **more),
        )
        return self.case

    def answer(self, place: str, kind: str, verdict: str = "pass", *, role: str = "approver", **more: Any) -> Case:
        """The opinion of a body by its approver."""
        self.at += HOUR
        cases.give_opinion(
            by=self.offices.user(place, kind, role), at=self.at, case=self.case, body=self.offices.body(place, kind), verdict=verdict,
            **more,
        )  # fmt: skip
        self.case.refresh_from_db()
        return self.case

    def owing(self) -> set[str]:
        """Names of the bodies that owe an opinion now."""
        asks = self.case.asks.filter(asked_at__isnull=False, answered_at__isnull=True)
        return {ask.body.name for ask in asks.select_related("body")}


@pytest.fixture
def liuzhou(offices: Offices, paper: Paper) -> Desk:
    """城中区住建局 puts a paper on 柳州's route (LZ-11)."""
    return Desk(offices, "城中区")


@pytest.fixture
def ruicheng(offices: Offices) -> Field:
    """A community of 芮城县 with ten households registered."""
    return Field(offices)
