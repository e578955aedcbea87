"""REST: notices with their days; objections and opinions on them; posting, closing, withdrawing, answering."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import notices
from approvals.models import Notice, NoticeCommunity, NoticeCount, Remark, RemarkAnswer
from approvals.notices import queries
from approvals.notices.subjects import subject_of
from approvals.rules.notices import STATE_LABELS, state_on
from communities.models import Community
from offices.clock import now, today
from policies.refusal import Invalid
from rest.catalogue import register
from rest.pagination import PAGES
from rest.serializers import ReferenceField, ReferenceListField, ResourceSerializer, StrictInput
from rest.views import ResourceViewSet

COUNTED = (("working_days", "工作日"), ("calendar_days", "自然日"))  # as the table names them
for _row in (
    ("notice_state", 409, "公示的状态不允许", "按 detail 所说的状态办理；已撤回、已作废的公示复制后重新公示。"),
    ("notice_frozen", 409, "公示已发布，不能修改", "撤回后复制为新的草稿，公示期重新起算。"),
    ("notice_running", 409, "同一事项正在公示", "等它结束，或先撤回那一份。"),
    ("notice_shortened", 400, "重新公示的期限不能更短", "天数不少于此前撤回的公示。"),
    ("leader_confirms", 403, "须由负责人确认", "收到过异议的公示由负责人确认异议均已办结后结束。"),
    ("remark_state", 409, "意见的状态不允许", "只有待答复的意见可以答复；公示期内可要求重新答复一次。"),
):
    register(*_row)


class CountSerializer(serializers.ModelSerializer):
    """How a last day was computed."""

    class Meta:
        model = NoticeCount
        fields = ("number", "on", "last_day", "computed", "days", "counted_in", "rule_id", "notes", "estimated")


class PublicNoticeSerializer(ResourceSerializer):
    """A posted notice as everybody may read it."""

    public_face = True

    body = ReferenceField(name="name")
    division = ReferenceField(name="name")
    state = serializers.SerializerMethodField(help_text="posted, ended, closed, withdrawn, void; draft for staff")
    communities = ReferenceListField("community", source="parts", help_text="在哪些小区张贴")
    days = CountSerializer(source="counts", many=True, read_only=True)
    objections = serializers.IntegerField(read_only=True)
    open_objections = serializers.IntegerField(read_only=True)
    files = serializers.SerializerMethodField(help_text="[{name, url}]")

    class Meta:
        model = Notice
        fields: tuple[str, ...] = (
            "uid", "title", "kind", "state", "division", "body", "communities", "text", "content", "files", "posted_on", "last_day",
            "counted_in", "estimated", "days", "objections", "open_objections", "content_hash", "end_reason", "version", "updated_at",
        )  # fmt: skip
        reads: dict[str, tuple[str, ...]] = {"state": ("state", "last_day"), "files": ("uid", "files")}
        by_clock = ("state",)

    def get_state(self, row: Notice) -> str:
        """The state as it is read today."""
        return state_on(row.state, row.last_day, today())

    def get_files(self, row: Notice) -> list[dict[str, str]]:
        """What may be downloaded."""
        return [{"name": file["name"], "url": f"/notices/{row.uid}/files/{file['uid']}/"} for file in row.files]


class NoticeSerializer(PublicNoticeSerializer):
    """For staff: what it is about, too."""

    subject = serializers.SerializerMethodField(help_text="{type, uid}")

    class Meta(PublicNoticeSerializer.Meta):
        fields = (*PublicNoticeSerializer.Meta.fields, "subject", "own_days", "own_counted_in", "places", "confirmed")
        reads = {**PublicNoticeSerializer.Meta.reads, "subject": ("subject_type", "subject_uid")}

    def get_subject(self, row: Notice) -> dict[str, str] | None:
        """What it is about."""
        return {"type": row.subject_type, "uid": str(row.subject_uid)} if row.subject_uid else None


class PublicRemarkSerializer(serializers.ModelSerializer):
    """What everybody may know of an answered opinion: the office's summary and answer, never the words or the person."""

    public_face = True

    summary = serializers.SerializerMethodField()
    outcome = serializers.SerializerMethodField()
    answer = serializers.SerializerMethodField()

    class Meta:
        model = Remark
        fields: tuple[str, ...] = ("kind", "channel", "late", "state", "summary", "outcome", "answer")

    def _last(self, row: Remark) -> RemarkAnswer | None:
        answers = list(row.answers.all())
        return answers[-1] if answers and row.state == Remark.State.SETTLED else None

    def get_summary(self, row: Remark) -> str:
        """What was said, in the office's words."""
        last = self._last(row)
        return last.summary if last else ""

    def get_outcome(self, row: Remark) -> str:
        """What became of it."""
        last = self._last(row)
        return last.outcome if last else ""

    def get_answer(self, row: Remark) -> str:
        """The answer."""
        last = self._last(row)
        return last.text if last else ""


class RemarkSerializer(PublicRemarkSerializer):
    """For staff: the words, and who said it, masked."""

    person = serializers.SerializerMethodField(help_text="masked")

    class Meta(PublicRemarkSerializer.Meta):
        fields = ("uid", *PublicRemarkSerializer.Meta.fields, "text", "received_on", "person", "reopen_text", "version")

    def get_person(self, row: Remark) -> dict[str, str]:
        """Name and phone, masked."""
        return queries.masked_person(row)


class NoticeFilter(filters.FilterSet):  # type: ignore[misc]
    """By state as read today, place, subject, community, days."""

    state = filters.ChoiceFilter(method="by_state", choices=list(STATE_LABELS.items()), label="状态")
    division = filters.UUIDFilter("division__uid", label="区划")
    community = filters.UUIDFilter("parts__community__uid", label="小区")
    subject = filters.UUIDFilter("counts_for", label="事项")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Notice
        fields = ("kind", "posted_on", "last_day", "estimated")

    def by_state(self, rows: QuerySet[Notice], name: str, value: str) -> QuerySet[Notice]:
        """Running and over are told apart by the day."""
        if value == "ended":
            return rows.filter(state=Notice.State.POSTED, last_day__lt=today())
        if value == "posted":
            return rows.filter(state=Notice.State.POSTED, last_day__gte=today())
        return rows.filter(state=value)


class SubjectInput(StrictInput):
    """What a notice is about."""

    type = serializers.CharField(max_length=40)
    uid = serializers.UUIDField()


class NoticeInput(StrictInput):
    """A draft; the day of posting is the server's."""

    kind = serializers.ChoiceField(choices=Notice.Kind.choices, required=False)
    subject = SubjectInput(required=False)
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=8000)
    communities = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200)
    own_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=365)
    own_counted_in = serializers.ChoiceField(required=False, allow_blank=True, choices=COUNTED)


class NoticeChange(StrictInput):
    """Fields of a draft that change."""

    title = serializers.CharField(max_length=120, required=False)
    text = serializers.CharField(max_length=8000, required=False)
    communities = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=200, required=False)
    own_days = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=365)
    own_counted_in = serializers.ChoiceField(required=False, allow_blank=True, choices=COUNTED)


class NoticeCloseInput(StrictInput):
    """``confirmed``: a leader confirms that every objection is settled."""

    confirmed = serializers.BooleanField(required=False, default=False)


class NoticeEndInput(StrictInput):
    """Why it is withdrawn; residents read it."""

    reason = serializers.CharField(max_length=300)


class RemarkEntryInput(StrictInput):
    """What was said by another way than the portal."""

    kind = serializers.ChoiceField(choices=Remark.Kind.choices)
    channel = serializers.ChoiceField(choices=[row for row in Remark.Channel.choices if row[0] != "portal"])
    received_on = serializers.DateField()
    text = serializers.CharField(max_length=2000)
    community = serializers.UUIDField(required=False)
    name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    home = serializers.CharField(max_length=60, required=False, allow_blank=True)


class AnswerInput(StrictInput):
    """An answer to one remark of the notice; summary and text are public."""

    remark = serializers.UUIDField()
    outcome = serializers.ChoiceField(choices=RemarkAnswer.Outcome.choices)
    summary = serializers.CharField(max_length=200)
    text = serializers.CharField(max_length=2000)


class NoticeViewSet(ResourceViewSet):
    """公示：公开的不需密钥；草稿、登记意见、答复、结束只对该区划的工作人员。"""

    queryset = queries.with_counts(Notice.objects.all()).select_related("division", "body")
    serializer_class = NoticeSerializer
    public_serializer_class = PublicNoticeSerializer
    filterset_class = NoticeFilter
    ordering_fields = ("posted_on", "last_day", "updated_at")

    def get_queryset(self) -> Any:
        """With where it was posted and how its days were counted."""
        return (
            super()
            .get_queryset()
            .prefetch_related(
                Prefetch("parts", NoticeCommunity.objects.select_related("community").order_by("pk")), "counts"
            )
        )

    @extend_schema(request=NoticeInput, responses={201: NoticeSerializer})
    def create(self, request: Request) -> Response:
        """起草公示。"""
        values = dict(self.parse(NoticeInput))
        about = values.pop("subject", None)
        handler = subject_of(about["type"]) if about else None
        subject = handler.find(request.user, about["uid"]) if handler and about else None  # type: ignore[arg-type]
        if about and subject is None:
            raise Invalid("没有这个事项", errors={"subject": ["没有这个事项，或不在您的范围内"]})
        kind = values.pop("kind", Notice.Kind.SCHEME if subject else Notice.Kind.GENERIC)
        values["communities"] = self._places(values["communities"])
        row = notices.create_notice(
            by=request.user, at=now(), kind=kind, values=values, subject=subject, subject_type=about["type"] if about else ""  # type: ignore[arg-type]
        )  # fmt: skip
        return self.answer(self._fresh(row), 201, location=f"/api/v1/notices/{row.uid}/")

    @extend_schema(request=NoticeChange, responses=NoticeSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """修改草稿；发布后不能修改。"""
        row, values = self.get_for_change(), dict(self.parse(NoticeChange))
        if "communities" in values:
            values["communities"] = self._places(values["communities"])
        notices.change_notice(by=request.user, at=now(), notice=row, values=values)  # type: ignore[arg-type]
        return self.answer(self._fresh(row))

    def _places(self, uids: list[UUID]) -> list[Community]:
        user: Any = self.request.user
        found = list(Community.objects.filter(uid__in=uids).filter(user.scope.q()).order_by("pk"))
        if len(found) != len(set(uids)):
            raise Invalid("有小区不存在", errors={"communities": ["有小区不存在，或不在您的范围内"]})
        return found

    def _fresh(self, row: Notice) -> Any:
        return self.get_queryset().get(pk=row.pk)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def post(self, request: Request, uid: str) -> Response:
        """今天发布。"""
        row = self.get_for_change()
        notices.post_notice(by=request.user, at=now(), today=today(), notice=row)  # type: ignore[arg-type]
        return self.answer(self._fresh(row))

    @extend_schema(request=NoticeCloseInput)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, uid: str) -> Response:
        """结束公示。"""
        row, data = self.get_for_change(), self.parse(NoticeCloseInput)
        notices.close_notice(by=request.user, at=now(), today=today(), notice=row, **data)  # type: ignore[arg-type]
        return self.answer(self._fresh(row))

    @extend_schema(request=NoticeEndInput)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, uid: str) -> Response:
        """撤回。"""
        row, data = self.get_for_change(), self.parse(NoticeEndInput)
        notices.withdraw_notice(by=request.user, at=now(), notice=row, **data)  # type: ignore[arg-type]
        return self.answer(self._fresh(row))

    @extend_schema(responses=RemarkSerializer(many=True))
    @action(detail=True, methods=["get"], parameters=PAGES)
    def objections(self, request: Request, uid: str) -> Response:
        """意见和异议：公开的只有摘要和答复，工作人员另见原话。"""
        rows = self.get_object().remarks.select_related("person").prefetch_related("answers").order_by("pk")
        known = request.user.is_authenticated
        if not known:
            rows = rows.exclude(state=Remark.State.WITHDRAWN)
        page = self.paginate_queryset(rows)
        shown: Any = RemarkSerializer if known else PublicRemarkSerializer
        return self.get_paginated_response(shown(page, many=True).data)

    @extend_schema(request=RemarkEntryInput, responses={201: RemarkSerializer})
    @objections.mapping.post
    def enter(self, request: Request, uid: str) -> Response:
        """登记会议、来信、电话收到的意见。"""
        row, given = self.get_object(), dict(self.parse(RemarkEntryInput))
        channel, received_on = given.pop("channel"), given.pop("received_on")
        made = notices.enter_remark(
            by=request.user, at=now(), today=today(), notice=row, channel=channel, received_on=received_on, given=given  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(RemarkSerializer(made).data, status=201)

    @extend_schema(request=AnswerInput, responses={201: RemarkSerializer})
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, uid: str) -> Response:
        """答复一件意见。"""
        row, data = self.get_object(), dict(self.parse(AnswerInput))
        remark = get_object_or_404(row.remarks, uid=data.pop("remark"))
        made = notices.answer_remark(by=request.user, at=now(), remark=remark, **data)  # type: ignore[arg-type]
        return Response(RemarkSerializer(Remark.objects.prefetch_related("answers").get(pk=made.pk)).data, status=201)
