"""Writers of the ranking: weights of a year (RC-11 竞争性评审动态调整), and facts with their evidence. Both keep every version."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from offices.history import record
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.refusal import Invalid
from projects.models import Project, RankingFact, RankingWeights
from projects.permissions import WRITERS, keeping_body
from projects.rules.assessment import demand
from projects.rules.ranking import HIGHEST, Criterion, criteria

YEARS = range(2019, 2101)


def weighed(layers: Layers, day: dt.date, of: str) -> tuple[Criterion, ...]:
    """The criteria that a place gives weights to."""
    if of == "assessment":
        asked = demand(layers, day)
        return asked.criteria if asked else ()
    return criteria(layers, day, of)


@transaction.atomic
def set_weights(
    *, by: User, at: dt.datetime, today: dt.date, division: Division, year: int, weights: Mapping[str, int], reason: str,
    of: str = "reserve",
) -> RankingWeights:  # fmt: skip
    """Enter the weights of a division's year (of its reserve, of upper money, of its assessment); earlier ones stay on record.

    Those of an assessment are a leader's. Raises Invalid naming each wrong field, Forbidden.
    """
    body = keeping_body(by, division, roles=("leader",) if of == "assessment" else WRITERS)
    asked = weighed(layers_of(division), today, of)
    errors: dict[str, list[str]] = {}
    if year not in YEARS:
        errors["year"] = ["年度不在范围内"]
    if not asked:
        errors["weights"] = ["适用的文件没有写优先条件（未作规定），没有可设的权重"]
    for key in {criterion.key for criterion in asked} ^ set(weights):
        errors[key] = ["文件没有这一项" if key in weights else "请填写权重"]
    for key, weight in weights.items():
        if isinstance(weight, bool) or not isinstance(weight, int) or not 0 <= weight <= HIGHEST:
            errors[key] = [f"应为 0 至 {HIGHEST} 的整数"]
    if not errors and not any(weights.values()):
        errors["weights"] = ["至少一项的权重大于 0"]
    if not reason.strip():
        errors["reason"] = ["请写明依据（会议、文件）"]
    if errors:
        raise Invalid("权重没有保存：有内容需要更正", errors=errors)
    row = RankingWeights(
        of=of, year=year, weights=dict(weights), reason=reason.strip()[:300], by=by, at=at, created_at=at, updated_at=at
    )
    row.place_in(division)
    row.save()
    record(by=by, at=at, action="ranking.weights", subject=row, data={"year": year, "hash": str(row.uid)}, body=body)
    return row


@transaction.atomic
def record_ranking_fact(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, criterion: str, percent: int, evidence: str
) -> RankingFact:
    """Enter how far a criterion holds for a project, with its evidence. Raises Invalid for one that the platform reads by itself."""
    body = keeping_body(by, project.county or project.division)
    layers = layers_of(project.division)
    asked = {row.key: row for of in ("upper_money", "reserve") for row in criteria(layers, today, of)}
    errors: dict[str, list[str]] = {}
    if criterion not in asked:
        errors["criterion"] = ["适用的文件没有这一项条件"]
    elif asked[criterion].computed:
        errors["criterion"] = ["这一项由平台按调查和登记册计算，不能录入"]
    if isinstance(percent, bool) or not isinstance(percent, int) or not 0 <= percent <= 100:
        errors["percent"] = ["应为 0 至 100 的整数"]
    if not evidence.strip() or len(evidence) > 300:
        errors["evidence"] = ["请写明依据，最多 300 字"]
    if errors:
        raise Invalid("排序依据没有保存：有内容需要更正", errors=errors)
    row = RankingFact.objects.create(
        project=project, criterion=criterion, percent=percent, evidence=evidence.strip(), by=by, at=at, created_at=at, updated_at=at
    )  # fmt: skip
    record(
        by=by, at=at, action="ranking.fact", subject=project, data={"criterion": criterion, "to": percent}, body=body
    )
    return row
