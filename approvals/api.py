"""REST: cases with their stages and opinions; an opinion, a withdrawal, an urging."""

from typing import Any

from django.db.models import Prefetch
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import cases, desks
from approvals.copies import send_copy
from approvals.models import Case, CaseAsk, CaseCopy, CaseStage, Delegation, Opinion, OpinionPaper
from offices.clock import now, today
from offices.files import download
from offices.models import Body, User
from policies.refusal import Invalid
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput
from rest.views import StaffViewSet


class AskSerializer(serializers.ModelSerializer):
    """A body asked in a stage, since when, and when it answered; ``holder``: the colleague to whom it was handed over."""

    body = ReferenceField(name="name")
    holder = serializers.SerializerMethodField()

    class Meta:
        model = CaseAsk
        fields = ("body", "asked_at", "answered_at", "urged_at", "holder")
        reads = {"holder": ("handovers__taker__uid", "handovers__taker__name", "handovers__taker__username")}

    def get_holder(self, row: CaseAsk) -> dict[str, str] | None:
        """{uid, name}."""
        held = list(row.handovers.all())
        return {"uid": str(held[-1].taker.uid), "name": str(held[-1].taker)} if held else None


class StageSerializer(serializers.ModelSerializer):
    """A stage of a round."""

    asks = AskSerializer(many=True, read_only=True)

    class Meta:
        model = CaseStage
        fields = ("round", "number", "name", "act", "needs", "state", "opened_at", "closed_at", "asks")


class OpinionSerializer(serializers.ModelSerializer):
    """A body's final opinion of a round."""

    body = ReferenceField(name="name")
    by = ReferenceField(name="name")
    for_user = ReferenceField(name="name", allow_null=True, help_text="受其委托")
    papers = serializers.SerializerMethodField(help_text="附件：{uid, name, sha256, url}，按 url 下载")
    stage = serializers.IntegerField(source="stage.number", read_only=True)
    fields_to_mend = serializers.ListField(source="fields", child=serializers.CharField(), read_only=True)

    class Meta:
        model = Opinion
        fields = (
            "body", "by", "round", "stage", "verdict", "reasons", "fields_to_mend", "content_hash", "document_number", "at",
            "conditions", "for_user", "papers",
        )  # fmt: skip
        reads = {"papers": ("case__uid", "papers__file__uid", "papers__file__name", "papers__file__sha256")}

    def get_papers(self, row: Opinion) -> list[dict[str, str]]:
        """Attached papers."""
        return [
            {
                "uid": str(p.file.uid), "name": p.file.name, "sha256": p.file.sha256,
                "url": reverse("api:case-paper", args=[row.case.uid, p.file.uid]),
            }
            for p in row.papers.all()
        ]  # fmt: skip


class CopySerializer(serializers.ModelSerializer):
    """Who was copied in: a person or a body."""

    user = ReferenceField(name="name", allow_null=True)
    body = ReferenceField(name="name", allow_null=True)
    by = ReferenceField(name="name")

    class Meta:
        model = CaseCopy
        fields = ("uid", "user", "body", "by", "note", "at")


class CaseSerializer(ResourceSerializer):
    """A case with its stages and opinions."""

    division = ReferenceField(name="name")
    submitted_body = ReferenceField(name="name")
    submitted_by = ReferenceField(name="name")
    subject = serializers.SerializerMethodField(help_text="{type, uid}")
    stages = StageSerializer(many=True, read_only=True)
    opinions = OpinionSerializer(many=True, read_only=True)
    copies = CopySerializer(many=True, read_only=True)

    class Meta:
        model = Case
        fields = (
            "uid", "title", "subject", "division", "rulebook", "rule_id", "state", "round", "content_hash", "submitted_body",
            "submitted_by", "submitted_at", "closed_at", "document_number", "stages", "opinions", "copies", "version", "updated_at",
        )  # fmt: skip
        reads = {"subject": ("subject_type", "subject_uid")}

    def get_subject(self, row: Case) -> dict[str, str]:
        """What the case is about."""
        return {"type": row.subject_type, "uid": str(row.subject_uid)}


class CaseFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, subject, state, and body that owes an opinion."""

    division = filters.UUIDFilter("division__uid", label="区划")
    subject = filters.UUIDFilter("subject_uid", label="事项")
    waiting_for = filters.UUIDFilter(method="owed_by", label="待其提意见的机构")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Case
        fields = ("state", "subject_type", "rulebook", "rule_id")

    def owed_by(self, rows: Any, name: str, value: Any) -> Any:
        """Cases in which the body owes an opinion now."""
        asks = CaseAsk.objects.filter(body__uid=value, asked_at__isnull=False, answered_at__isnull=True)
        return rows.filter(pk__in=asks.values("case_id"), state=Case.State.OPEN)


class OpinionInput(StrictInput):
    """``seen_hash`` is the ``content_hash`` that was read: an opinion on content that has changed since is 412."""

    body = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=Opinion.Verdict.choices)
    reasons = serializers.CharField(required=False, allow_blank=True, default="", max_length=4000)
    fields_to_mend = serializers.ListField(
        child=serializers.CharField(max_length=120), required=False, default=list, max_length=500
    )
    seen_hash = serializers.CharField(max_length=64)
    document_number = serializers.CharField(required=False, allow_blank=True, default="", max_length=60)
    conditions = serializers.CharField(required=False, allow_blank=True, default="", max_length=2000)
    papers = serializers.ListField(
        child=serializers.FileField(),
        required=False,
        default=list,
        max_length=cases.MOST_PAPERS,
        help_text="附件，用 multipart/form-data 上传",
    )


class HandOverInput(StrictInput):
    """The body whose opinion is handed over, and the colleague who takes it."""

    body = serializers.UUIDField()
    taker = serializers.UUIDField()
    reason = serializers.CharField(max_length=300)


class CopyInput(StrictInput):
    """A colleague or a body, one of the two."""

    user = serializers.UUIDField(required=False)
    body = serializers.UUIDField(required=False)
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class DelegationSerializer(ResourceSerializer):
    """Who decides in whose place."""

    body = ReferenceField(name="name")
    principal = ReferenceField(name="name")
    delegate = ReferenceField(name="name")

    class Meta:
        model = Delegation
        fields = (
            "uid",
            "body",
            "principal",
            "delegate",
            "since",
            "until",
            "reason",
            "revoked_at",
            "version",
            "updated_at",
        )


class DelegationInput(StrictInput):
    """A delegation by the caller himself."""

    body = serializers.UUIDField()
    delegate = serializers.UUIDField()
    since = serializers.DateField()
    until = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class WithdrawInput(StrictInput):
    """Why it is taken back."""

    reason = serializers.CharField(max_length=1000)


class UrgeInput(StrictInput):
    """The body that is reminded."""

    body = serializers.UUIDField()


class CaseViewSet(StaffViewSet):
    """审批件：环节、意见。"""

    queryset = Case.objects.select_related("division", "submitted_body", "submitted_by").prefetch_related(
        Prefetch("stages__asks", CaseAsk.objects.select_related("body").order_by("pk")),
        "stages__asks__handovers__taker",
        Prefetch("opinions", Opinion.objects.select_related("body", "by", "for_user", "stage").order_by("pk")),
        "opinions__papers__file",
        "copies__user",
        "copies__body",
        "copies__by",
    )
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    ordering_fields = ("submitted_at", "updated_at")

    @extend_schema(
        request={"application/json": OpinionInput, "multipart/form-data": OpinionInput}, responses={201: CaseSerializer}
    )
    @action(detail=True, methods=["post"])
    def opinions(self, request: Request, uid: str) -> Response:
        """给出一家机构的意见；带附件的用 multipart/form-data，papers 可重复。"""
        case, data = self.get_for_change(), self.parse(OpinionInput)
        data["body"], data["fields"] = _body(data["body"]), data.pop("fields_to_mend")
        cases.give_opinion(by=request.user, at=now(), today=today(), case=case, **data)  # type: ignore[arg-type]
        return self.answer(self.get_row(), status=201)

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """A paper is what it is, whatever Accept says."""
        return super().perform_content_negotiation(request, force or self.action == "paper")

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=f"papers/(?P<file>{StaffViewSet.lookup_value_regex})", pagination_class=None)
    def paper(self, request: Request, uid: str, file: str) -> HttpResponseBase:
        """下载意见的附件：看得到审批件的人都可以。"""
        papers = OpinionPaper.objects.select_related("file").filter(opinion__case=self.get_object())
        return download(get_object_or_404(papers, file__uid=file).file)

    @extend_schema(request=HandOverInput, responses={201: CaseSerializer})
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, uid: str) -> Response:
        """转办给同单位的审批人员。"""
        case, data = self.get_for_change(), self.parse(HandOverInput)
        body, taker = _body(data["body"]), _person(data["taker"], "taker")
        desks.hand_over(by=request.user, at=now(), case=case, body=body, taker=taker, reason=data["reason"])  # type: ignore[arg-type]
        return self.answer(self.get_row(), status=201)

    @extend_schema(request=CopyInput, responses={201: CaseSerializer})
    @action(detail=True, methods=["post"])
    def copies(self, request: Request, uid: str) -> Response:
        """抄送给同事或机构，只供查看。"""
        case, data = self.get_for_change(), self.parse(CopyInput)
        user = _person(data["user"], "user") if "user" in data else None
        body = _body(data["body"]) if "body" in data else None
        send_copy(by=request.user, at=now(), case=case, user=user, body=body, note=data["note"])  # type: ignore[arg-type]
        return self.answer(self.get_row(), status=201)

    @extend_schema(request=WithdrawInput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """撤回。"""
        case, data = self.get_for_change(), self.parse(WithdrawInput)
        cases.withdraw(by=request.user, at=now(), today=today(), case=case, **data)  # type: ignore[arg-type]
        return self.answer(self.get_row())

    @extend_schema(request=UrgeInput)
    @action(detail=True, methods=["post"])
    def urge(self, request: Request, uid: str) -> Response:
        """催办。"""
        case, data = self.get_for_change(), self.parse(UrgeInput)
        cases.urge(by=request.user, at=now(), today=today(), case=case, body=_body(data["body"]))  # type: ignore[arg-type]
        return self.answer(self.get_row())


def _body(uid: Any) -> Body:
    body = Body.objects.filter(uid=uid).select_related("division").first()
    if body is None:
        raise Invalid("没有这个机构", errors={"body": ["没有这个机构"]})
    return body


def _person(uid: Any, field: str) -> User:
    user = User.objects.filter(uid=uid, is_active=True).first()
    if user is None:
        raise Invalid("没有这个人", errors={field: ["没有这个人"]})
    return user


class DelegationViewSet(StaffViewSet):
    """委托：谁在什么期间代谁审批。"""

    queryset = Delegation.objects.select_related("body", "principal", "delegate")
    serializer_class = DelegationSerializer
    filterset_fields = ("since", "until")
    ordering_fields = ("since", "updated_at")

    @extend_schema(request=DelegationInput, responses={201: DelegationSerializer})
    def create(self, request: Request) -> Response:
        """委托一位同事。"""
        data = self.parse(DelegationInput)
        data |= {"body": _body(data["body"]), "delegate": _person(data["delegate"], "delegate")}
        return self.answer(desks.delegate(by=request.user, at=now(), today=today(), **data), status=201)  # type: ignore[arg-type]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, uid: str) -> Response:
        """收回委托。"""
        return self.answer(desks.revoke(by=request.user, at=now(), delegation=self.get_for_change()))  # type: ignore[arg-type]
