"""Ballots by three channels that can't double, with the papers they came on. Ballots are inserted and never changed."""

from django.db import models
from django.db.models import F, Q

from approvals.models.votes import RollVoter, Vote
from offices.constraints import CompositeForeignKey
from offices.fields import AreaField
from offices.models import Record, StoredFile, User


def _voter_of_vote(name: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        fields=("vote", "voter"), to="approvals_rollvoter", to_columns=("vote_id", "id"), name=name
    )


class Choice(models.TextChoices):
    """Options of every vote. Abstaining is taking part without agreeing."""

    AGREE = "agree", "同意"
    OPPOSE = "oppose", "反对"
    ABSTAIN = "abstain", "弃权"


class Channel(models.TextChoices):
    """How a ballot came in."""

    ONLINE = "online", "网上"
    PAPER = "paper", "纸质"
    ONSITE = "onsite", "上门"


class Proxy(Record):
    """An owner lets another act for him in this vote, by a paper.

    Personal values, masked wherever shown. It counts once a second person has checked it.
    """

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="proxies")
    voter = models.ForeignKey(RollVoter, models.PROTECT, related_name="proxies")
    name = models.CharField("代理人姓名", max_length=80)
    id_number = models.CharField("代理人证件号码", max_length=40, blank=True)
    phone = models.CharField("代理人电话", max_length=40, blank=True)
    agent_key = models.CharField(max_length=64, help_text="salted hash of who the agent is: what the limit counts")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="授权委托书")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("vote", "voter"), condition=Q(withdrawn_at__isnull=True), name="one_proxy_per_voter"
            ),
            models.UniqueConstraint(fields=("vote", "voter", "id"), name="proxy_of_voter"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("entered_by")), name="proxy_checked_by_another"
            ),
            _voter_of_vote("proxy_of_voter_of_vote"),
        ]


class Letter(Record):
    """A printed letter with the ballot paper and its serial number: what was issued. A lost one is replaced by a new one, and void."""

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="letters")
    voter = models.ForeignKey(RollVoter, models.PROTECT, related_name="letters")
    serial = models.CharField("编号", max_length=24, unique=True)
    issued_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("vote", "voter"), condition=Q(voided_at__isnull=True), name="one_letter_in_force"
            ),
            models.UniqueConstraint(fields=("vote", "voter", "id"), name="letter_of_voter"),
            _voter_of_vote("letter_of_voter_of_vote"),
        ]


class PaperBallot(Record):
    """A ballot paper that came back: received before the close (database check), its content entered by two persons until counting ends."""

    class State(models.TextChoices):
        """Where its content stands."""

        RECEIVED = "received", "待录入"
        ENTERED = "entered", "待第二人录入"
        MISMATCH = "mismatch", "两次录入不一致"
        VALID = "valid", "有效"
        INVALID = "invalid", "无效"

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="papers")
    voter = models.ForeignKey(RollVoter, models.PROTECT, related_name="papers")
    letter = models.ForeignKey(Letter, models.PROTECT, related_name="papers")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="扫描件")
    received_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RECEIVED)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("letter",), name="paper_returned_once"),
            models.UniqueConstraint(fields=("vote", "voter", "id"), name="paper_of_voter"),
            CompositeForeignKey(
                fields=("vote", "voter", "letter"), to="approvals_letter", to_columns=("vote_id", "voter_id", "id"),
                name="paper_on_letter_of_voter",
            ),
        ]  # fmt: skip


class PaperEntry(models.Model):
    """What one person read on the paper. Two who agree make the ballot; where they differ a third decides with the scan before him."""

    paper = models.ForeignKey(PaperBallot, models.PROTECT, related_name="entries")
    choice = models.CharField(max_length=10, choices=Choice.choices, blank=True, help_text="empty: invalid")
    invalid_reason = models.CharField("无效原因", max_length=200, blank=True)
    proxy = models.ForeignKey(
        Proxy, models.PROTECT, null=True, related_name="+", help_text="who signed for the owner; empty: himself"
    )
    deciding = models.BooleanField(default=False, help_text="the third one's, over a mismatch")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("paper", "by"), name="one_entry_a_person"),
            models.UniqueConstraint(fields=("paper",), condition=Q(deciding=True), name="one_deciding_entry"),
            models.CheckConstraint(
                condition=Q(choice="") ^ Q(invalid_reason=""), name="entry_has_a_choice_or_a_reason"
            ),
            models.CheckConstraint(condition=Q(proxy__isnull=True) | ~Q(choice=""), name="proxy_of_a_readable_paper"),
        ]


class Ballot(models.Model):
    """A vote cast. Insert-only; which of a voter's ballots counts is said by ``Counting``. Area is the voter's in the frozen roll.

    ``received_at``: when it came in, which for a paper is its receipt, not its entry. ``receipt`` is what the voter is given.
    """

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="ballots")
    voter = models.ForeignKey(RollVoter, models.PROTECT, related_name="ballots")
    area = AreaField("面积（㎡）")
    choice = models.CharField("选择", max_length=10, choices=Choice.choices)
    channel = models.CharField("渠道", max_length=10, choices=Channel.choices)
    receipt = models.CharField("回执号", max_length=24, unique=True)
    received_at = models.DateTimeField("收到时间")
    entered_at = models.DateTimeField("写入时间")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="staff; none online")
    proxy = models.ForeignKey(Proxy, models.PROTECT, null=True, related_name="+")
    paper = models.OneToOneField(PaperBallot, models.PROTECT, null=True, related_name="ballot")
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    sent_key = models.CharField(
        max_length=64, null=True, help_text="key of what a phone sent: the same twice is one ballot"
    )

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("vote", "voter", "id"), name="ballot_of_voter"),
            models.UniqueConstraint(fields=("vote", "sent_key"), name="ballot_sent_once"),
            models.CheckConstraint(
                condition=(Q(channel="paper") & Q(paper__isnull=False)) | (~Q(channel="paper") & Q(paper__isnull=True)),
                name="paper_ballot_has_its_paper",
            ),
            models.CheckConstraint(
                condition=Q(channel="online") | Q(by__isnull=False), name="entered_ballot_names_who_entered"
            ),
            CompositeForeignKey(
                fields=("vote", "voter", "area"), to="approvals_rollvoter", to_columns=("vote_id", "id", "area"),
                name="ballot_has_area_of_voter",
            ),
            CompositeForeignKey(
                fields=("vote", "voter", "paper"), to="approvals_paperballot", to_columns=("vote_id", "voter_id", "id"),
                name="ballot_on_paper_of_voter",
            ),
            CompositeForeignKey(
                fields=("vote", "voter", "supersedes"), to="approvals_ballot", to_columns=("vote_id", "voter_id", "id"),
                name="ballot_supersedes_own",
            ),
            CompositeForeignKey(
                fields=("vote", "voter", "proxy"), to="approvals_proxy", to_columns=("vote_id", "voter_id", "id"),
                name="ballot_by_proxy_of_voter",
            ),
        ]  # fmt: skip


class Counting(models.Model):
    """Which ballot of a voter counts: one row per voter and vote, whatever the channel (invariant 1)."""

    vote = models.ForeignKey(Vote, models.PROTECT, related_name="counting")
    voter = models.ForeignKey(RollVoter, models.PROTECT, related_name="+")
    ballot = models.OneToOneField(Ballot, models.PROTECT, related_name="counting")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("vote", "voter"), name="one_counting_ballot_per_voter"),
            CompositeForeignKey(
                fields=("vote", "voter", "ballot"), to="approvals_ballot", to_columns=("vote_id", "voter_id", "id"),
                name="counting_ballot_of_voter",
            ),
        ]  # fmt: skip
