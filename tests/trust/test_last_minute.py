"""The last minute of a vote: five hundred residents over HTTP on one machine; and a link that ten thousand people open."""

import datetime as dt
import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import psycopg2
import pytest
from django.conf import settings

from bench.servers import Server, many, running
from tests.faces.stage import ROOT

pytestmark = [pytest.mark.prove, pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
RESIDENTS, MINUTE, AT_ONCE = 500, 55.0, 40
LONGEST, LEAST = 1.0, 500  # seconds of the 95th percentile; pages a second
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')
PREPARED = """
import datetime as dt, json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from approvals.codes import issue_letters
from approvals.votes.drafting import Terms, announce_vote, draft_vote
from offices.clock import now
from tests.cast import cast
from tests.votes.crowd import big_community
offices = cast()
place = big_community(offices, %d)
clerk, leader = offices.user("柳北区", "housing", "clerk"), offices.user("柳北区", "housing", "leader")
at = now()
terms = Terms("property_service", "选聘物业", "是否同意？", at + dt.timedelta(seconds=1), at + dt.timedelta(seconds=610))
vote = announce_vote(by=leader, at=at, vote=draft_vote(by=clerk, at=at, community=place, terms=terms))
codes = issue_letters(subject=vote, holders=[row.pseudonym for row in vote.voters.all()], at=at)
print(json.dumps({"vote": str(vote.uid), "community": str(place.uid), "codes": list(codes.values()), "closes": vote.closes_at.isoformat()}))
"""


class Resident:
    """A telephone: one connection a request, cookies of its own."""

    def __init__(self, server: Server, vote: str, code: str, choice: str) -> None:
        self.server, self.home, self.code, self.choice = server, f"/votes/{vote}", code, choice
        self.cookies: dict[str, str] = {}
        self.took: list[float] = []
        self.wrong: list[str] = []

    def ask(self, path: str, form: dict[str, str] | None = None) -> str:
        """One request, timed; a redirect is followed as a browser does."""
        site = f"https://127.0.0.1:{self.server.port}"
        headers = {**self.server.headers, "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": site + path, "Origin": site}
        wire = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        began = time.perf_counter()
        wire.request("GET" if form is None else "POST", path, urlencode(form) if form is not None else None, headers)
        answer = wire.getresponse()
        body = answer.read().decode()
        self.took.append(time.perf_counter() - began)
        wire.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        if answer.status >= 400:
            self.wrong.append(f"{path} {answer.status}")
        return self.ask(answer.headers["Location"]) if answer.status == 302 else body

    def votes(self) -> None:
        """From the letter to the receipt."""
        page = self.ask(f"{self.home}/identify/")
        page = self.ask(f"{self.home}/identify/", {"csrfmiddlewaretoken": _first(TOKEN, page), "code": self.code})
        page = self.ask(f"{self.home}/ballot/", {"csrfmiddlewaretoken": _first(TOKEN, page), "choice": self.choice})
        sent = {"csrfmiddlewaretoken": _first(TOKEN, page), "key": _first(KEY, page), "choice": self.choice}
        if "已收到您的票" not in self.ask(f"{self.home}/send/", sent):
            self.wrong.append("no receipt")


def _first(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    return found[1] if found else ""


def prepared(url: str, residents: int) -> dict[str, Any]:
    """An open vote that closes in ten minutes, the shortest that may be announced, and a code for each of its owners."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
    }
    said = subprocess.run(
        [sys.executable, "-c", PREPARED % residents], cwd=ROOT, env=environment, check=True, capture_output=True
    )
    found: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return found


@contextmanager
def running_with(url: str, residents: int = RESIDENTS) -> Iterator[tuple[Server, dict[str, Any]]]:
    """The platform in production's dress with two workers on a database with that vote."""
    os.environ.setdefault("SECRET_KEY", settings.SECRET_KEY)
    made = prepared(url, residents)
    with running(url, workers=2) as (platform, _):
        yield platform, made


def test_five_hundred_vote_in_the_last_minute_and_every_one_counts(postgres: str) -> None:
    with running_with(postgres) as (server, made):
        ends = dt.datetime.fromisoformat(made["closes"]).timestamp() - 3
        choices = ("agree", "agree", "oppose", "abstain")
        people = [
            Resident(server, made["vote"], code, choices[n % len(choices)]) for n, code in enumerate(made["codes"])
        ]
        for path in ("", "identify/", "receipt/"):  # each worker has read its templates once before the last minute
            many(server.raw(f"/votes/{made['vote']}/{path}"), 40, 8)
        begins = max(time.time(), ends - MINUTE)
        left = iter(list(enumerate(people)))
        lock = threading.Lock()

        def phones() -> None:
            while True:
                with lock:
                    number, resident = next(left, (None, None))
                if resident is None or number is None:
                    return
                time.sleep(max(0.0, begins + (ends - 5 - begins) * number / len(people) - time.time()))
                resident.votes()

        threads = [threading.Thread(target=phones) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = sorted(seconds for resident in people for seconds in resident.took)
        p95, spent = took[int(len(took) * 0.95)], time.time() - begins
        print(
            f"{len(people)} residents, {len(took)} requests in {spent:.0f} s: 95 % within {p95:.2f} s, slowest {took[-1]:.2f} s"
        )
        assert not [resident.wrong for resident in people if resident.wrong]
        assert tally(postgres, made["vote"]) == Counter(resident.choice for resident in people)
        assert p95 <= LONGEST


def tally(url: str, vote: str) -> Counter[str]:
    """Ballots that count, by choice, as the database holds them."""
    with psycopg2.connect(url) as wire, wire.cursor() as cursor:
        cursor.execute(
            "SELECT b.choice, count(*) FROM approvals_counting c JOIN approvals_ballot b ON b.id = c.ballot_id"
            " JOIN approvals_vote v ON v.id = c.vote_id WHERE v.uid = %s GROUP BY 1",
            [vote],
        )
        return Counter(dict(cursor.fetchall()))


def test_a_link_that_ten_thousand_people_open(postgres: str) -> None:
    """Two workers, sixteen connections, warm: what the bench measures as its row 11, here with its least."""
    with running_with(postgres, residents=3) as (server, made):
        call = server.raw(f"/c/{made['community']}/", {"Accept-Encoding": "gzip"})
        assert call().startswith(b"HTTP/1.1 200")
        many(call)
        best = max(1 / many(call, 2000) for _ in range(3))
        print(f"{best:.0f} pages a second")
        assert best >= LEAST
