"""Users, what they may do where, and the keys of programs."""

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from offices.models.base import Record
from offices.models.divisions import Body, Division


@dataclass(frozen=True)
class Scope:
    """Divisions whose rows a user sees: (ancestor column, division id) pairs. Empty: nothing; ``everything``: the system's root."""

    columns: tuple[tuple[str, int], ...] = ()
    everything: bool = False

    def q(self, path: str = "") -> Q:
        """Condition on rows that carry ancestor columns; ``path`` ends with ``__`` where they are reached over a relation."""
        if self.everything:
            return ~Q(pk__in=())  # holds for every row; an empty Q would vanish in "or" and leave only the other side
        condition = Q(pk__in=())
        for column, pk in self.columns:
            condition |= Q(**{f"{path}{column}": pk})
        return condition

    def covers(self, row: Any) -> bool:
        """Whether a row with ancestor columns lies in the scope."""
        return self.everything or any(getattr(row, column) == pk for column, pk in self.columns)


class User(AbstractUser):
    """A member of staff. Residents have no accounts."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("姓名", max_length=40, blank=True)
    phone = models.CharField("电话", max_length=40, blank=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text="raised when roles change: every session ends"
    )

    class Meta:
        verbose_name = verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with a changed password or a changed role."""
        return salted_hmac(
            "offices.User.session", f"{self.password}:{self.session_epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @cached_property
    def active_memberships(self) -> list["Membership"]:
        """Memberships in force, with body and division (one query a request)."""
        if not self.is_active or self.must_change_password:
            return []  # who was given a password has no say before he has chosen his own
        return list(self.memberships.filter(active=True).select_related("body__division").order_by("pk"))

    @cached_property
    def scope(self) -> Scope:
        """What the user sees: each of his bodies' divisions and below. A superuser sees all."""
        if self.is_superuser:
            return Scope(everything=True)
        pairs = {(m.body.division.column, m.body.division_id) for m in self.active_memberships}
        return Scope(columns=tuple(sorted(pairs)))

    def roles_in(self, division: Division) -> set[str]:
        """Roles that the user holds in bodies of exactly this division."""
        return {m.role for m in self.active_memberships if m.body.division_id == division.pk}

    def has_role(self, *roles: str, body: Body | None = None) -> bool:
        """Whether he holds one of the roles (in ``body`` where given)."""
        return any(m.role in roles and (body is None or m.body_id == body.pk) for m in self.active_memberships)


class Membership(Record):
    """A user's role in a body. System, security and audit administrators are three roles, never one person's."""

    class Role(models.TextChoices):
        """Roles."""

        CLERK = "clerk", "经办"
        APPROVER = "approver", "审批"
        LEADER = "leader", "负责人"
        AUDITOR = "auditor", "审计"
        SYSTEM_ADMIN = "system_admin", "系统管理员"
        SECURITY_ADMIN = "security_admin", "安全管理员"
        AUDIT_ADMIN = "audit_admin", "审计管理员"

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name="用户")
    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships", verbose_name="机构")
    role = models.CharField("角色", max_length=20, choices=Role.choices)
    active = models.BooleanField("在任", default=True)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任职"
        constraints = [
            models.UniqueConstraint(
                fields=("user", "body", "role"), condition=Q(active=True), name="one_active_role_per_user_and_body"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="membership_dates_in_order"
            ),
        ]


class Invitation(Record):
    """Who was asked to join a body in a role. The link's secret is kept as a hash alone; the account is made when he accepts."""

    body = models.ForeignKey(Body, models.PROTECT, related_name="invitations", verbose_name="机构")
    role = models.CharField("角色", max_length=20, choices=Membership.Role.choices)
    username = models.CharField("用户名", max_length=150)
    name = models.CharField("姓名", max_length=40)
    email = models.EmailField("邮箱", blank=True)
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="邀请人")
    expires_at = models.DateTimeField("有效期至")
    used_at = models.DateTimeField("接受", null=True)
    withdrawn_at = models.DateTimeField("收回", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        constraints = [
            models.UniqueConstraint(
                fields=("username",), condition=Q(used_at__isnull=True, withdrawn_at__isnull=True),
                name="one_live_invitation_per_username",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True), name="invitation_used_or_withdrawn"
            ),
        ]  # fmt: skip


class ApiKey(Record):
    """A program's key: only its hash is kept. It sees and does what its user may, narrowed by its scopes."""

    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    name = models.CharField("用途", max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField("权限", default=list)
    expires_at = models.DateTimeField("到期")
    revoked_at = models.DateTimeField("作废", null=True, blank=True)
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)


class CalendarFeed(Record):
    """A secret address of one's deadlines for calendar programs: only its hash is kept, one is live at a time."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    revoked_at = models.DateTimeField("作废", null=True)
    last_used_at = models.DateTimeField("最近使用", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        constraints = [
            models.UniqueConstraint(
                fields=("user",), condition=Q(revoked_at__isnull=True), name="one_live_feed_per_user"
            ),
        ]
