"""Raw SQL against what homes owe and paid, as someone with the database's shell would run it: all refused, on both databases."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from communities.models import Home
from funding import actions
from funding.actions.book import draft, post
from funding.models import DueReceipt, Fund
from policies.refusal import Refused
from tests.cast import AT, TODAY
from tests.funding.sharing import back, confirmed, paid, pay, share
from tests.funding.stage import Money, everything
from tests.funding.test_attacks import postgresql_only, sqlite_only

pytestmark = pytest.mark.django_db
MOMENT = "'2026-03-01 00:00:00+00'"
CHECK = f"checked_by_id = {{checker}}, checked_at = {MOMENT}"


@pytest.fixture
def ids(money: Money, homes: list[Home]) -> dict[str, Any]:
    """See ``stage``."""
    return stage(money, homes)


def stage(money: Money, homes: list[Home]) -> dict[str, Any]:
    """An announced apportionment of which the first home paid twice and got a part back; records that wait; one that is a draft."""
    row, draft = confirmed(money, share(money, "300.00")), share(money, "100.00")
    first, second, _ = row.dues.order_by("pk")
    receipt, other = paid(money, first, "40.00"), paid(money, first, "10.00", "收2")
    refund = actions.check_receipt(by=money.user("releaser"), at=AT, row=back(money, receipt, "15.00"))
    assert receipt.entry and other.entry
    reversal = actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=other.entry, reason="记错户")
    waiting, waits_back = pay(money, second, "50.00", "收3"), back(money, other, "5.00", "退2")
    return {
        "row": row.pk, "draft": draft.pk, "due": first.pk, "draft_due": draft.dues.order_by("pk")[0].pk, "other_due": second.pk,
        "receipt": receipt.pk, "refund": refund.pk, "waiting": waiting.pk, "waits_back": waits_back.pk, "entry": receipt.entry_id,
        "refund_entry": refund.entry_id, "other_entry": other.entry_id, "reversal": reversal.pk, "home": homes[0].pk,
        "fund": Fund.objects.get().pk, "clerk": money.user("clerk").pk, "second": money.user("second").pk,
        "checker": money.user("checker").pk, "releaser": money.user("releaser").pk,
    }  # fmt: skip


def attack(ids: dict[str, Any], sql: str, name: str = "") -> None:
    """Run a statement; it must be refused and leave every row as it was."""
    before = everything()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(**ids))
            connection.check_constraints()
    except IntegrityError:
        assert everything() == before, name
    else:
        pytest.fail(f"nothing refused: {name or sql}")


def receipt(values: str) -> str:
    """INSERT of a receipt: due, kind, amount, refunds, reason."""
    return (
        "INSERT INTO funding_duereceipt (uid, version, created_at, updated_at, day, voucher, recorded_by_id, taken_back, due_id, kind, "
        f"amount, refunds_id, reason) VALUES ('{uuid.uuid4().hex}', 1, '2026-01-01', '2026-01-01', '2026-01-01', 'x', {{clerk}}, FALSE, "
        f"{values})"
    )


ATTACKS = {
    "a share of an announced one": "UPDATE funding_homedue SET amount = 1 WHERE id = {due}",
    "a share of a draft": "UPDATE funding_homedue SET amount = 1 WHERE id = {draft_due}",
    "a share deleted": "DELETE FROM funding_homedue WHERE id = {draft_due}",
    "a home more": "INSERT INTO funding_homedue (uid, version, created_at, updated_at, label, weight_part, weight_whole, amount, "
    f"apportionment_id, home_id) SELECT '{uuid.uuid4().hex}', 1, created_at, updated_at, 'x', 1, 1, 0, {{row}}, home_id "
    "FROM funding_homedue WHERE id = {due}",
    "the amount": "UPDATE funding_apportionment SET amount = amount + 1 WHERE id = {row}",
    "the amount of a draft": "UPDATE funding_apportionment SET amount = amount + 1 WHERE id = {draft}",
    "the last day": "UPDATE funding_apportionment SET pay_by = '2030-01-01' WHERE id = {row}",
    "the hash": f"UPDATE funding_apportionment SET digest = '{'0' * 64}' WHERE id = {{row}}",
    "back to a draft": "UPDATE funding_apportionment SET confirmed_by_id = NULL, digest = '' WHERE id = {row}",
    "announced by its maker": f"UPDATE funding_apportionment SET confirmed_by_id = {{clerk}}, confirmed_at = {MOMENT}, digest = 'x' "
    "WHERE id = {draft}",
    "announced without a hash": f"UPDATE funding_apportionment SET confirmed_by_id = {{second}}, confirmed_at = {MOMENT} "
    "WHERE id = {draft}",
    "withdrawn with money in it": f"UPDATE funding_apportionment SET withdrawn_by_id = {{second}}, withdrawn_at = {MOMENT}, "
    "withdrawn_reason = 'x' WHERE id = {row}",
    "an apportionment deleted": "DELETE FROM funding_apportionment WHERE id = {draft}",
    "a receipt's amount": "UPDATE funding_duereceipt SET amount = 1 WHERE id = {waiting}",
    "a receipt to another home": "UPDATE funding_duereceipt SET due_id = {due} WHERE id = {waiting}",
    "a receipt deleted": "DELETE FROM funding_duereceipt WHERE id = {waiting}",
    "a checked receipt unchecked": "UPDATE funding_duereceipt SET checked_by_id = NULL, checked_at = NULL, entry_id = NULL "
    "WHERE id = {receipt}",
    "a checked receipt dropped": f"UPDATE funding_duereceipt SET dropped_by_id = {{clerk}}, dropped_at = {MOMENT} WHERE id = {{receipt}}",
    "a receipt taken back by hand": "UPDATE funding_duereceipt SET taken_back = TRUE WHERE id = {receipt}",
    "a receipt without an entry": f"UPDATE funding_duereceipt SET {CHECK} WHERE id = {{waiting}}",
    "a receipt of another entry": f"UPDATE funding_duereceipt SET {CHECK}, entry_id = {{reversal}} WHERE id = {{waiting}}",
    "one entry for two receipts": f"UPDATE funding_duereceipt SET {CHECK}, entry_id = {{entry}} WHERE id = {{waiting}}",
    "a receipt inserted as checked": receipt("{due}, 'paid', 1, NULL, ''").replace("taken_back, due_id", "checked_by_id, checked_at, "
    "taken_back, due_id").replace("{clerk}, FALSE", f"{{clerk}}, {{checker}}, {MOMENT}, FALSE"),
    "a receipt of a draft": receipt("{draft_due}, 'paid', 1, NULL, ''"),
    "a receipt of nothing": receipt("{due}, 'paid', 0, NULL, ''"),
    "a receipt below nothing": receipt("{due}, 'paid', -5, NULL, ''"),
    "a refund of nothing named": receipt("{due}, 'refund', 1, NULL, 'x'"),
    "a refund without a reason": receipt("{due}, 'refund', 1, {receipt}, ''"),
    "a refund of another home's receipt": receipt("{other_due}, 'refund', 1, {receipt}, 'x'"),
    "a reversal of what was given back": "INSERT INTO funding_journalentry (uid, version, created_at, updated_at, fund_id, kind, concerns, "
    "state, amount, day, words, voucher, reason, reverses_id, drafted_by_id) "
    f"SELECT '{uuid.uuid4().hex}', 1, created_at, updated_at, fund_id, 'reversal', 'giveback', 'draft', amount, day, 'x', '', 'r', "
    "{refund_entry}, {checker} FROM funding_journalentry WHERE id = {refund_entry}",
    "a reversal of a receipt of which money went back": "UPDATE funding_journalentry SET state = 'posted', posted_by_id = {releaser}, "
    f"posted_at = {MOMENT} WHERE id = {{by_hand}}",
}  # fmt: skip


def test_statements_that_would_change_what_homes_owe_or_paid_are_refused(ids: dict[str, Any]) -> None:
    ids["by_hand"] = drafted_reversal(ids, ids["entry"])
    for name, sql in ATTACKS.items():
        attack(ids, sql, name)


def drafted_reversal(ids: dict[str, Any], entry: int) -> int:
    """A drafted reversal made by hand, the exact opposite of an entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO funding_journalentry (uid, version, created_at, updated_at, fund_id, kind, concerns, state, amount, day, words, "
            f"voucher, reason, reverses_id, drafted_by_id) SELECT '{uuid.uuid4().hex}', 1, created_at, updated_at, fund_id, 'reversal', "
            f"'receipt', 'draft', amount, day, 'hand', '', 'r', {entry}, {ids['checker']} FROM funding_journalentry WHERE id = {entry}"
        )
        cursor.execute("SELECT MAX(id) FROM funding_journalentry")
        made = int(cursor.fetchone()[0])
        cursor.execute(
            f"INSERT INTO funding_leg (entry_id, account_id, fund_id, amount) SELECT {made}, account_id, fund_id, -amount FROM funding_leg "
            f"WHERE entry_id = {entry}"
        )
    return made


def test_more_than_the_home_owes_is_refused_when_it_is_checked(money: Money, ids: dict[str, Any]) -> None:
    """Records may wait beyond the due; with an entry of its own booked by hand the second one is stopped by the database."""
    with connection.cursor() as cursor:
        cursor.execute(receipt("{other_due}, 'paid', 9000, NULL, ''").format(**ids))
    over = DueReceipt.objects.get(voucher="x")
    actions.check_receipt(by=money.user("checker"), at=AT, row=over)  # 90.00 of 100.44
    late = DueReceipt.objects.get(pk=ids["waiting"])  # 50.00 more
    with pytest.raises(Refused, match="还可收 10.44 元"):
        actions.check_receipt(by=money.user("checker"), at=AT, row=late)
    fund = Fund.objects.get()
    moves = {"cash": late.amount, "expected": -late.amount}
    entry = draft(
        by=money.user("clerk"),
        at=AT,
        fund=fund,
        kind="receipt",
        moves=moves,
        amount=late.amount,
        day=TODAY,
        words="hand",
    )
    ids["hand"] = post(entry, by=money.user("checker"), at=AT).pk
    attack(ids, f"UPDATE funding_duereceipt SET {CHECK}, entry_id = {{hand}} WHERE id = {{waiting}}")


@sqlite_only
def test_or_replace_is_no_way_round(ids: dict[str, Any]) -> None:
    columns = (
        "id, uid, version, created_at, updated_at, label, weight_part, weight_whole, amount, apportionment_id, home_id"
    )
    attack(
        ids,
        f"INSERT OR REPLACE INTO funding_homedue ({columns}) SELECT {columns.replace('amount', '1')} FROM funding_homedue "
        "WHERE id = {due}",
    )


@postgresql_only
def test_truncate_is_refused(ids: dict[str, Any]) -> None:
    connection.check_constraints()
    for table in ("homedue", "apportionment", "duereceipt"):
        attack(ids, f"TRUNCATE funding_{table} CASCADE")
