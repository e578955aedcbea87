"""Rows and routes of notices for the table of who may what (``tests/trust/table.py``)."""

from dataclasses import dataclass
from typing import Any

from approvals import notices
from approvals.models import Notice, Remark
from communities.models import Community
from offices.models import User
from projects.models import Project
from tests.cast import AT, TODAY

PERSON = {"name": "欧阳金丝雀", "phone": "13987650123", "home": "7栋2单元601"}
WORDS = {"title": "改造方案公示", "text": "拟改造给水、道路。"}


@dataclass
class NoticeRows:
    """A draft, a posted one with an open objection, a withdrawn one; the project that they are about."""

    project: Project
    communities: list[Community]
    draft: Notice
    posted: Notice
    withdrawn: Notice
    remark: Remark


def build(clerk: User, project: Project) -> NoticeRows:
    """The rows, written by the real actions."""
    places = [part.community for part in project.parts.select_related("community")]

    def draft() -> Notice:
        values = {**WORDS, "communities": places}
        return notices.create_notice(
            by=clerk, at=AT, kind="scheme", values=values, subject_type="project", subject=project
        )

    withdrawn = notices.post_notice(by=clerk, at=AT, today=TODAY, notice=draft())
    notices.withdraw_notice(by=clerk, at=AT, notice=withdrawn, reason="面积有误")
    posted = notices.post_notice(by=clerk, at=AT, today=TODAY, notice=draft())
    given = {"kind": "objection", "text": "不同意砍树", **PERSON}
    remark = notices.send_remark(at=AT, today=TODAY, notice=posted, given=given)
    generic = {**WORDS, "communities": places, "own_days": 5, "own_counted_in": "calendar_days"}
    other = notices.create_notice(by=clerk, at=AT, kind="generic", values=generic)
    return NoticeRows(project, places, other, posted, Notice.objects.get(pk=withdrawn.pk), remark)


def form(rows: NoticeRows) -> dict[str, Any]:
    """The form of a draft."""
    return {**WORDS, "communities": [str(place.uid) for place in rows.communities]}


ENTRY = {"channel": "letter", "received_on": "2026-03-02", "kind": "opinion", "text": "来信"}
ANSWER = {"outcome": "adopted", "summary": "保留树木", "text": "保留全部乔木。"}
