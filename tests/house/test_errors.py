"""Error pages, health answers and logs of the site."""

import errno
import json
import logging

import psycopg2
import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from renovation import errors, health, logs
from renovation.urls import handler400, handler403, handler404, handler500  # noqa: F401 (this module is a URLconf below)


def broken(request: HttpRequest) -> HttpResponse:
    """A page with a fault of ours; its message holds a person."""
    raise RuntimeError("张三 13812345678")


def away(request: HttpRequest) -> HttpResponse:
    """A page whose database went away."""
    raise OperationalError("server closed the connection unexpectedly") from psycopg2.OperationalError()


def crowded(request: HttpRequest) -> HttpResponse:
    """A page that would write where there is no room."""
    raise OSError(errno.ENOSPC, "No space left on device")


urlpatterns = [
    path("full/", crowded),
    path("api/v1/full/", crowded),
    path("broken/", broken),
    path("away/", away),
    path("api/v1/broken/", broken),
    path("api/v1/away/", away),
]
client = Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/nowhere/", 404, "没有找到"),
        ("/broken/", 500, "服务器出错了"),
        ("/away/", 503, "数据库暂时没有应答"),
        ("/full/", 503, "磁盘空间不足"),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_a_page_that_fails_says_so_in_plain_words_and_shows_no_trace(url: str, status: int, words: str) -> None:
    answer = client.get(url)
    text = answer.content.decode()
    assert answer.status_code == status
    assert words in text
    assert "Traceback" not in text and "张三" not in text


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/v1/no/", 404, "not_found"),
        ("/api/v1/broken/", 500, "internal"),
        ("/api/v1/away/", 503, "unavailable"),
        ("/api/v1/full/", 503, "unavailable"),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_a_program_gets_the_same_as_a_problem(url: str, status: int, code: str) -> None:
    answer = client.get(url)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(answer.content)["code"] == code
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_a_wrong_question_to_the_database_is_not_a_passing_fault() -> None:
    assert not errors.passing(OperationalError("no such table: x"))
    assert errors.passing(OperationalError("database is locked"))
    assert not errors.passing(ValueError("database is locked"))
    assert errors.full(OperationalError("database or disk is full")) and not errors.full(
        OperationalError("no such table: x")
    )
    assert not errors.full(OperationalError("disk I/O error")), "there is room here"
    assert not errors.full(FileNotFoundError(errno.ENOENT, "no such file"))


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
def test_every_error_page_stands_alone(status: int) -> None:
    text = errors.page(RequestFactory().get("/staff/"), status).content.decode()
    assert "返回首页" in text and "<script" not in text and "style=" not in text


def test_a_page_that_is_too_old_is_refused_with_the_way_out() -> None:
    answer = errors.csrf_failure(RequestFactory().post("/staff/"))
    assert answer.status_code == 403
    assert "刷新" in answer.content.decode()


@pytest.mark.django_db
def test_readiness_names_a_queue_that_is_away_and_still_serves(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "degraded", "database": "ok", "queue": "unreachable"},
    )
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_is_refused_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "database_answers", lambda: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


@override_settings(ROOT_URLCONF=__name__)
def test_a_log_line_is_json_with_the_requests_id_and_nobodys_data(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        client.get("/broken/?name=李四", headers={"user-agent": "phone-of-li-si"})
    finally:
        root.removeHandler(handler)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    failed = next(line for line in lines if line["event"] == "request_failed")
    assert failed["request"] == "GET /broken/" and len(failed["request_id"]) == 36
    everything = json.dumps(lines, ensure_ascii=False)
    for personal in ("13812345678", "李四", "phone-of-li-si", "127.0.0.1"):
        assert personal not in everything


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("id 11010119900307123X", "id 110101********123X"),
        ("duplicate key\nDETAIL:  Key (name)=(张三) already exists.", "duplicate key\nDETAIL: …"),
        ("GET /complaints/T-7K3M-Q9TB-XR2D/", "GET /complaints/…/"),
        ("GET /remarks/y7k3mq9tbxr2d/", "GET /remarks/…/"),
        ("no answer D-7K3M-Q9TB-XR2D", "no answer D-****"),
        (
            "GET /staff/complaints/73816499-4c1f-4848-a094-5ed0ac25b3ba/",
            "GET /staff/complaints/73816499-4c1f-4848-a094-5ed0ac25b3ba/",
        ),
        ("project 20260000000000000001 of 2026", "project 20260000000000000001 of 2026"),
    ],
)
def test_numbers_of_persons_are_masked_in_whatever_is_logged(said: str, written: str) -> None:
    assert logs.mask(said) == written
