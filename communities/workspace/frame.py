"""What every page of this app does: find the row in the user's scope or 404, and print a refusal in its place."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from communities.access import keeper_divisions
from communities.imports.kinds import ImportKind, kinds
from communities.models import Community
from offices import files
from offices.clock import now
from offices.models import Division, StoredFile, User
from policies.refusal import Refused


def actor(request: HttpRequest) -> User:
    """Who acts (pages ask for a login)."""
    return request.user  # type: ignore[return-value]


def stored(request: HttpRequest, community: Community, upload: Any, *, personal: bool = False) -> StoredFile | None:
    """An upload of a form, kept; None where none was chosen. Inside the transaction of the act that it belongs to."""
    if not upload:
        return None
    return files.store(upload=upload, division=community.division, by=actor(request), at=now(), personal=personal)


def community_or_404(request: HttpRequest, uid: UUID) -> Community:
    """The community, where the user sees it."""
    user: User = request.user  # type: ignore[assignment]
    rows = Community.objects.visible_to(user).select_related("division", "county", "city")
    return get_object_or_404(rows, uid=uid)


def writable_divisions(user: User) -> QuerySet[Division]:
    """Divisions from county level down in which the user keeps the register."""
    rows = Division.objects.none()
    for division in keeper_divisions(user):
        rows = rows | Division.objects.below(division)
    return rows.exclude(kind__in=("province", "city")).order_by("code", "pk")


def importable_divisions(user: User) -> QuerySet[Division]:
    """Divisions to which the user may bring a table of some kind: a city's table names the county in each row."""
    rows = Division.objects.none()
    for division in {membership.body.division for membership in user.active_memberships}:
        if any(kind.keeper(user, division) for kind in kinds()):
            rows = rows | Division.objects.below(division)
    return rows.order_by("code", "pk")


def importable_kinds(user: User) -> list[ImportKind]:
    """Kinds of tables that the user may bring somewhere; all of them for who only reads."""
    divisions = {membership.body.division for membership in user.active_memberships}
    return [kind for kind in kinds() if any(kind.keeper(user, division) for division in divisions)] or list(kinds())


def show_refusal(form: forms.BaseForm, refused: Refused) -> dict[str, Any]:
    """Put a refusal's reasons on their fields; the context for what has no field, and the ``status`` of the answer."""
    shown = False
    for name, reasons in refused.errors.items():
        if name in form.fields:
            for reason in reasons:
                form.add_error(name, reason)
            shown = True
    return {"status": refused.status} | ({} if shown else {"refused": refused})


def status_of(request: HttpRequest, context: Mapping[str, Any]) -> int:
    """Status of a page with a form: the refusal's, 400 where what was sent is wrong."""
    status: int = context.get("status", 400 if request.method == "POST" else 200)
    return status
