"""Funding plans as the rules see them, as evidence at the gates, and everything that the page of one shows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from approvals.standing import Standing
from funding.models import FundingPlan, ProjectFee
from funding.rules import plans as rules
from funding.rules.fundvote import ASKS_OWNERS
from funding.rules.plans import Check
from funding.standing import owners_refuse
from funding.subjects import Project, SchemeMoney, project_of, projects
from offices.clock import day_of
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Reason
from policies.words import date_words


def lines_of(plan: FundingPlan) -> tuple[rules.Line, ...]:
    """Lines in 分; ``lines`` should be loaded."""
    return tuple(rules.Line(row.kind, int(row.amount.scaleb(2)), row.state, row.area) for row in plan.lines.all())


def owing(project: Project | None, scheme: SchemeMoney | None) -> dict[str, str]:
    """Who owes a part of a project, and why: utilities whose own facilities the scheme renews, units that own or owned the homes."""
    found: dict[str, str] = {}
    utilities = dict.fromkeys(item.utility for item in scheme.items if item.utility) if scheme else {}
    if utilities:
        found["utility"] = f"方案改造专营单位的{'、'.join(utilities)}设施"
    if project and project.public_homes:
        found["public_unit"] = f"{'、'.join(project.public_homes)}有公房"
    if project and project.original_units:
        found["original_unit"] = f"原产权单位：{'、'.join(project.original_units)}"
    return found


def plan_value(plan: FundingPlan, day: dt.date) -> rules.Plan:
    """A plan with what is known of its project."""
    return _value(plan, project_of(plan.project_uid), projects().scheme(plan.project_uid, day))


def _value(plan: FundingPlan, project: Project | None, scheme: SchemeMoney | None) -> rules.Plan:
    return rules.Plan(
        lines=lines_of(plan), scheme_total=scheme.total if scheme else None, owing=owing(project, scheme), said=plan.said,
        no_hidden_debt=plan.no_hidden_debt,
    )  # fmt: skip


@dataclass(frozen=True)
class PlanPage:
    """A project's plan with all that stands beside it; ``plan`` None: none entered yet."""

    plan: FundingPlan | None
    versions: list[FundingPlan]
    checks: tuple[Check, ...]
    share: object
    scheme: SchemeMoney | None
    differences: list[tuple[str, Decimal, Decimal]]
    owners: list[Reason]
    owing: dict[str, str]
    fees: list[ProjectFee]

    @property
    def blocking(self) -> list[Check]:
        """What stands against confirming it."""
        return [check for check in self.checks if check.blocks]


def plan_page(user: User, project: Project, day: dt.date) -> PlanPage:
    """The newest plan of a project held against its documents and its scheme, in a bounded number of queries."""
    rows = FundingPlan.objects.visible_to(user).filter(project_uid=project.uid)
    versions = list(rows.select_related("made_by", "confirmed_by", "division", "county").order_by("-number")[:50])
    plan = versions[0] if versions else None
    layers, scheme = layers_of(project.division), projects().scheme(project.uid, day)
    fees = list(ProjectFee.objects.filter(project_uid=project.uid).select_related("recorded_by"))
    owed = owing(project, scheme)
    if plan is None:
        return PlanPage(None, [], (), None, scheme, [], [], owed, fees)
    value = _value(plan, project, scheme)
    kinds = dict.fromkeys(line.kind for line in value.lines if line.kind in ASKS_OWNERS)
    owners = [owners_refuse(project, layers=layers, day=day, kind=kind) for kind in kinds]
    return PlanPage(
        plan=plan, versions=versions, checks=rules.checks(layers, day=day, plan=value), scheme=scheme, fees=fees, owing=owed,
        share=rules.share_of(layers, day=day, plan=value), differences=_differences(value, scheme),
        owners=[reason for reason in owners if reason],
    )  # fmt: skip


def _differences(value: rules.Plan, scheme: SchemeMoney | None) -> list[tuple[str, Decimal, Decimal]]:
    """Kinds of source whose sum is another in the scheme than in the plan: kind, scheme, plan (yuan)."""
    if scheme is None:
        return []
    own: dict[str, int] = defaultdict(int)
    for line in value.lines:
        if line.kind and not line.area:
            own[line.kind] += line.amount
    theirs = scheme.by_kind
    kinds = dict.fromkeys([*theirs, *own])
    return [
        (kind, Decimal(theirs.get(kind, 0)).scaleb(-2), Decimal(own.get(kind, 0)).scaleb(-2))
        for kind in kinds
        if theirs.get(kind, 0) != own.get(kind, 0)
    ]


def newest(uids: Iterable[UUID]) -> dict[UUID, FundingPlan]:
    """The newest plan of each project with its lines (two queries)."""
    found: dict[UUID, FundingPlan] = {}
    rows = (
        FundingPlan.objects.filter(project_uid__in=list(uids))
        .prefetch_related("lines")
        .order_by("project_uid", "-number")
    )
    for plan in rows:
        found.setdefault(plan.project_uid, plan)
    return found


def shares(uids: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """``funding_share``: the newest plan of each project; one that no second person has confirmed is not settled."""
    plans = newest(uids)
    totals = projects().totals(plans) if plans else {}
    return {uid: [_standing(plan, totals.get(uid))] for uid, plan in plans.items()}


def _standing(plan: FundingPlan, total: int | None) -> Standing:
    value = rules.Plan(lines=lines_of(plan), scheme_total=total)
    figures = {kind: f"{Decimal(amount).scaleb(-2):.2f}" for kind, amount in rules.sums(value).items()}
    url, made = f"/staff/money/projects/{plan.project_uid}/plan/", day_of(plan.created_at)
    if plan.confirmed_by_id is None:
        words = f"资金计划第{plan.number}版还没有第二人复核"
        return Standing("funding_share", figures, made, words, url, settled=False)
    assert plan.confirmed_at is not None
    day = day_of(plan.confirmed_at)
    return Standing("funding_share", figures, day, f"资金计划第{plan.number}版，{date_words(day)}复核", url)
