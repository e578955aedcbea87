"""Projects as money sees them (``funding.subjects``): where they lie and which communities they join."""

from collections.abc import Iterable
from uuid import UUID

from funding import subjects
from offices.models import Division, User
from projects.models import Project

MOST = 500


class Money:
    """Answers of the app of projects."""

    def find(self, uids: Iterable[UUID]) -> dict[UUID, subjects.Project]:
        """Projects by uid."""
        return _facts(Project.objects.filter(uid__in=list(uids)))

    def visible(self, user: User, uids: Iterable[UUID]) -> dict[UUID, subjects.Project]:
        """Those that the user sees."""
        return _facts(Project.objects.visible_to(user).filter(uid__in=list(uids)))

    def choices(self, user: User, division: Division) -> list[tuple[UUID, str]]:
        """Projects of a division, newest plan first."""
        rows = (
            Project.objects.visible_to(user)
            .filter(**{division.column: division.pk})
            .order_by("-plan_year", "name", "pk")
        )
        return [(row.uid, f"{row.name}（{row.plan_year or '储备'}）") for row in rows[:MOST]]


def _facts(rows: Iterable[Project]) -> dict[UUID, subjects.Project]:
    found = Project.objects.filter(pk__in=rows).select_related("division", "county").prefetch_related("communities")  # type: ignore[misc]
    return {
        row.uid: subjects.Project(
            uid=row.uid, name=row.name, division=row.division, county=row.county or row.division, link=f"/staff/projects/{row.uid}/",
            communities=tuple(community.uid for community in row.communities.all()),
        )
        for row in found
    }  # fmt: skip
