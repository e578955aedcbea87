"""Who is asking: the code of a letter, or a short message to the number that stands in the register."""

import datetime as dt
from uuid import uuid4

from django.db import transaction

from approvals import codes
from communities.models import Community
from communities.queries.own import person_of_holder, persons_by_id, persons_of_phone
from communities.rules.roll_problems import phone_key
from offices.history import record, salted
from policies.refusal import Invalid, Refused

SEVERAL = "这个号码登记在几位业主名下，不能用短信查看；请用缴款通知上的验证码，或到社区凭证件办理"


def by_letter(*, at: dt.datetime, community: Community, text: str) -> tuple[tuple[int, ...], int]:
    """(persons, the code) of a letter's code. Raises Invalid where nothing was typed, Refused for a wrong or void one."""
    if not codes.tidy(text):
        raise Invalid("请输入通知上的验证码", errors={"code": ["请输入通知上的 10 位验证码"]})
    code = codes.find_letter(subject=community.uid, text=text)
    person = person_of_holder(community, code.holder)
    if person is None:
        raise Refused("这个验证码对应的业主已不在名册中，请联系社区", code="code_unknown")
    with transaction.atomic():
        codes.mark_used(code=code, at=at)
        record(by=None, at=at, action="own.identify", subject=person, data={"channel": "letter"})
    return (person.pk,), code.pk


def send_code(*, at: dt.datetime, community: Community, phone: str) -> str:
    """Send a code where the number stands in this register; the key to check it with, the same kind either way. Raises Invalid."""
    number = codes.mobile(phone)
    holder = salted(f"{community.uid}:{number}")
    if persons_of_phone(community.pk, number):
        codes.send_sms(
            subject=community, holder=holder, phone=number, matter="本人信息查询", event=f"own_code:{uuid4()}", at=at
        )
    return holder


def by_sms(*, at: dt.datetime, community: Community, phone: str, holder: str, text: str) -> tuple[int, ...]:
    """The person of the number to which the code was sent. Raises Refused, in the same words for every failure of the code."""
    number = phone_key(phone[:40])
    codes.check_sent(subject=community, holder=holder, own=salted(f"{community.uid}:{number}"), text=text, at=at)
    persons = persons_by_id(persons_of_phone(community.pk, number))
    if len({person.name for person in persons}) != 1:
        raise Refused(SEVERAL, code="code_unknown")
    for person in persons:
        record(by=None, at=at, action="own.identify", subject=person, data={"channel": "sms"})
    return tuple(person.pk for person in persons)
