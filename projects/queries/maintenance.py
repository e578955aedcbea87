"""住宅专项维修资金 of a community for everybody: raised, used, decided (N-03, 民法典 281). No person, no home."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from approvals.models import Vote
from approvals.votes.public import PublicVote, votes_about
from communities.models import Community
from communities.rules.personal import personal_in
from funding.collecting import collected
from funding.models import Apportionment, Commitment, Fund
from funding.queries import ZERO, Sums, sums_by, total
from funding.rules.disclosure import documents, few_homes
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.refusal import Citation
from policies.registry import shows
from projects.models import Project

KIND, RAISE, USE = "maintenance_fund", Vote.Matter.RAISE_MAINTENANCE_FUND, Vote.Matter.USE_MAINTENANCE_FUND


@dataclass(frozen=True)
class Use:
    """One kind of works: what contracts promise of the fund for it, and what was spent of that."""

    item: str
    amount: Decimal
    spent: Decimal


@dataclass(frozen=True)
class MaintenanceFund:
    """``raised``: what homes paid in by what was announced; ``withheld``: too few households, so that no figure is told."""

    sums: Sums
    raised: Decimal
    uses: tuple[Use, ...]
    papers: tuple[str, ...]
    votes: Sequence[PublicVote]
    clause: Citation | None
    withheld: bool

    def __bool__(self) -> bool:
        """Whether there is anything to publish."""
        return bool(self.sums.balances or self.votes)


@shows("statement")
def published_clause(community: Community, day: dt.date) -> Citation | None:
    """The provision that orders the publication, word for word."""
    layers = layers_of(community.division)
    found = [p for p in layers.provisions("statement", day) if "维修资金的筹集、使用情况" in p.quote]
    return citation(layers, found[0]) if found else None


def maintenance_fund(community: Community, at: dt.datetime, day: dt.date) -> MaintenanceFund:
    """What everybody may read of it, over the community's published projects, in a bounded number of queries."""
    projects = Project.objects.public().filter(parts__community=community).values_list("uid", flat=True)
    funds = list(
        Fund.objects.filter(project_uid__in=list(projects), source__kind=KIND).select_related("source").order_by("pk")
    )
    withheld = few_homes(community.household_count)
    votes = votes_about(community, (RAISE, USE), at)
    clause = published_clause(community, day)
    if withheld or not funds:
        return MaintenanceFund(Sums(), ZERO, (), (), votes, clause, withheld and bool(funds))
    sums = sums_by(Fund.objects.filter(pk__in=[fund.pk for fund in funds]))
    shared = list(Apportionment.objects.filter(fund__in=funds, confirmed_by__isnull=False, withdrawn_at=None))
    raised = sum((row.paid for row in collected(shared).values()), ZERO) if shared else ZERO
    papers = documents(fund.source.document_number for fund in funds)
    return MaintenanceFund(total(sums[fund.pk] for fund in funds), raised, _uses(funds), papers, votes, clause, False)


def _uses(funds: Sequence[Fund]) -> tuple[Use, ...]:
    found: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for row in Commitment.objects.filter(fund__in=funds, amount__gt=0).order_by("pk"):
        own = found["其他内容" if personal_in(row.item) else row.item]
        own[0] += row.amount
        own[1] += row.amount - row.unspent
    return tuple(Use(item, amount, spent) for item, (amount, spent) in found.items())
