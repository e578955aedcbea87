"""Writers of complaints: sent by residents without an account or entered by staff, handed on, answered, reopened once."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from communities.access import keeper_body
from communities.models import Community, Complainant, Complaint, ComplaintAnswer, ComplaintReveal, ComplaintTransfer
from communities.rules.complaints import default_deadline
from communities.rules.personal import personal_in
from offices import files
from offices.calendar import calendar
from offices.history import record, salted
from offices.messages import tell
from offices.models import Body, User
from offices.queries import bodies_by_slug, members
from offices.receipts import new_number
from offices.texts import Texts, read_person
from policies.refusal import Forbidden, Invalid, Refused, Stale
from policies.words import date_words

NOT_SENT = "投诉没有提交：有内容需要更正"
ANSWERING = ("county_renovation_authority", "county_leading_group_office", "county_housing", "city_housing")
HANDLING = ("clerk", "leader")
LONGEST = 366  # days that a deadline may lie ahead


def read_complaint(given: Mapping[str, Any]) -> None:
    """Whether a resident's words may be sent as they are. Raises Invalid naming each field. Writes nothing: the check page asks it."""
    _read(given)[0].check(NOT_SENT)


def _read(given: Mapping[str, Any]) -> tuple[Texts, str, str, dict[str, str]]:
    """(problems so far, what happened, its category, who says so)."""
    texts = Texts()
    text = texts.read(given.get("text"), "text", "内容", 2000)
    person = read_person(texts, given)
    category = str(given.get("category") or "")
    if category not in Complaint.Category.values:
        texts.wrong("category", "请选择类别")
    return texts, text, category, person


@transaction.atomic
def file_complaint(
    *, by: User | None, at: dt.datetime, today: dt.date, community: Community, given: Mapping[str, Any], photo: Any = None,
    channel: str = Complaint.Channel.PORTAL, deadline: dt.date | None = None,
) -> Complaint:  # fmt: skip
    """A complaint: by a resident (``by`` None, on the portal) or entered by staff. Raises Invalid naming each field, Forbidden."""
    texts, text, category, person = _read(given)
    if channel not in Complaint.Channel.values or (by is None) != (channel == Complaint.Channel.PORTAL):
        texts.wrong("channel", "请选择渠道")
    _check_deadline(texts, deadline, today)
    texts.check(NOT_SENT)
    if by is not None and keeper_body(by, community) is None:
        raise Forbidden("只有该小区所在区划（或上级）住建、街道、社区等机构的经办人员可以登记投诉")
    body = _first_body(community)
    stored = _photo(photo, community, by, at) if photo else None
    row = Complaint(
        number=new_number("T"), community=community, category=category, channel=channel, text=text, photo=stored, received_at=at,
        entered_by=by, handler_body=body, by_default=deadline is None, created_at=at, updated_at=at,
        deadline=deadline or default_deadline(today, settings.COMPLAINT_DAYS, calendar()),
    )  # fmt: skip
    row.place_in(community.division)
    row.save()
    if any(person.values()):
        digits = "".join(sign for sign in person["phone"] if sign.isdigit())
        Complainant.objects.create(complaint=row, phone_hash=salted(f"phone:{digits}") if digits else "", **person)
    data = {"channel": channel, "kind": category, "until": row.deadline.isoformat()}
    record(by=by, at=at, action="complaint.file", subject=row, data=data, body=body)
    _tell(row, "new", f"收到投诉：{community.name}", at)
    return row


def _photo(photo: Any, community: Community, by: User | None, at: dt.datetime) -> Any:
    """The picture without its EXIF. Raises Invalid on ``photo``."""
    try:
        stored = files.store(upload=photo, division=community.division, by=by, at=at)
    except Invalid as error:
        raise Invalid(error.detail, errors={"photo": error.errors.get("file", [error.detail])}) from error
    if stored.content_type not in files.IMAGES:
        raise Invalid("不是照片", errors={"photo": ["请上传 JPG、PNG 或 WEBP 照片"]})
    return stored


def _check_deadline(texts: Texts, deadline: dt.date | None, today: dt.date) -> None:
    if deadline is not None and not today <= deadline <= today + dt.timedelta(days=LONGEST):
        texts.wrong("deadline", "期限应在今天以后、一年以内")


def _first_body(community: Community) -> Body:
    """Who gets it first: the office in charge of the county. Raises Refused where none is registered."""
    found = bodies_by_slug(community.division, ANSWERING)
    for slug in ANSWERING:
        if slug in found:
            return found[slug]
    raise Refused("该小区所在区划还没有登记受理投诉的机构，请到社区或街道反映", code="no_handler")


@transaction.atomic
def assign_complaint(
    *, by: User, at: dt.datetime, today: dt.date, complaint: Complaint, handler: User | None, deadline: dt.date | None = None,
    expected_version: int | None = None,
) -> Complaint:  # fmt: skip
    """Name the person who handles it, and another deadline where one is entered. Raises Invalid, Refused, Stale, Forbidden."""
    row = _locked(complaint, expected_version)
    body = _require(by, row)
    _open(row)
    texts = Texts()
    _check_deadline(texts, deadline, today)
    if handler is not None and handler not in members(row.handler_body):
        texts.wrong("handler", f"不是{row.handler_body.name}的人员")
    texts.check("没有保存：有字段需要更正")
    row.handler = handler
    if deadline is not None and deadline != row.deadline:
        row.deadline, row.by_default = deadline, False
    _saved(row, at)
    record(by=by, at=at, action="complaint.assign", subject=row, data={"until": row.deadline.isoformat()}, body=body)
    return row


@transaction.atomic
def pass_complaint(*, by: User, at: dt.datetime, complaint: Complaint, taker: User) -> Complaint:
    """Name a colleague in the place of who leaves; who may do so is for the caller to know. Raises Refused for an answered one."""
    row = _locked(complaint)
    _open(row)
    row.handler = taker
    _saved(row, at)
    data = {"to": str(taker.uid), "until": row.deadline.isoformat()}
    record(by=by, at=at, action="complaint.assign", subject=row, data=data, body=row.handler_body)
    tell(
        event=f"complaint:{row.uid}:taken:{row.version}", recipients=[taker], title=f"投诉交您办理：{row.community.name}", subject=row,
        at=at, text=f"应于{date_words(row.deadline)}前答复。", link=f"/staff/communities/complaints/{row.uid}/",
    )  # fmt: skip
    return row


@transaction.atomic
def transfer_complaint(
    *, by: User, at: dt.datetime, complaint: Complaint, to_body: Body, reason: str, expected_version: int | None = None
) -> Complaint:
    """转办: another body of its county, city or street handles it from now on; the deadline stays. Raises as assign_complaint."""
    row = _locked(complaint, expected_version)
    body = _require(by, row)
    _open(row)
    texts = Texts()
    reason = texts.read(reason, "reason", "转办理由", 300)
    if to_body.pk == row.handler_body_id:
        texts.wrong("body", "已由该单位办理")
    elif not to_body.active or to_body.pk not in {each.pk for each in bodies_for(row)}:
        texts.wrong("body", "该单位不在本区划，不能转办")
    texts.check("没有转办：有字段需要更正")
    ComplaintTransfer.objects.create(
        complaint=row, from_body=row.handler_body, to_body=to_body, reason=reason, deadline=row.deadline, by=by, at=at
    )
    row.handler_body, row.handler = to_body, None
    _saved(row, at)
    record(by=by, at=at, action="complaint.transfer", subject=row, data={"to": str(to_body.uid)}, body=body)
    _tell(row, f"transfer:{row.version}", f"转来投诉：{row.community.name}", at)
    return row


def bodies_for(row: Complaint) -> list[Body]:
    """Bodies that a complaint may be handed to: those of its street, county and city."""
    ids = [pk for pk in (row.neighbourhood_id, row.street_id, row.county_id, row.city_id) if pk]
    return list(Body.objects.filter(division_id__in=ids, active=True).select_related("division").order_by("pk"))


@transaction.atomic
def answer_complaint(
    *, by: User, at: dt.datetime, complaint: Complaint, text: str, public_text: str = "", expected_version: int | None = None
) -> Complaint:  # fmt: skip
    """Answer it. ``public_text`` is for everybody, so personal values in it are refused. Raises Invalid, Refused, Stale, Forbidden."""
    row = _locked(complaint, expected_version)
    body = _require(by, row)
    _open(row)
    texts = Texts()
    text = texts.read(text, "text", "答复", 2000)
    public_text = texts.read(public_text, "public_text", "公开部分", 300, required=False)
    person = Complainant.objects.filter(complaint=row).first()
    known = [("姓名", person.name), ("电话", person.phone), ("楼栋房号", person.home)] if person else []
    found = personal_in(public_text, known)
    if found:
        texts.wrong("public_text", f"公开部分含有个人信息（{'、'.join(found)}），请改写")
    texts.check("答复没有提交：有内容需要更正")
    ComplaintAnswer.objects.create(
        complaint=row,
        round=row.answers.count() + 1,
        text=text,
        public_text=public_text,
        body=row.handler_body,
        by=by,
        at=at,
    )
    row.state = Complaint.State.ANSWERED
    _saved(row, at)
    record(by=by, at=at, action="complaint.answer", subject=row, body=body)
    return row


@transaction.atomic
def reopen_complaint(*, at: dt.datetime, today: dt.date, complaint: Complaint, reason: str) -> Complaint:
    """Who holds the number does not agree with the answer: once, with a reason; a new deadline by default. Raises Refused, Invalid."""
    row = _locked(complaint)
    if row.state != Complaint.State.ANSWERED:
        raise Refused("还在办理中，答复后才能重开", code="complaint_state")
    if row.reopened_at is not None:
        raise Refused("只能重开一次；仍不同意的，请向上级部门反映", code="complaint_state")
    texts = Texts()
    row.reopen_text = texts.read(reason, "reason", "重开的理由", 500)
    texts.check("没有重开：请填写理由")
    row.state, row.reopened_at, row.by_default = Complaint.State.OPEN, at, True
    row.deadline = default_deadline(today, settings.COMPLAINT_DAYS, calendar())
    _saved(row, at)
    record(by=None, at=at, action="complaint.reopen", subject=row)
    _tell(row, "reopened", f"投诉重开：{row.community.name}", at)
    return row


@transaction.atomic
def reveal_complainant(*, by: User, at: dt.datetime, complaint: Complaint, reason: str) -> Complainant | None:
    """Who complained, after who opened it, when and why is recorded (N-06). Raises Invalid, Forbidden."""
    body = _require(by, complaint)
    texts = Texts()
    reason = texts.read(reason, "reason", "查看理由", 200)
    texts.check("请填写查看理由")
    ComplaintReveal.objects.create(complaint=complaint, by=by, at=at, reason=reason)
    record(by=by, at=at, action="complaint.reveal", subject=complaint, body=body)
    return Complainant.objects.filter(complaint=complaint).first()


@transaction.atomic
def erase_complainant(*, by: User, at: dt.datetime, complaint: Complaint, reason: str) -> None:
    """Who complained is forgotten, as he asked; his words, the answers and the history stay. Raises Invalid, Forbidden, Refused."""
    body = _require(by, complaint)
    texts = Texts()
    reason = texts.read(reason, "reason", "理由", 200)
    texts.check("请填写理由")
    if not Complainant.objects.filter(complaint=complaint).delete()[0]:
        raise Refused("没有留下姓名和电话，或已经清除", code="nothing_to_erase")
    record(by=by, at=at, action="complaint.erase", subject=complaint, body=body, reason=reason)


def may_handle(user: Any, row: Complaint) -> bool:
    """Whether pages offer the buttons."""
    return bool(getattr(user, "is_authenticated", False)) and _handling(user, row) is not None


def _handling(user: User, row: Complaint) -> Body | None:
    for membership in user.active_memberships:
        if membership.body_id == row.handler_body_id and membership.role in HANDLING:
            return membership.body
    return keeper_body(user, row)


def _require(user: User, row: Complaint) -> Body:
    body = _handling(user, row)
    if body is None:
        raise Forbidden(f"只有办理单位（{row.handler_body.name}）或主管机构的经办人员可以这样做")
    return body


def _open(row: Complaint) -> None:
    if row.state != Complaint.State.OPEN:
        raise Refused("这件投诉已经答复", code="complaint_state")


def _locked(complaint: Complaint, expected_version: int | None = None) -> Complaint:
    rows = Complaint.objects.select_for_update(of=("self",)).select_related("handler_body__division", "community")
    row = rows.get(pk=complaint.pk)
    if expected_version is not None and row.version != expected_version:
        raise Stale("这件投诉在您打开之后已有变动，请刷新后核对再操作。")
    return row


def _saved(row: Complaint, at: dt.datetime) -> None:
    row.version += 1
    row.updated_at = at
    row.save()


def remind_overdue(*, at: dt.datetime, today: dt.date) -> int:
    """Tell whoever handles a complaint that its day has passed, and the leaders of the body; once for each day, however often this runs."""
    rows = Complaint.objects.filter(state=Complaint.State.OPEN, deadline__lt=today)
    told = 0
    for row in rows.select_related("handler_body", "handler", "community").order_by("pk").iterator(chunk_size=200):
        people = [
            *([row.handler] if row.handler else []),
            *members(row.handler_body, *(("leader",) if row.handler else HANDLING)),
        ]
        tell(
            event=f"complaint:{row.uid}:late:{row.deadline}", recipients=people, title=f"投诉逾期未答复：{row.community.name}", subject=row,
            text=f"应于{date_words(row.deadline)}前答复，请尽快答复。", link=f"/staff/communities/complaints/{row.uid}/", at=at,
        )  # fmt: skip
        told += 1
    return told


def _tell(row: Complaint, what: str, title: str, at: dt.datetime) -> None:
    tell(
        event=f"complaint:{row.uid}:{what}", recipients=members(row.handler_body, *HANDLING), title=title, subject=row, at=at,
        text="请在期限内答复。", link=f"/staff/communities/complaints/{row.uid}/",
    )  # fmt: skip
