"""The resident's page of a community, kept for a moment: the same for everybody, gone in time, never a member of staff's."""

import gzip
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends import locmem
from django.test import Client

from communities.models import Community
from projects.models import Project, ProjectCommunity
from renovation.kept import LONGEST
from tests.cast import AT, cast


@pytest.fixture
def page(db: None, settings: Any) -> Iterator[tuple[Community, str]]:
    """A community with its address, pages kept for thirty seconds."""
    settings.PORTAL_CACHE_SECONDS = 30
    cache.clear()
    row = Community(name="胜利小区", built_text="1995", created_at=AT, updated_at=AT)
    row.place_in(cast().divisions["胜利社区"])
    row.save()
    yield row, f"/c/{row.uid}/"
    cache.clear()


def test_the_second_reader_asks_nothing_of_the_database(
    page: tuple[Community, str], django_assert_num_queries: Any
) -> None:
    first = Client().get(page[1])
    with django_assert_num_queries(0):
        second = Client().get(page[1])
        packed = Client().get(page[1], headers={"Accept-Encoding": "gzip"})
        unchanged = Client().get(page[1], headers={"If-None-Match": second["ETag"]})
    assert first.content == second.content == gzip.decompress(packed.content)
    assert packed["Content-Encoding"] == "gzip" and {"Cookie", "Accept-Encoding"} <= set(second["Vary"].split(", "))
    assert unchanged.status_code == 304 and not unchanged.content
    assert "csrfmiddlewaretoken" not in first.content.decode() and not first.cookies


def test_nobody_reads_what_is_older_than_a_minute(page: tuple[Community, str], monkeypatch: pytest.MonkeyPatch) -> None:
    Client().get(page[1])
    Community.objects.update(name="改名小区")
    assert "胜利小区" in Client().get(page[1]).content.decode()
    later = time.time() + 31

    class Later:
        time = staticmethod(lambda: later)

    monkeypatch.setattr(locmem, "time", Later)
    assert "改名小区" in Client().get(page[1]).content.decode()
    Community.objects.update(withdrawn=True)
    later += 31
    assert Client().get(page[1]).status_code == 404


def test_staff_read_what_stands_now_and_leave_nothing_behind(page: tuple[Community, str]) -> None:
    Client().get(page[1])
    Community.objects.update(name="改名小区")
    staff = Client()
    staff.force_login(cast().user("柳北区", "housing", "clerk"))
    assert "改名小区" in staff.get(page[1]).content.decode()
    assert "胜利小区" in Client().get(page[1]).content.decode()
    assert "改名小区" in Client().get(f"{page[1]}?now").content.decode()


def test_no_setting_keeps_a_step_longer_than_a_minute(
    page: tuple[Community, str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PORTAL_CACHE_SECONDS = 3600
    project = Project(
        name="胜利小区改造", plan_year=2026, stage="approved", published=True, created_at=AT, updated_at=AT
    )
    project.place_in(page[0].division)
    project.save()
    ProjectCommunity.objects.create(project=project, community=page[0])
    assert "正在施工" not in Client().get(page[1]).content.decode()
    Project.objects.update(stage="works")
    later = time.time() + LONGEST + 1
    monkeypatch.setattr(locmem, "time", type("Later", (), {"time": staticmethod(lambda: later)}))
    assert "正在施工" in Client().get(page[1]).content.decode()


def test_kept_bytes_carry_the_headers_that_every_page_has(page: tuple[Community, str]) -> None:
    first, second = Client().get(page[1]), Client().get(page[1])
    for name in (
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Content-Type",
        "ETag",
        "Vary",
    ):
        assert first[name] == second[name], name
