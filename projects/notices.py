"""Projects as what notices are about, and what a new working-day calendar moves in notices recorded on paper."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from approvals.models import Paper
from approvals.notices.subjects import NoticeSubject
from approvals.rules.notice_period import last_day
from communities.models import Community
from offices.calendar import Moved
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.calendar import WorkingCalendar
from policies.words import area_words, count_words, yuan_words
from projects.models import Project
from projects.rules.stages import STAGES
from projects.scheme_notices import scheme_rows

LOOK_BACK = dt.timedelta(days=60)
MOST = 300
WORKS = {"water": "水", "power": "电", "road": "路", "gas": "气", "elevator": "加装电梯", "other": "其他"}
LIVE = tuple(stage.key for stage in STAGES if stage.pipeline != "done")


class ProjectSubject(NoticeSubject):
    """A project: its content, its money, its communities."""

    label = "项目"

    def find(self, user: User, uid: UUID) -> Project | None:
        """The project, where the user sees it or one of its communities (a street posts for its county's project)."""
        rows = Project.objects.select_related("division", "implementing_body").filter(uid=uid)
        seen = rows.filter(user.scope.q()).first()
        return seen or rows.filter(user.scope.q("parts__community__")).distinct().first()

    def get(self, uid: UUID) -> Project:
        """The project."""
        return Project.objects.select_related("division", "implementing_body").get(uid=uid)

    def choices(self, user: User, division: Division | None) -> Sequence[Project]:
        """Live projects of the user's scope."""
        scope = user.scope.q() | user.scope.q("parts__community__")
        rows = Project.objects.filter(scope, stage__in=LIVE)
        if division is not None:
            rows = rows.filter(**{f"parts__community__{division.column}": division.pk})
        return list(rows.distinct().order_by("-plan_year", "-pk")[:MOST])

    def title(self, row: Project) -> str:
        """Its name."""
        return row.name

    def link(self, row: Project) -> str:
        """Its staff page."""
        return f"/staff/projects/{row.uid}/"

    def communities(self, row: Project) -> list[Community]:
        """Its communities."""
        parts = row.parts.select_related("community__division", "community__county").order_by("community_id")
        return [part.community for part in parts]

    def content(self, row: Project) -> list[tuple[str, str]]:
        """What is to be done, what it costs, who does it, and for which communities."""
        rows = [("项目", row.name)]
        if row.plan_year:
            rows.append(("计划年度", f"{row.plan_year}年"))
        rows.append(("改造内容", "、".join(WORKS[key] for key in row.works if key in WORKS) or "未填报"))
        money = row.investment
        rows.append(("总投资", "未填报" if money is None else f"{yuan_words(money)} 元"))
        rows.append(("实施单位", str(row.implementing_body) if row.implementing_body else "未填报"))
        rows += scheme_rows(row)
        return rows + [(f"小区：{place.name}", _sizes(place)) for place in self.communities(row)]


def _sizes(place: Community) -> str:
    return f"{count_words(place.building_count)} 栋，{count_words(place.household_count)} 户，{area_words(place.floor_area)} ㎡"


def notices_moved(before: WorkingCalendar, after: WorkingCalendar, today: dt.date) -> list[Moved]:
    """Notices of the last weeks and those to come whose last day is another one by the new calendar (two queries).

    Nothing is stored of a last day: every gate asks the calendar that is in force, so that the difference is only told here.
    """
    papers = Paper.objects.filter(evidence="notice", superseded_by__isnull=True).select_related("division")
    names = dict(Project.objects.filter(uid__in=papers.values("subject_uid")).values_list("uid", "name"))
    found = []
    for paper in papers.iterator():
        posted = dt.date.fromisoformat(paper.figures["posted_on"])
        if posted < today - LOOK_BACK:
            continue
        layers = layers_of(paper.division)
        old, new = (last_day(layers, day=today, posted_on=posted, calendar=days) for days in (before, after))
        if old.last_day != new.last_day:
            clause = next((reason.citation for reason in new.reasons if reason.citation), None)
            found.append(Moved(f"{names.get(paper.subject_uid, '')}公示截止日", old.last_day, new.last_day, clause))
    return found
