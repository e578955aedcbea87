"""One-time codes by which a resident identifies himself without an account: printed in a letter, or sent by SMS.

The code itself is given out once, by the function that makes it, and kept as an HMAC under the platform's key. A letter's code has
48 bits and is found by its hash; an SMS code has six digits, lives ten minutes, and is tried at most five times.
"""

import datetime as dt
import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from approvals.models import Code
from communities.rules.masks import mask_phone
from communities.rules.roll_problems import phone_key
from offices import sms
from policies.refusal import Invalid, Refused

# No letters or digits that an old eye takes for another (0 O, 1 I L, U V).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 10
SMS_MINUTES, SMS_ATTEMPTS, SMS_PER_HOUR = 10, 5, 4
SMS_PER_DAY = 10  # to one number, whatever they are for
MOBILE = re.compile(r"1[3-9]\d{9}")
LOOKALIKES = str.maketrans({"0": "Q", "O": "Q", "1": "J", "I": "J", "L": "J", "U": "W", "V": "W"})


def digest(subject: UUID, code: str) -> str:
    """What is kept of a code."""
    return salted_hmac("approvals.codes", f"{subject}:{code}", algorithm="sha256").hexdigest()


def tidy(text: str) -> str:
    """A code as it was printed: full-width letters, small letters, spaces and dashes are what people type."""
    plain = unicodedata.normalize("NFKC", text)[:60].upper()
    return "".join(sign for sign in plain if sign.isalnum())


def shown(code: str) -> str:
    """A letter's code in groups, for print: ABCDE-FGHJK."""
    return f"{code[:5]}-{code[5:]}"


def new_codes(holders: Iterable[str]) -> dict[str, str]:
    """Holder → a fresh code, for letters that are printed before ``issue_letters`` makes their codes valid."""
    return {holder: "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for holder in dict.fromkeys(holders)}


def issue_letters(
    *, subject: Any, holders: Iterable[str], at: dt.datetime, codes: Mapping[str, str] | None = None
) -> dict[str, str]:  # fmt: skip
    """A code for each holder of ``subject`` (a model with ``uid``); an earlier letter's code of the same holder is revoked.

    ``codes``: those of ``new_codes`` that are printed already. Returns holder → code. The codes are nowhere else: print them now. Runs in
    the caller's transaction.
    """
    wanted = list(dict.fromkeys(holders))
    kind = str(subject._meta.model_name)
    fresh = new_codes(wanted) if codes is None else {holder: codes[holder] for holder in wanted}
    with transaction.atomic():
        Code.objects.filter(
            subject_uid=subject.uid, kind=Code.Kind.LETTER, holder__in=wanted, revoked_at__isnull=True
        ).update(revoked_at=at)
        Code.objects.bulk_create(
            [
                Code(
                    kind=Code.Kind.LETTER, subject_type=kind, subject_uid=subject.uid, holder=holder, issued_at=at,
                    digest=digest(subject.uid, code),
                )
                for holder, code in fresh.items()
            ],
            batch_size=500,
        )  # fmt: skip
    return fresh


def find_letter(*, subject: UUID, text: str) -> Code:
    """The code that a letter of ``subject`` carries, used before or not. Raises Refused where there is none in force."""
    code = tidy(text)
    found = Code.objects.filter(subject_uid=subject, kind=Code.Kind.LETTER, digest=digest(subject, code)).first()
    if found is None:
        hint = "，信函上没有 0、1、O、I、L、U、V" if code.translate(LOOKALIKES) != code else ""
        raise Refused(f"没有这个验证码；请对照信函逐字输入{hint}", code="code_unknown")
    if found.revoked_at is not None:
        raise Refused("这个验证码已作废：已为您补发新的信函，请使用新信函上的验证码", code="code_revoked")
    return found


def issue_sms(*, subject: Any, holder: str, at: dt.datetime) -> str:
    """A six-digit code for ``holder``; earlier ones stop working. Raises Refused after ``SMS_PER_HOUR`` in one hour."""
    rows = Code.objects.filter(subject_uid=subject.uid, kind=Code.Kind.SMS, holder=holder)
    if rows.filter(issued_at__gt=at - dt.timedelta(hours=1)).count() >= SMS_PER_HOUR:
        raise Refused("短信验证码发送过于频繁，请一小时后再试，或使用信函上的验证码", code="code_too_often")
    rows.filter(revoked_at__isnull=True).update(revoked_at=at)
    code = f"{secrets.randbelow(10**6):06d}"
    Code.objects.create(
        kind=Code.Kind.SMS, subject_type=str(subject._meta.model_name), subject_uid=subject.uid, holder=holder, issued_at=at,
        expires_at=at + dt.timedelta(minutes=SMS_MINUTES), digest=digest(subject.uid, f"{holder}:{code}"),
    )  # fmt: skip
    return code


def check_sms(*, subject: UUID, holder: str, text: str, at: dt.datetime) -> Code:
    """The SMS code of ``holder``, once. Raises Refused for a wrong, old or too often tried one.

    Call it outside a transaction: a try that is refused must stay counted.
    """
    row = Code.objects.filter(subject_uid=subject, kind=Code.Kind.SMS, holder=holder, revoked_at__isnull=True).first()
    if row is None or (row.expires_at is not None and row.expires_at <= at):
        raise Refused("短信验证码已失效，请重新获取", code="code_expired")
    # Counted by the database before the code is compared, so that a hundred guesses at once are five.
    tried = Code.objects.filter(pk=row.pk, attempts__lt=SMS_ATTEMPTS, used_at__isnull=True)
    if not tried.update(attempts=F("attempts") + 1):
        raise Refused("验证码输入错误次数过多或已用过，请重新获取", code="code_expired")
    if not constant_time_compare(row.digest, digest(subject, f"{holder}:{tidy(text)}")):
        raise Refused("短信验证码不正确", code="code_unknown")
    if not Code.objects.filter(pk=row.pk, used_at__isnull=True).update(used_at=at):
        raise Refused("验证码已用过，请重新获取", code="code_expired")
    return row


def mobile(phone: str) -> str:
    """The digits of a mobile number as typed. Raises Invalid for anything else."""
    number = phone_key(phone[:40])
    if not MOBILE.fullmatch(number):
        raise Invalid("请输入手机号码", errors={"phone": ["请输入 11 位手机号码"]})
    return number


def send_sms(*, subject: Any, holder: str, phone: str, matter: str, event: str, at: dt.datetime) -> None:
    """A fresh code to a number that is known. Too often is said by nothing, or the page would tell which numbers are known."""
    if sms.sent_since(phone=phone, since=at - dt.timedelta(days=1)) >= SMS_PER_DAY:
        return
    try:
        with transaction.atomic():
            code = issue_sms(subject=subject, holder=holder, at=at)
            words = f"您的{matter}验证码为 {code}，{SMS_MINUTES} 分钟内有效，请勿告诉他人。"
            sms.send(event=event, phone=phone, masked=mask_phone(phone), text=words, subject=subject, at=at)
    except Refused:
        pass


def check_sent(*, subject: Any, holder: str, own: str, text: str, at: dt.datetime) -> None:
    """Hold a code against what was sent; ``own``: the holder of the number typed. Raises Refused in the same words for every failure.

    Call it outside a transaction, as ``check_sms``.
    """
    wrong = Refused("短信验证码不正确或已失效：请核对，或重新获取；也可以使用信函上的验证码", code="code_unknown")
    if not holder or holder != own:
        raise wrong
    try:
        check_sms(subject=subject.uid, holder=holder, text=text[:40], at=at)
    except Refused as refused:
        raise wrong from refused


def mark_used(*, code: Code, at: dt.datetime) -> None:
    """The first use of a letter's code is remembered."""
    Code.objects.filter(pk=code.pk, used_at__isnull=True).update(used_at=at)
