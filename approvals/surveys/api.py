"""REST: surveys with their questionnaire, their life, answers that staff enter, and results."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.models import Survey, SurveyAnswer
from approvals.surveys import (
    actions,
    codes,  # noqa: F401 - the refusals' entries in the error catalogue
)
from approvals.surveys.answers import give_answer
from approvals.surveys.queries import SurveyPage, needs_of, public_figures, survey_page
from communities.models import Community, Home
from offices.clock import now, today
from policies.refusal import Invalid
from rest.problems import rule
from rest.serializers import ReferenceField, ResourceSerializer, StrictInput, share
from rest.views import ResourceViewSet


class PublicSurveySerializer(ResourceSerializer):
    """A survey that is or was open, and what it asks."""

    public_face = True

    community = ReferenceField(name="name")
    division = ReferenceField(name="name")
    body = ReferenceField(name="name")
    questions = serializers.SerializerMethodField(help_text="冻结的问卷；草稿为 null")

    class Meta:
        model = Survey
        fields: tuple[str, ...] = (
            "uid", "title", "kind", "state", "asks", "community", "division", "body", "opened_on", "until", "closed_at", "questions",
            "version", "updated_at",
        )  # fmt: skip
        reads: dict[str, tuple[str, ...]] = {"questions": ("state", "sheet__questions")}

    def get_questions(self, row: Survey) -> dict[str, Any] | None:
        """The frozen questionnaire."""
        return None if row.state == Survey.State.DRAFT else dict(row.sheet.questions)


class SurveySerializer(PublicSurveySerializer):
    """As staff see it."""

    subject = serializers.SerializerMethodField(help_text="{type, uid}：小区或项目")

    class Meta(PublicSurveySerializer.Meta):
        fields = (*PublicSurveySerializer.Meta.fields, "subject", "intro", "items")
        reads = {**PublicSurveySerializer.Meta.reads, "subject": ("subject_type", "subject_uid")}

    def get_subject(self, row: Survey) -> dict[str, str]:
        """What it is about."""
        return {"type": row.subject_type, "uid": str(row.subject_uid)}


class SurveyFilter(filters.FilterSet):  # type: ignore[misc]
    """By place, subject, kind and state."""

    division = filters.UUIDFilter("division__uid", label="区划")
    community = filters.UUIDFilter("community__uid", label="小区")
    subject = filters.UUIDFilter("subject_uid", label="小区或项目")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt", label="此后有变化")

    class Meta:
        model = Survey
        fields = ("kind", "state")


class SurveyInput(StrictInput):
    """What a draft says."""

    title = serializers.CharField(max_length=120, required=False, allow_blank=True)
    asks = serializers.ChoiceField(choices=Survey.Asks.choices, required=False)
    until = serializers.DateField(required=False)
    intro = serializers.CharField(max_length=500, required=False, allow_blank=True)
    items = serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=200)


class NewSurveyInput(SurveyInput):
    """A new one of a community; of a project it is drawn up on the project's page."""

    community = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Survey.Kind.choices)
    until = serializers.DateField()


class SurveyExtendInput(StrictInput):
    """A later last day."""

    until = serializers.DateField()
    reason = serializers.CharField(max_length=200)


class SurveyConfirmInput(StrictInput):
    """The grade of a willingness survey, and the reason where it is not the one of the thresholds."""

    grade = serializers.CharField(max_length=1, required=False, allow_blank=True, default="")
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class SurveyAnswerInput(StrictInput):
    """One answer of a household: ``home``, or its door where the register does not hold it."""

    home = serializers.UUIDField(required=False, allow_null=True)
    building = serializers.CharField(max_length=60, required=False, allow_blank=True)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True)
    room = serializers.CharField(max_length=20, required=False, allow_blank=True)
    role = serializers.ChoiceField(choices=SurveyAnswer.Role.choices)
    choice = serializers.CharField(max_length=20)
    channel = serializers.ChoiceField(choices=(("door", "入户"), ("paper", "纸质问卷")))
    serial = serializers.CharField(max_length=40, required=False, allow_blank=True)
    needs = serializers.ListField(child=serializers.CharField(max_length=120), required=False, max_length=200)
    hazards = serializers.ListField(child=serializers.CharField(max_length=20), required=False, max_length=20)
    words = serializers.CharField(max_length=500, required=False, allow_blank=True)
    beyond_register = serializers.BooleanField(required=False)


class SurveyViewSet(ResourceViewSet):
    """居民调查：不带密钥只有已开始的调查；结果确认后公开，答卷少于5份的不公开。"""

    queryset = Survey.objects.select_related("community", "division", "body", "sheet")
    serializer_class = SurveySerializer
    public_serializer_class = PublicSurveySerializer
    filterset_class = SurveyFilter
    ordering_fields = ("opened_on", "until", "updated_at")

    @extend_schema(request=NewSurveyInput, responses={201: SurveySerializer})
    def create(self, request: Request) -> Response:
        """Draw one up."""
        data = self.parse(NewSurveyInput)
        rows: QuerySet[Community] = Community.objects.visible_to(request.user).select_related("division")  # type: ignore[arg-type]
        community = rows.filter(uid=data.pop("community")).first()
        if community is None:
            raise Invalid("没有这个小区", errors={"community": ["没有这个小区"]})
        row = actions.create_survey(by=request.user, at=now(), community=community, **data)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk), 201, location=f"/api/v1/surveys/{row.uid}/")

    @extend_schema(request=SurveyInput, responses=SurveySerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Change a draft."""
        row, data = self.get_for_change(), self.parse(SurveyInput)
        actions.change_survey(by=request.user, at=now(), survey=row, **data)  # type: ignore[arg-type]
        return self._again(row)

    def _again(self, row: Survey) -> Response:
        return self.answer(self.queryset.get(pk=row.pk))

    @extend_schema(request=None, responses=SurveySerializer)
    @action(detail=True, methods=["post"])
    def open(self, request: Request, uid: str) -> Response:
        """Open it: the questionnaire is frozen."""
        row = self.get_for_change()
        actions.open_survey(by=request.user, at=now(), survey=row)  # type: ignore[arg-type]
        return self._again(row)

    @extend_schema(request=SurveyExtendInput, responses=SurveySerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, uid: str) -> Response:
        """Move its last day later."""
        row, data = self.get_for_change(), self.parse(SurveyExtendInput)
        actions.extend_survey(by=request.user, at=now(), survey=row, **data)  # type: ignore[arg-type]
        return self._again(row)

    @extend_schema(request=None, responses=SurveySerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, uid: str) -> Response:
        """Close it."""
        row = self.get_for_change()
        actions.close_survey(by=request.user, at=now(), survey=row)  # type: ignore[arg-type]
        return self._again(row)

    @extend_schema(request=SurveyConfirmInput, responses=SurveySerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, uid: str) -> Response:
        """A leader of the authority confirms the figures."""
        row, data = self.get_for_change(), self.parse(SurveyConfirmInput)
        actions.confirm_survey(by=request.user, at=now(), survey=row, **data)  # type: ignore[arg-type]
        return self._again(row)

    @extend_schema(request=SurveyAnswerInput, responses={201: OpenApiTypes.OBJECT})
    @action(detail=True, methods=["post"])
    def answers(self, request: Request, uid: str) -> Response:
        """Enter one answer. Answers of different households are no conflict: no If-Match."""
        row, data = self.get_object(), self.parse(SurveyAnswerInput)
        home = data.pop("home", None)
        if home is not None:
            data["home"] = Home.objects.select_related("building").filter(uid=home).first()
            if data["home"] is None:
                raise Invalid("没有这一户", errors={"home": ["没有这一户"]})
        found = give_answer(by=request.user, at=now(), survey=row, **data)  # type: ignore[arg-type]
        return Response({"uid": str(found.uid), "receipt": found.receipt, "at": found.at}, status=201)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, pagination_class=None)
    def results(self, request: Request, uid: str) -> Response:
        """What it came to: shares with numerator and denominator, needs and hazards. Publicly once confirmed, never of fewer than five."""
        row = self.get_object()
        if not request.user.is_authenticated and public_figures(row) is None:
            return Response({"state": row.state, "answered": None, "note": "结果确认后公开；答卷少于 5 份的不公开"})
        return Response(_results(survey_page(row, today=today()), public=not request.user.is_authenticated))


def _results(view: SurveyPage, *, public: bool) -> dict[str, Any]:
    found = view.figures
    return {
        "state": view.survey.state,
        "households": found.households,
        "answered": found.answered,
        "small_sample": view.small,
        "warnings": [] if public else list(found.warnings),
        "required": {
            "passed": view.judged.passed, "share": share(view.part, view.whole), "of": view.judged.of_words,
            "short_by": view.judged.short_by, "rule": rule(view.citation) if view.citation else None,
        },
        "choices": {label: number for label, number in view.choices},
        "needs": [
            {"key": need.key, "label": need.label, "share": share(need.wanted, need.asked)}
            for need in needs_of(view.survey, found)
        ],
        "hazards": [{"kind": row["kind"], "label": row["label"], "households": row["number"]} for row in view.hazards],
        "grade": view.result.grade if view.result else "",
    }  # fmt: skip
