"""Reads of notices and remarks for staff: lists, a notice with everything on it, opinions of a subject by channel."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from approvals.models import Notice, NoticeCount, Remark, RemarkAnswer
from approvals.notices.posting import closing_of, period_of
from approvals.rules.notice_days import Period
from approvals.rules.notices import STATE_LABELS, STATUS_KINDS, Closing, state_on
from communities.rules.masks import mask_name, mask_phone
from offices.calendar import calendar
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.layers import Layers
from policies.refusal import Citation

MEETINGS = (Remark.Channel.SELF_GOVERNANCE, Remark.Channel.REPRESENTATIVES)


def with_counts(rows: QuerySet[Notice]) -> QuerySet[Notice]:
    """Each notice with ``objections``, ``open_objections``, ``opinions`` and ``open_remarks`` (withdrawn ones left out)."""
    objection, opinion = Q(kind=Remark.Kind.OBJECTION), Q(kind=Remark.Kind.OPINION)
    open_ones = Q(state=Remark.State.OPEN)
    return rows.annotate(
        objections=_counted(objection), open_objections=_counted(objection & open_ones), opinions=_counted(opinion),
        open_remarks=_counted(open_ones),
    )  # fmt: skip


def _counted(condition: Q) -> Any:
    rows = Remark.objects.filter(condition, notice=OuterRef("pk")).exclude(state=Remark.State.WITHDRAWN)
    number = rows.order_by().values("notice").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def notices_in_scope(
    user: User, *, today: dt.date, division: Division | None = None, state: str = "", text: str = ""
) -> QuerySet[Notice]:
    """Notices that the user sees, those that wait for him first: running by last day, then the rest, newest first."""
    rows = with_counts(Notice.objects.visible_to(user)).select_related("body", "division")
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    if state == "ended":
        rows = rows.filter(state=Notice.State.POSTED, last_day__lt=today)
    elif state == "posted":
        rows = rows.filter(state=Notice.State.POSTED, last_day__gte=today)
    elif state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(title__contains=text.replace("\x00", "")[:60])
    return rows.order_by("-pk")


@dataclass(frozen=True)
class NoticePage:
    """A notice with what its staff page shows. ``period``: of a draft, as if it were posted today; ``counts``: of a posted one."""

    notice: Notice
    state: str
    places: Sequence[Any]
    remarks: Sequence[Remark]
    counts: Sequence[NoticeCount]
    period: Period | None
    closing: Closing | None
    citation: Citation | None
    objections: int
    open_objections: int

    @property
    def label(self) -> str:
        """The state in words."""
        return STATE_LABELS[self.state]

    @property
    def status(self) -> str:
        """The kind of its status word."""
        return STATUS_KINDS[self.state]

    @property
    def current(self) -> NoticeCount | None:
        """How the last day that stands now was computed."""
        return self.counts[-1] if self.counts else None


def rule_citation(layers: Layers, rule_id: str, *kinds: str) -> Citation | None:
    """The clause of a rule that speaks of notices."""
    found = layers.rule(rule_id) if rule_id else None
    provisions = found[1].provisions if found else ()
    clause = next((p for p in provisions if p.kind in kinds), None)
    return citation(layers, clause) if clause else None


def count_citation(notice: Notice, count: NoticeCount | None) -> Citation | None:
    """The clause that sets (or orders without setting) the length of a posted notice."""
    if count is None:
        return None
    return rule_citation(layers_of(notice.division), count.rule_id, "notice_period", "notice_without_length")


def notice_page(notice: Notice, *, places: Sequence[Any], today: dt.date) -> NoticePage:
    """Everything about a notice (a bounded number of queries)."""
    remarks = list(
        notice.remarks.select_related("community", "entered_by").prefetch_related("answers").order_by("state", "-pk")
    )
    counts = list(notice.counts.all())
    draft = notice.state == Notice.State.DRAFT
    found = period_of(notice, posted_on=today, days=calendar()) if draft else None
    layers = layers_of(notice.division)
    clause = count_citation(notice, counts[-1] if counts else None)
    if found is not None:
        provision = found.provision or found.ordered_by
        clause = citation(layers, provision) if provision else None
    standing = [row for row in remarks if row.kind == "objection" and row.state != "withdrawn"]
    return NoticePage(
        notice=notice, state=state_on(notice.state, notice.last_day, today), places=places, remarks=remarks, counts=counts,
        period=found, citation=clause, objections=len(standing), open_objections=sum(row.state == "open" for row in standing),
        closing=closing_of(notice, today=today)[0] if notice.state == Notice.State.POSTED else None,
    )  # fmt: skip


@dataclass(frozen=True)
class Channel:
    """One channel of opinions: how many came by it, and how many of each outcome (YL-06)."""

    key: str
    label: str
    received: int
    outcomes: dict[str, int]


def channels_of(remarks: Sequence[Remark]) -> list[Channel]:
    """Opinions and objections by channel with what became of each; channels without any are there with zero."""
    found = []
    for channel in Remark.Channel:
        rows = [row for row in remarks if row.channel == channel and row.state != "withdrawn"]
        outcomes = dict.fromkeys(RemarkAnswer.Outcome.values, 0)
        for row in rows:
            answers = list(row.answers.all())
            if row.state == "settled" and answers:
                outcomes[answers[-1].outcome] += 1
        found.append(Channel(channel.value, str(channel.label), len(rows), outcomes))
    return found


def remarks_of(subject_uid: UUID) -> list[Remark]:
    """All that was said on a subject, on its notices or by another channel, newest first."""
    rows = Remark.objects.filter(subject_uid=subject_uid).select_related("notice", "community", "entered_by")
    return list(rows.prefetch_related("answers").order_by("-pk"))


def unheard(layers: Layers, day: dt.date, channels: Sequence[Channel]) -> list[tuple[str, Citation]]:
    """Channels that a document names for improving a scheme (力争) and by which nothing came: shown and counted, never blocking."""
    clause = next((p for p in layers.provisions("statement", day) if _names_channels(p.quote)), None)
    if clause is None:
        return []
    return [
        (channel.label, citation(layers, clause))
        for channel in channels
        if channel.key in {*MEETINGS, Remark.Channel.NOTICE} and not _came(channel.key, channels)
    ]


def _names_channels(quote: str) -> bool:
    return "自治组织会议" in quote and "业主代表会议" in quote


def _came(key: str, channels: Sequence[Channel]) -> bool:
    """A notice is answered on paper or on the portal."""
    same = {key, Remark.Channel.PORTAL} if key == Remark.Channel.NOTICE else {key}
    return any(channel.received for channel in channels if channel.key in same)


def masked_person(remark: Remark) -> dict[str, str]:
    """Who said it, as staff see it before opening it with a reason; empty values where he didn't tell."""
    person = getattr(remark, "person", None)
    if person is None:
        return {}
    home = "已填写" if person.home else ""
    return {"name": mask_name(person.name), "phone": mask_phone(person.phone), "home": home}


def notices_of(uids: Sequence[UUID]) -> list[Notice]:
    """Notices that count for a subject, newest first."""
    return list(with_counts(Notice.objects.filter(counts_for__in=uids)).order_by("-pk"))
