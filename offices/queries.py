"""Reads of the government side."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from offices.models import Body, Division, Membership, User
from offices.once import once


def members(body: Body, *roles: str) -> list[User]:
    """Active users of a body with one of the roles (any where none is given)."""
    rows = Membership.objects.filter(body=body, active=True, user__is_active=True).select_related("user").order_by("pk")
    found: list[Membership] = once(("members", body.pk), lambda: list(rows))
    return list({row.user_id: row.user for row in found if not roles or row.role in roles}.values())


def bodies_by_slug(division: Division, slugs: Iterable[str]) -> dict[str, Body]:
    """The bodies that a route's slugs name, seen from a division: ``county_housing`` in its county, ``power`` in its county, else its city.

    Slugs that no body carries are absent from the answer. ``decides``: the body has an approver or a leader (one query).
    """
    wanted = set(slugs)
    levels = [getattr(division, f"{level}_id") for level in ("county", "city", "province")]
    found: dict[str, Body] = {}
    deciders = Membership.objects.filter(
        body=OuterRef("pk"), active=True, user__is_active=True, role__in=(Membership.Role.APPROVER, Membership.Role.LEADER)
    )  # fmt: skip
    bodies = Body.objects.filter(division_id__in=[pk for pk in levels if pk], active=True).select_related("division")
    bodies = bodies.annotate(decides=Exists(deciders))
    for body in sorted(bodies, key=lambda body: (levels.index(body.division_id), body.pk)):
        own = body.slugs[0]
        for slug in body.slugs:
            # An office that is the thing itself goes before one that only plays the part.
            if slug in wanted and (slug not in found or (slug == own and found[slug].slugs[0] != slug)):
                if slug in found and found[slug].division_id != body.division_id:
                    continue
                found[slug] = body
    return found


def divisions_in_scope(user: User) -> list[Division]:
    """County-level divisions that the user sees, for the switch in the top bar."""
    kinds = (Division.Kind.COUNTY, Division.Kind.FUNCTIONAL_ZONE)
    return list(Division.objects.visible_to(user).filter(kind__in=kinds).order_by("code", "pk"))


def numbers(user: User, **rows: QuerySet[Any]) -> dict[str, int]:
    """How many rows each of the lists has, in one query."""
    each = {name: Coalesce(number_of(found), 0) for name, found in rows.items()}
    found: dict[str, Any] = User.objects.filter(pk=user.pk).values(**each).get()  # type: ignore[assignment]
    return found


def number_of(rows: QuerySet[Any]) -> Subquery:
    """How many rows, as a column; null for none."""
    return Subquery(rows.order_by().values(all=Value(1)).annotate(number=Count("pk")).values("number"))
