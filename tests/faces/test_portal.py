"""Resident pages: found by any of a community's names, honest where nothing is known, free of personal values."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from communities.models import Community, Person
from communities.rules.search import fold
from offices.models import LEVELS, Body, Division, Duty
from projects.models import Project, ProjectCommunity, StageDay

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
STAMP = {"created_at": NOW, "updated_at": NOW}


def division(name: str, kind: str, parent: Division | None = None, governed_by: str = "") -> Division:
    """A division with its ancestor columns."""
    row = Division.objects.create(name=name, kind=kind, parent=parent, governed_by=governed_by, **STAMP)
    for level in LEVELS:
        setattr(row, f"{level}_id", getattr(parent, f"{level}_id") if parent else None)
    setattr(row, row.column, row.pk)
    row.save()
    return row


@pytest.fixture
def county() -> Division:
    """A county whose place has a document of its own."""
    return division("芮城县", "county", division("运城市", "city"), "ruicheng")


@pytest.fixture
def community(county: Division) -> Community:
    """A community as the register holds it."""
    row = Community(name="国土局住宅楼", former_names="土地局家属院", address="洞宾西街", built_text="1998", **STAMP)
    row.built_from = row.built_to = 1998
    row.search_text, row.name_key = fold("国土局住宅楼 土地局家属院 洞宾西街 guotujuzhuzhailou gtjzzl"), fold(row.name)
    row.place_in(county)
    row.save()
    return row


def project_of(community: Community, **values: Any) -> Project:
    """A published project of the community."""
    fields = {"plan_year": 2026, "stage": "works", "published": True, "rulebook": "ruicheng", **values}
    row = Project(name=f"{community.name}改造", **fields, **STAMP)
    row.place_in(community.division)
    row.save()
    ProjectCommunity.objects.create(project=row, community=community)
    return row


def page(client: Client, path: str) -> str:
    """A page that must be there."""
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize("query", ["国土局", "土地局", "洞宾", "gtj", "guotu", "ＧＴＪ"])
def test_found_by_name_former_name_road_and_pinyin(client: Client, community: Community, query: str) -> None:
    html = page(client, f"/?q={query}")
    assert f"/c/{community.uid}/" in html and "找到 1 个" in html


def test_nothing_found_says_what_to_do(client: Client, community: Community, county: Division) -> None:
    html = page(client, "/?q=没有的小区")
    assert "没有找到" in html and "曾用名" in html and 'href="/#places"' in html and "/why/?name=" in html
    assert f"/places/{county.uid}/" in page(client, "/?q=芮城县的火星花园")


def test_a_slip_of_one_sign_finds_what_was_meant(client: Client, community: Community) -> None:
    for path in ("/?q=国士局住宅楼", "/?q=国土局小区", "/?q=洞宾西卫", "/why/?name=国士局住宅楼"):
        html = page(client, path)
        assert f"/c/{community.uid}/" in html, path
        assert "您要找的是不是" in html or "最接近的是" in html, path


def test_many_hits_come_in_pages_of_twenty(client: Client, community: Community, county: Division) -> None:
    for number in range(45):
        row = Community(
            name=f"和平里{number}号楼", search_text=f"和平里{number}号楼", name_key=f"和平里{number}号楼", **STAMP
        )
        row.place_in(county)
        row.save()
    first, last = page(client, "/?q=和平里"), page(client, "/?q=和平里&page=3")
    assert first.count("/c/") == 20 and "找到 45 个" in first and "page=2" in first and last.count("/c/") == 5


def test_two_clicks_from_home_to_a_community(client: Client, community: Community, county: Division) -> None:
    assert f"/places/{county.uid}/" in page(client, "/")
    assert f"/c/{community.uid}/" in page(client, f"/places/{county.uid}/")


def test_without_a_project_the_page_says_so_and_answers_eligibility_with_its_clause(
    client: Client, community: Community
) -> None:
    html = page(client, f"/c/{community.uid}/")
    assert "尚未列入年度计划" in html and "能不能改造" in html
    assert "芮政办发〔2022〕23号" in html and "RC-0" in html
    assert "未填报" in html  # households, buildings and area are unknown, never zero
    assert "0 户" not in html


def test_an_unpublished_project_is_nobody_s_business(client: Client, community: Community) -> None:
    project_of(community, published=False)
    assert "尚未列入年度计划" in page(client, f"/c/{community.uid}/")


def test_with_a_project_now_next_until_when_and_whom_to_call(
    client: Client, community: Community, county: Division
) -> None:
    body = Body.objects.create(division=county, kind="housing", name="芮城县住建局", phone="0359-3022345", **STAMP)
    project = project_of(community, implementing_body=body, reported_on=dt.date(2020, 1, 1))
    for stage, planned, actual in (
        ("works", dt.date(2026, 5, 20), dt.date(2026, 5, 25)),
        ("accepted", dt.date(2026, 10, 31), None),
    ):
        StageDay.objects.create(
            project=project, stage=stage, planned_on=planned, actual_on=actual, reason="", recorded_at=NOW
        )
    duty = Duty(
        subject_type="project", subject_uid=project.uid, subject_title="x", rule_id="RC-13", rulebook="ruicheng",
        milestone="completion", strength="must", plan_year=2026, due_on=dt.date(2026, 11, 30), **STAMP,
    )  # fmt: skip
    duty.place_in(county)
    duty.save()
    html = page(client, f"/c/{community.uid}/")
    for words in (
        "正在施工",
        "计划2026年10月31日完工",
        "下一步",
        "竣工验收",
        "0359-3022345",
        "天未更新",
        "文件要求2026年11月30日前",
    ):
        assert words in html, words
    assert "原计划2026年5月20日" in html and "11月底" in html  # the clause's own words are on the page


def test_a_missing_phone_is_said(client: Client, community: Community) -> None:
    assert "电话未填报" in page(client, f"/c/{community.uid}/")


def test_merged_and_withdrawn_communities(client: Client, community: Community, county: Division) -> None:
    twin = Community(name="国土局家属楼", merged_into=community, **STAMP)
    twin.place_in(county)
    twin.save()
    assert client.get(f"/c/{twin.uid}/").headers["Location"] == f"/c/{community.uid}/"
    Community.objects.filter(pk=community.pk).update(withdrawn=True)
    assert client.get(f"/c/{community.uid}/").status_code == 404
    assert client.get(f"/c/{uuid.uuid4()}/").status_code == 404


def test_no_personal_value_on_a_resident_page(client: Client, community: Community) -> None:
    Person.objects.create(
        community=community, name="甄不公开", id_number="110101199001017777", phone="13900007777", **STAMP
    )
    for path in ("/", "/?q=国土局", f"/places/{community.county.uid}/", f"/c/{community.uid}/"):
        html = page(client, path)
        assert not any(value in html for value in ("甄不公开", "110101199001017777", "13900007777"))
    assert "没有找到" in page(client, "/?q=甄不公开")


def test_hostile_names_are_escaped(client: Client, community: Community) -> None:
    Community.objects.filter(pk=community.pk).update(name="<script>alert(1)</script>")
    assert "<script>alert" not in page(client, f"/c/{community.uid}/")


def test_queries_do_not_grow_with_the_lists(
    client: Client, community: Community, county: Division, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        name = f"第{number}小区"
        row = Community(name=name, search_text=name, name_key=name, **STAMP)
        row.place_in(county)
        row.save()
    with django_assert_max_num_queries(3):
        page(client, "/")
    with django_assert_max_num_queries(6):
        page(client, f"/places/{county.uid}/")
    with django_assert_max_num_queries(5):
        page(client, "/?q=小区")
    with django_assert_max_num_queries(25):  # ten answers, each of which asks for its facts
        page(client, "/why/?name=小区")
    project_of(community)
    with django_assert_max_num_queries(20):  # notices, complaints, surveys and money are one to three each
        page(client, f"/c/{community.uid}/")
