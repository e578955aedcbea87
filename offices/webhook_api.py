"""REST: webhooks of the caller, their log, sending again."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from offices.clock import now
from offices.feed import webhooks
from offices.models import Delivery, Webhook
from rest.catalogue import register
from rest.pagination import UidCursorPagination
from rest.serializers import ResourceSerializer, StrictInput
from rest.views import StaffViewSet

register("too_many_webhooks", 409, "推送太多", "先删除不用的。")


class WebhookSerializer(ResourceSerializer):
    """A webhook; its secret is told when it is made and when it is changed, never again."""

    secret = serializers.SerializerMethodField(help_text="只在新建和更换密钥的答复中给出")

    class Meta:
        model = Webhook
        fields = ("uid", "name", "url", "topics", "active", "paused_reason", "secret", "version", "updated_at")

    def get_secret(self, row: Webhook) -> str | None:
        """The secret where it is new."""
        return self.context.get("secret")


class WebhookInput(StrictInput):
    """A new webhook."""

    name = serializers.CharField(max_length=80)
    url = serializers.CharField(max_length=500)
    topics = serializers.ListField(child=serializers.CharField(max_length=82), max_length=200)


class WebhookChange(StrictInput):
    """What is to be otherwise."""

    name = serializers.CharField(max_length=80, required=False)
    url = serializers.CharField(max_length=500, required=False)
    topics = serializers.ListField(child=serializers.CharField(max_length=82), max_length=200, required=False)
    active = serializers.BooleanField(required=False)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """A message of the log."""

    class Meta:
        model = Delivery
        fields = (
            "uid", "number", "topic", "body", "state", "attempts", "answer", "error", "created_at", "next_at", "sent_at",
        )  # fmt: skip


class WebhookViewSet(StaffViewSet):
    """推送：数据变化时通知的网址。"""

    queryset = Webhook.objects.all()
    serializer_class = WebhookSerializer
    filterset_fields = ("active",)
    ordering_fields = ("name", "updated_at")

    def get_serializer_context(self) -> dict[str, Any]:
        """With a secret that was just made."""
        return {**super().get_serializer_context(), "secret": getattr(self, "secret", None)}

    @extend_schema(request=WebhookInput, responses={201: WebhookSerializer})
    def create(self, request: Request) -> Response:
        """设置推送；答复中的 secret 只给出这一次。"""
        row, self.secret = webhooks.make_webhook(by=request.user, at=now(), **self.parse(WebhookInput))  # type: ignore[arg-type]
        return self.answer(row, status=201)

    @extend_schema(request=WebhookChange)
    def partial_update(self, request: Request, uid: str) -> Response:
        """修改、停用或启用。"""
        row, values = self.get_for_change(), self.parse(WebhookChange)
        return self.answer(webhooks.change_webhook(by=request.user, at=now(), webhook=row, **values))  # type: ignore[arg-type]

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, uid: str) -> Response:
        """删除推送和它的记录。"""
        webhooks.remove_webhook(by=request.user, at=now(), webhook=self.get_for_change())  # type: ignore[arg-type]
        return Response(status=204)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, uid: str) -> Response:
        """更换签名密钥；旧密钥立即失效。"""
        row = self.get_for_change()
        self.secret = webhooks.rotate_secret(by=request.user, at=now(), webhook=row)  # type: ignore[arg-type]
        return self.answer(row)

    @extend_schema(request=None, responses={201: DeliverySerializer})
    @action(detail=True, methods=["post"])
    def trial(self, request: Request, uid: str) -> Response:
        """试发一条。"""
        return Response(DeliverySerializer(webhooks.send_trial(at=now(), webhook=self.get_object())).data, status=201)

    @extend_schema(responses=DeliverySerializer(many=True), filters=False)
    @action(detail=True, filter_backends=[], parameters=("cursor", "page_size"))
    def deliveries(self, request: Request, uid: str) -> Response:
        """发送记录，最近的在前。"""
        pages = UidCursorPagination()
        rows = pages.paginate_queryset(Delivery.objects.filter(webhook=self.get_object()), request, view=self)
        return pages.get_paginated_response(DeliverySerializer(rows, many=True).data)

    @extend_schema(request=None, responses=DeliverySerializer)
    @action(detail=True, methods=["post"], url_path="deliveries/(?P<delivery>[0-9a-f-]{36})/again")
    def again(self, request: Request, uid: str, delivery: str) -> Response:
        """重发一条。"""
        found = Delivery.objects.filter(uid=_uid(delivery), webhook=self.get_object()).first()
        if found is None:
            raise NotFound
        webhooks.send_again(at=now(), delivery=found)
        found.refresh_from_db()
        return Response(DeliverySerializer(found).data)


def _uid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
