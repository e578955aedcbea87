"""Reads of what stands before the start of the works: the one page of all permits, and what the gates are told of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Value
from django.urls import reverse

from approvals.models import Paper
from approvals.standing import Standing
from offices.models import User
from offices.once import keep, kept
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.kinds import Fact
from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation, Reason
from projects.gates import facts_held, gates_of_project, kinds_at, papers_held, situations
from projects.models import ContractMode, Party, Permit, PermitFacts, Project, SchemeItem, VehicleCertificate
from projects.rules.evidence import UNCHECKED
from projects.rules.gates import GateAnswer
from projects.rules.parties import ROLES
from projects.rules.permits import FACT_LABELS, PERMIT_LABELS, Permits, permits
from projects.rules.start import (
    SUPERVISOR,
    WAIVABLE,
    Blocked,
    Demand,
    blocked,
    demands,
    mode_asked,
    roles_asked,
    waivers,
)

Entries = dict[UUID, dict[str, dict[str, Permit | Party | ContractMode]]]


def latest_facts(project: Project) -> PermitFacts | None:
    """The facts as last stated."""
    rows = PermitFacts.objects.filter(project=project).select_related("by", "body", "commitment")
    return rows.order_by("-pk").first()


def facts_words(row: PermitFacts) -> dict[Fact, bool]:
    """The stated facts by key."""
    return {key: bool(getattr(row, key)) for key in FACT_LABELS}


def demands_of(project: Project, *, day: dt.date) -> tuple[Demand, ...]:
    """Every paper that may be entered for the start of a project, those among them that its facts leave needed."""
    layers = layers_of(project.division)
    return _demands(layers, facts_held(project), day)


def _demands(layers: Layers, facts: frozenset[str], day: dt.date) -> tuple[Demand, ...]:
    waiving = waivers(layers, day=day)
    more = (
        tuple(Demand(WAIVABLE, key, label, citation(layers, waiving)) for key, label in PERMIT_LABELS.items())
        if waiving
        else ()
    )
    return demands(layers, day=day, facts=facts) + more


def held_entries(subjects: Sequence[UUID]) -> Entries:
    """Entries that count, by project, evidence and key (three queries)."""
    found: Entries = {uid: defaultdict(dict) for uid in subjects}
    related = ("project", "entered_by", "checked_by", "file")
    for permit in Permit.objects.filter(project__uid__in=subjects, current=True).select_related(*related):
        found[permit.project.uid][permit.evidence][permit.key] = permit
    for party in Party.objects.filter(project__uid__in=subjects, current=True).select_related(*related):
        found[party.project.uid]["procurement"][party.role] = party
        if party.role == SUPERVISOR:
            found[party.project.uid]["supervision"][""] = party
    for mode in ContractMode.objects.filter(project__uid__in=subjects, current=True).select_related(*related):
        found[mode.project.uid]["contract_mode"][""] = mode
    for uid, rows in found.items():
        keep(
            ("told", uid), {evidence: {key: _told(row) for key, row in held.items()} for evidence, held in rows.items()}
        )
    return found


@dataclass(frozen=True)
class Told:
    """As much of an entry as a gate asks for. ``mode`` and ``reason``: of the way in which the contract is let."""

    day: dt.date
    checked: bool
    mode: str = ""
    reason: str = ""


def _told(row: Permit | Party | ContractMode) -> Told:
    mode, reason = (row.mode, row.reason) if isinstance(row, ContractMode) else ("", "")
    return Told(row.day, row.checked, mode, reason)


def told_entries(subjects: Sequence[UUID]) -> dict[UUID, dict[str, dict[str, Told]]]:
    """``held_entries`` as gates ask for them, without the papers and who entered them (one query; none where they are read)."""
    read = {uid: rows for uid in subjects if (rows := kept(("told", uid))) is not None}
    if len(read) == len(subjects):
        return read
    permits, *others = (
        model._default_manager.filter(project__uid__in=subjects, current=True)
        .order_by()
        .values_list("project__uid", evidence, key, "day", "checked_by", mode, reason)
        for model, evidence, key, mode, reason in (
            (Permit, "evidence", "key", Value(""), Value("")),
            (Party, Value("procurement"), "role", Value(""), Value("")),
            (ContractMode, Value("contract_mode"), Value(""), "mode", "reason"),
        )
    )
    found: dict[UUID, dict[str, dict[str, Told]]] = {uid: defaultdict(dict) for uid in subjects}
    for uid, evidence, key, day, checked, mode, reason in permits.union(*others, all=True):
        entry = found[uid][evidence][key] = Told(day, checked is not None, mode, reason)
        if evidence == "procurement" and key == SUPERVISOR:
            found[uid]["supervision"][""] = entry
    for uid, rows in found.items():
        keep(("told", uid), rows)
    return found


def start_papers(subjects: Sequence[UUID]) -> dict[UUID, list[Standing]]:
    """The entries as evidence at the gates, joined with the ticks of a recorded paper of the same evidence (two queries)."""
    entries = told_entries([row.uid for row in kept(("subjects", tuple(subjects))) or ()] or subjects)
    asking = [uid for uid, rows in entries.items() if rows]
    papers = {(paper.subject_uid, paper.evidence): paper for paper in _papers_of(asking)}
    found: dict[UUID, list[Standing]] = {}
    for uid in asking:
        rows = [
            _standing(uid, evidence, held, papers.get((uid, evidence)))
            for evidence, held in entries[uid].items()
            if evidence != WAIVABLE
        ]
        found[uid] = [row for row in rows if row is not None]
    return found


def _papers_of(projects: Sequence[UUID]) -> Iterable[Paper]:
    """Papers in force (one query; none where the page has read them)."""
    read: list[list[Paper] | None] = [kept(("papers", uid)) for uid in projects]
    if None not in read:
        return [paper for rows in read for paper in rows or ()]
    return Paper.objects.filter(subject_type="project", subject_uid__in=projects, superseded_by__isnull=True)


def _standing(uid: UUID, evidence: str, held: Mapping[str, Told], paper: Paper | None) -> Standing | None:
    """One evidence: ticks of its checked entries; what nobody has checked yet is told apart."""
    day = max(row.day for row in held.values())
    url = reverse("projects:permits", args=[uid])
    checked = paper is not None and paper.checked_by_id is not None
    if "" in held:
        row = held[""]
        if not row.checked:
            # A checked paper goes on answering until the entry that will replace it is checked too.
            return None if checked else Standing(evidence, {}, day, "已录入，待第二人复核", url, settled=False)
        figures = {"mode": row.mode, "reason": row.reason} if row.mode else {}
        return Standing(evidence, figures, day, "开工手续一窗登记", url)
    ticks: dict[str, Any] = {}
    if paper is not None:
        ticks = {key: True if checked else UNCHECKED for key, value in paper.figures.items() if value is True}
    for key, row in held.items():
        if row.checked or key not in ticks:
            ticks[key] = True if row.checked else UNCHECKED
    return Standing(evidence, ticks, day, "开工手续一窗登记", url)


@dataclass(frozen=True)
class DemandRow:
    """A paper that is asked for, with what is entered of it. ``by_paper``: a recorded paper of the project says that it is there."""

    demand: Demand
    entry: Permit | None
    by_paper: bool = False

    @property
    def state(self) -> str:
        """done, wait or late, for the status word."""
        if self.by_paper or (self.entry and self.entry.checked):
            return "done"
        return "wait" if self.entry else "late"


@dataclass(frozen=True)
class PermitRow:
    """One of the permits that facts may waive."""

    key: str
    label: str
    waived: bool
    words: str
    entry: Permit | None


@dataclass(frozen=True)
class PartyRow:
    """A role, the clause that asks for it (None: no document does), and the unit."""

    role: str
    label: str
    citation: Citation | None
    entry: Party | None


@dataclass(frozen=True)
class PermitsPage:
    """Everything on the one page before the start."""

    project: Project
    gates: list[GateAnswer]
    rows: tuple[DemandRow, ...]
    facts: PermitFacts | None
    waiving: Provision | None
    waiver_citation: Citation | None
    permits: tuple[PermitRow, ...]
    blocked: tuple[Blocked, ...]
    parties: tuple[PartyRow, ...]
    mode_citation: Citation | None
    mode: ContractMode | None
    elevator: bool
    lifts: tuple[SchemeItem, ...]
    lift_clauses: tuple[tuple[str, Citation], ...]
    certificates: tuple[VehicleCertificate, ...]
    certificate_citation: Citation | None

    @property
    def waiting(self) -> list[tuple[str, str, Permit | Party | ContractMode]]:
        """(kind, label, entry) that wait for a second person."""
        rows: list[tuple[str, str, Permit | Party | ContractMode | None]] = [
            *(("permit", row.demand.label, row.entry) for row in self.rows),
            *(("permit", row.label, row.entry) for row in self.permits),
            *(("party", row.label, row.entry) for row in self.parties),
            ("mode", "承包方式", self.mode),
        ]
        return [(kind, label, entry) for kind, label, entry in rows if entry is not None and not entry.checked]

    @property
    def against(self) -> int:
        """How many things stand against the start."""
        return sum(gate.blocks for gate in self.gates) + len(self.blocked)


def permits_page(project: Project, *, day: dt.date) -> PermitsPage:
    """The page in a bounded number of queries."""
    layers = layers_of(project.division)
    recorded = papers_held([project])
    kinds = kinds_at(layers, day=day, steps=("start",))
    held = held_entries([project.uid])[project.uid]
    situation = situations([project], kinds=kinds, papers=recorded)[project.uid]
    facts_held = situation.facts
    papers = {paper.evidence: paper.figures for paper in recorded[project.uid] if paper.checked_by_id is not None}
    stated = latest_facts(project)
    waiving = waivers(layers, day=day)
    answer = _answer(layers, stated, day)
    asked = roles_asked(layers, day=day, facts=facts_held)
    elevator = "elevator" in facts_held or "elevator" in situation.works
    parties: Any = held["procurement"]
    mode: Any = held["contract_mode"].get("")
    return PermitsPage(
        project=project,
        gates=gates_of_project(project, layers=layers, day=day, steps=("start",), situation=situation),
        rows=tuple(_demand_row(demand, held, papers) for demand in demands(layers, day=day, facts=facts_held)),
        facts=stated,
        waiving=waiving,
        waiver_citation=citation(layers, waiving) if waiving else None,
        permits=_permit_rows(answer, held[WAIVABLE]),
        blocked=_blocked(waiving, answer, held[WAIVABLE]),
        parties=tuple(PartyRow(role, label, asked.get(role), parties.get(role)) for role, label in ROLES.items()),
        mode_citation=mode_asked(layers, day=day, facts=facts_held),
        mode=mode,
        elevator=elevator,
        lifts=_lifts(project) if elevator else (),
        lift_clauses=_clauses(layers, day, "加装电梯") if elevator else (),
        certificates=tuple(VehicleCertificate.objects.filter(project=project).select_related("body").order_by("-pk")),
        certificate_citation=certificate_citation(layers, day),
    )


def _demand_row(demand: Demand, held: Mapping[str, Mapping[str, Any]], papers: Mapping[str, Any]) -> DemandRow:
    entry = held.get(demand.evidence, {}).get(demand.key)
    figures = papers.get(demand.evidence)
    told = figures is not None and (not demand.key or figures.get(demand.key) is True)
    return DemandRow(demand, entry, by_paper=told)


def _answer(layers: Layers, stated: PermitFacts | None, day: dt.date) -> Permits | None:
    return permits(layers, day=day, facts=facts_words(stated)) if stated else None


def _why(answer: Permits | None) -> dict[str, str]:
    if answer is None:
        return {}
    return {key: "、".join(_negated(fact) for fact in facts) for key, facts in answer.standing_against.items()}


def _negated(fact: Fact) -> str:
    """What of the fact stands against the waiver: low risk and the commitment by being absent, all others by being there."""
    if fact in {"low_risk", "commitment_signed"}:
        return {"low_risk": "不是低风险项目", "commitment_signed": "没有告知承诺"}[fact]
    return f"涉及{FACT_LABELS[fact]}"


def _permit_rows(answer: Permits | None, held: Mapping[str, Any]) -> tuple[PermitRow, ...]:
    if answer is None:
        return ()
    why = _why(answer)
    return tuple(
        PermitRow(
            key, label, key in answer.waived,
            answer.waived_by[key][1] if key in answer.waived_by else why.get(key, ""), held.get(key),
        )
        for key, label in PERMIT_LABELS.items()
    )  # fmt: skip


def _blocked(waiving: Provision | None, answer: Permits | None, held: Mapping[str, Any]) -> tuple[Blocked, ...]:
    if waiving is None:
        return ()
    return blocked(answer, {key: row.checked for key, row in held.items()}, _why(answer))


def permit_reasons(project: Project, *, layers: Layers, day: dt.date) -> list[Reason]:
    """RC-17 at the start of the works: permits that the facts leave needed and that are not there, each with the clause."""
    waiving = waivers(layers, day=day)
    if waiving is None:
        return []
    held = told_entries([project.uid])[project.uid].get(WAIVABLE, {})
    found = _blocked(waiving, _answer(layers, latest_facts(project), day), held)
    cited = citation(layers, waiving)
    return [Reason(text=row.text, citation=cited, missing=row.missing, subject=project.name) for row in found]


def _lifts(project: Project) -> tuple[SchemeItem, ...]:
    """Lift items of the scheme as it is being written, building by building."""
    rows = SchemeItem.objects.filter(scheme__project=project, five="elevator").select_related("building", "community")
    return tuple(rows.order_by("position", "pk"))


def _clauses(layers: Layers, day: dt.date, word: str) -> tuple[tuple[str, Citation], ...]:
    """What the documents say where they use a word."""
    return tuple((p.quote, citation(layers, p)) for p in layers.provisions("statement", day) if word in p.quote)


def certificate_citation(layers: Layers, day: dt.date) -> Citation | None:
    """The clause by which the 领导小组办公室 certifies vehicles (RC-18); None where no document does."""
    found = [p for p in layers.provisions("statement", day) if "渣土运输车" in p.quote and "证明" in p.quote]
    return citation(layers, found[0]) if found else None


def certificate_of(user: User, uid: UUID) -> VehicleCertificate | None:
    """A certificate of a project that the user sees."""
    rows = VehicleCertificate.objects.filter(project__in=Project.objects.visible_to(user), uid=uid)
    return rows.select_related("project__division", "project__county", "body__division", "by").first()
