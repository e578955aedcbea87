"""Rows 1, 2, 2b and 3: lists of projects and one project, over HTTP."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from bench.city import City
from bench.rows import Row
from bench.servers import Server, many, one
from offices import keys
from offices.clock import now
from offices.models import User
from projects.models import Project


def _key_of(user: User) -> str:
    _, secret = keys.make_key(
        by=user, at=now(), name="测速", scopes=["read:projects"], expires_at=now() + dt.timedelta(days=30)
    )  # fmt: skip
    return secret


def _after(pages: Server, path: str, headers: dict[str, str]) -> str:
    """The address of the second page."""
    following: str = pages.json(path, headers)["next"]
    return following.partition(f":{pages.port}")[2]


def rows(city: City, platform: Server, limit: Server, year: int) -> list[Row]:
    """What is measured."""
    county = city.county
    public = f"/api/v1/projects/?division={county.uid}&plan_year={year}"
    plain = f"/list?county={county.pk}&year={year}"
    made = [
        _row(
            "1",
            "list of 100 projects, public, filtered by division and year, 1 connection",
            0.85,
            one,
            platform,
            public,
            limit,
            plain,
        ),
        _row("1", "the same at 16 connections", 0.75, many, platform, public, limit, plain),
    ]
    for who, user, level in (("city", city.leader, "city"), ("county", city.clerk, "county")):
        headers = {"Authorization": f"Bearer {_key_of(user)}"}
        second = _after(platform, "/api/v1/projects/", headers)
        first = platform.json("/api/v1/projects/", headers)["results"][-1]["uid"]
        last = Project.objects.only("pk").get(uid=first).pk
        theirs = f"/key?level={level}&after={last}"
        what = f"a keyset page of 100 with a key whose scope is the {who}, 22 columns"
        made.append(_row("2", what, 0.75, one, platform, second, limit, theirs, headers))
        tag = platform.get(second, headers)[1]["etag"]
        held = {**headers, "If-None-Match": tag}
        made.append(
            Row(
                "2b",
                f"the same unchanged ({who}): a 304 against the 200",
                lambda: 0,
                lambda: 0,
                5,
                faster=True,
                product_call=platform.raw(second, held),
                limit_call=platform.raw(second, headers),
                clock=one,
            )  # fmt: skip
        )
        assert platform.get(second, held)[0] == 304
    uid = Project.objects.filter(published=True).order_by("-pk").values_list("uid", flat=True)[0]
    made.append(
        _row(
            "3",
            "one project with its communities",
            0.5,
            one,
            platform,
            f"/api/v1/projects/{uid}/",
            limit,
            f"/one?uid={uid}",
        )
    )
    return made


def _row(
    number: str, what: str, goal: float, clock: Callable[..., float], platform: Server, ours: str, limit: Server, theirs: str,
    headers: dict[str, str] | None = None,
) -> Row:  # fmt: skip
    def answer(server: Server, path: str) -> Callable[[], Any]:
        def call() -> Any:
            found = server.json(path, headers)
            return found.get("results", found)

        return call

    return Row(
        number, what, answer(platform, ours), answer(limit, theirs), goal, faster=True, clock=clock,
        product_call=platform.raw(ours, headers), limit_call=limit.raw(theirs, headers), cpu=platform.cpu if clock is one else None,
    )  # fmt: skip
