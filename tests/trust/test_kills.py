"""Processes that are killed in the middle: nothing half, nothing missing, nothing twice."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from offices.demonstration import PASSWORD
from tests.house.test_launcher import Platform, running, wait_for

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.prove]
Environment = dict[str, str]
HEAD = "年份,小区名称,位置,建成时间,栋数,户数,面积㎡\n"


def words(environment: Environment, *command: str) -> str:
    """Run a command of the repository to its end; what it printed."""
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=900
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def act(environment: Environment, *command: str) -> str:
    """One of ``tests.trust.act``."""
    return words(environment, "-m", "tests.trust.act", *command)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Environment:
    """The environment of a migrated platform, on the embedded database or on a PostgreSQL of its own."""
    names = ("DATABASE_URL", "REDIS_URL", "CLOCK", "PRODUCTION")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "renovation.settings", "LOG_LEVEL": "ERROR"}
    if request.param == "postgresql":
        environment["DATABASE_URL"] = request.getfixturevalue("postgres")
    words(environment, "manage.py", "migrate", "--no-input", "-v", "0")
    return environment


def kill_in_apply(environment: Environment, statement: int) -> None:
    """Begin to write, and be killed before the given statement."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.trust.act", "apply", str(statement)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "halted"
    process.send_signal(signal.SIGKILL)
    assert process.wait(30) == -signal.SIGKILL
    process.stdout.close()


def test_an_import_killed_in_the_middle_leaves_nothing_and_can_be_applied_again(platform: Environment) -> None:
    act(platform, "stage", "300")
    before = json.loads(act(platform, "count"))
    for statement in (3, 20):
        kill_in_apply(platform, statement)
        assert json.loads(act(platform, "count")) == before, f"killed before statement {statement}"
    said = json.loads(act(platform, "apply"))
    assert said["statements"] >= 20, "every kill above fell inside the transaction"
    after = json.loads(act(platform, "count"))
    assert after["communities.Community"] == after["projects.Project"] == after["projects.PlanLine"] == 300
    assert after["projects.AnnualPlan"] == 3


def figures(environment: Environment, *queries: str) -> list[int]:
    """Single numbers out of the embedded database."""
    with sqlite3.connect(f"file:{environment['DATA']}/renovation.sqlite3?mode=ro", uri=True, timeout=20) as connection:
        found = [connection.execute(query).fetchone()[0] for query in queries]
    connection.close()
    return found


def environment_of(platform: Platform) -> Environment:
    """For commands beside a running platform."""
    return {
        **os.environ,
        "DATA": str(platform.data),
        "DJANGO_SETTINGS_MODULE": "renovation.settings",
        "LOG_LEVEL": "ERROR",
    }


def next_worker(platform: Platform, killed: int) -> int:
    """The worker that the launcher started after the killed one, which is seen for a moment while it dies."""
    found = []

    def there() -> bool:
        found.append(platform.roles().get("worker", killed))
        return found[-1] != killed

    assert wait_for(there, 30), platform.said()
    return found[-1]


def test_a_worker_killed_in_its_sweeps_misses_nothing_and_tells_nothing_twice(tmp_path: Path) -> None:
    with running(tmp_path / "var", SWEEP_SECONDS="1") as platform:
        beside = environment_of(platform)
        act(beside, "owe", "3000")
        victim = 0
        told = "SELECT count(DISTINCT duty_id) FROM offices_alert WHERE told_at IS NOT NULL"
        for kill in range(6):
            victim = next_worker(platform, victim)
            time.sleep(0.15 * kill)
            os.kill(victim, signal.SIGKILL)
        assert wait_for(lambda: figures(beside, told) == [3000], 90)
        time.sleep(3)  # what was delivered again after the kills has come and found nothing to do
        alerts, messages, events = figures(
            beside,
            "SELECT count(*) FROM offices_alert",
            "SELECT count(*) FROM offices_message WHERE channel = 'inbox'",
            "SELECT count(DISTINCT event) FROM offices_message WHERE channel = 'inbox'",
        )
        assert (alerts, messages, events) == (3000, 6000, 3000), "the clerk and the leader, once each"


def test_a_queue_that_hangs_keeps_no_page_waiting_and_the_work_is_done_when_it_is_back(tmp_path: Path) -> None:
    with running(tmp_path / "var") as platform:
        beside = environment_of(platform)
        act(beside, "owe", "1")
        queue = platform.roles()["valkey"]
        with httpx.Client(base_url=f"http://127.0.0.1:{platform.port}", timeout=30) as browser:
            os.kill(queue, signal.SIGSTOP)
            try:
                sign_in(browser)
                table = HEAD + "\n".join(
                    f"2027,小区{n:06d},{n}号路旁的一条很长很长的巷子,1998,1,20,900" for n in range(8000)
                )
                assert len(table.encode()) > 512 * 1024
                begun = time.monotonic()
                answer = post(
                    browser, "/staff/communities/imports/", {"kind": "plan"}, {"file": ("计划.csv", table.encode())}
                )
                taken = time.monotonic() - begun
            finally:
                os.kill(queue, signal.SIGCONT)
        assert answer.status_code == 302, answer.text[:2000]
        assert taken < 3, taken
        assert figures(beside, "SELECT count(*) FROM communities_import") == [1]
        assert wait_for(
            lambda: figures(beside, "SELECT count(*) FROM communities_import WHERE state = 'read'") == [1], 120
        )


def sign_in(browser: httpx.Client) -> None:
    """芮城县's clerk."""
    answer = post(browser, "/staff/login/", {"username": "ruicheng.housing.clerk", "password": PASSWORD})
    assert answer.status_code == 302, answer.text[:500]


def post(
    browser: httpx.Client, url: str, data: dict[str, str], files: dict[str, tuple[str, bytes]] | None = None
) -> httpx.Response:
    """Open the form, fill it in, send it."""
    page = browser.get(url)
    assert page.status_code == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token
    if options := re.search(r'<select name="division".*?</select>', page.text, re.S):
        choice = re.search(r'<option value="([^"]+)"[^>]*>[^<]*芮城县', options.group())
        data = {**data, "division": choice.group(1) if choice else ""}
    return browser.post(url, data={**data, "csrfmiddlewaretoken": token.group(1)}, files=files)
