"""Duties: what a rule asks of a subject by a day. Synced when a fact changes, swept every hour; a deadline never blocks.

The sweep is idempotent and set-based:
(1) open duties get the mark that their day has today;
(2) the latest kind of reminder that applies is inserted once per duty, kind and due day;
(3) what is past its day by ESCALATION_DAYS working days goes to the leader of the body: once per duty and due day;
(4) reminders not yet told are told to the people of the duty's body, once each.
After an outage it catches up: only the latest kind is inserted, so nobody gets three stale ones at once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q

from offices.calendar import calendar
from offices.models import LEVELS, Alert, Body, Division, Duty, Membership, Message
from policies.words import date_words

COMING = dt.timedelta(days=30)
TOLD = ("clerk", "leader")
BATCH = 500
SUBJECTS = 500  # subjects whose duties are worked out together
# What a sync writes of a duty; a row in which none of these moved stays untouched.
SAID = (
    "division_id", *(f"{level}_id" for level in LEVELS), "subject_title", "subject_link", "body_id", "rulebook", "strength",
    "plan_year", "due_on", "reason", "state", "mark", "done_on", "public",
)  # fmt: skip
# (kind, days until due: from, to), both included; None is open-ended.
WINDOWS: tuple[tuple[str, int | None, int | None], ...] = (
    (Alert.Kind.OVERDUE, None, -1),
    (Alert.Kind.DUE, 0, 0),
    (Alert.Kind.COMING_1, 1, 1),
    (Alert.Kind.COMING_7, 2, 7),
    (Alert.Kind.COMING_30, 8, 30),
)


@dataclass(frozen=True)
class Row:
    """One computed deadline of a subject. Not applicable: its day lies before the document came into force (``reason`` says so)."""

    rule_id: str
    rulebook: str
    milestone: str
    strength: str
    plan_year: int
    due_on: dt.date
    applicable: bool = True
    reason: str = ""


@dataclass(frozen=True)
class Wanted:
    """What one subject owes: its rows, how it is called and who keeps it. ``public`` None: as before (or the subject's ``published``)."""

    subject: Any
    title: str
    link: str
    division: Division
    body: Body | None
    rows: Sequence[Row]
    public: bool | None = None


def sync(
    *, subject: Any, title: str, link: str, division: Division, body: Body | None, rows: Sequence[Row], at: dt.datetime, today: dt.date,
    public: bool | None = None,
) -> None:  # fmt: skip
    """``sync_many`` of one subject."""
    sync_many([Wanted(subject, title, link, division, body, rows, public)], at=at, today=today)


@transaction.atomic
def sync_many(wanted: Iterable[Wanted], *, at: dt.datetime, today: dt.date) -> None:
    """Make the stored duties of each subject those of its rows, each subject once. What is done stays done; a day that moved may be
    reminded of again; a row that says what it said before is not touched.

    Set-based: at most four statements for every SUBJECTS subjects of one type; memory holds one such batch.
    """
    waiting = iter(wanted)
    while batch := list(islice(waiting, SUBJECTS)):
        by_type: dict[str, list[Wanted]] = defaultdict(list)
        for each in batch:
            by_type[each.subject._meta.model_name].append(each)
        for kind, group in by_type.items():
            _sync_batch(kind, group, at, today)


def _sync_batch(kind: str, wanted: list[Wanted], at: dt.datetime, today: dt.date) -> None:
    stored: dict[UUID, dict[tuple[str, str], Duty]] = defaultdict(dict)
    rows = Duty.objects.filter(subject_type=kind, subject_uid__in=[each.subject.uid for each in wanted])
    for duty in rows.select_for_update(no_key=True).order_by("pk"):  # what is fulfilled meanwhile is not opened again
        stored[duty.subject_uid][duty.rule_id, duty.milestone] = duty
    new, changed = list[Duty](), list[Duty]()
    for each in wanted:
        before = stored[each.subject.uid]
        for row in each.rows:
            kept: Duty | None = before.pop((row.rule_id, row.milestone), None)
            duty = kept or Duty(
                subject_type=kind,
                subject_uid=each.subject.uid,
                rule_id=row.rule_id,
                milestone=row.milestone,
                created_at=at,
            )
            said = _said(duty) if kept else ()
            _fill(duty, row, each, today=today)
            if kept is None:
                duty.updated_at = at
                new.append(duty)
            elif said != _said(duty):
                duty.updated_at, duty.version = at, duty.version + 1
                changed.append(duty)
    Duty.objects.bulk_create(new, batch_size=BATCH)
    # An upsert by primary key of rows that are locked above: one statement a batch, where bulk_update writes a CASE per row and column.
    Duty.objects.bulk_create(
        changed,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=("id",),
        update_fields=(*SAID, "updated_at", "version"),
    )
    gone = [duty.pk for before in stored.values() for duty in before.values() if duty.state != Duty.State.DONE]
    if gone:
        Duty.objects.filter(pk__in=gone).delete()


_said = attrgetter(*SAID)


def _fill(duty: Duty, row: Row, wanted: Wanted, *, today: dt.date) -> None:
    if duty.state == Duty.State.DONE and duty.plan_year != row.plan_year:
        duty.state, duty.done_on = Duty.State.OPEN, None  # out of one year's plan and into another's: asked anew
    duty.place_in(wanted.division)
    duty.subject_title, duty.subject_link, duty.body = wanted.title, wanted.link, wanted.body
    duty.rulebook, duty.strength, duty.plan_year = row.rulebook, row.strength, row.plan_year
    duty.due_on, duty.reason = row.due_on, row.reason[:200]
    if duty.state != Duty.State.DONE:
        duty.state = Duty.State.OPEN if row.applicable else Duty.State.NOT_APPLICABLE
    duty.mark = mark_of(duty, today)
    public = getattr(wanted.subject, "published", None) if wanted.public is None else wanted.public
    duty.public = duty.public if public is None else public


def mark_of(duty: Duty, today: dt.date) -> str:
    """The word for an open duty today: late under must is 逾期, under anything weaker 滞后."""
    if duty.state != Duty.State.OPEN or duty.due_on > today + COMING:
        return Duty.Mark.NONE
    if duty.due_on > today:
        return Duty.Mark.COMING
    if duty.due_on == today:
        return Duty.Mark.DUE
    return Duty.Mark.BREACHED if duty.strength == "must" else Duty.Mark.LATE


@transaction.atomic
def fulfil(*, subject: Any, milestone: str, on: dt.date, at: dt.datetime) -> int:
    """The milestone was reached on ``on``: its open duties are done (late or not; the day says it). Returns how many."""
    return Duty.objects.filter(
        subject_type=subject._meta.model_name, subject_uid=subject.uid, milestone=milestone, state=Duty.State.OPEN
    ).update(state=Duty.State.DONE, done_on=on, mark=Duty.Mark.NONE, updated_at=at, version=F("version") + 1)


def of(subject: Any) -> list[Duty]:
    """Duties of a subject by day."""
    rows = Duty.objects.filter(subject_type=subject._meta.model_name, subject_uid=subject.uid)
    return list(rows.order_by("due_on", "rule_id", "pk"))


def of_many(uids: Sequence[UUID]) -> dict[UUID, list[Duty]]:
    """Duties of several subjects by uid (one query)."""
    found: dict[UUID, list[Duty]] = {uid: [] for uid in uids}
    for duty in Duty.objects.filter(subject_uid__in=uids).order_by("due_on", "rule_id", "pk"):
        found[duty.subject_uid].append(duty)
    return found


def forget(uids: Sequence[UUID]) -> None:
    """Drop the duties of subjects that are no more (an import taken back)."""
    for start in range(0, len(uids), SUBJECTS):
        Duty.objects.filter(subject_uid__in=uids[start : start + SUBJECTS]).delete()


def sweep(*, at: dt.datetime, today: dt.date) -> dict[str, int]:
    """One sweep; returns how many marks changed, reminders were inserted and messages told. Running it twice changes nothing."""
    marked, inserted = mark_and_remind(at=at, today=today)
    told = 0
    while batch := _tell_batch(at):
        told += batch
    return {"marked": marked, "inserted": inserted, "told": told}


@transaction.atomic
def mark_and_remind(*, at: dt.datetime, today: dt.date) -> tuple[int, int]:
    """The part of a sweep that looks at every open duty: how many marks changed and reminders were inserted (eleven statements)."""
    marked = _mark(at, today)
    inserted = sum(_insert(kind, first, last, at, today) for kind, first, last in WINDOWS)
    return marked, inserted + _insert(Alert.Kind.ESCALATED, None, (escalated_until(today) - today).days, at, today)


def escalated_until(today: dt.date) -> dt.date:
    """The last day of which ``today`` is ESCALATION_DAYS working days past: what was owed by then goes to the leader."""
    days, day, left = calendar(), today, settings.ESCALATION_DAYS
    while left > 0:
        left -= days.is_working(day)
        day -= dt.timedelta(days=1)
    return day


def _mark(at: dt.datetime, today: dt.date) -> int:
    """Filtered updates, one per mark: rows that already carry it are not touched."""
    day, must = Q(due_on__lt=today), Q(strength="must")
    conditions = {
        Duty.Mark.BREACHED: day & must,
        Duty.Mark.LATE: day & ~must,
        Duty.Mark.DUE: Q(due_on=today),
        Duty.Mark.COMING: Q(due_on__gt=today, due_on__lte=today + COMING),
        Duty.Mark.NONE: Q(due_on__gt=today + COMING),
    }
    rows = Duty.objects.filter(state=Duty.State.OPEN)
    changed = 0
    for mark, condition in conditions.items():
        wrong = rows.filter(condition).exclude(mark=mark)
        if (
            connection.features.has_select_for_update_skip_locked
        ):  # who holds a duty is marking it himself: the sweep waits for nobody
            wrong = rows.filter(
                pk__in=wrong.select_for_update(skip_locked=True, no_key=True).order_by("pk").values("pk")
            )
        changed += wrong.update(mark=mark, updated_at=at, version=F("version") + 1)
    return changed


def _insert(kind: str, first: int | None, last: int | None, at: dt.datetime, today: dt.date) -> int:
    """INSERT … SELECT with a unique key: two sweeps at once, or a hundred, insert each reminder once."""
    later = [str(each) for each, *_ in WINDOWS]
    # A clock that ran ahead and came back: an earlier kind isn't told after a later one. What goes to the leader stands apart.
    later = later[: later.index(kind) + 1] if kind in later else [str(kind)]
    marks = ", ".join(["%s"] * len(later))
    conditions, days = ["state = 'open'"], list[dt.date]()
    for operator, offset in ((">=", first), ("<=", last)):
        if offset is not None:
            conditions.append(f"due_on {operator} %s")
            days.append(today + dt.timedelta(days=offset))
    sql = (
        "INSERT INTO offices_alert (duty_id, kind, occurrence, created_at) "
        f"SELECT id, %s, due_on, %s FROM offices_duty WHERE {' AND '.join(conditions)} "
        f"AND NOT EXISTS (SELECT 1 FROM offices_alert a WHERE a.duty_id = offices_duty.id AND a.kind IN ({marks}) "
        "AND a.occurrence = offices_duty.due_on) "
        f"ORDER BY id {'FOR KEY SHARE SKIP LOCKED ' if connection.vendor == 'postgresql' else ''}ON CONFLICT DO NOTHING"
    )
    adapt = connection.ops.adapt_datetimefield_value(at), [connection.ops.adapt_datefield_value(day) for day in days]
    with connection.cursor() as cursor:
        cursor.execute(sql, [str(kind), adapt[0], *adapt[1], *later])
        return max(int(cursor.rowcount), 0)


@transaction.atomic
def _tell_batch(at: dt.datetime) -> int:
    """Tell up to BATCH reminders: messages and ``told_at`` in one transaction, each message once by its unique key."""
    alerts = list(
        Alert.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked, of=("self",))
        .filter(told_at__isnull=True).select_related("duty").order_by("pk")[:BATCH]
    )  # fmt: skip
    if not alerts:
        return 0
    people: dict[int, list[Any]] = {}
    leaders: dict[int, list[Any]] = {}
    rows = Membership.objects.filter(
        body_id__in={a.duty.body_id for a in alerts if a.duty.body_id}, active=True, role__in=TOLD, user__is_active=True
    ).select_related("user")  # fmt: skip
    for row in rows:
        for told in (people, leaders) if row.role == Membership.Role.LEADER else (people,):
            if row.user not in told.setdefault(row.body_id, []):
                told[row.body_id].append(row.user)
    messages = [
        message
        for alert in alerts
        for user in (leaders if alert.kind == Alert.Kind.ESCALATED else people).get(alert.duty.body_id or 0, ())
        for message in _messages(alert, user, at)
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)
    Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(told_at=at)
    return len(alerts)


def _messages(alert: Alert, user: Any, at: dt.datetime) -> list[Message]:
    duty = alert.duty
    late = {"must": "逾期"}.get(duty.strength, "滞后")
    past = {Alert.Kind.OVERDUE: f"已{late}", Alert.Kind.ESCALATED: f"请督办，已{late}"}
    words = past.get(Alert.Kind(alert.kind), alert.get_kind_display())
    shared: dict[str, Any] = {
        "event": f"duty:{duty.uid}:{alert.kind}:{alert.occurrence.isoformat()}",
        "recipient": user,
        "title": f"{words}：{duty.subject_title}"[:200],
        "text": f"{duty.rule_id} 要求{date_words(duty.due_on)}前完成。",
        "link": duty.subject_link,
        "subject_type": duty.subject_type,
        "subject_uid": duty.subject_uid,
        "created_at": at,
    }
    channels = [Message.Channel.INBOX, *([Message.Channel.EMAIL] if user.email else [])]
    return [Message(channel=channel, **shared) for channel in channels]
