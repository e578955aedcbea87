"""REST: the acts of the vote desk: draft, change, announce, close, count, confirm, cancel."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals.models import Vote
from approvals.votes import closing, drafting
from approvals.votes.api import VoteSerializer, VoteViewSet
from approvals.votes.decides_for import require_purpose
from communities.models import Community
from offices.clock import now
from policies.refusal import Invalid
from rest.catalogue import register
from rest.serializers import StrictInput

for _row in (
    ("vote_announced", 409, "表决已公告", "公告之后内容、时间和名册不能改动；确有错误的取消后重新发起。"),
    ("own_vote", 403, "起草人不能公告", "由另一位经办人或负责人核对后公告。"),
    ("vote_times", 409, "开始时间已过", "先修改起止时间。"),
    ("roll_empty", 409, "名册没有业主", "先录入或导入房屋和业主。"),
    ("roll_unsettled", 409, "名册有未处理的问题", "reasons 逐条列出；改正或由人工决定后再公告。"),
    ("vote_over", 409, "表决已结束", "已确认或已取消的表决不能取消。"),
    ("vote_open", 409, "还没有到截止时间", "表决不能提前截止。"),
    ("vote_not_closed", 409, "不能计票", "截止之后、计票之前才能计票。"),
    ("papers_unread", 409, "还有纸质票没有录入", "两人录入一致或由第三人核定之后再计票。"),
    ("vote_not_counted", 409, "还没有计票", "计票结束、结果公示后才能确认。"),
    ("own_count", 403, "计票人不能确认自己的结果", "由另一位负责人确认。"),
    ("vote_objections", 409, "结果公示期未满", "公示期满后再确认。"),
    ("vote_objections_open", 409, "还有异议没有答复", "全部异议答复之后再确认。"),
):
    register(*_row)


class VoteInput(StrictInput):
    """What the announcement will say, whole: a change names every field again."""

    matter = serializers.ChoiceField(choices=Vote.Matter.choices)
    title = serializers.CharField(max_length=120)
    text = serializers.CharField(max_length=8000)
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    building = serializers.UUIDField(required=False, allow_null=True)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    project = serializers.UUIDField(required=False, allow_null=True)
    may_change = serializers.BooleanField(required=False, default=False)
    paper_wins = serializers.BooleanField(required=False, default=False)
    proxy_limit = serializers.IntegerField(required=False, default=3, min_value=0, max_value=20)
    objection_days = serializers.IntegerField(required=False, default=5, min_value=1, max_value=60)


class NewVoteInput(VoteInput):
    """A new draft."""

    community = serializers.UUIDField()


class CancelInput(StrictInput):
    """Why it is given up."""

    reason = serializers.CharField(max_length=300)


class VoteDeskViewSet(VoteViewSet):
    """业主表决：公告的内容、门槛和计票结果；工作人员的起草、公告、截止、计票、确认和取消。"""

    @extend_schema(request=NewVoteInput, responses={201: VoteSerializer})
    def create(self, request: Request) -> Response:
        """起草。"""
        data = self.parse(NewVoteInput)
        rows: Any = Community.objects.visible_to(request.user)  # type: ignore[arg-type]
        community = rows.select_related("division").filter(uid=data.pop("community")).first()
        if community is None:
            raise Invalid("没有这个小区", errors={"community": ["没有这个小区"]})
        terms = self._terms(community, data)
        row = drafting.draft_vote(by=request.user, at=now(), community=community, terms=terms)  # type: ignore[arg-type]
        return self.answer(self.queryset.get(pk=row.pk), 201, location=f"/api/v1/votes/{row.uid}/")

    def _terms(self, community: Community, data: dict[str, Any]) -> drafting.Terms:
        building, project = data.pop("building", None), data.pop("project", None)
        found = community.buildings.filter(uid=building).first() if building else None
        if building and found is None:
            raise Invalid("没有这栋楼", errors={"building": ["不是本小区的楼栋"]})
        user: Any = self.request.user
        subject = require_purpose(user, "project", project, community) if project else None
        return drafting.Terms(**data, building=found, subject=subject)

    @extend_schema(request=VoteInput, responses=VoteSerializer)
    def partial_update(self, request: Request, uid: str) -> Response:
        """修改草稿。"""
        row, data = self.get_for_change(), self.parse(VoteInput)
        terms = self._terms(row.community, data)
        return self._done(drafting.change_vote(by=request.user, at=now(), vote=row, terms=terms))  # type: ignore[arg-type]

    def _done(self, row: Vote) -> Response:
        return self.answer(self.queryset.get(pk=row.pk))

    @extend_schema(request=None, responses=VoteSerializer)
    @action(detail=True, methods=["post"])
    def announce(self, request: Request, uid: str) -> Response:
        """公告：冻结内容、门槛和名册；起草人以外的另一人办理。"""
        row = self.get_for_change()
        return self._done(drafting.announce_vote(by=request.user, at=now(), vote=row))  # type: ignore[arg-type]

    @extend_schema(request=None, responses=VoteSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, uid: str) -> Response:
        """登记截止；不能提前。"""
        row = self.get_for_change()
        return self._done(closing.close_vote(by=request.user, at=now(), vote=row))  # type: ignore[arg-type]

    @extend_schema(request=None, responses=VoteSerializer)
    @action(detail=True, methods=["post"])
    def count(self, request: Request, uid: str) -> Response:
        """计票。"""
        row = self.get_for_change()
        return self._done(closing.finish_counting(by=request.user, at=now(), vote=row).vote)  # type: ignore[arg-type]

    @extend_schema(request=None, responses=VoteSerializer)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, uid: str) -> Response:
        """负责人确认结果；不能是计票人。"""
        row = self.get_for_change()
        return self._done(closing.confirm_vote(by=request.user, at=now(), vote=row))  # type: ignore[arg-type]

    @extend_schema(request=CancelInput, responses=VoteSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, uid: str) -> Response:
        """取消。"""
        row, data = self.get_for_change(), self.parse(CancelInput)
        return self._done(drafting.cancel_vote(by=request.user, at=now(), vote=row, **data))  # type: ignore[arg-type]
