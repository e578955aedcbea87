"""What the funding plans of its projects say to an annual plan: the local treasury's part, and that no hidden debt arises."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from approvals.models import Paper
from approvals.standing import Standing
from funding.models import FundingPlan
from funding.plans import newest
from offices.clock import day_of
from policies.words import yuan_words
from projects.content import lines_read, plans_among
from projects.models import AnnualPlan, PlanLine


def plan_money(subjects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """``fiscal_capacity`` and ``no_hidden_debt`` of annual plans whose projects have funding plans (five queries).

    What is needed is the greater of the entered figure and the sum of the projects' plans; a plan without any is left to its paper.
    """
    plans = {plan.pk: plan for plan in plans_among(subjects)}
    lines = _projects_of(plans)
    money = newest(uid for uids in lines.values() for uid in uids) if lines else {}
    with_money = [plan for plan in plans.values() if any(uid in money for uid in lines[plan.pk])]
    rows = Paper.objects.filter(
        subject_uid__in=[plan.uid for plan in with_money], evidence="fiscal_capacity", superseded_by__isnull=True
    )
    papers = {paper.subject_uid: paper for paper in rows} if with_money else {}
    return {plan.uid: _standings(plan, lines[plan.pk], money, papers.get(plan.uid)) for plan in with_money}


def _projects_of(plans: Iterable[int]) -> dict[int, list[UUID]]:
    """Projects of each plan by pk (one query; none where the page has read the lines)."""
    lines: dict[int, list[UUID]] = defaultdict(list)
    unread = []
    for pk in plans:
        read = lines_read(pk)
        if read is None:
            unread.append(pk)
        else:
            lines[pk] = [line.project.uid for line in read]
    rows = PlanLine.objects.filter(plan_id__in=unread).values_list("plan_id", "project__uid") if unread else ()
    for plan_id, uid in rows:
        lines[plan_id].append(uid)
    return lines


def _standings(
    plan: AnnualPlan, projects: Sequence[UUID], money: dict[UUID, FundingPlan], paper: Paper | None
) -> list[Standing]:
    held = [money[uid] for uid in projects if uid in money]
    unconfirmed = [row.project_name for row in held if row.confirmed_by_id is None]
    day, url = max(day_of(row.updated_at) for row in held), f"/staff/plans/{plan.uid}/"
    found = []
    if paper is not None:
        level = plan.division.level if plan.division.level in ("province", "city") else "county"
        kind = {"province": "provincial"}.get(level, level)
        own = sum((line.amount for row in held for line in row.lines.all() if line.kind == kind), Decimal(0))
        needed = max(own, Decimal(str(paper.figures["needed"])))
        words = f"{len(held)}/{len(projects)} 个项目的资金计划共需本级财政 {yuan_words(own)} 元"
        waits = [*(["财政承受能力评估"] if paper.checked_by_id is None else []), *unconfirmed]
        if waits:
            words += f"；待第二人复核：{'、'.join(waits[:5])}"
        figures = {"capacity": str(paper.figures["capacity"]), "needed": f"{needed:.2f}"}
        found.append(Standing("fiscal_capacity", figures, paper.day, words, url, settled=not waits))
    silent = [row.project_name for row in held if not row.no_hidden_debt]
    if len(held) == len(projects) or silent:
        words = f"{len(held)} 个项目的资金计划均声明不新增隐性债务"
        waits = [*(f"{name}没有声明" for name in silent), *(f"{name}待复核" for name in unconfirmed)]
        said = "、".join(waits[:5]) if waits else words
        found.append(Standing("no_hidden_debt", {}, day, said, url, settled=not waits))
    return found
