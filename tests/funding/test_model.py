"""Any order of acts against a plain dictionary: what the ledger says is what arithmetic says, and what one refuses the other refuses.

From the grant to the retention that goes back after the settlement has shut the purses, and to their opening again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
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
from funding.models import Account, Commitment, Contract, Fund, FundingSource, JournalEntry, Leg, Payment, Settlement
from funding.models.ledger import CREDIT, DEBIT
from policies.refusal import Refused
from tests.cast import AT, TODAY, cast
from tests.funding.acceptance import accepted
from tests.funding.stage import DAY, Money

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEN = st.one_of(st.integers(1, 3_000), st.integers(1, 60_000))  # mostly what a purse holds, sometimes more
WHICH = st.sampled_from((0, 1))
APPROPRIATED, CONTRACT = 150_000, 90_000
ITEM = "供水"
done = Counter[str]()  # acts that took effect, over all examples


def yuan(fen: int) -> str:
    """分 as text."""
    return f"{Decimal(fen) / 100:.2f}"


@dataclass
class Posted:
    """An entry that may be reversed, with what it moved."""

    entry: JournalEntry
    moves: dict[str, int]
    kind: str
    reversed: bool = False
    refunds: list["Posted"] = field(default_factory=list)

    @property
    def refunded(self) -> int:
        """分 that came back and stand."""
        return sum(each.moves["cash"] for each in self.refunds if not each.reversed)


@dataclass
class Side:
    """One project with its purse and contract; ``fen``: account to 分, ``reviewed``: of the settlement that stands."""

    fund: Fund
    contract: Contract
    fen: dict[str, int]
    signed: int = CONTRACT
    state: str = "open"
    reviewed: int = 0
    settlement: Settlement | None = None
    posted: list[Posted] = field(default_factory=list)

    @property
    def due(self) -> int:
        """Works accepted for payment, retention included."""
        return self.fen["retained"] + self.fen["spent"]

    @property
    def promised(self) -> int:
        """To the contract, due or not."""
        return self.fen["committed"] + self.due

    def move(self, moves: dict[str, int]) -> None:
        """Add to the accounts."""
        for account, fen in moves.items():
            self.fen[account] += fen

    def cut(self) -> None:
        """What no review supports is free again."""
        fen = min(max(self.promised - self.reviewed, 0), self.fen["committed"])
        self.move({"committed": -fen, "free": fen})


class Ledger(RuleBasedStateMachine):
    """Two projects on one source."""

    @initialize()
    def open(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.money = Money(cast())
        self.source = self.money.source(yuan(APPROPRIATED))
        self.sides = [self._side(name) for name in "甲乙"]

    def _side(self, name: str) -> Side:
        project = self.money.project(name)
        accepted(project, dt.date(2020, 3, 2), self.money.user("clerk"), self.money.user("second"))
        fund = self.money.fund(self.source, project, "400.00", "300.00")
        contract = self.money.contract(project, yuan(CONTRACT), Line(fund, "200.00", ITEM), retention="3", number=name)
        begun = {"expected": 10_000, "cash": 30_000, "free": 20_000, "committed": 20_000}
        return Side(fund, contract, dict.fromkeys((*DEBIT, *CREDIT), 0) | begun)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def _try(self, name: str, legal: bool, act: Any) -> Any:
        """The act is done exactly where arithmetic allows it."""
        try:
            found = act()
        except Refused as refusal:
            assert not legal, refusal
            return None
        assert legal
        done[name] += 1
        return found

    @rule(n=WHICH, fen=FEN)
    def allot(self, n: int, fen: int) -> None:
        side = self.sides[n]
        legal = (
            side.state != "closed"
            and sum(each.promised + each.fen["free"] for each in self.sides) + fen <= APPROPRIATED
        )
        if self._try("allot", legal, lambda: actions.allot(
            by=self.money.user("checker"), at=AT, today=TODAY, source=self.source, project=side.fund.project_uid, amount=yuan(fen),
            day=DAY)):  # fmt: skip
            side.move({"expected": fen, "free": fen})

    @rule(n=WHICH, fen=FEN)
    def receive(self, n: int, fen: int) -> None:
        side = self.sides[n]
        fen = min(fen, side.fen["expected"] or fen)
        if self._try("receive", side.state != "closed" and fen <= side.fen["expected"], lambda: actions.receive(
            by=self.money.user("checker"), at=AT, today=TODAY, fund=Fund.objects.get(pk=side.fund.pk), amount=yuan(fen), day=DAY,
            voucher="收")):  # fmt: skip
            side.move({"cash": fen, "expected": -fen})

    @rule(n=WHICH, fen=FEN)
    def promise(self, n: int, fen: int) -> None:
        side = self.sides[n]
        legal = side.state != "closed" and fen <= side.fen["free"] and side.promised + fen <= side.signed
        if self._try("promise", legal, lambda: actions.ask_funding(
            by=self.money.user("clerk"), at=AT, today=TODAY, contract=side.contract,
            lines=[Line(side.fund, yuan(fen), ITEM)])):  # fmt: skip
            self.money.agree(side.contract)
            side.move({"free": -fen, "committed": fen})

    @rule(n=WHICH, fen=FEN)
    def supplement(self, n: int, fen: int) -> None:
        side = self.sides[n]
        change = actions.enter_change(
            by=self.money.user("clerk"), at=AT, today=TODAY, contract=side.contract, number=f"补-{side.contract.changes.count()}",
            amount=yuan(fen), signed_on=DAY, reason="加大", lines=[Line(side.fund, yuan(fen), ITEM)],
        )  # fmt: skip
        decide = {"by": self.money.user("checker"), "at": AT, "today": TODAY, "change": change}
        legal = side.state != "closed" and fen <= side.fen["free"]
        if self._try("supplement", legal, lambda: actions.decide_change(**decide, accept=True)):
            side.move({"free": -fen, "committed": fen})
            side.signed += fen
        else:
            actions.decide_change(**decide, accept=False)

    @rule(n=WHICH, fen=FEN)
    def pay(self, n: int, fen: int) -> None:
        self._pay(self.sides[n], fen)

    def _pay(self, side: Side, fen: int) -> None:
        held = (fen * 3 * 2 + 100) // 200
        legal = side.state != "closed" and fen <= side.fen["committed"] and fen - held <= side.fen["cash"]
        legal = legal and (side.state == "open" or side.due + fen <= side.reviewed)
        contract = Contract.objects.get(pk=side.contract.pk)
        if entry := self._try("pay", legal, lambda: self.money.pay(contract, yuan(fen), yuan(side.signed))):
            net = fen - held
            moves = {"committed": -fen, "retained": held, "spent": net, "paid": net, "cash": -net}
            side.move(moves)
            side.posted.append(Posted(entry, moves, "pay"))

    @rule(n=WHICH, fen=FEN)
    def pay_the_retention(self, n: int, fen: int) -> None:
        self._pay_the_retention(self.sides[n], fen)

    def _pay_the_retention(self, side: Side, fen: int) -> None:
        fen = min(fen, side.fen["retained"] or fen)
        row = Commitment.objects.get(contract=side.contract)
        legal = fen <= side.fen["retained"] and fen <= side.fen["cash"]
        if payment := self._try("retention_" + side.state, legal, lambda: actions.request_payment(
            by=self.money.user("clerk"), at=AT, today=TODAY, contract=side.contract, amounts={row: yuan(fen)}, kind="retention",
            words="质保期满", paper="返还申请")):  # fmt: skip
            self.money.release(self.money.check(payment))
            side.move({"retained": -fen, "spent": fen, "cash": -fen, "paid": fen})

    @precondition(lambda self: any(side.posted for side in getattr(self, "sides", [])))
    @rule(data=st.data(), fen=FEN)
    def refund(self, data: st.DataObject, fen: int) -> None:
        side = data.draw(st.sampled_from([side for side in self.sides if side.posted]))
        self._refund(side, data.draw(st.sampled_from(side.posted)), fen)

    def _refund(self, side: Side, of: Posted, fen: int) -> None:
        legal = (
            side.state != "closed" and of.kind == "pay" and not of.reversed and fen <= of.moves["paid"] - of.refunded
        )
        back = self._try("ask_refund", legal, lambda: actions.ask_refund(
            by=self.money.user("checker"), at=AT, today=TODAY, entry=of.entry, amount=yuan(fen), day=DAY, voucher="退",
            reason="多付"))  # fmt: skip
        moves = {"cash": fen, "paid": -fen, "spent": -fen, "committed": fen}
        if back and self._post("refund", side, back, moves):
            of.refunds.append(Posted(back, moves, "refund"))
            side.posted.append(of.refunds[-1])

    @precondition(lambda self: any(side.posted for side in getattr(self, "sides", [])))
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        side = data.draw(st.sampled_from([side for side in self.sides if side.posted]))
        self._reverse(side, data.draw(st.sampled_from(side.posted)))

    def _reverse(self, side: Side, of: Posted) -> None:
        back = self._try("ask_reversal", side.state != "closed" and not of.reversed and not of.refunded, lambda: actions.ask_reversal(
            by=self.money.user("checker"), at=AT, today=TODAY, entry=of.entry, reason="误"))  # fmt: skip
        of.reversed |= bool(back) and self._post(
            "reverse", side, back, {account: -fen for account, fen in of.moves.items()}
        )

    def _post(self, name: str, side: Side, entry: JournalEntry, moves: dict[str, int]) -> bool:
        """By the second person, where no account falls below zero and nothing is paid beyond the review; else it is given up."""
        legal = all(side.fen[account] + fen >= 0 for account, fen in moves.items())
        due = moves["spent"] + moves.get("retained", 0)
        legal = legal and not (side.state == "confirmed" and due > 0 and side.due + due > side.reviewed)
        leader = self.money.user("leader")
        if self._try(name, legal, lambda: actions.post_entry(by=leader, at=AT, entry=entry)):
            side.move(moves)
            return True
        actions.drop_entry(by=leader, at=AT, entry=entry)
        return False

    @rule(n=WHICH, fen=FEN)
    def confirm(self, n: int, fen: int) -> None:
        """A settlement: what is paid already and somewhat more, or an over-run, or less than was paid."""
        side = self.sides[n]
        reviewed = max(side.due, 1) if fen % 3 else fen
        given = Reviewed(ITEM, yuan(reviewed), "第1页", "深度增加", "county")
        row = self._try("enter", side.state == "open", lambda: actions.enter_settlement(
            by=self.money.user("clerk"), at=AT, today=TODAY, project=side.fund.project_uid, reviewer="事务所", report_number="1号",
            reviewed_on=DAY, items=[given], upload=SimpleUploadedFile("报告.pdf", b"%PDF-1.4 review")))  # fmt: skip
        if row:
            side.settlement = actions.confirm_settlement(
                by=self.money.user("checker"), at=AT, today=TODAY, settlement=row
            )
            side.state, side.reviewed = "confirmed", reviewed
            side.cut()

    @precondition(lambda self: any(side.settlement for side in getattr(self, "sides", [])))
    @rule(n=WHICH, rest=st.booleans())
    def close(self, n: int, rest: bool) -> None:
        """Mostly after the rest was paid; the surplus goes back to the source."""
        side = self.sides[n]
        if side.settlement is None:
            return
        if rest and side.state == "confirmed" and 0 < side.reviewed - side.due <= side.fen["committed"]:
            self._pay(side, side.reviewed - side.due)
        free = side.fen["free"] + side.fen["committed"]
        legal = side.state == "confirmed" and side.due == side.reviewed
        legal = legal and side.fen["expected"] <= free and side.fen["cash"] >= side.fen["retained"]
        if self._try("close", legal, lambda: actions.close_settlement(
            by=self.money.user("releaser"), at=AT, today=TODAY, settlement=side.settlement)):  # fmt: skip
            side.state = "closed"
            side.fen |= {"expected": 0, "free": 0, "committed": 0, "cash": side.fen["retained"]}
            self._pay_the_retention(side, 1 + side.fen["retained"] // 2)

    @precondition(lambda self: any(side.state == "closed" for side in getattr(self, "sides", [])))
    @rule(n=WHICH)
    def reopen(self, n: int) -> None:
        side = self.sides[n]
        if side.settlement is None:
            return

        def both() -> Any:
            actions.ask_reopening(
                by=self.money.user("clerk"), at=AT, settlement=side.settlement, reason="复审", paper="文"
            )
            return actions.grant_reopening(by=self.money.user("leader"), at=AT, settlement=side.settlement)

        if self._try("reopen", side.state != "open", both):
            side.state = "open"

    @invariant()
    def books_agree(self) -> None:
        if not hasattr(self, "sides"):
            return
        for side in self.sides:
            rows = Account.objects.filter(fund=side.fund).values_list("kind", "balance")
            found = {kind: int(value * 100) for kind, value in rows}
            assert found == side.fen and min(found.values()) >= 0
            fund, contract = Fund.objects.get(pk=side.fund.pk), Contract.objects.get(pk=side.contract.pk)
            assert sum(found[k] for k in DEBIT) == sum(found[k] for k in CREDIT) == fund.allotted * 100
            assert (contract.total * 100, contract.committed * 100) == (side.signed, side.promised)
            assert not Leg.objects.filter(fund=fund).aggregate(s=Sum("amount"))["s"]
            assert (fund.settlement_id is not None) is (side.state == "closed")
            if side.state == "closed":
                assert side.settlement and fund.settlement_id == side.settlement.pk and side.due == side.reviewed
        allotted = sum(side.promised + side.fen["free"] for side in self.sides)
        assert FundingSource.objects.get(pk=self.source.pk).allotted * 100 == allotted <= APPROPRIATED
        assert not Payment.objects.filter(state="checked").filter(parts__entries__isnull=False).exists()


@pytest.fixture(autouse=True)
def nothing_stays(db: None) -> Iterator[None]:
    """Each example runs in a savepoint of the test's transaction."""
    yield


def test_any_order_of_acts_leaves_the_books_as_arithmetic_says(db: None) -> None:
    quiet = settings(
        max_examples=6, stateful_step_count=16, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        derandomize=True,
    )  # fmt: skip
    run_state_machine_as_test(Ledger, settings=quiet)  # type: ignore[no-untyped-call]


def test_the_whole_way_and_once_more_after_a_reopening_against_the_same_model(db: None) -> None:
    """Every act takes effect at least once, in the order of a project's life: no luck of an example is needed for it."""
    done.clear()
    books = Ledger()
    books.open()
    side = books.sides[0]
    for act in (
        lambda: books.allot(0, 10_000), lambda: books.receive(0, 15_000), lambda: books.supplement(0, 5_000),
        lambda: books.promise(0, 2_000),
        lambda: books.pay(0, 20_000), lambda: books._refund(side, side.posted[0], 1_000), lambda: books._reverse(side, side.posted[1]),
        lambda: books._reverse(side, side.posted[0]), lambda: books.pay(0, 9_000), lambda: books.pay_the_retention(0, 100),
        lambda: books.confirm(0, 12_000), lambda: books.pay(0, 3_001), lambda: books.close(0, False), lambda: books.close(0, True),
        lambda: books.allot(0, 1), lambda: books.promise(0, 1), lambda: books.supplement(0, 1), lambda: books.pay(0, 1),
        lambda: books._refund(side, side.posted[2], 1), lambda: books.reopen(0), lambda: books._refund(side, side.posted[2], 500),
        lambda: books.confirm(0, 4), lambda: books.close(0, True), lambda: books.reopen(1), lambda: books.pay(1, 100),
    ):  # fmt: skip
        act()
        books.books_agree()
    books.teardown()
    assert done["close"] == 2 and done["retention_closed"] == 2
    every = {
        "allot",
        "receive",
        "promise",
        "supplement",
        "pay",
        "refund",
        "reverse",
        "enter",
        "reopen",
        "retention_open",
    }
    assert every <= set(done), every - set(done)
