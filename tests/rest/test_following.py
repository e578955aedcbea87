"""The log of changes: every change once, in an order that nothing slips into, and each caller's part of it alone."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from communities.models import Community
from offices import clock
from offices.feed import numbering, reading
from offices.keys import make_key
from offices.models import Body, Change, Membership, User
from projects.models import Project
from tests.rest.conftest import AT, City, make_community

CHANGES = "/api/v1/changes/"


@pytest.fixture
def start(city: City) -> int:
    """The newest number once the city stands."""
    numbering.give_numbers()
    return numbering.newest()


def read(client: APIClient, after: int, **more: Any) -> Any:
    """A page of the log."""
    answer = client.get(CHANGES, {"after": after, **more})
    assert answer.status_code == 200, answer.content
    return answer.json()


def known(user: User) -> APIClient:
    """A signed-in caller."""
    client = APIClient()
    client.force_authenticate(user)
    return client


def make_project(city: City, **values: Any) -> Project:
    """A project of the northern county."""
    row = Project(name="一期", stage="reserve", rulebook="liuzhou", created_at=AT, updated_at=AT, **values)
    row.place_in(city.north)
    row.save()
    return row


def test_whatever_writes_is_in_the_log_and_once(city: City, start: int) -> None:
    row = make_community("甲小区", city.north)
    with pytest.raises(RuntimeError), transaction.atomic():
        Community.objects.filter(pk=row.pk).update(name="收回")
        raise RuntimeError
    Community.objects.filter(pk=row.pk).update(name="乙小区")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE communities_community SET address = '北路1号' WHERE id = %s", [row.pk])
    gone = row.uid
    row.delete()
    page = read(known(city.clerk), start)
    assert [(found["event"], found["uid"], found["gone"]) for found in page["results"]] == [
        ("created", str(gone), True), ("changed", str(gone), True), ("changed", str(gone), True), ("deleted", str(gone), True),
    ]  # fmt: skip
    assert [found["number"] for found in page["results"]] == list(range(start + 1, start + 5))
    assert page["newest"] == start + 4
    begins = known(city.clerk).get(CHANGES).json()
    assert begins["results"] == [] and begins["next"].endswith(f"after={start + 4}"), "without a number: from now on"
    again = known(city.clerk).get(page["next"]).json()
    assert again["results"] == [] and again["next"] == page["next"]


def test_a_thousand_rows_of_one_moment_come_page_by_page(city: City, start: int) -> None:
    for number in range(300):
        make_community(f"小区{number}", city.north)
    Community.objects.all().update(updated_at=AT, remark="同一时刻")
    client, address, seen = known(city.clerk), f"{CHANGES}?after={start}&page_size=170", []
    while results := (page := client.get(address).json())["results"]:
        seen += [found["number"] for found in results]
        address = page["next"]
    assert seen == list(range(start + 1, start + 601))


def test_a_stage_that_moves_is_an_event_of_its_own(city: City, start: int) -> None:
    project = make_project(city)
    Project.objects.filter(pk=project.pk).update(stage="planned")
    Project.objects.filter(pk=project.pk).update(name="二期")
    page = read(known(city.clerk), start, resource="projects", expand="true")
    assert [found["event"] for found in page["results"]] == ["created", "stage", "changed"]
    listed = known(city.clerk).get("/api/v1/projects/").json()["results"]
    assert [found["data"] for found in page["results"]] == listed * 3


def test_a_name_that_a_project_repeats_changes_the_project(city: City) -> None:
    place = make_community("甲小区", city.north)
    project = make_project(city)
    project.parts.create(community=place)
    numbering.give_numbers()
    before = numbering.newest()
    Community.objects.filter(pk=place.pk).update(remark="与项目无关")
    Community.objects.filter(pk=place.pk).update(name="新名")
    page = read(known(city.clerk), before, resource="projects", expand="true")
    assert [found["uid"] for found in page["results"]] == [str(project.uid)]
    assert page["results"][0]["data"]["communities"][0]["name"] == "新名"


def test_each_county_follows_its_own_and_learns_what_left(city: City, start: int) -> None:
    row = make_community("甲小区", city.north)
    other = make_community("丙小区", city.south)
    assert {found["uid"] for found in read(known(city.clerk), start)["results"]} == {str(row.uid)}
    numbering.give_numbers()
    moved = numbering.newest()
    row.place_in(city.south)
    row.save()
    left = read(known(city.clerk), moved)["results"]
    assert [(found["uid"], found["gone"]) for found in left] == [(str(row.uid), True)]
    assert str(other.uid) not in str(left)


def test_the_public_reads_what_is_public_and_learns_when_it_is_not(city: City, start: int, anyone: APIClient) -> None:
    project = make_project(city, published=True)
    Body.objects.filter(division=city.north).update(phone="0772-1234567")
    found = read(anyone, start, expand="true")["results"]
    assert [row["resource"] for row in found] == ["projects", "bodies"] and "investment" not in found[0]["data"]
    Project.objects.filter(pk=project.pk).update(published=False)
    last = read(anyone, start, resource="projects")["results"][-1]
    assert last["gone"] and last["data"] is None
    assert anyone.get(CHANGES, {"resource": "entries"}).status_code == 403


def test_a_key_follows_what_its_scopes_open(city: City, start: int) -> None:
    make_community("甲小区", city.north)
    make_project(city)
    at = clock.now()
    _, secret = make_key(
        by=city.clerk, at=at, name="镜像", scopes=["read:projects"], expires_at=at + dt.timedelta(days=30)
    )
    client = APIClient(headers={"Authorization": f"Bearer {secret}"})
    assert {row["resource"] for row in read(client, start)["results"]} == {"projects"}
    assert client.get(CHANGES, {"resource": "communities"}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {"after": "-1"}, {"after": "abc"}, {"after": "9" * 40}, {"after": "１２"}, {"resource": "nothing"}, {"page_size": "1000000000"},
        {"since": "2026-01-01"}, {"expand": "yes"}, {"resource": "projects\x00"}, {"cursor": "abc"},
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_named(city: City, anyone: APIClient, query: dict[str, str]) -> None:
    answer = anyone.get(CHANGES, query)
    assert answer.status_code == 400 and set(answer.json()["errors"]) == set(query), answer.content


def test_who_stopped_too_long_ago_is_told_to_begin_again(city: City, anyone: APIClient) -> None:
    for _ in range(3):
        make_project(city)
    numbering.give_numbers()
    Change.objects.update(at=AT)
    assert reading.forget(at=AT + reading.KEPT) == 0
    assert reading.forget(at=AT + reading.KEPT + dt.timedelta(days=1)) > 0
    answer = anyone.get(CHANGES, {"after": 0})
    assert answer.status_code == 410 and answer.json()["code"] == "changes_forgotten"
    newest = numbering.newest()
    assert read(anyone, newest)["results"] == []
    make_project(city)
    numbering.give_numbers()
    assert numbering.newest() == newest + 1, "the count never begins anew"


def test_a_page_asks_a_bounded_number_of_queries(city: City, start: int, django_assert_max_num_queries: Any) -> None:
    for number in range(40):
        make_community(f"小区{number}", city.north).delete() if number % 2 else make_project(city)
    clerk = User.objects.get(pk=city.clerk.pk)
    with django_assert_max_num_queries(15):
        assert len(read(known(clerk), start, expand="true")["results"]) == 60


def test_an_outsider_of_the_tree_follows_nothing_but_what_everybody_may(city: City, start: int) -> None:
    make_community("甲小区", city.north)
    stranger = User.objects.create(username=uuid.uuid4().hex)
    assert read(known(stranger), start)["results"] == []
    body = Body.objects.create(division=city.south, kind="housing", name="南县住建局", created_at=AT, updated_at=AT)
    Membership.objects.create(user=stranger, body=body, role="clerk", since=AT.date(), created_at=AT, updated_at=AT)
    assert [row["resource"] for row in read(known(stranger), start)["results"]] == ["bodies"]
