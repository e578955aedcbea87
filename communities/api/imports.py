"""``imports``: a table in, a preview, and the whole table or nothing."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from communities import actions, handover
from communities.api import serializers as shown
from communities.models import Import
from communities.queries import imports as queries
from offices.clock import now
from offices.models import Division
from policies.refusal import Invalid
from rest.pagination import PAGES
from rest.parsers import JSONParser
from rest.views import StaffViewSet


class ImportFilter(filters.FilterSet):  # type: ignore[misc]
    """Filters of the list."""

    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt")

    class Meta:
        model = Import
        fields = ("kind", "state")


class ImportViewSet(StaffViewSet):
    """表格导入：上传、预览、整表写入或取消。"""

    queryset = Import.objects.select_related("division", "by", "file", "body")
    serializer_class = shown.ImportSerializer
    filterset_class = ImportFilter
    ordering_fields = ("created_at", "updated_at")
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(request=shown.ImportInput, responses={201: shown.ImportSerializer})
    def create(self, request: Request) -> Response:
        """Upload a file (multipart) or send pasted text, and read it. A large one is read by the worker (state ``uploaded``, then
        ``read``); one that can't be read answers with state ``failed``."""
        given = self.parse(shown.ImportInput)
        if not given.get("file") and not given.get("text"):
            raise Invalid("请上传文件（file）或给出表格文本（text）。", errors={"file": ["请上传文件，或给出 text"]})
        division = Division.objects.visible_to(request.user).filter(uid=given["division"]).first()  # type: ignore[arg-type]
        if division is None:
            raise Invalid("没有这个区划，或不在您的范围内。", errors={"division": ["没有这个区划，或不在您的范围内"]})
        options: dict[str, Any] = {name: str(given[name]) for name in ("community", "evidence") if given.get(name)}
        source = actions.upload_import(
            by=request.user, at=now(), kind=given["kind"], division=division, options=options,  # type: ignore[arg-type]
            upload=given.get("file") or actions.pasted(given["text"]),
        )  # fmt: skip
        row = handover.read(source, now())
        return self.answer(row, 201, location=f"/api/v1/imports/{row.uid}/")

    @extend_schema(responses=shown.ImportRowSerializer(many=True))
    @action(detail=True, parameters=("status", *PAGES))
    def rows(self, request: Request, uid: str) -> Response:
        """Rows of the preview; ``status`` is new, update, unchanged, warning, error or skipped."""
        source = self.get_object()
        status = request.query_params.get("status", "")
        if status and status not in queries.TABS:
            raise Invalid(
                "参数 status 有误。", code="invalid_parameter", errors={"status": [f"可用：{'、'.join(queries.TABS)}"]}
            )
        page = self.paginate_queryset(queries.rows_of(source, status).order_by("pk"))
        return self.get_paginated_response(shown.row_data(source, list(page or [])))

    @extend_schema(request=shown.ReadInput)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, uid: str) -> Response:
        """Read again, with the columns or the sheet that the caller names."""
        row = self.get_for_change()
        return self.answer(
            actions.change_options(by=request.user, at=now(), source=row, options=self.parse(shown.ReadInput))  # type: ignore[arg-type]
        )

    @extend_schema(request=shown.MendInput)
    @action(detail=True, methods=["post"])
    def mend(self, request: Request, uid: str) -> Response:
        """Write other texts into cells of the preview, one by one or everywhere; the table is read again."""
        row = self.get_for_change()
        given = self.parse(shown.MendInput)
        cells = {(cell["row"], cell["column"]): cell["text"] for cell in given.get("cells", [])}
        everywhere = [(text["column"], text["found"], text["text"]) for text in given.get("everywhere", [])]
        return self.answer(handover.mend(row, by=request.user, at=now(), cells=cells, everywhere=everywhere))  # type: ignore[arg-type]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, uid: str) -> Response:
        """Write the whole table in one transaction; a large one by the worker (state ``applying``, then ``applied``)."""
        row = self.get_for_change()
        return self.answer(handover.apply(row, by=request.user, at=now()))  # type: ignore[arg-type]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uid: str) -> Response:
        """Give up."""
        row = self.get_for_change()
        return self.answer(actions.cancel_import(by=request.user, at=now(), source=row))  # type: ignore[arg-type]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, uid: str) -> Response:
        """Ask the worker to stop writing: nothing is written, the import waits for its confirmation again."""
        row = self.get_for_change()
        actions.stop_import(by=request.user, source=row)  # type: ignore[arg-type]
        return self.answer(row)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, uid: str) -> Response:
        """Take the whole import back; refused with the list (``errors.standing``) once something stands on its rows."""
        row = self.get_for_change()
        return self.answer(handover.undo(row, by=request.user, at=now()))  # type: ignore[arg-type]
