"""A small stage for notices: 映山街 in 城中区 (柳州, LZ-08) and 洞宾小区 in 芮城县 (RC-12), with a project each."""

import datetime as dt
from typing import Any

from approvals import notices
from approvals.models import Notice, Remark
from communities import actions as register
from communities.models import Community
from offices.demonstration import Offices
from offices.models import User
from projects import actions
from projects.models import Project
from tests.cast import SHANGHAI

MONDAY = dt.date(2026, 3, 2)
END = dt.date(2026, 3, 9)  # five working days after MONDAY
AFTER = dt.date(2026, 3, 10)
NAME, PHONE, HOME = "欧阳金丝雀", "13987650123", "7栋2单元601"
PERSON = {"name": NAME, "phone": PHONE, "home": HOME}


def at(day: dt.date, hour: int = 10) -> dt.datetime:
    """A moment of a Shanghai day."""
    return dt.datetime(day.year, day.month, day.day, hour, 0, tzinfo=SHANGHAI)


class Board:
    """The notice board of a county: drafts, posts, speaks, answers, said shortly."""

    def __init__(self, offices: Offices, place: str = "城中区", names: tuple[str, ...] = ("映山街小区",)) -> None:
        self.offices, self.place = offices, place
        self.clerk: User = offices.user(place, "housing", "clerk")
        self.leader: User = offices.user(place, "housing", "leader")
        self.communities = [self.community(name) for name in names]
        self.project = self.add_project(f"{names[0]}改造")

    def community(self, name: str) -> Community:
        """A community of the county."""
        values = {
            "name": name,
            "built_text": "1990",
            "household_count": 40,
            "building_count": 2,
            "floor_area": "3000.00",
        }
        return register.add_community(
            by=self.clerk, at=at(MONDAY, 8), division=self.offices.divisions[self.place], values=values, evidence="普查"
        )

    def add_project(self, name: str) -> Project:
        """A project of all its communities."""
        return actions.add_project(
            by=self.clerk, at=at(MONDAY, 8), today=MONDAY, division=self.offices.divisions[self.place], name=name,
            communities=self.communities,
        )  # fmt: skip

    def draft(self, **values: Any) -> Notice:
        """A draft about the project."""
        words = {"title": "改造方案公示", "text": "拟改造给水、道路。", "communities": self.communities, **values}
        return notices.create_notice(
            by=self.clerk, at=at(MONDAY, 9), kind="scheme", values=words, subject_type="project", subject=self.project
        )

    def post(self, notice: Notice | None = None, day: dt.date = MONDAY, **values: Any) -> Notice:
        """A posted notice."""
        return notices.post_notice(by=self.clerk, at=at(day), today=day, notice=notice or self.draft(**values))

    def say(self, notice: Notice, day: dt.date = MONDAY, **given: Any) -> Remark:
        """A resident objects on the portal."""
        return notices.send_remark(
            at=at(day, 12),
            today=day,
            notice=notice,
            given={"kind": "objection", "text": "不同意砍树", **PERSON, **given},
        )

    def answer(self, remark: Remark, day: dt.date = MONDAY, **more: Any) -> Remark:
        """The office answers."""
        given = {"outcome": "adopted", "summary": "建议保留树木", "text": "保留全部乔木。", **more}
        return notices.answer_remark(by=self.clerk, at=at(day, 15), remark=remark, **given)

    def close(self, notice: Notice, day: dt.date = AFTER, by: User | None = None, **more: Any) -> Notice:
        """Close it."""
        return notices.close_notice(by=by or self.clerk, at=at(day), today=day, notice=notice, **more)
