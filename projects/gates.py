"""Gates asked of real plans and projects: gathers what is held, in a bounded number of queries, then asks the rules."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import cast
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.functional import SimpleLazyObject

from approvals.models import GateException, Paper
from approvals.standing import Standing, standing
from communities.models import Community
from communities.queries.organisations import Founded, founded_in
from offices.calendar import calendar
from offices.once import keep
from offices.rulebooks import layers_of
from policies.calendar import WorkingCalendar
from policies.kinds import Step
from policies.layers import Layers
from policies.refusal import Reason
from projects.content import lines_of, parts_read
from projects.models import AnnualPlan, Project
from projects.neighbours import neighbours_of
from projects.queries.schemes import current_values
from projects.rules.gates import GateAnswer, answer, gates_of, shown_once
from projects.rules.scheme import Scheme
from projects.rules.scheme_evidence import facts_of
from projects.rules.situation import Held, HeldException, HeldResult, Place, Situation
from projects.rules.stages import steps_asked

# Evidence that speaks of the year's plan as a whole; everything else is a project's.
BEFORE_DECLARATION: tuple[Step, ...] = ("survey", "plan", "declare")
OF_PLAN = frozenset({"fiscal_capacity", "department_plans", "division_survey", "no_hidden_debt"})


def kinds_at(layers: Layers, *, day: dt.date, steps: Iterable[Step]) -> frozenset[str]:
    """Kinds of evidence that guard these steps under any facts: what has to be gathered before the gates can be asked."""
    asked = frozenset(steps)
    return frozenset(p.params.evidence for p in layers.provisions("gate", day) if p.params.step in asked)


def papers_held(subjects: Sequence[AnnualPlan | Project]) -> dict[UUID, list[Paper]]:
    """Papers in force of several subjects with who entered and checked them (one query)."""
    found: dict[UUID, list[Paper]] = defaultdict(list)
    rows = Paper.objects.filter(subject_uid__in=[subject.uid for subject in subjects], superseded_by__isnull=True)
    for paper in rows.select_related("entered_by", "checked_by", "file").order_by("pk"):
        found[paper.subject_uid].append(paper)
    for subject in subjects:
        keep(("papers", subject.uid), found[subject.uid])
    return found


def exceptions_held(subjects: Sequence[AnnualPlan | Project]) -> dict[UUID, list[GateException]]:
    """Exceptions in force of several subjects (one query)."""
    found: dict[UUID, list[GateException]] = defaultdict(list)
    rows = GateException.objects.filter(
        subject_uid__in=[subject.uid for subject in subjects], withdrawn_at__isnull=True
    )
    for row in rows.select_related("by", "file").order_by("pk"):
        found[row.subject_uid].append(row)
    return found


def situations(
    subjects: Sequence[AnnualPlan | Project],
    *,
    kinds: Collection[str],
    papers: Mapping[UUID, Sequence[Paper]] | None = None,
    exceptions: Mapping[UUID, Sequence[GateException]] | None = None,
) -> dict[UUID, Situation]:
    """What is held for each subject, by uid: papers, the platform's own results, exceptions, communities (a bounded number of queries).

    ``kinds``: evidence that will be asked for (``kinds_at``); nothing is gathered of any other. ``papers`` and ``exceptions``: what the
    page has read already.
    """
    papers = papers_held(subjects) if papers is None else papers
    exceptions = exceptions_held(subjects) if exceptions is None else exceptions
    projects = [row for row in subjects if isinstance(row, Project)]
    _read_parts(projects)
    communities = {subject.uid: _communities(subject) for subject in subjects}
    asked = dict.fromkeys(community.uid for places in communities.values() for community in places)
    uids = [*(subject.uid for subject in subjects), *asked]
    keep(("subjects", tuple(uids)), subjects)
    results = standing(uids, kinds)
    days = cast(WorkingCalendar, SimpleLazyObject(calendar))  # few gates count working days
    kin = neighbours_of(projects) if "whole_area" in kinds else {}
    places = [community for each in communities.values() for community in each]
    founded = founded_in(places) if "signed_application" in kinds else {}
    schemes = current_values(projects, lambda row: layers_of(row.division))
    return {
        subject.uid: _situation(
            subject,
            communities[subject.uid],
            {paper.evidence: _held(paper) for paper in papers.get(subject.uid, ())},
            _joined(results[subject.uid], [results[community.uid] for community in communities[subject.uid]]),
            {(row.rule_id, row.step, row.evidence): _excepted(row) for row in exceptions.get(subject.uid, ())},
            days,
            kin,
            schemes.get(subject.uid),
            founded,
        )
        for subject in subjects
    }


def facts_held(project: Project) -> frozenset[str]:
    """Facts of a project that choose its gates: those stated, central subsidy, heritage, and what its scheme contains."""
    _read_parts([project])
    scheme = current_values([project], lambda row: layers_of(row.division)).get(project.uid)
    return _facts(project, _communities(project), scheme)


def _read_parts(projects: Sequence[Project]) -> None:
    """Communities of the projects, where they are not read yet (one query)."""
    prefetch_related_objects(projects, parts_read(), "parts__community")


def _held(paper: Paper) -> Held:
    return Held(figures=paper.figures, day=paper.day, checked=paper.checked_by_id is not None, paper=str(paper.uid))


def _excepted(row: GateException) -> HeldException:
    return HeldException(words=exception_words(row), uid=str(row.uid))


def _communities(subject: AnnualPlan | Project) -> list[Community]:
    """A project's communities: what was asked there before there was a project speaks for it too."""
    return [] if isinstance(subject, AnnualPlan) else [part.community for part in subject.parts.all()]


def _joined(
    own: Mapping[str, Sequence[Standing]], others: Sequence[Mapping[str, Sequence[Standing]]]
) -> dict[str, list[Standing]]:
    """The project's own results, and its communities' where it has none of its own for that evidence and community."""
    found = {evidence: list(rows) for evidence, rows in own.items()}
    for other in others:
        for evidence, rows in other.items():
            spoken = {row.community for row in found.get(evidence, ())}
            found.setdefault(evidence, []).extend(row for row in rows if not spoken & {row.community, None})
    return found


def exception_words(row: GateException) -> str:
    """How an exception is shown wherever its subject is shown."""
    if row.document_number:
        return f"例外：{row.issuer}{row.document_number}"
    return f"例外：{row.by}登记理由“{row.reason}”"


def _situation(
    subject: AnnualPlan | Project,
    communities: Sequence[Community],
    papers: dict[str, Held],
    results: Mapping[str, Sequence[Standing]],
    exceptions: dict[tuple[str, str, str], HeldException],
    days: WorkingCalendar,
    kin: Mapping[int, tuple[str, ...]],
    scheme: Scheme | None,
    founded: Mapping[int, tuple[Founded, ...]],
) -> Situation:
    if isinstance(subject, AnnualPlan):
        own = _results(results, {})
        return Situation(papers=papers, results=own, exceptions=exceptions, calendar=days)
    return Situation(
        papers=papers,
        results=_results(results, {community.uid: community.name for community in communities}),
        exceptions=exceptions,
        places=tuple(_place(community, founded.get(community.pk, ())) for community in communities),
        works=tuple(subject.works) if scheme is None else scheme.works,
        scheme=scheme,
        facts=_facts(subject, communities, scheme),
        neighbours=kin.get(subject.pk),
        calendar=days,
    )


def _facts(project: Project, communities: Sequence[Community], scheme: Scheme | None) -> frozenset[str]:
    facts = {key for key, holds in project.facts.items() if holds}
    if project.central_subsidy:
        facts.add("central_subsidy")
    if any(community.heritage for community in communities):
        facts.add("heritage")
    return frozenset(facts if scheme is None else facts | facts_of(scheme))


def _results(results: Mapping[str, Sequence[Standing]], names: Mapping[UUID, str]) -> dict[str, tuple[HeldResult, ...]]:
    """The platform's own results as gates see them; those of a community that has left the project no longer speak."""
    found: dict[str, tuple[HeldResult, ...]] = {}
    for evidence, rows in results.items():
        kept = tuple(
            HeldResult(
                row.figures, row.day, row.words, names[row.community] if row.community else "", row.url, row.settled
            )
            for row in rows
            if row.community is None or row.community in names
        )
        if kept:
            found[evidence] = kept
    return found


def _place(community: Community, organisations: tuple[Founded, ...]) -> Place:
    return Place(
        organisations=organisations,
        name=community.name,
        built=community.built_text,
        excluded=community.excluded or None,
        households=community.household_count,
        floor_area=community.floor_area,
        property_right=community.property_right,
    )


def gates_of_project(
    project: Project,
    *,
    layers: Layers,
    day: dt.date,
    steps: Iterable[Step] | None = None,
    situation: Situation | None = None,
) -> list[GateAnswer]:
    """Gates of the project's next step (or of ``steps``), those of the plan as a whole left out."""
    steps = steps_asked(project.stage) if steps is None else tuple(steps)
    held = situation or situations([project], kinds=kinds_at(layers, day=day, steps=steps))[project.uid]
    return shown_once(
        [
            answer(layers, day=day, provision=provision, situation=held)
            for step in steps
            for provision in gates_of(layers, day=day, step=step, facts=held.facts)
            if provision.params.evidence not in OF_PLAN
        ]
    )


def gates_of_plan(
    plan: AnnualPlan, *, layers: Layers, day: dt.date, situation: Situation | None = None
) -> list[GateAnswer]:
    """Gates that a plan as a whole meets before it is declared."""
    held = situation or situations([plan], kinds=OF_PLAN)[plan.uid]
    return [
        answer(layers, day=day, provision=provision, situation=held)
        for provision in gates_of(layers, day=day, step="declare", facts=held.facts)
        if provision.params.evidence in OF_PLAN
    ]


def plan_gates(
    plan: AnnualPlan, *, layers: Layers, day: dt.date
) -> tuple[list[GateAnswer], list[tuple[Project, list[GateAnswer]]]]:
    """All gates before the declaration: the plan's own, and each line's."""
    projects = [line.project for line in lines_of(plan)]
    held = situations([plan, *projects], kinds=kinds_at(layers, day=day, steps=BEFORE_DECLARATION) | OF_PLAN)
    own = gates_of_plan(plan, layers=layers, day=day, situation=held[plan.uid])
    each = [
        (
            project,
            gates_of_project(project, layers=layers, day=day, steps=BEFORE_DECLARATION, situation=held[project.uid]),
        )
        for project in projects
    ]
    return own, each


def refusals_of_plan(plan: AnnualPlan, *, layers: Layers, day: dt.date) -> list[Reason]:
    """One reason per gate that stands against the declaration."""
    own, each = plan_gates(plan, layers=layers, day=day)
    reasons = [reason_of(gate, subject=str(plan)) for gate in own if gate.blocks]
    reasons += [reason_of(gate, subject=project.name) for project, gates in each for gate in gates if gate.blocks]
    return reasons


def refusals_of_project(project: Project, *, layers: Layers, day: dt.date, steps: Iterable[Step]) -> list[Reason]:
    """One reason per gate that stands against the step."""
    gates = gates_of_project(project, layers=layers, day=day, steps=steps)
    return [reason_of(gate, subject=project.name) for gate in gates if gate.blocks]


def reason_of(gate: GateAnswer, *, subject: str) -> Reason:
    """An unmet gate as a reason of a refusal; clauses of other documents that the same paper answers are named with it."""
    also = f"（{'、'.join(f'{other.rule} {other.clause}' for other in gate.also)}同此要求）" if gate.also else ""
    text = f"{gate.gate.label}：{gate.explanation}{also}"
    return Reason(text=text, citation=gate.citation, missing=gate.missing, subject=subject)
