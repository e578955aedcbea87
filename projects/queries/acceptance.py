"""Acceptance as pages, papers and gates read it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from approvals.standing import Standing
from offices.calendar import calendar
from offices.models import Duty, User
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.words import date_words
from projects.gates import facts_held, gates_of_project, kinds_at, situations
from projects.models import Acceptance, Defect, Project, SeparateAcceptance
from projects.queries.duties import DutyRow, duty_rows
from projects.rules.acceptance import REPORT, Asked, parties, separate
from projects.rules.gates import GateAnswer
from projects.rules.stages import steps_asked
from projects.rules.warranty import Filing, Part, filing, warranty

KINDS = frozenset({"acceptance_parties", "acceptance_filing", "separate_acceptances"})


def parts_of(row: Acceptance, layers: Layers) -> tuple[Part, ...]:
    """Warranty of each part of a confirmed acceptance; none before (no query)."""
    if row.passed_on is None:
        return ()
    return warranty(
        layers, day=row.passed_on, accepted_on=row.passed_on, design_life=row.design_life, seasons_end=row.seasons_end
    )


def filing_of(row: Acceptance, layers: Layers) -> Filing | None:
    """Last day for filing a confirmed acceptance."""
    if row.passed_on is None:
        return None
    return filing(layers, day=row.passed_on, accepted_on=row.passed_on, calendar=calendar())


@dataclass(frozen=True)
class AcceptancePage:
    """All of an acceptance, for its page and its printed table."""

    project: Project
    row: Acceptance | None
    asked: tuple[Asked, ...]
    separate: tuple[tuple[Asked, SeparateAcceptance | None], ...]
    parties: Sequence[Any]
    missing: tuple[Asked, ...]
    defects: Sequence[Defect]
    spot_checks: Sequence[Any]
    parts: tuple[Part, ...]
    filing: Filing | None
    duties: Sequence[DutyRow]
    gates: Sequence[GateAnswer]

    @property
    def open_defects(self) -> int:
        """Defects that are not done yet."""
        return sum(defect.state != Defect.State.DONE for defect in self.defects)


def acceptance_page(project: Project, *, today: Any) -> AcceptancePage:
    """The acceptance of a project with everything around it (a bounded number of queries)."""
    layers = layers_of(project.division)
    situation = None
    if project.stage == "works":
        kinds = kinds_at(layers, day=today, steps=steps_asked(project.stage))
        situation = situations([project], kinds=kinds)[project.uid]
    facts = situation.facts if situation else facts_held(project)
    row = (
        Acceptance.objects.filter(project=project)
        .select_related("opened_by", "passed_by", "filed_by", "filing_checked_by", "report", "filing", "division")
        .first()
    )
    day = row.held_on if row else today
    done = {
        item.key: item
        for item in project.separate_acceptances.select_related("entered_by", "checked_by", "file").order_by("pk")
    }
    asked = parties(layers, day=day, facts=facts)
    signed = (
        list(row.parties.filter(withdrawn_at__isnull=True).select_related("scan", "entered_by").order_by("pk"))
        if row
        else []
    )
    present = {party.key for party in signed if party.agrees} | ({REPORT} if row and row.report_id else set())
    gates = gates_of_project(project, layers=layers, day=today, situation=situation) if situation and not row else []
    duties = Duty.objects.filter(subject_type="acceptance", subject_uid=row.uid).order_by("due_on", "pk") if row else ()
    if row:
        row.project = project
    return AcceptancePage(
        project=project,
        row=row,
        asked=asked,
        separate=tuple((each, done.get(each.key)) for each in separate(layers, day=day, facts=facts)),
        parties=signed,
        missing=tuple(each for each in asked if each.key not in present),
        defects=list(row.defects.select_related("photo", "mended_by", "seen_by", "entered_by")) if row else [],
        spot_checks=list(row.spot_checks.select_related("body").order_by("pk")) if row else [],
        parts=parts_of(row, layers) if row else (),
        filing=filing_of(row, layers) if row else None,
        duties=duty_rows(duties, today),
        gates=[gate for gate in gates if gate.blocks and gate.gate.evidence != "acceptance_parties"],
    )


def source(subjects: Sequence[UUID]) -> Mapping[UUID, Iterable[Standing]]:
    """What acceptances say to the gates: who has signed, parts accepted apart, the filing (three queries)."""
    found: dict[UUID, list[Standing]] = defaultdict(list)
    rows = Acceptance.objects.filter(project__uid__in=subjects).select_related("project").prefetch_related("parties")
    for row in rows:
        found[row.project.uid] += _of(row)
    apart: dict[UUID, list[SeparateAcceptance]] = defaultdict(list)
    for item in SeparateAcceptance.objects.filter(project__uid__in=subjects).select_related("project").order_by("pk"):
        apart[item.project.uid].append(item)
    for uid, items in apart.items():
        found[uid].append(_apart(uid, items))
    return found


def _of(row: Acceptance) -> list[Standing]:
    url = f"/staff/projects/{row.project.uid}/acceptance/"
    signed = {party.key for party in row.parties.all() if party.withdrawn_at is None and party.agrees}
    figures = dict.fromkeys(signed | ({REPORT} if row.report_id else set()), True)
    if row.passed_on is None:
        words = f"竣工验收已登记（{len(signed)} 方已签字），须由第二人确认"
        return [Standing("acceptance_parties", figures, row.held_on, words, url, settled=False)]
    words = f"竣工验收，{date_words(row.passed_on)}合格"
    found = [Standing("acceptance_parties", figures, row.passed_on, words, url)]
    if row.filed_on is not None:
        checked = row.filing_checked_by_id is not None
        words = f"备案编号{row.filing_number}，{date_words(row.filed_on)}{'' if checked else '，待第二人复核'}"
        found.append(Standing("acceptance_filing", {}, row.filed_on, words, url, settled=checked))
    return found


def _apart(uid: UUID, items: list[SeparateAcceptance]) -> Standing:
    """What a second person has checked counts; the rest is missing by name."""
    good = {item.key: True for item in items if item.checked_by_id is not None}
    words = (
        "；".join(f"{item.body}{date_words(item.passed_on)}" for item in items if item.key in good) or "待第二人复核"
    )
    return Standing(
        "separate_acceptances", good, max(item.passed_on for item in items), words, f"/staff/projects/{uid}/acceptance/"
    )


def acceptances_in_scope(user: User) -> Any:
    """Acceptances that the user sees, newest first."""
    return Acceptance.objects.visible_to(user).select_related("project", "division").order_by("-held_on", "-pk")
