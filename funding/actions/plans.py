"""Funding plans: entered whole by one person, confirmed by another, never rewritten; fees of a project."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from funding.actions.common import Input, project_or_refused
from funding.models import FundingPlan, FundingPlanLine, ProjectFee
from funding.permissions import either
from funding.plans import plan_value
from funding.rules.plans import STATES, UNKNOWN, WHO, checks
from funding.rules.shares import SOURCE_LABELS
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Refused, RuleRefused

MOST_LINES = 40
MOST_TOTAL = Decimal(10) ** 12


@dataclass(frozen=True)
class LineInput:
    """A line as it is entered."""

    kind: str
    amount: object
    state: str
    part: str = ""
    document_number: str = ""
    paper: str = ""
    area: str = ""


@transaction.atomic
def record_plan(
    *, by: User, at: dt.datetime, project: Any, lines: Sequence[LineInput], no_hidden_debt: bool = False,
    said: Mapping[str, str] | None = None, note: str = "", earlier: int | None = None,
) -> FundingPlan:  # fmt: skip
    """Enter the next version whole. ``earlier``: number of the version that the person had before him. Raises Invalid, Refused."""
    target = project_or_refused(project)
    body = either(by, target.county)
    given = Input()
    rows = [_line(given, n, line) for n, line in enumerate(lines)]
    if not rows:
        given.wrong("lines", "请至少填写一项资金")
    if len(rows) > MOST_LINES:
        given.wrong("lines", f"最多 {MOST_LINES} 项")
    total = sum((row["amount"] for row in rows), Decimal(0))
    if total > MOST_TOTAL:
        given.wrong("lines", "合计过大，请核对单位是否为元")
    reasons = {}
    for who, text in (said or {}).items():
        if who not in WHO:
            given.wrong("said", f"没有这种单位：{str(who)[:20]}")
        elif text.strip():
            reasons[who] = given.text(text, f"said[{who}]", 200)
    words = given.text(note, "note", 300, blank=True)
    given.done("资金计划没有保存：有字段需要更正")
    last = FundingPlan.objects.filter(project_uid=target.uid).order_by("-number").first()
    number = last.number if last else 0
    if earlier is not None and earlier != number:
        raise Refused(f"他人已录入第{number}版，请先查看再修改", code="plan_changed")
    plan = FundingPlan(
        project_uid=target.uid, project_name=target.name[:120], number=number + 1, total=total, no_hidden_debt=no_hidden_debt is True,
        said=reasons, note=words, made_by=by, created_at=at, updated_at=at,
    )  # fmt: skip
    plan.place_in(target.division)
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:  # two people entered it at the same moment
        raise Refused("他人刚刚录入了新版，请先查看再修改", code="plan_changed") from error
    FundingPlanLine.objects.bulk_create(FundingPlanLine(plan=plan, **row) for row in rows)
    record(by=by, at=at, action="fundingplan.record", subject=plan, body=body, data={"version": plan.number})
    return plan


def _line(given: Input, n: int, line: LineInput) -> dict[str, Any]:
    at = f"lines[{n}]"
    amount = given.amount(line.amount, f"{at}.amount")
    if line.state not in STATES:
        given.wrong(f"{at}.state", "只能是已落实、预计或未落实")
    if line.kind not in SOURCE_LABELS and not (line.kind == "" and line.state == UNKNOWN):
        given.wrong(f"{at}.kind", "请选择资金类别（未落实的可以不选）")
    if line.part not in ("", "N", "X"):
        given.wrong(f"{at}.part", "只能是 N 或 X")
    row: dict[str, Any] = {"kind": line.kind, "amount": amount, "state": line.state, "part": line.part}
    for name, most in (("document_number", 60), ("paper", 120), ("area", 80)):
        row[name] = given.text(getattr(line, name), f"{at}.{name}", most, blank=True)
    if line.state == "secured" and not row["document_number"] and not row["paper"]:
        given.wrong(f"{at}.document_number", "已落实的资金请填写文号或依据")
    return row


@transaction.atomic
def confirm_plan(*, by: User, at: dt.datetime, today: dt.date, plan: FundingPlan) -> FundingPlan:
    """A second person has held it against its papers. Raises RuleRefused while a must of the documents stands against it."""
    plan = FundingPlan.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=plan.pk)
    body = either(by, plan.county or plan.division)
    if plan.made_by_id == by.pk:
        raise Forbidden("编制人不能复核自己编制的资金计划，请由另一人复核", code="own_entry")
    if plan.confirmed_by_id is not None:
        raise Refused(f"已由{plan.confirmed_by}复核", code="already_confirmed")
    if FundingPlan.objects.filter(project_uid=plan.project_uid, number__gt=plan.number).exists():
        raise Refused("已有更新的版本，请复核最新一版", code="plan_changed")
    layers = layers_of(plan.division)
    against = [check.reason for check in checks(layers, day=today, plan=plan_value(plan, today)) if check.blocks]
    if against:
        raise RuleRefused("资金计划还不能确认", reasons=tuple(against))
    plan.confirmed_by, plan.confirmed_at = by, at
    plan.version, plan.updated_at = plan.version + 1, at
    plan.save()
    record(by=by, at=at, action="fundingplan.confirm", subject=plan, body=body, data={"version": plan.number})
    return plan


@transaction.atomic
def record_fee(
    *, by: User, at: dt.datetime, today: dt.date, project: Any, name: str, charged_by: str, basis: str, amount: object, charged_on: dt.date,
) -> ProjectFee:  # fmt: skip
    """A fee charged to a project, with its basis: one without a basis is not entered but complained of (RC-32)."""
    target = project_or_refused(project)
    body = either(by, target.county)
    given = Input()
    value = given.amount(amount, "amount")
    given.past(charged_on, "charged_on", today)
    texts = {"name": given.text(name, "name", 80), "charged_by": given.text(charged_by, "charged_by", 80)}
    texts["basis"] = given.text(basis, "basis", 200)
    given.done("收费没有登记：名目、依据和金额逐项写明；没有依据的收费不得收取")
    fee = ProjectFee(
        **texts, project_uid=target.uid, project_name=target.name[:120], amount=value, charged_on=charged_on, recorded_by=by,
        created_at=at, updated_at=at,
    )  # fmt: skip
    fee.place_in(target.division)
    fee.save()
    record(by=by, at=at, action="fee.record", subject=fee, body=body)
    return fee
