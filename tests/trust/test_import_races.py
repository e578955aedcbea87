"""Two people bring the same file at one moment, and take imports back while others write: PostgreSQL, processes of their own."""

from typing import Any

import pytest

import communities.imports.builtin  # noqa: F401
from communities import actions as register
from communities.models import Building, Community, Home, Import, Ownership, Person
from offices import actions as house
from offices.demonstration import Offices
from offices.models import HistoryEntry, User
from projects.models import PlanLine, Project
from tests.cast import AT, TODAY
from tests.trust.processes import Said, together
from tests.trust.test_races import TABLE, approvers

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.processes]
ROWS = 40
PLAN = TABLE + "".join(f"2027,{n:02d}号小区,{n}号路,1998,1,{20 + n},900\n" for n in range(ROWS))
PLACES = "小区名称,位置,建成时间,栋数,户数,面积㎡\n" + "".join(
    f"{n:02d}号小区,{n}号路,1998,1,{20 + n},900\n" for n in range(ROWS)
)
HOMES = "楼栋,单元,房号,面积,面积来源,业主姓名,电话\n" + "".join(
    f"1号楼,1单元,{100 + n},{70 + n},测绘,业主{n:02d},138{n:08d}\n" for n in range(ROWS)
)


@pytest.fixture
def people(stage: Offices) -> list[User]:
    """Two clerks of one office."""
    body = stage.body("芮城县", "housing")
    second = approvers(body, 1)[0]
    house.appoint(by=None, at=AT, today=TODAY, user=second, body=body, role="clerk")
    return [stage.user("芮城县", "housing", "clerk"), User.objects.get(pk=second.pk)]


def bring(stage: Offices, by: User, kind: str, text: str, **options: str) -> Import:
    """Uploaded and previewed."""
    source = register.upload_import(
        by=by, at=AT, kind=kind, division=stage.divisions["芮城县"], upload=register.pasted(text), options=options
    )
    read = register.read_import(source=source, at=AT)
    assert read.state == "read", read.error
    return read


def both_apply(people: list[User], sources: list[Import]) -> list[Said]:
    """Each confirms his own at one moment: one is written, the other is shown a new preview."""
    said = together(2, lambda n: register.apply_import(by=people[n], at=AT, source=sources[n]).state)
    assert sorted(each.value or each.error for each in said) == ["Stale", "applied"], said
    late = Import.objects.get(state="read")
    assert late.counts["unchanged"] == ROWS and late.counts["new"] == 0, late.counts
    assert HistoryEntry.objects.filter(action="import.apply").count() == 1
    return said


def test_two_people_bring_the_same_register(stage: Offices, people: list[User]) -> None:
    both_apply(people, [bring(stage, by, "communities", PLACES) for by in people])
    assert Community.objects.count() == Community.objects.values("name").distinct().count() == ROWS


def test_two_people_bring_the_same_plan(stage: Offices, people: list[User]) -> None:
    both_apply(people, [bring(stage, by, "plan", PLAN) for by in people])
    assert Community.objects.count() == Project.objects.count() == PlanLine.objects.count() == ROWS


def test_two_people_bring_the_homes_of_one_community(stage: Offices, people: list[User]) -> None:
    community = register.add_community(
        by=people[0],
        at=AT,
        division=stage.divisions["芮城县"],
        values={"name": "甲小区", "household_count": ROWS},
        evidence="普查",
    )
    both_apply(people, [bring(stage, by, "roll", HOMES, community=str(community.uid)) for by in people])
    assert Building.objects.count() == 1
    assert Home.objects.count() == Ownership.objects.count() == Person.objects.count() == ROWS


def test_eight_undo_one_import_once(stage: Offices, people: list[User]) -> None:
    source = register.apply_import(by=people[0], at=AT, source=bring(stage, people[0], "plan", PLAN))
    said = together(8, lambda n: register.undo_import(by=people[n % 2], at=AT, source=source).state)
    assert [each.value for each in said if not each.error] == ["undone"]
    assert {each.code for each in said if each.error} == {"import_state"}, said
    assert not Community.objects.exists() and not Project.objects.exists() and not PlanLine.objects.exists()
    assert HistoryEntry.objects.filter(action="import.undo").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_an_undo_and_a_second_import_of_the_same_file(stage: Offices, people: list[User], attempt: int) -> None:
    """The second saw the first one's rows: either it comes before the undo, or it is shown that they are gone. Never half."""
    first = register.apply_import(by=people[0], at=AT, source=bring(stage, people[0], "communities", PLACES))
    changed = PLACES.replace(",900\n", ",901\n")
    second = bring(stage, people[1], "communities", changed)

    def act(n: int) -> Any:
        if n == attempt % 2:
            return register.undo_import(by=people[0], at=AT, source=first).state
        return register.apply_import(by=people[1], at=AT, source=second).state

    said = together(2, act)
    first.refresh_from_db()
    second.refresh_from_db()
    areas = set(Community.objects.values_list("floor_area", flat=True))
    if first.state == "undone":
        assert second.state == "read" and not areas, (said, areas)
    else:
        assert (first.state, second.state) == ("applied", "applied") and len(areas) == 1, (said, areas)
        assert Community.objects.count() == ROWS
    assert {each.error for each in said} <= {"", "Stale", "Refused"}, said


@pytest.mark.parametrize("attempt", range(3))
def test_an_undo_and_a_change_of_its_rows(stage: Offices, people: list[User], attempt: int) -> None:
    """What somebody changes meanwhile is not taken back under his hands."""
    source = register.apply_import(by=people[0], at=AT, source=bring(stage, people[0], "communities", PLACES))
    row = Community.objects.order_by("pk")[attempt]

    def act(n: int) -> Any:
        if n:
            return register.change_community(
                by=people[1],
                at=AT,
                community=row,
                expected_version=row.version,
                values={"household_count": 99},
                evidence="复核",
            ).household_count
        return register.undo_import(by=people[0], at=AT, source=source).state

    said = together(2, act)
    left = Community.objects.count()
    changed = Community.objects.filter(pk=row.pk, household_count=99).count()
    assert (left, changed) in {(0, 0), (ROWS, 1)}, (said, left, changed)
    assert [bool(each.error) for each in said] == ([False, True] if left == 0 else [True, False]), said
