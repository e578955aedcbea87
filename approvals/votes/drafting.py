"""A vote before it is announced, and the announcement that freezes it with its roll."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from approvals.models import Vote
from approvals.rules.tally import TEST_LABELS, Counts, Tally, decide
from approvals.votes.access import LEADERS, require_desk
from approvals.votes.freezing import freeze_roll
from communities.models import Building, Community
from communities.queries.voters import RollDraft, draft_roll
from offices.clock import day_of
from offices.history import record
from offices.models import User
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.refusal import Forbidden, Invalid, Reason, Refused, Stale

NOBODY = Counts(0, 0, 0, 0, 0, 0)
SHORTEST = dt.timedelta(minutes=10)
LONGEST = dt.timedelta(days=120)
MOST_DAYS, MOST_PROXIES = 60, 20


@dataclass(frozen=True)
class Terms:
    """What the announcement will say. ``subject``: (type, uid) of the project that the decision is for, where there is one."""

    matter: str
    title: str
    text: str
    opens_at: dt.datetime
    closes_at: dt.datetime
    building: Building | None = None
    unit: str = ""
    subject: tuple[str, UUID] | None = None
    may_change: bool = False
    paper_wins: bool = False
    proxy_limit: int = 3
    objection_days: int = 5


@transaction.atomic
def draft_vote(*, by: User, at: dt.datetime, community: Community, terms: Terms) -> Vote:
    """A draft, seen by the staff alone. Raises Invalid naming each field, Forbidden."""
    require_desk(by, community)
    vote = Vote(community=community, made_by=by, created_at=at, updated_at=at)
    vote.place_in(community.division)
    _fill(vote, terms)
    vote.save()
    record(
        by=by, at=at, action="vote.draft", subject=vote, data={"community": str(community.uid), "matter": vote.matter}
    )
    return vote


@transaction.atomic
def change_vote(*, by: User, at: dt.datetime, vote: Vote, terms: Terms, expected_version: int | None = None) -> Vote:
    """Change a draft. Raises Refused once it is announced: what the owners were told does not change.

    Raises Stale where another version than ``expected_version`` stands.
    """
    vote = locked(vote)
    require_desk(by, vote)
    require_version(vote, expected_version)
    if vote.state != Vote.State.DRAFT:
        raise Refused("表决已公告，内容、时间和名册不能改动；确有错误的，请取消后重新发起", code="vote_announced")
    _fill(vote, terms)
    _touch(vote, at)
    record(by=by, at=at, action="vote.change", subject=vote)
    return vote


@transaction.atomic
def announce_vote(*, by: User, at: dt.datetime, vote: Vote, expected_version: int | None = None) -> Vote:
    """Freeze the text, the rule and the roll; from ``opens_at`` on the owners can vote.

    Raises Refused where the roll has unsettled problems (each as a reason), where the opening is past, or where the announcer drafted it:
    two people answer for what is put to the owners. Raises Stale where the draft is not the version that the announcer has read.
    """
    vote = locked(vote)
    require_desk(by, vote)
    require_version(vote, expected_version)
    if vote.state != Vote.State.DRAFT:
        raise Refused(f"表决{vote.get_state_display()}，不能再次公告", code="vote_announced")
    if vote.made_by_id == by.pk:
        raise Forbidden("起草人不能公告自己起草的表决，请由另一人核对后公告", code="own_vote")
    if vote.opens_at < at:
        raise Refused("开始时间已过，请先修改起止时间", code="vote_times")
    layers = layers_of(vote.division)
    roll = draft_roll(vote.community, day=day_of(at), building=vote.building, unit=vote.unit)
    _require_ready(roll)
    freeze_roll(vote, roll)
    vote.rulebook, vote.revision = layers.books[0].document.place, layers.revision
    vote.thresholds = thresholds_of(asked(layers, day=day_of(vote.opens_at), matter=vote.matter))
    vote.state, vote.announced_by, vote.announced_at = Vote.State.ANNOUNCED, by, at
    _touch(vote, at)
    record(
        by=by, at=at, action="vote.announce", subject=vote,
        data={"roll": vote.roll_hash, "heads": vote.roll_heads, "area": str(vote.roll_area), "revision": vote.revision},
    )  # fmt: skip
    return vote


@transaction.atomic
def cancel_vote(*, by: User, at: dt.datetime, vote: Vote, reason: str) -> Vote:
    """Give a vote up before it is confirmed. Ballots stay; nothing is counted. A leader's act once it is announced."""
    vote = locked(vote)
    if vote.state == Vote.State.DRAFT:
        require_desk(by, vote)
    else:
        require_desk(by, vote, *LEADERS)
    if vote.state in (Vote.State.CONFIRMED, Vote.State.CANCELLED):
        raise Refused(f"表决{vote.get_state_display()}，不能取消", code="vote_over")
    if not reason.strip():
        raise Invalid("请写明取消的原因", errors={"reason": ["不能为空"]})
    vote.state, vote.cancelled_reason = Vote.State.CANCELLED, reason.strip()[:300]
    _touch(vote, at)
    record(by=by, at=at, action="vote.cancel", subject=vote, reason=vote.cancelled_reason)
    return vote


def locked(vote: Vote) -> Vote:
    """The row for update: a close waits for the ballots under way, and they for it."""
    rows = Vote.objects.select_for_update(of=("self",)).select_related("community", "division", "county", "building")
    return rows.get(pk=vote.pk)


def require_version(vote: Vote, expected: int | None) -> None:
    """Raises Stale where the row is not as it was read; None: the caller holds it otherwise."""
    if expected is not None and vote.version != expected:
        raise Stale("表决刚刚被他人修改，请核对修改后的内容再办理")


def asked(layers: Layers, *, day: dt.date, matter: str) -> Tally:
    """The four thresholds in force on ``day`` for ``matter``, as an empty count. No results where nothing is regulated."""
    return decide(layers, day=day, matter=matter, counts=NOBODY)  # type: ignore[arg-type]


def thresholds_of(tally: Tally) -> list[dict[str, Any]]:
    """The thresholds as they are announced and kept with the vote: test, share as text, strictness, rule and clause."""
    return [
        {
            "test": result.test,
            "label": TEST_LABELS[result.test],
            "share": str(result.threshold.share),
            "strict": result.threshold.strict,
            "rule": result.provision.rule_id,
            "clause": result.provision.clause,
            "quote": result.provision.quote,
        }
        for result in tally.results
    ]


def _require_ready(roll: RollDraft) -> None:
    stands = [problem for problem in roll.problems if problem.blocks and not problem.settled]
    if not roll.voters:
        raise Refused("名册没有业主：请先录入或导入房屋和业主", code="roll_empty")
    if stands:
        reasons = tuple(
            Reason(text=f"{problem.where}：{problem.text}" if problem.where else problem.text)
            for problem in stands[:50]
        )
        raise Refused(f"业主名册还有 {len(stands)} 个问题没有处理，不能公告", reasons=reasons, code="roll_unsettled")


def _fill(vote: Vote, terms: Terms) -> None:
    """Take the terms over. Raises Invalid naming each field."""
    errors: dict[str, list[str]] = {}
    if terms.matter not in Vote.Matter.values:
        errors["matter"] = ["没有这个表决事项"]
    for name, longest in (("title", 120), ("text", 8000)):
        value = getattr(terms, name).strip()
        if not value or len(value) > longest:
            errors[name] = ["请填写" if not value else f"最多 {longest} 个字"]
    if not SHORTEST <= terms.closes_at - terms.opens_at <= LONGEST:
        errors["closes_at"] = ["截止时间应在开始之后，且表决期不超过 120 天"]
    if terms.building is not None and terms.building.community_id != vote.community_id:
        errors["building"] = ["不是本小区的楼栋"]
    if terms.unit and terms.building is None:
        errors["unit"] = ["先选择楼栋"]
    if not 0 <= terms.proxy_limit <= MOST_PROXIES:
        errors["proxy_limit"] = [f"应为 0 至 {MOST_PROXIES}"]
    if not 1 <= terms.objection_days <= MOST_DAYS:
        errors["objection_days"] = [f"应为 1 至 {MOST_DAYS} 天"]
    if errors:
        raise Invalid("表决没有保存：有字段需要更正", errors=errors)
    vote.matter, vote.title, vote.text = terms.matter, terms.title.strip(), terms.text.strip()
    vote.opens_at, vote.closes_at = terms.opens_at, terms.closes_at
    vote.building, vote.unit = terms.building, terms.unit.strip()
    vote.subject_type, vote.subject_uid = terms.subject or ("", None)
    vote.may_change, vote.paper_wins = terms.may_change, terms.paper_wins
    vote.proxy_limit, vote.objection_days = terms.proxy_limit, terms.objection_days


def _touch(vote: Vote, at: dt.datetime) -> None:
    vote.version += 1
    vote.updated_at = at
    vote.save()
