"""Programme targets: bands by built year (柳州, 玉林), numbers by plan year (芮城), and what is said once the last day has passed."""

import datetime as dt

import pytest

from policies.layers import Layers
from projects.rules.targets import BuiltCount, Counts, Target, programme
from tests.rules.books import over, place, provision

LAST = dt.date(2025, 12, 31)
BEFORE, AFTER = LAST, LAST + dt.timedelta(days=1)
BUILT = Counts(
    built=(
        BuiltCount(1985, "", 10, 4), BuiltCount(2000, "", 5, 5), BuiltCount(2001, "", 3, 1), BuiltCount(2005, "", 2, 2),
        BuiltCount(2006, "", 7, 7), BuiltCount(None, "", 6, 0),
    )
)  # fmt: skip


def told(layers: Layers, day: dt.date, counts: Counts) -> list[tuple[int, int, str, str]]:
    return [(row.done, row.whole, row.strength, row.state) for row in programme(layers, day=day, counts=counts).targets]


@pytest.mark.rule("LZ-10")
def test_liuzhou_counts_two_bands_whose_edges_are_2000_and_2005() -> None:
    found = programme(place("liuzhou"), day=BEFORE, counts=BUILT)
    assert [(row.done, row.whole, row.strength, row.due) for row in found.targets] == [
        (9, 15, "must", LAST), (3, 5, "strive", LAST),
    ]  # fmt: skip
    assert found.unknown == 6, "an unknown year stands in no band"
    assert all(row.citation.clause == "一(一)" and row.citation.rule == "LZ-10" for row in found.targets)


@pytest.mark.rule("LZ-10")
def test_the_last_day_itself_is_in_time_and_the_next_is_breached_or_late() -> None:
    assert [state for *_, state in told(place("liuzhou"), BEFORE, BUILT)] == ["open", "open"]
    assert [state for *_, state in told(place("liuzhou"), AFTER, BUILT)] == ["breached", "late"]
    rows = programme(place("liuzhou"), day=AFTER, counts=BUILT).targets
    assert [row.word for row in rows] == ["逾期", "滞后"] and [row.missing for row in rows] == [6, 2]
    assert all(row.passed for row in rows)


@pytest.mark.rule("LZ-10")
def test_a_band_that_is_wholly_done_is_reached_after_the_day_too() -> None:
    done = Counts(built=(BuiltCount(1990, "", 4, 4), BuiltCount(2003, "", 1, 1)))
    assert told(place("liuzhou"), AFTER, done) == [(4, 4, "must", "reached"), (1, 1, "strive", "reached")]
    nothing = told(place("liuzhou"), AFTER, Counts())
    assert [row[3] for row in nothing] == ["counted", "counted"], "nothing of nothing is not reached"


@pytest.mark.rule("YL-02")
def test_yulin_strives_for_those_until_2000_and_only_counts_a_part_without_a_number() -> None:
    assert told(place("yulin"), AFTER, BUILT) == [(9, 15, "strive", "late"), (3, 5, "strive", "counted")]
    part = programme(place("yulin"), day=AFTER, counts=BUILT).targets[1]
    assert part.note and part.citation.clause == "二"


def by_year(**done: int) -> Counts:
    return Counts(done_in_year={int(year.removeprefix("y")): number for year, number in done.items()})


@pytest.mark.rule("RC-14")
def test_ruicheng_compares_each_year_with_its_number_and_the_whole_with_thirty() -> None:
    rows = programme(place("ruicheng"), day=dt.date(2024, 1, 1), counts=by_year(y2022=7, y2023=4, y2026=9)).targets
    assert [(row.label, row.done, row.whole) for row in rows] == [
        ("2021年", 2, 2), ("2022年", 7, 7), ("2023年", 4, 6), ("2024年", 0, 7), ("2025年", 0, 8), ("全部", 13, 30),
    ]  # fmt: skip
    assert [row.state for row in rows] == ["reached", "reached", "late", "open", "open", "open"]
    assert rows[0].note == "完成数为文件所载", "the platform knows of none: the document says so"
    assert [row.strength for row in rows] == ["strive"] * 5 + ["must"]


@pytest.mark.rule("RC-14")
def test_a_year_missed_is_late_and_the_whole_missed_is_breached() -> None:
    counts = by_year(y2021=2, y2022=7, y2023=6, y2024=7, y2025=7)
    rows = programme(place("ruicheng"), day=AFTER, counts=counts).targets
    assert [row.state for row in rows] == ["reached"] * 4 + ["late", "breached"]
    assert rows[-1].missing == 1 and rows[0].note == ""
    whole = programme(place("ruicheng"), day=AFTER, counts=by_year(y2021=2, y2022=7, y2023=6, y2024=7, y2025=8))
    assert [row.state for row in whole.targets] == ["reached"] * 6


@pytest.mark.parametrize("name", ["changzhi", "jiangxi", "national"])
def test_where_no_document_speaks_it_is_unregulated(name: str) -> None:
    found = programme(place(name), day=AFTER, counts=BUILT)
    assert not found.regulated and found.targets == () and found.reasons[0].text == "未作规定"


def target_of(rule: str, place_name: str, **more: object) -> Target:
    """Of a place whose document excludes 城中村 and sets years, over which nothing lies."""
    params = {
        "by": {"month": 12, "day": "end"},
        "by_year": 2025,
        "bands": [{"built_until": 2000, "strength": "must", "words": "完成"}],
    }
    excluded = provision(
        place_name, "AA-09", "exclusions", {"rows": [{"category": "urban_village", "words": "城中村"}]}
    )
    layers = over([provision(place_name, rule, "programme_target", params, **more), excluded], [])
    counts = Counts(built=(BuiltCount(1990, "", 3, 1), BuiltCount(1990, "urban_village", 8, 0)))
    return programme(layers, day=AFTER, counts=counts).targets[0]


def test_an_excluded_community_is_not_in_the_denominator() -> None:
    found = target_of("AA-01", "county")
    assert (found.done, found.whole, found.groups) == (1, 3, frozenset({(1990, "")}))


def test_a_day_before_the_document_came_into_force_does_not_apply() -> None:
    assert target_of("AA-01", "county", in_force_from=dt.date(2026, 1, 1)).state == "not_applicable"


def test_a_must_of_the_province_stands_beside_the_countys_own() -> None:
    params = {"by": {"month": 12, "day": 31}, "by_year": 2025, "total": 4}
    own = provision("county", "AA-01", "programme_target", params, strength="strive")
    above = provision("province", "BB-01", "programme_target", {**params, "by_year": 2024})
    rows = programme(over([own], [above]), day=dt.date(2025, 6, 1), counts=by_year(y2024=3, y2025=1)).targets
    assert [(row.key, row.done, row.whole, row.state) for row in rows] == [
        ("AA-01-total", 4, 4, "reached"), ("BB-01-total", 3, 4, "breached"),
    ]  # fmt: skip
