"""Projects as money sees them (``funding.subjects``): where they lie and which communities they join."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet

from funding import subjects
from funding.rules.papers import Ending
from funding.rules.shares import SourceKind
from offices import duties
from offices.models import Division, User
from offices.rulebooks import layers_of
from policies.kinds import SETTLEMENT
from policies.refusal import Reason
from projects.models import Acceptance, Project, Scheme
from projects.queries.acceptance import parts_of
from projects.rules.scheme import FACILITIES
from projects.rules.scheme_payers import payer_checks, split_checks
from projects.schemes import version_value

MOST = 500
PUBLIC_HOMES = frozenset({"unit_owned", "public"})


class Money:
    """Answers of the app of projects."""

    def find(self, uids: Iterable[UUID]) -> dict[UUID, subjects.Project]:
        """Projects by uid."""
        return _facts(Project.objects.filter(uid__in=list(uids)))

    def visible(self, user: User, uids: Iterable[UUID]) -> dict[UUID, subjects.Project]:
        """Those that the user sees."""
        return _facts(Project.objects.visible_to(user).filter(uid__in=list(uids)))

    def choices(self, user: User, division: Division) -> list[tuple[UUID, str]]:
        """Projects of a division, newest plan first."""
        rows = (
            Project.objects.visible_to(user)
            .filter(**{division.column: division.pk})
            .order_by("-plan_year", "name", "pk")
        )
        return [(row.uid, f"{row.name}（{row.plan_year or '储备'}）") for row in rows[:MOST]]

    def called(self, division: Division, names: Iterable[str]) -> dict[str, list[UUID]]:
        """By their exact names."""
        found: dict[str, list[UUID]] = {}
        rows = Project.objects.filter(**{division.column: division.pk}, name__in=set(names)).order_by("pk")
        for uid, name in rows.values_list("uid", "name"):
            found.setdefault(name, []).append(uid)
        return found

    def of_year(self, year: int) -> QuerySet[Any, Any]:
        """uids of the projects of a plan year."""
        return Project.objects.filter(plan_year=year).values("uid")

    def totals(self, uids: Iterable[UUID]) -> dict[UUID, int]:
        """Totals of fixed schemes."""
        rows = Scheme.objects.filter(project__uid__in=list(uids), current__isnull=False)
        found = rows.values_list("project__uid", "current__content")
        return {uid: version_value(content).total for uid, content in found}

    def scheme(self, uid: UUID, day: dt.date) -> subjects.SchemeMoney | None:
        """The fixed scheme of a project."""
        rows = Scheme.objects.filter(project__uid=uid, current__isnull=False)
        row = rows.select_related("current", "project__division").first()
        return _scheme(row, day) if row else None

    def payer_refused(self, uid: UUID, item: str, kind: str, day: dt.date) -> tuple[Reason, ...]:
        """The item's own lines, as if this kind paid all of them."""
        row = (
            Scheme.objects.filter(project__uid=uid, current__isnull=False)
            .select_related("current", "project__division")
            .first()
        )
        if row is None or row.current is None:
            return ()
        layers = layers_of(row.project.division)
        lines = [line for line in version_value(row.current.content).items if line.name == item]
        paid = [replace(line, payers={cast(SourceKind, kind): line.amount}) for line in lines]
        checks = [check for line in paid for check in payer_checks(layers, day=day, item=line)]
        return tuple(check.reason for check in checks if check.outcome == "unmet")

    def accepted(self, uids: Iterable[UUID]) -> dict[UUID, dt.date]:
        """Days of confirmed acceptances."""
        rows = Acceptance.objects.filter(project__uid__in=list(uids), passed_on__isnull=False)
        return {uid: day for uid, day in rows.values_list("project__uid", "passed_on") if day}

    def warranty(self, uid: UUID) -> tuple[Ending, ...]:
        """From the confirmed acceptance."""
        row = Acceptance.objects.filter(project__uid=uid).select_related("division").first()
        parts = parts_of(row, layers_of(row.division)) if row else ()
        return tuple(Ending(part.key, part.label, part.ends_on, part.citation) for part in parts)

    def settled(self, uid: UUID, *, on: dt.date, at: dt.datetime) -> None:
        """Its duty, where a document sets a day for it."""
        duties.fulfil(subject=Project.objects.get(uid=uid), milestone=SETTLEMENT, on=on, at=at)


def _scheme(row: Scheme, day: dt.date) -> subjects.SchemeMoney:
    assert row.current is not None
    value, layers = version_value(row.current.content), layers_of(row.project.division)
    checks = [check for item in value.items for check in payer_checks(layers, day=day, item=item)]
    checks += split_checks(layers, day=day, scheme=value)
    return subjects.SchemeMoney(
        number=row.current.number, link=f"/staff/projects/{row.project.uid}/scheme/",
        conflicts=tuple(check.reason for check in checks if check.outcome == "unmet"),
        items=tuple(
            subjects.SchemeItem(
                item.name, item.where, item.item_class, item.amount, {str(kind): part for kind, part in item.payers.items()},
                FACILITIES[item.facility.kind] if item.facility and item.facility.owner == "utility" else "",
            )
            for item in value.items
        ),
    )  # fmt: skip


def _facts(rows: Iterable[Project]) -> dict[UUID, subjects.Project]:
    found = Project.objects.filter(pk__in=rows).select_related("division", "county").prefetch_related("communities")  # type: ignore[misc]
    return {
        row.uid: subjects.Project(
            uid=row.uid, name=row.name, division=row.division, county=row.county or row.division, link=f"/staff/projects/{row.uid}/",
            communities=tuple(community.uid for community in row.communities.all()),
            public_homes=tuple(c.name for c in row.communities.all() if c.property_right in PUBLIC_HOMES),
            original_units=tuple(dict.fromkeys(c.property_unit for c in row.communities.all() if c.property_unit)),
        )
        for row in found
    }  # fmt: skip
