"""``acceptances``: the acceptance of a project with its signatures, defects, filing and spot checks; written by the pages' own actions."""

from typing import Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now, today
from offices.filters import BelowFilter
from policies.refusal import Invalid
from projects.actions import acceptance as act
from projects.actions import defects as mending
from projects.api.aftercare import DefectInput, SignatureInput, defect_data, party_data
from projects.api.plans import UID
from projects.models import Acceptance, AcceptanceParty, Defect, Project
from rest.parsers import JSONParser
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet


class AcceptanceSerializer(ResourceSerializer):
    """An acceptance."""

    project = ReferenceField(name="name")
    division = ReferenceField(name="name")

    class Meta:
        model = Acceptance
        fields = (
            "uid", "project", "division", "held_on", "place", "passed_on", "conclusion", "design_life", "seasons_end", "filed_on",
            "filing_number", "version", "updated_at",
        )  # fmt: skip


class AcceptanceDetailSerializer(AcceptanceSerializer):
    """With its signatures, defects and spot checks."""

    parties = serializers.SerializerMethodField(help_text="签字，姓名隐去")
    defects = serializers.SerializerMethodField(help_text="验收问题和保修报修")
    spot_checks = serializers.SerializerMethodField(help_text="抽检核验")

    class Meta(AcceptanceSerializer.Meta):
        fields = (*AcceptanceSerializer.Meta.fields, "parties", "defects", "spot_checks")  # type: ignore[assignment]

    def get_parties(self, row: Acceptance) -> list[dict[str, Any]]:
        """Signatures that stand."""
        return [party_data(party) for party in row.parties.all() if party.withdrawn_at is None]

    def get_defects(self, row: Acceptance) -> list[dict[str, Any]]:
        """Defects and claims, oldest first."""
        return [defect_data(defect) for defect in row.defects.all()]

    def get_spot_checks(self, row: Acceptance) -> list[dict[str, Any]]:
        """Checks by the city."""
        return [
            {"on": check.on.isoformat(), "body": check.body.name, "passed": check.passed, "findings": check.findings}
            for check in row.spot_checks.all()
        ]


class AcceptanceFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, project and days."""

    division = BelowFilter()
    project = filters.UUIDFilter("project__uid", label="项目")
    passed_after = filters.DateFilter("passed_on", lookup_expr="gte", label="验收合格日期不早于")
    passed_before = filters.DateFilter("passed_on", lookup_expr="lte", label="验收合格日期不晚于")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Acceptance
        fields = ()


class AcceptanceInput(StrictInput):
    """Begin the acceptance of a project."""

    project = serializers.UUIDField()
    held_on = serializers.DateField()
    place = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class AcceptanceConfirmation(StrictInput):
    """A second person: it passed."""

    passed_on = serializers.DateField()
    conclusion = serializers.CharField(max_length=500)


class WarrantyInput(StrictInput):
    """What the design and the place say of the warranty."""

    design_life = serializers.IntegerField(min_value=1, max_value=100, allow_null=True)
    seasons_end = serializers.DateField(allow_null=True)


class AcceptanceFilingInput(StrictInput):
    """竣工验收备案."""

    filed_on = serializers.DateField()
    filing_number = serializers.CharField(max_length=60)


class SpotCheckInput(StrictInput):
    """The city's 抽检核验."""

    on = serializers.DateField()
    passed = serializers.BooleanField()
    findings = serializers.CharField(max_length=500)


class RevisitInput(StrictInput):
    """A part that was looked at again before its warranty ends."""

    key = serializers.CharField(max_length=40)
    on = serializers.DateField()


class MendedInput(StrictInput):
    """A defect was mended."""

    mended_on = serializers.DateField()
    note = serializers.CharField(max_length=500)


class SeenAgainInput(StrictInput):
    """It was seen again: good, or back with a reason."""

    seen_on = serializers.DateField()
    good = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class SignatureWithdrawal(StrictInput):
    """Why a signature is taken back."""

    reason = serializers.CharField(max_length=300)


class AcceptanceReportInput(StrictInput):
    """竣工验收报告."""

    file = serializers.FileField()


class AcceptanceViewSet(StaffViewSet):
    """竣工验收：登记、签字、问题整改、确认、保修、备案、抽检。"""

    queryset = Acceptance.objects.select_related("project", "division")
    serializer_class = AcceptanceSerializer
    filterset_class = AcceptanceFilter
    ordering_fields = ("held_on", "passed_on", "updated_at")
    by_scope = True

    def get_queryset(self) -> Any:
        """A detail carries what belongs to it."""
        rows = super().get_queryset()
        if self.action in {"list", "export"}:
            return rows
        return rows.prefetch_related(
            "parties", Prefetch("defects", Defect.objects.order_by("pk")), "spot_checks__body", "project__division"
        )

    def get_serializer_class(self) -> Any:
        """A detail carries what belongs to it."""
        return AcceptanceSerializer if self.action in {"list", "export"} else AcceptanceDetailSerializer

    @extend_schema(request=AcceptanceInput, responses={201: AcceptanceDetailSerializer})
    def create(self, request: Request) -> Response:
        """登记竣工验收；先决条件不齐的 409 rule，列出还缺什么。"""
        given = self.parse(AcceptanceInput)
        project = Project.objects.visible_to(request.user).filter(uid=given.pop("project")).first()  # type: ignore[arg-type]
        if project is None:
            raise Invalid("没有这个项目，或不在您的范围内。", errors={"project": ["没有这个项目，或不在您的范围内"]})
        row = act.open_acceptance(by=request.user, at=now(), today=today(), project=project, **given)  # type: ignore[arg-type]
        return self._shown(row, 201, f"/api/v1/acceptances/{row.uid}/")

    @extend_schema(request=SignatureInput, responses={201: AcceptanceDetailSerializer})
    @action(detail=True, methods=["post"])
    def signatures(self, request: Request, uid: str) -> Response:
        """登记一方的签字。"""
        return self._done(act.sign, SignatureInput, 201)

    @extend_schema(request=SignatureWithdrawal, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"], url_path=rf"signatures/(?P<line>{UID})/withdraw")
    def withdraw_signature(self, request: Request, uid: str, line: str) -> Response:
        """撤销录错的签字。"""
        row, given = self.get_object(), self.parse(SignatureWithdrawal)
        parties = AcceptanceParty.objects.select_related("acceptance__project")
        party = get_object_or_404(parties, acceptance=row, uid=line)
        act.withdraw_signature(by=request.user, at=now(), party=party, **given)  # type: ignore[arg-type]
        return self._shown(row)

    @extend_schema(request={"multipart/form-data": AcceptanceReportInput}, responses={201: AcceptanceDetailSerializer})
    @action(detail=True, methods=["post"], parser_classes=[JSONParser, MultiPartParser])
    def report(self, request: Request, uid: str) -> Response:
        """上传竣工验收报告。"""
        row = self.get_object()
        act.report(by=request.user, at=now(), acceptance=row, upload=self.parse(AcceptanceReportInput)["file"])  # type: ignore[arg-type]
        return self._shown(row, 201)

    @extend_schema(request=AcceptanceConfirmation, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, uid: str) -> Response:
        """第二人确认验收合格。"""
        return self._done(act.confirm, AcceptanceConfirmation)

    @extend_schema(request=WarrantyInput, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"])
    def warranty(self, request: Request, uid: str) -> Response:
        """保修年限中由设计和当地决定的两项。"""
        return self._done(act.describe_warranty, WarrantyInput)

    @extend_schema(request=AcceptanceFilingInput, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"])
    def filing(self, request: Request, uid: str) -> Response:
        """登记竣工验收备案。"""
        return self._done(act.file_acceptance, AcceptanceFilingInput)

    @extend_schema(request=None, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"], url_path="filing/check")
    def check_filing(self, request: Request, uid: str) -> Response:
        """第二人复核备案。"""
        row = self.get_object()
        act.check_filing(by=request.user, at=now(), acceptance=row)  # type: ignore[arg-type]
        return self._shown(row)

    @extend_schema(request=SpotCheckInput, responses={201: AcceptanceDetailSerializer})
    @action(detail=True, methods=["post"], url_path="spot-checks")
    def spot_checks(self, request: Request, uid: str) -> Response:
        """市级抽检核验。"""
        return self._done(act.spot_check, SpotCheckInput, 201)

    @extend_schema(request=RevisitInput, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"])
    def revisits(self, request: Request, uid: str) -> Response:
        """登记保修回访。"""
        return self._done(act.revisit, RevisitInput)

    @extend_schema(request=DefectInput, responses={201: AcceptanceDetailSerializer})
    @action(detail=True, methods=["post"])
    def defects(self, request: Request, uid: str) -> Response:
        """登记验收问题；写 component 的是保修报修。"""
        return self._done(mending.add_defect, DefectInput, 201)

    @extend_schema(request=MendedInput, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"], url_path=rf"defects/(?P<line>{UID})/mend")
    def mend(self, request: Request, uid: str, line: str) -> Response:
        """报告整改完成。"""
        return self._of_defect(mending.mend, MendedInput, line)

    @extend_schema(request=SeenAgainInput, responses=AcceptanceDetailSerializer)
    @action(detail=True, methods=["post"], url_path=rf"defects/(?P<line>{UID})/see")
    def see(self, request: Request, uid: str, line: str) -> Response:
        """由另一人复验：合格，或写明原因退回。"""
        return self._of_defect(mending.see_again, SeenAgainInput, line)

    def _done(self, call: Any, given: type[StrictInput], status: int = 200) -> Response:
        row, values = self.get_object(), self.parse(given)
        call(by=self.request.user, at=now(), today=today(), acceptance=row, **values)
        return self._shown(row, status)

    def _of_defect(self, call: Any, given: type[StrictInput], line: str) -> Response:
        row, values = self.get_object(), self.parse(given)
        defect = get_object_or_404(Defect.objects.select_related("acceptance__project"), acceptance=row, uid=line)
        call(by=self.request.user, at=now(), today=today(), defect=defect, **values)
        return self._shown(row)

    def _shown(self, row: Acceptance, status: int = 200, location: str = "") -> Response:
        return self.answer(self.get_queryset().get(pk=row.pk), status, location=location)
