"""Rows 10, 11 and 12: pages of the staff with a real session, the resident's page of a community, and what grows with the city."""

import statistics
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.city import City
from bench.rows import Figure
from bench.servers import BURST, Server, many, one
from bench.sweep import again
from communities.models import Community
from funding.models import Account
from offices.clock import now, today
from offices.duties import mark_and_remind
from offices.models import User
from projects.models import AnnualPlan, Project

READINGS = 20
PAGE, BOARD = 200, 400  # milliseconds


def _session(user: User) -> dict[str, str]:
    """The cookie of someone who has signed in."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY], store[BACKEND_SESSION_KEY] = str(user.pk), "offices.backend.StaffBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return {
        "Cookie": f"__Host-sessionid={store.session_key}"
    }  # production's name; the bench itself runs with the tests' settings


def _addresses(city: City) -> list[tuple[str, str, float]]:
    """Word, path and goal of the main pages, over the whole city and in one county."""
    county = city.county
    community = Community.objects.filter(county=county).order_by("pk")[0]
    project = Project.objects.filter(county=county, stage="works").order_by("pk")[0]
    plan = AnnualPlan.objects.filter(county=county).order_by("-year")[0]
    last = today().year - 1
    return [
        ("home", reverse("staff_home"), PAGE), ("dashboard of the newest year", reverse("staff_dashboard"), BOARD),
        ("dashboard of last year", f"{reverse('staff_dashboard')}?year={last}", BOARD),
        ("projects behind a figure", f"{reverse('staff_behind')}?year={last}&part=started", BOARD),
        ("communities", reverse("communities:list"), PAGE), ("search of communities", f"{reverse('communities:list')}?q=yg", PAGE),
        ("a community", reverse("communities:detail", args=[community.uid]), PAGE), ("projects", reverse("projects:projects"), PAGE),
        ("a project", reverse("projects:project", args=[project.uid]), PAGE), ("plans", reverse("projects:plans"), PAGE),
        ("a plan with its lines", reverse("projects:plan", args=[plan.uid]), PAGE), ("deadlines", reverse("projects:deadlines"), PAGE),
        ("register and reserve by division", reverse("projects:rollup"), BOARD), ("inbox", reverse("approvals:inbox"), PAGE),
        ("sources of money", reverse("funding:sources"), BOARD), ("targets", reverse("projects:targets"), BOARD),
        ("order for money from above", reverse("projects:upper_money"), BOARD), ("scorecard", reverse("projects:assessment"), BOARD),
        ("report of the purses", reverse("funding:reports"), BOARD),
    ]  # fmt: skip


def _queries(user: User, path: str) -> int:
    client = Client()
    client.force_login(user, backend="offices.backend.StaffBackend")
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    return len(seen)


def _p95(call: Callable[[], Any]) -> float:
    call()
    times = sorted(one(call, 1) for _ in range(READINGS))
    return times[int(READINGS * 0.95) - 1] * 1000


def rows(city: City, platform: Server) -> list[Figure]:
    """Row 10."""
    cookie = _session(city.leader)
    made = []
    for word, path, goal in _addresses(city):
        status, headers, _ = platform.get(path, cookie)
        if status != 200:
            raise RuntimeError(f"{path}: {status} {headers.get('location', '')}")
        made.append(_page(platform.raw(path, cookie), word, goal, _queries(city.leader, path)))
    return made


def _page(call: Callable[[], Any], word: str, goal: float, queries: int) -> Figure:
    """A page that is looked at again and again; told besides: the first look after something behind its figures was written."""

    def after_a_write() -> str:
        Project.objects.filter(pk=-1).update(version=0)  # no row; the statement counts all the same
        Account.objects.filter(pk=-1).update(balance=0)
        return f" ({queries} queries; first look after a write {one(call, 1) * 1000:,.0f} ms)"

    what = f"staff page for the whole city: {word}, 95th percentile"
    return Figure("10", what, lambda: _p95(call), "ms", goal, note=after_a_write)


def resident(city: City, platform: Server) -> list[Figure]:
    """Row 11."""
    community = Community.objects.filter(county=city.county, withdrawn=False).order_by("pk")[0]
    call = platform.raw(reverse("portal:community", args=[community.uid]))

    def measure() -> float:
        many(call, BURST)
        return statistics.median(1 / many(call, BURST * 2) for _ in range(5))

    return [
        Figure(
            "11",
            "page of a community for residents, warm, two workers, 16 connections",
            measure,
            "requests/s",
            500,
            least=True,
        )
    ]


def growth(city: City, platform: Server) -> list[Figure]:
    """Row 12: the same three costs, to be read beside those of another size."""
    size = f"{city.communities:,} communities"
    cookie = _session(city.leader)
    community = Community.objects.filter(county=city.county).order_by("pk")[0]
    listed = platform.raw("/api/v1/projects/?ordering=-updated_at")
    page = platform.raw(reverse("communities:detail", args=[community.uid]), cookie)

    def swept() -> float:
        again()
        began = time.perf_counter()
        mark_and_remind(at=now(), today=today())
        return (time.perf_counter() - began) * 1000

    return [
        Figure("12", f"{size}: a page of the list of projects", lambda: one(listed) * 1000, "ms"),
        Figure("12", f"{size}: a community's page for the staff", lambda: one(page, READINGS) * 1000, "ms"),
        Figure("12", f"{size}: the daily sweep", swept, "ms"),
    ]
