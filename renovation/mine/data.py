"""What the platform holds of one owner, joined over the apps. Nobody else's value passes: co-owners masked, tenants' answers left out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from approvals.models import Code, Counting, CountingAnswer, Proxy, RollVoter, SurveyAnswer
from approvals.votes.online import shown_receipt
from communities.models import Agency, Community, Complaint, ComplaintAnswer, Person, Reveal
from communities.queries.own import OwnHome, opened, own_agencies, own_complaints, own_homes, persons_by_id
from communities.rules.masks import mask_id, mask_name, mask_phone
from funding.collecting import DueLine, clause_of, lines, own_dues
from offices.clock import day_of
from offices.history import record
from offices.models import SmsMessage
from policies.refusal import Citation, Refused
from renovation.mine.said import Said, Supervised, said_by, sent_to, supervised_by

MOST = 50


@dataclass(frozen=True)
class OwnVote:
    """A vote whose roll he stands in: his receipt and choice where a ballot of his counts; who may vote for him, masked."""

    title: str
    closes_at: dt.datetime
    receipt: str = ""
    received_at: dt.datetime | None = None
    channel: str = ""
    choice: str = ""
    proxy: str = ""


@dataclass(frozen=True)
class OwnAnswer:
    """A survey that his home answered; what was said where an owner answered in his time."""

    title: str
    door: str
    at: dt.datetime
    role: str
    receipt: str = ""
    choice: str = ""
    needs: Sequence[str] = ()
    words: str = ""


@dataclass(frozen=True)
class Own:
    """Everything that he sees."""

    community: Community
    persons: list[Person]
    homes: list[OwnHome]
    dues: list[DueLine]
    votes: list[OwnVote]
    answers: list[OwnAnswer]
    complaints: list[tuple[Complaint, list[ComplaintAnswer]]]
    opened: list[Reveal]
    agencies: list[Agency]
    said: list[Said]
    messages: list[SmsMessage]
    supervises: list[Supervised]
    clause: Citation | None = None

    @property
    def agents(self) -> list[dict[str, Any]]:
        """Who acts for him and by which paper; the agent's own values masked."""
        return [
            {
                "kind": row.get_kind_display(), "name_masked": mask_name(row.agent_name), "phone_masked": mask_phone(row.agent_phone),
                "id_number_masked": mask_id(row.agent_id_number), "evidence": row.evidence, "valid_from": row.valid_from,
                "valid_until": row.valid_until, "checked": row.checked_at is not None, "withdrawn_at": row.withdrawn_at,
            }
            for row in self.agencies
        ]  # fmt: skip

    @property
    def who(self) -> list[dict[str, str]]:
        """Name as registered; telephone and papers' number masked even here: a letter may lie in the wrong hands."""
        return [{"name": p.name, "phone": mask_phone(p.phone), "id_number": mask_id(p.id_number)} for p in self.persons]


@transaction.atomic
def own_data(*, at: dt.datetime, community: Community, persons: Sequence[int], code: int | None, way: str) -> Own:
    """What these persons (one, under one name) see of themselves; the look is recorded. Raises Refused where his code is void."""
    if (
        code is not None
        and not Code.objects.filter(pk=code, subject_uid=community.uid, revoked_at__isnull=True).exists()
    ):
        raise Refused("验证已失效：您的通知已补发，请用新的通知上的验证码", code="code_revoked")
    rows, day = persons_by_id(persons), day_of(at)
    if not rows or any(row.community_id != community.pk for row in rows):
        raise Refused("验证已失效，请重新验证", code="code_revoked")
    homes = own_homes(persons, day)
    for row in rows:
        record(by=None, at=at, action="own.export" if way == "json" else "own.look", subject=row)
    dues = lines(own_dues(persons, day), day)
    return Own(
        community, rows, homes, dues, _votes(homes, set(persons)), _answers(homes), own_complaints(rows),
        opened(persons), own_agencies(persons), said_by(community, rows), sent_to(rows), supervised_by(community, rows),
        clause_of(dues[0].due.apportionment, day) if dues else None,
    )  # fmt: skip


def _votes(homes: Sequence[OwnHome], persons: set[int]) -> list[OwnVote]:
    rows = RollVoter.objects.filter(homes__home__in=[own.home.pk for own in homes]).exclude(vote__state="draft")
    voters = [
        row for row in rows.select_related("vote").distinct().order_by("-vote_id")[:MOST] if persons & set(row.persons)
    ]
    counting = Counting.objects.filter(voter__in=voters).select_related("ballot")
    ballots = {row.voter_id: row.ballot for row in counting}
    proxies = Proxy.objects.filter(voter__in=voters, withdrawn_at__isnull=True).values_list("voter_id", "name")
    agents = {voter: mask_name(name) for voter, name in proxies}
    found = []
    for voter in voters:
        ballot, agent = ballots.get(voter.pk), agents.get(voter.pk, "")
        if ballot is None:
            found.append(OwnVote(voter.vote.title, voter.vote.closes_at, proxy=agent))
            continue
        found.append(
            OwnVote(
                voter.vote.title, voter.vote.closes_at, shown_receipt(ballot.receipt), ballot.received_at, ballot.get_channel_display(),
                ballot.get_choice_display(), agent,
            )
        )  # fmt: skip
    return found


def _answers(homes: Sequence[OwnHome]) -> list[OwnAnswer]:
    since = {own.home.pk: own.since for own in homes}
    counting = CountingAnswer.objects.filter(answer__home__in=since).select_related("answer__sheet__survey")
    answers = [row.answer for row in counting.order_by("-pk")[:MOST]]
    return [_answer(row, since.get(row.home_id) if row.home_id else None) for row in answers]


def _answer(row: SurveyAnswer, since: dt.date | None) -> OwnAnswer:
    plain = OwnAnswer(row.sheet.survey.title, row.door, row.at, row.get_role_display())
    if row.role != SurveyAnswer.Role.OWNER or (since is not None and day_of(row.at) < since):
        return plain
    asked = row.sheet.questions
    labels = {item["key"]: item["label"] for item in asked["items"]}
    return OwnAnswer(
        plain.title, plain.door, plain.at, plain.role, row.receipt, asked["choices"].get(row.choice, row.choice),
        [labels.get(key, key) for key in row.needs], row.words,
    )  # fmt: skip


def as_json(own: Own, at: dt.datetime) -> dict[str, Any]:
    """The same as plain data: money and areas as text, days and moments in ISO 8601."""
    return {
        "format": "renovation-own-data/1", "at": at.isoformat(), "community": own.community.name, "persons": own.who,
        "homes": [
            {
                "door": f"{row.home.building.name} {row.home.unit} {row.home.room}".replace("  ", " "), "area": row.home.area_text(),
                "area_source": row.home.area_source, "share": row.share, "co_owners_masked": list(row.others),
            }
            for row in own.homes
        ],
        "dues": [
            {
                "title": line.due.apportionment.title, "door": line.due.label, "amount": f"{line.due.amount:.2f}",
                "formula": line.formula, "rule": line.due.apportionment.rule, "clause": line.due.apportionment.clause,
                "pay_by": line.due.apportionment.pay_by, "paid": f"{line.paid:.2f}", "left": f"{line.left:.2f}", "state": line.state,
                "digest": line.due.apportionment.digest,
                "receipts": [
                    {"kind": r.kind, "amount": f"{r.amount:.2f}", "day": r.day, "voucher": r.voucher, "reason": r.reason}
                    for r in line.due.receipts.all()
                ],
            }
            for line in own.dues
        ],
        "votes": [vars(row) for row in own.votes], "surveys": [vars(row) for row in own.answers],
        "complaints": [
            {
                "number": row.number, "received_at": row.received_at, "text": row.text, "state": row.state,
                "answers": [{"at": answer.at, "body": answer.body.name, "text": answer.text} for answer in answers],
            }
            for row, answers in own.complaints
        ],
        "agents": own.agents, "said": [vars(row) for row in own.said], "supervises": [vars(row) for row in own.supervises],
        "short_messages": [{"to": row.masked, "at": row.created_at, "sent_at": row.sent_at} for row in own.messages],
        "opened": [row.at for row in own.opened],
    }  # fmt: skip
