"""What residents say: sent on the portal without an account, or entered by staff from a meeting, a letter, a telephone call."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from approvals.models import Notice, Remark, RemarkPerson
from approvals.notices.access import EITHER, require
from approvals.notices.drafts import places_of
from approvals.notices.subjects import subject_of
from approvals.rules.notices import is_late
from communities.models import Community
from offices.history import record
from offices.messages import tell
from offices.models import User
from offices.queries import members
from offices.receipts import new_number
from offices.texts import Texts, read_person
from policies.refusal import Invalid, Refused

NOT_SENT = "意见没有提交：有内容需要更正"
MOST_TEXT = 2000


def read_remark(
    given: Mapping[str, Any], *, places: list[Community]
) -> tuple[dict[str, Any], dict[str, str]]:  # fmt: skip
    """(values, person) of what was sent. Raises Invalid naming each field. Writes nothing: the check page asks it too."""
    texts = Texts()
    values: dict[str, Any] = {"text": texts.read(given.get("text"), "text", "内容", MOST_TEXT)}
    kind = str(given.get("kind") or "")
    if kind not in Remark.Kind.values:
        texts.wrong("kind", "请选择是意见建议还是异议")
    person = read_person(texts, given)
    uid = str(given.get("community") or "")
    chosen = next((place for place in places if str(place.uid) == uid), None)
    if uid and chosen is None:
        texts.wrong("community", "没有这个小区，或它不在公示范围内")
    if chosen is None and len(places) == 1:
        chosen = places[0]
    texts.check(NOT_SENT)
    return {**values, "kind": kind, "community": chosen}, person


@transaction.atomic
def send_remark(*, at: dt.datetime, today: dt.date, notice: Notice, given: Mapping[str, Any]) -> Remark:
    """A resident speaks on a posted notice. What comes after the period is kept and marked as late. Raises Refused, Invalid."""
    row = Notice.objects.select_for_update(of=("self",)).select_related("division", "body").get(pk=notice.pk)
    _takes(row)
    values, person = read_remark(given, places=places_of(row))
    remark = _keep(row, None, values, person, at=at, channel=Remark.Channel.PORTAL, received_on=today, by=None)
    record(by=None, at=at, action="remark.send", subject=remark, data=_of(remark))
    _tell(row, remark, at)
    return remark


@transaction.atomic
def enter_remark(
    *, by: User, at: dt.datetime, today: dt.date, channel: str, received_on: dt.date, given: Mapping[str, Any],
    notice: Notice | None = None, subject_type: str = "", subject: Any = None,
) -> Remark:  # fmt: skip
    """Staff enter what was said on paper, by telephone or at a meeting: on a notice, or on a subject without one (YL-06).

    The day of receipt is not after today. Raises Refused, Invalid, Forbidden.
    """
    handler = subject_of(subject_type)
    if notice is not None:
        notice = Notice.objects.select_for_update(of=("self",)).select_related("division", "body").get(pk=notice.pk)
        places = places_of(notice)
    elif handler is not None and subject is not None:
        places = handler.communities(subject)
    else:
        raise Invalid(NOT_SENT, errors={"subject": ["请选择公示或项目"]})
    require(by, places, EITHER)
    if notice is not None:
        _takes(notice)
    errors = _errors_of_entry(channel, received_on, today, notice)
    if errors:
        raise Invalid(NOT_SENT, errors=errors)
    values, person = read_remark(given, places=places)
    about = (subject_type, subject) if notice is None else None
    remark = _keep(notice, about, values, person, at=at, channel=channel, received_on=received_on, by=by, places=places)
    record(by=by, at=at, action="remark.enter", subject=remark, data=_of(remark))
    return remark


def _errors_of_entry(channel: str, received_on: dt.date, today: dt.date, notice: Notice | None) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if channel not in Remark.Channel.values or channel == Remark.Channel.PORTAL:
        errors["channel"] = ["请选择渠道"]
    if received_on > today:
        errors["received_on"] = ["不能晚于今天"]
    elif notice is not None and notice.posted_on is not None and received_on < notice.posted_on:
        errors["received_on"] = ["早于公示张贴日期"]
    return errors


def _takes(notice: Notice) -> None:
    """Whether a notice takes remarks: posted, or closed (then they are late)."""
    if notice.state not in (Notice.State.POSTED, Notice.State.CLOSED):
        raise Refused(f"这份公示{notice.get_state_display()}，不再接收意见", code="notice_state")


def _keep(
    notice: Notice | None, about: tuple[str, Any] | None, values: dict[str, Any], person: dict[str, str], *, at: dt.datetime,
    channel: str, received_on: dt.date, by: User | None, places: list[Community] | None = None,
) -> Remark:  # fmt: skip
    late = notice is not None and is_late(notice.last_day, received_on)
    remark = Remark(
        number=new_number("Y"), notice=notice, channel=channel, received_on=received_on, received_at=at, entered_by=by, late=late,
        created_at=at, updated_at=at, **values,
    )  # fmt: skip
    if notice is not None:
        remark.subject_type, remark.subject_uid = notice.subject_type, notice.counts_for
        remark.place_in(notice.division)
    elif about is not None:
        remark.subject_type, remark.subject_uid = about[0], about[1].uid
        remark.place_in((values["community"] or (places or [])[0]).division)
    remark.save()
    if any(person.values()):
        RemarkPerson.objects.create(remark=remark, **person)
    return remark


def _of(remark: Remark) -> dict[str, Any]:
    return {
        "kind": remark.kind, "channel": remark.channel, "late": remark.late, "notice": str(remark.notice.uid) if remark.notice else ""
    }  # fmt: skip


def _tell(notice: Notice, remark: Remark, at: dt.datetime) -> None:
    word = f"收到{remark.get_kind_display()}{'（公示期满后）' if remark.late else ''}：{notice.title}"
    tell(
        event=f"remark:{remark.uid}", recipients=members(notice.body, "clerk", "leader"), title=word,
        text="请在公示期内答复；有异议未办结的公示不能结束。", link=f"/staff/remarks/{remark.uid}/", subject=notice, at=at,
    )  # fmt: skip
