"""Keys of programs: shown once, kept as a hash."""

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.db.models import Model, QuerySet, Value
from django.db.models.expressions import RawSQL

from offices.actions import secures
from offices.history import record
from offices.models import ApiKey, Division, User
from offices.models.people import Scope
from policies.refusal import Forbidden, Invalid, Refused
from rest import versions
from rest.compiled import Placeholder, Statement, compiled, works_here

LONGEST = dt.timedelta(days=400)
AT_ONCE = 2
SCOPES = frozenset(
    f"{verb}:{app}"
    for verb in ("read", "write")
    for app in ("offices", "communities", "approvals", "projects", "funding")
)


@transaction.atomic
def make_key(
    *, by: User, at: dt.datetime, name: str, scopes: Sequence[str], expires_at: dt.datetime
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is never shown again. Two of one name may live at once, for rotation."""
    errors: dict[str, list[str]] = {}
    if not name.strip():
        errors["name"] = ["请写明用途"]
    if not scopes or set(scopes) - SCOPES:
        errors["scopes"] = [f"应为以下之一或几个：{'、'.join(sorted(SCOPES))}"]
    if not at < expires_at <= at + LONGEST:
        errors["expires_at"] = ["到期时间应在今后 400 天之内"]
    if errors:
        raise Invalid("密钥没有生成：有字段需要更正", errors=errors)
    live = ApiKey.objects.filter(user=by, name=name.strip(), revoked_at__isnull=True, expires_at__gt=at)
    if live.count() >= AT_ONCE:
        raise Refused("同一用途最多两把有效密钥，请先作废一把", code="too_many_keys")
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=by, name=name.strip(), prefix=prefix, digest=digest(secret), scopes=sorted(set(scopes)), expires_at=expires_at,
        created_at=at, updated_at=at,
    )  # fmt: skip
    record(by=by, at=at, action="key.make", subject=key, data={"scopes": key.scopes})
    return key, f"rk_{prefix}_{secret}"


@transaction.atomic
def revoke_key(*, by: User, at: dt.datetime, key: ApiKey) -> None:
    """A revoked key opens nothing from now on. One's own, or as security administrator where its owner works."""
    if key.user_id != by.pk and not secures(by, key.user):
        raise Forbidden("只能作废自己的密钥，或由本单位的安全管理员作废")
    if key.revoked_at is None:
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=at, updated_at=at)
        record(by=by, at=at, action="key.revoke", subject=key)


def digest(secret: str) -> str:
    """SHA-256 of a secret of 256 random bits: nothing slower is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _columns(model: type[Model], wanted: set[str]) -> tuple[str, ...]:
    """Some columns in the order in which ``from_db`` takes them."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname in wanted)


_KEY = _columns(
    ApiKey, {"id", "name", "prefix", "digest", "scopes", "expires_at", "revoked_at", "last_used_at", "user_id"}
)
_USER = _columns(User, {"id", "uid", "username", "name", "is_active", "is_superuser", "must_change_password"})
_PLACE = ("memberships__active", "memberships__body__division__kind", "memberships__body__division_id")


@cache
def _statement(tables: frozenset[str]) -> Statement:
    return compiled(_asked(Placeholder("prefix"), tables))


def _asked(prefix: Any, tables: frozenset[str]) -> QuerySet[Any]:
    """One row for each membership of the key's user (one without any): the key, the user, where he works, the tables' number."""
    rows = ApiKey.objects.filter(prefix=prefix).order_by()
    number = RawSQL(versions.expression(tables), ()) if tables else Value(0)  # noqa: S611 - names of tables
    return rows.annotate(number=number).values_list(*_KEY, *(f"user__{name}" for name in (*_USER, *_PLACE)), "number")


def _found(prefix: str, tables: frozenset[str]) -> tuple[ApiKey, int] | None:
    """The key with its user and what he sees, and the number of some tables, in one narrow query; their other columns are read when they
    are asked for."""
    rows = _statement(tables).rows({"prefix": prefix}) if works_here() else list(_asked(prefix, tables))
    if not rows:
        return None
    key = ApiKey.from_db("default", _KEY, rows[0])
    user = User.from_db("default", _USER, rows[0][len(_KEY) :])
    if isinstance(key.scopes, str):  # as the database wrote it
        key.scopes, user.uid = orjson.loads(key.scopes), UUID(str(user.uid))
    places = {(Division(kind=kind).column, place) for *_, active, kind, place, _ in rows if active}
    works = user.is_active and not user.must_change_password
    user.scope = Scope(
        everything=user.is_superuser, columns=tuple(sorted(places)) if works and not user.is_superuser else ()
    )
    key.user = user
    return key, int(rows[0][-1])


def find(token: str, *, at: dt.datetime) -> ApiKey | None:
    """The live key of a token, with its user; None for a wrong, expired or revoked one."""
    found = find_with_number(token, at=at, tables=frozenset())
    return found[0] if found else None


def find_with_number(token: str, *, at: dt.datetime, tables: frozenset[str]) -> tuple[ApiKey, int] | None:
    """As ``find``, and how often ``tables`` were written (``rest.versions``)."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != "rk" or "\0" in parts[1]:
        return None
    found = _found(parts[1], tables)
    key = found[0] if found else None
    if key is None or not hmac.compare_digest(key.digest, digest(parts[2])):
        return None
    if key.revoked_at is not None or key.expires_at <= at or not key.user.is_active:
        return None
    if key.last_used_at is None or at - key.last_used_at > dt.timedelta(minutes=1):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return found
