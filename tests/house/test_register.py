"""The register of rules: each bundled rule is enforced and shown, or stands on a list that may only shrink."""

import ast
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from policies.load import BUNDLED, load_library
from renovation import register
from renovation.management.commands.rules import where

# The longest that policies/not_yet.txt may be. Lower it when the list got shorter; it is never raised.
LONGEST_LIST = 0


@pytest.fixture(scope="module")
def rows() -> list[register.Row]:
    """The register of this tree."""
    return register.rows(load_library(BUNDLED))


def test_every_rule_is_enforced_and_shown_or_is_on_the_list(rows: list[register.Row]) -> None:
    listed, done = set(register.not_yet()), {row.id for row in rows if row.ok}
    assert listed & done == set(), "these are done: manage.py rules --shrink takes them off the list"
    assert {row.id for row in rows} - done - listed == set(), "these are neither enforced and shown nor on the list"
    assert listed - {row.id for row in rows} == set(), "no rulebook holds these"


def test_the_list_may_only_shrink() -> None:
    listed = [line.partition("#")[0].strip() for line in register.NOT_YET.read_text(encoding="utf-8").splitlines()]
    assert set(filter(None, listed)) == set(register.not_yet())
    assert len(list(filter(None, listed))) == len(register.not_yet()) <= LONGEST_LIST


def test_words_of_what_is_lacking_stand_only_where_nothing_else_tells(rows: list[register.Row]) -> None:
    for row in rows:
        done_but_for_the_words = replace(row, lacking="").ok
        assert bool(row.lacking) == (done_but_for_the_words and row.id in register.not_yet()), row.id


def test_a_mark_is_found_on_a_test_its_cases_and_its_class_and_nowhere_else(tmp_path: Path) -> None:
    source = """
import pytest
@pytest.mark.rule("AA-01")
def test_one(): ...
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("AA-02"))])
def test_two(x): ...
@pytest.mark.rule("AA-03")
class TestThree:
    def test_inner(self): ...
    def helper(self): ...
# @pytest.mark.rule("AA-04")
@pytest.mark.rule("AA-05")
def helper(): ...
"""
    assert dict(register.marked(ast.parse(source))) == {
        "AA-01": "test_one",
        "AA-02": "test_two",
        "AA-03": "TestThree::test_inner",
    }


def test_a_rule_without_a_test_or_without_a_function_is_not_ok() -> None:
    whole = register.Row("LZ-04", "", "", (), (), {"vote": ("a.b",), "gate": ("c.d",)}, ("tests/x.py::test_y",))
    assert whole.ok
    assert not register.Row("LZ-04", "", "", (), (), {"vote": ("a.b",), "gate": ()}, whole.tests).ok
    assert not register.Row("LZ-04", "", "", (), (), whole.enforced, ()).ok
    assert not replace(whole, lacking="业主表决在平台上进行").ok


def test_words_that_are_shown_are_enough_and_a_demand_that_is_only_shown_is_not() -> None:
    page = ("renovation.rulebooks.place",)
    words = register.Row("LZ-25", "", "", (), (), {"statement": ()}, ("t",), shown={"statement": page})
    assert words.ok
    assert not replace(words, shown={}).ok
    for kind in ("payers", "ranking", "warranty", "gate", "programme_target"):
        only_shown = register.Row("RC-05", "", "", (), (), {kind: ()}, ("t",), shown={kind: page})
        assert not only_shown.ok
        assert where(only_shown, kind) == "只展示、尚不执行 renovation.rulebooks.place"
    assert where(words, "statement") == "展示 renovation.rulebooks.place"


def test_every_kind_is_shown_by_the_explorer(rows: list[register.Row]) -> None:
    assert all(row.shown[kind] for row in rows for kind in row.enforced)


def test_the_command_prints_where_a_rule_stands_and_who_shows_it() -> None:
    out = StringIO()
    call_command("rules", "LZ-04", "--json", stdout=out)
    (row,) = json.loads(out.getvalue())
    assert row["clauses"] == ["三(一)"] and row["strengths"] == ["in_principle"]
    assert row["enforced"]["vote"] == ["approvals.rules.tally.tally"]
    assert any(test.startswith("tests/rules/test_tally.py::") for test in row["tests"])


def test_the_list_shrinks_by_what_is_done_and_keeps_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "not_yet.txt"
    file.write_text("# why\nAA-01\nAA-02  # 尚缺一半\n")
    monkeypatch.setattr(register, "NOT_YET", file)
    done = register.Row("AA-01", "", "", (), (), {"vote": ("a.b",)}, ("t",))
    assert register.shrink([done]) == ["AA-01"]
    assert file.read_text() == "# why\nAA-02  # 尚缺一半\n"
    assert register.not_yet() == {"AA-02": "尚缺一半"}
