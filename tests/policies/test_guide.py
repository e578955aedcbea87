"""The guide for a city's own staff: every kind and key is in it, its snippets are understood, and its example is a whole rulebook."""

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from approvals.rules.notice_period import last_day
from approvals.rules.percentages import plan_consent
from communities.rules.eligibility import eligibility
from funding.rules.shares import SOURCE_LABELS
from policies import kinds
from policies.calendar import WorkingCalendar
from policies.check import check_files
from policies.layers import Layers
from policies.load import BUNDLED, load_library, load_rulebook
from policies.model import STRENGTH_LABELS, TOPIC_LABELS
from projects.actions.projects import FACTS
from projects.rules.deadlines import deadlines
from projects.rules.gates import gates_of
from projects.rules.targets import BuiltCount, Counts, programme
from renovation.examples import main

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
GUIDE = (DOCS / "rulebook-guide.md").read_text(encoding="utf-8")
SNIPPETS: list[str] = re.findall(r"```yaml\n(- kind:.*?)```", GUIDE, re.DOTALL)
DAY = dt.date(2026, 3, 1)
HEAD = """document:
  {place: guihua, place_name: 桂花市, short: 桂花, title: 例, issuer: 例, level: city, lies_over: national, transcribed_on: 2026-01-01}
rules:
- id: GH-01
  topic: baseline
  title: 例
  does: 例
  provisions:
"""


def parts(snippet: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load(snippet))


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_has_its_heading_and_an_example(kind: str) -> None:
    assert re.search(rf"^### .*\b{kind}\b", GUIDE, re.MULTILINE)
    assert any(part["kind"] == kind for snippet in SNIPPETS for part in parts(snippet))


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: parts(snippet)[0]["kind"])
def test_every_snippet_is_understood(snippet: str, tmp_path: Path) -> None:
    file = tmp_path / "guihua.yaml"
    file.write_text(HEAD + "".join(f"  {line}\n" for line in snippet.splitlines()), encoding="utf-8")
    (rule,) = load_rulebook(file).rules
    assert [provision.kind for provision in rule.provisions] == [part["kind"] for part in parts(snippet)]


def test_every_word_that_a_parameter_may_take_is_in_the_guide() -> None:
    literals = (
        kinds.Band, kinds.Exclusion, kinds.Matter, kinds.Milestone, kinds.Step, kinds.Evidence, kinds.Permit, kinds.Fact,
    )  # fmt: skip
    words = [word for literal in literals for word in get_args(literal)]
    words += [
        *SOURCE_LABELS,
        *FACTS,
        "central_subsidy",
        *STRENGTH_LABELS,
        *(topic for topic in TOPIC_LABELS if topic != "baseline"),
    ]
    words += [name for model in kinds.KINDS.values() for name in model.model_fields]
    assert [
        word for word in words if f"`{word}" not in GUIDE and f"{word}:" not in GUIDE and f'"{word}"' not in GUIDE
    ] == []


@pytest.fixture
def own(tmp_path: Path) -> Layers:
    """The example, put where a city puts it, under the bundled documents of its province."""
    shutil.copy(DOCS / "example-rulebook.yaml", tmp_path / "guihua.yaml")
    return load_library(BUNDLED, tmp_path).layers("guihua")


def test_the_example_is_without_fault() -> None:
    report = check_files([DOCS / "example-rulebook.yaml"])
    assert report.problems == () and len(report.books) == 1


def test_the_example_answers_for_its_city(own: Layers) -> None:
    assert [book.document.place for book in own.books] == ["guihua", "jiangxi", "national"]
    bands = {built: eligibility(own, day=DAY, built=built, excluded=None).band for built in ("1995", "1996", "2001")}
    assert bands == {"1995": "priority", "1996": "eligible", "2001": "none"}
    assert plan_consent(own, day=DAY, households=20, agreeing=17).passed
    assert plan_consent(own, day=DAY, households=20, agreeing=16).short_by == 1
    posted = last_day(own, day=DAY, posted_on=dt.date(2026, 3, 2), calendar=WorkingCalendar())
    assert (posted.last_day, posted.rule) == (dt.date(2026, 3, 11), "GH-05")
    counts = Counts(built=(BuiltCount(1995, "", 4, 1), BuiltCount(1996, "", 2, 2)))
    assert [(row.done, row.whole) for row in programme(own, day=DAY, counts=counts).targets] == [(1, 4), (2, 2)]


def test_what_the_example_does_not_say_comes_from_the_province(own: Layers) -> None:
    assert eligibility(own, day=DAY, built="1990", excluded="shantytown").rule == "JX-01", "exclusions add up"
    assert eligibility(own, day=DAY, built="1990", excluded="urban_village").rule == "GH-01"
    found = deadlines(own, day=DAY, subject="project", plan_year=2027, national_task=False, calendar=WorkingCalendar())
    assert [(due.rule, due.day) for due in found] == [("GH-06", dt.date(2027, 7, 31)), ("JX-06", dt.date(2028, 1, 25))]
    accept = gates_of(own, day=DAY, step="accept")
    assert "JX-07" in {provision.rule_id for provision in accept}
    heritage = frozenset({"heritage"})
    assert "GH-08" in {provision.rule_id for provision in gates_of(own, day=DAY, step="start", facts=heritage)}
    assert "GH-08" not in {provision.rule_id for provision in gates_of(own, day=DAY, step="start")}


def test_the_worked_example_of_the_guide_passes(
    own: Layers, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    case = re.search(r"```yaml\n(- name:.*?)```", GUIDE, re.DOTALL)
    assert case
    file = tmp_path_factory.mktemp("examples") / "guihua-examples.yaml"
    file.write_text(case[1], encoding="utf-8")
    said: list[str] = []
    library = load_library(BUNDLED, tmp_path)
    assert main([str(file)], library, said.append, said.append) == 0, said
    assert said[-1].strip() == "1 passed, 0 failed"
