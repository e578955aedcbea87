"""Raw SQL against the ledger, as someone with the database's shell would run it: all refused, on both databases, and nothing moved."""

import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from funding import actions
from funding.actions.contracts import Line
from funding.models import Account, JournalEntry, Leg
from offices import triggers
from tests.cast import AT, TODAY
from tests.funding.stage import D, Money, everything, figures

pytestmark = pytest.mark.django_db
sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own statement")


class Ledger:
    """Two projects of one source, a posted payment in the first, a draft entry in its fund; ids by name."""

    def __init__(self, money: Money) -> None:
        self.project, self.fund, self.contract = money.whole()
        self.paid = money.pay(self.contract, "40000.00")
        other = money.project("龙城路二轻局宿舍")
        self.other = money.fund(money.source("500000.00"), other, "90000.00", "90000.00")
        self.other_contract = money.contract(
            other, "90000.00", Line(self.other, "90000.00", "供水"), number="HT-2", payee=False
        )
        self.draft = actions.ask_reversal(
            by=money.user("checker"), at=AT, today=TODAY, entry=self.paid, reason="重复拨付"
        )
        self.ids: dict[str, Any] = {
            "fund": self.fund.pk, "other": self.other.pk, "paid": self.paid.pk, "draft": self.draft.pk,
            "cash": self._account(self.fund, "cash"), "spent": self._account(self.fund, "spent"), "free": self._account(self.fund, "free"),
            "other_cash": self._account(self.other, "cash"), "leg": Leg.objects.filter(entry=self.paid).order_by("pk")[0].pk,
            "clerk": money.user("clerk").pk, "releaser": money.user("releaser").pk, "checker": money.user("checker").pk,
            "source": self.fund.source_id, "contract": self.contract.pk, "other_contract": self.other_contract.pk,
            "commitment": self.contract.commitments.get().pk, "other_commitment": self.other_contract.commitments.get().pk,
            "payment": self.paid.part.payment_id, "part": self.paid.part_id, "payee": self.contract.payees.get().pk,
            "allotment": self.fund.allotments.get().pk, "account": self._account(self.fund, "cash"),
        }  # fmt: skip

    @staticmethod
    def _account(fund: Any, kind: str) -> int:
        return int(Account.objects.get(fund=fund, kind=kind).pk)


@pytest.fixture
def ledger(money: Money) -> Ledger:
    """See ``Ledger``."""
    return Ledger(money)


def attack(ledger: Ledger, sql: str) -> None:
    """Run statements (separated by ``;``); they must be refused and leave every row as it was."""
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        for statement in sql.format(**ledger.ids).split(";"):
            cursor.execute(statement)
        connection.check_constraints()
    assert everything() == before


ENTRY = (
    "INSERT INTO funding_journalentry (uid, version, created_at, updated_at, fund_id, kind, concerns, state, amount, day, words, voucher, "
    "reason, commitment_id, part_id, reverses_id, refunds_id, drafted_by_id) VALUES ('%s', 1, '2026-01-01', '2026-01-01', "
)
LEG = "INSERT INTO funding_leg (entry_id, account_id, fund_id, amount) VALUES"
MOMENT = "'2026-03-01 00:00:00+00'"


def entry(values: str) -> str:
    """INSERT of an entry: fund, kind, concerns, state, amount, then day and words, then the rest."""
    return ENTRY % uuid.uuid4().hex + values + ")"


POSTED = f"state = 'posted', posted_by_id = {{releaser}}, posted_at = {MOMENT}"
ATTACKS: dict[str, str] = {
    "an amount of a posted leg": "UPDATE funding_leg SET amount = amount * 2 WHERE id = {leg}",
    "a posted leg to another account": "UPDATE funding_leg SET account_id = {free} WHERE id = {leg}",
    "a leg deleted": "DELETE FROM funding_leg WHERE id = {leg}",
    "all legs deleted": "DELETE FROM funding_leg",
    "a leg more in a posted entry": f"{LEG} ({{paid}}, {{free}}, {{fund}}, 100)",
    "a leg of another fund's account": f"{LEG} ({{draft}}, {{other_cash}}, {{fund}}, 1)",
    "a leg under another fund": f"{LEG} ({{draft}}, {{other_cash}}, {{other}}, 1)",
    "a leg of nothing": f"{LEG} ({{draft}}, {{free}}, {{fund}}, 0)",
    "a draft that does not sum to zero": f"{LEG} ({{draft}}, {{free}}, {{fund}}, 7);"
    f"UPDATE funding_journalentry SET {POSTED} WHERE id = {{draft}}",
    "a draft without legs": entry("{fund}, 'receipt', 'receipt', 'draft', 5, '2026-01-01', 'x', '', '', NULL, NULL, NULL, NULL, {clerk}")
    + f";UPDATE funding_journalentry SET {POSTED} WHERE words = 'x'",
    "an entry inserted as posted": entry(
        "{fund}, 'receipt', 'receipt', 'posted', 5, '2026-01-01', 'x', '', '', NULL, NULL, NULL, NULL, {clerk}"
    ),
    "posted by the one who drafted": f"UPDATE funding_journalentry SET state = 'posted', posted_by_id = {{checker}}, posted_at = {MOMENT} "
    "WHERE id = {draft}",
    "posted by nobody": "UPDATE funding_journalentry SET state = 'posted' WHERE id = {draft}",
    "a posted entry's amount": "UPDATE funding_journalentry SET amount = 1 WHERE id = {paid}",
    "a posted entry back to draft": "UPDATE funding_journalentry SET state = 'draft', posted_by_id = NULL, posted_at = NULL "
    "WHERE id = {paid}",
    "a posted entry's time": f"UPDATE funding_journalentry SET posted_at = {MOMENT} WHERE id = {{paid}}",
    "a posted entry deleted": "DELETE FROM funding_journalentry WHERE id = {paid}",
    "an entry moved to another fund": "UPDATE funding_journalentry SET fund_id = {other} WHERE id = {draft}",
    "a second reversal": entry(
        "{fund}, 'reversal', 'payment', 'draft', 4000000, '2026-01-01', 'x', '', 'r', {commitment}, NULL, {paid}, NULL, {clerk}"
    ),
    "a reversal in another fund": entry(
        "{other}, 'reversal', 'payment', 'draft', 4000000, '2026-01-01', 'x', '', 'r', {other_commitment}, NULL, {paid}, NULL, {clerk}"
    ),
    "a reversal of a draft": entry(
        "{fund}, 'reversal', 'payment', 'draft', 4000000, '2026-01-01', 'x', '', 'r', {commitment}, NULL, {draft}, NULL, {clerk}"
    ),
    "a reversal of nothing": entry(
        "{fund}, 'reversal', 'payment', 'draft', 4000000, '2026-01-01', 'x', '', 'r', {commitment}, NULL, NULL, NULL, {clerk}"
    ),
    "a payment of a released part once more": entry(
        "{fund}, 'payment', 'payment', 'draft', 4000000, '2026-01-01', 'x', 'v', '', {commitment}, {part}, NULL, NULL, {clerk}"
    ),
    "a payment out of another commitment": entry(
        "{other}, 'payment', 'payment', 'draft', 4000000, '2026-01-01', 'x', 'v', '', {other_commitment}, {part}, NULL, NULL, {clerk}"
    ),
    "a payment without a part": entry(
        "{fund}, 'payment', 'payment', 'draft', 4000000, '2026-01-01', 'x', 'v', '', {commitment}, NULL, NULL, NULL, {clerk}"
    ),
    "an entry of another fund's commitment": entry(
        "{fund}, 'commitment', 'commitment', 'draft', 1, '2026-01-01', 'x', '', '', {other_commitment}, NULL, NULL, NULL, {clerk}"
    ),
    "a balance": "UPDATE funding_account SET balance = balance + 100 WHERE id = {cash}",
    "a balance below zero": "UPDATE funding_account SET balance = -1 WHERE id = {cash}",
    "an account on the other side": "UPDATE funding_account SET side = -side WHERE id = {cash}",
    "an account of another fund": "UPDATE funding_account SET fund_id = {other} WHERE id = {cash}",
    "an account with money in it": "INSERT INTO funding_account (fund_id, kind, side, balance) VALUES ({fund}, 'cash', 1, 100)",
    "an account deleted": "DELETE FROM funding_account WHERE id = {cash}",
    "what was appropriated": "UPDATE funding_fundingsource SET amount = amount * 2 WHERE id = {source}",
    "the counter of a source": "UPDATE funding_fundingsource SET allotted = 0 WHERE id = {source}",
    "the counter of a fund": "UPDATE funding_fund SET allotted = 1 WHERE id = {fund}",
    "a fund to another project": "UPDATE funding_fund SET project_uid = '00000000000000000000000000000000' WHERE id = {fund}",
    "a fund deleted": "DELETE FROM funding_fund WHERE id = {fund}",
    "an allotment to another fund": "UPDATE funding_allotment SET fund_id = {other} WHERE id = {allotment}",
    "the amount of a contract": "UPDATE funding_contract SET amount = amount * 2 WHERE id = {contract}",
    "the counter of a contract": "UPDATE funding_contract SET committed = 0 WHERE id = {contract}",
    "what is left of a commitment": "UPDATE funding_commitment SET unspent = amount WHERE id = {commitment}",
    "a commitment to another project's contract": "UPDATE funding_commitment SET contract_id = {other_contract} WHERE id = {commitment}",
    "a commitment across projects": "INSERT INTO funding_commitment (contract_id, fund_id, project_uid, item, item_class, item_reason, "
    "amount, unspent, held) SELECT {other_contract}, {fund}, project_uid, 'x', '', '', 0, 0, 0 FROM funding_fund WHERE id = {fund}",
    "a commitment with a part paid away": "UPDATE funding_commitment SET amount = 0, unspent = 0, held = 0 WHERE id = {commitment}",
    "a released payment": "UPDATE funding_payment SET state = 'requested', released_by_id = NULL WHERE id = {payment}",
    "a released payment's voucher": "UPDATE funding_payment SET voucher = 'other' WHERE id = {payment}",
    "a released payment deleted": "DELETE FROM funding_payment WHERE id = {payment}",
    "a part made larger": "UPDATE funding_paymentpart SET amount = amount * 2 WHERE id = {part}",
    "a payee's account": "UPDATE funding_payeeaccount SET number = '1' WHERE id = {payee}",
    "a payee once more": f"UPDATE funding_payeeaccount SET confirmed_at = {MOMENT} WHERE id = {{payee}}",
    "a payee of another contract": "UPDATE funding_payeeaccount SET contract_id = {other_contract} WHERE id = {payee}",
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_a_statement_that_would_change_the_books_is_refused(ledger: Ledger, name: str) -> None:
    attack(ledger, ATTACKS[name])


REPLACES = {
    "a leg": "INSERT OR REPLACE INTO funding_leg (id, entry_id, account_id, fund_id, amount) VALUES ({leg}, {draft}, {free}, {fund}, 1)",
    "a balance": "INSERT OR REPLACE INTO funding_account (id, fund_id, kind, side, balance) VALUES ({cash}, {fund}, 'cash', 1, 0)",
    "a balance by its kind": "INSERT OR REPLACE INTO funding_account (fund_id, kind, side, balance) VALUES ({fund}, 'cash', 1, 0)",
    "a balance by an update": "UPDATE OR REPLACE funding_account SET id = {cash} WHERE id = {spent}",
    "a part": "INSERT OR REPLACE INTO funding_paymentpart (id, payment_id, contract_id, commitment_id, amount, held) "
    "VALUES ({part}, {payment}, {contract}, {commitment}, 1, 0)",
    "a commitment": "INSERT OR REPLACE INTO funding_commitment (contract_id, fund_id, project_uid, item, item_class, item_reason, amount, "
    "unspent, held) SELECT {contract}, {fund}, project_uid, 'x', '', '', 0, 0, 0 FROM funding_fund WHERE id = {fund}",
}  # fmt: skip


@sqlite_only
@pytest.mark.parametrize("name", REPLACES)
def test_or_replace_is_no_way_round(ledger: Ledger, name: str) -> None:
    attack(ledger, REPLACES[name])


@postgresql_only
@pytest.mark.parametrize(
    "table", ["leg", "journalentry", "account", "fund", "commitment", "contract", "payment", "fundingsource"]
)
def test_truncate_is_refused(ledger: Ledger, table: str) -> None:
    connection.check_constraints()
    attack(ledger, f"TRUNCATE funding_{table} CASCADE")


@postgresql_only
def test_a_session_that_plays_a_replica_posts_nothing_wrong(ledger: Ledger) -> None:
    attack(ledger, f"SET LOCAL session_replication_role = replica;UPDATE funding_journalentry SET {POSTED.replace('releaser', 'checker')}, "
                   "amount = 1 WHERE id = {draft}")  # fmt: skip


def test_a_reversal_that_is_not_the_exact_opposite_is_not_posted(ledger: Ledger) -> None:
    sql = entry(
        "{other}, 'receipt', 'receipt', 'draft', 5, '2026-01-01', 'own', '', '', NULL, NULL, NULL, NULL, {clerk}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**ledger.ids))
    receipt = JournalEntry.objects.get(fund=ledger.other, kind="receipt", state="posted")
    back = entry(
        f"{{other}}, 'reversal', 'receipt', 'draft', 9000000, '2026-01-01', 'back', '', 'r', NULL, NULL, {receipt.pk}, NULL, {{clerk}}"
    )
    free, expected = (Account.objects.get(fund=ledger.other, kind=kind).pk for kind in ("committed", "cash"))
    ledger.ids |= {"a": free, "b": expected}
    legs = (
        f"{LEG.removesuffix(' VALUES')} SELECT id, {{a}}, {{other}}, -5 FROM funding_journalentry WHERE words = 'back';"
        f"{LEG.removesuffix(' VALUES')} SELECT id, {{b}}, {{other}}, 5 FROM funding_journalentry WHERE words = 'back'"
    )  # fmt: skip
    attack(ledger, f"{back};{legs};UPDATE funding_journalentry SET {POSTED} WHERE words = 'back'")


def test_an_overdraft_by_a_hand_made_entry_is_refused_by_the_balance(ledger: Ledger) -> None:
    new = entry(
        "{fund}, 'receipt', 'receipt', 'draft', 5, '2026-01-01', 'over', '', '', NULL, NULL, NULL, NULL, {clerk}"
    )
    legs = ";".join(
        f"INSERT INTO funding_leg (entry_id, account_id, fund_id, amount) SELECT id, {{{account}}}, {{fund}}, {amount} "
        "FROM funding_journalentry WHERE words = 'over'"
        for account, amount in (("cash", -99_000_000), ("spent", 99_000_000))
    )
    attack(ledger, f"{new};{legs};UPDATE funding_journalentry SET {POSTED} WHERE words = 'over'")


def test_balances_are_what_the_legs_say(ledger: Ledger) -> None:
    paid = {"paid": D("38800.00"), "spent": D("38800.00")}
    assert figures(ledger.fund) == {"cash": D("61200.00"), "committed": D("60000.00"), "retained": D("1200.00"), **paid}


def test_every_guard_stands_and_a_weakened_one_is_found(db: None) -> None:
    assert triggers.missing(connection) == []
    names = [name for name in triggers.present(connection) if "journalentry_post" in name]
    assert len(names) == 1
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # the trigger stands, its function does nothing
            cursor.execute(
                f'CREATE OR REPLACE FUNCTION "{names[0]}"() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$'
            )
        else:
            cursor.execute(f'DROP TRIGGER "{names[0]}"')
    assert [trigger.name for trigger in triggers.missing(connection)] == names
    assert triggers.install(connection) == names and triggers.missing(connection) == []


@sqlite_only
@pytest.mark.django_db(transaction=True)
def test_composite_keys_and_guards_survive_a_rebuilt_table(money: Money) -> None:
    """SQLite rebuilds a table for an altered column: the constraint is in the model and the guards are put back."""
    Ledger(money)
    triggers.step_aside(connection)
    with connection.schema_editor() as editor:
        for model in (Leg, JournalEntry, Account):
            editor._remake_table(model)
    assert triggers.missing(connection), "a rebuilt table has lost its own guards too"
    triggers.install(connection)
    assert triggers.missing(connection) == []
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
    with connection.cursor() as cursor:
        for table, least in (("funding_leg", 2), ("funding_journalentry", 4)):
            cursor.execute(
                f"SELECT COUNT(*) FROM (SELECT id FROM pragma_foreign_key_list('{table}') GROUP BY id HAVING COUNT(*) > 1)"
            )
            assert cursor.fetchone()[0] == least
