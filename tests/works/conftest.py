"""The small world of plans and projects, with a project that has come to its start."""

from collections.abc import Callable
from typing import Any

import pytest

from offices import actions as offices
from offices.models import Division, User
from projects.models import Project
from tests.projects.conftest import AT, World, add_community, add_project, clock, login, person, world

__all__ = ["add_community", "add_project", "clock", "login", "world"]

Reviewed = Callable[..., Project]
CODES = {
    "developer_unit": "11140000MA00000019",
    "designer": "91140000MA00000024",
    "cost_consultant": "91140000MA0000005D",
    "contractor": "91140000MA00000037",
    "supervisor": "91140000MA0000004A",
}


@pytest.fixture
def reviewed(world: World, add_project: Any) -> Reviewed:
    """A project of 芮城县 whose scheme is reviewed: the works are its next step."""

    def make(name: str = "教场口小区", **values: Any) -> Project:
        project: Project = add_project(name, **values)
        Project.objects.filter(pk=project.pk).update(stage="reviewed", plan_year=2026, published=True)
        project.refresh_from_db()
        return project

    return make


@pytest.fixture
def place_of(world: World) -> Callable[[str], tuple[Division, User, User]]:
    """A county of another document with its clerk and her colleague."""

    def make(rulebook: str) -> tuple[Division, User, User]:
        city = offices.create_division(by=None, at=AT, name=f"{rulebook}市", kind="city", rulebook=rulebook)
        county = offices.create_division(by=None, at=AT, name=f"{rulebook}县", kind="county", parent=city)
        body = offices.create_body(by=None, at=AT, division=county, kind="housing", name=f"{rulebook}住建局")
        one, two = (person(f"{rulebook}{n}", f"{rulebook}{n}", body, "clerk") for n in (1, 2))
        return county, one, two

    return make
