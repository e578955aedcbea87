"""From the tables of a scheme to the plain values of its rules and back, and who wants to know when a new version is fixed."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from funding.rules.shares import SourceKind
from projects.models import Scheme, SchemeItem, SchemeReply
from projects.rules import scheme as rules

# Called in the transaction that fixes a new version, with keywords scheme, version, by, at: notices and votes on the old one become void.
on_scheme_changed: list[Callable[..., None]] = []


def fen(value: Decimal | None) -> int:
    """Yuan of a money column as 分."""
    return 0 if value is None else int(value.scaleb(2))


def money(amount: int) -> Decimal:
    """分 as the Decimal that a money column takes."""
    return Decimal(amount).scaleb(-2)


def item_value(row: SchemeItem) -> rules.Item:
    """A line as the rules see it; ``payments``, ``community`` and ``building`` should be loaded."""
    facility = None
    if row.facility:
        facility = rules.Facility(row.facility, row.facility_owner, row.renewed_by, row.kept_by, row.in_step)
    return rules.Item(
        uid=str(row.uid), name=row.name, listed=bool(row.catalogue_key), item_class=row.item_class, quantity=row.quantity, unit=row.unit,
        unit_price=fen(row.unit_price), amount=fen(row.amount),
        payers={cast(SourceKind, payment.kind): fen(payment.amount) for payment in row.payments.all()},
        group=row.group, clause=row.clause, five=row.five, community=row.community.name if row.community else "",
        building=row.building.name if row.building else "", reason=row.reason, means=row.means, facility=facility, note=row.note,
    )  # fmt: skip


def ratio_of(scheme: Scheme) -> Fraction | None:
    """The owners' ratio as an exact fraction; None where none is entered."""
    return None if scheme.owner_ratio is None else Fraction(scheme.owner_ratio) / 100


def scheme_value(
    scheme: Scheme, items: Iterable[SchemeItem], replies: Iterable[SchemeReply], *, number: int = 0
) -> rules.Scheme:
    """A scheme as the rules see it, with its rows as loaded."""
    return rules.Scheme(
        items=tuple(item_value(row) for row in items),
        owner_ratio=ratio_of(scheme),
        central_reason=scheme.central_reason,
        residents_funding=scheme.residents_funding,
        management=scheme.management,
        replies={
            row.key: rules.Reply(str(row.item.uid) if row.item else "", row.reason, row.by_leader) for row in replies
        },
        number=number,
    )


def version_value(content: Mapping[str, Any]) -> rules.Scheme:
    """The scheme that a version froze."""
    return rules.thawed(content["scheme"])
