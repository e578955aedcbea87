"""Deadlines as the pages and the API show them: each with its clause, the word of its strength, and how late it is."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from approvals.rules.strength import overdue_word
from offices.models import Division, Duty, User
from offices.rehearsal import rehearsed
from offices.rulebooks import library
from policies.answer import citation
from policies.model import STRENGTH_LABELS
from policies.refusal import Citation
from projects.models import Acceptance, Project
from projects.rules.moving import Fixed, Shift
from projects.rules.warranty import milestone_words

TYPES = ("annualplan", "project", "acceptance")


@dataclass(frozen=True)
class DutyRow:
    """A duty with what its document says. ``late_word`` is 逾期 or 滞后, empty while it is not late."""

    duty: Duty
    citation: Citation | None
    label: str
    strength: str
    late_word: str

    @property
    def state(self) -> str:
        """done, late, due (within a week), wait or none (not applicable): the kind of its status word."""
        if self.duty.state == Duty.State.NOT_APPLICABLE:
            return "none"
        if self.duty.state == Duty.State.DONE:
            return "done"
        return "late" if self.late_word else "wait"


class Clauses:
    """Citations of deadlines, looked up once per rulebook, rule and milestone."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Citation | None] = {}

    def of(self, duty: Duty) -> Citation | None:
        """The clause that sets the duty's day; None where the rulebook has it no more."""
        key = (duty.rulebook, duty.rule_id, duty.milestone)
        if key not in self._found:
            self._found[key] = self._look(*key)
        return self._found[key]

    def _look(self, place: str, rule_id: str, milestone: str) -> Citation | None:
        books = library()
        if place not in books:
            return None
        layers = books.layers(place)
        for book in layers.books:
            rule = book.rule(rule_id)
            for provision in rule.provisions if rule else ():
                if provision.kind == "warranty" or (
                    provision.kind == "deadline" and provision.params.milestone == milestone
                ):
                    return citation(layers, provision)
        return None


def duty_rows(duties: Iterable[Duty], today: dt.date) -> list[DutyRow]:
    """Duties ready to be shown, in the order given. No query."""
    clauses = Clauses()
    return [_row(duty, clauses.of(duty), today) for duty in duties]


def _row(duty: Duty, clause: Citation | None, today: dt.date) -> DutyRow:
    last = duty.done_on if duty.state == Duty.State.DONE else today
    late = duty.state != Duty.State.NOT_APPLICABLE and last is not None and last > duty.due_on
    return DutyRow(
        duty=duty,
        citation=clause,
        label=milestone_words(duty.milestone),
        strength=STRENGTH_LABELS.get(duty.strength, duty.strength),  # type: ignore[call-overload]
        late_word=overdue_word(duty.strength) if late else "",  # type: ignore[arg-type]
    )


def duties_of(subjects: Sequence[Any], today: dt.date) -> dict[UUID, list[DutyRow]]:
    """Duties of plans and projects, by uid, earliest first (one query)."""
    found: dict[UUID, list[DutyRow]] = defaultdict(list)
    rows = Duty.objects.filter(subject_type__in=TYPES, subject_uid__in=[subject.uid for subject in subjects]).order_by(
        "due_on", "pk"
    )
    for row in duty_rows(rows, today):
        found[row.duty.subject_uid].append(row)
    return found


def fixed_days(subjects: Sequence[Any], today: dt.date) -> dict[UUID, list[Fixed]]:
    """Days that documents fix for plans and projects and that are still open, by uid (one query)."""
    rows = duties_of(subjects, today)
    return defaultdict(list, {
        uid: [
            Fixed(row.duty.milestone, row.duty.due_on, row.duty.strength, row.citation)  # type: ignore[arg-type]
            for row in found if row.duty.state == Duty.State.OPEN
        ]
        for uid, found in rows.items()
    })  # fmt: skip


@dataclass(frozen=True)
class Overdue:
    """What one rule asked by one day and is still open: ``number`` duties. ``title`` and ``link`` are of the only one, else empty."""

    rule_id: str
    due_on: dt.date
    strength: str
    labels: tuple[str, ...]
    number: int
    years: tuple[int, ...]
    title: str = ""
    link: str = ""


def overdue(duties: QuerySet[Duty], *, today: dt.date, most: int) -> list[Overdue]:
    """Open duties past their day, those of one rule and day together, the latest day first, at most ``most`` lines (one query)."""
    late = duties.filter(state=Duty.State.OPEN, due_on__lt=today).order_by(
        "-due_on", "rule_id", "milestone", "plan_year"
    )
    counted = late.values("rule_id", "due_on", "strength", "milestone", "plan_year").annotate(
        number=Count("pk"), title=Min("subject_title"), link=Min("subject_link")
    )
    groups: dict[tuple[str, dt.date], list[Any]] = defaultdict(list)
    for row in counted.iterator(chunk_size=most):
        key = (row["rule_id"], row["due_on"])
        if key not in groups and len(groups) == most:
            break
        groups[key].append(row)
    return [_together(*key, rows) for key, rows in groups.items()]


def _together(rule_id: str, due_on: dt.date, rows: Sequence[Any]) -> Overdue:
    number = sum(row["number"] for row in rows)
    labels = tuple(dict.fromkeys(milestone_words(row["milestone"]) for row in rows))
    years = tuple(sorted({row["plan_year"] for row in rows}))
    strength = next((row["strength"] for row in rows if row["strength"] == "must"), rows[0]["strength"])
    only = rows[0] if number == 1 else {"title": "", "link": ""}
    return Overdue(rule_id, due_on, strength, labels, number, years, only["title"], only["link"])


def due_days(project: Project) -> dict[tuple[Any, ...], tuple[str, dt.date, Citation | None]]:
    """Open days of a project and its acceptances: (subject, rule, milestone) → words, day, clause (two queries)."""
    subjects = [project.uid, *Acceptance.objects.filter(project=project).values_list("uid", flat=True)]
    rows = Duty.objects.filter(subject_type__in=TYPES, subject_uid__in=subjects, state=Duty.State.OPEN).order_by(
        "due_on", "pk"
    )
    clauses = Clauses()
    return {
        (row.subject_uid, row.rule_id, row.milestone): (milestone_words(row.milestone), row.due_on, clauses.of(row)) for row in rows
    }  # fmt: skip


def moved_by(act: Callable[[], Any], project: Project) -> list[Shift]:
    """Open days that an act would move, bring or take away, each with its clause; nothing is done. Raises what the act raises."""
    before = due_days(project)

    def acted() -> Any:
        act()
        return due_days(project)

    after = rehearsed(acted)
    found = []
    for key in dict.fromkeys((*before, *after)):
        label, _, clause = after.get(key) or before[key]
        one, two = (held[key][1] if key in held else None for held in (before, after))
        if one != two:
            found.append(Shift(label, one, two, clause, "" if one and two else "新增" if two else "不再计算"))
    return found


def duties_in_scope(
    user: User,
    *,
    today: dt.date,
    division: Division | None = None,
    year: int | None = None,
    state: str = "",
    rule: str = "",
) -> Any:
    """Duties that the user sees, earliest first, filtered. ``state``: open, ahead (not yet due), week, soon (30
    days), late, done, not_applicable, empty for all; what is late comes latest day first."""
    rows = Duty.objects.filter(user.scope.q(), subject_type__in=TYPES).select_related("body", "division")
    if division is not None:
        rows = rows.filter(**{division.column: division.pk})
    if year is not None:
        rows = rows.filter(plan_year=year)
    if rule:
        rows = rows.filter(rule_id=rule)
    conditions = {
        "open": Q(state=Duty.State.OPEN),
        "late": Q(state=Duty.State.OPEN, due_on__lt=today),
        "ahead": Q(state=Duty.State.OPEN, due_on__gte=today),
        "week": Q(state=Duty.State.OPEN, due_on__range=(today, today + dt.timedelta(days=7))),
        "soon": Q(state=Duty.State.OPEN, due_on__range=(today, today + dt.timedelta(days=30))),
        "done": Q(state=Duty.State.DONE),
        "not_applicable": Q(state=Duty.State.NOT_APPLICABLE),
    }
    if state in conditions:
        rows = rows.filter(conditions[state])
    return rows.order_by("-due_on" if state == "late" else "due_on", "pk")
