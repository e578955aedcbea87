"""Projects as what owners decide for: known to the vote desk below."""

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from approvals.votes.decides_for import Purpose, register
from offices.models import User
from projects.content import parts_read
from projects.models import Project


def find(user: User, uids: Sequence[UUID]) -> list[Purpose]:
    """Projects that the user sees (two queries)."""
    rows = Project.objects.visible_to(user).filter(uid__in=uids).prefetch_related(parts_read())
    return [
        Purpose(
            "project", row.uid, row.name, reverse("projects:project", args=[row.uid]),
            frozenset(part.community.uid for part in row.parts.all()),
        )
        for row in rows.distinct()
    ]  # fmt: skip


register("project", find)
