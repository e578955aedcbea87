"""Papers balanced: 发放 = 回收 + 未收 + 作废, 回收 = 有效 + 无效 + 尚未录完, for the whole vote and for each building."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db.models import Count, OuterRef, Q, Subquery

from approvals.models import Letter, PaperBallot, RollHome, Vote
from approvals.votes.casting import UNREAD
from communities.rules.rooms import natural


@dataclass(frozen=True)
class Papers:
    """Papers of a building (that of the voter's first home), or of all.

    ``voided``: issued, replaced by another letter and no longer taken; one that has come back is never voided (both databases).
    ``by_proxy``: valid ones that an agent signed.
    """

    building: str
    issued: int
    voided: int
    returned: int
    valid: int
    invalid: int
    unread: int
    by_proxy: int

    @property
    def outstanding(self) -> int:
        """Issued, in force, and not come back."""
        return self.issued - self.returned - self.voided

    @property
    def balanced(self) -> bool:
        """Whether what came back is accounted for."""
        return self.returned == self.valid + self.invalid + self.unread and self.outstanding >= 0


def papers_by_building(vote: Vote) -> list[Papers]:
    """One row a building, in the order in which people count them (one query)."""
    home = RollHome.objects.filter(voter=OuterRef("voter")).order_by("pk").values("building")[:1]
    state = PaperBallot.State
    rows = (
        Letter.objects.filter(vote=vote)
        .annotate(building=Subquery(home))
        .values("building")
        .order_by("building")
        .annotate(
            issued=Count("pk"), voided=Count("pk", filter=Q(voided_at__isnull=False)), returned=Count("papers"),
            valid=Count("papers", filter=Q(papers__state=state.VALID)), invalid=Count("papers", filter=Q(papers__state=state.INVALID)),
            unread=Count("papers", filter=Q(papers__state__in=UNREAD)),
            by_proxy=Count("papers", filter=Q(papers__ballot__proxy__isnull=False)),
        )
    )  # fmt: skip
    return sorted((Papers(**row) for row in rows), key=lambda row: natural(row.building or ""))


def total(rows: Iterable[Papers]) -> Papers:
    """All buildings together."""
    given = list(rows)
    names = [field.name for field in fields(Papers)][1:]
    return Papers("合计", **{name: sum(getattr(row, name) for row in given) for name in names})
