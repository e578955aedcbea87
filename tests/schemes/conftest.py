"""The small world of plans and projects serves schemes too."""

from tests.projects.conftest import add_community, add_project, clock, login, world

__all__ = ["add_community", "add_project", "clock", "login", "world"]
