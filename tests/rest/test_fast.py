"""Lists read straight from the database say exactly what the documented serializer says (PostgreSQL), and a 304 is never stale."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from communities.models import Community
from offices.demonstration import Offices
from offices.models import Division, Duty
from projects.models import Project, ProjectCommunity
from rest import fast, versions
from rest.models import TableVersion
from tests.cast import AT, cast

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere the serializer answers")
API = "/api/v1/"
NAMES = ("阳光小区", '引号"与,逗号', "=1+1", "换\n行", "<b>", "’—🏠", "a\\b", "新村")
# Each list with filters, orderings and columns of every kind.
ASKED = (
    "projects/", "projects/?page_size=3", "projects/?ordering=-updated_at&page_size=4", "projects/?ordering=plan_year&page_size=3",
    "projects/?fields=communities,name", "projects/?stage=works&national_task=true", "projects/?search=%E6%96%B0",
    "projects/?plan_year=2026",
    "projects/?division={city}&page_size=5", "projects/?division={county}&plan_year=2025", "projects/?updated_after=2026-03-02T01:00:00Z",
    "communities/", "communities/?ordering=floor_area&page_size=3", "communities/?ordering=-household_count&page_size=3",
    "communities/?division={county}", "communities/?heritage=true", "deadlines/", "deadlines/?state=done", "deadlines/?county={county}",
    "deadlines/?ordering=due_on&page_size=4", "deadlines/?due_before=2026-06-01", "divisions/", "divisions/?kind=county&ordering=name",
    "plans/", "funding-sources/", "projects/?division=00000000-0000-0000-0000-000000000000",
)  # fmt: skip
REFUSED = (
    "projects/?division=7", "projects/?plan_year=x", "projects/?unknown=1", "projects/?page_size=0", "projects/?page_size=1000000000",
    "projects/?ordering=uid", "projects/?cursor=x", "projects/?fields=secret", "projects/?stage=moon", "projects/?plan_year=1&plan_year=2",
    "projects/?updated_after=yesterday", "communities/?name=%00", "deadlines/?due_before=2026-02-30",
)  # fmt: skip


@pytest.fixture
def stage(db: None) -> Offices:
    """Communities, projects and deadlines of two counties, with empty values, ties and awkward texts."""
    offices = cast()
    for number, name in enumerate(NAMES * 2):
        place = offices.divisions[("胜利社区", "映山社区")[number % 2]]
        at = AT + dt.timedelta(seconds=number // 2, microseconds=0 if number % 3 else number * 1000)
        row = Community(
            name=name, built_text="1995", household_count=None if number % 3 else number, heritage=number % 2 == 0 or None,
            floor_area=None if number % 4 == 0 else Decimal("1234.05") + number, created_at=at, updated_at=at,
        )  # fmt: skip
        row.place_in(place)
        row.save()
        project = Project(
            name=f"{name}改造", plan_year=None if number % 5 == 0 else 2025 + number % 2, published=number % 4 != 0, rulebook="liuzhou",
            stage=("works", "reserve", "accepted")[number % 3], national_task=number % 2 == 0, facts={"elevator": True, "词": [1, None]},
            works=["water"], investment=None if number % 3 == 0 else Decimal("0.05") * number, created_at=at, updated_at=at,
            implementing_body=offices.body("柳州市", "housing") if number % 2 else None, reported_on=AT.date() if number % 2 else None,
        )  # fmt: skip
        project.place_in(place)
        project.save()
        for part in Community.objects.order_by("-pk")[: number % 3]:
            ProjectCommunity.objects.create(project=project, community=part)
        done = AT.date() if number % 3 == 0 else None
        duty = Duty(
            subject_type="project", subject_uid=project.uid, subject_title=project.name, rule_id="LZ-01", rulebook="liuzhou",
            milestone="start", strength="must", plan_year=2026, due_on=AT.date() + dt.timedelta(days=number - 4), public=number % 2 == 0,
            body=offices.body("柳州市", "housing") if number % 2 else None, state="done" if done else "open", done_on=done,
            created_at=at, updated_at=at,
        )  # fmt: skip
        duty.place_in(place)
        duty.save()
    return offices


@pytest.fixture
def leader(stage: Offices) -> APIClient:
    """Who sees the whole city."""
    client = APIClient()
    client.force_login(stage.user("柳州市", "housing", "leader"))
    return client


def asked(stage: Offices, path: str) -> str:
    """An address with the uids of the stage."""
    return API + path.format(city=stage.divisions["柳州市"].uid, county=stage.divisions["柳北区"].uid)


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> Callable[[APIClient, str], Any]:
    """The same request answered by the serializer."""

    def get(client: APIClient, url: str) -> Any:
        with monkeypatch.context() as patch:
            patch.setattr(fast, "works_here", lambda: False)
            return client.get(url)

    return get


@pytest.mark.parametrize("path", ASKED)
def test_the_answer_is_the_serializers(stage: Offices, leader: APIClient, slowly: Any, path: str) -> None:
    for client in (leader, APIClient()):
        url: str | None = asked(stage, path)
        for _ in range(3):  # the first page, and along its links
            if url is None:
                break
            quick, slow = client.get(url), slowly(client, url)
            assert quick.status_code == slow.status_code
            assert quick.json() == slow.json()
            assert quick["Content-Type"] == slow["Content-Type"]
            url = quick.json().get("next")
        back = quick.json().get("previous")
        if back:
            assert client.get(back).json() == slowly(client, back).json()


@pytest.mark.parametrize("resource", ["projects", "communities", "deadlines", "divisions", "plans"])
def test_the_lists_that_programs_pull_are_read_fast(
    stage: Offices, leader: APIClient, resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    listed = fast.listed
    monkeypatch.setattr(fast, "listed", lambda view, request: answers.append(listed(view, request)) or answers[-1])
    leader.get(f"{API}{resource}/")
    assert len(answers) == 1 and answers[0] is not None


@pytest.mark.parametrize("path", REFUSED)
def test_a_refusal_is_the_same_either_way(stage: Offices, leader: APIClient, slowly: Any, path: str) -> None:
    quick, slow = leader.get(API + path), slowly(leader, API + path)
    assert quick.status_code == slow.status_code == 400
    assert quick.json() == slow.json()


def test_a_detail_is_the_serializers_and_its_tag_lets_it_be_changed(
    stage: Offices, leader: APIClient, slowly: Any
) -> None:
    for project in Project.objects.all():
        url = f"{API}projects/{project.uid}/"
        quick, slow = leader.get(url), slowly(leader, url)
        assert quick.json() == slow.json()
        assert quick["ETag"].split(".")[:2] == slow["ETag"].split(".")[:2] == [f'"{project.uid.hex}', "1"]
    hidden = Project.objects.filter(published=False).first()
    assert hidden is not None
    assert APIClient().get(f"{API}projects/{hidden.uid}/").status_code == 404
    seen = leader.get(url)
    assert leader.get(url, headers={"If-None-Match": seen["ETag"]}).status_code == 304
    leader.force_login(stage.user("柳北区", "housing", "clerk"))
    outside = Project.objects.filter(county=stage.divisions["城中区"]).first()
    assert outside is not None and leader.get(f"{API}projects/{outside.uid}/").status_code == 404


def test_who_looks_is_never_mixed_up(stage: Offices, leader: APIClient) -> None:
    clerk = APIClient()
    clerk.force_login(stage.user("柳北区", "housing", "clerk"))
    seen = {name: {row["name"] for row in client.get(f"{API}projects/").json()["results"]}
            for name, client in (("leader", leader), ("clerk", clerk), ("anyone", APIClient()))}  # fmt: skip
    own = set(Project.objects.filter(county=stage.divisions["柳北区"]).values_list("name", flat=True))
    assert seen["clerk"] == own and len(seen["leader"]) > len(own)
    assert seen["anyone"] == set(Project.objects.filter(published=True).values_list("name", flat=True))


def test_rows_that_depend_on_more_than_the_scope_are_not_planned(
    stage: Offices, leader: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from approvals.api import CaseViewSet  # noqa: PLC0415

    monkeypatch.setattr(CaseViewSet, "by_scope", True)
    assert leader.get(f"{API}cases/").status_code == 200
    assert not [key for key, plan in fast._PLANS.items() if key[0] is CaseViewSet and plan is not None]


CHANGES: dict[str, Callable[[], Any]] = {
    "a project": lambda: Project.objects.filter(pk=Project.objects.values("pk")[:1]).update(national_task=True),
    "the name of a community in it": lambda: Community.objects.update(name="改名"),
    "the name of its division": lambda: Division.objects.filter(name="柳北区").update(name="改名区"),
    "a community less": lambda: ProjectCommunity.objects.order_by("pk").last().delete(),  # type: ignore[union-attr]
    "a project less": lambda: Project.objects.filter(
        pk__in=Project.objects.filter(parts=None).values("pk")[:1]
    ).delete(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_304_ends_with_any_change_of_what_is_shown(stage: Offices, leader: APIClient, what: str) -> None:
    url = f"{API}projects/"
    first = leader.get(url)
    again = leader.get(url, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and not again.content and again["ETag"] == first["ETag"]
    assert leader.get(f"{url}?page_size=5", headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert APIClient().get(url, headers={"If-None-Match": first["ETag"]}).status_code == 200
    CHANGES[what]()
    changed = leader.get(url, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_a_304_costs_no_list(stage: Offices, django_assert_max_num_queries: Any) -> None:
    url = f"{API}projects/"
    first = APIClient().get(url)
    with django_assert_max_num_queries(1) as seen:
        assert APIClient().get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert 'projects_project"' not in seen.captured_queries[0]["sql"]


@pytest.mark.django_db(transaction=True)
def test_what_another_has_not_committed_changes_no_tag_and_its_commit_does(stage: Offices) -> None:
    url, client = f"{API}projects/", APIClient()
    tag = client.get(url)["ETag"]
    other = connections.create_connection("default")
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE projects_project SET stage = 'works'")
        Project.objects.filter(pk=-1).update(stage="works")  # this connection's own write in between counts
        between = client.get(url)["ETag"]
        assert between != tag
        assert client.get(url, headers={"If-None-Match": between}).status_code == 304
        other.commit()
    finally:
        other.close()
    after = client.get(url, headers={"If-None-Match": between})
    assert after.status_code == 200 and {row["stage"] for row in after.json()["results"]} == {"works"}


@pytest.mark.django_db(transaction=True)
def test_rows_of_backends_that_are_gone_are_added_up(stage: Offices) -> None:
    before = versions.number(["projects_project"])
    TableVersion.objects.create(relation="projects_project", backend=2**30, number=7)
    assert versions.number(["projects_project"]) == before + 7
    assert versions.fold() >= 1
    assert versions.number(["projects_project"]) == before + 7
    assert not TableVersion.objects.filter(backend=2**30).exists()


def test_a_list_takes_three_queries_with_the_callers(stage: Offices, django_assert_max_num_queries: Any) -> None:
    APIClient().get(f"{API}projects/")
    with django_assert_max_num_queries(2):
        answer = APIClient().get(f"{API}projects/")
    assert json.loads(answer.content)["results"]
