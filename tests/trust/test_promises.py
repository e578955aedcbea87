"""What the interface promises of every operation, tried on each: HEAD beside GET, Vary, ETag and 304; one act for one Idempotency-Key."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from offices.models import HistoryEntry
from tests.conformance import operation
from tests.trust.rows import Rows
from tests.trust.test_contract import ROUTES, reader, sent

pytestmark = pytest.mark.django_db
#: Of each answer anew, or of a body alone.
OWN = {"RateLimit-Remaining", "RateLimit-Reset", "Content-Length", "X-Request-ID", "Set-Cookie"}


def test_every_get_answers_head_and_says_when_nothing_changed(played: tuple[Rows, dict[str, Client]]) -> None:
    rows, browsers = played
    wrong, held = [], 0
    for name, route in ROUTES:
        url = reverse(name, kwargs=route.args(rows))
        if route.read is None or operation("get", url) is None:
            continue
        client, asked = reader(browsers, route), route.query(rows)
        answer = client.get(url, asked)
        head = client.head(url, asked)
        said = {key: value for key, value in answer.items() if key not in OWN}
        if (head.status_code, {key: value for key, value in head.items() if key not in OWN}) != (
            answer.status_code,
            said,
        ):
            wrong.append((url, "HEAD", answer.status_code, head.status_code))
        if not {"Authorization", "Cookie"} <= {word.strip() for word in answer.get("Vary", "").split(",")}:
            wrong.append((url, "Vary", answer.get("Vary")))
        if answer.status_code != 200 or answer.streaming or answer["Content-Type"] != "application/json":
            continue
        again = client.get(url, asked, headers={"If-None-Match": answer.get("ETag", '"none"')})
        if again.status_code != 304 or again.content or again["ETag"] != answer["ETag"] or "Vary" not in again:
            wrong.append((url, "304", again.status_code, answer.get("ETag")))
        held += 1
    assert not wrong, "\n".join(map(str, wrong))
    assert held > 80, "most addresses answer JSON"


def test_an_idempotency_key_is_one_act_of_one_caller(played: tuple[Rows, dict[str, Client]]) -> None:
    """Sent again: the same answer and no second act. With another body 422. The key of another is another key."""
    rows, browsers = played
    others = {id(client): browsers["foreign"] for client in browsers.values()} | {
        id(browsers["foreign"]): browsers["clerk"]
    }
    wrong, done = [], 0
    for client, url, write, (path, _) in sent(rows, browsers):
        if write.method != "post":
            continue
        headers = {"If-Match": "*", "Idempotency-Key": str(uuid4())}

        def post(by: Client, body: Any, url: str = url, headers: dict[str, str] = headers) -> Any:
            return by.post(url, body, content_type="application/json", headers=headers)

        body = write.body(rows)
        with transaction.atomic():
            first = post(client, body)
            if first.status_code < 300:
                done += 1
                acts = HistoryEntry.objects.count()
                again, other, foreign = (
                    post(client, body),
                    post(client, {**body, "zz": 1}),
                    post(others[id(client)], body),
                )
                if (again.status_code, again.content) != (first.status_code, first.content):
                    wrong.append((path, "again", first.status_code, again.status_code, again.content[:200]))
                elif (
                    "Idempotency-Replayed" not in again
                    or HistoryEntry.objects.count() != acts
                    and foreign.status_code >= 300
                ):
                    wrong.append((path, "acted twice"))
                if (other.status_code, json.loads(other.content).get("code")) != (422, "idempotency_mismatch"):
                    wrong.append((path, "other body", other.status_code))
                if foreign.status_code == 422 or "Idempotency-Replayed" in foreign:
                    wrong.append((path, "another's", foreign.status_code))
            transaction.set_rollback(True)
    assert not wrong, "\n".join(map(str, wrong))
    assert done > 60, done
