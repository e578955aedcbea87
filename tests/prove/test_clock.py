"""The machine's clock a day ahead and back again, under processes of their own: nobody is reminded twice."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.faces.stage import environment_of
from tests.trust.test_kills import act, words

pytestmark = [pytest.mark.prove, pytest.mark.processes, pytest.mark.once]
DUTIES = 200


def beat(environment: dict[str, str], offset: str) -> None:
    """All that the beat asks for, by a process whose clock is so far off."""
    words(environment | ({"CLOCK": offset} if offset else {}), "-m", "tests.prove.act", "settle")


def told(environment: dict[str, str]) -> list[list[str]]:
    """Event, person, channel of every message."""
    found: list[list[str]] = json.loads(words(environment, "-m", "tests.prove.act", "events"))
    return found


def test_a_clock_that_ran_ahead_and_came_back_reminds_nobody_twice(
    demonstration: Path, tmp_path: Path, record_property: Any
) -> None:
    """One platform lives two days in their order, its twin runs ahead to the second, back to the first, and on: they say the same."""
    straight, astray = tmp_path / "straight", tmp_path / "astray"
    shutil.copytree(demonstration, straight)
    act(environment_of(straight), "owe", str(DUTIES))
    shutil.copytree(straight, astray)
    for offset in ("", "+1d"):
        beat(environment_of(straight), offset)
    for offset in ("", "+1d", "", "-1d", "", "+1d"):
        beat(environment_of(astray), offset)
    wanted, said = told(environment_of(straight)), told(environment_of(astray))
    assert len({tuple(row) for row in said}) == len(said)
    assert said == wanted, [row for row in said if row not in wanted][:5] + [row for row in wanted if row not in said][
        :5
    ]
    reminders = [row for row in said if row[0].startswith("duty:") and row[2] == "inbox"]
    assert len(reminders) >= 2 * 2 * DUTIES, "due, then overdue, to the clerk and to the leader"
    record_property(
        "figure",
        f"a day ahead, back, a day behind, back, ahead: {len(said)} messages, the same as without; {len(reminders)} reminders once each",
    )
