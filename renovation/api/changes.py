"""``changes``: the numbered log that a program follows to keep a mirror, each entry with the row as it is now where that is asked for."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from offices.feed import numbering, reading
from offices.feed.reading import Told
from offices.feed.sources import told
from offices.models import ApiKey
from renovation.api.registry import resources
from rest.pagination import page_size
from rest.parameters import choice, invalid
from rest.views import ProblemView, ReadViewSet, StaffViewSet

LARGEST = 2**62


@extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
class RowField(serializers.JSONField):
    """A row as its list shows it, or null."""


class LoggedChangeSerializer(serializers.Serializer[Any]):
    """One change of one row."""

    number = serializers.IntegerField(help_text="连续编号；从 after 之后逐一给出，不漏不重")
    resource = serializers.CharField(help_text="资源名，如 projects")
    uid = serializers.UUIDField(help_text="记录的 uid")
    event = serializers.CharField(help_text="created 新增、changed 变更、deleted 删除；阶段或状态变动时为 stage、state")
    gone = serializers.BooleanField(help_text="已删除，或您现在看不到它：镜像中应去掉")
    at = serializers.DateTimeField(help_text="写入时刻")

    def get_fields(self) -> dict[str, Any]:
        """With ``data``, a name that a serializer's attribute may not have."""
        return {
            **super().get_fields(),
            "data": RowField(help_text="expand=true 时为这条记录现在的样子（与列表中相同）"),
        }


class ChangeLogSerializer(serializers.Serializer[Any]):
    """A page of the log."""

    newest = serializers.IntegerField(help_text="现有的最大编号")
    next = serializers.URLField(help_text="下一页；没有新变更时 results 为空，过一会儿再取这个网址")
    results = LoggedChangeSerializer(many=True)


class ChangesView(ProblemView):
    """变更日志：某号之后的全部变更，提交后才编号，不漏、不重、不断号。"""

    parameters = ("after", "resource", "page_size", "expand")

    @extend_schema(
        tags=["changes"],
        parameters=[
            OpenApiParameter("after", int, description="从这个编号之后给出；不写：从现在起，用来得到起点"),
            OpenApiParameter("resource", str, description="只要这些资源，用英文逗号分隔；缺省为您能读的全部"),
            OpenApiParameter("page_size", int, default=100, description="每页 1–500 条"),
            OpenApiParameter("expand", str, enum=["true", "false"], default="false", description="带上记录现在的样子"),
        ],
        responses=ChangeLogSerializer,
    )
    def get(self, request: Request) -> Response:
        """One page; ``next`` is always there and goes on where this one ended."""
        wanted, after, size = _wanted(request), _after(request), page_size(request)
        numbering.give_numbers()
        after = numbering.newest() if after is None else after
        rows, upto = reading.changes(request.user, after=after, resources=wanted, size=size)
        expand = choice(request, "expand", ("true", "false")) == "true"
        shown = _shown(request, rows) if expand else {}
        results = [
            {
                "number": row.number, "resource": row.resource, "uid": row.row, "event": row.event, "gone": row.gone, "at": row.at,
                "data": shown.get((row.resource, row.row)),
            }
            for row in rows
        ]  # fmt: skip
        on = replace_query_param(request.build_absolute_uri(), "after", upto)
        return Response(ChangeLogSerializer({"newest": numbering.newest(), "next": on, "results": results}).data)


def _after(request: Request) -> int | None:
    text = request.query_params.get("after")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and int(text) <= LARGEST):
        raise invalid("after", "须为零或正整数，即上一页最后一条的 number")
    return int(text)


def _wanted(request: Request) -> set[str]:
    """Resources of this request: those named, each within what the caller and his key may read."""
    views, open_to = viewsets(), readable(request)
    text = request.query_params.get("resource")
    if text is None:
        return open_to
    named = set(text.split(","))
    if unknown := sorted(named - set(views)):
        raise invalid("resource", f"没有 {'、'.join(unknown)[:80]}；可用：{'、'.join(sorted(views))}")
    if closed := sorted(named - open_to):
        raise PermissionDenied(f"没有读取 {'、'.join(closed)} 的权限")
    return named


def viewsets() -> dict[str, type[ReadViewSet]]:
    """The views of the resources that can be followed."""
    followed = told()
    found: dict[str, type[ReadViewSet]] = {}
    for prefix, view, _ in resources():
        if prefix in followed:
            found.setdefault(prefix, view)
    return found


def readable(request: Request) -> set[str]:
    """What the caller may follow: without a name what is public, with a key what its scopes open."""
    if not request.user.is_authenticated:
        return {name for name, view in viewsets().items() if not issubclass(view, StaffViewSet)}
    if not isinstance(request.auth, ApiKey):
        return set(viewsets())
    scopes = set(request.auth.scopes)
    return {name for name, view in viewsets().items() if f"read:{view.__module__.split('.')[0]}" in scopes}


def _shown(request: Request, rows: list[Told]) -> dict[tuple[str, UUID], Any]:
    """The rows of a page as their own lists show them: a few queries for each resource."""
    uids: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        if not row.gone:
            uids[row.resource].add(row.row)
    found: dict[tuple[str, UUID], Any] = {}
    for resource, wanted in uids.items():
        for data in listed(request, viewsets()[resource], wanted):
            found[(resource, UUID(str(data["uid"])))] = data
    return found


def listed(request: Request, viewset: type[ReadViewSet], uids: set[UUID]) -> list[Any]:
    """Rows by uid exactly as ``GET /<resource>/`` shows them to this caller."""
    view = viewset(request=request, format_kwarg=None, action="list", kwargs={}, args=())
    rows = view.get_queryset().filter(uid__in=uids)
    return list(view.get_serializer(rows, many=True).data)
