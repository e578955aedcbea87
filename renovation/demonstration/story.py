"""Tells a demonstration through the real actions: every row of it was entered, checked, declared and decided by an account that may.

Papers and days are invented but obey the documents: nothing is written that a rule would have refused.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from approvals import cases, papers
from approvals.models import Case, CaseAsk, Paper
from approvals.rules.notice_period import last_day
from communities.actions.imports import apply_import, pasted, read_import, upload_import
from communities.actions.register import add_community
from communities.actions.survey import record_fact
from communities.models import Community
from offices.calendar import calendar
from offices.demonstration import Offices
from offices.models import Body, Division
from offices.rulebooks import layers_of
from projects import actions
from projects.gates import gates_of_plan, gates_of_project
from projects.models import AnnualPlan, PlanLine, Project
from projects.rules.gates import GateAnswer
from renovation.demonstration import start

SHANGHAI = ZoneInfo("Asia/Shanghai")
VOTE_SHARES = (Decimal("0.86"), Decimal("0.91"))  # of the whole taking part, of those agreeing


class Story:
    """The teller: knows the offices and writes as their members, on the days that it is given; of today nothing that has yet to come."""

    def __init__(self, offices: Offices, now: dt.datetime | None = None) -> None:
        self.offices, self.now = offices, now

    def at(self, day: dt.date, hour: int = 10) -> dt.datetime:
        """A moment of an Asia/Shanghai day: of today none that has yet to come; of a later day, which a vote closes on, as it is."""
        moment = dt.datetime(day.year, day.month, day.day, hour, 0, tzinfo=SHANGHAI)
        if self.now is not None and self.now.astimezone(SHANGHAI).date() == day:
            return min(moment, self.now)
        return moment

    def division(self, name: str) -> Division:
        """A division by name, as it stands now."""
        return Division.objects.get(pk=self.offices.divisions[name].pk)

    def clerk(self, place: str) -> Any:
        """The housing office's clerk."""
        return self.offices.user(place, "housing", "clerk")

    def checker(self, place: str) -> Any:
        """The second person of the housing office."""
        return self.offices.user(place, "housing", "approver")

    def import_plan(self, place: str, table: str, on: dt.date) -> None:
        """Import a plan table as the clerk does: upload, preview, confirm."""
        clerk, at = self.clerk(place), self.at(on)
        source = upload_import(by=clerk, at=at, kind="plan", division=self.division(place), upload=pasted(table))
        read_import(source=source, at=at)
        source.refresh_from_db()
        apply_import(by=clerk, at=at, source=source)

    def community(self, place: str, neighbourhood: str, on: dt.date, **values: Any) -> Community:
        """Register a community of the survey, with the facts that 改造对象 asks for."""
        at = self.at(on)
        community = add_community(
            by=self.clerk(place),
            at=at,
            division=self.division(neighbourhood),
            values=values,
            evidence="2021年住宅小区调查表",
        )
        for key in (
            "neglected",
            "municipal_facilities",
            "community_services",
            "public_facilities",
            "residents_willing",
        ):
            record_fact(
                by=self.clerk(place),
                at=at,
                community=community,
                key=key,
                holds=True,
                evidence="现场调查记录及照片",
                on=on,
            )
        return Community.objects.get(pk=community.pk)

    def plan(
        self, place: str, year: int, groups: Iterable[tuple[str, Sequence[Community]]], on: dt.date, **of_projects: Any
    ) -> AnnualPlan:
        """A draft plan with one project for each group of communities."""
        clerk, at = self.clerk(place), self.at(on)
        plan = actions.create_plan(by=clerk, at=at, today=on, division=self.division(place), year=year)
        for name, communities in groups:
            project = actions.add_project(
                by=clerk, at=at, today=on, division=plan.division, name=name, communities=communities
            )
            if of_projects:
                project = actions.change_project(by=clerk, at=at, today=on, project=project, changes=of_projects)
            actions.add_line(by=clerk, at=at, today=on, plan=plan, project=project)
        return self.fresh(plan)

    @staticmethod
    def fresh(plan: AnnualPlan) -> AnnualPlan:
        """The plan as it stands now."""
        return AnnualPlan.objects.select_related("division").get(pk=plan.pk)

    @staticmethod
    def project(name: str) -> Project:
        """A project by name."""
        return Project.objects.select_related("division", "county").get(name=name)

    def paper(
        self, place: str, subject: AnnualPlan | Project, evidence: str, figures: Mapping[str, Any], on: dt.date, *, title: str,
        requires: tuple[tuple[str, str], ...] = (), checked: bool = True,
    ) -> Paper:  # fmt: skip
        """Record a paper as the clerk, and hold it against the original as the second person."""
        paper = papers.record_paper(
            by=self.clerk(place), at=self.at(on), today=on, subject=subject, division=subject.division, evidence=evidence,
            title=title, figures=figures, day=on, requires=requires,
        )  # fmt: skip
        return papers.check_paper(by=self.checker(place), at=self.at(on, 15), paper=paper) if checked else paper

    def satisfy(
        self, place: str, subject: AnnualPlan | Project, on: dt.date, steps: tuple[Any, ...] | None = None
    ) -> None:
        """Record a good paper for every gate that still wants one."""
        layers = layers_of(subject.division)
        if isinstance(subject, AnnualPlan):
            gates = gates_of_plan(subject, layers=layers, day=on)
        else:
            gates = gates_of_project(subject, layers=layers, day=on, steps=steps)
        wanted: dict[str, list[GateAnswer]] = {}
        for gate in gates:
            if gate.outcome == "unmet" and gate.gate.evidence not in {
                "eligibility",
                "exclusions",
                "central_subsidy",
                "facts",
            }:
                wanted.setdefault(gate.key, []).append(gate)
        for key, group in wanted.items():
            requires = tuple((p.key, p.label) for gate in group for p in gate.gate.requires)
            figures = self._figures(key.partition(":")[0], subject, on, requires)
            self.paper(place, subject, key, figures, on, title=group[0].gate.label[:120], requires=requires)

    def _figures(
        self, evidence: str, subject: AnnualPlan | Project, on: dt.date, requires: tuple[tuple[str, str], ...]
    ) -> dict[str, Any]:
        if isinstance(subject, AnnualPlan):
            known = {"fiscal_capacity": {"capacity": "30000000.00", "needed": "12600000.00"}}
            return known.get(evidence, dict.fromkeys((key for key, _ in requires), True))
        parts = [part.community for part in subject.parts.select_related("community")]
        households = sum(community.household_count or 0 for community in parts)
        area: Decimal = sum((community.floor_area or Decimal(0) for community in parts), Decimal("0.00"))
        most = households - households // 12
        if evidence == "vote":
            return _vote(households, area)
        if evidence == "notice":
            posted = on - dt.timedelta(days=20)
            end = last_day(layers_of(subject.division), day=on, posted_on=posted, calendar=calendar()).last_day or on
            return {"posted_on": posted, "closed_on": end, "objections": 1, "open_objections": 0}
        if evidence == "funding_share":
            public = {"central": "480000.00", "city": "160000.00", "county": "120000.00"}
            return {**public, "resident_direct": "110000.00", "utility": "95000.00"}
        counts = {
            "plan_consent": {"households": households, "agreeing": most},
            "survey_coverage": {"households": households, "asked": most},
            "satisfaction": {"respondents": most, "satisfied": most - most // 15},
        }
        return counts.get(evidence, dict.fromkeys((key for key, _ in requires), True))

    def declare(self, place: str, plan: AnnualPlan, on: dt.date) -> Case:
        """Declare a plan whose gates are met."""
        return actions.declare_plan(by=self.clerk(place), at=self.at(on), today=on, plan=self.fresh(plan))

    def decide(
        self,
        case: Case,
        on: dt.date,
        *,
        verdict: str = "pass",
        reasons: str = "同意。",
        number: str = "",
        most: int | None = None,
    ) -> Case:
        """Let the bodies of the open stages answer in turn (``most`` of them), a day apart."""
        given = 0
        while most is None or given < most:
            ask = (
                CaseAsk.objects.filter(case=case, asked_at__isnull=False, answered_at__isnull=True)
                .select_related("body__division").order_by("stage__number", "pk").first()
            )  # fmt: skip
            if ask is None:
                break
            day = on + dt.timedelta(days=given)
            cases.give_opinion(
                by=self._decider(ask.body), at=self.at(day, 11), today=day, case=case, body=ask.body, verdict=verdict, reasons=reasons,
                document_number=number if ask.stage.number == len(case.route) else "",
            )  # fmt: skip
            given += 1
        case.refresh_from_db()
        return case

    def _decider(self, body: Body) -> Any:
        return self.offices.user(body.division.name, body.kind, "approver")

    def issue(self, place: str, plan: AnnualPlan, declared: dt.date, number: str) -> AnnualPlan:
        """Satisfy every gate, declare, and let the whole route pass."""
        before = declared - dt.timedelta(days=10)
        self.satisfy(place, plan, before)
        for line in PlanLine.objects.filter(plan=plan).select_related("project__division", "project__county"):
            self.satisfy(place, line.project, before, ("survey", "plan", "declare"))
        self.decide(self.declare(place, plan, declared), declared + dt.timedelta(days=3), number=number)
        return self.fresh(plan)

    def move(self, place: str, project: Project, step: str, on: dt.date) -> None:
        """Satisfy the gates of a step and take it."""
        project = self.project(project.name)
        before = on - dt.timedelta(days=2)
        if step == "start":
            start.ready(self, place, project, before)
        self.satisfy(place, project, before, ("works", "accept") if step == "accept" else (step,))
        actions.advance(by=self.clerk(place), at=self.at(on), today=on, project=project, step=step, on=on)


def _vote(households: int, area: Decimal) -> dict[str, Any]:
    taking, agreeing = VOTE_SHARES
    heads = int(households * taking) + 1
    taking_area = (area * taking).quantize(Decimal("0.01"))
    return {
        "total_area": f"{area:.2f}",
        "total_heads": households,
        "participating_area": f"{taking_area:.2f}",
        "participating_heads": heads,
        "agreeing_area": f"{(taking_area * agreeing).quantize(Decimal('0.01')):.2f}",
        "agreeing_heads": int(heads * agreeing) + 1,
    }
