"""A resident of seventy types with one finger: what he meant is found, the closest first, also among twenty thousand communities."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from communities import queries
from communities.models import Community
from communities.rules.nearness import cost_of, distance, forms_of
from communities.rules.search import fold, search_text
from offices.models import Division
from tests.cast import AT
from tests.communities.conftest import World

pytestmark = pytest.mark.django_db
Add = Callable[..., Community]
MANY, LONGEST = 20_000, 1.0  # communities; seconds for one search on a machine that others use too (measured: a tenth)


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        ("国士局住宅楼", "one sign wrong"), ("国土住宅楼", "one missing"), ("国土资局住宅楼", "one too many"), ("国士局", "short"),
        ("郭土局", "the same sound"), ("国徒居住宅楼", "two of the same sound"), ("guotujv", "a wrong letter"),
        ("guotujuzhuzailou", "a letter missing"), ("ＧＵＯＴＵＪＵＺＨＵＺＡＩ", "full width"), ("芮城县国土局", "with its place"),
        ("国土局小区", "called 小区"), ("运城市芮城县国土局家属院", "both"), ("洞滨西街12号", "the road"),
        ("洞宾西街十二号", "its number in Han"),
        ("洞宾西街１２号院", "more of the number"), ("土地局 家属元", "the old name"),
    ],
)  # fmt: skip
def test_one_slip_still_finds_it(world: World, add: Add, django_assert_num_queries: Any, typed: str, how: str) -> None:
    meant = add("国土局住宅楼", former_names="土地局家属院", address="洞宾西街12号")
    add("粮食局家属楼", address="永乐北路3号")
    assert not queries.public_search(typed).exists(), how
    with django_assert_num_queries(2):
        assert queries.public_nearest(typed)[:1] == [meant], how
    assert queries.registered_nearest(typed)[:1] == [meant]


def test_the_closest_comes_first_and_something_else_not_at_all(world: World, add: Add) -> None:
    farther, sounds, slip = add("东方红大院"), add("冬门小学宿舍"), add("东门中学宿舍")
    assert queries.public_nearest("东门小学宿舍") == [sounds, slip]
    assert farther not in queries.public_nearest("东门小学宿舍")
    for nothing in ("火星花园", "东", "", "  ", "\x00", "%_%", "a" * 60, "小区", "县"):
        assert queries.public_nearest(nothing) == [], nothing


def test_what_is_withdrawn_is_meant_by_nobody(world: World, add: Add) -> None:
    gone = add("国土局住宅楼")
    Community.objects.filter(pk=gone.pk).update(withdrawn=True)
    assert queries.public_nearest("国士局住宅楼") == [] and queries.registered_nearest("国士局住宅楼") == [gone]


def test_distance_is_that_of_the_best_place_in_the_text() -> None:
    assert [distance(typed, "国土局住宅楼", 2) for typed in ("土局住", "土居住", "土住宅", "土土局住", "火星花")] == [
        0,
        1,
        1,
        1,
        3,
    ]
    assert {form.text for form in forms_of("三号院")} == {"三号院", "3号院"}
    assert [form.text for form in forms_of("23号楼")][:2] == ["23号楼", "二十三号楼"]
    assert cost_of(forms_of("三号院"), search_text(["3号院"]).split()) == 1


@pytest.mark.prove
def test_twenty_thousand_communities_cost_little_time(world: World) -> None:
    """Every name is one of its own; roads and endings come again a thousand times, as in a real register."""
    signs, ends = "东西南北中和平安康福寿春夏秋冬花园林山水", ("住宅楼", "家属院", "宿舍", "小区")
    place = Division.objects.get(pk=world.east.pk)
    rows = []
    for number in range(MANY):
        first, rest = divmod(number, 20)
        second, third = divmod(first, 20)
        name = f"{signs[rest]}{signs[second % 20]}{signs[third]}{signs[first // 400 % 20]}{ends[number % 4]}"
        row = Community(name=name, address=f"人民路{number}号", created_at=AT, updated_at=AT, name_key=fold(name))
        row.search_text = search_text([row.name, row.address])
        row.place_in(place)
        rows.append(row)
    rows[777].name, rows[777].search_text = "纺织机械厂家属院", search_text(["纺织机械厂家属院", "人民路777号"])
    Community.objects.bulk_create(rows, batch_size=2000)
    for typed in ("纺织机戒厂家属院", "房知机械厂家属院", "fangzijixiechang", "县纺织机械厂家属"):
        began = time.perf_counter()
        found = queries.public_nearest(typed)
        took = time.perf_counter() - began
        print(f"{typed}: {took * 1000:.0f} ms")
        assert [row.name for row in found][:1] == ["纺织机械厂家属院"], typed
        assert took < LONGEST
