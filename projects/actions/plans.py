"""Annual plans: written, declared through the route of the place's document, issued, changed."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from approvals import cases
from approvals.models import Case
from approvals.papers import current
from offices import duties
from offices.history import record
from offices.models import Body, Division, User
from offices.rulebooks import layers_of
from policies.refusal import Invalid, Refused, RuleRefused
from projects.actions.lines import editable, fresh, hold_division, touch
from projects.content import plan_content
from projects.duties import refresh_plan, refresh_project, refresh_projects
from projects.gates import refusals_of_plan
from projects.models import AnnualPlan, PlanLine, PlanVersion, Project
from projects.permissions import keeping_body
from projects.routes import plan_route
from projects.rules.quota import ceiling_of
from projects.rules.stages import STAGE

PLAN_DIVISIONS = frozenset({Division.Kind.COUNTY, Division.Kind.FUNCTIONAL_ZONE})
YEARS = range(2015, 2101)


@transaction.atomic
def create_plan(*, by: User, at: dt.datetime, today: dt.date, division: Division, year: int) -> AnnualPlan:
    """Open the plan of one county and one year; its declaration deadline is computed (LZ-09 where the document has one)."""
    keeping_body(by, division)
    if division.kind not in PLAN_DIVISIONS:
        raise Invalid("年度计划按县（市、区）或新区编制", errors={"division": ["请选择县（市、区）或新区"]})
    if year not in YEARS:
        raise Invalid(f"计划年度不合理：{year}", errors={"year": [f"应在 {YEARS[0]}–{YEARS[-1]} 之间"]})
    hold_division(division)
    plan = AnnualPlan(year=year, rulebook=layers_of(division).place, created_at=at, updated_at=at)
    plan.place_in(division)
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:  # it stands already, or somebody opened it at the same moment
        raise Refused(f"{division.name}{year}年度计划已存在", code="plan_exists") from error
    record(by=by, at=at, action="plan.create", subject=plan, data={"year": year, "division": str(division.uid)})
    refresh_plan(plan, at=at, today=today)
    return plan


@transaction.atomic
def change_plan(
    *, by: User, at: dt.datetime, plan: AnnualPlan, expected_version: int | None = None, capacity: str | None = None,
    quota_ceiling: str | None = None,
) -> AnnualPlan:  # fmt: skip
    """Change what the plan says of itself (not its lines)."""
    plan = _locked(plan)
    keeping_body(by, plan.division)
    editable(plan)
    fresh(plan, expected_version)
    if capacity is not None:
        plan.capacity = capacity
    if quota_ceiling is not None:
        try:
            ceiling_of(quota_ceiling)
        except ValueError as error:
            raise Invalid("计划说明没有保存", errors={"quota_ceiling": [str(error)]}) from error
        plan.quota_ceiling = quota_ceiling.strip()
    touch(plan, at=at)
    plan.save()
    record(by=by, at=at, action="plan.change", subject=plan, data={"version": plan.version})
    return plan


@transaction.atomic
def declare_plan(
    *, by: User, at: dt.datetime, today: dt.date, plan: AnnualPlan, expected_version: int | None = None,
    more_bodies: Sequence[Body] = (),
) -> cases.Case:  # fmt: skip
    """Submit the plan to the route of its document. Every gate of every line is asked again here, inside the transaction.

    Raises RuleRefused with one reason per unmet gate (rule, clause, what is missing). A declaration after the due day is
    accepted and stays marked 逾期: a deadline never blocks.
    """
    plan = _locked(plan)
    body = keeping_body(by, plan.division, roles=("clerk",))
    editable(plan)
    fresh(plan, expected_version)
    if not plan.lines.exists():
        raise Refused(f"{plan}还没有项目，不能申报", code="plan_empty")
    layers = layers_of(plan.division)
    reasons = refusals_of_plan(plan, layers=layers, day=today)
    if reasons:
        raise RuleRefused(f"{plan}还不能申报：有 {len(reasons)} 项要求没有满足", reasons=tuple(reasons))
    plan.state = AnnualPlan.State.IN_REVIEW
    plan.rulebook = layers.place
    touch(plan, at=at)
    plan.save()
    case = cases.submit(
        by=by,
        at=at,
        body=body,
        subject=plan,
        layers=layers,
        route=plan_route(plan, layers=layers, day=today, more_bodies=more_bodies),
    )
    record(
        by=by, at=at, action="plan.declare", subject=plan, body=body, data={"case": str(case.uid), "round": case.round}
    )
    return case


@transaction.atomic
def issue_plan(
    *, by: User | None, at: dt.datetime, today: dt.date, plan: AnnualPlan, document_number: str, issued_on: dt.date,
    approved: Mapping[str, Any] | None = None,
) -> PlanVersion:  # fmt: skip
    """The route is through: the plan is issued, its projects become public and are pinned to the rulebook's revision.

    ``approved`` is what was put before the bodies: the issued version says that, whatever the register has learnt in the meantime.
    """
    plan = _locked(plan)
    layers = layers_of(plan.division)
    plan.state = AnnualPlan.State.ISSUED
    plan.document_number = document_number
    plan.issued_on = issued_on
    plan.revision = layers.revision
    touch(plan, at=at)
    plan.save()
    projects = _projects(plan)
    for project in projects:
        _approve(project, revision=layers.revision, at=at)
    refresh_projects(projects, at=at, today=today)
    if not plan.entered_as_issued:
        for project in projects:
            _survey_done(project, at=at)
    refresh_plan(plan, at=at, today=today)  # its own deadlines become public with it
    version = _new_version(
        plan, by=by, at=at, document_number=document_number, issued_on=issued_on, reason="", approved=approved
    )
    record(
        by=by, at=at, action="plan.issue", subject=plan, data={"version": version.number, "hash": version.content_hash}
    )
    return version


@transaction.atomic
def enter_as_issued(
    *, by: User, at: dt.datetime, today: dt.date, plan: AnnualPlan, document_number: str, issued_on: dt.date,
    declared_on: dt.date | None = None,
) -> AnnualPlan:  # fmt: skip
    """Enter a plan that was issued before the platform was in use, with its document number; no gate is asked of the past."""
    keeping_body(by, plan.division)
    plan = _locked(plan)
    editable(plan)
    _never_on_its_way(plan)
    _check_issue(document_number, issued_on, today)
    if declared_on is not None and declared_on > issued_on:
        raise Invalid("申报日期不能晚于下达日期", errors={"declared_on": ["不能晚于下达日期"]})
    if not plan.lines.exists():
        raise Refused(f"{plan}还没有项目，不能补录为已下达", code="plan_empty")
    plan.entered_as_issued = True
    plan.declared_on = declared_on
    plan.save(update_fields=("entered_as_issued", "declared_on"))
    issue_plan(by=by, at=at, today=today, plan=plan, document_number=document_number.strip(), issued_on=issued_on)
    if declared_on is not None:
        duties.fulfil(subject=plan, milestone="plan_declaration", on=declared_on, at=at)
    record(by=by, at=at, action="plan.enter_as_issued", subject=plan, data={"issued_on": issued_on.isoformat()})
    plan.refresh_from_db()
    return plan


@transaction.atomic
def change_issued_plan(
    *, by: User, at: dt.datetime, today: dt.date, plan: AnnualPlan, reason: str, document_number: str, issued_on: dt.date,
    add: Sequence[Project] = (), remove: Sequence[Project] = (), expected_version: int | None = None,
) -> PlanVersion:  # fmt: skip
    """A change in mid-year: the issued version stays, a new one says who, when, why and by which document."""
    plan = _locked(plan)
    keeping_body(by, plan.division)
    fresh(plan, expected_version)
    if plan.state != AnnualPlan.State.ISSUED:
        raise Refused("只有已下达的计划才办理调整；草稿请直接修改", code="plan_not_issued")
    _check_issue(document_number, issued_on, today)
    if not reason.strip():
        raise Invalid("请写明调整原因", errors={"reason": ["不能为空"]})
    if not add and not remove:
        raise Invalid("没有要调整的项目", errors={"add": ["请选择调入或调出的项目"]})
    for project in remove:
        _take_out(plan, project, at=at, today=today)
    for project in add:
        _take_in(plan, project, at=at, today=today)
    touch(plan, at=at)
    plan.save(update_fields=("version", "updated_at"))
    version = _new_version(
        plan, by=by, at=at, document_number=document_number.strip(), issued_on=issued_on, reason=reason.strip()
    )
    record(
        by=by,
        at=at,
        action="plan.change_issued",
        subject=plan,
        data={"version": version.number, "hash": version.content_hash},
    )
    return version


def _never_on_its_way(plan: AnnualPlan) -> None:
    """A plan on which bodies have given opinions can't be called issued past them. Raises Refused."""
    rows = Case.objects.filter(subject_type="annualplan", subject_uid=plan.uid)
    if rows.filter(Q(opinions__isnull=False) | Q(state__in=(Case.State.OPEN, Case.State.RETURNED))).exists():
        raise Refused(f"{plan}已在平台送审并有审批意见，不能补录为已下达；请修改后重新申报", code="plan_was_declared")


def _take_out(plan: AnnualPlan, project: Project, *, at: dt.datetime, today: dt.date) -> None:
    project = Project.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=project.pk)
    deleted, _ = PlanLine.objects.filter(plan=plan, project=project).delete()
    if not deleted:
        raise Refused(f"“{project.name}”不在{plan}中", code="project_not_in_plan")
    if project.stage != "approved":
        raise Refused(f"“{project.name}”已进入“{STAGE[project.stage].label}”阶段，不能调出", code="project_started")
    project.stage, project.plan_year, project.published = "reserve", None, False
    touch(project, at=at)
    project.save()
    refresh_project(project, at=at, today=today)


def _take_in(plan: AnnualPlan, project: Project, *, at: dt.datetime, today: dt.date) -> None:
    project = Project.objects.select_for_update(of=("self",)).select_related("division", "county").get(pk=project.pk)
    if project.county_id != plan.division_id or PlanLine.objects.filter(project=project).exists():
        raise Refused(f"“{project.name}”不能调入{plan}（不在本辖区或已在其他计划中）", code="project_in_plan")
    last = plan.lines.order_by("-position").values_list("position", flat=True).first() or 0
    PlanLine.objects.create(plan=plan, project=project, position=last + 1, created_at=at, updated_at=at)
    project.plan_year = plan.year
    _approve(project, revision=plan.revision, at=at)
    refresh_project(project, at=at, today=today)


def _approve(project: Project, *, revision: str, at: dt.datetime) -> None:
    project.published = True
    project.revision = revision
    if project.stage in {"reserve", "planned"}:
        project.stage = "approved"
    touch(project, at=at)
    project.save()


def _survey_done(project: Project, *, at: dt.datetime) -> None:
    """The owners were asked before the plan was issued: on the day of the last paper that says so."""
    papers = current(project)
    days = [
        papers[key].day
        for key in ("plan_consent", "willingness_survey", "survey_coverage", "vote:scheme")
        if key in papers and papers[key].checked_by_id
    ]
    if days:
        duties.fulfil(subject=project, milestone="opinion_survey", on=max(days), at=at)


def _projects(plan: AnnualPlan) -> list[Project]:
    return [line.project for line in plan.lines.select_related("project__division")]


def _new_version(
    plan: AnnualPlan, *, by: User | None, at: dt.datetime, document_number: str, issued_on: dt.date, reason: str,
    approved: Mapping[str, Any] | None = None,
) -> PlanVersion:  # fmt: skip
    content: dict[str, Any] = (
        {key: value for key, value in approved.items() if key != "gates"} if approved else plan_content(plan)
    )
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return PlanVersion.objects.create(
        plan=plan, number=plan.versions.count() + 1, content=content, content_hash=hashlib.sha256(text.encode()).hexdigest(),
        document_number=document_number, issued_on=issued_on, reason=reason, by=by, at=at,
    )  # fmt: skip


def _check_issue(document_number: str, issued_on: dt.date, today: dt.date) -> None:
    if not document_number.strip():
        raise Invalid("请填写下达文号", errors={"document_number": ["不能为空，例如 芮政办发〔2022〕23号"]})
    if issued_on > today:
        raise Invalid("下达日期不能晚于今天", errors={"issued_on": ["不能晚于今天"]})


def _locked(plan: AnnualPlan) -> AnnualPlan:
    return AnnualPlan.objects.select_for_update(of=("self",)).select_related("division").get(pk=plan.pk)
