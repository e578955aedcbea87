"""What a survey adds up to: doors as text, needs, grades; shares never above one."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.rules.surveys import (
    FACES,
    Figures,
    Reply,
    catalogue_items,
    evidence_of,
    figures,
    grading,
    household_key,
    judged,
)
from tests.rules.books import DAY, place

RUICHENG = place("ruicheng")


@pytest.mark.parametrize(("one", "other"), [
    (("1号楼", "1单元", "101"), ("１栋", "一单元", "０１０１室")), (("A座", "", "3-2"), ("a座", "", "32 ")),
    (("", "", "101号房"), ("", "", "101")), (("第2幢", "二", "201户"), ("2", "2", "0201")),
])  # fmt: skip
def test_one_door_written_in_two_ways(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert household_key(*one) == household_key(*other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("1", "1", "101"), ("1", "1", "102")),
        (("1", "1", "101"), ("1", "2", "101")),
        (("1", "11", "1"), ("11", "1", "1")),
        (("10号楼", "", "1"), ("1号楼", "", "01")),
    ],
)
def test_two_doors_stay_two(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert household_key(*one) != household_key(*other)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_door_without_a_room_is_no_household(building: str, unit: str, room: str) -> None:
    key = household_key(building, unit, room)
    assert key == "" or key.rpartition("/")[2]


@given(
    st.lists(st.sampled_from(["agree", "oppose", "undecided"]), max_size=60),
    st.none() | st.integers(0, 60),
    st.integers(0, 60),
)
def test_no_share_exceeds_one_and_more_answers_than_homes_are_warned_of(
    choices: list[str], registered: int | None, homes: int
) -> None:
    found = figures("plan_consent", map(Reply, choices), registered=registered, homes=homes, items=())
    assert found.answered == sum(found.choices.values()) == len(choices) <= found.households
    assert found.households == max(registered or 0, homes, len(choices))
    assert any("多于登记" in words for words in found.warnings) is (len(choices) > max(registered or 0, homes))
    answer = judged(RUICHENG, day=DAY, kind="plan_consent", found=found)
    assert answer.passed is (found.agreeing * 5 >= found.households * 4 > 0)


@given(st.lists(st.sampled_from(list(FACES)), max_size=60))
def test_satisfied_and_above_count_and_fair_does_not(faces: list[str]) -> None:
    found = figures("satisfaction", map(Reply, faces), registered=100, homes=0, items=())
    assert evidence_of("satisfaction", found) == {
        "satisfaction": {"respondents": len(faces), "satisfied": sum("satisfied" in (f, f[5:]) for f in faces)}
    }


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=6), max_size=20))
def test_needs_count_each_household_once_and_stand_by_how_many_want_them(wishes: list[list[str]]) -> None:
    found = figures("willingness", [Reply("agree", w) for w in wishes], registered=50, homes=0, items="abcd")
    assert dict(found.needs) == {key: sum(key in w for w in wishes) for key in "abcd"}
    numbers = [number for _, number in found.needs]
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.rule("RC-08")
@pytest.mark.parametrize(("agreeing", "grade"), [(10, "A"), (9, "A"), (8, "B"), (7, "B"), (6, "C"), (0, "C")])
def test_a_community_is_graded_by_thresholds_that_the_authority_entered(agreeing: int, grade: str) -> None:
    answer = grading(RUICHENG, day=DAY, agreeing=agreeing, whole=10, scale=(90, 70))
    assert (answer.grade, answer.ordered) == (grade, True)
    assert "平台登记" in answer.words and answer.citation and "分级" in answer.citation.quote


def test_without_thresholds_or_answers_there_is_no_grade_and_other_places_order_none() -> None:
    assert grading(RUICHENG, day=DAY, agreeing=5, whole=5, scale=None).grade is None
    assert grading(RUICHENG, day=DAY, agreeing=0, whole=0, scale=(90, 70)).grade is None
    assert not grading(place("liuzhou"), day=DAY, agreeing=5, whole=5, scale=(90, 70)).ordered


@given(st.integers(1, 500), st.data())
def test_a_threshold_is_reached_exactly(whole: int, data: st.DataObject) -> None:
    agreeing = data.draw(st.integers(0, whole))
    b_from = data.draw(st.integers(1, 99))
    a_from = data.draw(st.integers(b_from + 1, 100))
    grade = grading(RUICHENG, day=DAY, agreeing=agreeing, whole=whole, scale=(a_from, b_from)).grade
    share = Fraction(agreeing, whole) * 100
    assert grade == ("A" if share >= a_from else "B" if share >= b_from else "C")


def test_every_catalogue_item_can_be_wished_for_once() -> None:
    for name in ("ruicheng", "liuzhou", "yulin", "changzhi", "jiangxi"):
        keys = [item.key for item in catalogue_items(place(name))]
        assert len(keys) == len(set(keys)) >= 40


def test_a_consent_survey_answers_its_own_gate_alone() -> None:
    found = Figures(10, 9, {"agree": 8}, (), ())
    assert evidence_of("plan_consent", found) == {"plan_consent": {"households": 10, "agreeing": 8}}
    assert set(evidence_of("willingness", found)) == {"survey_coverage", "willingness_survey"}
