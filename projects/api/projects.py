"""``projects``: from the reserve to aftercare, with gates, timeline and steps."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now, today
from offices.filters import BelowFilter
from offices.models import Duty
from offices.rulebooks import layers_of
from projects import actions
from projects.api import ranking as ranked
from projects.api import serializers as shown
from projects.api.aftercare import AftercareMixin
from projects.api.around import AroundMixin
from projects.api.permits import StartPapers
from projects.api.plans import UID, paper_check, paper_list
from projects.api.scheme_files import SchemeFileMixin
from projects.api.schemes import SchemeMixin
from projects.api.works import WorksMixin
from projects.api.works_writes import WorksWriteMixin
from projects.gates import gates_of_project
from projects.models import Project, ProjectCommunity
from projects.queries.aftercare import unmanaged_projects
from projects.queries.duties import duties_of
from projects.queries.permits import permit_reasons
from projects.queries.projects import matching, timeline_rows
from projects.queries.ranking import reserve_of
from projects.rules.stages import STAGES, next_move
from rest.problems import reason
from rest.views import ResourceViewSet

PARTS = Prefetch("parts", queryset=ProjectCommunity.objects.select_related("community").order_by("pk"))


class ProjectFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, year, stage and name."""

    division = BelowFilter()
    community = filters.UUIDFilter("parts__community__uid", label="小区")
    unmanaged = filters.BooleanFilter(method="without_manager", label="已竣工验收，有（无）小区没有管理人")
    search = filters.CharFilter(method="by_text", label="名称、小区名称、位置、拼音")
    stage = filters.ChoiceFilter(choices=[(stage.key, stage.label) for stage in STAGES], label="阶段")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Project
        fields = ("plan_year", "stage", "national_task", "entered_in_midlife")

    def without_manager(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        """See ``unmanaged_projects`` (RC-24)."""
        return unmanaged_projects(rows, value)

    def by_text(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """As the search box."""
        return rows.filter(matching(value))


class ProjectViewSet(
    AroundMixin, AftercareMixin, StartPapers, WorksWriteMixin, WorksMixin, SchemeFileMixin, SchemeMixin, ResourceViewSet
):
    """改造项目：不带密钥只有已公开（计划已下达）的项目和公开列。"""

    queryset = Project.objects.select_related("division", "county", "implementing_body").prefetch_related(PARTS)
    serializer_class = shown.ProjectSerializer
    public_serializer_class = shown.PublicProjectSerializer
    filterset_class = ProjectFilter
    ordering_fields = ("name", "plan_year", "updated_at")
    by_scope = True

    @extend_schema(request=shown.ProjectChange, responses=shown.ProjectSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change what a project says of itself; its deadlines follow."""
        project = self.get_for_change()
        changes = self.parse(shown.ProjectChange)
        row = actions.change_project(
            by=request.user, at=now(), today=today(), project=project, changes=changes, expected_version=project.version  # type: ignore[arg-type]
        )  # fmt: skip
        return self.answer(self.queryset.get(pk=row.pk))

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    @action(detail=False, pagination_class=None, filter_backends=[], parameters=("division", "year"))
    def ranking(self, request: Request) -> Response:
        """The reserve of a county (``division``) in its order for a ``year``, with criteria, weights, values and clauses."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        division, year = ranked.asked(request)
        view = reserve_of(request.user, division, year=year, today=today())
        return Response(ranked.data(view))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def gates(self, request: Request, uid: str) -> Response:
        """Gates of the next step, each with its clause and what is missing."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        project = self.get_object()
        gates = gates_of_project(project, layers=layers_of(project.division), day=today())
        move = next_move(project.stage)
        needed = (
            permit_reasons(project, layers=layers_of(project.division), day=today())
            if move and move.step == "start"
            else []
        )
        return Response(
            {
                "step": move.step if move else None,
                "gates": [shown.gate_data(gate) for gate in gates],
                "permits": [reason(each) for each in needed],
            }
        )

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def timeline(self, request: Request, uid: str) -> Response:
        """Stages with planned and actual days, reasons of delays, and the days that documents set."""
        project = self.get_object()
        duties = [
            row for row in duties_of([project], today())[project.uid] if row.duty.state != Duty.State.NOT_APPLICABLE
        ]
        rows = timeline_rows(project, list(project.stage_days.all()), duties)
        return Response(
            {
                "stage": project.stage,
                "rows": [_timeline_row(row) for row in rows],
                "deadlines": [shown.duty_data(row) for row in duties],
            }
        )

    @extend_schema(request=shown.AdvanceInput, responses=shown.ProjectSerializer)
    @action(detail=True, methods=["post"])
    def advance(self, request: Request, uid: str) -> Response:
        """Take the next step. Unmet gates refuse it: 409 ``rule`` with clauses and what is missing."""
        project = self.get_for_change()
        values = self.parse(shown.AdvanceInput)
        row = actions.advance(by=request.user, at=now(), today=today(), project=project, **values)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk))

    @extend_schema(request=shown.MilestoneInput, responses=shown.ProjectSerializer)
    @action(detail=True, methods=["post"])
    def milestones(self, request: Request, uid: str) -> Response:
        """Report that a milestone of a deadline was reached."""
        project = self.get_for_change()
        actions.record_milestone(
            by=request.user, at=now(), today=today(), project=project, **self.parse(shown.MilestoneInput)  # type: ignore[arg-type]
        )  # fmt: skip
        return self.answer(self.queryset.get(pk=project.pk))

    @extend_schema(request=shown.StageInput, responses=shown.ProjectSerializer)
    @action(detail=True, methods=["post"], url_path="planned-days")
    def planned_days(self, request: Request, uid: str) -> Response:
        """Set when a stage is planned; moving it later needs its reason."""
        project = self.get_for_change()
        given = self.parse(shown.StageInput)
        days = {given["stage"]: given["planned_on"]}
        actions.plan_days(by=request.user, at=now(), project=project, days=days, reason=given["reason"])  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=project.pk))

    @extend_schema(methods=["get"], responses=shown.PaperSerializer(many=True))
    @extend_schema(methods=["post"], request=shown.PaperInput, responses={201: shown.PaperSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def papers(self, request: Request, uid: str) -> Response:
        """Papers of the project; record one."""
        return paper_list(self, request)

    @extend_schema(request=None, responses=shown.PaperSerializer)
    @action(detail=True, methods=["post"], url_path=rf"papers/(?P<paper>{UID})/check", pagination_class=None)
    def check_paper(self, request: Request, uid: str, paper: str) -> Response:
        """A second person has held the paper against the entry."""
        return paper_check(self, request, paper)


def _timeline_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the timeline with its clause as everywhere else."""
    return {**{key: value for key, value in row.items() if key != "citation"}, "rule": shown.citation(row["citation"])}
