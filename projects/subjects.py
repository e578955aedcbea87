"""The annual plan as a subject of a case: what approvers see, and what happens when the route is through."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from approvals.models import Case, CaseStage
from approvals.shown import Brief, Row, Table
from approvals.subjects import Subject, register, row_of
from offices import duties
from offices.clock import day_of
from offices.models import User
from offices.rulebooks import layers_of
from policies.words import area_words, count_words, wan_words
from projects.actions.plans import issue_plan
from projects.brief import brief_of, frozen_gates
from projects.content import plan_content
from projects.models import AnnualPlan


class PlanSubject(Subject):
    """An annual plan on its way through the route of its document."""

    ends_in_document = True

    def get(self, uid: UUID) -> AnnualPlan:
        """The plan."""
        return AnnualPlan.objects.select_related("division").get(uid=uid)

    def title(self, subject: AnnualPlan) -> str:
        """Title of its case."""
        return str(subject)

    def link(self, subject: AnnualPlan) -> str:
        """Its staff page."""
        return f"/staff/plans/{subject.uid}/"

    def content(self, subject: AnnualPlan) -> dict[str, Any]:
        """What is frozen for the approvers."""
        gates = frozen_gates(subject, layers=layers_of(subject.division), day=day_of(subject.updated_at))
        return {**plan_content(subject), "gates": gates}

    def brief(self, case: Case) -> Brief:
        """Sums, gates as they stood at submission, exceptions, declared on time or late."""
        return brief_of(case, row_of(case))

    def tables(self, content: dict[str, Any]) -> tuple[Table, ...]:
        """The plan's lines in the official columns, one row a community, and its sums."""
        rows = [
            Row(
                (
                    community["name"], community["address"] or "未填报", community["built"] or "未填报",
                    *_sizes(community), wan_words(_exact(line["investment"])),
                    line["remark"],
                ),
                key=f"{line['project']}:{community['uid']}",
            )
            for line in content["lines"]
            for community in line["communities"]
        ]  # fmt: skip
        sums = content["totals"]
        total = ("合计", "", "", *_sizes(sums), "", "")
        columns = ("小区名称", "位置", "建成时间", "栋数", "户数", "面积（㎡）", "总投资（万元）", "备注")
        return (
            Table(
                f"{content['division']}{content['year']}年度计划", columns, (*rows, Row(total)), frozenset({3, 4, 5, 6})
            ),
        )

    def joined(self, content: dict[str, Any]) -> list[UUID]:
        """The projects of its lines."""
        return [UUID(line["project"]) for line in content["lines"]]

    def on_stage_passed(self, case: Case, stage: CaseStage, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """The first stage is the declaring government's: with its yes the plan goes up, and that is its day (LZ-09)."""
        if stage.number == 1:
            plan = self.get(case.subject_uid)
            if plan.declared_on is None:
                plan.declared_on = today
                plan.save(update_fields=("declared_on",))
                duties.fulfil(subject=plan, milestone="plan_declaration", on=today, at=at)

    def on_passed(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """The last stage has passed: the plan is issued under the document number of the last opinion."""
        issue_plan(
            by=by, at=at, today=today, plan=self.get(case.subject_uid), document_number=case.document_number, issued_on=today,
            approved=case.content,
        )  # fmt: skip

    def on_returned(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Back to its writers."""
        self._state(case, AnnualPlan.State.RETURNED, at)

    def on_refused(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Refused: it may be rewritten and declared anew."""
        self._state(case, AnnualPlan.State.REFUSED, at)

    def on_withdrawn(self, case: Case, *, by: User, at: dt.datetime, today: dt.date) -> None:
        """Taken back by its writers."""
        self._state(case, AnnualPlan.State.DRAFT, at)

    def _state(self, case: Case, state: str, at: dt.datetime) -> None:
        plan = self.get(case.subject_uid)
        plan.state, plan.updated_at, plan.version = state, at, plan.version + 1
        if state != AnnualPlan.State.RETURNED:
            plan.declared_on = None
        plan.save(update_fields=("state", "updated_at", "version", "declared_on"))


def _sizes(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """栋数, 户数, 面积 with separators; 未填报 where there is none."""
    return count_words(row["buildings"]), count_words(row["households"]), area_words(_exact(row["floor_area"]))


def _exact(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


register("annualplan", PlanSubject())
