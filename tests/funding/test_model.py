"""Any order of acts against a plain dictionary: what the ledger says is what arithmetic says, and what one refuses the other refuses."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
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
from funding.actions.settlements import Reviewed
from funding.models import Account, Commitment, Contract, Fund, JournalEntry, Leg, Payment, Settlement
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
        for fen in self.fen:
            fen["promised"] = 0
        self.reviewed: dict[int, tuple[Settlement, int]] = {}
        self.shut: set[int] = set()
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
            and n not in self.shut
        )
        done = self._try(legal, lambda: actions.allot(
            by=self.money.user("checker"), at=AT, today=TODAY, source=self.source, project=self.projects[n].uid, amount=yuan(fen),
            day=DAY))  # fmt: skip
        if done:
            self._move(n, {"expected": fen, "free": fen})

    @rule(n=st.sampled_from((0, 1)), fen=FEN)
    def receive(self, n: int, fen: int) -> None:
        done = self._try(fen <= self.fen[n]["expected"] and n not in self.shut, lambda: actions.receive(
            by=self.money.user("checker"), at=AT, today=TODAY, fund=self.funds[n], amount=yuan(fen), day=DAY, voucher="收"))  # fmt: skip
        if done:
            self._move(n, {"cash": fen, "expected": -fen})

    @rule(n=st.sampled_from((0, 1)), fen=FEN)
    def promise(self, n: int, fen: int) -> None:
        contract = Contract.objects.get(pk=self.contracts[n].pk)
        legal = fen <= self.fen[n]["free"] and contract.committed * 100 + fen <= CONTRACT and n not in self.shut
        done = self._try(legal, lambda: actions.commit(
            by=self.money.user("clerk"), at=AT, today=TODAY, contract=contract,
            lines=[Line(self.funds[n], yuan(fen), "供水")]))  # fmt: skip
        if done:
            self._move(n, {"free": -fen, "committed": fen, "promised": fen})

    @rule(n=st.sampled_from((0, 1)), fen=FEN)
    def pay(self, n: int, fen: int) -> None:
        contract, held = Contract.objects.get(pk=self.contracts[n].pk), (fen * 3 * 2 + 100) // 200
        legal = fen <= self.fen[n]["committed"] and fen - held <= self.fen[n]["cash"] and n not in self.shut
        if n in self.reviewed:  # no item is paid beyond its review
            legal = legal and self.fen[n]["promised"] - self.fen[n]["committed"] + fen <= self.reviewed[n][1]
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
        back = self._try(not again and n not in self.shut, lambda: actions.ask_reversal(
            by=self.money.user("checker"), at=AT, today=TODAY, entry=entry, reason="误"))  # fmt: skip
        if back:
            actions.post_entry(by=self.money.user("leader"), at=AT, entry=back)
            self._move(n, {account: -fen for account, fen in moves.items()})

    @rule(n=st.sampled_from((0, 1)), fen=st.integers(min_value=0, max_value=90_000), exact=st.booleans())
    def review(self, n: int, fen: int, exact: bool) -> None:
        """A review of ``fen``, or of what is paid so far: what is promised beyond it is cut as far as it is unspent."""
        fen = self.fen[n]["promised"] - self.fen[n]["committed"] if exact else fen
        uid, promised = self.projects[n].uid, self.fen[n]["promised"]
        legal = (
            n not in self.reviewed
            and promised > 0
            and fen > 0
            and Contract.objects.get(pk=self.contracts[n].pk).commitments.exists()
        )
        over = fen > promised
        row = self._try(legal, lambda: actions.enter_settlement(
            by=self.money.user("clerk"), at=AT, today=TODAY, project=uid, reviewer="事务所", report_number="1", reviewed_on=DAY,
            items=[Reviewed("供水", yuan(fen), "1", "增加" if over else "", "county" if over else "")],
            upload=SimpleUploadedFile("评审.txt", b"x")))  # fmt: skip
        if row:
            actions.confirm_settlement(by=self.money.user("checker"), at=AT, today=TODAY, settlement=row)
            cut = min(max(promised - fen, 0), self.fen[n]["committed"])
            self._move(n, {"committed": -cut, "free": cut, "promised": -cut})
            self.reviewed[n] = (row, fen)

    @precondition(lambda self: getattr(self, "reviewed", None))
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        """All paid, nothing missing for the retention: what is free leaves, first what never came."""
        n = data.draw(st.sampled_from(sorted(self.reviewed)))
        (row, fen), held = self.reviewed[n], self.fen[n]
        spent = held["promised"] - held["committed"]
        legal = n not in self.shut and spent == fen and held["expected"] <= held["free"] + held["committed"]
        done = self._try(legal, lambda: actions.close_settlement(
            by=self.money.user("releaser"), at=AT, today=TODAY, settlement=Settlement.objects.get(pk=row.pk)))  # fmt: skip
        if done:
            free = held["free"] + held["committed"]
            self.shut.add(n)
            self._move(n, {"promised": -held["committed"]})
            self._move(n, {"committed": -held["committed"], "free": -held["free"], "cash": held["expected"] - free,
                           "expected": -held["expected"]})  # fmt: skip

    @invariant()
    def books_agree(self) -> None:
        if not hasattr(self, "fen"):
            return
        for fund, fen in zip(self.funds, self.fen, strict=True):
            found = {
                kind: int(value * 100)
                for kind, value in Account.objects.filter(fund=fund).values_list("kind", "balance")
            }
            assert found == {kind: fen[kind] for kind in found} and min(fen.values()) >= 0
            assert Commitment.objects.filter(fund=fund).aggregate(s=Sum("amount"))["s"] in (
                None,
                Decimal(fen["promised"]) / 100,
            )
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
        max_examples=8, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        derandomize=True,
    )  # fmt: skip
    run_state_machine_as_test(Ledger, settings=quiet)  # type: ignore[no-untyped-call]
