"""The worked examples of the house pass, and the runner says no in the right way."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from policies.calendar import WorkingCalendar
from renovation.examples import Report, check
from renovation.questions import QUESTIONS
from tests.rules.books import LIBRARY

EXAMPLES = Path(__file__).parent / "examples"
GOOD: dict[str, Any] = {
    "name": "a good one",
    "rulebook": "liuzhou",
    "day": "2026-03-01",
    "question": "eligibility",
    "input": {"built": "2000", "excluded": None},
    "expect": {"band": "must"},
}


def run(*paths: Path) -> Report:
    return check(paths, LIBRARY, WorkingCalendar())


@cache
def ours() -> Report:
    """What the examples of the house say, run once."""
    return run(EXAMPLES)


def case_file(tmp_path: Path, *cases: object) -> Path:
    file = tmp_path / "cases.yaml"
    file.write_text(json.dumps(list(cases), ensure_ascii=False), encoding="utf-8")
    return file


def problem(tmp_path: Path, **changes: Any) -> str:
    case = {**GOOD, **changes}
    report = run(case_file(tmp_path, {key: value for key, value in case.items() if value is not ...}))
    assert report.code == 2, report.summary
    return str(report.problems[0])


def test_every_example_of_the_house_passes() -> None:
    report = ours()
    assert [str(found) for found in report.problems] == []
    assert [outcome.line for outcome in report.outcomes if not outcome.passed] == []
    assert len(report.outcomes) > 250


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_asked_in_every_place(question: str) -> None:
    asked = {outcome.case.rulebook for outcome in ours().outcomes if outcome.case.question == question}
    assert asked >= {"liuzhou", "yulin", "ruicheng", "changzhi", "jiangxi"}


def test_every_example_of_a_question_has_a_name_of_its_own() -> None:
    cases = [case for file in EXAMPLES.glob("*.yaml") for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    names = [(case["question"], case["name"]) for case in cases]
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_a_wrong_expectation_fails_with_what_came_and_the_rule(tmp_path: Path) -> None:
    report = run(case_file(tmp_path, GOOD, {**GOOD, "name": "a bad one", "expect": {"band": "none", "eligible": True}}))
    assert (report.code, report.summary) == (1, "1 passed, 1 failed")
    assert report.outcomes[0].line == "pass  a good one"
    assert report.outcomes[1].line == 'fail  a bad one: expected band="none"; came band="must"; rule LZ-01'


@pytest.mark.parametrize("expect", [{"eligible": 1}, {"built_to": "2000"}, {"built_to": 2000.0}, {"rule": None}])
def test_values_are_compared_with_their_types(tmp_path: Path, expect: dict[str, Any]) -> None:
    assert run(case_file(tmp_path, {**GOOD, "expect": expect})).code == 1


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"question": "weather"}, "question"),
        ({"rulebook": "atlantis"}, "rulebook"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": 20260301}, "day"),
        ({"name": ""}, "name"),
        ({"expect": {}}, "expect"),
        ({"expect": {"colour": "red"}}, "expect.colour"),
        ({"expect": ...}, "expect"),
        ({"remark": "x"}, "remark"),
        ({"input": {"built": "2000"}}, "input.excluded"),
        ({"input": {"built": "2000", "excluded": None, "year": 1}}, "input.year"),
        ({"input": {"built": "2000", "excluded": "castle"}}, "input.excluded"),
        ({"input": {"built": [1995], "excluded": None}}, "input.built"),
        ({"input": None}, "input"),
    ],
)
def test_what_is_not_understood_is_named_with_file_case_and_key(
    tmp_path: Path, changes: dict[str, Any], key: str
) -> None:
    found = problem(tmp_path, **changes).split("：")
    assert found[0].endswith("cases.yaml")
    assert found[1].startswith("第 1 例")
    assert found[2] == key


def vote(**changes: Any) -> dict[str, Any]:
    voter = {"homes": ["50.00"], "choice": "agree", **changes}
    return {"question": "vote_tally", "input": {"matter": "scheme", "voters": [voter]}, "expect": {"passed": True}}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (vote(homes=[50.0]), "input.voters.0.homes.0"),
        (vote(homes=[50]), "input.voters.0.homes.0"),
        (vote(homes=["-50.00"]), "input.voters.0.homes.0"),
        (vote(homes=["50.001"]), "input.voters.0.homes.0"),
        (vote(homes=["５０.00"]), "input.voters.0.homes.0"),
        (vote(homes="50.00"), "input.voters.0.homes"),
        (vote(choice="perhaps"), "input.voters.0.choice"),
        ({**vote(), "input": {"matter": "lunch", "voters": []}}, "input.matter"),
        (
            {"question": "plan_consent", "input": {"households": -1, "agreeing": 0}, "expect": {"passed": None}},
            "input.households",
        ),
        (
            {"question": "plan_consent", "input": {"households": 1.0, "agreeing": 0}, "expect": {"passed": None}},
            "input.households",
        ),
        (
            {"question": "plan_consent", "input": {"households": True, "agreeing": 0}, "expect": {"passed": None}},
            "input.households",
        ),
        ({"question": "plan_consent", "input": {"households": 1, "agreeing": 2}, "expect": {"passed": None}}, "input"),
        (
            {
                "question": "funding_share",
                "input": {"sources": [{"kind": "gold", "amount": "1.00"}]},
                "expect": {"passed": None},
            },
            "input.sources.0.kind",
        ),
        (
            {
                "question": "funding_share",
                "input": {"sources": [{"kind": "loan", "amount": 1.5}]},
                "expect": {"passed": None},
            },
            "input.sources.0.amount",
        ),
        (
            {
                "question": "apportionment",
                "input": {"amount": "1.00", "homes": [{"home": "A", "area": "0.00"}]},
                "expect": {"rule": None},
            },
            "input",
        ),
        (
            {
                "question": "settlement",
                "input": {
                    "reviewed_settlement": "1.00",
                    "upper_subsidies": "0.00",
                    "other_contributions": "0.00",
                    "county_ratio": 0.6,
                },
                "expect": {"rule": None},
            },
            "input.county_ratio",
        ),
        (
            {
                "question": "deadlines",
                "input": {"subject": "plan", "plan_year": 2026, "national_task": "no"},
                "expect": {"due": []},
            },
            "input.national_task",
        ),
        ({"question": "notice_period", "input": {"posted_on": "soon"}, "expect": {"rule": None}}, "input.posted_on"),
        ({"question": "route", "input": {"subject": "dinner"}, "expect": {"rule": None}}, "input.subject"),
    ],
)
def test_input_that_is_not_understood(tmp_path: Path, changes: dict[str, Any], key: str) -> None:
    assert f"：{key}：" in problem(tmp_path, **changes)


@pytest.mark.parametrize(
    "text",
    [
        "- {name: a",
        "just a text",
        "{a: 1}",
        "- - 1",
        "- {name: x, name: y}",
        "\x00",
        "- {[1]: 2}",
        "!!python/object:os.system {}",
        "",
    ],
)
def test_files_that_are_no_list_of_cases(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(text, encoding="utf-8")
    report = run(file)
    assert report.code == 2
    assert "cases.yaml" in str(report.problems[0])


def test_a_bad_case_does_not_hide_the_others(tmp_path: Path) -> None:
    report = run(case_file(tmp_path, {**GOOD, "question": "weather"}, GOOD))
    assert (report.code, report.summary) == (2, "1 passed, 0 failed")


def test_nothing_to_run_is_not_a_pass(tmp_path: Path) -> None:
    assert run(tmp_path).code == 2
    assert run(tmp_path / "none.yaml").code == 2


def test_dates_may_be_dates_or_texts(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    file.write_text(
        "- {name: a, rulebook: liuzhou, day: 2026-03-01, question: notice_period,"
        " input: {posted_on: 2026-03-02}, expect: {last_day: 2026-03-09}}\n"
        '- {name: b, rulebook: liuzhou, day: "2026-03-01", question: notice_period,'
        ' input: {posted_on: "2026-03-02"}, expect: {last_day: "2026-03-09"}}\n',
        encoding="utf-8",
    )
    assert run(file).summary == "2 passed, 0 failed"


@pytest.mark.parametrize(
    ("expect", "code", "last"), [("must", 0, "1 passed, 0 failed"), ("none", 1, "0 passed, 1 failed")]
)
def test_the_command_ends_with_the_plain_line_and_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expect: str, code: int, last: str
) -> None:
    with pytest.raises(SystemExit) as left:
        call_command("check_examples", str(case_file(tmp_path, {**GOOD, "expect": {"band": expect}})))
    assert left.value.code == code
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_the_command_names_what_it_does_not_understand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        call_command("check_examples", str(case_file(tmp_path, {**GOOD, "question": "weather"})))
    assert left.value.code == 2
    printed = capsys.readouterr()
    assert "cases.yaml：第 1 例“a good one”：question" in printed.err
    assert printed.out.splitlines()[-1] == "0 passed, 0 failed"


@pytest.mark.processes
def test_the_runner_works_without_django() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "renovation.examples", str(EXAMPLES / "first.yaml")],
        capture_output=True,
        text=True,
        cwd=EXAMPLES.parent.parent,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "23 passed, 0 failed")
