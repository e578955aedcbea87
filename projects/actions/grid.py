"""Rows of a plan's grid saved together: each row all or nothing, none over somebody else's change, all in a bounded number of queries."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from communities.actions import several as register
from communities.actions.register import MONEY_FIGURES
from communities.actions.rows import STALE
from communities.imports.cells import CellError
from communities.models import Community
from communities.rules.search import fold
from offices.models import User
from policies.refusal import Invalid, Refused, Stale
from projects.actions import days, several
from projects.actions.lines import editable, hold_division
from projects.actions.projects import check_changes, new_project
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from projects.permissions import keeping_body
from projects.plan_columns import COLUMN, PlanColumn, read_cell, unreadable
from projects.queries.duties import fixed_days
from projects.queries.naming import Named, named
from projects.rules.moving import late

MOST = 500  # rows of one request
EVIDENCE = "请填写“数据依据”"
REASON = "推迟了，请填写“推迟的原因”"
GONE = "这一行刚刚已被移出计划"


@dataclass(frozen=True)
class RowEdit:
    """What somebody wants of one row. ``line`` None: a new line, found by the name in its cells (or ``project`` of the reserve).

    ``versions``: of line, project and community as they were read. ``cells``: texts by column, as typed. ``remove``: take the line out.
    ``register``: a name that the register does not know is entered into it.
    """

    key: str
    line: UUID | None = None
    community: UUID | None = None
    versions: tuple[int, int, int] = (0, 0, 0)
    cells: Mapping[str, str] = field(default_factory=dict)
    remove: bool = False
    register: bool = False
    project: UUID | None = None
    position: int | None = None


@dataclass
class Outcome:
    """What became of a row: ``refused`` (with errors by column) or done, with warnings by column; ``line`` is where it stands now."""

    key: str
    line: UUID | None = None
    refused: Refused | None = None
    warnings: dict[str, list[str]] = field(default_factory=dict)
    removed: bool = False


@transaction.atomic
def save_rows(
    *, by: User, at: dt.datetime, today: dt.date, plan: AnnualPlan, edits: Sequence[RowEdit], evidence: str = "",
    reason: str = "",
) -> list[Outcome]:  # fmt: skip
    """Save every row that can be saved; the others say why not, and nothing of them is written. ``reason``: why planned days move later.

    Raises Forbidden, Refused where the plan can't be written at all, Invalid for more than ``MOST`` rows or an evidence that is no text.
    """
    keeping_body(by, plan.division)
    if len(edits) > MOST:
        raise Invalid(f"一次最多保存 {MOST} 行", errors={"rows": [f"现有 {len(edits)} 行"]})
    if unreadable(evidence) or len(evidence) > 200:
        raise Invalid("依据填写不正确", errors={"evidence": ["最多 200 个字，不能含有控制字符"]})
    if unreadable(reason) or len(reason) > 300:
        raise Invalid("推迟的原因填写不正确", errors={"reason": ["最多 300 个字，不能含有控制字符"]})
    if any(edit.line is None for edit in edits):
        hold_division(plan.division)
    plan = AnnualPlan.objects.select_for_update(of=("self",)).select_related("division").get(pk=plan.pk)
    editable(plan)
    return _Block(plan, edits, by=by, at=at, today=today, evidence=evidence, reason=reason).save()


class _Block:
    """One request: rows are checked one by one in memory, then everything that stands is written at once."""

    def __init__(
        self, plan: AnnualPlan, edits: Sequence[RowEdit], *, by: User, at: dt.datetime, today: dt.date, evidence: str,
        reason: str,
    ) -> None:  # fmt: skip
        self.plan, self.edits, self.by, self.at, self.today = plan, edits, by, at, today
        self.evidence, self.reason = evidence, reason
        self.plannings: list[days.Planning] = []
        self.places: list[register.Change] = []
        self.projects: list[tuple[Project, list[str]]] = []
        self.lines: list[PlanLine] = []
        self.dropped: list[PlanLine] = []
        self.added: list[several.NewLine] = []
        self.seen: set[Any] = set()

    def save(self) -> list[Outcome]:
        """Check all, write what stands."""
        self._load()
        pairs = [(edit, Outcome(edit.key)) for edit in self.edits]
        placed: list[tuple[Outcome, Project]] = []
        for edit, outcome in pairs:
            try:
                self._one(edit, outcome, placed)
            except Refused as refused:
                outcome.refused = refused
        self._write(placed)
        return [outcome for _, outcome in pairs]

    def _load(self) -> None:
        """Rows that are spoken of, locked: lines, then projects, then communities, each in the order of their ids."""
        uids = {edit.line for edit in self.edits if edit.line}
        lines = list(PlanLine.objects.select_for_update().filter(plan=self.plan, uid__in=uids).order_by("pk"))
        rows = Project.objects.select_for_update(of=("self",)).select_related("division", "county").order_by("pk")
        held = {project.pk: project for project in rows.filter(pk__in=[line.project_id for line in lines])}
        for line in lines:
            line.project, line.plan = held[line.project_id], self.plan
        self.by_uid = {line.uid: line for line in lines}
        parts = ProjectCommunity.objects.filter(project_id__in=held).values_list("project_id", "community_id")
        self.parts = set(parts)
        places = Community.objects.select_for_update(of=("self",)).select_related("division", "merged_into")
        spoken = places.filter(uid__in={edit.community for edit in self.edits if edit.community}).order_by("pk")
        own = {community for _, community in self.parts}
        self.communities = {community.uid: community for community in spoken if community.pk in own}
        names = [edit.cells.get("name", "") for edit in self.edits if edit.line is None]
        self.named = named(self.plan.division, names) if names else Named()
        waiting = {project.pk for found in self.named.projects.values() for project in found}
        asked = any(COLUMN[key].of == "days" for edit in self.edits for key in edit.cells if key in COLUMN)
        self.held = days.held_days({*held, *waiting}) if asked else {}
        self.fixed = fixed_days(list(held.values()), self.today) if asked else {}

    def _one(self, edit: RowEdit, outcome: Outcome, placed: list[tuple[Outcome, Project]]) -> None:
        if edit.line is None:
            self._add(edit, outcome, placed)
            return
        line = self.by_uid.get(edit.line)
        outcome.line = edit.line
        if line is None:
            raise Refused(GONE, code="project_not_in_plan")
        if edit.remove:
            _unmoved(line.version, edit.versions[0])
            self._once(line.uid)
            self.dropped.append(line)
            outcome.removed = True
            return
        community = self.communities.get(edit.community) if edit.community else None
        if community is None or (line.project_id, community.pk) not in self.parts:
            raise Refused(GONE, code="project_not_in_plan")
        values = self._read(edit, outcome, changing=True)
        for place, owner in enumerate((line, line.project, community)):
            if values[OWNERS[place]] or (owner is line.project and values["days"]):
                _unmoved(owner.version, edit.versions[place])
        self._once((line.uid, community.uid))
        self._put(line, community, values, outcome)

    def _put(
        self, line: PlanLine, community: Community, values: Mapping[str, dict[str, Any]], outcome: Outcome
    ) -> None:
        """Checks first, what may refuse last; then nothing of the row is left undone."""
        check_changes(values["project"])
        if values["project"] or values["line"] or values["days"]:
            self._once(line.uid)
        planning = self._planning(line.project, values["days"], outcome)
        change = self._place(community, values["community"])
        if planning is not None:
            self.plannings.append(planning)
        if change is not None:
            self.places.append(change)
        if names := several.set_values(line.project, values["project"]):
            self.projects.append((line.project, names))
        if several.set_values(line, values["line"]):
            self.lines.append(line)

    def _planning(self, project: Project, asked: dict[str, Any], outcome: Outcome) -> days.Planning | None:
        """Planned days that move, with a warning beside the last of them where a document wants it earlier."""
        if not asked:
            return None
        held = self.held.get(project.pk, {})
        try:
            planning = days.prepared(project=project, held=held, days=asked, reason=self.reason)
        except Invalid as error:
            raise _beside_days(error, asked) from error
        before = {stage: row.planned_on for stage, row in held.items()}
        words = late(before, {**before, **asked}, self.fixed.get(project.uid, ())) if planning else ()
        if words:
            outcome.warnings[f"planned_{list(asked)[-1]}"] = list(words)
        return planning

    def _place(self, community: Community, values: dict[str, Any]) -> register.Change | None:
        differing = {name: value for name, value in values.items() if getattr(community, name) != value}
        if not differing:
            return None
        self._once(community.uid)
        try:
            return register.prepared(
                by=self.by, at=self.at, community=community, values=differing, evidence=self.evidence
            )
        except Invalid as error:
            raise _beside(error, differing) from error

    def _once(self, key: Any) -> None:
        if key in self.seen:
            raise Refused("这一行在同一次保存中出现了两次，请刷新后核对")
        self.seen.add(key)

    def _read(self, edit: RowEdit, outcome: Outcome, *, changing: bool) -> dict[str, dict[str, Any]]:
        """Values by owner. Raises Invalid naming every cell that is not understood or can't be written."""
        values: dict[str, dict[str, Any]] = {owner: {} for owner in ("plan", "days", *OWNERS)}
        errors: dict[str, list[str]] = {}
        for key, text in edit.cells.items():
            column = COLUMN.get(key)
            try:
                if column is None:
                    raise CellError("没有这一列")
                values[column.of] |= self._cell(column, text, outcome, changing)
            except CellError as error:
                errors[key] = [str(error).strip()]
        if errors:
            raise Invalid("有单元格填写不正确，这一行没有保存", errors=errors)
        return values

    def _cell(self, column: PlanColumn, text: str, outcome: Outcome, changing: bool) -> dict[str, Any]:
        if changing and (column.of == "plan" or column.key == "name"):
            raise CellError("这一列不能在这里修改")
        if not changing and not text.strip():
            return {}  # a blank cell of a new line erases nothing that the register knows
        found = read_cell(column, text, self.today)
        if column.of == "plan" and found.values["plan_year"] != self.plan.year:
            raise CellError(f"本计划是{self.plan.year}年度")
        if found.warnings:
            outcome.warnings[column.key] = list(found.warnings)
        return found.values

    def _add(self, edit: RowEdit, outcome: Outcome, placed: list[tuple[Outcome, Project]]) -> None:
        values = self._read(edit, outcome, changing=False)
        check_changes(values["project"])
        name, address = values["community"].pop("name", ""), values["community"].get("address", "")
        if not name:
            raise _unnamed("请填写小区名称")
        community, change = self._community(edit, name, address, values["community"])
        project = self._project(edit, community)
        taken = next((entry for entry in self.added if entry.project is project), None)
        planning = None if taken else self._planning(project, values["days"], outcome)
        if change is not None:
            self.places.append(change)
        if planning is not None:
            self.plannings.append(planning)
        if taken is None:
            own = {**values["project"], **values["line"]}
            self.added.append(several.NewLine(project, community, own, edit.position))
        placed.append((outcome, project))

    def _community(
        self, edit: RowEdit, name: str, address: str, values: dict[str, Any]
    ) -> tuple[Community, register.Change | None]:
        found = self.named.meant(name, address)
        if len(found) > 1:
            where = "、".join(community.address or "位置未填报" for community in found[:5])
            raise _unnamed(f"登记册中有 {len(found)} 个“{name}”（{where}），请填写位置以便区分")
        if found:
            self._once(("community", found[0].uid))
            return found[0], self._place(found[0], {key: value for key, value in values.items() if value is not None})
        if not edit.register:
            raise Invalid(
                "有单元格填写不正确，这一行没有保存", code="unknown_community",
                errors={"name": [f"登记册中没有“{name}”，请核对名称；确是新小区的，可以登记并列入"]},
            )  # fmt: skip
        self._once(("name", fold(name)))
        try:
            change = register.prepared_new(
                by=self.by, at=self.at, division=self.plan.division, values={**values, "name": name}, evidence=self.evidence
            )  # fmt: skip
        except Invalid as error:
            raise _beside(error, values) from error
        return change.community, change

    def _project(self, edit: RowEdit, community: Community) -> Project:
        """The project of the reserve that holds the community, or a new one. Raises Invalid where it stands in a plan already."""
        live = self.named.projects.get(community.pk, []) if community.pk else []
        for project in live:
            line = self.named.lines.get(project.pk)
            if line is not None:
                where = "本计划中已有这个小区" if line.plan_id == self.plan.pk else f"已列入{line.plan}"
                raise _unnamed(f"“{community.name}”{where}，不能重复列入")
        waiting = [project for project in live if edit.project in (None, project.uid)]
        if len(waiting) > 1:
            raise _unnamed(f"“{community.name}”在储备库中有 {len(waiting)} 个项目，请从储备库选择加入")
        if waiting:
            return self._same(waiting[0])
        return new_project(division=self.plan.division, name=community.name, communities=[community], at=self.at)

    def _same(self, project: Project) -> Project:
        """One object for one project, however many of its communities the block names."""
        return next((entry.project for entry in self.added if entry.project.pk == project.pk), project)

    def _write(self, placed: Sequence[tuple[Outcome, Project]]) -> None:
        who: dict[str, Any] = {"by": self.by, "at": self.at}
        if self.places:
            register.write(changes=self.places, evidence=self.evidence, **who)
        if self.projects:
            several.save_projects(self.projects, today=self.today, **who)
        if self.lines:
            several.save_lines(self.plan, self.lines, **who)
        if self.dropped:
            several.drop_lines(self.plan, self.dropped, today=self.today, **who)
        if self.added:
            lines = several.save_new_lines(self.plan, self.added, today=self.today, **who)
            where = {id(line.project): line.uid for line in lines}
            for outcome, project in placed:
                outcome.line = where[id(project)]
        if self.plannings:
            several.save_days(self.plannings, reason=self.reason, **who)
        if self.added or self.dropped:
            self.plan.version += 1
            self.plan.updated_at = self.at
            self.plan.save(update_fields=("version", "updated_at"))


OWNERS = ("line", "project", "community")


def _unmoved(version: int, seen: int) -> None:
    if version != seen:
        raise Stale(STALE)


def _unnamed(words: str) -> Invalid:
    return Invalid("有单元格填写不正确，这一行没有保存", errors={"name": [words]})


def _beside_days(error: Invalid, asked: Mapping[str, Any]) -> Invalid:
    """What is wrong with planned days, beside the cells that were changed."""
    words = {stage: found for stage, found in error.errors.items() if stage != "reason"}
    beside = words or dict.fromkeys(asked, [REASON])
    return Invalid(error.detail, errors={f"planned_{stage}": found for stage, found in beside.items()}, code=error.code)


def _beside(error: Invalid, values: Mapping[str, Any]) -> Invalid:
    """An evidence that is missing is said beside each figure that asks for it."""
    if "evidence" not in error.errors:
        return error
    figures = {name: [EVIDENCE] for name in values if name in MONEY_FIGURES}
    return Invalid(error.detail, errors={**figures, "evidence": error.errors["evidence"]}, code="evidence_missing")
