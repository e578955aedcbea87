"""The only writers of divisions, bodies, users and memberships."""

import datetime as dt
import re
from collections.abc import Sequence

from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, When

from offices.history import record
from offices.models import LEVELS, Body, Division, InDivision, Membership, Record, User
from offices.rulebooks import library
from policies.refusal import Forbidden, Invalid, Refused

ORDER = {
    Division.Kind.PROVINCE: 0,
    Division.Kind.CITY: 1,
    Division.Kind.COUNTY: 2,
    Division.Kind.FUNCTIONAL_ZONE: 2,
    Division.Kind.STREET: 3,
    Division.Kind.NEIGHBOURHOOD: 4,
}
KIND = re.compile(r"[a-z][a-z_]{1,39}")
ADMINISTRATORS = frozenset({Membership.Role.SYSTEM_ADMIN, Membership.Role.SECURITY_ADMIN, Membership.Role.AUDIT_ADMIN})


@transaction.atomic
def create_division(
    *, by: User | None, at: dt.datetime, name: str, kind: str, parent: Division | None = None, code: str | None = None,
    rulebook: str = "", short_name: str = "",
) -> Division:  # fmt: skip
    """Add a division to the tree. Its ancestors stand on the row; the nearest rulebook above governs it.

    ``by`` None: the platform itself (demonstration, first set-up). Raises Forbidden, Invalid (wrong parent, unknown rulebook), Refused.
    """
    if by is not None:
        _administers_below(by, parent)
    name = _needed(name, "name", "名称")
    _check_rulebook(rulebook)
    if parent is not None and ORDER[Division.Kind(kind)] <= ORDER[Division.Kind(parent.kind)]:
        raise Invalid("上级区划不对", errors={"parent": [f"{parent}（{parent.get_kind_display()}）不能是上级"]})
    division = Division(
        name=name,
        kind=kind,
        parent=parent,
        code=code,
        rulebook=rulebook,
        short_name=short_name,
        created_at=at,
        updated_at=at,
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
    _administers(by, parent)
    if ORDER[Division.Kind(division.kind)] <= ORDER[Division.Kind(parent.kind)]:
        raise Invalid("上级区划不对", errors={"parent": [f"{parent}（{parent.get_kind_display()}）不能是上级"]})
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
    """One update per table: what lies above the division is the same for everything in it."""
    above = {f"{level}_id": getattr(division, f"{level}_id") for level in LEVELS[: LEVELS.index(division.level)]}
    inside = {division.column: division.pk}
    if above:
        Division.objects.filter(**inside).update(**above, updated_at=division.updated_at)
        for model in apps.get_models():
            if issubclass(model, InDivision):
                model._default_manager.filter(**inside).update(**above, **_stamp(model, division))
    _govern(division)


def _stamp(model: type[InDivision], division: Division) -> dict[str, object]:
    """A row whose ancestors changed has changed: readers who ask for changes see it."""
    return {"updated_at": division.updated_at, "version": F("version") + 1} if issubclass(model, Record) else {}


def _govern(division: Division) -> None:
    """Set ``governed_by`` below a division, level by level (at most four updates): its own rulebook, else its parent's."""
    upper = Subquery(Division.objects.filter(pk=OuterRef("parent_id")).values("governed_by")[:1])
    for level in LEVELS[LEVELS.index(division.level) + 1 :]:
        kinds = [kind for kind in Division.Kind.values if Division(kind=kind).level == level]
        rows = Division.objects.below(division).filter(kind__in=kinds)
        rows.update(governed_by=Case(When(~Q(rulebook=""), then=F("rulebook")), default=upper))


@transaction.atomic
def set_rulebook(*, by: User, at: dt.datetime, division: Division, rulebook: str) -> Division:
    """Say that a document of its own governs a division (empty: the one above does); everything below follows."""
    _administers(by, division)
    _check_rulebook(rulebook)
    division = Division.objects.select_for_update(of=("self",)).select_related("parent").get(pk=division.pk)
    division.rulebook = rulebook
    division.governed_by = rulebook or (division.parent.governed_by if division.parent else "")
    division.updated_at, division.version = at, division.version + 1
    division.save()
    _govern(division)
    record(by=by, at=at, action="division.rulebook", subject=division, data={"rulebook": rulebook})
    return division


def _check_rulebook(rulebook: str) -> None:
    if rulebook and rulebook not in library():
        raise Invalid("没有这个规则库", errors={"rulebook": [f"没有名为“{rulebook}”的规则库"]})


def _needed(text: str, field: str, label: str) -> str:
    if not text.strip():
        raise Invalid(f"请填写{label}", errors={field: ["不能为空"]})
    return text.strip()


@transaction.atomic
def create_body(
    *,
    by: User | None,
    at: dt.datetime,
    division: Division,
    kind: str,
    name: str,
    also: Sequence[str] = (),
    phone: str = "",
) -> Body:
    """Add an office. ``also`` names the parts it plays besides (leading_group_office, renovation_authority)."""
    if by is not None:
        _administers(by, division)
    name = _needed(name, "name", "名称")
    if not all(KIND.fullmatch(each) for each in (kind, *also)):
        raise Invalid("职能写法不对", errors={"kind": ["用小写字母和下划线，例如 housing、natural_resources"]})
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
    must_change_password: bool = True, hashed: str = "",
) -> User:  # fmt: skip
    """Add a member of staff. Raises Invalid for a weak password, Refused for a user name in use, Forbidden.

    ``hashed`` is the password's hash where the caller has it already (hundreds of demonstration accounts share one).
    """
    if by is not None:
        _administers_somewhere(by)
    username = _needed(username, "username", "用户名")
    if User.objects.filter(username=username).exists():
        raise Refused(f"用户名“{username}”已存在", code="user_exists")
    user = User(username=username, name=name, email=email, phone=phone, must_change_password=must_change_password)
    check_password(password, user)
    if hashed:
        user.password = hashed
    else:
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
    User.objects.select_for_update().get(
        pk=user.pk
    )  # two appointments at once can't make one person two administrators
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
    membership = Membership.objects.select_for_update(of=("self",)).select_related("user", "body").get(pk=membership.pk)
    if not membership.active:
        raise Refused("该任职已结束", code="membership_ended")
    membership.active, membership.until = False, max(today, membership.since)
    membership.updated_at, membership.version = at, membership.version + 1
    membership.save()
    record(
        by=by,
        at=at,
        action="membership.dismiss",
        subject=membership.user,
        body=membership.body,
        data={"role": membership.role},
    )
    end_sessions(membership.user)


@transaction.atomic
def move(
    *, by: User, at: dt.datetime, today: dt.date, membership: Membership, body: Body, role: str
) -> Membership:  # fmt: skip
    """Another body or role instead of the present one, both ends in one act. Raises as ``dismiss`` and ``appoint`` do."""
    if (body.pk, role) == (membership.body_id, membership.role):
        raise Invalid("没有调动", errors={"role": ["与现任机构和角色相同"]})
    dismiss(by=by, at=at, today=today, membership=membership)
    return appoint(by=by, at=at, today=today, user=membership.user, body=body, role=role)


@transaction.atomic
def change_password(*, by: User, at: dt.datetime, user: User, password: str) -> None:
    """Set a new password: every session of the user ends (the page that did it keeps its own by Django's update_session_auth_hash).

    One's own, or as security administrator of a division where the user works; then he has to change it at the next login.
    """
    own = by.pk == user.pk
    if not own and not secures(by, user):
        raise Forbidden("只有本人或本单位的安全管理员可以修改密码")
    check_password(password, user)
    user.set_password(password)
    user.must_change_password = not own
    user.save(update_fields=("password", "must_change_password"))
    record(by=by, at=at, action="user.password", subject=user, data={"own": own})


@transaction.atomic
def set_active(*, by: User, at: dt.datetime, user: User, active: bool) -> None:
    """Lock an account out (or let it in again): its sessions and keys end at once."""
    if by.pk == user.pk or not secures(by, user):
        raise Forbidden("只有本单位的安全管理员可以停用或启用账号，且不能是自己")
    user.is_active = active
    user.save(update_fields=("is_active",))
    end_sessions(user)
    record(by=by, at=at, action="user.activate" if active else "user.deactivate", subject=user)


@transaction.atomic
def sign_out_all(*, by: User, at: dt.datetime) -> None:
    """One's own sessions end everywhere (the page that asked keeps its own)."""
    end_sessions(by)
    record(by=by, at=at, action="user.sign_out", subject=by)


def check_password(password: str, user: User) -> None:
    """Raises Invalid for a password that is too weak for this user."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid("密码不合要求", errors={"password": list(error.messages)}) from error


def secures(by: User, user: User) -> bool:
    """Whether ``by`` is security administrator wherever the user works. Whoever sets a password can sign in with it."""
    return answers_for(by, user, Membership.Role.SECURITY_ADMIN)


def answers_for(by: User, user: User, role: str) -> bool:
    """Whether ``by`` holds the administrator's ``role`` of a division in (or above) every one in which the user works (once worked, where
    he holds no role now): one place among several must not open the others, an office that someone has left must not open the one he
    went to, and a superuser's account is a superuser's business."""
    if by.is_superuser or user.is_superuser:
        return by.is_superuser
    rows = list(user.memberships.select_related("body__division"))
    places = [m.body.division for m in rows if m.active] or [m.body.division for m in rows]
    mine = {m.body.division_id for m in by.active_memberships if m.role == role}
    return bool(places) and all(mine & {getattr(place, f"{level}_id") for level in LEVELS} for place in places)


def end_sessions(user: User) -> None:
    """Every session of the user ends with his next request: what a session's key is signed with has changed."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=("session_epoch",))


def administers(user: User, division: Division) -> bool:
    """Whether the user is system administrator of the division or of one above it."""
    above = {getattr(division, f"{level}_id") for level in LEVELS} | {division.pk}
    return user.is_superuser or any(
        m.role == Membership.Role.SYSTEM_ADMIN and m.body.division_id in above for m in user.active_memberships
    )


def _administers(user: User, division: Division) -> None:
    if not administers(user, division):
        raise Forbidden(f"只有{division.name}或其上级的系统管理员可以办理")


def _administers_below(user: User, parent: Division | None) -> None:
    """Who may add a division below ``parent``; without a parent only a superuser."""
    if parent is None:
        if not user.is_superuser:
            raise Forbidden("只有超级管理员可以新增最上级区划")
        return
    _administers(user, parent)


def _administers_somewhere(user: User) -> None:
    if not (user.is_superuser or user.has_role(Membership.Role.SYSTEM_ADMIN)):
        raise Forbidden("只有系统管理员可以新增人员")
