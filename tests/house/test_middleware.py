"""What every request passes: one line in the log without anything personal, the policy of content, and a connection that is trusted."""

import json
import logging
from typing import Any

import pytest
from csp.utils import build_policy
from django.db import connection
from django.test import Client

from offices.demonstration import Offices
from renovation.logs import formatter
from tests.cast import cast
from tests.postgres import connect


@pytest.fixture
def staff(db: None) -> Offices:
    """People with accounts."""
    return cast()


def test_a_request_is_one_line_with_its_user_and_without_what_was_asked(staff: Offices, caplog: Any) -> None:
    user, client = staff.user("柳北区", "housing", "clerk"), Client()
    client.force_login(user)
    with caplog.at_level(logging.INFO):
        client.get("/staff/?q=13800000000")
        Client().get("/c/13812345678/?name=secret")
        client.get("/healthz")
    lines = [
        json.loads(formatter().format(record)) for record in caplog.records if record.message == "request_finished"
    ]
    assert [(line["code"], line["request"], line["user_id"]) for line in lines] == [
        (200, "GET /staff/", user.pk), (404, "GET /c/138****5678/", None), (200, "GET /healthz", None)
    ]  # fmt: skip
    assert len({line["request_id"] for line in lines}) == 3
    assert {"event", "logger", "level", "timestamp"} < set(lines[0])


def test_a_user_whom_the_page_does_not_ask_for_is_not_fetched_for_the_log(
    staff: Offices, django_assert_num_queries: Any
) -> None:
    client = Client()
    client.force_login(staff.user("柳北区", "housing", "clerk"))
    with django_assert_num_queries(0):
        assert client.get("/healthz").status_code == 200


def test_every_answer_carries_the_policy() -> None:
    assert Client().get("/healthz")["Content-Security-Policy"] == build_policy()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only a server can close a connection")
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_never_used(settings: Any) -> None:
    def number() -> int:
        connection.close_if_unusable_or_obsolete()  # as a request begins
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return int(cursor.fetchone()[0])

    connection.health_check_enabled = True
    first = number()
    assert number() == first
    given = connection.settings_dict
    other = connect(f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    other.close()
    assert number() != first
