"""What a rule touches: projects that its gates wait for or have let through, its deadlines, exceptions to it, cases on its route."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Q, QuerySet

from approvals.models import Case, GateException
from offices.models import Division, Duty, User
from policies.layers import Layers
from policies.load import Library
from policies.model import Rule
from policies.words import date_words
from projects.models import Project
from projects.rules.gates import gates_of
from projects.rules.stages import MOVE, ORDER, STAGE, STEP_LABELS

Part = Literal["ahead", "behind", "open", "done", "exceptions", "cases"]
PARTS: dict[Part, str] = {
    "ahead": "还要过这道关口的项目", "behind": "已过这道关口的项目", "open": "未完成的时限", "done": "已完成的时限",
    "exceptions": "登记的例外", "cases": "按它走的审批件",
}  # fmt: skip
# Steps without a move of their own: until which stage their gates lie ahead.
LAST_STAGE = {"survey": "reserve", "declare": "planned", "works": "works"}


@dataclass(frozen=True)
class Touched:
    """One thing that a rule touches: a project, a deadline, an exception or a case."""

    title: str
    link: str
    place: str
    said: str


def governed(library: Library, rule: Rule) -> list[Layers]:
    """Layers of every rulebook over which the rule stands."""
    every = [library.layers(book.document.place) for book in library]
    return [layers for layers in every if any(book.rule(rule.id) for book in layers.books)]


def rows_of(
    part: Part, *, rule: Rule, layers: Sequence[Layers], user: User, division: Division | None, day: dt.date
) -> QuerySet[Any]:  # fmt: skip
    """Rows of a part in the user's scope and the division in view, not yet read."""
    seen = user.scope.q() & (Q(**{division.column: division.pk}) if division else Q())
    if part in ("ahead", "behind"):
        asked = _gates(rule, layers, day, ahead=part == "ahead")
        return Project.objects.filter(seen, asked).select_related("division").order_by("-pk")
    if part in ("open", "done"):
        found = Duty.objects.filter(seen, rule_id=rule.id, state=part)
        return found.select_related("division").order_by("due_on" if part == "open" else "-due_on", "pk")
    if part == "exceptions":
        return GateException.objects.filter(seen, rule_id=rule.id).select_related("division").order_by("-pk")
    return Case.objects.visible_to(user).filter(seen, rule_id=rule.id).select_related("division").order_by("-pk")


def _gates(rule: Rule, layers: Sequence[Layers], day: dt.date, *, ahead: bool) -> Q:
    """Projects for which a gate of the rule lies ahead, or all of its gates that concern them lie behind.

    Where a lower document speaks on the same evidence, its gate governs and this one concerns no project there.
    """
    waits, concerned = Q(pk__in=()), Q(pk__in=())
    for provision in rule.provisions:
        if provision.kind != "gate":
            continue
        step, wanted = provision.params.step, provision.params.applies_when
        places = [
            each.place for each in layers if provision in gates_of(each, day=day, step=step, facts=frozenset(wanted))
        ]
        last = ORDER[MOVE[step].source if step in MOVE else LAST_STAGE[step]]
        facts = _facts(wanted) & Q(rulebook__in=places)
        waits |= facts & Q(stage__in=[key for key, number in ORDER.items() if number <= last])
        concerned |= facts
    return waits if ahead else concerned & ~waits


def _facts(names: Iterable[str]) -> Q:
    found = ~Q(pk__in=())
    for name in names:
        found &= Q(central_subsidy=True) if name == "central_subsidy" else Q(**{f"facts__{name}": True})
    return found


def shown(part: Part, rows: Iterable[Any]) -> list[Touched]:
    """Rows of a page in words (one query for the names of what exceptions are of)."""
    found = list(rows)
    if part in ("ahead", "behind"):
        return [
            Touched(row.name, f"/staff/projects/{row.uid}/", row.division.name, STAGE[row.stage].label) for row in found
        ]
    if part in ("open", "done"):
        return [Touched(row.subject_title, row.subject_link, row.division.name, _due(row)) for row in found]
    if part == "cases":
        return [
            Touched(row.title, f"/staff/cases/{row.uid}/", row.division.name, row.get_state_display()) for row in found
        ]
    names = dict(Project.objects.filter(uid__in=[row.subject_uid for row in found]).values_list("uid", "name"))
    return [_exception(row, names) for row in found]


def _exception(row: GateException, names: Mapping[Any, str]) -> Touched:
    link = f"/staff/projects/{row.subject_uid}/" if row.subject_uid in names else ""
    ended = "（已撤销）" if row.withdrawn_at else ""
    said = f"{STEP_LABELS[row.step]}：{row.document_number or '负责人写明理由'}{ended}"  # type: ignore[index]
    return Touched(names.get(row.subject_uid, "年度计划"), link, row.division.name, said)


def _due(row: Duty) -> str:
    done = f"，{date_words(row.done_on)}完成" if row.done_on else f"，{row.get_mark_display()}"
    return f"{date_words(row.due_on)}到期{done}"
