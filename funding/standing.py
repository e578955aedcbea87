"""What stands about a project's money: the owners' decision that some money asks for, and the allotments that a gate asks for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from approvals.models import Paper
from approvals.standing import Standing, standing
from funding.models import Fund
from funding.rules.fundvote import demand, passed
from funding.rules.shares import SOURCE_LABELS
from funding.subjects import Project
from policies.answer import because
from policies.layers import Layers
from policies.refusal import Reason
from policies.words import yuan_words

VOTE = "fund_vote"


def owners_refuse(project: Project, *, layers: Layers, day: dt.date, kind: str) -> Reason | None:
    """Why money of ``kind`` may not be used yet; None where its owners have decided, or need not."""
    provision = demand(layers, day, kind)
    if provision is None:
        return None
    text = f"{SOURCE_LABELS[kind]}须经业主共同决定"  # type: ignore[index]
    whole = False
    places: set[UUID | None] = set()
    for row in standing([project.uid], {VOTE})[project.uid].get(VOTE, ()):
        if row.settled and _passes(layers, day, kind, row.figures):
            whole, places = whole or row.community is None, places | {row.community}
    if whole or (project.communities and set(project.communities) <= places):
        return None
    papers = Paper.objects.filter(subject_uid=project.uid, evidence=VOTE, superseded_by__isnull=True)
    for paper in papers:
        if paper.checked_by_id is None:
            return because(layers, provision, text, "表决结果已录入，还没有第二人复核")
        if _passes(layers, day, kind, paper.figures):
            return None
        return because(layers, provision, text, "表决结果没有达到法定比例")
    return because(layers, provision, text, "请先完成使用该项资金的业主表决，或录入表决结果")


def _passes(layers: Layers, day: dt.date, kind: str, figures: Mapping[str, object]) -> bool:
    try:
        return passed(layers, day, kind, figures).passed is True
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return False


def allotments(subjects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """``project_allotment``: central money that the ledger holds as allotted to each project by name (JX-13)."""
    found: dict[UUID, list[Standing]] = defaultdict(list)
    rows = Fund.objects.filter(project_uid__in=subjects, source__kind="central", allotted__gt=0).select_related(
        "source"
    )
    for fund in rows.order_by("pk"):
        words = f"资金台账：{fund.source}（{fund.source.document_number}）已分配 {yuan_words(fund.allotted)} 元"
        found[fund.project_uid].append(
            Standing(
                "project_allotment",
                {"allotted": f"{fund.allotted:.2f}"},
                fund.source.issued_on,
                words,
                f"/staff/money/funds/{fund.uid}/",
            )
        )
    return found
