"""Projects: taken into the reserve, described, moved on step by step, entered in mid-life, re-pinned."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from approvals.notices import void_for
from communities.models import Community
from offices import duties
from offices.history import record
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.kinds import MILESTONE_LABELS, SETTLEMENT, Step
from policies.refusal import Invalid, Refused, RuleRefused
from projects.actions.lines import fresh, hold_division, touch
from projects.duties import refresh_project
from projects.gates import refusals_of_project
from projects.models import PlanLine, Project, ProjectCommunity, StageDay
from projects.permissions import keeping_body
from projects.queries.permits import permit_reasons
from projects.rules.stages import MOVE, ORDER, STAGE, STAGES, milestones_behind, reached

CHANGEABLE = frozenset(
    {"name", "national_task", "central_subsidy", "facts", "works", "investment", "implementing_body"}
)
POSTED = frozenset(
    {"works", "investment"}
)  # what a notice tells residents of a scheme: changed, it has to be posted anew
POSTED_CHANGED = "公示的改造内容或投资已有变更，须重新公示"
WORKS = frozenset({"water", "power", "road", "gas", "elevator", "other"})
FACTS: Mapping[str, str] = {
    "heritage": "涉及历史文化街区、历史建筑或古树名木",
    "elevator": "加装电梯",
    "pipelines": "涉及管线迁移改造",
    "energy_saving": "涉及建筑节能改造",
    "fund_money": "使用维修资金或让渡公共收益",
    "uses_existing_land": "利用小区及周边存量土地建设设施",
    "property_service": "选聘专业化物业服务",
    "land_special_case": "土地权属属特殊情况（须住建部门书面承诺）",
    "utility_facilities_to_transfer": "有改造后移交专营单位的设施",
}


@transaction.atomic
def add_project(
    *, by: User, at: dt.datetime, today: dt.date, division: Division, name: str, communities: Sequence[Community],
) -> Project:  # fmt: skip
    """Take one or several communities of a county into its reserve as a project."""
    keeping_body(by, division)
    if not name.strip():
        raise Invalid("请填写项目名称", errors={"name": ["不能为空"]})
    if not communities:
        raise Invalid("请选择小区", errors={"communities": ["至少选择一个小区"]})
    for community in communities:
        if community.county_id != division.pk or community.merged_into_id is not None:
            raise Invalid("小区不在本辖区", errors={"communities": [f"“{community.name}”不在{division.name}或已合并"]})
    hold_division(division)
    project = new_project(division=division, name=name, communities=communities, at=at)
    project.save()
    ProjectCommunity.objects.bulk_create(
        ProjectCommunity(project=project, community=community) for community in communities
    )
    record(by=by, at=at, action="project.add", subject=project, data={"communities": [str(c.uid) for c in communities]})
    return project


def new_project(*, division: Division, name: str, communities: Sequence[Community], at: dt.datetime) -> Project:
    """A project of the reserve as it begins, not saved."""
    project = Project(name=name.strip(), rulebook=layers_of(division).place, created_at=at, updated_at=at)
    project.place_in(communities[0].division if len(communities) == 1 else division)
    project.facts = {"heritage": True} if any(community.heritage for community in communities) else {}
    return project


@transaction.atomic
def change_project(
    *,
    by: User,
    at: dt.datetime,
    today: dt.date,
    project: Project,
    changes: Mapping[str, Any],
    expected_version: int | None = None,
) -> Project:
    """Change what a project says of itself; its deadlines follow (the national task sets some of them)."""
    project = locked(project)
    keeping_body(by, county_of(project))
    fresh(project, expected_version)
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise Invalid("有不能修改的字段", errors={name: ["不能修改"] for name in sorted(unknown)})
    _not_in_review(project)
    check_changes(changes)
    posted = {name: getattr(project, name) for name in POSTED & changes.keys()}
    for name, value in changes.items():
        setattr(project, name, value)
    touch(project, at=at)
    project.save()
    if ORDER[project.stage] < ORDER["works"] and any(getattr(project, name) != old for name, old in posted.items()):
        void_for(subject=project, by=by, at=at, reason=POSTED_CHANGED)
    record(
        by=by,
        at=at,
        action="project.change",
        subject=project,
        data={"fields": sorted(changes), "version": project.version},
    )
    refresh_project(project, at=at, today=today)
    return project


def _not_in_review(project: Project) -> None:
    """What the bodies are reading, and the facts that chose its gates, stand still meanwhile. Raises Refused."""
    line = PlanLine.objects.filter(project=project).select_related("plan__division").first()
    if line is not None and line.plan.state == "in_review":
        raise Refused(f"{line.plan}审批中，其中的项目不能修改；确需修改请先撤回申报", code="plan_not_editable")


def check_changes(changes: Mapping[str, Any]) -> None:
    """Raises Invalid for values that a project can't have."""
    if not str(changes.get("name", "—")).strip():
        raise Invalid("请填写项目名称", errors={"name": ["不能为空"]})
    facts = changes.get("facts", {})
    wrong = set(facts) - set(FACTS) | {key for key, value in facts.items() if not isinstance(value, bool)}
    if wrong:
        raise Invalid("项目事实不合格式", errors={"facts": [f"不认识或不是“是/否”：{'、'.join(sorted(wrong))}"]})
    if set(changes.get("works", ())) - WORKS:
        raise Invalid("改造内容要点不合格式", errors={"works": [f"只能是：{'、'.join(sorted(WORKS))}"]})
    investment = changes.get("investment")
    if investment is not None and Decimal(investment) <= 0:
        raise Invalid("总投资应大于零", errors={"investment": ["应大于零；不详请留空"]})


@transaction.atomic
def advance(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, step: str, on: dt.date, expected_version: int | None = None,
    reason: str = "",
) -> Project:  # fmt: skip
    """Take the next step of a project's life. All gates of the step are asked again here; unmet ones refuse it with their clause."""
    project = locked(project)
    body = keeping_body(by, county_of(project))
    fresh(project, expected_version)
    move = MOVE.get(step)  # type: ignore[call-overload]
    if move is None or step == "plan":
        raise Invalid("没有这个步骤", errors={"step": [step]})
    if project.stage != move.source:
        raise Refused(
            f"“{project.name}”目前在“{STAGE[project.stage].label}”，不能直接办理“{move.label}”；应从“{STAGE[move.source].label}”进入",
            code="step_skipped",
        )
    if on > today:
        raise Invalid("实际日期不能晚于今天", errors={"on": ["不能晚于今天"]})
    _not_before_the_last(project, on)
    layers = layers_of(project.division)
    reasons = refusals_of_project(project, layers=layers, day=today, steps=_steps(move.step))
    if move.step == "start":
        reasons += permit_reasons(project, layers=layers, day=today)
    if reasons:
        raise RuleRefused(
            f"“{project.name}”还不能{move.label}：有 {len(reasons)} 项要求没有满足", reasons=tuple(reasons)
        )
    project.stage = move.target
    project.reported_on = today
    touch(project, at=at)
    project.save()
    _stage_day(project, stage=move.target, actual_on=on, reason=reason, by=by, at=at)
    for milestone, day in milestones_behind(move.target, {move.target: on}).items():
        duties.fulfil(subject=project, milestone=milestone, on=day, at=at)
    record(
        by=by,
        at=at,
        action=f"project.{step}",
        subject=project,
        body=body,
        data={"stage": move.target, "on": on.isoformat()},
        reason=reason,
    )
    return project


def _not_before_the_last(project: Project, on: dt.date) -> None:
    """Stages come one after the other, their days too. Raises Invalid."""
    last = StageDay.objects.filter(project=project, actual_on__gt=on).order_by("-actual_on").first()
    if last is not None and ORDER[last.stage] <= ORDER[project.stage]:
        words = f"早于“{STAGE[last.stage].label}”的日期 {last.actual_on}"
        raise Invalid("实际日期不能早于前一个阶段", errors={"on": [words]})


def _steps(step: Step) -> tuple[Step, ...]:
    return ("works", "accept") if step == "accept" else (step,)


@transaction.atomic
def record_milestone(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, milestone: str, on: dt.date
) -> None:
    """Report that a milestone of a deadline was reached (a survey finished, the basic works done) on a day."""
    project = locked(project)
    keeping_body(by, county_of(project))
    if milestone not in MILESTONE_LABELS:
        raise Invalid("没有这个节点", errors={"milestone": [milestone]})
    if milestone == SETTLEMENT:
        raise Invalid("结算节点不能自己填报", errors={"milestone": ["由财政部门确认竣工财务结算时自动完成"]})
    if on > today:
        raise Invalid("实际日期不能晚于今天", errors={"on": ["不能晚于今天"]})
    duties.fulfil(subject=project, milestone=milestone, on=on, at=at)
    project.reported_on = today
    touch(project, at=at)
    project.save()
    record(
        by=by, at=at, action="project.milestone", subject=project, data={"milestone": milestone, "on": on.isoformat()}
    )


@transaction.atomic
def enter_midlife(
    *, by: User, at: dt.datetime, today: dt.date, project: Project, stage: str, days: Mapping[str, dt.date], reason: str,
) -> Project:  # fmt: skip
    """Enter a project of an issued plan as it stands in reality: its stage and the days on which it reached earlier ones.

    Nothing is asked of the past; the project is marked 中途录入 wherever it is shown.
    """
    project = locked(project)
    keeping_body(by, county_of(project))
    line = PlanLine.objects.filter(project=project).select_related("plan").first()
    if line is None or line.plan.state != "issued":
        raise Refused("只有已下达计划中的项目才能按实际进度录入；请先补录年度计划", code="plan_not_issued")
    if stage not in STAGE or not reached(stage, "approved"):
        raise Invalid("没有这个阶段", errors={"stage": ["请选择计划下达之后的阶段"]})
    if ORDER[stage] < ORDER[project.stage]:
        raise Refused(f"“{project.name}”已在“{STAGE[project.stage].label}”，不能退回", code="stage_backwards")
    if not reason.strip():
        raise Invalid("请写明依据", errors={"reason": ["不能为空，例如：2021年12月竣工验收报告"]})
    _check_days(days, stage=stage, today=today)
    project.stage, project.entered_in_midlife, project.reported_on = stage, True, today
    touch(project, at=at)
    project.save()
    for key, day in days.items():
        _stage_day(project, stage=key, actual_on=day, reason="", by=by, at=at)
    for milestone, day in milestones_behind(stage, days).items():
        duties.fulfil(subject=project, milestone=milestone, on=day, at=at)
    record(by=by, at=at, action="project.enter_midlife", subject=project, data={"stage": stage}, reason=reason)
    return project


def _check_days(days: Mapping[str, dt.date], *, stage: str, today: dt.date) -> None:
    errors: dict[str, list[str]] = {}
    previous: dt.date | None = None
    for item in STAGES:
        day = days.get(item.key)
        if day is None:
            continue
        if ORDER[item.key] > ORDER[stage]:
            errors[item.key] = ["还没有到这个阶段"]
        elif day > today:
            errors[item.key] = ["不能晚于今天"]
        elif previous is not None and day < previous:
            errors[item.key] = ["早于前一个阶段的日期"]
        previous = day
    errors.update({key: ["没有这个阶段"] for key in days if key not in STAGE})
    if errors:
        raise Invalid("各阶段日期有误", errors=errors)


@transaction.atomic
def repin(*, by: User, at: dt.datetime, project: Project, reason: str) -> Project:
    """Pin a project to the present revision of its rulebook instead of the one at its plan's issue: a recorded act."""
    project = locked(project)
    keeping_body(by, county_of(project), roles=("leader",))
    if not reason.strip():
        raise Invalid("请写明原因", errors={"reason": ["不能为空"]})
    before, project.revision = project.revision, layers_of(project.division).revision
    touch(project, at=at)
    project.save()
    record(
        by=by,
        at=at,
        action="project.repin",
        subject=project,
        data={"from": before, "to": project.revision},
        reason=reason,
    )
    return project


def _stage_day(project: Project, *, stage: str, actual_on: dt.date, reason: str, by: User, at: dt.datetime) -> None:
    defaults: dict[str, Any] = {"actual_on": actual_on, "recorded_by": by, "recorded_at": at}
    if reason.strip():
        defaults["reason"] = reason.strip()
    StageDay.objects.update_or_create(project=project, stage=stage, defaults=defaults)


def county_of(project: Project) -> Division:
    """The county (or functional zone) whose office keeps the project."""
    return project.county or project.division


def locked(project: Project) -> Project:
    """The project as it stands now, held until the transaction ends."""
    return Project.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=project.pk)
