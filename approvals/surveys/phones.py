"""A survey answered by telephone number: a code to the number of an owner in the register stands for his homes, as a letter's for one."""

import datetime as dt
from uuid import uuid4

from approvals import codes
from approvals.models import Survey
from approvals.surveys.letters import Resident, resident_at
from communities.models import Home
from communities.queries.own import persons_of_phone
from communities.rules.roll_problems import phone_key
from offices.history import salted
from policies.refusal import Refused

GONE = "这一户不在验证的手机号名下，请重新验证"


def homes_of_phone(survey: Survey, number: str) -> tuple[int, ...]:
    """Homes of the community whose owners in force have exactly this number, in the order of their doors."""
    persons = persons_of_phone(survey.community_id, number)
    if not persons:
        return ()
    rows = Home.objects.filter(
        building__community=survey.community_id, merged_into__isnull=True, ownerships__person__in=persons,
        ownerships__until__isnull=True,
    ).order_by("building_id", "unit", "room", "pk")  # fmt: skip
    return tuple(dict.fromkeys(rows.values_list("pk", flat=True)))


def send_code(*, at: dt.datetime, survey: Survey, phone: str) -> str:
    """Send a code where the number is an owner's; the key to check it with, the same kind either way. Raises Invalid, Refused."""
    if survey.state != Survey.State.OPEN:
        raise Refused("调查没有开始或已经截止", code="survey_not_open")
    number = codes.mobile(phone)
    holder = salted(f"{survey.uid}:{number}")
    if homes_of_phone(survey, number):
        codes.send_sms(
            subject=survey, holder=holder, phone=number, matter="居民调查", event=f"survey_code:{uuid4()}", at=at
        )
    return holder


def by_sms(*, at: dt.datetime, survey: Survey, phone: str, holder: str, text: str) -> tuple[int, ...]:
    """The homes of the number to which the code was sent. Raises Refused in the same words for every failure."""
    number = phone_key(phone[:40])
    codes.check_sent(subject=survey, holder=holder, own=salted(f"{survey.uid}:{number}"), text=text, at=at)
    return homes_of_phone(survey, number)


def residents(survey: Survey, homes: tuple[int, ...]) -> list[Resident]:
    """The households of a number, as they are asked for."""
    rows = Home.objects.filter(pk__in=homes, building__community=survey.community_id, merged_into__isnull=True)
    found = {row.pk: row for row in rows.select_related("building")}
    return [resident_at(survey, found[pk]) for pk in homes if pk in found]


def resident_of(survey: Survey, homes: tuple[int, ...], chosen: str) -> Resident:
    """The household that was chosen among those of the number. Raises Refused for any other."""
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 15 and int(chosen) in homes:
        found = residents(survey, (int(chosen),))
        if found:
            return found[0]
    raise Refused(GONE, code="code_unknown")
