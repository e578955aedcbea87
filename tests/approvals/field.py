"""A community with its people, for tests of surveys."""

import datetime as dt
from typing import Any

from approvals.models import Survey, SurveyAnswer, SurveyResult
from approvals.surveys import actions
from approvals.surveys.answers import give_answer
from communities import actions as register
from communities.models import Community, Home
from offices.demonstration import Offices
from offices.models import User
from offices.rulebooks import layers_of
from projects import actions as projects
from projects.gates import gates_of_project
from projects.models import Project
from projects.rules.gates import GateAnswer
from tests.cast import AT, TODAY

HOUR = dt.timedelta(hours=1)
UNTIL = TODAY + dt.timedelta(days=20)


class Field:
    """A community of 芮城县 (or another place) with its people: ``field.door("1", "101")`` is one answer."""

    def __init__(self, offices: Offices, place: str = "芮城县", households: int | None = 10) -> None:
        self.offices, self.place = offices, place
        self.clerk, self.leader = self.user("clerk"), self.user("leader")
        values = {"name": "迎春小区", "built_text": "1995", "household_count": households, "building_count": 1}
        self.community = register.add_community(
            by=self.clerk, at=AT, division=offices.divisions[place], values=values, evidence="普查"
        )
        self.community = Community.objects.select_related("division", "county").get(pk=self.community.pk)
        self.at = AT

    def user(self, role: str) -> User:
        """Of the housing office."""
        return self.offices.user(self.place, "housing", role)

    def draft(self, kind: str = "plan_consent", **more: Any) -> Survey:
        """A draft."""
        values: dict[str, Any] = {"until": UNTIL, **more}
        return actions.create_survey(by=self.clerk, at=AT, community=self.community, kind=kind, **values)

    def open(self, kind: str = "plan_consent", **more: Any) -> Survey:
        """An open survey."""
        return actions.open_survey(by=self.clerk, at=AT, survey=self.draft(kind, **more))

    def door(self, survey: Survey, room: str = "101", choice: str = "agree", **more: Any) -> SurveyAnswer:
        """One answer at a door of building 1."""
        self.at += dt.timedelta(minutes=1)
        where = {} if "home" in more else {"building": "1号楼", "unit": "1单元", "room": room}
        values: dict[str, Any] = {"role": "owner", "channel": "door", "by": self.clerk, **where, **more}
        return give_answer(at=self.at, survey=survey, choice=choice, **values)

    def doors(self, survey: Survey, number: int, choice: str = "agree", first: int = 101, **more: Any) -> None:
        """Answers of several households."""
        for room in range(first, first + number):
            self.door(survey, str(room), choice, **more)

    def close(self, survey: Survey) -> Survey:
        """Closed."""
        return actions.close_survey(by=self.clerk, at=self.at + HOUR, survey=survey)

    def confirm(self, survey: Survey, **more: Any) -> SurveyResult:
        """Closed and confirmed by the leader."""
        return actions.confirm_survey(by=self.leader, at=self.at + 2 * HOUR, survey=self.close(survey), **more)

    def home(self, room: str, building: str = "1号楼", unit: str = "1") -> Home:
        """A registered home."""
        known = self.community.buildings.filter(name=building).first()
        known = known or register.add_building(
            by=self.clerk, at=AT, community=self.community, values={"name": building}
        )
        values = {"unit": unit, "room": room, "private_area": "80.00", "area_source": "register"}
        return register.add_home(by=self.clerk, at=AT, building=known, values=values)

    def project(self) -> Project:
        """A project of the community in the reserve."""
        return projects.add_project(
            by=self.clerk, at=AT, today=TODAY, division=self.community.division, name="迎春小区改造", communities=[self.community]
        )  # fmt: skip

    def gate(self, project: Project, evidence: str, day: dt.date = TODAY) -> GateAnswer:
        """The gate of this evidence on a day."""
        steps = {
            "plan_consent": "declare",
            "willingness_survey": "declare",
            "survey_coverage": "scheme",
            "satisfaction": "accept",
        }
        found = gates_of_project(project, layers=layers_of(project.division), day=day, steps=(steps[evidence],))  # type: ignore[arg-type]
        return next(gate for gate in found if gate.gate.evidence == evidence)
