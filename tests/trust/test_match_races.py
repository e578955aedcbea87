"""Processes that change one row with one ETag at one moment, over every PATCH of the interface: one is done, the others are told 412."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from tests.cast import AT
from tests.trust.processes import together
from tests.trust.route import Write
from tests.trust.rows import Rows, build, clients
from tests.trust.table import DRAFTS, TABLE

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
AT_ONCE = 6
# Changes of other kinds, with the address whose ETag they take.
POSTED = {
    "api:webhook-rotate": "api:webhook-detail", "api:project-spans": "api:project-detail",
    "api:acceptance-signatures": "api:acceptance-detail",
}  # fmt: skip


@pytest.fixture
def standing(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Rows, dict[str, Client]]]:
    """The rows of the route table, committed for every process to see."""
    if connection.vendor != "postgresql":
        pytest.skip("races are PostgreSQL's (DATABASE_URL)")
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    with override_settings(DATA=tmp_path, MEDIA_ROOT=tmp_path / "uploads"):
        rows = build()
        yield rows, clients(rows)


def raced() -> Iterator[tuple[str, Any, Any, str]]:
    """Name, route, change and the name of the address with the ETag."""
    tables = [*DRAFTS.items(), *((name, route) for name, route in TABLE.items() if name not in DRAFTS)]
    for name, route in tables:
        for write in route.write:
            own = "api:project-detail" if name == "api:project-span" else name
            if name.startswith("api:") and (write.method == "patch" or name in POSTED):
                yield name, route, write, POSTED.get(name, own)


def sender(browser: Client, write: Write, url: str, body: dict[str, Any], tag: str) -> Callable[[int], int]:
    """What each process does: the change, with the one tag; its status."""

    def act(index: int) -> int:
        answer = getattr(browser, write.method)(url, body, content_type="application/json", headers={"If-Match": tag})
        return int(answer.status_code)

    return act


def test_one_wins_and_the_others_are_told_412(standing: tuple[Rows, dict[str, Client]]) -> None:
    rows, browsers = standing
    found: dict[str, Counter[int]] = {}
    for name, route, write, tagged in raced():
        browser = browsers[next(role for role in ("clerk", "approver", "system") if role in write.may)]
        args = route.args(rows)
        own = reverse(tagged, kwargs=args if tagged == name else {"uid": args["uid"]})
        seen = browser.get(own)
        assert seen.status_code == 200, (name, own, seen.content[:200])
        said = together(AT_ONCE, sender(browser, write, reverse(name, kwargs=args), write.body(rows), seen["ETag"]))
        assert not [each for each in said if each.error], (name, said)
        found[f"{write.method} {name}"] = Counter(each.value for each in said)
    assert len(found) >= 12, found
    wrong = {
        name: dict(codes) for name, codes in found.items()
        if codes[412] != AT_ONCE - 1 or codes[200] + codes[201] != 1
    }  # fmt: skip
    assert not wrong, wrong
