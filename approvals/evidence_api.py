"""REST: the evidence of a vote, and the program that checks it."""

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from approvals.models import Vote
from approvals.votes.export import attached, evidence_of
from rest.serializers import ResourceSerializer
from rest.views import ReadViewSet


class EvidenceSerializer(ResourceSerializer):
    """For the documentation alone: the answer is a file."""

    class Meta:
        model = Vote
        fields = ("uid",)


class EvidenceViewSet(ReadViewSet):
    """表决的证据包。"""

    queryset = Vote.objects.select_related("community", "division", "building")
    serializer_class = EvidenceSerializer
    permission_classes = [IsAuthenticated]

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def evidence(self, request: Request, uid: str) -> HttpResponse:
        """证据包（ZIP）：计票结束后本辖区工作人员可取。"""
        return attached(evidence_of(self.get_object()))
