"""What programs read is answered before sessions and addresses are looked at, and says what the usual way says (PostgreSQL)."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from offices import keys
from offices.clock import now
from offices.demonstration import Offices
from offices.models import ApiKey, Membership, User
from projects.models import Project
from rest import fast, lane
from tests.rest.test_fast import API, ASKED, REFUSED, asked, stage

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere every request goes the usual way")
__all__ = ["stage"]
COUNTED = ("RateLimit-Remaining", "RateLimit-Reset")


@pytest.fixture
def key(stage: Offices) -> dict[str, str]:
    """The header of a key whose user sees the city."""
    user = stage.user("柳州市", "housing", "leader")
    expires = now() + dt.timedelta(days=30)
    scopes = ["read:projects", "read:communities", "read:offices"]
    return {
        "Authorization": f"Bearer {keys.make_key(by=user, at=now(), name='程序', scopes=scopes, expires_at=expires)[1]}"
    }


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same request past the lane."""

    def get(url: str, headers: dict[str, str]) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(lane, "_open", lambda request: False)
            return Client().get(url, headers=headers)

    return get


def said(answer: Any) -> tuple[Any, ...]:
    """Everything that a caller gets, but for what counts down."""
    return answer.status_code, answer.content, {k: v for k, v in answer.items() if k not in COUNTED}


def test_every_list_and_detail_says_what_the_usual_way_says(stage: Offices, key: Any, usual: Any) -> None:
    paths = [
        asked(stage, path) for path in (*ASKED, *REFUSED, "projects/?a=1", "nothing/", "cases/", "projects/export/?x=1")
    ]
    some = Project.objects.filter(published=True).values_list("uid", flat=True)[:2]
    hidden = Project.objects.filter(published=False).values_list("uid", flat=True)[:1]
    paths += [f"{API}projects/{uid}/{query}" for uid in (*some, *hidden) for query in ("", "?fields=uid", "?x=1")]
    for headers in ({}, key, {"Authorization": "Bearer rk_wrong_key"}, {"Accept": "text/html"}):
        for path in paths:
            assert said(Client().get(path, headers=headers)) == said(usual(path, headers)), (path, headers)


def test_the_lists_that_programs_pull_come_this_way(stage: Offices, key: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = Project.objects.filter(published=True).values_list("uid", flat=True)[0]
    monkeypatch.setattr(lane.Lane, "__call__", lambda self, request: lane._open(request) and lane._answer(request))
    for path in ("projects/", "communities/", "divisions/", f"projects/{uid}/"):
        for headers in ({}, key):
            assert Client().get(f"{API}{path}", headers=headers).status_code == 200


@pytest.mark.parametrize("known", [False, True])
def test_a_second_304_is_one_query_and_says_the_same(
    stage: Offices, key: Any, usual: Any, known: bool, django_assert_num_queries: Any
) -> None:
    url, headers = f"{API}projects/?plan_year=2026", key if known else {}
    held = {**headers, "If-None-Match": Client().get(url, headers=headers)["ETag"]}
    first = Client().get(url, headers=held)
    with django_assert_num_queries(1):
        second = Client().get(url, headers=held)
    assert second.status_code == 304 and said(first) == said(second) == said(usual(url, held))
    assert int(second["RateLimit-Remaining"]) == int(first["RateLimit-Remaining"]) - 1
    assert Client().get(url, headers={**held, "If-None-Match": '"other"'}).status_code == 200
    Project.objects.filter(plan_year=2026).update(national_task=True)
    changed = Client().get(url, headers=held)
    assert changed.status_code == 200 and said(changed) == said(usual(url, held))


def test_a_304_ends_with_the_key_and_with_the_scope(stage: Offices, key: Any) -> None:
    url = f"{API}projects/"
    held = {**key, "If-None-Match": Client().get(url, headers=key)["ETag"]}
    assert [Client().get(url, headers=held).status_code for _ in range(3)] == [304] * 3
    row = ApiKey.objects.get()
    Membership.objects.filter(user=row.user).update(active=False)
    narrower = Client().get(url, headers=held)
    assert narrower.status_code == 200 and narrower.json()["results"] == []
    Membership.objects.filter(user=row.user).update(active=True)
    assert Client().get(url, headers=held).status_code == 304
    ApiKey.objects.update(scopes=["read:communities"])
    assert Client().get(url, headers=held).status_code == 403
    ApiKey.objects.update(scopes=row.scopes)
    User.objects.filter(pk=row.user_id).update(is_active=False)
    assert Client().get(url, headers=held).status_code == 401
    User.objects.filter(pk=row.user_id).update(is_active=True)
    keys.revoke_key(by=row.user, at=now(), key=row)
    assert Client().get(url, headers=held).status_code == 401


def test_a_request_is_counted_once_whichever_way_it_goes(stage: Offices, settings: Any) -> None:
    settings.REST = {**settings.REST, "RATE_ANONYMOUS": 1000, "RATE_WINDOW": 86_400}
    tag = Client().get(f"{API}projects/")["ETag"]
    left = []
    for path, more in (("projects/", {}), ("projects/?unknown=1", {}), ("projects/", {"If-None-Match": tag}),
                       ("projects/", {"If-None-Match": tag}), ("projects/", {"If-None-Match": '"x"'}),
                       ("projects/", {"Authorization": "Bearer rk_no"}), ("projects/", {})):  # fmt: skip
        left.append(int(Client().get(f"{API}{path}", headers=more).headers.get("RateLimit-Remaining", -1)))
    assert [a - b for a, b in zip(left, left[1:], strict=False)] == [1] * 6
    settings.REST["RATE_ANONYMOUS"] = 1
    assert (
        Client().get(f"{API}projects/").status_code
        == Client().get(f"{API}projects/", headers={"If-None-Match": tag}).status_code
        == 429
    )


def test_who_has_a_session_goes_the_usual_way(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(stage.user("柳北区", "housing", "clerk"))
    monkeypatch.setattr(lane, "_answer", lambda request: pytest.fail("not here"))
    assert client.get(f"{API}projects/").status_code == 200


def test_what_the_lane_remembers_is_bounded(stage: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane, "MOST_HELD", 3)
    for number in range(1, 9):
        url = f"{API}projects/?page_size={number}"
        tag = Client().get(url)["ETag"]
        assert Client().get(url, headers={"If-None-Match": tag}).status_code == 304
        assert len(lane._HELD) <= 3
    assert fast._PLANS
