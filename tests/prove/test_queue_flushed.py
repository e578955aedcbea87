"""Redis stopped and emptied while people work: pages, votes and payments go on, and what was queued is done once when it is back."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from renovation.launcher import queue_program
from tests.house.test_launcher import free_port, running, wait_for
from tests.prove.staff import Staff
from tests.trust.test_kills import HEAD, act, environment_of, figures

pytestmark = [pytest.mark.prove, pytest.mark.processes]
PAGES = (
    "/",
    "/votes/",
    "/rulebooks/",
    "/staff/",
    "/staff/projects/",
    "/staff/communities/",
    "/staff/communities/imports/",
)
VOTE = "SELECT uid FROM approvals_vote WHERE state = 'announced'"
VOTERS = "SELECT count(*) FROM approvals_counting"
NEXT = (
    "SELECT min(number) FROM approvals_rollvoter v WHERE vote_id = (SELECT id FROM approvals_vote WHERE state = 'announced') AND id NOT IN "
    "(SELECT voter_id FROM approvals_counting) AND id NOT IN (SELECT voter_id FROM approvals_paperballot)"
)
PAYMENT = (
    "SELECT p.uid FROM funding_payment p JOIN offices_user u ON u.id = p.requested_by_id "
    "WHERE p.state = 'requested' AND u.username = 'chengzhong.housing.clerk'"
)
COUNTY = "SELECT uid FROM offices_division WHERE name = '城中区'"
PAID = "SELECT count(*) FROM funding_payment WHERE state = 'released'"
WAITING = "SELECT count(*) FROM communities_import WHERE state = 'uploaded'"
TABLE = "SELECT count(*) FROM communities_importrow WHERE source_id = (SELECT max(id) FROM communities_import) AND raw LIKE '%巷子%'"
STEPS = "FROM offices_duty d WHERE d.milestone LIKE 'step-%'"
TOLD = f"SELECT count(*) FROM offices_alert WHERE told_at IS NOT NULL AND duty_id IN (SELECT d.id {STEPS})"
INBOX = "FROM offices_message WHERE channel = 'inbox' AND event LIKE 'duty:%' AND text LIKE 'R-%' AND link = '/staff/'"
MESSAGES, EVENTS = f"SELECT count(*) {INBOX}", f"SELECT count(DISTINCT event) {INBOX}"
FILES = "SELECT count(*) FROM offices_job WHERE state = 'done' AND attempts = 1"
BALLOTS, DUTIES = 12, 40


class Queue:
    """A Valkey of its own, to be stopped and emptied."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        """Empty or as it was left."""
        self.folder.mkdir(exist_ok=True)
        options = (
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(self.folder),
            "--appendonly",
            "yes",
            "--save",
            "",
        )
        self.process = subprocess.Popen(
            [queue_program(), *options], stdout=subprocess.DEVNULL, env={"PATH": os.environ["PATH"]}
        )
        assert wait_for(self.answers, 20)

    def answers(self) -> bool:
        """Whether somebody listens."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def lose(self) -> None:
        """Dead, and everything that waited in it gone."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    """See ``Queue``."""
    found = Queue(tmp_path / "valkey")
    yield found
    found.process.kill()
    found.process.wait()


def test_without_a_queue_people_work_and_what_waited_is_done_once(
    queue: Queue, demonstration: Path, tmp_path: Path, record_property: Any
) -> None:
    with running(tmp_path / "var", demonstration, REDIS_URL=queue.url, SWEEP_SECONDS="2") as platform:
        beside, address = environment_of(platform) | {"REDIS_URL": queue.url}, f"http://127.0.0.1:{platform.port}"
        clerk, checker, releaser = (
            Staff(address, f"chengzhong.{name}") for name in ("housing.clerk", "finance.clerk", "finance.approver")
        )
        votes, paid = figures(beside, VOTERS, PAID)
        vote, payment, county = (UUID(str(value)) for value in figures(beside, VOTE, PAYMENT, COUNTY))
        queue.lose()

        begun, slowest = time.monotonic(), 0.0
        for page in PAGES:
            asked = time.monotonic()
            clerk.see(page)
            slowest = max(slowest, time.monotonic() - asked)
        for _ in range(BALLOTS):
            (number,) = figures(beside, NEXT)
            clerk.send(
                f"/staff/votes/{vote}/onsite/{number}/", choice="agree", sent_key=f"without-a-queue-{number:04d}"
            )
        checker.send(f"/staff/money/payments/{payment}/decide/", decision="check")
        releaser.send(f"/staff/money/payments/{payment}/release/", voucher="付9", released_on="2026-11-20")
        table = HEAD + "\n".join(f"2031,小区{n:06d},{n}号路旁的一条很长很长的巷子,1998,1,20,900" for n in range(8000))
        clerk.send(
            "/staff/communities/imports/", {"file": ("计划.csv", table.encode())}, kind="plan", division=str(county)
        )
        checker.send("/staff/money/reports/job/?report=ledger&year=", format="xlsx")
        act(beside, "owe", str(DUTIES))
        seconds = time.monotonic() - begun
        assert figures(beside, VOTERS, PAID) == [votes + BALLOTS, paid + 1]
        assert figures(beside, WAITING) == [1]
        finished = figures(beside, FILES)[0]

        queue.start()
        assert wait_for(lambda: figures(beside, WAITING, TOLD, FILES) == [0, DUTIES, finished + 1], 240), clerk.see(
            "/staff/"
        )
        time.sleep(5)  # what came a second time has come by now
        assert figures(beside, TABLE, MESSAGES, EVENTS, FILES) == [8000, 2 * DUTIES, DUTIES, finished + 1]
    record_property(
        "figure",
        f"{len(PAGES)} pages (slowest {slowest:.1f} s), {BALLOTS} ballots and a payment in {seconds:.0f} s without a queue; then "
        f"a table of 8,000 rows read, a report made, {DUTIES} reminders told: once each",
    )
