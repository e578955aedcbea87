"""``projects/<uid>/scheme/files``: drawings and papers of a scheme, to list, to add, to open and to take out."""

from typing import Any, cast

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now
from offices.files import download
from offices.models import User
from projects.actions import schemes
from projects.api.schemes import UID
from projects.models import Scheme, SchemeFile
from rest.schema import ROWS
from rest.serializers import StrictInput


class SchemeFileInput(StrictInput):
    """A drawing or a paper, as multipart/form-data."""

    kind = serializers.ChoiceField(choices=SchemeFile.Kind.choices)
    title = serializers.CharField(max_length=120)
    file = serializers.FileField()


class SchemeFileMixin:
    """Routes of a scheme's attachments, beside ``SchemeMixin``."""

    @extend_schema(methods=["get"], operation_id="projects_scheme_files_list", responses={200: ROWS})
    @extend_schema(
        methods=["post"], request={"multipart/form-data": SchemeFileInput}, responses={201: OpenApiTypes.OBJECT}
    )
    @action(detail=True, methods=["get", "post"], url_path="scheme/files", pagination_class=None)
    def scheme_files(self: Any, request: Request, uid: str) -> Response:
        """图纸和文本；POST 上传一份（If-Match 方案）。"""
        if request.method in SAFE_METHODS:
            rows = self._scheme(request).files.select_related("file", "scheme__project")
            return Response([_data(row) for row in rows])
        scheme: Scheme = self._held(request)
        values = self.parse(SchemeFileInput)
        made = schemes.attach(by=cast(User, request.user), at=now(), scheme=scheme, upload=values.pop("file"), **values)
        return Response(_data(made), status=201)

    @extend_schema(methods=["get"], responses={(200, "*/*"): OpenApiTypes.BINARY})
    @extend_schema(methods=["delete"], responses={204: None})
    @action(detail=True, methods=["get", "delete"], url_path=rf"scheme/files/(?P<file>{UID})", pagination_class=None)
    def scheme_file(self: Any, request: Request, uid: str, file: str) -> HttpResponseBase:
        """打开或删除一份（删除须 If-Match 方案；已定稿的版本保留其校验值）。"""
        scheme: Scheme = self._scheme(request) if request.method in SAFE_METHODS else self._held(request)
        row = get_object_or_404(scheme.files.select_related("file"), uid=file)
        if request.method in SAFE_METHODS:
            return download(row.file)
        schemes.detach(by=cast(User, request.user), at=now(), scheme=scheme, file=row)
        return Response(status=204)


def _data(row: SchemeFile) -> dict[str, Any]:
    return {
        "uid": str(row.uid), "kind": row.kind, "title": row.title, "name": row.file.name, "sha256": row.file.sha256, "size": row.file.size,
        "url": reverse("api:project-scheme-file", args=[row.scheme.project.uid, row.uid]),
    }  # fmt: skip
