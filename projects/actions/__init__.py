"""The only writers of plans and projects."""

from projects.actions.days import plan_days
from projects.actions.lines import add_line, change_line, remove_line
from projects.actions.order import place_line
from projects.actions.plans import (
    change_issued_plan,
    change_plan,
    create_plan,
    declare_plan,
    enter_as_issued,
    issue_plan,
)
from projects.actions.projects import (
    add_project,
    advance,
    change_project,
    enter_midlife,
    record_milestone,
    repin,
)

__all__ = [
    "add_line", "add_project", "advance", "change_issued_plan", "change_line", "change_plan", "change_project", "create_plan",
    "declare_plan", "enter_as_issued", "enter_midlife", "issue_plan", "place_line",
    "plan_days", "record_milestone", "remove_line", "repin",
]  # fmt: skip
