"""The audit's reads: what the ledger says of each project in the shape of the flags' rules, and the entries behind any figure."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, ExpressionWrapper, Max, Q, QuerySet, Sum

from approvals.models import Paper
from approvals.standing import standing
from funding.models import AuditFlag, Commitment, Contract, Fund, JournalEntry, Payment, Settlement
from funding.queries import sums_by
from funding.rules import flags as rules
from funding.rules.flags import About, Flag
from funding.rules.shares import Source
from funding.subjects import Project, projects
from offices.fields import MoneyField
from offices.models import Duty, User
from offices.rulebooks import layers_of
from policies.layers import Layers
from policies.refusal import Citation, cite

BATCH = 200
# A figure as accounts: the side on which it counts, and the kinds that make it up.
FIGURES: dict[str, tuple[str, int, tuple[str, ...]]] = {
    "planned": ("计划", 1, ("expected", "cash", "paid")), "received": ("到位", 1, ("cash", "paid")), "paid": ("拨付", 1, ("paid",)),
    "spent": ("支出", -1, ("spent", "retained")), "held": ("质保金", -1, ("retained",)), "cash": ("可用", 1, ("cash",)),
    "free": ("未签约", -1, ("free",)), "committed": ("已签约未支付", -1, ("committed",)),
}  # fmt: skip
SCOPES = {
    "project": "fund__project_uid", "source": "fund__source__uid", "fund": "fund__uid", "contract": "commitment__contract__uid",
    "payment": "part__payment__uid",
}  # fmt: skip


def trail(user: User, scope: str, uid: UUID, figure: str) -> QuerySet[JournalEntry]:
    """Posted entries that make up a figure, newest first, each with ``moved``: what it adds in yuan. Their sum is the figure."""
    _, side, kinds = FIGURES[figure]
    rows = JournalEntry.objects.visible_to(user).filter(**{SCOPES[scope]: uid, "state": "posted"})
    moved = Sum("legs__amount", filter=Q(legs__account__kind__in=kinds)) * side
    rows = rows.annotate(moved=ExpressionWrapper(moved, output_field=MoneyField())).exclude(moved=0)
    rows = rows.filter(moved__isnull=False).select_related(
        "fund__source", "drafted_by", "posted_by", "commitment__contract", "part__payment__file", "part__payment__invoice"
    )  # fmt: skip
    return rows.order_by("-pk")


def trail_total(rows: QuerySet[JournalEntry]) -> Decimal:
    """The figure, from its entries."""
    return rows.order_by().aggregate(total=Sum("moved"))["total"] or Decimal("0.00")


def flags(user: User, *, state: str = "", kind: str = "", project: UUID | None = None) -> QuerySet[AuditFlag]:
    """Flags in scope, newest first."""
    rows = AuditFlag.objects.visible_to(user).filter(
        **{key: value for key, value in {"state": state, "kind": kind}.items() if value}
    )
    rows = rows.filter(project_uid=project) if project else rows
    return rows.select_related("division").prefetch_related("notes__by").order_by("-pk")


def flag_counts(user: User) -> dict[str, int]:
    """How many flags stand in each state."""
    rows = AuditFlag.objects.visible_to(user).order_by().values_list("state").annotate(Count("pk"))
    return dict.fromkeys(AuditFlag.State.values, 0) | dict(rows)


@dataclass(frozen=True)
class Held:
    """What the ledger and its neighbours hold of one batch of projects, each in one query."""

    funds: dict[UUID, list[Fund]]
    moved: dict[int, dt.date]
    cash: dict[int, Decimal]
    contracts: dict[UUID, list[Contract]]
    promises: dict[UUID, list[Commitment]]
    payments: dict[UUID, list[Payment]]
    settled: frozenset[UUID]
    accepted: dict[UUID, dt.date]
    due: dict[UUID, Duty]
    procured: frozenset[UUID]


def findings(day: dt.date) -> Iterator[tuple[list[Project], list[tuple[Project, Flag]]]]:
    """Every project with money, batch by batch, with what is found of it today."""
    uids = list(Fund.objects.order_by("project_uid").values_list("project_uid", flat=True).distinct())
    for start in range(0, len(uids), BATCH):
        found = projects().find(uids[start : start + BATCH])
        held = _held(list(found))
        yield list(found.values()), [(project, flag) for project in found.values() for flag in _of(project, held, day)]


def _held(uids: Sequence[UUID]) -> Held:
    """A bounded number of queries, however many projects."""
    funds: dict[UUID, list[Fund]] = defaultdict(list)
    contracts: dict[UUID, list[Contract]] = defaultdict(list)
    promises: dict[UUID, list[Commitment]] = defaultdict(list)
    payments: dict[UUID, list[Payment]] = defaultdict(list)
    for fund in Fund.objects.filter(project_uid__in=uids).select_related("source").order_by("pk"):
        funds[fund.project_uid].append(fund)
    for contract in Contract.objects.filter(project_uid__in=uids).order_by("pk"):
        contracts[contract.project_uid].append(contract)
    for promise in Commitment.objects.filter(project_uid__in=uids, amount__gt=0).select_related(
        "fund__source", "contract"
    ):
        promises[promise.project_uid].append(promise)
    for payment in Payment.objects.filter(contract__project_uid__in=uids, state="released").select_related("contract"):
        payments[payment.contract.project_uid].append(payment)
    entries = JournalEntry.objects.filter(
        fund__project_uid__in=uids, state="posted", kind__in=("receipt", "payment")
    ).order_by()
    checked = Paper.objects.filter(
        subject_uid__in=uids, evidence="procurement", superseded_by__isnull=True, checked_by__isnull=False
    )
    procured = {
        uid for uid, rows in standing(uids, {"procurement"}).items() if any(row.settled for row in rows["procurement"])
    }
    late = Duty.objects.filter(subject_uid__in=uids, milestone="settlement", state=Duty.State.OPEN)
    return Held(
        funds=funds, contracts=contracts, promises=promises, payments=payments,
        moved=dict(entries.values_list("fund").annotate(Max("day"))),
        cash={pk: sums.cash for pk, sums in sums_by(Fund.objects.filter(project_uid__in=uids)).items()},
        settled=frozenset(
            Settlement.objects.filter(project_uid__in=uids, state__in=Settlement.STANDING).values_list("project_uid", flat=True)
        ),
        accepted=projects().accepted(uids), due={duty.subject_uid: duty for duty in late},
        procured=frozenset(procured | set(checked.values_list("subject_uid", flat=True))),
    )  # fmt: skip


def _of(project: Project, held: Held, day: dt.date) -> Iterator[Flag]:
    """What is found of one project."""
    layers = layers_of(project.division)
    about = About("project", project.uid, project.name, f"/staff/money/projects/{project.uid}/")
    promises = held.promises[project.uid]
    found: list[Flag | None] = [
        _share(layers, day, about, held.funds[project.uid]),
        _late(layers, day, about, project.uid, held),
    ]
    found += [_idle(fund, held, day) for fund in held.funds[project.uid]]
    for contract in held.contracts[project.uid]:
        own = About("contract", contract.uid, str(contract), f"/staff/money/contracts/{contract.uid}/")
        found.append(rules.no_procurement(layers, day=day, about=own, held=project.uid in held.procured))
        spent = [promise for promise in promises if promise.contract_id == contract.pk]
        kinds = [(promise.item, promise.fund.source.kind) for promise in spent]
        found.append(rules.outside_catalogue(layers, day=day, about=own, promised=kinds))
        found.append(rules.beyond_progress(
            layers, day=day, about=own, spent=sum(_fen(row.amount - row.unspent) for row in spent), progress=_fen(contract.progress),
            kind=spent[0].fund.source.kind if spent else "",
        ))  # fmt: skip
    found += [_no_paper(payment) for payment in held.payments[project.uid]]
    yield from (flag for flag in found if flag is not None)


def _fen(value: Decimal) -> int:
    return int(value * 100)


def _share(layers: Layers, day: dt.date, about: About, funds: Sequence[Fund]) -> Flag | None:
    sources = [Source(fund.source.kind, _fen(fund.allotted)) for fund in funds]  # type: ignore[arg-type]
    return rules.share_short(layers, day=day, about=about, sources=sources)


def _late(layers: Layers, day: dt.date, about: About, uid: UUID, held: Held) -> Flag | None:
    if uid in held.settled:
        return None
    duty = held.due.get(uid)
    rule = layers.rule(duty.rule_id) if duty else None
    cited: Citation | None = cite(rule[1].provisions[0], rule[0].document) if rule else None
    return rules.settlement_late(
        day=day, about=about, due_on=duty.due_on if duty else None, rule=cited, accepted_on=held.accepted.get(uid)
    )


def _idle(fund: Fund, held: Held, day: dt.date) -> Flag | None:
    since = held.moved.get(fund.pk)
    if since is None or fund.settlement_id is not None:
        return None
    about = About("fund", fund.uid, str(fund), f"/staff/money/funds/{fund.uid}/")
    return rules.idle(day=day, about=about, cash=_fen(held.cash.get(fund.pk, Decimal(0))), since=since)


def _no_paper(payment: Payment) -> Flag | None:
    brought = tuple(key for key, value in (("file", payment.file_id), ("invoice", payment.invoice_id)) if value)
    about = About("payment", payment.uid, str(payment), f"/staff/money/payments/{payment.uid}/")
    return rules.no_paper(about=about, kind=payment.kind, amount=_fen(payment.amount), brought=brought)
