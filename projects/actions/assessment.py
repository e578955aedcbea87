"""The only writers of the yearly scorecard: published as a frozen version, remarks and what follows from it recorded."""

import datetime as dt

from django.db import transaction

from approvals.cases import content_hash
from offices.history import record
from offices.models import Body, Division, User
from offices.rulebooks import layers_of
from policies.refusal import Invalid, Refused
from projects.models import AssessmentRelease, AssessmentRemark
from projects.permissions import keeping_body
from projects.queries.assessment import content_of, scorecard_of
from projects.rules.assessment import demand


@transaction.atomic
def publish_assessment(
    *, by: User, at: dt.datetime, today: dt.date, division: Division, year: int, note: str = ""
) -> AssessmentRelease:
    """Publish the scorecard as it stands: the next version, never rewritten. Raises Forbidden, Refused, Invalid."""
    body = keeping_body(by, division, roles=("leader",))
    Division.objects.select_for_update().get(pk=division.pk)  # one version after the other
    card = scorecard_of(by, division, year=year, today=today)
    if card is None or not card.ranked:
        raise Refused(f"适用于{division.name}的文件没有规定年度考核，或没有考核对象", code="nothing_to_assess")
    if year > today.year:
        raise Invalid("没有发布", errors={"year": ["年度还没有开始"]})
    if len(note.strip()) > 300:
        raise Invalid("没有发布", errors={"note": ["最多 300 字"]})
    content = content_of(card)
    before = AssessmentRelease.objects.filter(division=division, year=year).order_by("-number").first()
    if before is not None and before.content_hash == content_hash(content):
        raise Refused(f"与第 {before.number} 版完全相同，不用再发布", code="assessment_unchanged")
    row = AssessmentRelease(
        year=year, number=before.number + 1 if before else 1, content=content, content_hash=content_hash(content),
        note=note.strip(), by=by, at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    row.place_in(division)
    row.save()
    data = {"year": year, "version": row.number, "hash": row.content_hash}
    record(by=by, at=at, action="assessment.publish", subject=row, body=body, data=data)
    return row


@transaction.atomic
def remark_on(
    *, by: User, at: dt.datetime, today: dt.date, release: AssessmentRelease, uid: str, kind: str, text: str, document_number: str = ""
) -> AssessmentRemark:  # fmt: skip
    """Record a remark about one row, or what follows for it where the document names that. Raises Forbidden, Invalid."""
    body = keeping_body(by, release.division, roles=("leader",))
    asked = demand(layers_of(release.division), today)
    allowed = {"remark", *(row.key for row in asked.consequences)} if asked else {"remark"}
    errors: dict[str, list[str]] = {}
    if uid not in {row["uid"] for row in release.content["rows"]}:
        errors["uid"] = ["请选择考核表中的一行"]
    if kind not in allowed:
        errors["kind"] = ["适用的文件没有这一种处理"]
    if not text.strip() or len(text.strip()) > 300:
        errors["text"] = ["应有 1 至 300 字"]
    if len(document_number.strip()) > 60 or "\0" in text + document_number:
        errors["document_number"] = ["最多 60 字"]
    if errors:
        raise Invalid("没有登记：有内容需要更正", errors=errors)
    row = AssessmentRemark.objects.create(
        release=release, division=Division.objects.filter(uid=uid).first(), body=Body.objects.filter(uid=uid).first(),
        kind=kind, text=text.strip(), document_number=document_number.strip(), by=by, at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    record(by=by, at=at, action="assessment.remark", subject=release, body=body, data={"kind": kind, "to": uid})
    return row
