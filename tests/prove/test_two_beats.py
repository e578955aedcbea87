"""Two beats and two workers at once, as when a second machine is started by mistake: each reminder goes out once."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_launcher import ROOT, running, wait_for
from tests.trust.test_kills import act, environment_of, words

pytestmark = [pytest.mark.prove, pytest.mark.processes]
DUTIES = 1500
CELERY = [sys.executable, "-m", "celery", "-A", "renovation"]
TOLD = "SELECT count(DISTINCT duty_id) FROM offices_alert WHERE told_at IS NOT NULL"


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_two_beats_tell_each_reminder_once(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, record_property: Any
) -> None:
    own = {"SWEEP_SECONDS": "1"} | (
        {"DATABASE_URL": request.getfixturevalue("postgres")} if database == "postgresql" else {}
    )
    with running(tmp_path / "var", **own) as platform:
        beside = environment_of(platform) | own
        schedule = ["--schedule", str(tmp_path / "second"), "--pidfile="]
        second = [
            subprocess.Popen(
                [*CELERY, *rest], cwd=ROOT, env=beside, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            for rest in (["beat", *schedule], ["worker", "--concurrency", "2", "--hostname", "second@%h"])
        ]
        try:
            time.sleep(8)
            act(beside, "owe", str(DUTIES))

            def found() -> dict[str, Any]:
                said: dict[str, Any] = json.loads(words(beside, "-m", "tests.prove.act", "figures"))
                return said

            assert wait_for(lambda: found()["events"] == DUTIES, 180), found()
            time.sleep(5)
            now = found()
        finally:
            for process in second:
                process.kill()
                process.wait()
    assert (now["alerts"], now["inbox"], now["events"], now["twice"]) == (DUTIES, 2 * DUTIES, DUTIES, 0), now
    record_property("figure", f"2 beats, 2 workers, a sweep each second: {DUTIES} reminders to 2 people each, 0 twice")
