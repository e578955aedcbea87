"""What becomes of a remark: answered in public without personal values, withdrawn or reopened by who sent it, opened for a reason."""

import datetime as dt

from django.db import transaction

from approvals.models import Notice, Remark, RemarkAnswer, RemarkPerson, RemarkReveal
from approvals.notices.access import EITHER, require
from communities.rules.personal import personal_in
from offices.history import record
from offices.messages import tell
from offices.models import User
from offices.queries import members
from offices.texts import Texts
from policies.refusal import Refused, Stale

PUBLISHED = "公开内容中含有个人信息（{found}），请改写后再提交"


@transaction.atomic
def answer_remark(
    *, by: User, at: dt.datetime, remark: Remark, outcome: str, summary: str, text: str, expected_version: int | None = None
) -> Remark:  # fmt: skip
    """Answer an open remark: once, and once more after it was reopened. Summary and answer are public, so personal values in them are
    refused. Raises Invalid, Refused (not open), Stale, Forbidden."""
    row = _locked(remark, expected_version)
    body = require(by, [row], EITHER)
    if row.state != Remark.State.OPEN:
        raise Refused(f"这件{row.get_kind_display()}{row.get_state_display()}，不能再答复", code="remark_state")
    texts = Texts()
    summary = texts.read(summary, "summary", "公开的意见摘要", 200)
    text = texts.read(text, "text", "答复", 2000)
    if outcome not in RemarkAnswer.Outcome.values:
        texts.wrong("outcome", "请选择处理结果")
    known = _known(row)
    for field, value in (("summary", summary), ("text", text)):
        found = personal_in(value, known)
        if found:
            texts.wrong(field, PUBLISHED.format(found="、".join(found)))
    texts.check("答复没有提交：有内容需要更正")
    RemarkAnswer.objects.create(
        remark=row, round=row.answers.count() + 1, outcome=outcome, summary=summary, text=text, body=body, by=by, at=at
    )
    row.state = Remark.State.SETTLED
    _saved(row, at)
    record(by=by, at=at, action="remark.answer", subject=row, data={"outcome": outcome}, body=body)
    return row


@transaction.atomic
def withdraw_remark(*, at: dt.datetime, remark: Remark) -> Remark:
    """Its author (who holds the number) takes it back. Raises Refused once the notice is over."""
    row = _locked(remark)
    if row.state == Remark.State.WITHDRAWN:
        raise Refused("已经撤回过了", code="remark_state")
    if row.notice is not None and row.notice.state == Notice.State.CLOSED:
        raise Refused("公示已结束，不能再撤回", code="notice_state")
    row.state, row.withdrawn_at = Remark.State.WITHDRAWN, at
    _saved(row, at)
    record(by=None, at=at, action="remark.withdraw", subject=row)
    return row


@transaction.atomic
def reopen_remark(*, at: dt.datetime, today: dt.date, remark: Remark, text: str) -> Remark:
    """Its author does not agree with the answer: once, within the period. Raises Refused, Invalid."""
    row = _locked(remark)
    reason = why_not_reopened(row, today)
    if reason:
        raise Refused(reason, code="remark_state")
    texts = Texts()
    row.reopen_text = texts.read(text, "text", "不同意的理由", 500)
    texts.check("没有提交：有内容需要更正")
    row.state, row.reopened_at = Remark.State.OPEN, at
    _saved(row, at)
    record(by=None, at=at, action="remark.reopen", subject=row)
    notice = row.notice
    if notice is not None:
        tell(
            event=f"remark:{row.uid}:reopened", recipients=members(notice.body, "clerk", "leader"), subject=notice, at=at,
            title=f"居民不同意答复：{notice.title}", link=f"/staff/remarks/{row.uid}/",
        )  # fmt: skip
    return row


def why_not_reopened(row: Remark, today: dt.date) -> str:
    """Why its author can't ask again; empty where he can."""
    if row.state != Remark.State.SETTLED:
        return "还没有答复，或本人已撤回"
    if row.reopened_at is not None:
        return "只能要求重新答复一次"
    notice = row.notice
    if notice is None or notice.state != Notice.State.POSTED or notice.last_day is None or today > notice.last_day:
        return "公示期已过，不能再要求重新答复"
    return ""


@transaction.atomic
def reveal_remark(*, by: User, at: dt.datetime, remark: Remark, reason: str) -> RemarkPerson | None:
    """Who said it, after who opened it, when and why is recorded (N-06). Raises Invalid without a reason, Forbidden."""
    body = require(by, [remark], EITHER)
    texts = Texts()
    reason = texts.read(reason, "reason", "查看理由", 200)
    texts.check("请填写查看理由")
    RemarkReveal.objects.create(remark=remark, by=by, at=at, reason=reason)
    record(by=by, at=at, action="remark.reveal", subject=remark, body=body)
    return RemarkPerson.objects.filter(remark=remark).first()


@transaction.atomic
def erase_person(*, by: User, at: dt.datetime, remark: Remark, reason: str) -> None:
    """Who said it is forgotten, as he asked; what was said, the answers and the history stay. Raises Invalid, Forbidden, Refused."""
    body = require(by, [remark], EITHER)
    texts = Texts()
    reason = texts.read(reason, "reason", "理由", 200)
    texts.check("请填写理由")
    if not RemarkPerson.objects.filter(remark=remark).delete()[0]:
        raise Refused("没有留下姓名和电话，或已经清除", code="nothing_to_erase")
    record(by=by, at=at, action="remark.erase", subject=remark, body=body, reason=reason)


def _locked(remark: Remark, expected_version: int | None = None) -> Remark:
    """The row with its notice: the notice first, as whoever closes it locks it first too. Raises Stale."""
    if remark.notice_id is not None:
        Notice.objects.select_for_update(of=("self",)).get(pk=remark.notice_id)
    row = Remark.objects.select_for_update(of=("self",)).select_related("notice__body", "division").get(pk=remark.pk)
    if expected_version is not None and row.version != expected_version:
        raise Stale("这件意见在您打开之后已有变动，请刷新后核对再操作。")
    return row


def _saved(row: Remark, at: dt.datetime) -> None:
    row.version += 1
    row.updated_at = at
    row.save()


def _known(row: Remark) -> list[tuple[str, str]]:
    person = RemarkPerson.objects.filter(remark=row).first()
    if person is None:
        return []
    return [("姓名", person.name), ("电话", person.phone), ("楼栋房号", person.home)]
