"""Reads of other units' plans: beside each line of the annual plan, and those that match nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from communities.models import Community
from communities.rules.search import fold
from offices.models import Division
from projects.content import line_communities, lines_of, lines_read, plan_lines
from projects.models import AnnualPlan, CompanionLine, PlanLine
from projects.rules.companions import KINDS, Beside


@dataclass(frozen=True)
class Row:
    """A line beside the plan. ``clash``: its works fall into another year than the renovation."""

    line: CompanionLine
    clash: bool


@dataclass(frozen=True)
class PlanRow:
    """A community of the annual plan with what others plan there, and which kinds nobody has named for it."""

    plan_line: PlanLine
    community: Community
    rows: tuple[Row, ...]
    absent: tuple[str, ...]
    money: Decimal


@dataclass(frozen=True)
class Companions:
    """The plan beside the others'. ``elsewhere``: matched to communities that the year's plan does not hold. Money is counted beside the
    projects' own, never into it."""

    plan: AnnualPlan
    rows: tuple[PlanRow, ...]
    unmatched: tuple[CompanionLine, ...]
    nothing: tuple[CompanionLine, ...]
    elsewhere: tuple[CompanionLine, ...]
    unchecked: int
    money: Decimal


def lines_beside(plan: AnnualPlan) -> tuple[list[CompanionLine], dict[int, PlanLine]]:
    """Lines of the plan's year or about its communities, and the plan line of each of its communities by pk (three queries; one
    where the page has read the plan's)."""
    taken = {place.pk: line for line in lines_read(plan.pk) or plan_lines(plan) for place in line_communities(line)}
    found = CompanionLine.objects.standing().filter(
        Q(year=plan.year) | Q(community__in=list(taken)), division=plan.division
    )
    return list(
        found.select_related("community", "entered_by", "checked_by", "agreed_by").order_by("year", "pk")
    ), taken


def besides(plan: AnnualPlan, lines: Iterable[CompanionLine], taken: Iterable[int]) -> list[Beside]:
    """Lines as the pure rule sees them."""
    of_plan = set(taken)
    return [
        Beside(
            kind=row.kind, year=row.year, place=row.place, unit=row.unit, matched=row.community_id is not None,
            checked=row.checked_by_id is not None, nothing=row.nothing, agreed=bool(row.agreed_reason),
            planned=plan.year if row.community_id in of_plan else None,
        )
        for row in lines
    ]  # fmt: skip


def companions_of(plan: AnnualPlan) -> Companions:
    """Everything that the page shows (four queries)."""
    communities = {place.pk: place for line in lines_of(plan) for place in line_communities(line)}
    lines, taken = lines_beside(plan)
    clash = {
        row.pk for row, beside in zip(lines, besides(plan, lines, taken), strict=True) if beside.clashes(plan.year)
    }
    by_place: dict[int, list[Row]] = defaultdict(list)
    for row in lines:
        if row.community_id in taken:
            by_place[row.community_id].append(Row(row, row.pk in clash))
    rows = tuple(_plan_row(taken[pk], communities[pk], by_place[pk], plan.year) for pk in taken)
    own = [row for row in lines if row.year == plan.year]
    return Companions(
        plan=plan,
        rows=rows,
        unmatched=tuple(row for row in own if row.community_id is None and not row.nothing),
        nothing=tuple(row for row in own if row.nothing),
        elsewhere=tuple(row for row in own if row.community_id is not None and row.community_id not in taken),
        unchecked=sum(row.checked_by_id is None for row in lines),
        money=sum((row.money for row in rows), Decimal(0)),
    )


def _plan_row(line: PlanLine, community: Community, rows: Sequence[Row], year: int) -> PlanRow:
    here = [row.line for row in rows if row.line.year == year]
    absent = tuple(label for kind, label in KINDS.items() if not any(row.kind == kind for row in here))
    return PlanRow(line, community, tuple(rows), absent, sum((row.amount or Decimal(0) for row in here), Decimal(0)))


def found_by_name(division: Division, names: Iterable[str]) -> dict[str, Community | None]:
    """Folded name → the one community of the division that bears it now or bore it before; None where none or several do (one query)."""
    wanted = {fold(name) for name in names} - {""}
    found: dict[str, set[Community]] = defaultdict(set)
    rows = Community.objects.filter(withdrawn=False, **{division.column: division.pk}).select_related("merged_into")
    for row in rows:
        kept = row.merged_into or row
        for name in {row.name_key, *map(fold, row.former_names.replace("、", "，").split("，"))} & wanted:
            found[name].add(kept)
    return {name: next(iter(found[name])) if len(found[name]) == 1 else None for name in wanted}
