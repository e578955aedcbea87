"""OpenAPI, Swagger UI from our own origin under the strict CSP, and the catalogue of errors."""

from functools import lru_cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from renovation.api.serializers import DeprecationSerializer, ErrorSerializer
from rest import catalogue, deprecation
from rest.views import ProblemView


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a key is given."""

    target_class = "offices.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "工作台中创建的密钥"}


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The OpenAPI document; it follows from the code, so one per process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


class SchemaView(ProblemView):
    """OpenAPI 3.1 of everything under ``/api/v1/`` (JSON; YAML with ``Accept: application/yaml``)."""

    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2, OpenApiYamlRenderer]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """The document."""
        return Response(schema())


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI: script and style are files of this origin, so the page needs no exception from the CSP."""

    template_name = "api/docs.html"
    url_name = "api:schema"


class ErrorList(ProblemView):
    """错误目录：每个 code 的状态、含义与出路。"""

    @extend_schema(tags=["errors"], operation_id="errors_list", responses=ErrorSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All entries."""
        return Response(ErrorSerializer(catalogue.entries(), many=True).data)


class DeprecationList(ProblemView):
    """将停用的资源和列：何时宣布、何时停用、改用什么。宣布之日起至少保留一年。"""

    @extend_schema(tags=["deprecations"], operation_id="deprecations_list", responses=DeprecationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All that is declared, the next to end first."""
        return Response(DeprecationSerializer(deprecation.endings(), many=True).data)


class ErrorDetail(ProblemView):
    """错误目录中的一项（problem 的 type 指向这里）。"""

    @extend_schema(tags=["errors"], responses=ErrorSerializer)
    def get(self, request: Request, code: str) -> Response:
        """One entry."""
        entry = catalogue.find(code)
        if entry is None:
            raise NotFound
        return Response(ErrorSerializer(entry).data)
