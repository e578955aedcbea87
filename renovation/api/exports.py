"""``exports``: a whole list made in the background, where a connection for its length is not to be had."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from offices.api import JobSerializer
from offices.clock import now
from offices.models import ApiKey, User
from renovation import exporting
from renovation.dictionary import label_of
from rest import exports
from rest.serializers import StrictInput
from rest.views import ProblemView


class ExportableSerializer(serializers.Serializer[Any]):
    """A resource that can be exported."""

    resource = serializers.CharField(help_text="资源名，如 projects")
    name = serializers.CharField(help_text="中文名")
    formats = serializers.ListField(child=serializers.CharField())


class ExportInput(StrictInput):
    """Which list, with which filters and columns, as which file."""

    resource = serializers.CharField(max_length=40)
    format = serializers.ChoiceField(choices=list(exports.FORMATS), default="jsonl")
    query = serializers.DictField(
        child=serializers.CharField(max_length=500),
        required=False,
        default=dict,
        help_text="与列表相同的筛选，可有 fields",
    )
    official = serializers.BooleanField(default=False, help_text="列名用中文（数据字典中的中文名）")


class ExportsView(ProblemView):
    """整表导出任务：进度、取消和结果文件在 jobs 中；边查边发的导出在各资源的 export/。"""

    permission_classes = [IsAuthenticated]

    @extend_schema(tags=["exports"], operation_id="exports_list", responses=ExportableSerializer(many=True))
    def get(self, request: Request) -> Response:
        """What can be exported."""
        rows = [
            {"resource": name, "name": label_of(name, view), "formats": list(exports.FORMATS)}
            for name, view in exporting.offered().items()
        ]
        return Response(ExportableSerializer(rows, many=True).data)

    @extend_schema(tags=["exports"], operation_id="exports_create", request=ExportInput, responses={201: JobSerializer})
    def post(self, request: Request) -> Response:
        """Ask for one; the answer is its job (``Location``)."""
        assert isinstance(request.user, User)
        given = self.parse(ExportInput)
        scope = exporting.scope_of(given["resource"])
        if isinstance(request.auth, ApiKey) and scope not in request.auth.scopes:
            raise PermissionDenied(f"密钥没有权限 {scope}")
        job = exporting.later(by=request.user, at=now(), **given)
        place = reverse("api:job-detail", args=[job.uid], request=request)
        return Response(JobSerializer(job).data, status=201, headers={"Location": place})
