"""What an owner said with his name and number on notices and results, and what was sent to his telephone; numbers masked even here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from approvals.models import Remark, RemarkPerson, VoteObjectionPerson
from communities.models import Community, Person
from communities.queries.own import own_numbers
from communities.rules.masks import mask_phone
from communities.rules.roll_problems import phone_key
from offices.history import salted
from offices.models import SmsMessage
from projects.models import ResidentSupervisor

MOST = 50


@dataclass(frozen=True)
class Said:
    """An opinion or an objection of his, with what was answered."""

    about: str
    number: str
    at: dt.datetime
    text: str
    name: str
    phone: str
    home: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Supervised:
    """He supervises the works for the residents."""

    project: str
    name: str
    phone: str
    since: dt.date
    until: dt.date | None


def said_by(community: Community, persons: Sequence[Person]) -> list[Said]:
    """What came with both his name and a number of his own (two queries); without both nobody can tell whose it is."""
    names, numbers = {row.name for row in persons}, {phone_key(number) for number in own_numbers(persons)}
    remarks = RemarkPerson.objects.filter(name__in=names, remark__county=community.county_id).exclude(phone="")
    objections = VoteObjectionPerson.objects.filter(name__in=names, objection__vote__community=community)
    found = [
        Said(
            row.remark.notice.title if row.remark.notice else "", row.remark.number, row.remark.received_at, row.remark.text,
            row.name, mask_phone(row.phone), row.home, tuple(answer.text for answer in row.remark.answers.all()),
        )
        for row in remarks.select_related("remark__notice").prefetch_related("remark__answers").order_by("-pk")[:MOST]
        if phone_key(row.phone) in numbers and _here(row.remark, community)
    ]  # fmt: skip
    found += [
        Said(
            row.objection.vote.title, row.objection.receipt, row.objection.made_at, row.objection.text, row.name,
            mask_phone(row.phone), row.home,
            (row.objection.answer,) if row.objection.answer else (),
        )
        for row in objections.select_related("objection__vote").order_by("-pk")[:MOST] if phone_key(row.phone) in numbers
    ]  # fmt: skip
    return found


def _here(remark: Remark, community: Community) -> bool:
    """Of this community: as he chose, or of a notice that was posted in it where he chose none."""
    if remark.community_id is not None or remark.notice is None:
        return remark.community_id == community.pk
    return str(community.uid) in remark.notice.places


def sent_to(persons: Sequence[Person]) -> list[SmsMessage]:
    """Short messages to a number of his own: when, and whether it went out. Their words are kept nowhere."""
    hashes = {salted(phone_key(number)) for number in own_numbers(persons)}
    return list(SmsMessage.objects.filter(phone_hash__in=hashes).order_by("-pk")[:MOST])


def supervised_by(community: Community, persons: Sequence[Person]) -> list[Supervised]:
    """Works that he supervises for the residents (name and number both his)."""
    names, numbers = {row.name for row in persons}, {phone_key(number) for number in own_numbers(persons)}
    rows = ResidentSupervisor.objects.filter(name__in=names, project__parts__community=community)
    return [
        Supervised(row.project.name, row.name, mask_phone(row.phone), row.since, row.until)
        for row in rows.select_related("project").order_by("-pk")[:MOST]
        if phone_key(row.phone) in numbers
    ]
