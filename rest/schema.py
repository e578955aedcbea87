"""OpenAPI of what every resource has in common, so that no view repeats it."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from rest import deprecation
from rest.problems import CONTENT_TYPE
from rest.serializers import ProblemSerializer

FIELDS = OpenApiParameter("fields", str, description="只取这些列，逗号分隔")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="上次得到的 ETag；没有变化时回答 304"
)
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True, description="读取时得到的 ETag")
ROWS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="同一个键的同一请求只执行一次"
)


class ResourceSchema(AutoSchema):
    """AutoSchema with column selection, conditional and idempotent requests and problem answers."""

    def get_override_parameters(self) -> list[Any]:
        """Parameters that follow from the method and the kind of view."""
        rows = hasattr(self.view, "get_for_change")
        if self.method == "GET":
            picks = rows and getattr(self.view, "action", "") in {"list", "retrieve", "export"}
            return [FIELDS, IF_NONE_MATCH] if picks else [IF_NONE_MATCH]
        found = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        if rows and getattr(self.view, "detail", False):
            found.append(IF_MATCH)
        return found

    def is_deprecated(self) -> bool:
        """Whether the whole resource will end (a column that ends is said in the answers)."""
        resource = next(iter(self._tokenize_path()), "")
        return any(not ending.column for ending in deprecation.touching(resource)) or bool(super().is_deprecated())

    def get_tags(self) -> list[str]:
        """The resource's name."""
        return [self._tokenize_path()[0]] if self._tokenize_path() else ["root"]

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        """Columns beyond the public face (a base class with ``public_face``) are there for those known alone: never required."""
        described: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        public = next((base for base in type(serializer).__mro__[1:] if vars(base).get("public_face")), None)
        if direction == "response" and public is not None and "required" in described:
            shown = set(public().fields)
            described["required"] = [name for name in described["required"] if name in shown]
        return described

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(ProblemSerializer, "response")
        bodies["default"] = {"description": "问题（RFC 9457）", "content": {CONTENT_TYPE: {"schema": problem.ref}}}
        return bodies
