"""What PostgreSQL is not asked again is said in one list, each with its reason; whatever speaks of the database runs on both."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests import both
from tests.house.test_repository import ROOT


def item(nodeid: str, *marks: str, fixtures: tuple[str, ...] = ("django_db_setup",), function: Any = None) -> Any:
    """A test as pytest collects it."""
    return SimpleNamespace(
        nodeid=nodeid,
        fixturenames=fixtures,
        function=function,
        get_closest_marker=lambda name: name if name in marks else None,
    )


def speaking() -> None:
    """As a test that expects the database itself to refuse: IntegrityError."""


def test_what_is_left_out_is_there_and_has_its_reason() -> None:
    assert all(len(why.split()) >= 5 for why in both.ONCE.values())
    for place in both.ONCE:
        assert list((ROOT / place).glob("**/test_*.py")) if place.endswith("/") else (ROOT / place).is_file(), place
    under = [(one, other) for one in both.ONCE for other in both.ONCE if one != other and one.startswith(other)]
    assert not under, "said twice"


@pytest.mark.parametrize(
    ("given", "runs"),
    [
        (item("tests/funding/test_attacks.py::test_x"), True),
        (item("tests/new/test_new.py::test_x", "django_db", fixtures=()), True),
        (item("tests/projects/test_pages.py::test_x"), False),
        (item("tests/projects/test_pages.py::test_x", function=speaking), True),
        (item("tests/projects/test_pages.py::test_x", "postgres"), True),
        (item("tests/funding/test_attacks.py::test_x", "once"), False),
        (item("tests/funding/test_attacks.py::test_x", fixtures=()), False),
    ],
)
def test_everything_runs_on_both_but_what_touches_no_database_is_marked_or_is_on_the_list(
    given: Any, runs: bool
) -> None:
    assert both.on_both(given) is runs


def test_races_guards_and_lists_read_by_hand_are_on_no_list() -> None:
    kept = (
        "trust/test_races",
        "trust/test_money_races",
        "offices/test_guards",
        "rest/test_fast",
        "funding/test_attacks",
    )
    assert not [name for name in kept if f"tests/{name}.py".startswith(tuple(both.ONCE))]
