"""The case engine: stages open one after the other, bodies answer side by side, nobody decides what he submitted.

A body's opinion is final for its round and holds for the content that was seen. A return goes back with reasons and comes again to the
stage that returned it; a refusal ends the case. The platform reminds; it never decides by the passing of time.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from approvals.deciders import in_whose_place, rights_of, who_decide
from approvals.desks import already, may_urge, moment, urge
from approvals.models import Case, CaseAsk, CaseRound, CaseStage, Opinion, OpinionPaper
from approvals.routing import RealRoute
from approvals.shown import beyond
from approvals.subjects import Subject, row_of, subject_of
from offices import files
from offices.clock import day_of
from offices.history import record
from offices.messages import tell
from offices.models import Body, User
from policies.layers import Layers
from policies.refusal import Forbidden, Invalid, Refused, Stale

MOST_WORDS, MOST_PAPERS = 2000, 5
DOCUMENT_NUMBER = re.compile(r"\S.*〔\d{4}〕.*\d+\s*号")
BRACKETS = str.maketrans("[]［］【】()（）", "〔〕" * 5)


def content_hash(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON of what is put before the bodies."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8")).hexdigest()


@transaction.atomic
def submit(*, by: User, at: dt.datetime, body: Body, subject: Any, layers: Layers, route: RealRoute) -> Case:
    """Put a subject before the first stage of its route; a returned one goes on as the next round, at the stage that returned it."""
    kind = subject._meta.model_name
    handler = subject_of(kind)
    content = handler.content(subject)
    live = Case.objects.select_for_update().filter(
        subject_type=kind, subject_uid=subject.uid, state__in=(Case.State.OPEN, Case.State.RETURNED)
    ).first()  # fmt: skip
    if live is not None and live.state == Case.State.OPEN:
        raise Refused(f"“{live.title}”正在审批中，不能重复提交", code="case_open")
    if live is not None:
        return _resubmit(live, by=by, at=at, body=body, content=content)
    case = Case(
        subject_type=kind, subject_uid=subject.uid, title=handler.title(subject), rulebook=layers.place, revision=layers.revision,
        rule_id=route.rule_id, content=content, content_hash=content_hash(content), submitted_by=by, submitted_body=body,
        submitted_at=at, created_at=at, updated_at=at,
        route=[
            {"name": s.name, "act": s.act, "needs": s.needs, "bodies": [str(b.uid) for b in s.bodies]} for s in route.stages
        ],
    )  # fmt: skip
    case.place_in(subject.division)
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:  # two people submitted at the same moment
        raise Refused(f"“{case.title}”正在审批中，不能重复提交", code="case_open") from error
    _keep_round(case)
    for number, stage in enumerate(route.stages, start=1):
        _add_stage(case, number, stage.name, stage.act, stage.needs, stage.bodies)
    record(
        by=by,
        at=at,
        action="case.submit",
        subject=case,
        body=body,
        data={"hash": case.content_hash, "rule": case.rule_id},
    )
    _open_next(case, by=by, at=at)
    return case


def _keep_round(case: Case) -> None:
    CaseRound.objects.create(
        case=case, number=case.round, content=case.content, content_hash=case.content_hash, by=case.submitted_by,
        body=case.submitted_body, at=case.submitted_at,
    )  # fmt: skip


def _add_stage(case: Case, number: int, name: str, act: str, needs: str, bodies: Sequence[Body]) -> None:
    stage = CaseStage.objects.create(case=case, round=case.round, number=number, name=name, act=act, needs=needs)
    CaseAsk.objects.bulk_create(CaseAsk(case=case, stage=stage, body=body) for body in bodies)


def _resubmit(case: Case, *, by: User, at: dt.datetime, body: Body, content: dict[str, Any]) -> Case:
    """The next round: stages that had passed stay passed in the earlier round, the returner and those after it are asked anew."""
    last_round = list(case.stages.filter(round=case.round).prefetch_related("asks__body"))
    returner = next(stage for stage in last_round if stage.state == CaseStage.State.RETURNED)
    _only_what_was_marked(case, content)
    case.round += 1
    case.state = Case.State.OPEN
    case.content, case.content_hash = content, content_hash(content)
    case.submitted_by, case.submitted_body, case.submitted_at = by, body, at
    _touch(case, at)
    case.save()
    _keep_round(case)
    for stage in last_round:
        if stage.number >= returner.number:
            _add_stage(case, stage.number, stage.name, stage.act, stage.needs, [ask.body for ask in stage.asks.all()])
    record(
        by=by,
        at=at,
        action="case.resubmit",
        subject=case,
        body=body,
        data={"round": case.round, "hash": case.content_hash},
    )
    _open_next(case, by=by, at=at)
    return case


def _only_what_was_marked(case: Case, content: dict[str, Any]) -> None:
    """A return that marked rows reopens those alone: whoever passed the rest before is not asked again. Raises Refused."""
    returned = case.opinions.filter(round=case.round, verdict=Opinion.Verdict.RETURN)
    marked = {key for keys in returned.values_list("fields", flat=True) for key in keys}
    handler = subject_of(case.subject_type)
    if marked and (touched := beyond(handler.tables(case.content), handler.tables(content), marked)):
        words = "、".join(touched[:5]) + (f"等{len(touched)}处" if len(touched) > 5 else "")
        raise Refused(
            f"退回时只要求修改标出的内容，{words}也有变动；确需一并修改的，请撤回后重新提交，各环节重新审批",
            code="beyond_marked",
        )


def _open_next(case: Case, *, by: User, at: dt.datetime) -> CaseStage | None:
    stage = case.stages.filter(round=case.round, state=CaseStage.State.WAITING).order_by("number").first()
    if stage is None:
        return None
    stage.state, stage.opened_at = CaseStage.State.OPEN, at
    stage.save()
    stage.asks.update(asked_at=at)
    for ask in stage.asks.select_related("body"):
        tell(
            event=f"case:{case.uid}:{case.round}:{stage.number}:{ask.body_id}",
            recipients=[user for user in who_decide(ask.body, day_of(at)) if user.pk != case.submitted_by_id],
            title=f"待办：{case.title}（{stage.name}）", text=f"{case.submitted_body}提交，请{ask.body}提出意见。",
            link=f"/staff/cases/{case.uid}/", subject=case, at=at,
        )  # fmt: skip
    return stage


@transaction.atomic
def give_opinion(
    *, by: User, at: dt.datetime, case: Case, body: Body, verdict: str, today: dt.date | None = None, reasons: str = "",
    fields: Sequence[str] = (), seen_hash: str | None = None, document_number: str = "", conditions: str = "",
    papers: Sequence[UploadedFile] = (),
) -> Opinion:  # fmt: skip
    """A body's final opinion in the open stage. Refusals: wrong person or body, already decided (by whom), content changed since seen.

    A pass may carry conditions; every opinion papers. The one that completes a stage in which a document is issued carries its number.
    A delegate's opinion keeps both names.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    rights = rights_of(by, case, body, today or day_of(at))
    stage, ask = _asked(case, body)
    principal = in_whose_place(by, rights, ask, body)
    if seen_hash is not None and seen_hash != case.content_hash:
        raise Stale("提交内容在您查看之后已经修改，请重新阅读后再提意见")
    _check_words(verdict, reasons, conditions, papers)
    last = verdict == Opinion.Verdict.PASS and _completes(stage, ask)
    number = _document_number(document_number) if document_number.strip() else ""
    if last and issues_document(case, stage) and not number:
        raise Invalid(
            "这是最后一份意见，须填写下达文件的文号", errors={"document_number": ["不能为空，例如 柳建发〔2027〕12号"]}
        )
    try:
        with transaction.atomic():
            opinion = Opinion.objects.create(
                case=case, stage=stage, body=body, round=case.round, verdict=verdict, reasons=reasons.strip(), fields=list(fields),
                content_hash=case.content_hash, document_number=number, by=by, for_user=principal, conditions=conditions.strip(), at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise already(case, body) or error from error
    _keep_papers(opinion, papers, at=at)
    CaseAsk.objects.filter(pk=ask.pk).update(answered_at=at)
    if number and verdict == Opinion.Verdict.PASS:
        case.document_number = number
    record(
        by=by, at=at, action=f"case.{verdict}", subject=case, body=body,
        data={
            "stage": stage.number, "round": case.round, "hash": case.content_hash,
            **({"for": str(principal.uid)} if principal else {}),
        },
    )  # fmt: skip
    _follow(case, stage, verdict, last, by=by, at=at, today=today or day_of(at))
    return opinion


def _keep_papers(opinion: Opinion, papers: Sequence[UploadedFile], *, at: dt.datetime) -> None:
    """Store the papers of an opinion. Raises Invalid that names the file which is none."""
    for paper in papers:
        try:
            file = files.store(upload=paper, division=opinion.case.division, by=opinion.by, at=at)
        except Invalid as error:
            reasons = [f"“{paper.name}”：{reason}" for reason in error.errors.get("file", [error.detail])]
            raise Invalid(error.detail, errors={"papers": reasons}) from error
        OpinionPaper.objects.create(opinion=opinion, file=file)


def issues_document(case: Case, stage: CaseStage) -> bool:
    """Whether a document is issued when this stage passes: a joint issue, or the end of a route whose subject ends in one."""
    if stage.act == "joint_issue":
        return True
    final = not case.stages.filter(round=case.round, number__gt=stage.number).exists()
    return final and subject_of(case.subject_type).ends_in_document


def _document_number(text: str) -> str:
    """``柳建发〔2027〕12号`` with the brackets that belong there. Raises Invalid for anything without year and number."""
    number = "".join(text.split()).translate(BRACKETS)
    if not DOCUMENT_NUMBER.fullmatch(number) or len(number) > 60:
        raise Invalid(
            "文号不完整", errors={"document_number": ["应有发文机关代字、年份和序号，例如 柳建发〔2027〕12号"]}
        )
    return number


def _asked(case: Case, body: Body) -> tuple[CaseStage, CaseAsk]:
    stage = case.stages.filter(round=case.round, state=CaseStage.State.OPEN).first()
    if case.state != Case.State.OPEN or stage is None:
        last = case.opinions.select_related("by", "body").order_by("-pk").first()
        who = f"，由{last.body}{last.by}于{moment(last.at)}办理" if last else ""
        raise Refused(f"“{case.title}”{case.get_state_display()}{who}", code="case_closed")
    ask = stage.asks.filter(body=body).first()
    if ask is None:
        if (given := already(case, body)) is not None:
            raise given
        if case.asks.filter(body=body, stage__round=case.round).exists():
            raise Refused(f"现在是“{stage.name}”环节，还没有轮到{body}", code="not_yet_asked")
        raise Forbidden(f"{body}不在“{stage.name}”环节的征求范围内", code="body_not_asked")
    if ask.answered_at is not None and (given := already(case, body)) is not None:
        raise given
    return stage, ask


def _check_words(verdict: str, reasons: str, conditions: str, papers: Sequence[UploadedFile]) -> None:
    if verdict not in Opinion.Verdict.values:
        raise Invalid("没有这种意见", errors={"verdict": ["应为 通过、退回修改 或 不予通过"]})
    if verdict != Opinion.Verdict.PASS and not reasons.strip():
        raise Invalid("退回或不予通过必须写明理由", errors={"reasons": ["不能为空"]})
    if verdict != Opinion.Verdict.PASS and conditions.strip():
        raise Invalid("只有通过的意见可以附条件", errors={"conditions": ["退回、不予通过的写在理由里"]})
    if len(conditions) > MOST_WORDS or "\x00" in conditions:
        raise Invalid("附带条件有误", errors={"conditions": [f"最多 {MOST_WORDS} 字，不能含控制字符"]})
    if len(papers) > MOST_PAPERS:
        raise Invalid("附件太多", errors={"papers": [f"一份意见最多附 {MOST_PAPERS} 个文件"]})


def _completes(stage: CaseStage, ask: CaseAsk) -> bool:
    """Whether a pass by this body ends the stage."""
    return stage.needs == "one" or not stage.asks.exclude(pk=ask.pk).filter(answered_at__isnull=True).exists()


def _follow(
    case: Case, stage: CaseStage, verdict: str, last: bool, *, by: User, at: dt.datetime, today: dt.date
) -> None:
    """What an opinion sets going. A return or refusal of one body ends the stage for all: the paper goes back at once."""
    handler: Subject = subject_of(case.subject_type)
    _touch(case, at)
    if verdict == Opinion.Verdict.RETURN:
        _end(case, stage, CaseStage.State.RETURNED, Case.State.RETURNED, at)
        handler.on_returned(case, by=by, at=at, today=today)
    elif verdict == Opinion.Verdict.REFUSE:
        _end(case, stage, CaseStage.State.REFUSED, Case.State.REFUSED, at)
        handler.on_refused(case, by=by, at=at, today=today)
    elif last:
        stage.state, stage.closed_at = CaseStage.State.PASSED, at
        stage.save()
        stage.asks.filter(answered_at__isnull=True).update(
            asked_at=None
        )  # where one yes was enough, nobody else owes an answer
        handler.on_stage_passed(case, stage, by=by, at=at, today=today)
        if _open_next(case, by=by, at=at) is None:
            case.state, case.closed_at = Case.State.PASSED, at
            case.save()
            handler.on_passed(case, by=by, at=at, today=today)
    case.save()
    if case.state != Case.State.OPEN:
        _tell_submitter(case, at=at)


def _end(case: Case, stage: CaseStage, stage_state: str, case_state: str, at: dt.datetime) -> None:
    stage.state, stage.closed_at = stage_state, at
    stage.save()
    stage.asks.filter(answered_at__isnull=True).update(asked_at=None)
    case.state = case_state
    if case_state != Case.State.RETURNED:
        case.closed_at = at
    case.save()


def _tell_submitter(case: Case, *, at: dt.datetime) -> None:
    tell(
        event=f"case:{case.uid}:{case.round}:{case.state}", recipients=[case.submitted_by],
        title=f"{case.title}：{case.get_state_display()}", text=case.document_number, link=f"/staff/cases/{case.uid}/", subject=case, at=at,
    )  # fmt: skip


@transaction.atomic
def withdraw(*, by: User, at: dt.datetime, case: Case, reason: str, today: dt.date | None = None) -> Case:
    """Taken back by the submitting body while no opinion of this round is in, or after a return."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not by.has_role("clerk", "leader", body=case.submitted_body):
        raise Forbidden(f"只有提交单位{case.submitted_body}可以撤回")
    if case.state not in (Case.State.OPEN, Case.State.RETURNED):
        raise Refused(f"“{case.title}”{case.get_state_display()}，不能撤回", code="case_closed")
    if case.state == Case.State.OPEN and case.opinions.filter(round=case.round).exists():
        raise Refused("本轮已有机构提出意见，不能撤回；可请其退回修改", code="opinion_given")
    if not reason.strip():
        raise Invalid("请写明撤回原因", errors={"reason": ["不能为空"]})
    case.stages.filter(round=case.round, state=CaseStage.State.OPEN).update(state=CaseStage.State.WAITING)
    case.asks.filter(answered_at__isnull=True).update(asked_at=None)
    case.state, case.closed_at = Case.State.WITHDRAWN, at
    _touch(case, at)
    case.save()
    subject_of(case.subject_type).on_withdrawn(case, by=by, at=at, today=today or day_of(at))
    record(
        by=by,
        at=at,
        action="case.withdraw",
        subject=case,
        body=case.submitted_body,
        data={"round": case.round},
        reason=reason,
    )
    return case


def _touch(case: Case, at: dt.datetime) -> None:
    case.version += 1
    case.updated_at = at


__all__ = [
    "Case",
    "content_hash",
    "give_opinion",
    "issues_document",
    "may_urge",
    "row_of",
    "submit",
    "urge",
    "withdraw",
]
