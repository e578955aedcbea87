"""The only writers of divisions, bodies, users and memberships."""

import datetime as dt
from collections.abc import Sequence

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from offices.history import record
from offices.models import LEVELS, Body, Division, InDivision, Membership, User
from policies.refusal import Forbidden, Invalid, Refused

ORDER = {
    Division.Kind.PROVINCE: 0,
    Division.Kind.CITY: 1,
    Division.Kind.COUNTY: 2,
    Division.Kind.FUNCTIONAL_ZONE: 2,
    Division.Kind.STREET: 3,
    Division.Kind.NEIGHBOURHOOD: 4,
}
ADMINISTRATORS = frozenset({Membership.Role.SYSTEM_ADMIN, Membership.Role.SECURITY_ADMIN, Membership.Role.AUDIT_ADMIN})


@transaction.atomic
def create_division(
    *, by: User | None, at: dt.datetime, name: str, kind: str, parent: Division | None = None, code: str | None = None,
    rulebook: str = "", short_name: str = "",
) -> Division:  # fmt: skip
    """Add a division to the tree. Its ancestors stand on the row; the nearest rulebook above governs it."""
    if parent is not None and ORDER[Division.Kind(kind)] <= ORDER[Division.Kind(parent.kind)]:
        raise Invalid("上级区划不对", errors={"parent": [f"{parent}（{parent.get_kind_display()}）不能是上级"]})
    division = Division(
        name=name, kind=kind, parent=parent, code=code, rulebook=rulebook, short_name=short_name, created_at=at, updated_at=at
    )
    try:
        with transaction.atomic():
            division.save()
            _stand_below(division, parent)
            division.save()
    except IntegrityError as error:
        raise Refused(f"“{name}”在上级下已存在，或代码 {code} 已使用", code="division_exists") from error
    record(by=by, at=at, action="division.create", subject=division, data={"kind": kind, "code": code})
    return division


def _stand_below(division: Division, parent: Division | None) -> None:
    for level in LEVELS:
        setattr(division, f"{level}_id", getattr(parent, f"{level}_id") if parent else None)
    setattr(division, division.column, division.pk)
    division.governed_by = division.rulebook or (parent.governed_by if parent else "")


@transaction.atomic
def move_division(*, by: User, at: dt.datetime, division: Division, parent: Division) -> None:
    """Move a division with everything below it: the ancestor columns of every row in it are rewritten, set-based."""
    _administers(by, division)
    if division.pk in {getattr(parent, f"{level}_id") for level in LEVELS}:
        raise Invalid("不能移到自己下面", errors={"parent": ["选择了自己或下级"]})
    division.parent = parent
    _stand_below(division, parent)
    division.updated_at = at
    division.version += 1
    division.save()
    _rewrite(division)
    record(by=by, at=at, action="division.move", subject=division, data={"parent": str(parent.uid)})


def _rewrite(division: Division) -> None:
    columns = {f"{level}_id": getattr(division, f"{level}_id") for level in LEVELS}
    for model in apps.get_models():
        if issubclass(model, InDivision):
            model._default_manager.filter(division=division).update(**columns)
    for child in Division.objects.filter(parent=division):
        _stand_below(child, division)
        child.save()
        _rewrite(child)


@transaction.atomic
def create_body(
    *, by: User | None, at: dt.datetime, division: Division, kind: str, name: str, also: Sequence[str] = (), phone: str = ""
) -> Body:
    """Add an office. ``also`` names the parts it plays besides (leading_group_office, renovation_authority)."""
    if by is not None:
        _administers(by, division)
    if Body.objects.filter(division=division, name=name).exists():
        raise Refused(f"{division.name}已有“{name}”", code="body_exists")
    body = Body.objects.create(
        division=division, kind=kind, also=list(also), name=name, phone=phone, created_at=at, updated_at=at
    )
    record(by=by, at=at, action="body.create", subject=body, data={"kind": kind, "division": str(division.uid)})
    return body


@transaction.atomic
def create_user(
    *, by: User | None, at: dt.datetime, username: str, name: str, password: str, email: str = "", phone: str = "",
    must_change_password: bool = True,
) -> User:  # fmt: skip
    """Add a member of staff. The password is checked by the caller's form against the validators."""
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已存在", code="user_exists")
    user = User(username=username, name=name, email=email, phone=phone, must_change_password=must_change_password)
    user.set_password(password)
    user.save()
    record(by=by, at=at, action="user.create", subject=user)
    return user


@transaction.atomic
def appoint(
    *, by: User | None, at: dt.datetime, today: dt.date, user: User, body: Body, role: str, since: dt.date | None = None
) -> Membership:
    """Give a user a role in a body. Nobody holds two of the three administrators' roles."""
    if by is not None:
        _administers(by, body.division)
        if by.pk == user.pk:
            raise Forbidden("不能给自己任职")
    if role not in Membership.Role.values:
        raise Invalid("没有这个角色", errors={"role": [role]})
    held = set(Membership.objects.filter(user=user, active=True).values_list("role", flat=True))
    if role in ADMINISTRATORS and held & (ADMINISTRATORS - {role}):
        raise Refused("系统、安全、审计管理员不能由同一人兼任", code="three_administrators")
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=user, body=body, role=role, since=since or today, created_at=at, updated_at=at
            )
    except IntegrityError as error:
        raise Refused(f"{user}已在{body}任{Membership.Role(role).label}", code="membership_exists") from error
    record(by=by, at=at, action="membership.appoint", subject=user, body=body, data={"role": role})
    end_sessions(user)
    return membership


@transaction.atomic
def dismiss(*, by: User, at: dt.datetime, today: dt.date, membership: Membership) -> None:
    """End a role; the user's sessions end with it."""
    _administers(by, membership.body.division)
    if not membership.active:
        raise Refused("该任职已结束", code="membership_ended")
    membership.active, membership.until = False, max(today, membership.since)
    membership.updated_at, membership.version = at, membership.version + 1
    membership.save()
    record(by=by, at=at, action="membership.dismiss", subject=membership.user, body=membership.body, data={"role": membership.role})
    end_sessions(membership.user)


@transaction.atomic
def change_password(*, by: User, at: dt.datetime, user: User, password: str) -> None:
    """Set a new password: every session of the user ends (the request that did it may log in anew)."""
    user.set_password(password)
    user.must_change_password = by.pk != user.pk
    user.save()
    record(by=by, at=at, action="user.password", subject=user)


def end_sessions(user: User) -> int:
    """Delete the user's sessions. Returns how many."""
    ended = 0
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
            ended += 1
    return ended


def administers(user: User, division: Division) -> bool:
    """Whether the user is system administrator of the division or of one above it."""
    above = {getattr(division, f"{level}_id") for level in LEVELS} | {division.pk}
    return user.is_superuser or any(
        m.role == Membership.Role.SYSTEM_ADMIN and m.body.division_id in above for m in user.active_memberships
    )


def _administers(user: User, division: Division) -> None:
    if not administers(user, division):
        raise Forbidden(f"只有{division.name}或其上级的系统管理员可以办理")
