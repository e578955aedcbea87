"""Invitations: somebody is asked to join a body in a role, and chooses his own password. Nobody else ever knows it.

The link opens once, for some days, and is shown once: of its secret only the hash is kept. It opens nothing any more when whoever sent
it has lost the right to appoint.
"""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from offices import actions
from offices.history import record
from offices.keys import digest
from offices.models import Body, Invitation, Membership, User
from offices.texts import Texts
from policies.refusal import Forbidden, Refused

LASTS = dt.timedelta(days=7)
DEAD = "链接无效、已用过或已过期，请向本单位的系统管理员重新索取"


@dataclass(frozen=True)
class Sent:
    """An invitation with its secret, which is told this once."""

    invitation: Invitation
    secret: str


def live(at: dt.datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted."""
    return Invitation.objects.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)


@transaction.atomic
def invite(
    *, by: User, at: dt.datetime, body: Body, role: str, username: str, name: str, email: str = ""
) -> Sent:  # fmt: skip
    """Ask somebody to join a body. An earlier invitation of the same name to the same body is taken back by it.

    Raises Forbidden, Invalid naming the field, Refused for a user name that is in use or invited elsewhere.
    """
    if not actions.administers(by, body.division):
        raise Forbidden(f"只有{body.division.name}或其上级的系统管理员可以邀请人员")
    texts = Texts()
    username = _username(texts, username)
    name = texts.read(name, "name", "姓名", 40)
    if role not in Membership.Role.values:
        texts.wrong("role", "没有这个角色")
    texts.check("邀请没有发出：有字段需要更正")
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已有账号，请在“给已有人员任职”中任命", code="user_exists")
    for old in Invitation.objects.select_for_update().filter(
        username=username, used_at__isnull=True, withdrawn_at__isnull=True
    ):
        if old.body_id != body.pk and old.expires_at > at:
            raise Refused(f"用户名“{username}”已被另一机构邀请，请换一个", code="user_exists")
        _end(old, by=by, at=at)
    secret = secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            row = Invitation.objects.create(
                body=body, role=role, username=username, name=name, email=email, digest=digest(secret), by=by, expires_at=at + LASTS,
                created_at=at, updated_at=at,
            )  # fmt: skip
    except IntegrityError as error:  # two administrators at the same moment
        raise Refused(f"用户名“{username}”刚被邀请，请刷新后再试", code="user_exists") from error
    record(by=by, at=at, action="invitation.send", subject=row, body=body, data={"role": role})
    return Sent(row, secret)


def _username(texts: Texts, given: str) -> str:
    username = User.normalize_username(texts.read(given, "username", "用户名", 150))
    try:
        User.username_validator(username)
    except ValidationError:
        texts.wrong("username", "只能用字母、数字和 . _ - @ +")
    return username


@transaction.atomic
def withdraw(*, by: User, at: dt.datetime, invitation: Invitation) -> None:
    """Take an invitation back: its link opens nothing. Raises Forbidden, Refused."""
    if not actions.administers(by, invitation.body.division):
        raise Forbidden("只有该机构的系统管理员可以收回邀请")
    row = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if row.used_at is not None or row.withdrawn_at is not None:
        raise Refused("这份邀请已经用过或收回", code="invitation_ended")
    _end(row, by=by, at=at)


def _end(row: Invitation, *, by: User, at: dt.datetime) -> None:
    row.withdrawn_at, row.updated_at, row.version = at, at, row.version + 1
    row.save(update_fields=("withdrawn_at", "updated_at", "version"))
    record(by=by, at=at, action="invitation.withdraw", subject=row)


def find(secret: str, *, at: dt.datetime) -> Invitation | None:
    """The live invitation of a secret."""
    return live(at).filter(digest=digest(secret)).select_related("body__division", "by").first()


@transaction.atomic
def accept(*, secret: str, at: dt.datetime, today: dt.date, password: str) -> User:
    """Make the account with the password that its owner chose, and appoint him. Raises Refused (dead link), Invalid (password)."""
    row = live(at).select_for_update(of=("self",)).filter(digest=digest(secret)).select_related("body__division", "by").first()  # fmt: skip
    if row is None:
        raise Refused(DEAD, code="invitation_ended")
    by = row.by
    if not by.is_active or not actions.administers(by, row.body.division):
        raise Refused("发出邀请的管理员已不再管理该机构，请向现任管理员重新索取", code="invitation_ended")
    row.used_at, row.updated_at, row.version = at, at, row.version + 1
    row.save(update_fields=("used_at", "updated_at", "version"))
    user = actions.create_user(
        by=by, at=at, username=row.username, name=row.name, email=row.email, password=password, must_change_password=False
    )  # fmt: skip
    actions.appoint(by=by, at=at, today=today, user=user, body=row.body, role=row.role)
    record(by=user, at=at, action="invitation.accept", subject=row, body=row.body)
    return user


def mail(invitation: Invitation, link: str) -> bool:
    """Send the link; False where no letter went out, so that the page shows it instead. It is kept in no outbox: a link stands nowhere."""
    text = (
        f"{invitation.name}：\n\n{invitation.by}邀请您加入{invitation.body}，角色为{invitation.get_role_display()}。"
        f"请在七天内打开下面的链接，设置自己的密码。链接只能用一次，请勿转发。\n\n{link}\n"
    )
    try:
        return (
            bool(invitation.email)
            and EmailMessage("邀请您使用老旧小区改造管理平台", text, to=[invitation.email]).send() > 0
        )
    except OSError:  # SMTP errors are OSErrors
        return False


__all__ = ["DEAD", "LASTS", "Sent", "accept", "find", "invite", "live", "mail", "withdraw"]
