"""业主表决: the vote, and the frozen copy of the roll that it is counted on."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from communities.models import Building, Community, Home
from offices.constraints import CompositeForeignKey
from offices.fields import AreaField
from offices.models import InDivision, Record, User
from offices.models.base import in_order


class VoteQuerySet(models.QuerySet["Vote"]):
    """Votes by who looks."""

    def visible_to(self, user: User) -> Self:
        """Votes in the user's scope."""
        return self.filter(user.scope.q())

    def public(self) -> Self:
        """Announced votes: a draft is nobody's business yet."""
        return self.exclude(state=Vote.State.DRAFT).exclude(state=Vote.State.CANCELLED, announced_at=None)


class Vote(Record, InDivision):
    """A vote of the owners of a community (or of one building or stairwell) on one matter.

    Announcing freezes everything that the owners were told and the roll; from then on only the state and what follows from it
    change. Whether it is open is a matter of time alone: announced, and ``opens_at`` ≤ the database's clock < ``closes_at``.
    """

    class State(models.TextChoices):
        """States; ``phase`` tells an announced one further apart by time."""

        DRAFT = "draft", "草稿"
        ANNOUNCED = "announced", "已公告"
        CLOSED = "closed", "已截止"
        COUNTED = "counted", "结果公示中"
        CONFIRMED = "confirmed", "已确认"
        CANCELLED = "cancelled", "已取消"

    class Matter(models.TextChoices):
        """Matters of the rulebooks (``policies.kinds.Matter``)."""

        SCHEME = "scheme", "改造方案"
        PROPERTY_SERVICE = "property_service", "选聘物业服务企业"
        RAISE_MAINTENANCE_FUND = "raise_maintenance_fund", "筹集（补建、续筹）维修资金"
        USE_MAINTENANCE_FUND = "use_maintenance_fund", "使用维修资金"
        COMMON_REVENUE = "common_revenue", "让渡小区公共收益"
        OPERATE_COMMON_PARTS = "operate_common_parts", "利用共有部分从事经营活动"

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name="小区")
    subject_type = models.CharField(max_length=40, blank=True, help_text="project that the decision is for")
    subject_uid = models.UUIDField(null=True, blank=True)
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="楼栋")
    unit = models.CharField("单元", max_length=20, blank=True)
    matter = models.CharField("表决事项", max_length=30, choices=Matter.choices)
    title = models.CharField("标题", max_length=120)
    text = models.TextField("表决内容", max_length=8000, help_text="what is put to the owners, word for word")
    opens_at = models.DateTimeField("开始时间")
    closes_at = models.DateTimeField("截止时间")
    may_change = models.BooleanField("截止前可以改票", default=False)
    paper_wins = models.BooleanField("纸质票与网上票并存时以纸质票为准", default=False)
    proxy_limit = models.PositiveSmallIntegerField("一人最多代理几名业主", default=3)
    objection_days = models.PositiveSmallIntegerField("结果公示天数", default=5)

    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    rulebook = models.SlugField("规则库", max_length=40, blank=True)
    revision = models.TextField("规则版本", blank=True, help_text="pinned when the vote is announced")
    thresholds = models.JSONField(
        "门槛", default=list, help_text="the four thresholds with their clauses, as announced"
    )
    roll_hash = models.CharField("名册校验值", max_length=64, blank=True)
    roll_area = AreaField("名册总面积（㎡）", null=True)
    roll_heads = models.PositiveIntegerField("名册总人数", null=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="起草人")
    announced_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    announced_at = models.DateTimeField("公告时间", null=True)
    closed_at = models.DateTimeField("截止登记时间", null=True)
    objections_until = models.DateField("异议截止", null=True)
    cancelled_reason = models.CharField("取消原因", max_length=300, blank=True)

    objects = VoteQuerySet.as_manager()

    #: What the announcement freezes (triggers.protect would freeze a draft too; the demand ``frozen`` asks for the state).
    FROZEN = (
        "community", "subject_type", "subject_uid", "building", "unit", "matter", "title", "text", "opens_at", "closes_at", "may_change",
        "paper_wins", "proxy_limit", "objection_days", "rulebook", "revision", "thresholds", "roll_hash", "roll_area", "roll_heads",
        "made_by", "announced_by", "announced_at",
    )  # fmt: skip

    class Meta:
        verbose_name = verbose_name_plural = "业主表决"
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="vote_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"))
                | (Q(announced_at__isnull=False, roll_area__gt=0, roll_heads__gt=0) & ~Q(roll_hash="")),
                name="announced_vote_has_its_roll",
            ),
        ]
        indexes = [
            models.Index(fields=("subject_uid", "state"), name="vote_of_subject"),
            models.Index(fields=("community", "state"), name="vote_of_community"),
            models.Index(fields=("closes_at",), condition=Q(state="announced"), name="vote_to_close"),
            *in_order("vote", "opens_at", "closes_at"),
        ]

    def __str__(self) -> str:
        return self.title


class RollVoter(models.Model):
    """A voter of the frozen roll: one head, the area of all his homes within the vote. Never rewritten.

    ``persons`` are ids; names stay in ``communities.Person`` where they can be erased.
    """

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="voters")
    number = models.PositiveIntegerField("序号")
    key = models.CharField(max_length=64, help_text="the voter of the register (communities.queries.voters)")
    pseudonym = models.CharField(max_length=32, help_text="random; stands for the voter in the evidence")
    kind = models.CharField(max_length=14)
    persons = models.JSONField(default=list)
    area = AreaField("专有部分面积（㎡）")

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=("vote", "number"), name="voter_number_once"),
            models.UniqueConstraint(fields=("vote", "key"), name="voter_once"),
            models.UniqueConstraint(fields=("vote", "pseudonym"), name="pseudonym_once"),
            models.UniqueConstraint(fields=("vote", "id"), name="voter_of_vote"),
            models.UniqueConstraint(fields=("vote", "id", "area"), name="voter_with_area"),
            models.CheckConstraint(condition=Q(area__gt=0), name="voter_area_positive"),
        ]


class RollHome(models.Model):
    """A home of the frozen roll with its area and where that comes from (N-02). Each home once. Never rewritten."""

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="+")
    voter = models.ForeignKey(RollVoter, models.PROTECT, related_name="homes")
    home = models.ForeignKey(Home, models.PROTECT, related_name="+")
    building = models.CharField("楼栋", max_length=60)
    unit = models.CharField("单元", max_length=20, blank=True)
    room = models.CharField("房号", max_length=20)
    floor = models.SmallIntegerField("楼层", null=True)
    area = AreaField("面积（㎡）")
    area_source = models.CharField("面积来源", max_length=10)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("vote", "home"), name="home_once_per_vote"),
            models.CheckConstraint(condition=Q(area__gt=0), name="roll_home_area_positive"),
            CompositeForeignKey(
                fields=("vote", "voter"),
                to="approvals_rollvoter",
                to_columns=("vote_id", "id"),
                name="home_of_voter_of_vote",
            ),
        ]


class VoteResult(models.Model):
    """What was counted, with the rule that decided. Written once when the counting ends, never rewritten."""

    vote = models.OneToOneField(Vote, models.PROTECT, related_name="result")
    participating_area = AreaField()
    participating_heads = models.PositiveIntegerField()
    agreeing_area = AreaField()
    agreeing_heads = models.PositiveIntegerField()
    opposing_area = AreaField()
    opposing_heads = models.PositiveIntegerField()
    papers_issued = models.PositiveIntegerField(default=0)
    papers_voided = models.PositiveIntegerField(
        default=0, help_text="issued, replaced by another letter, never come back"
    )
    papers_returned = models.PositiveIntegerField(default=0)
    papers_valid = models.PositiveIntegerField(default=0)
    passed = models.BooleanField("通过", null=True)
    rule_id = models.CharField(max_length=20, blank=True)
    reasons = models.JSONField(default=list)
    ballots_hash = models.CharField(max_length=64, help_text="over all ballots, counting or not")
    evidence_root = models.CharField(max_length=64, blank=True, help_text="over everything that the evidence holds")
    counted_body = models.CharField("计票机构", max_length=120, blank=True, help_text="its name when it counted")
    counted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(papers_issued__gte=F("papers_returned") + F("papers_voided"))
                & Q(papers_returned__gte=F("papers_valid")),
                name="result_papers_balance",
            ),
        ]

    @property
    def papers_outstanding(self) -> int:
        """Issued, in force, and not come back: issued = returned + outstanding + voided."""
        return self.papers_issued - self.papers_returned - self.papers_voided

    @property
    def papers_invalid(self) -> int:
        """Come back and not valid: returned = valid + invalid."""
        return self.papers_returned - self.papers_valid


class VoteConfirmation(models.Model):
    """A leader confirms the counted result after the objection period; never the one who counted. Never rewritten."""

    vote = models.OneToOneField(Vote, models.PROTECT, related_name="confirmation")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
