"""Due days of a plan or a project, from every document of its place. Programme targets are not among them."""

import calendar as months
import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

from policies.answer import because
from policies.calendar import DAY, WorkingCalendar
from policies.kinds import MILESTONE_LABELS, BeforeFestival, Deadline, FixedDay, Milestone
from policies.layers import Layers
from policies.model import Provision, Strength
from policies.refusal import Reason
from policies.registry import answers
from policies.words import date_words

Subject = Literal["plan", "project"]


@dataclass(frozen=True)
class Due:
    """One due day (an Asia/Shanghai day; it does not move for rest days, N-05).

    ``applicable`` is False where the day lies before the document came into force; ``reason`` then says so.
    """

    provision: Provision
    milestone: Milestone
    day: dt.date
    applicable: bool
    reason: Reason

    @property
    def rule(self) -> str:
        """ID of the rule that sets the day."""
        return self.provision.rule_id

    @property
    def strength(self) -> Strength:
        """Strength of the rule that sets the day."""
        return self.provision.strength

    @property
    def label(self) -> str:
        """The milestone in Chinese."""
        return MILESTONE_LABELS[self.milestone]


@answers("deadline")
def deadlines(
    layers: Layers, *, day: dt.date, subject: Subject, plan_year: int, national_task: bool, calendar: WorkingCalendar
) -> tuple[Due, ...]:
    """Every due day of ``subject`` for ``plan_year`` under the documents in force on ``day``, sorted by day, any year.

    Each milestone is answered by the lowest document that speaks on it; an upper must or floor with an earlier day replaces it, an
    upper one with a later day never loosens it. Empty: 未作规定. ValueError where a festival of that year can't be computed.
    """
    found: list[Due] = []
    for milestone in get_args(Milestone):

        def asked(provision: Provision, milestone: str = milestone) -> bool:
            rule: Deadline = provision.params
            return (
                rule.subject == subject
                and rule.milestone == milestone
                and (national_task or not rule.national_task_only)
            )

        uppers = [_due(layers, p, plan_year, calendar) for p in layers.uppers("deadline", day, asked)]
        for provision in layers.governing("deadline", day, asked):
            found.append(_tightened(_due(layers, provision, plan_year, calendar), uppers))
    return tuple(sorted(dict.fromkeys(found), key=lambda due: due.day))


def _tightened(lowest: Due, uppers: list[Due]) -> Due:
    """The lowest answer, or an applicable upper one that falls earlier. One that does not apply gives way to any that does."""
    stricter = [due for due in uppers if due.applicable and (not lowest.applicable or due.day < lowest.day)]
    return min(stricter, key=lambda due: due.day, default=lowest)


def _due(layers: Layers, provision: Provision, plan_year: int, calendar: WorkingCalendar) -> Due:
    rule: Deadline = provision.params
    day = due_day(rule.due, plan_year, calendar)
    start = provision.in_force_from
    applicable = start is None or day >= start
    text = f"{MILESTONE_LABELS[rule.milestone]}：{date_words(day)}"
    if not applicable and start is not None:
        text += f"，早于文件施行之日{date_words(start)}，不适用"
    return Due(provision, rule.milestone, day, applicable, because(layers, provision, text))


def due_day(due: FixedDay | BeforeFestival, plan_year: int, calendar: WorkingCalendar) -> dt.date:
    """The day itself: a fixed day or month end of the year meant, or the day before the Spring Festival."""
    year = plan_year + due.year_offset
    if isinstance(due, BeforeFestival):
        return calendar.spring_festival(year) - DAY
    last = months.monthrange(year, due.month)[1]
    return dt.date(year, due.month, last if due.day == "end" else min(due.day, last))
