"""The launcher killed outright while its worker is at work, and started again: no process stays behind, and the work is finished once."""

import json
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.house.test_launcher import running, wait_for
from tests.prove.act import PLACES
from tests.trust.test_kills import environment_of, words

pytestmark = [pytest.mark.prove, pytest.mark.processes, pytest.mark.once]
KILLS, DUTIES, ROWS = 5, 3000, 100


def test_a_launcher_killed_at_work_leaves_no_orphan_and_everything_goes_on(
    tmp_path: Path, record_property: Any
) -> None:
    chance, slowest, data = random.Random(3), 0.0, tmp_path / "var"
    own = {"SWEEP_SECONDS": "1", "WEBHOOK_NETWORKS": "127.0.0.0/8"}
    for kill in range(KILLS):
        with running(data, **own) as platform:
            if kill == 0:
                words(
                    environment_of(platform) | own,
                    "-m",
                    "tests.prove.act",
                    "load",
                    "http://127.0.0.1:9/in",
                    str(DUTIES),
                    str(ROWS),
                    "20",
                )
            time.sleep(1 + 2 * chance.random())
            before = len(platform.processes())
            begun = time.monotonic()
            assert platform.stop(signal.SIGKILL) == -signal.SIGKILL
            assert wait_for(lambda: platform.processes() == {}, 20), platform.processes()  # noqa: B023
            slowest = max(slowest, time.monotonic() - begun)
            assert before >= 6, "launcher, queue, web, worker, beat and their children"
    with running(data, **own) as platform:
        beside = environment_of(platform) | own

        def found() -> dict[str, Any]:
            said: dict[str, Any] = json.loads(words(beside, "-m", "tests.prove.act", "figures"))
            return said

        finished = {"applied": len(PLACES), "read": len(PLACES)}
        assert wait_for(lambda: (now := found())["imports"] == finished and now["events"] == DUTIES, 240), found()
        now = found()
    assert (now["alerts"], now["inbox"], now["twice"], now["broken"]) == (DUTIES, 2 * DUTIES, 0, None), now
    assert now["communities"] == now["projects"] == now["lines"] == len(PLACES) * ROWS, now
    record_property(
        "figure",
        f"{KILLS} times kill -9: 0 orphans (all gone within {slowest:.1f} s), started again each time; {DUTIES} reminders and "
        f"{len(PLACES) * ROWS} imported rows, 0 missing, 0 twice",
    )
