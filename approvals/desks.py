"""Within a body: a case handed over to a colleague (转办), an office-holder's delegate for a time (委托), a reminder (催办)."""

import datetime as dt
from typing import cast

from django.db import transaction
from django.utils import timezone

from approvals.deciders import DECIDERS, URGERS, holder_of, who_decide
from approvals.models import Case, CaseAsk, CaseHandover, CaseRound, Delegation
from offices.clock import day_of
from offices.history import record
from offices.messages import tell
from offices.models import Body, User
from offices.once import once
from offices.queries import members
from offices.texts import Texts
from policies.refusal import Forbidden, Invalid, Refused

LONGEST = dt.timedelta(days=183)


def open_ask(case: Case, body: Body) -> CaseAsk:
    """The opinion that a body owes now, locked. Raises Refused where it owes none, saying who gave it."""
    ask = CaseAsk.objects.select_for_update().filter(
        case=case, body=body, asked_at__isnull=False, answered_at__isnull=True
    ).first()  # fmt: skip
    if ask is None and (given := already(case, body)) is not None:
        raise given
    if ask is None:
        raise Refused(f"{body}目前没有待提的意见", code="nothing_owed")
    return ask


def already(case: Case, body: Body) -> Refused | None:
    """The refusal that says who gave a body's opinion of this round, when, and what it was; None where nobody did."""
    rows = case.opinions.filter(body=body, round=case.round).select_related("by", "stage")
    opinion = rows.order_by("-pk").first()
    if opinion is None:
        return None
    words = f"已由{opinion.by}于{moment(opinion.at)}给出意见“{opinion.get_verdict_display()}”"
    return Refused(f"{body}在“{opinion.stage.name}”环节{words}", code="already_decided")


def moment(at: dt.datetime) -> str:
    """A moment to the minute, in Asia/Shanghai."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def rounds_of(case: Case) -> list[CaseRound]:
    """What was submitted in the rounds before this one (one query; none in the first)."""
    if case.round == 1:
        return []
    found: list[CaseRound] = once(
        ("rounds", case.pk), lambda: list(case.rounds.filter(number__lt=case.round).order_by("number"))
    )
    return found


def may_take(case: Case, body: Body, giver: User) -> list[User]:
    """Colleagues to whom the opinion may be handed: who decides for the body and has submitted nothing of the case."""
    submitters = {case.submitted_by_id, *(each.by_id for each in rounds_of(case))}
    return [user for user in members(body, *DECIDERS) if user.pk not in submitters | {giver.pk}]


@transaction.atomic
def hand_over(*, by: User, at: dt.datetime, case: Case, body: Body, taker: User, reason: str) -> CaseHandover:
    """Hand the body's opinion to a colleague who decides for it too; from then on it is his. A leader may take it back to herself."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not by.has_role(*DECIDERS, body=body):
        raise Forbidden(f"只有{body}的审批人员或负责人可以转办")
    ask, texts = open_ask(case, body), Texts()
    words = texts.read(reason, "reason", "转办说明", 300)
    texts.check("没有转办")
    holder, leads = holder_of(ask), by.has_role("leader", body=body)
    if holder is not None and holder.pk != by.pk and not leads:
        raise Refused(f"已转办给{holder}；由{holder}或负责人再转办", code="handed_over")
    back = taker.pk == by.pk and leads and holder is not None and holder.pk != by.pk
    fit = [by] if back and by.pk != case.submitted_by_id else may_take(case, body, by)
    if taker.pk not in {user.pk for user in fit}:
        raise Invalid("没有转办", errors={"taker": [f"应为{body}的审批人员或负责人，且不是本件的提交人"]})
    return give_ask(ask, by=by, at=at, taker=taker, words=words)


def give_ask(ask: CaseAsk, *, by: User, at: dt.datetime, taker: User, words: str) -> CaseHandover:
    """The hand-over of an open ask, recorded and told to who takes it; whether he may is for the caller to know."""
    case, body = ask.case, ask.body
    row = CaseHandover.objects.create(ask=ask, giver=by, taker=taker, reason=words, at=at)
    record(
        by=by, at=at, action="case.hand_over", subject=case, body=body, data={"to": str(taker.uid), "round": case.round}
    )
    tell(
        event=f"handover:{row.pk}", recipients=[taker], title=f"转办：{case.title}", text=f"{by}转来，由您代表{body}提出意见。",
        link=f"/staff/cases/{case.uid}/", subject=case, at=at,
    )  # fmt: skip
    return row


@transaction.atomic
def delegate(
    *, by: User, at: dt.datetime, today: dt.date, body: Body, delegate: User, since: dt.date, until: dt.date, reason: str
) -> Delegation:  # fmt: skip
    """Let a colleague of the body decide in one's place from a day to a day. What one submitted the delegate does not decide either."""
    User.objects.select_for_update().get(
        pk=by.pk
    )  # two delegations of one person for the same days do not both come in
    if not by.has_role(*DECIDERS, body=body):
        raise Forbidden(f"只有{body}的审批人员或负责人可以委托他人")
    texts = Texts()
    words = texts.read(reason, "reason", "事由", 300)
    if delegate.pk == by.pk or delegate.pk not in {user.pk for user in members(body, *URGERS)}:
        texts.wrong("delegate", f"应为{body}的其他工作人员")
    if since < today:
        texts.wrong("since", "不能早于今天")
    if not since <= until <= since + LONGEST:
        texts.wrong("until", "应不早于开始日期，最长半年")
    texts.check("委托没有保存：有字段需要更正")
    same = Delegation.objects.filter(
        body=body, principal=by, revoked_at__isnull=True, since__lte=until, until__gte=since
    )
    if (held := same.select_related("delegate").first()) is not None:
        raise Refused(f"这段时间已委托{held.delegate}；改由他人办理的，先收回原委托", code="delegated_already")
    row = Delegation.objects.create(
        body=body, principal=by, delegate=delegate, since=since, until=until, reason=words, created_at=at, updated_at=at
    )
    record(
        by=by, at=at, action="delegation.grant", subject=row, body=body, data={"to": str(delegate.uid)}, reason=words
    )
    tell(
        event=f"delegation:{row.uid}", recipients=[delegate], title=f"{by}委托您代为审批",
        text=f"{since:%Y-%m-%d}至{until:%Y-%m-%d}，{body}。", link="/staff/delegations/", subject=row, at=at,
    )  # fmt: skip
    return row


@transaction.atomic
def revoke(*, by: User, at: dt.datetime, delegation: Delegation) -> Delegation:
    """Take a delegation back at once: its principal, or a leader of the body. What was decided under it stands."""
    row = Delegation.objects.select_for_update(of=("self",)).select_related("body", "principal").get(pk=delegation.pk)
    if by.pk != row.principal_id and not by.has_role("leader", body=row.body):
        raise Forbidden("只有委托人或本单位负责人可以收回委托")
    if row.revoked_at is not None:
        raise Refused("委托已经收回", code="delegation_revoked")
    row.revoked_at, row.updated_at, row.version = at, at, row.version + 1
    row.save(update_fields=("revoked_at", "updated_at", "version"))
    record(by=by, at=at, action="delegation.revoke", subject=row, body=row.body)
    return row


def may_urge(by: User, case: Case, body: Body) -> bool:
    """The submitting body, or someone of an office above whose scope covers the case; nobody of the owing body itself."""
    bodies = {m.body_id for m in by.active_memberships if m.role in URGERS}
    if body.pk in bodies:
        return False
    return by.has_role("clerk", "leader", body=case.submitted_body) or (bool(bodies) and by.scope.covers(case))


@transaction.atomic
def urge(*, by: User, at: dt.datetime, case: Case, body: Body, today: dt.date | None = None) -> None:
    """催办: remind a body that owes an opinion (after a hand-over the colleague alone), at most once an Asia/Shanghai day."""
    day = today or day_of(at)
    if not may_urge(by, case, body):
        raise Forbidden("只有提交单位或其上级可以催办，欠意见的单位不能催办自己")
    ask = open_ask(case, body)
    if ask.urged_at is not None and day_of(ask.urged_at) == day:
        raise Refused(f"今天已催办过{body}，每天最多一次", code="urged_today")
    ask.urged_at = at
    ask.save(update_fields=("urged_at",))
    waited, holder = (day - day_of(cast(dt.datetime, ask.asked_at))).days, holder_of(ask)
    tell(
        event=f"urge:{case.uid}:{case.round}:{ask.pk}:{day.isoformat()}",
        recipients=[holder] if holder else who_decide(body, day), title=f"催办：{case.title}", text=f"已等待 {waited} 天。",
        link=f"/staff/cases/{case.uid}/", subject=case, at=at,
    )  # fmt: skip
    record(by=by, at=at, action="case.urge", subject=case, body=body, data={"waited_days": waited})
