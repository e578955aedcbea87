"""A small site on the base classes: what an app's api.py would write, over the register of communities."""

from typing import Any

from django.urls import include, path
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from communities.models import Community
from offices.models import Division
from policies.refusal import Citation, Forbidden, Invalid, Reason, RuleRefused
from rest import problems
from rest.serializers import HundredthsField, ReferenceField, ResourceSerializer, StrictInput
from rest.views import ProblemView, ResourceViewSet, StaffViewSet
from tests.rest.conftest import AT

CITATION = Citation(
    rule="RC-07",
    document="改造实施方案",
    document_number="芮政办发〔2022〕23号",
    clause="二(三)1",
    quote="80%以上",
    strength="must",
)


class CommunitySerializer(ResourceSerializer):
    division = ReferenceField()

    class Meta:
        model = Community
        fields = ("uid", "name", "division", "floor_area", "household_count", "surveyed_on", "version", "updated_at")


class PublicSerializer(ResourceSerializer):
    class Meta:
        model = Community
        fields = ("uid", "name", "floor_area")


class CommunityFilter(filters.FilterSet):
    division = filters.UUIDFilter("division__uid")
    updated_after = filters.IsoDateTimeFilter("updated_at", lookup_expr="gt")

    class Meta:
        model = Community
        fields = ("household_count", "surveyed_on")


class CommunityInput(StrictInput):
    name = serializers.CharField(max_length=100)
    division = serializers.SlugRelatedField("uid", queryset=Division.objects.all())
    floor_area = HundredthsField(required=False)
    tags = serializers.JSONField(required=False)


class NameInput(StrictInput):
    name = serializers.CharField(max_length=100)


class CommunityViewSet(ResourceViewSet):
    """Communities."""

    queryset = Community.objects.select_related("division")
    serializer_class = CommunitySerializer
    filterset_class = CommunityFilter
    ordering_fields = ("name", "household_count", "surveyed_on", "updated_at", "division__name")

    @extend_schema(request=CommunityInput)
    def create(self, request: Request) -> Response:
        """A new community."""
        given = self.parse(CommunityInput)
        given.pop("tags", None)
        division = given.pop("division")
        row = Community(**given, created_at=AT, updated_at=AT)
        row.place_in(division)
        row.save()
        if row.name == "不可":
            raise RuleRefused(
                "未达到比例。", reasons=(Reason("同意户不足", CITATION, "还差 12 户"), Reason("没有公示"))
            )
        return self.answer(row, 201, location=f"/api/v1/communities/{row.uid}/")

    @extend_schema(request=NameInput)
    def partial_update(self, request: Request, uid: str) -> Response:
        """Another name."""
        row = self.get_for_change()
        row.name, row.version = self.parse(NameInput)["name"], row.version + 1
        row.save()
        return self.answer(row)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], parameters=("why",))
    def close(self, request: Request, uid: str) -> Response:
        """Always refused."""
        self.get_for_change()
        raise {"forbidden": Forbidden("只有负责人可以。"), "invalid": Invalid("错", errors={"B3": ["不是数字"]})}[
            request.query_params["why"]
        ]


class PlainViewSet(CommunityViewSet):
    """The same with fewer columns for the public and filters by name only."""

    public_serializer_class = PublicSerializer
    filterset_class = None
    filterset_fields = ("name", "household_count")


class InnerViewSet(StaffViewSet):
    """Without a public face."""

    queryset = Community.objects.select_related("division")
    serializer_class = CommunitySerializer


class BrokenView(ProblemView):
    """Faults of ours."""

    def get(self, request: Request) -> Response:
        """A bug."""
        raise ZeroDivisionError("secret detail")


class Guess:
    """An authenticator that refuses every key."""

    def authenticate(self, request: Request) -> Any:
        """Refuse."""
        raise AuthenticationFailed("密钥无效。")

    def authenticate_header(self, request: Request) -> str:
        """Scheme."""
        return "Bearer"


class GuardedView(ProblemView):
    """Where keys are guessed."""

    authentication_classes = [Guess]  # type: ignore[list-item]


router = SimpleRouter()
router.register("communities", CommunityViewSet, "community")
router.register("plain", PlainViewSet, "plain")
router.register("inner", InnerViewSet, "inner")
api = [*router.urls, path("broken/", BrokenView.as_view()), path("guarded/", GuardedView.as_view())]
urlpatterns = [path("api/v1/", include(api))]
handler404 = problems.page_not_found
handler500 = problems.server_error
handler400 = problems.bad_request
