"""The second factor: codes of an authenticator (TOTP, RFC 6238), recovery codes, who needs one, and what happens when it is lost.

Whose account needs one and has one is not signed in by his password alone: until the code is right there is no session of his. A code
counts once, five wrong ones stop the account's codes for a while, and every wrong one is counted before it is looked at, so that many
at the same moment are no more than many one after the other.
"""

import binascii
import datetime as dt
import secrets

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from pyotp.exceptions import OTPVerificationError

from offices import actions, messages
from offices.history import record, salted
from offices.models import LEVELS, Division, FactorRule, Membership, RecoveryCode, SecondFactor, User
from policies.refusal import Forbidden, Invalid, Refused

MOST_WRONG = 5
PAUSE = dt.timedelta(minutes=15)
CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 o 1 i l: read from paper
ISSUER = "老旧小区改造"
DECIDERS = frozenset({Membership.Role.APPROVER, Membership.Role.LEADER})  # of finance: they release money
WRONG = "动态口令不对，或已经用过。请等手机上出现下一个再输入"
PAUSED = f"连续 {MOST_WRONG} 次输错，动态口令暂停 {PAUSE.seconds // 60} 分钟"


def factor_of(user: User) -> SecondFactor | None:
    """The factor that the person uses; None where he has none (one that he began and did not confirm is none)."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def needs(user: User) -> str:
    """Why the account needs a second factor, in words; empty where it does not.

    By setting (``SECOND_FACTOR``): the three administrators, whoever releases money, superusers. By a division's rule: all of its staff.
    """
    places: set[int] = set()
    for row in user.memberships.filter(active=True).select_related("body__division"):
        if settings.SECOND_FACTOR and row.role in actions.ADMINISTRATORS:
            return f"{row.get_role_display()}须使用动态口令"
        if settings.SECOND_FACTOR and row.role in DECIDERS and row.body.kind in settings.SECOND_FACTOR_BODIES:
            return "办理资金拨付的岗位须使用动态口令"
        places |= _above(row.body.division)
    if settings.SECOND_FACTOR and user.is_superuser:
        return "超级管理员须使用动态口令"
    rule = FactorRule.objects.filter(division_id__in=places).select_related("division").first()
    return f"{rule.division.name}要求全体工作人员使用动态口令" if rule else ""


def _above(division: Division) -> set[int]:
    return {pk for level in LEVELS if (pk := getattr(division, f"{level}_id"))} | {division.pk}


@transaction.atomic
def begin(*, user: User, at: dt.datetime) -> SecondFactor:
    """The secret of an enrolment that goes on: the same until it is confirmed. Raises Refused for who has a factor already."""
    row, made = SecondFactor.objects.select_for_update().get_or_create(
        user=user, defaults={"secret": pyotp.random_base32(), "created_at": at, "updated_at": at}
    )
    if not made and row.confirmed_at is not None:
        raise Refused("已经启用动态口令；更换手机请先停用，或请系统管理员重设", code="second_factor_exists")
    return row


def address_of(factor: SecondFactor) -> str:
    """What the QR code says (``otpauth://``)."""
    return pyotp.TOTP(factor.secret).provisioning_uri(name=factor.user.username, issuer_name=ISSUER)


def picture_of(factor: SecondFactor) -> str:
    """The QR code as SVG with its size in the drawing, black on white."""
    drawn: str = segno.make(address_of(factor), error="m").svg_inline(scale=5, border=3, light="white")
    return drawn


def confirm(*, user: User, at: dt.datetime, code: str) -> list[str]:
    """The first code is right: the factor counts from now on. The recovery codes, which are shown this once.

    Raises Invalid for a wrong code (counted as at the sign-in), Refused where none was begun or too many were wrong.
    """
    row = SecondFactor.objects.filter(user=user, confirmed_at__isnull=True).first()
    if row is None:
        raise Refused("请先扫描二维码", code="second_factor_not_begun")
    _check(row, code, at, recovery=False)
    with transaction.atomic():
        if not SecondFactor.objects.filter(pk=row.pk, confirmed_at__isnull=True).update(confirmed_at=at, updated_at=at):
            raise Refused("已经启用动态口令", code="second_factor_exists")
        record(by=user, at=at, action="second_factor.enrol", subject=user)
        _tell(
            user,
            at,
            "账号已启用动态口令",
            "今后登录除密码外还要输入手机上的动态口令。不是您本人操作的，请立即联系系统管理员。",
        )
        return _new_codes(row)


def check(*, user: User, at: dt.datetime, code: str) -> None:
    """A code of the authenticator or from the recovery sheet, at the sign-in; it is spent.

    Raises Invalid for a wrong or spent one, Refused while too many were wrong.
    """
    row = factor_of(user)
    if row is None:
        raise Refused("没有启用动态口令", code="second_factor_missing")
    _check(row, code, at, recovery=True)


def _check(row: SecondFactor, code: str, at: dt.datetime, *, recovery: bool) -> None:
    """Takes an attempt first and gives it back when the code is right. Each statement stands by itself: a refusal takes nothing back."""
    mine = SecondFactor.objects.filter(pk=row.pk)
    mine.filter(wrong__gte=MOST_WRONG, wrong_at__lte=at - PAUSE).update(wrong=0)
    if not mine.filter(wrong__lt=MOST_WRONG).update(wrong=F("wrong") + 1, wrong_at=at):
        raise Refused(f"{PAUSED}，之后可以再试", code="second_factor_paused")
    given = "".join(code.split()).replace("-", "").casefold()
    if _spend_step(row, given, at) or (recovery and _spend_code(row, given, at)):
        mine.update(wrong=0)
        return
    if mine.filter(wrong__gte=MOST_WRONG).exists():
        with transaction.atomic():
            record(by=None, at=at, action="second_factor.pause", subject=row.user)
            _tell(
                row.user,
                at,
                "动态口令连续输错",
                "有人用您的密码登录，动态口令连续输错，已暂停。不是您本人的，请立即修改密码。",
            )
        raise Refused(f"{PAUSED}，之后可以再试", code="second_factor_paused")
    raise Invalid("没有通过", errors={"code": [WRONG]})


def _spend_step(row: SecondFactor, given: str, at: dt.datetime) -> bool:
    """Whether it is the code of this half minute or one beside it, and no later one was used. The machine's time, not a moved clock's."""
    if not (given.isascii() and given.isdigit() and len(given) == 6):
        return False
    real = at - settings.CLOCK_OFFSET
    try:
        step = pyotp.TOTP(row.secret).verify_and_get_timecode(given, for_time=real, valid_window=1)
    except (OTPVerificationError, binascii.Error):  # the second: a secret that does not open under the present key
        return False
    return bool(SecondFactor.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step))


def _spend_code(row: SecondFactor, given: str, at: dt.datetime) -> bool:
    spent = RecoveryCode.objects.filter(factor=row, digest=_digest(row, given), used_at__isnull=True).update(used_at=at)
    if spent:
        left = codes_left(row)
        with transaction.atomic():
            record(by=row.user, at=at, action="second_factor.recovery", subject=row.user, data={"left": left})
            _tell(
                row.user,
                at,
                "用恢复码登录了一次",
                f"还剩 {left} 个恢复码。不是您本人的，请立即修改密码并联系系统管理员。",
            )
    return bool(spent)


def _digest(row: SecondFactor, given: str) -> str:
    return salted(f"recovery:{row.uid}:{given}")


def codes_left(factor: SecondFactor) -> int:
    """Recovery codes that still open."""
    return factor.codes.filter(used_at__isnull=True).count()


@transaction.atomic
def renew_codes(*, user: User, at: dt.datetime) -> list[str]:
    """Ten new recovery codes; the old ones open nothing any more. Asked for with a code of the authenticator (``check``) before."""
    row = factor_of(user)
    if row is None:
        raise Refused("没有启用动态口令", code="second_factor_missing")
    record(by=user, at=at, action="second_factor.codes", subject=user)
    return _new_codes(row)


def _new_codes(row: SecondFactor) -> list[str]:
    made = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(CODES)]
    row.codes.all().delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(factor=row, digest=_digest(row, code)) for code in made])
    return [f"{code[:5]}-{code[5:]}" for code in made]


@transaction.atomic
def switch_off(*, user: User, at: dt.datetime) -> None:
    """One's own, where nobody asks for it; after a code (``check``). Raises Refused where it is required."""
    why = needs(user)
    if why:
        raise Refused(f"不能停用：{why}。更换手机请系统管理员重设", code="second_factor_required")
    if SecondFactor.objects.filter(user=user).delete()[0]:
        record(by=user, at=at, action="second_factor.off", subject=user)


@transaction.atomic
def reset(*, by: User, at: dt.datetime, user: User, reason: str) -> None:
    """The telephone is lost: the factor goes, every session ends, and he enrols anew at the next sign-in.

    By a system administrator of every place where he works, never by himself. Passwords are the security administrator's: nobody alone
    can take over an account. Raises Forbidden, Invalid (reason), Refused (none there).
    """
    if by.pk == user.pk or not actions.answers_for(by, user, Membership.Role.SYSTEM_ADMIN):
        raise Forbidden("只有本单位的系统管理员可以重设动态口令，且不能是自己")
    if not reason.strip():
        raise Invalid("没有重设", errors={"reason": ["请写明理由，例如：手机丢失，已当面核对本人"]})
    if not SecondFactor.objects.filter(user=user).delete()[0]:
        raise Refused(f"{user}没有启用动态口令", code="second_factor_missing")
    actions.end_sessions(user)
    record(by=by, at=at, action="second_factor.reset", subject=user, reason=reason)
    _tell(user, at, "动态口令已由系统管理员重设", "下次登录须重新扫码启用。不是您要求的，请立即联系安全管理员。")


@transaction.atomic
def require(*, by: User, at: dt.datetime, division: Division, wanted: bool) -> None:
    """Ask all staff of a division and below for a second factor, or stop asking. Who has none enrols at his next sign-in: his sessions end.

    By a security administrator of the division or above. Raises Forbidden.
    """
    mine = {m.body.division_id for m in by.active_memberships if m.role == Membership.Role.SECURITY_ADMIN}
    if not by.is_superuser and not mine & _above(division):
        raise Forbidden(f"只有{division.name}或其上级的安全管理员可以办理")
    rule = FactorRule.objects.filter(division=division)
    if wanted == rule.exists():
        return
    if wanted:
        FactorRule.objects.create(division=division, by=by, created_at=at, updated_at=at)
        inside = Membership.objects.filter(**{f"body__division__{division.column}": division.pk}, active=True).values(
            "user"
        )
        without = Q(second_factor__isnull=True) | Q(second_factor__confirmed_at__isnull=True)
        User.objects.filter(without, pk__in=inside).exclude(pk=by.pk).update(session_epoch=F("session_epoch") + 1)
    else:
        rule.delete()
    record(by=by, at=at, action="second_factor.require", subject=division, data={"wanted": wanted})


def _tell(user: User, at: dt.datetime, title: str, text: str) -> None:
    messages.tell(event=f"second_factor:{at.isoformat()}", recipients=[user], title=title, text=text, at=at)
