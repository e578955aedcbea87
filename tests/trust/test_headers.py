"""Security headers where the route table does not come: errors, static files, refusals of Django itself, and HSTS in production."""

from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client, override_settings

from tests.trust.headers import hold

pytestmark = pytest.mark.django_db


@override_settings(ROOT_URLCONF="tests.house.test_errors")
@pytest.mark.parametrize("path", ["/broken/", "/away/", "/full/", "/api/v1/broken/", "/api/v1/away/", "/nowhere/"])
def test_an_error_carries_them(path: str) -> None:
    hold(Client(raise_request_exception=False).get(path), path)


def test_refusals_redirects_and_static_files_carry_them() -> None:
    (Path(site.STATIC_ROOT) / "probe.txt").write_text("x")
    asked = {
        "static": Client().get("/static/probe.txt"),
        "no such file": Client().get("/static/nothing.js"),
        "csrf": Client(enforce_csrf_checks=True).post("/staff/login/", {"username": "x"}),
        "method": Client().post("/healthz"),
        "interface": Client().get("/api/v1/cases/"),
        "unknown": Client().get("/api/v1/nothing/"),
        "redirect": Client().get("/staff/"),
        "administration": Client().get("/admin/"),
        "too many fields": Client().post("/staff/login/", {f"f{number}": "" for number in range(20_001)}),
        "no host": Client(raise_request_exception=False, headers={"Host": "a b"}).get("/"),
    }
    statuses = {name: answer.status_code for name, answer in asked.items()}
    assert statuses == {
        "static": 200, "no such file": 404, "csrf": 403, "method": 405, "interface": 401, "unknown": 404, "redirect": 302,
        "administration": 302, "too many fields": 400, "no host": 400,
    }  # fmt: skip
    for name, answer in asked.items():
        hold(answer, name)


@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_SSL_REDIRECT=True)
def test_in_production_everything_goes_by_https() -> None:
    plain, safe = Client().get("/staff/login/"), Client().get("/staff/login/", secure=True)
    assert plain.status_code == 301 and plain["Location"].startswith("https://")
    assert safe["Strict-Transport-Security"].startswith("max-age=31536000; includeSubDomains")
