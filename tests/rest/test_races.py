"""Two requests at the same moment, on a real PostgreSQL."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from communities.models import Community
from offices.models import User
from tests.rest.conftest import make_community, make_division

pytestmark = [
    pytest.mark.urls("tests.rest.site"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="races are PostgreSQL's (set DATABASE_URL)"),
]
LIST = "/api/v1/communities/"


@pytest.fixture
def chief(transactional_db: None) -> User:
    """Someone who sees everything."""
    return User.objects.create(username="chief", is_superuser=True)


def together(number: int, act: Callable[[int], Any]) -> list[Any]:
    """Run ``act`` in threads that start at one moment; returns what they returned."""
    barrier, found = threading.Barrier(number), [None] * number

    def run(index: int) -> None:
        try:
            barrier.wait()
            found[index] = act(index)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def client_of(user: User) -> APIClient:
    """A client of its own for a thread."""
    client = APIClient(raise_request_exception=False)
    client.force_authenticate(user)
    return client


def test_one_key_sent_eight_times_at_once_acts_once(chief: User) -> None:
    division = make_division("县", "county")
    clients = [client_of(chief) for _ in range(8)]
    for attempt in range(5):
        body = {"name": f"新村{attempt}", "division": str(division.uid)}
        answers = together(
            8, lambda i, b=body, a=attempt: clients[i].post(LIST, b, headers={"Idempotency-Key": f"k-{a}"})
        )
        assert [answer.status_code for answer in answers] == [201] * 8
        assert len({answer.content for answer in answers}) == 1
    assert Community.objects.count() == 5


def test_of_two_changes_to_one_version_one_is_stale(chief: User) -> None:
    row = make_community("甲", make_division("县", "county"))
    clients = [client_of(chief) for _ in range(4)]
    for _ in range(5):
        seen = clients[0].get(f"{LIST}{row.uid}/")["ETag"]
        answers = together(
            4, lambda i, tag=seen: clients[i].patch(f"{LIST}{row.uid}/", {"name": f"名{i}"}, headers={"If-Match": tag})
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    row.refresh_from_db()
    assert row.version == 6
