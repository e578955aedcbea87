"""The kind ``plan``: a year-by-year plan table (附件3) becomes communities, projects, and the lines of one draft plan a year.

A row meets a community by its name in the county. What it does then depends on where the community already stands: in the plan of the
same year it is the same line; in the reserve its project is taken; in another year's plan it is an error; without a live project it gets
a new one. A year whose plan is in review or issued takes no new or changed row: that needs 计划调整 with its document.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from communities.actions.duplicates import note_duplicates
from communities.imports.cells import Column, words, year, yes_no
from communities.imports.columns import COMMUNITY_COLUMNS
from communities.imports.kinds import ImportKind, StagedRow
from communities.imports.progress import Run
from communities.imports.register import WRITTEN, match_communities, undo_communities, write_communities
from communities.imports.undo import Standing, Traces, standing_on
from communities.models import Community, Import
from communities.rules.eligibility import eligibility
from offices import bulk
from offices.clock import day_of
from offices.duties import forget
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.refusal import Invalid
from projects.actions.lines import OPEN_STATES, touch
from projects.actions.plans import PLAN_DIVISIONS, YEARS, create_plan
from projects.duties import refresh_plan, refresh_projects
from projects.import_standing import Known, known_in
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from projects.permissions import keeping_body
from projects.queries.projects import DONE

FIRST_YEAR = YEARS[0]
YEARS_AHEAD = 10
TAKEN = ("plan_year", "stage", "national_task")  # of a project that a plan takes from the reserve
OWN = frozenset({"plan", "national_task", "line_remark"})  # changes of the plan, not of the register
YEAR = Column(
    "plan_year", "年份", ("年度", "计划年度", "改造年度", "计划年份", "实施年度", "改造年份", "列入年度", "计划改造年份"),
    year("plan_year", FIRST_YEAR, YEARS_AHEAD), fill_down=True, note="计划年度，如 2026", example="2026",
)  # fmt: skip
_REPLACED = {"remark"}
COLUMNS: tuple[Column, ...] = (
    YEAR,
    *[column for column in COMMUNITY_COLUMNS if column.field not in _REPLACED],
    Column("national_task", "国家年度任务", ("纳入国家年度任务", "是否纳入国家年度任务", "国家任务"), yes_no("national_task"),
           choices=("是", "否")),
    Column("line_remark", "备注", ("说明",), words("line_remark", 200)),
)  # fmt: skip


class PlanKind(ImportKind):
    """The annual plan table."""

    name = "plan"
    label = "年度计划表（附件3）"
    columns = COLUMNS
    template_notes = (
        "列的顺序与《年度计划表》一致：年份、小区名称、位置、建成时间、栋数、户数、面积㎡；一张表可以有多个年份。",
        "每一行在登记册中找到或新增小区，建立项目，列入该年度计划（草稿）的末尾；表中顺序就是计划的序号。",
        "合计行、空行会自动跳过；空白表示“未填报”，不会当作 0，也不会清除已登记的内容。",
        "已在审批或已下达的年度不接受新增和修改，请办理计划调整。",
    )

    def prepare(self, source: Import) -> None:
        """The plan belongs to one county (or functional zone) and is written by the office that keeps it. Raises Invalid, Forbidden."""
        if source.division.kind not in PLAN_DIVISIONS:
            raise Invalid("年度计划按县（市、区）或新区导入", errors={"division": ["请选择县（市、区）或新区"]})
        keeping_body(source.by, source.division)

    def hold(self, source: Import) -> None:
        """Every plan of the county, so that no line comes in while the table is written; ``hold_division`` keeps new plans out."""
        list(
            AnnualPlan.objects.select_for_update().filter(division=source.division_id).order_by("pk").values_list("pk")
        )

    def match(self, rows: Sequence[StagedRow], source: Import, *, today: dt.date) -> None:
        """Community, plan and project of each row; nothing is written."""
        for row in rows:
            _set_year(row, source)
        usable = [row for row in rows if row.usable]
        match_communities(usable, source.division)
        found = known_in(source)
        layers = layers_of(source.division)
        for row in usable:
            if row.usable:
                _meet(row, found)
                _warn_of_band(row, layers, today)

    def apply(
        self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
    ) -> dict[str, Any]:
        """Communities, plans, projects, lines and deadlines, in the order of the table."""
        keeping_body(by, source.division)
        return _Writer(rows, source, by=by, at=at, run=run).write()

    def standing(self, traces: Traces) -> list[Standing]:
        """As every kind; a line whose plan is under review or issued stands as well."""
        found = standing_on(traces)
        lines = traces.rows(PlanLine)
        plans = AnnualPlan.objects.filter(pk__in={line.plan_id for line in lines.values()}).exclude(
            state__in=OPEN_STATES
        )
        return [
            *found, *(Standing(f"年度计划{plan.get_state_display()}", str(plan)) for plan in plans.select_related("division"))
        ]  # fmt: skip

    def undo(self, traces: Traces, source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
        """Lines, projects, plans and communities that the table made go; what it took from the reserve goes back there."""
        keeping_body(by, source.division)
        gone = [
            row.uid
            for model in (Project, AnnualPlan)
            for key, row in traces.rows(model).items()
            if key in traces.made[model]
        ]
        plans = {line.plan_id for line in traces.rows(PlanLine).values()}
        kept = [trace.row for trace in traces.changed if trace.model == Project._meta.label]
        undo_communities(traces, source, by=by, at=at, run=run)
        forget(gone)
        refresh_projects(list(Project.objects.filter(pk__in=kept)), at=at, today=day_of(at))
        for plan in AnnualPlan.objects.select_for_update().filter(pk__in=plans).order_by("pk"):
            touch(plan, at=at)
            plan.save(update_fields=("version", "updated_at"))
            refresh_plan(plan, at=at, today=day_of(at))
            record(by=by, at=at, action="plan.undo_import", subject=plan, data={"import": str(source.uid)})
        note_duplicates(at=at, division=source.division)


def _set_year(row: StagedRow, source: Import) -> None:
    if not row.usable or row.values.get("plan_year") is not None:
        return
    given = str(source.options.get("year") or "")
    if given.isascii() and given.isdigit() and int(given) in YEARS:
        row.values["plan_year"] = int(given)
    else:
        row.error("plan_year", "年份未填写（整张表同一年度时，可在导入选项中指定年度）")


def _meet(row: StagedRow, found: Known) -> None:
    """What the row does to the plan of its year; adds to its changes."""
    number = row.values["plan_year"]
    plan = found.plans.get(number)
    key = str(row.target) if row.target else ""
    lines = found.lines.get(key, {})
    line = lines.get(number)
    if line is not None:
        row.changes |= _line_changes(row, line)
        if row.target and row.target_version is not None:
            row.becomes(row.target, row.target_version, row.changes)
    else:
        _refuse_elsewhere(row, lines)
        if row.target and row.target_version is not None:
            row.becomes(row.target, row.target_version, {**row.changes, "plan": ["", f"{number}年度计划"]})
    if plan is not None and plan.state not in OPEN_STATES and row.usable and row.status != "unchanged":
        row.error("plan_year", f"{plan}{plan.get_state_display()}，不能通过导入新增或修改；请办理计划调整")
    if len(found.reserve.get(key, ())) > 1 and line is None:
        row.error("name", f"“{row.values['name']}”在储备库中有多个项目，请先在计划中选择其一")


def _line_changes(row: StagedRow, line: PlanLine) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    task, remark = row.values.get("national_task"), row.values.get("line_remark")
    if task is not None and task != line.project.national_task:
        changes["national_task"] = [line.project.national_task, task]
    if remark and remark != line.remark:
        changes["line_remark"] = [line.remark, remark]
    return changes


def _refuse_elsewhere(row: StagedRow, lines: dict[int, PlanLine]) -> None:
    for number, line in sorted(lines.items()):
        if line.project.stage in DONE:
            row.warn("name", f"“{row.values['name']}”曾列入{number}年度计划并已完成，将建立新的项目")
        else:
            row.error(
                "plan_year", f"“{row.values['name']}”已列入{number}年度计划，不能再列入{row.values['plan_year']}年度"
            )


def _warn_of_band(row: StagedRow, layers: Layers, today: dt.date) -> None:
    """An import never refuses by eligibility: the gate of the declaration does, with its clause."""
    answer = eligibility(
        layers, day=today, built=row.values.get("built_text"), excluded=row.values.get("excluded") or None
    )
    if answer.eligible is False:
        row.warn("built_text", f"不在改造范围：{'；'.join(reason.text for reason in answer.reasons)}（申报时会被拦下）")


class _Writer:
    """Writes one confirmed table. Bulk inserts; the plans, of which there are few, through their own action."""

    def __init__(self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
        self.rows, self.source, self.by, self.at, self.run = rows, source, by, at, run
        self.today = day_of(at)
        self.fresh_plans: list[AnnualPlan] = []
        self.fresh: list[tuple[Project, Community]] = []
        self.parts: list[ProjectCommunity] = []
        self.found = known_in(source)
        self.layers = layers_of(source.division)
        self.communities: dict[int, Community] = {}
        self.changed: list[Project] = []
        self.added: dict[int, list[Project]] = defaultdict(list)

    def write(self) -> dict[str, Any]:
        """All of it; the report."""
        self.communities = write_communities(
            [_register_part(row) for row in self.rows], self.source, by=self.by, at=self.at, run=self.run
        )
        plans = self._plans()
        taken = self._projects()
        lines = self._lines(plans, taken)
        self.run.created(self.fresh_plans)
        self.run.created([project for project, _ in self.fresh])
        self.run.created(self.parts)
        self.run.created(lines)
        refresh_projects(self.changed, at=self.at, today=self.today)
        for year_, projects in self.added.items():
            record(
                by=self.by, at=self.at, action="plan.import", subject=plans[year_],
                data={"import": str(self.source.uid), "projects": [str(project.uid) for project in projects]},
            )  # fmt: skip
        return self._report(plans, note_duplicates(at=self.at, division=self.source.division))

    def _plans(self) -> dict[int, AnnualPlan]:
        years = sorted({row.values["plan_year"] for row in self.rows})
        plans = {
            p.year: p
            for p in AnnualPlan.objects.select_for_update().filter(division=self.source.division, year__in=years)
        }
        for number in years:
            if number not in plans:
                plans[number] = create_plan(
                    by=self.by, at=self.at, today=self.today, division=self.source.division, year=number
                )
                self.fresh_plans.append(plans[number])
        return plans

    def _projects(self) -> dict[int, Project]:
        """Row number → project, for rows that have no line yet; new ones are inserted, those of the reserve taken."""
        taken: dict[int, Project] = {}
        held: dict[int, dict[str, Any]] = {}
        for row in self.rows:
            community = self.communities[row.number]
            if self._line(row) is not None:
                continue
            waiting = self.found.reserve.get(str(community.uid), [])
            project = waiting[0] if waiting else self._new(community)
            if waiting:
                held[project.pk] = {name: getattr(project, name) for name in TAKEN}
            else:
                self.fresh.append((project, community))
            project.plan_year, project.stage, project.updated_at = row.values["plan_year"], "planned", self.at
            if row.values.get("national_task") is not None:
                project.national_task = row.values["national_task"]
            if waiting:
                touch(project, at=self.at)
            taken[row.number] = project
        self.run.step("正在建立项目", 0, len(self.fresh))
        bulk.insert([project for project, _ in self.fresh])
        self.parts = [ProjectCommunity(project=project, community=community) for project, community in self.fresh]
        bulk.insert(self.parts)
        new = {id(project) for project, _ in self.fresh}
        self._save([project for project in taken.values() if id(project) not in new])
        for project in taken.values():
            if project.pk in held:
                self.run.changed(project, held[project.pk])
        self.changed += list({project.pk: project for project in taken.values()}.values())
        return taken

    def _new(self, community: Community) -> Project:
        project = Project(
            name=community.name, rulebook=self.layers.place, facts={"heritage": True} if community.heritage else {},
            created_at=self.at, updated_at=self.at,
        )  # fmt: skip
        project.place_in(community.division)
        return project

    def _save(self, projects: list[Project]) -> None:
        Project.objects.bulk_update(
            projects, ["plan_year", "stage", "national_task", "version", "updated_at"], batch_size=300
        )

    def _line(self, row: StagedRow) -> PlanLine | None:
        return self.found.lines.get(str(self.communities[row.number].uid), {}).get(row.values["plan_year"])

    def _lines(self, plans: dict[int, AnnualPlan], taken: dict[int, Project]) -> list[PlanLine]:
        last: dict[int, int] = {}
        for number, plan in plans.items():
            last[number] = max(plan.lines.values_list("position", flat=True), default=0)
        lines: dict[int, PlanLine] = {}
        for row in self.rows:
            project, number = taken.get(row.number), row.values["plan_year"]
            if project is None:
                self._change(row)
            elif project.pk not in lines:
                last[number] += 1
                remark = row.values.get("line_remark") or ""
                lines[project.pk] = PlanLine(
                    plan=plans[number],
                    project=project,
                    position=last[number],
                    remark=remark,
                    created_at=self.at,
                    updated_at=self.at,
                )
                self.added[number].append(project)
        made = list(lines.values())
        bulk.insert(made)
        for number in self.added:
            touch(plans[number], at=self.at)
            plans[number].save(update_fields=("version", "updated_at"))
            refresh_plan(plans[number], at=self.at, today=self.today)
        return made

    def _change(self, row: StagedRow) -> None:
        """A row whose line stands: only what it says anew of the line or the project."""
        line = self._line(row)
        if line is None:
            return
        if "line_remark" in row.changes:
            held: dict[str, Any] = {"remark": line.remark}
            line.remark = row.values["line_remark"]
            touch(line, at=self.at)
            line.save()
            self.run.changed(line, held)
        if "national_task" in row.changes:
            held = {"national_task": line.project.national_task}
            line.project.national_task = row.values["national_task"]
            touch(line.project, at=self.at)
            self._save([line.project])
            self.run.changed(line.project, held)
            self.changed.append(line.project)

    def _report(self, plans: dict[int, AnnualPlan], duplicates: int) -> dict[str, Any]:
        table = [
            _sums(
                number, plan, [self.communities[row.number] for row in self.rows if row.values["plan_year"] == number]
            )
            for number, plan in plans.items()
        ]
        return {
            "created": sum(row.status == "new" for row in self.rows),
            "updated": sum(row.status == "update" for row in self.rows),
            "unchanged": sum(row.status == "unchanged" for row in self.rows),
            "duplicates_open": duplicates,
            "plans": sorted(table, key=lambda entry: entry["year"]),
            "lines_added": sum(len(projects) for projects in self.added.values()),
            "lines": sum(entry["lines"] for entry in table),
            "households": sum(entry["households"] for entry in table),
            "floor_area": f"{sum((Decimal(entry['floor_area']) for entry in table), Decimal('0.00')):.2f}",
        }


def _register_part(row: StagedRow) -> StagedRow:
    """The row as the register is to see it: only the changes that are the register's."""
    return replace(row, changes={name: change for name, change in row.changes.items() if name not in OWN})


def _sums(number: int, plan: AnnualPlan, communities: list[Community]) -> dict[str, Any]:
    """What the table says of one year: rows, households, ㎡ as text. Blank figures are left out and counted."""
    area = sum((community.floor_area or Decimal(0) for community in communities), Decimal("0.00"))
    return {
        "year": number,
        "plan": str(plan.uid),
        "title": str(plan),
        "link": f"/staff/plans/{plan.uid}/",
        "lines": len(communities),
        "households": sum(community.household_count or 0 for community in communities),
        "floor_area": f"{area:.2f}",
        "blank": sum(1 for c in communities if None in (c.building_count, c.household_count, c.floor_area)),
    }


assert OWN.isdisjoint(WRITTEN)
