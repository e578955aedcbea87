"""``plans``: annual plans with their lines, declaration, versions and the official table."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.encoding import escape_uri_path
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import cases, papers
from approvals.models import Case, Paper
from offices.clock import now, today
from offices.filters import BelowFilter
from offices.models import Duty
from offices.rulebooks import layers_of
from policies.refusal import Refused
from projects import actions
from projects.actions.papers import record_evidence
from projects.api import serializers as shown
from projects.api.companions import CompanionMixin
from projects.content import lines_of
from projects.gates import papers_held
from projects.models import AnnualPlan, PlanLine
from projects.papers.plan_table import title, workbook
from projects.queries.duties import DutyRow, duties_of
from projects.queries.plans import plan_page, version_views, with_figures
from rest import etags
from rest.views import ResourceViewSet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UID = "[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


class PlanFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, year and state."""

    division = BelowFilter()
    year_from = filters.NumberFilter("year", lookup_expr="gte", label="起始年度")
    year_to = filters.NumberFilter("year", lookup_expr="lte", label="截止年度")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = AnnualPlan
        fields = ("year", "state", "rulebook", "document_number", "entered_as_issued")


class PlanViewSet(CompanionMixin, ResourceViewSet):
    """年度计划：不带密钥只有已下达的计划。"""

    queryset = AnnualPlan.objects.select_related("division")
    serializer_class = shown.PlanSerializer
    filterset_class = PlanFilter
    ordering_fields = ("year", "issued_on", "updated_at")

    def get_queryset(self) -> Any:
        """Reads carry the sums; a change locks the bare row."""
        rows = super().get_queryset()
        return with_figures(rows) if self.request is not None and self.request.method in SAFE_METHODS else rows

    def get_serializer_class(self) -> Any:
        """A detail carries lines and deadlines."""
        return shown.PlanSerializer if self.action in {"list", "export"} else shown.PlanDetailSerializer

    def get_serializer_context(self) -> dict[str, Any]:
        """What the nested columns ask for, asked only for those that are shown."""
        return {**super().get_serializer_context(), "lines": lines_of, "duties": self._duties}

    def _duties(self, plan: AnnualPlan) -> list[DutyRow]:
        rows = duties_of([plan], today())[plan.uid]
        return (
            rows
            if self.request.user.is_authenticated
            else [row for row in rows if row.duty.state != Duty.State.NOT_APPLICABLE]
        )

    def _changed(self, plan: AnnualPlan, status: int = 200, location: str = "") -> Response:
        """The plan after a change, with its sums."""
        row = with_figures(AnnualPlan.objects.filter(pk=plan.pk).select_related("division")).get()
        return self.answer(row, status, location=location)

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """The official table is a sheet, whatever Accept says."""
        return super().perform_content_negotiation(request, force or self.action == "table")

    @extend_schema(request=shown.PlanInput, responses={201: shown.PlanDetailSerializer})
    def create(self, request: Request) -> Response:
        """Open the plan of a county and a year."""
        values = self.parse(shown.PlanInput)
        plan = actions.create_plan(by=request.user, at=now(), today=today(), **values)  # type: ignore[arg-type]
        return self._changed(plan, 201, f"/api/v1/plans/{plan.uid}/")

    @extend_schema(request=shown.PlanChange, responses=shown.PlanDetailSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change what the plan says of itself."""
        plan = self.get_for_change()
        values = self.parse(shown.PlanChange)
        return self._changed(actions.change_plan(by=request.user, at=now(), plan=plan, **values))  # type: ignore[arg-type]

    @extend_schema(methods=["get"], responses=shown.LineSerializer(many=True))
    @extend_schema(methods=["post"], request=shown.LineInput, responses={201: shown.LineSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def lines(self, request: Request, uid: str) -> Response:
        """Lines in order; add a project of the reserve (If-Match of the plan)."""
        if request.method in SAFE_METHODS:
            return Response(shown.LineSerializer(lines_of(self.get_object()), many=True).data)
        plan = self.get_for_change()
        line = actions.add_line(
            by=request.user, at=now(), today=today(), plan=plan, **self.parse(shown.LineInput)  # type: ignore[arg-type]
        )  # fmt: skip
        return self._line(line, 201)

    @extend_schema(methods=["get"], responses=shown.LineSerializer)
    @extend_schema(methods=["patch"], request=shown.LineChange, responses=shown.LineSerializer)
    @extend_schema(methods=["delete"], responses={204: None})
    @action(detail=True, methods=["get", "patch", "delete"], url_path=rf"lines/(?P<line>{UID})", pagination_class=None)
    def line(self, request: Request, uid: str, line: str) -> Response:
        """Read one line, change it or take it out (If-Match of the line)."""
        plan = self.get_row()
        row = get_object_or_404(PlanLine.objects.select_related("plan__division", "project"), plan=plan, uid=line)
        if request.method in SAFE_METHODS:
            return self._line(row, 200)
        etags.require_match(request, row)
        if request.method == "DELETE":
            actions.remove_line(by=request.user, at=now(), today=today(), line=row, expected_version=row.version)  # type: ignore[arg-type]
            return Response(status=204)
        values = self.parse(shown.LineChange)
        changed = actions.change_line(by=request.user, at=now(), line=row, expected_version=row.version, **values)  # type: ignore[arg-type]
        return self._line(changed, 200)

    def _line(self, line: PlanLine, status: int) -> Response:
        self.changed_row = line
        return Response(shown.LineSerializer(line).data, status=status)

    @extend_schema(request=shown.SubmitInput, responses=shown.PlanDetailSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, uid: str) -> Response:
        """Declare the plan. Unmet gates refuse it: 409 ``rule`` with clauses and what is missing."""
        plan = self.get_for_change()
        more = self.parse(shown.SubmitInput).get("more_bodies", [])
        actions.declare_plan(by=request.user, at=now(), today=today(), plan=plan, more_bodies=more)  # type: ignore[arg-type]
        return self._changed(plan)

    @extend_schema(request=shown.WithdrawalReason, responses=shown.PlanDetailSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """Take the plan back from its route."""
        plan = self.get_for_change()
        reason = self.parse(shown.WithdrawalReason)["reason"]
        case = Case.objects.filter(
            subject_type="annualplan", subject_uid=plan.uid, state__in=("open", "returned")
        ).first()
        if case is None:
            raise Refused("没有正在审批的申报", code="no_open_case")
        cases.withdraw(by=request.user, at=now(), today=today(), case=case, reason=reason)  # type: ignore[arg-type]
        return self._changed(plan)

    @extend_schema(request=shown.IssuedInput, responses=shown.PlanDetailSerializer)
    @action(detail=True, methods=["post"], url_path="enter-as-issued")
    def enter_as_issued(self, request: Request, uid: str) -> Response:
        """Enter a plan that was issued before the platform was in use."""
        plan = self.get_for_change()
        values = self.parse(shown.IssuedInput)
        return self._changed(actions.enter_as_issued(by=request.user, at=now(), today=today(), plan=plan, **values))  # type: ignore[arg-type]

    @extend_schema(request=shown.ChangesInput, responses=shown.PlanDetailSerializer)
    @action(detail=True, methods=["post"])
    def changes(self, request: Request, uid: str) -> Response:
        """Change an issued plan in mid-year: a new version with its document and reason."""
        plan = self.get_for_change()
        values = self.parse(shown.ChangesInput)
        actions.change_issued_plan(by=request.user, at=now(), today=today(), plan=plan, **values)  # type: ignore[arg-type]
        return self._changed(plan)

    @extend_schema(responses=shown.PlanVersionSerializer(many=True))
    @action(detail=True, pagination_class=None)
    def versions(self, request: Request, uid: str) -> Response:
        """Issued versions, newest first, with their differences."""
        views = version_views(list(self.get_object().versions.order_by("-number")))
        changes = {view.version.number: view.changes for view in views}
        rows = shown.PlanVersionSerializer([view.version for view in views], many=True, context={"changes": changes})
        return Response(rows.data)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def gates(self, request: Request, uid: str) -> Response:
        """Gates of the declaration: the plan's own and each line's."""
        if not request.user.is_authenticated:
            raise NotAuthenticated
        plan = self.get_object()
        view = plan_page(plan, layers=layers_of(plan.division), today=today())
        return Response(
            {
                "plan": [shown.gate_data(gate) for gate in view.gates],
                "lines": [
                    {
                        "line": str(row.line.uid), "project": {"uid": str(row.project.uid), "name": row.project.name},
                        "gates": [shown.gate_data(gate) for gate in row.gates],
                    }
                    for row in view.lines
                ],
                "blocking": len(view.blocking),
            }
        )  # fmt: skip

    @extend_schema(responses={(200, XLSX): OpenApiTypes.BINARY})
    @action(detail=True, pagination_class=None)
    def table(self, request: Request, uid: str) -> HttpResponse:
        """The official table (附件3) as XLSX; a draft says so."""
        plan = self.get_object()
        response = HttpResponse(workbook([plan]), content_type=XLSX)
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{escape_uri_path(title([plan]))}.xlsx"
        return response

    @extend_schema(methods=["get"], responses=shown.PaperSerializer(many=True))
    @extend_schema(methods=["post"], request=shown.PaperInput, responses={201: shown.PaperSerializer})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def papers(self, request: Request, uid: str) -> Response:
        """Papers of the plan as a whole; record one."""
        return paper_list(self, request)

    @extend_schema(request=None, responses=shown.PaperSerializer)
    @action(detail=True, methods=["post"], url_path=rf"papers/(?P<paper>{UID})/check", pagination_class=None)
    def check_paper(self, request: Request, uid: str, paper: str) -> Response:
        """A second person has held the paper against the entry."""
        return paper_check(self, request, paper)


def paper_list(view: Any, request: Request) -> Response:
    """Papers of a plan or a project, or one more. For those known only."""
    if not request.user.is_authenticated:
        raise NotAuthenticated
    row = view.get_object()
    if request.method in SAFE_METHODS:
        return Response(shown.PaperSerializer(papers_held([row])[row.uid], many=True).data)
    values = view.parse(shown.PaperInput)
    record = partial(record_evidence, by=request.user, at=now(), today=today(), subject=row)
    paper = record(key=values.pop("evidence"), **values)
    return Response(shown.PaperSerializer(paper).data, status=201)


def paper_check(view: Any, request: Request, uid: str) -> Response:
    """Check a paper of a plan or a project."""
    row = view.get_object()
    paper = get_object_or_404(Paper, subject_uid=row.uid, uid=uid)
    checked = papers.check_paper(by=request.user, at=now(), paper=paper)  # type: ignore[arg-type]
    return Response(shown.PaperSerializer(checked).data)
