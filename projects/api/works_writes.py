"""The parts and photos of a project's works over the interface, and what was learned: written by the pages' own actions."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now, today
from policies.refusal import Invalid
from projects.actions import works as actions
from projects.api.plans import UID
from projects.models import Lesson, WorkPhoto, WorkSpan
from projects.rules.works import MOMENTS
from rest.parsers import JSONParser
from rest.serializers import StrictInput

DAYS = ("planned_start", "planned_end", "actual_start", "actual_end")


class SpanInput(StrictInput):
    """A part of the works with its planned days; actual ones once the works have started."""

    name = serializers.CharField(max_length=80)
    planned_start = serializers.DateField()
    planned_end = serializers.DateField()
    actual_start = serializers.DateField(required=False, allow_null=True)
    actual_end = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, help_text="计划推后的原因")
    item = serializers.UUIDField(required=False, allow_null=True, help_text="方案中一项的 uid")


class WorkPhotoInput(StrictInput):
    """A photo of a month."""

    month = serializers.DateField()
    moment = serializers.ChoiceField(choices=list(MOMENTS.items()))
    caption = serializers.CharField(max_length=120)
    public = serializers.BooleanField(default=False)
    community = serializers.UUIDField(required=False)
    file = serializers.FileField()


class PhotoPublicInput(StrictInput):
    """Whether residents see it."""

    public = serializers.BooleanField()


class PhotoWithdrawal(StrictInput):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=300)


class LessonInput(StrictInput):
    """What was learned: the problem, its cause, the way found; ``after``: in the evaluation after the works."""

    day = serializers.DateField()
    problem = serializers.CharField(max_length=500)
    cause = serializers.CharField(max_length=500)
    solution = serializers.CharField(max_length=500)
    after = serializers.BooleanField(default=False)


class WorksWriteMixin:
    """Routes of a project's parts, photos and lessons."""

    @extend_schema(request=SpanInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], pagination_class=None, url_path="works/spans")
    def spans(self: Any, request: Request, uid: str) -> Response:
        """登记一项施工内容和计划日期。"""
        project, given = self.get_object(), self.parse(SpanInput)
        row = actions.save_span(by=request.user, at=now(), today=today(), project=project, **given)  # type: ignore[arg-type]
        return Response(span_data(row), status=201)

    @extend_schema(request=SpanInput(partial=True), responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["patch"], pagination_class=None, url_path=rf"works/spans/(?P<span>{UID})")
    def span(self: Any, request: Request, uid: str, span: str) -> Response:
        """修改一项：只写要改的；没有写的不变。"""
        project, given = self.get_object(), self.parse(SpanInput, partial=True)
        row = get_object_or_404(WorkSpan.objects.select_related("building"), project=project, uid=span)
        kept = {name: getattr(row, name) for name in ("name", "reason", "item", "building", *DAYS)}
        values: dict[str, Any] = {**kept, **given}
        row = actions.save_span(by=request.user, at=now(), today=today(), project=project, span=row, **values)  # type: ignore[arg-type]
        return Response(span_data(row))

    @extend_schema(request={"multipart/form-data": WorkPhotoInput}, responses={201: OpenApiTypes.OBJECT})
    @action(
        detail=True,
        methods=["post"],
        pagination_class=None,
        url_path="works/photos",
        parser_classes=[JSONParser, MultiPartParser],
    )
    def photos(self: Any, request: Request, uid: str) -> Response:
        """上传一张照片；位置等附带信息由系统去除。"""
        project, given = self.get_object(), self.parse(WorkPhotoInput)
        place = None
        if "community" in given:
            part = project.parts.select_related("community").filter(community__uid=given.pop("community")).first()
            if part is None:
                raise Invalid("没有保存", errors={"community": ["不是本项目的小区"]})
            place = part.community
        row = actions.add_photo(
            by=request.user, at=now(), today=today(), project=project, upload=given.pop("file"), community=place, **given  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(photo_data(row), status=201)

    @extend_schema(request=PhotoPublicInput, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"], pagination_class=None, url_path=rf"works/photos/(?P<photo>{UID})/publish")
    def publish_photo(self: Any, request: Request, uid: str, photo: str) -> Response:
        """向居民公开，或不再公开。"""
        row = get_object_or_404(WorkPhoto.objects.select_related("project"), project=self.get_object(), uid=photo)
        row = actions.publish_photo(by=request.user, at=now(), photo=row, **self.parse(PhotoPublicInput))  # type: ignore[arg-type]
        return Response(photo_data(row))

    @extend_schema(request=PhotoWithdrawal, responses=OpenApiTypes.OBJECT)
    @action(detail=True, methods=["post"], pagination_class=None, url_path=rf"works/photos/(?P<photo>{UID})/withdraw")
    def withdraw_photo(self: Any, request: Request, uid: str, photo: str) -> Response:
        """撤下传错的照片。"""
        row = get_object_or_404(WorkPhoto.objects.select_related("project"), project=self.get_object(), uid=photo)
        row = actions.withdraw_photo(by=request.user, at=now(), photo=row, **self.parse(PhotoWithdrawal))  # type: ignore[arg-type]
        return Response(photo_data(row))

    @extend_schema(request=LessonInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"], pagination_class=None, url_path="works/lessons")
    def lessons(self: Any, request: Request, uid: str) -> Response:
        """登记经验教训。"""
        project, given = self.get_object(), self.parse(LessonInput)
        row: Lesson = actions.note_lesson(by=request.user, at=now(), today=today(), project=project, **given)  # type: ignore[arg-type]
        return Response(
            {"uid": str(row.uid), "day": row.day.isoformat(), "problem": row.problem, "cause": row.cause, "solution": row.solution},
            status=201,
        )  # fmt: skip


def span_data(row: WorkSpan) -> dict[str, Any]:
    """A part as the interface prints it."""
    days = {name: value.isoformat() if (value := getattr(row, name)) else None for name in DAYS}
    return {
        "uid": str(row.uid),
        "name": row.name,
        "reason": row.reason,
        "item": str(row.item) if row.item else None,
        **days,
    }


def photo_data(row: WorkPhoto) -> dict[str, Any]:
    """A photo as the interface prints it."""
    return {
        "uid": str(row.uid), "month": row.month.isoformat()[:7], "moment": row.moment, "caption": row.caption, "public": row.public,
        "withdrawn": row.withdrawn_at is not None,
    }  # fmt: skip
