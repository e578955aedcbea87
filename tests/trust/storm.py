"""Payments and reversals by real processes at one moment, each key sent several times; what the books say afterwards, in figures.

``make storm`` (python -m tests.postgres python -m tests.trust.storm) runs 5,000 payments and 500 reversals, keys sent up to 20 times.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Sum

from funding import actions
from funding.actions.contracts import Line
from funding.models import Account, Contract, Fund, JournalEntry, Leg, Payment, Request
from policies.refusal import Refused
from tests.cast import AT, TODAY, cast
from tests.funding.stage import DAY, Money
from tests.trust.processes import together

AMOUNT = Decimal("100.00")
LONGEST = (
    3600  # seconds that a process may take: on a busy machine the full storm takes more than the minutes it should
)
ASKED = Decimal("1.25")  # times what a fund holds: the last of them must be refused


@dataclass(frozen=True)
class Figures:
    """What stands after the storm. All but the first two and ``refused`` must be as ``sound`` says."""

    payments: int
    reversals: int
    refused: Counter[str]
    sent: int
    seconds: float
    unbalanced: int
    negative: int
    across: int
    untrue: int
    doubled: int
    lost: int

    @property
    def sound(self) -> bool:
        """Sum zero, none negative, none across funds, balances true to the legs, one effect a key, nothing lost."""
        return not any((self.unbalanced, self.negative, self.across, self.untrue, self.doubled, self.lost))


def prepare(money: Money, *, payments: int, funds: int) -> list[Contract]:
    """Projects with one fund and one contract each; a fund holds less than will be asked of it."""
    each = payments // funds * AMOUNT
    held = (each / ASKED).quantize(Decimal(1)) * 1
    source = money.source(str(each * funds))
    found = []
    for number in range(funds):
        project = money.project(f"小区{number}")
        fund = money.fund(source, project, str(each), str(held))
        found.append(
            money.contract(project, str(each), Line(fund, str(each), "供水"), retention="3", number=f"HT-{number}")
        )
    return found


def storm(money: Money, *, payments: int, reversals: int, copies: int, workers: int, funds: int) -> Figures:
    """Let ``workers`` processes pay and reverse, every key up to ``copies`` times, in an order of their own."""
    contracts = prepare(money, payments=payments, funds=funds)
    rows = {contract.pk: contract.commitments.get() for contract in contracts}
    clerk, checker, releaser, leader = (money.user(role) for role in ("clerk", "checker", "releaser", "leader"))
    chance = random.Random(20260302)
    jobs = [("pay", number) for number in range(payments) for _ in range(chance.randint(1, copies))]
    jobs += [("reverse", number) for number in range(reversals) for _ in range(chance.randint(1, copies))]
    chance.shuffle(jobs)
    jobs.sort(key=lambda job: job[0] == "reverse" and chance.random() < 0.8)  # most reversals find their payment

    def pay(number: int) -> None:
        contract = contracts[number % len(contracts)]
        payment = actions.request_payment(
            by=clerk, at=AT, today=TODAY, contract=contract, amounts={rows[contract.pk]: str(AMOUNT)}, progress=str(contract.amount),
            words=f"第{number}笔", paper="计量单", key=f"ask-{number}",
        )  # fmt: skip
        if payment.state == "requested":
            quietly(lambda: actions.check_payment(by=checker, at=AT, payment=payment))
        actions.release_payment(
            by=releaser,
            at=AT,
            today=TODAY,
            payment=payment,
            voucher=f"付{number}",
            released_on=DAY,
            key=f"pay-{number}",
        )

    def reverse(number: int) -> None:
        entry = (
            JournalEntry.objects.select_related("fund")
            .filter(part__payment__words=f"第{number}笔", kind="payment")
            .first()
        )
        if entry is None:
            raise Refused("还没有拨付", code="nothing_to_reverse")
        back = actions.ask_reversal(by=checker, at=AT, today=TODAY, entry=entry, reason="重复", key=f"back-{number}")
        actions.post_entry(by=leader, at=AT, entry=JournalEntry.objects.select_related("fund").get(pk=back.pk))

    acts: dict[str, Callable[[int], None]] = {"pay": pay, "reverse": reverse}

    def act(index: int) -> Counter[str]:
        said: Counter[str] = Counter()
        for kind, number in jobs[index::workers]:
            said[quietly(lambda kind=kind, number=number: acts[kind](number)) or "done"] += 1  # type: ignore[misc]
        return said

    begun = time.monotonic()
    said = together(workers, act, seconds=LONGEST)
    lost = [each for each in said if each.error]
    for each in lost:
        print(each.error, each.words, file=sys.stderr)
    refused = sum((each.value for each in said if not each.error), Counter())
    return figures(refused, len(jobs), time.monotonic() - begun, len(lost))


def quietly(act: Callable[[], Any]) -> str:
    """The code of a refusal; empty where it was done."""
    try:
        act()
    except Refused as no:
        return no.code
    return ""


def figures(refused: Counter[str], sent: int, seconds: float, lost: int) -> Figures:
    """The books, read from scratch."""
    posted = JournalEntry.objects.filter(state="posted")
    sums = Leg.objects.filter(entry__state="posted").order_by().values("entry").annotate(s=Sum("amount")).exclude(s=0)
    legs = dict(Leg.objects.filter(entry__state="posted").order_by().values_list("account").annotate(Sum("amount")))
    untrue = [a for a in Account.objects.all() if a.balance != a.side * legs.get(a.pk, Decimal(0))]
    across = Leg.objects.exclude(fund=F("entry__fund")).count() + Leg.objects.exclude(fund=F("account__fund")).count()
    released = Payment.objects.filter(state="released").count()
    paid = posted.filter(kind="payment")
    doubled = paid.count() - paid.values("part").distinct().count() + abs(released - paid.count())
    back = posted.filter(kind="reversal")
    doubled += back.count() - back.values("reverses").distinct().count()
    doubled += Payment.objects.count() - Payment.objects.values("words").distinct().count()
    doubled += Request.objects.filter(answer__isnull=True).count()
    return Figures(
        payments=paid.count(), reversals=back.count(), refused=refused, sent=sent, seconds=seconds, unbalanced=len(sums),
        negative=Account.objects.filter(balance__lt=0).count(), across=across, untrue=len(untrue), doubled=doubled, lost=lost,
    )  # fmt: skip


def main() -> int:
    """The full storm on a database of its own; its figures."""
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    print(f"database {name}: 5,000 payments, 500 reversals, keys up to 20 times, 8 processes")
    found = storm(Money(cast()), payments=5000, reversals=500, copies=20, workers=8, funds=25)
    print(
        f"sent {found.sent} in {found.seconds:.0f} s: {found.payments} payments, {found.reversals} reversals; {dict(found.refused)}"
    )
    print(f"funds {Fund.objects.count()}, entries {JournalEntry.objects.count()}, legs {Leg.objects.count()}")
    words = ("unbalanced", "negative", "across", "untrue", "doubled", "lost")
    print(", ".join(f"{word} {getattr(found, word)}" for word in words))
    connection.creation.destroy_test_db("postgres", verbosity=0)
    return 0 if found.sound else 1


if __name__ == "__main__":
    raise SystemExit(main())
