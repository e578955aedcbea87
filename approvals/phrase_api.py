"""``phrases``: 常用语 of the caller and of the bodies for which he decides."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import phrases
from approvals.models import Phrase
from offices.clock import now
from offices.models import Body
from policies.refusal import Invalid
from rest.catalogue import register
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet

register("too_many_phrases", 409, "常用语太多", "先删除不用的。")
register("phrase_exists", 409, "已有这条常用语", "不必再添加。")


class PhraseSerializer(ResourceSerializer):
    """A phrase; ``body`` is null for one's own."""

    body = ReferenceField(name="name", allow_null=True)

    class Meta:
        model = Phrase
        fields = ("uid", "text", "body", "version", "updated_at")


class PhraseInput(StrictInput):
    """A new phrase: one's own, or the body's."""

    text = serializers.CharField(max_length=300)
    body = serializers.UUIDField(required=False)


class PhraseChange(StrictInput):
    """Another text."""

    text = serializers.CharField(max_length=300)


class PhraseViewSet(StaffViewSet):
    """常用语：本人的，和本单位的。"""

    queryset = Phrase.objects.select_related("body")
    serializer_class = PhraseSerializer
    ordering_fields = ("updated_at",)

    def get_queryset(self) -> Any:
        """Nobody else's."""
        known = self.request is not None and self.request.user.is_authenticated
        return phrases.phrases_for(self.request.user).order_by() if known else self.queryset.none()  # type: ignore[arg-type]

    @extend_schema(request=PhraseInput, responses={201: PhraseSerializer})
    def create(self, request: Request) -> Response:
        """新增一条。"""
        given = self.parse(PhraseInput)
        body = Body.objects.filter(uid=given["body"]).first() if "body" in given else None
        if "body" in given and body is None:
            raise Invalid("没有这个机构", errors={"body": ["没有这个机构"]})
        row = phrases.save_phrase(by=request.user, at=now(), text=given["text"], body=body)  # type: ignore[arg-type]
        return self.answer(row, 201, location=f"/api/v1/phrases/{row.uid}/")

    @extend_schema(request=PhraseChange, responses=PhraseSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """修改文字。"""
        row, given = self.get_for_change(), self.parse(PhraseChange)
        return self.answer(phrases.save_phrase(by=request.user, at=now(), phrase=row, **given))  # type: ignore[arg-type]

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, uid: str) -> Response:
        """删除；用它写过的意见不变。"""
        phrases.drop_phrase(by=request.user, at=now(), phrase=self.get_for_change())  # type: ignore[arg-type]
        return Response(status=204)
