"""Pages, filters, columns and exports of a list."""

import csv
import io
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from communities.models import Community
from tests.rest.conftest import AT, City, make_community

pytestmark = pytest.mark.urls("tests.rest.site")
LIST = "/api/v1/communities/"
Many = Callable[[int], list[Community]]
ORDERINGS = ["name", "household_count", "surveyed_on", "updated_at", "division__name"]


def walk(client: APIClient, url: str, link: str = "next") -> list[list[str]]:
    """uids of every page until ``link`` ends."""
    pages = []
    following: str | None = url
    while following:
        page = client.get(following).json()
        pages.append([row["uid"] for row in page["results"]])
        following = page[link]
    return pages


@pytest.mark.parametrize("ordering", ["", *ORDERINGS, *(f"-{name}" for name in ORDERINGS)])
def test_a_walk_meets_every_row_once_and_back_again(clerk: APIClient, many: Many, ordering: str) -> None:
    rows = many(23)
    url = f"{LIST}?page_size=4" + (f"&ordering={ordering}" if ordering else "")
    pages = walk(clerk, url)
    met = [uid for page in pages for uid in page]
    assert sorted(met) == sorted(str(row.uid) for row in rows)
    assert [len(page) for page in pages] == [4, 4, 4, 4, 4, 3]

    last = clerk.get(url)
    while last.json()["next"]:
        last = clerk.get(last.json()["next"])
    back = walk(clerk, last.request["PATH_INFO"] + "?" + last.request["QUERY_STRING"], "previous")
    assert list(reversed(back)) == pages


def test_ordering_orders_and_puts_empty_values_last(clerk: APIClient, many: Many) -> None:
    many(23)
    for ordering, reverse in (("household_count", False), ("-household_count", True)):
        found = [row["household_count"] for row in clerk.get(f"{LIST}?ordering={ordering}").json()["results"]]
        known = [value for value in found if value is not None]
        assert known == sorted(known, reverse=reverse) and found == known + [None] * (len(found) - len(known))


def test_a_row_inserted_before_the_page_shifts_nothing(clerk: APIClient, city: City, many: Many) -> None:
    many(6)
    first = clerk.get(f"{LIST}?page_size=3&ordering=name").json()
    make_community("A 在最前", city.north)
    second = clerk.get(first["next"]).json()
    seen = {row["uid"] for row in first["results"]} | {row["uid"] for row in second["results"]}
    assert len(seen) == 6


@pytest.mark.parametrize("size", ["0", "501", "1000000000", "-1", "1e3", "１０", "", "abc", "9" * 400])
def test_a_page_size_out_of_bounds_is_named(clerk: APIClient, size: str) -> None:
    answer = clerk.get(LIST, {"page_size": size})
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_parameter" and "page_size" in answer.json()["errors"]


def test_a_cursor_of_another_list_is_refused(clerk: APIClient, city: City, many: Many) -> None:
    many(6)
    cursor = clerk.get(f"{LIST}?page_size=2").json()["next"].split("cursor=")[1].split("&")[0]
    for other in (f"{LIST}?ordering=name", f"{LIST}?household_count=1", "/api/v1/plain/?page_size=2"):
        answer = clerk.get(f"{other}&cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_cursor")
    assert clerk.get(f"{LIST}?page_size=3&fields=uid&cursor={cursor}").status_code == 200


@pytest.mark.parametrize("cursor", ["", "x", "a:b", "%00", "🙂", "WyJmIl0:abc"])
def test_a_forged_cursor_is_refused(clerk: APIClient, cursor: str) -> None:
    answer = clerk.get(f"{LIST}?cursor={cursor}")
    assert answer.status_code == 400 and "cursor" in answer.json()["errors"]


def test_an_unknown_parameter_is_refused_with_those_that_exist(clerk: APIClient) -> None:
    answer = clerk.get(f"{LIST}?housholds=3&ordering=name")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
    assert list(answer.json()["errors"]) == ["housholds"]
    assert "household_count" in answer.json()["detail"] and "page_size" in answer.json()["detail"]


def test_an_unknown_parameter_of_a_detail_is_refused(clerk: APIClient, city: City) -> None:
    row = make_community("甲", city.north)
    assert clerk.get(f"{LIST}{row.uid}/?name=x").status_code == 400
    assert clerk.get(f"{LIST}{row.uid}/?fields=name").json() == {"name": "甲"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("household_count=many", "household_count"),
        ("division=7", "division"),
        ("surveyed_on=2026-02-30", "surveyed_on"),
        ("updated_after=yesterday", "updated_after"),
        ("household_count=1&household_count=2", "household_count"),
        ("surveyed_on=2026-01-01%00", "surveyed_on"),
        ("ordering=uid", "ordering"),
        ("fields=name,secret", "fields"),
        ("fields=", "fields"),
    ],
)
def test_a_malformed_value_is_refused_by_name(clerk: APIClient, query: str, field: str) -> None:
    answer = clerk.get(f"{LIST}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert field in answer.json()["errors"]


def test_filters_filter(clerk: APIClient, city: City, many: Many) -> None:
    rows = many(9)
    found = clerk.get(f"{LIST}?household_count=2&division={city.north.uid}").json()["results"]
    assert {row["uid"] for row in found} == {str(row.uid) for row in rows if row.household_count == 2} != set()


def test_fields_pick_columns_and_money_is_text(clerk: APIClient, city: City) -> None:
    make_community("甲", city.north, floor_area=1234)
    found = clerk.get(f"{LIST}?fields=floor_area,division").json()["results"]
    assert found == [{"division": {"uid": str(city.north.uid), "name": "北县"}, "floor_area": "1234.00"}]


def test_a_list_takes_three_queries_at_most(clerk: APIClient, many: Many) -> None:
    many(30)
    clerk.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        clerk.get(LIST)
    rows = [query for query in queries if "communities_community" in query["sql"]]
    assert len(rows) == 1 and len(queries) <= 5  # session, user, memberships besides


def test_the_public_sees_public_rows_and_columns(anyone: APIClient, city: City) -> None:
    shown = make_community("甲", city.south)
    make_community("乙", city.south, withdrawn=True)
    found = anyone.get("/api/v1/plain/").json()["results"]
    assert found == [{"uid": str(shown.uid), "name": "甲", "floor_area": None}]


def test_a_foreign_row_is_not_there(clerk: APIClient, anyone: APIClient, city: City) -> None:
    row = make_community("甲", city.south)
    assert clerk.get(f"{LIST}{row.uid}/").status_code == 404
    assert clerk.patch(f"{LIST}{row.uid}/", {"name": "x"}, headers={"If-Match": "*"}).status_code == 404
    assert clerk.get(LIST).json()["results"] == []
    assert anyone.get("/api/v1/inner/").status_code in {401, 403}


def export(client: APIClient, query: str, format: str) -> Any:
    """The answer of an export with its whole content."""
    answer = client.get(f"{LIST}export/?format={format}&{query}")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def test_exports_hold_the_same_rows_in_three_formats(clerk: APIClient, city: City, many: Many) -> None:
    many(7)
    query = "fields=uid,name,floor_area,household_count&household_count=2"
    lines = [json.loads(line) for line in export(clerk, query, "jsonl").splitlines()]
    table = list(csv.DictReader(io.StringIO(export(clerk, query, "csv").decode())))
    book = openpyxl.load_workbook(io.BytesIO(export(clerk, query, "xlsx")))
    sheet = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    listed = clerk.get(f"{LIST}?{query}").json()["results"]
    assert lines == listed and lines
    assert table == [{name: str(value) for name, value in row.items()} for row in lines]
    assert sheet == [list(lines[0]), *([*row.values()] for row in lines)]


def test_an_export_runs_no_formula(clerk: APIClient, city: City) -> None:
    for name in ("=1+1", "@SUM(A1)", "+cmd", "-2", "\tx"):
        make_community(name, city.north)
    table = list(csv.reader(io.StringIO(export(clerk, "fields=name", "csv").decode())))
    assert [row[0] for row in table[1:]] == ["'=1+1", "'@SUM(A1)", "'+cmd", "-2", "'\tx"]
    book = openpyxl.load_workbook(io.BytesIO(export(clerk, "fields=name", "xlsx")))
    assert {cell.data_type for row in book.worksheets[0].iter_rows() for cell in row} == {"s"}


def test_an_export_takes_any_accept_and_refuses_other_formats(clerk: APIClient, city: City) -> None:
    assert clerk.get(f"{LIST}export/?format=csv", headers={"Accept": "text/csv"}).status_code == 200
    assert clerk.get(f"{LIST}export/?format=pdf").json()["errors"].keys() == {"format"}
    assert clerk.get(f"{LIST}export/?page_size=2").json()["code"] == "unknown_parameter"


@pytest.mark.slow
def test_the_memory_of_an_export_does_not_grow_with_its_rows(clerk: APIClient, city: City) -> None:
    def peak(rows: int) -> int:
        made = [Community(name=f"小区{index}", created_at=AT, updated_at=AT) for index in range(rows)]
        for row in made:
            row.place_in(city.north)
        Community.objects.bulk_create(made, batch_size=500)
        made.clear()
        answer = clerk.get(f"{LIST}export/?format=jsonl&fields=uid,name")
        tracemalloc.start()
        try:
            count = sum(part.count(b"\n") for part in answer.streaming_content)  # type: ignore[attr-defined]
            assert count == Community.objects.count()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(4000) > 0.8 * peak(8000)  # 4,000 rows, then 12,000: three times the rows in the same memory
