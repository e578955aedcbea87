"""连片改造 (LZ-22): one project over several communities, each with its own progress, photos and page."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from communities.models import Community
from offices.models import User
from policies.refusal import Invalid
from projects import actions as projects
from projects.actions import works
from projects.models import Project, ReportPlace
from projects.rules.works import place_errors
from renovation.demonstration.works import drawn
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text
from tests.works.test_works import started

Login = Callable[[User], Client]


@pytest.fixture
def cluster(world: World, add_community: Callable[..., Community]) -> Project:
    """Two communities under one project, its works under way."""
    places = [add_community(name, address=f"{name}路1号") for name in ("东院", "西院")]
    project = projects.add_project(
        by=world.wang, at=AT, today=TODAY, division=world.county, name="东西院连片改造", communities=places
    )
    Project.objects.filter(pk=project.pk).update(published=True, plan_year=2026)
    return started(project)


def report(world: World, project: Project, **values: Any) -> Any:
    given: dict[str, Any] = {
        "month": TODAY,
        "percent": 40,
        "money": Decimal("1000.00"),
        "done": "外墙",
        "delay": "连续降雨",
    }
    return works.file_report(by=world.wang, at=AT, today=TODAY, project=project, **{**given, **values})


def test_each_community_has_its_figure_and_the_whole_lies_between() -> None:
    one, two, other = uuid4(), uuid4(), uuid4()
    names = {one: "东院", two: "西院"}
    ask: Any = {"percent": 40, "expected": names, "before": {one: 30}}
    assert place_errors(places={one: 30, two: 50}, **ask) == {}
    assert place_errors(places={one: 40, two: 40}, **ask) == {}
    assert place_errors(places={one: 40}, **ask) == {f"place-{two}": "请填写“西院”的形象进度"}
    assert place_errors(places={one: 29, two: 50}, **ask) == {f"place-{one}": "不能低于前一期的 30%"}
    assert place_errors(places={one: 41, two: 50}, **ask) == {"percent": "应在各小区的进度之间（41%至50%）"}
    assert place_errors(places={one: 40, two: 101}, **ask) == {f"place-{two}": "应为0到100的整数"}
    assert "places" in place_errors(places={one: 40, two: 40, other: 40}, **ask)
    assert place_errors(percent=40, places={one: 40}, expected={one: "东院"}, before={}) == {
        "places": "只有一个小区，不分小区填报"
    }


@pytest.mark.rule("LZ-22")
def test_residents_of_each_community_read_their_own_progress(
    world: World, cluster: Project, login: Login, client: Client
) -> None:
    east, west = (part.community for part in cluster.parts.order_by("pk"))
    wang, url = login(world.wang), f"/staff/projects/{cluster.uid}/works/"
    assert "东院（%）" in text(wang.get(f"{url}report/"))
    data = {"month": "2026-2", "percent": "40", "money": "1000", "done": "外墙", "delay": "连续降雨"}
    short = wang.post(f"{url}report/", data)
    assert short.status_code == 400
    with pytest.raises(Invalid) as caught:
        report(world, cluster)
    assert set(caught.value.errors) == {f"place-{east.uid}", f"place-{west.uid}"}
    sent = wang.post(f"{url}report/", {**data, f"place-{east.uid}": "70", f"place-{west.uid}": "10"})
    assert sent.status_code == 302
    assert "东院 70%、西院 10%" in text(wang.get(url))
    assert "本小区完成 70%（整个项目 40%）" in text(client.get(f"/c/{east.uid}/"))
    assert "本小区完成 10%（整个项目 40%）" in text(client.get(f"/c/{west.uid}/"))
    back = wang.post(f"{url}report/", {**data, "month": "2026-3", f"place-{east.uid}": "69", f"place-{west.uid}": "10"})
    assert back.status_code == 400
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportPlace.objects.update(percent=1)


@pytest.mark.rule("LZ-22")
def test_programs_report_and_read_each_community(world: World, cluster: Project, login: Login) -> None:
    east, west = (part.community for part in cluster.parts.order_by("pk"))
    api, url = login(world.wang), f"/api/v1/projects/{cluster.uid}/works/"
    body = {"month": "2026-02-01", "percent": 40, "money": "1000.00", "done": "外墙", "delay": "连续降雨"}
    refused = api.post(url, body, content_type="application/json", headers={"If-Match": "*"})
    assert refused.status_code == 400 and f"place-{east.uid}" in str(refused.json())
    places = [{"community": str(east.uid), "percent": 70}, {"community": str(west.uid), "percent": 10}]
    made = api.post(
        url, {**body, "places": places}, content_type="application/json", headers={"If-Match": "*"}
    )  # fmt: skip
    assert made.status_code == 201 and made.json()["places"] == places
    assert api.get(url).json()["reports"][0]["places"] == places


@pytest.mark.rule("LZ-22")
def test_a_photo_of_one_community_is_on_its_page_alone(
    world: World, cluster: Project, client: Client, add_community: Callable[..., Community]
) -> None:
    east, west = (part.community for part in cluster.parts.order_by("pk"))
    given: Any = {
        "by": world.wang,
        "at": AT,
        "today": TODAY,
        "project": cluster,
        "month": dt.date(2026, 2, 1),
        "moment": "during",
    }

    def photo(caption: str, community: Community | None) -> None:
        upload = SimpleUploadedFile("a.png", drawn((len(caption), 2, 3)))
        works.add_photo(**given, caption=caption, public=True, upload=upload, community=community)

    photo("东院外墙", east)
    photo("共用道路照", None)
    of_east, of_west = (text(client.get(f"/c/{place.uid}/")) for place in (east, west))
    assert "东院外墙" in of_east and "共用道路照" in of_east
    assert "东院外墙" not in of_west and "共用道路照" in of_west
    with pytest.raises(Invalid, match="没有保存"):
        photo("别处", add_community("南院", address="南院路1号"))
