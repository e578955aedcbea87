"""Any order of acts against a plain dictionary: what the ledger says is what arithmetic says, and what one refuses the other refuses."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from funding import actions
from funding.actions.contracts import Line
from funding.models import Account, Contract, Fund, JournalEntry, Leg, Payment
from funding.models.ledger import CREDIT, DEBIT
from policies.refusal import Refused
from tests.cast import AT, TODAY, cast
from tests.funding.stage import DAY, Money

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEN = st.integers(min_value=1, max_value=60_000)
APPROPRIATED, CONTRACT = 150_000, 90_000


def yuan(fen: int) -> str:
    """分 as text."""
    return f"{Decimal(fen) / 100:.2f}"


class Ledger(RuleBasedStateMachine):
    """Two projects on one source. ``fen``: fund to account to 分."""

    @initialize()
    def open(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.money = Money(cast())
        self.projects = [self.money.project(name) for name in ("甲", "乙")]
        self.source = self.money.source(yuan(APPROPRIATED))
        self.funds = [self.money.fund(self.source, project, "100.00") for project in self.projects]
        self.fen = [dict.fromkeys((*DEBIT, *CREDIT), 0) | {"expected": 10_000, "free": 10_000} for _ in self.funds]
        self.contracts = [
            self.money.contract(project, yuan(CONTRACT), retention="3", number=f"{n}")
            for n, project in enumerate(self.projects)
        ]
        self.paid: list[tuple[JournalEntry, int, dict[str, int]]] = []

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _try(self, legal: bool, act: Any) -> Any:
        """The act is done exactly where arithmetic allows it."""
        try:
            done = act()
        except Refused:
            assert not legal
            return None
        assert legal
        return done

    def _move(self, n: int, moves: dict[str, int]) -> None:
        for account, fen in moves.items():
            self.fen[n][account] += fen

    @rule(n=st.sampled_from((0, 1)), fen=FEN)
    def allot(self, n: int, fen: int) -> None:
        legal = (
            sum(fund["free"] + fund["committed"] + fund["retained"] + fund["spent"] for fund in self.fen) + fen
            <= APPROPRIATED
        )
        done = self._try(legal, lambda: actions.allot(
            by=self.money.user("checker"), at=AT, today=TODAY, source=self.source, project=self.projects[n].uid, amount=yuan(fen),
            day=DAY))  # fmt: skip
        if done:
            self._move(n, {"expected": fen, "free": fen})

    @rule(n=st.sampled_from((0, 1)), fen=FEN)
    def receive(self, n: int, fen: int) -> None:
        done = self._try(fen <= self.fen[n]["expected"], lambda: actions.receive(
            by=self.money.user("checker"), at=AT, today=TODAY, fund=self.funds[n], amount=yuan(fen), day=DAY, voucher="收"))  # fmt: skip
        if done:
            self._move(n, {"cash": fen, "expected": -fen})

    @rule(n=st.sampled_from((0, 1)), fen=FEN)
    def promise(self, n: int, fen: int) -> None:
        contract = Contract.objects.get(pk=self.contracts[n].pk)
        legal = fen <= self.fen[n]["free"] and contract.committed * 100 + fen <= CONTRACT
        done = self._try(legal, lambda: actions.commit(
            by=self.money.user("clerk"), at=AT, today=TODAY, contract=contract,
            lines=[Line(self.funds[n], yuan(fen), "供水")]))  # fmt: skip
        if done:
            self._move(n, {"free": -fen, "committed": fen})

    @rule(n=st.sampled_from((0, 1)), fen=FEN)
    def pay(self, n: int, fen: int) -> None:
        contract, held = Contract.objects.get(pk=self.contracts[n].pk), (fen * 3 * 2 + 100) // 200
        legal = fen <= self.fen[n]["committed"] and fen - held <= self.fen[n]["cash"]
        if not contract.commitments.exists():
            return
        done = self._try(legal, lambda: self.money.pay(contract, yuan(fen)))
        if done:
            net = fen - held
            moves = {"committed": -fen, "retained": held, "spent": net, "paid": net, "cash": -net}
            self._move(n, moves)
            self.paid.append((done, n, moves))

    @precondition(lambda self: getattr(self, "paid", None))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        entry, n, moves = data.draw(st.sampled_from(self.paid))
        again = JournalEntry.objects.filter(reverses=entry).exclude(state="dropped").exists()
        back = self._try(not again, lambda: actions.ask_reversal(
            by=self.money.user("checker"), at=AT, today=TODAY, entry=entry, reason="误"))  # fmt: skip
        if back:
            actions.post_entry(by=self.money.user("leader"), at=AT, entry=back)
            self._move(n, {account: -fen for account, fen in moves.items()})

    @invariant()
    def books_agree(self) -> None:
        if not hasattr(self, "fen"):
            return
        for fund, fen in zip(self.funds, self.fen, strict=True):
            found = {
                kind: int(value * 100)
                for kind, value in Account.objects.filter(fund=fund).values_list("kind", "balance")
            }
            assert found == fen and min(fen.values()) >= 0
            assert (
                sum(fen[k] for k in DEBIT) == sum(fen[k] for k in CREDIT) == Fund.objects.get(pk=fund.pk).allotted * 100
            )
            assert not Leg.objects.filter(fund=fund).aggregate(s=Sum("amount"))["s"]
        assert not Payment.objects.filter(state="checked").filter(parts__entries__isnull=False).exists()


@pytest.fixture(autouse=True)
def nothing_stays(db: None) -> Iterator[None]:
    """Each example runs in a savepoint of the test's transaction."""
    yield


def test_any_order_of_acts_leaves_the_books_as_arithmetic_says(db: None) -> None:
    quiet = settings(
        max_examples=6, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        derandomize=True,
    )  # fmt: skip
    run_state_machine_as_test(Ledger, settings=quiet)  # type: ignore[no-untyped-call]
