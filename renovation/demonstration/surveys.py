"""Surveys of residents: one open in 芮城县, one confirmed satisfaction in 潞州区, needs and a reserve in order in 城中区."""

import datetime as dt
from itertools import cycle
from typing import Any

from approvals.models import Survey
from approvals.surveys import actions
from approvals.surveys.answers import give_answer
from communities.actions import add_building, add_home, record_hazard
from communities.models import Community, Home
from projects.actions import add_project
from projects.actions.ranking import set_weights
from projects.models import PlanLine, Project
from renovation.demonstration.story import Story

D = dt.date
WISHES = ((0, 1), (1, 4, 7), (0, 4), (2,), (0, 1, 2, 9), (), (4, 12))
FACES = ("satisfied", "very_satisfied", "satisfied", "very_satisfied", "satisfied", "fair", "satisfied", "dissatisfied")


def tell(story: Story, today: dt.date) -> None:
    """All three places."""
    _open_in_ruicheng(story, today)
    _satisfied_in_luzhou(story)
    _needs_in_chengzhong(story)


def _survey(
    story: Story, place: str, community: Community, kind: str, on: dt.date, until: dt.date, **more: Any
) -> Survey:
    """Drawn up and opened by the clerk."""
    clerk, at = story.clerk(place), story.at(on)
    draft = actions.create_survey(by=clerk, at=at, community=community, kind=kind, until=until, **more)
    return actions.open_survey(by=clerk, at=at, survey=draft)


def _community(name: str) -> Community:
    return Community.objects.select_related("division", "county").get(name=name)


def _homes(story: Story, place: str, community: Community, on: dt.date) -> list[Home]:
    """Twelve homes of a first building, two units of six."""
    clerk, at = story.clerk(place), story.at(on)
    building = community.buildings.filter(name="1号楼").first()
    building = building or add_building(by=clerk, at=at, community=community, values={"name": "1号楼"})
    return [
        add_home(by=clerk, at=at, building=building, values={
            "unit": str(unit), "room": f"{floor}0{side}", "private_area": "68.50", "area_source": "register",
        })
        for unit in (1, 2) for floor in (1, 2, 3) for side in (1, 2)
    ]  # fmt: skip


def _open_in_ruicheng(story: Story, today: dt.date) -> None:
    """A willingness survey that goes from door to door just now, in a community of the plan that is still a draft."""
    place, begun = "芮城县", today - dt.timedelta(days=6)
    line = PlanLine.objects.filter(plan__division=story.division(place), plan__state="draft").order_by("pk").first()
    if line is None:
        return
    part = line.project.parts.select_related("community__division", "community__county").order_by("pk")[0]
    if part.community.household_count is None:
        return
    homes = _homes(story, place, part.community, begun)
    survey = _survey(
        story, place, part.community, "willingness", begun, today + dt.timedelta(days=14),
        intro="请每户选出最需要改造的内容，租户也可以回答。",
    )  # fmt: skip
    keys = [item["key"] for item in survey.sheet.questions["items"]]
    for number, (home, wishes) in enumerate(zip(homes[:8], cycle(WISHES), strict=False)):
        give_answer(
            by=story.clerk(place), at=story.at(begun + dt.timedelta(days=number // 3), 11), survey=survey, home=home,
            role="tenant" if number % 4 == 3 else "owner", choice="undecided" if number == 5 else "agree", channel="door",
            needs=[keys[index] for index in wishes], hazards=["gas"] if number in {1, 4} else [],
            words="希望先修下水道" if number == 2 else "",
        )  # fmt: skip


def _satisfied_in_luzhou(story: Story) -> None:
    """Residents of the first accepted project say how satisfied they are; the leader has confirmed."""
    place, name = "潞州区", "英雄南路纺织厂宿舍"
    survey = _survey(
        story, place, _community(name), "satisfaction", D(2026, 10, 12), D(2026, 10, 25), subject=story.project(name)
    )
    for number, face in zip(range(36), cycle(FACES), strict=False):
        _door(story, place, survey, D(2026, 10, 14), number, face)
    _confirmed(story, place, survey, D(2026, 10, 26))


def _needs_in_chengzhong(story: Story) -> None:
    """Two communities of the reserve, one asked what it wants; weights of the year are entered."""
    place, on = "城中区", D(2026, 9, 8)
    division, clerk = story.division(place), story.clerk(place)
    reserve: list[Project] = []
    for name in ("东门邮电宿舍", "公园路教师新村"):
        community = _community(name)
        reserve.append(
            add_project(by=clerk, at=story.at(on), today=on, division=division, name=name, communities=[community])
        )
    survey = _survey(story, place, _community("东门邮电宿舍"), "willingness", on, D(2026, 9, 30))
    keys = [item["key"] for item in survey.sheet.questions["items"]]
    for number, wishes in zip(range(32), cycle(WISHES), strict=False):
        choice = "oppose" if number % 11 == 10 else "agree"
        hazards = ["drainage"] if number % 5 == 0 else []
        _door(
            story,
            place,
            survey,
            D(2026, 9, 12),
            number,
            choice,
            needs=[keys[index] for index in wishes],
            hazards=hazards,
        )
    _confirmed(story, place, survey, D(2026, 10, 9))
    record_hazard(
        by=clerk, at=story.at(on), community=_community("公园路教师新村"), kind="drainage", description="排水管堵塞，雨天积水", found_on=on
    )  # fmt: skip
    weights = {"party_organisation": 30, "participation": 40, "residents_organisation": 30}
    set_weights(
        by=clerk,
        at=story.at(on),
        today=on,
        division=division,
        year=2027,
        weights=weights,
        reason="城中区2027年度项目遴选会议纪要",
    )


def _door(story: Story, place: str, survey: Survey, on: dt.date, number: int, choice: str, **more: Any) -> None:
    """A household by its door: four to a floor."""
    door: dict[str, Any] = {
        "building": f"{number // 12 + 1}号楼",
        "unit": f"{number % 12 // 6 + 1}单元",
        "room": f"{number % 6 // 2 + 1}0{number % 2 + 1}",
    }
    give_answer(
        by=story.clerk(place), at=story.at(on, 15), survey=survey, role="tenant" if number % 6 == 5 else "owner", choice=choice,
        channel="door", **door, **more,
    )  # fmt: skip


def _confirmed(story: Story, place: str, survey: Survey, on: dt.date) -> None:
    closed = actions.close_survey(by=story.clerk(place), at=story.at(on), survey=survey)
    leader = story.offices.user(place, "housing", "leader")
    actions.confirm_survey(by=leader, at=story.at(on + dt.timedelta(days=1)), survey=closed)
