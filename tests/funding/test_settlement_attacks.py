"""Raw SQL against settlements and the purses that they close: all refused, on both databases, and nothing moved."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from funding.models import Account, Settlement
from tests.funding.stage import Money, everything
from tests.funding.test_attacks import MOMENT, entry
from tests.funding.test_settlement import Works, closed

pytestmark = pytest.mark.django_db

ITEM = "INSERT INTO funding_settlementitem (settlement_id, item, planned, committed, reviewed, paper, reason, payer) VALUES "
PURSE = "UPDATE funding_fund SET settlement_id"


@pytest.fixture
def ids(ruicheng: Money) -> dict[str, Any]:
    """See ``stage``."""
    return stage(ruicheng)


def stage(ruicheng: Money) -> dict[str, Any]:
    """A closed settlement, an entered one of another project; ids by name."""
    works = Works(ruicheng)
    row = closed(works)
    other = Works(ruicheng, "糖酒公司住宅楼")
    waiting = other.enter()
    return {
        "closed": row.pk, "waiting": waiting.pk, "item": waiting.items.order_by("pk")[0].pk, "fund": works.central.pk,
        "open": other.central.pk, "clerk": ruicheng.user("clerk").pk, "checker": ruicheng.user("checker").pk,
        "leader": ruicheng.user("leader").pk, "commitment": works.contract.commitments.order_by("pk")[0].pk,
        "contract": works.contract.pk, "project": works.project.uid.hex, "source": other.county.source_id,
        "cash": Account.objects.get(fund=works.central, kind="cash").pk, "file": waiting.file_id, "closed_file": row.file_id,
        "expected": Account.objects.get(fund=works.central, kind="expected").pk,
        "free": Account.objects.get(fund=works.central, kind="free").pk, "water_fund": other.county.pk,
        "water": other.contract.commitments.get(item="供水").pk, "water_entry": other.county.entries.order_by("pk")[0].pk,
        "water_committed": Account.objects.get(fund=other.county, kind="committed").pk,
        "water_retained": Account.objects.get(fund=other.county, kind="retained").pk,
    }  # fmt: skip


CONFIRM = f"state = 'confirmed', confirmed_by_id = {{checker}}, confirmed_at = {MOMENT}"
LEGS = "INSERT INTO funding_leg (entry_id, account_id, fund_id, amount) SELECT id, {{{0}}}, {{fund}}, {1} FROM funding_journalentry " \
       "WHERE words = 'own'"  # fmt: skip
ATTACKS = {
    "a total": "UPDATE funding_settlement SET total = 1 WHERE id = {waiting}",
    "what the county owes": "UPDATE funding_settlement SET county_owes = 0 WHERE id = {waiting}",
    "the ratio": "UPDATE funding_settlement SET ratio_part = 1, ratio_whole = 1 WHERE id = {closed}",
    "an item": "UPDATE funding_settlementitem SET reviewed = reviewed + 1 WHERE id = {item}",
    "an item deleted": "DELETE FROM funding_settlementitem WHERE id = {item}",
    "an item more in a closed one": ITEM + "({closed}, 'x', 1, 1, 1, 'p', '', '')",
    "an item twice": ITEM + "({waiting}, '道路', 1, 1, 1, 'p', '', '')",
    "an over-run without a reason": ITEM + "({waiting}, 'x', 1, 1, 2, 'p', '', 'county')",
    "an over-run that nobody pays": ITEM + "({waiting}, 'x', 1, 1, 2, 'p', 'r', '')",
    "confirmed by the one who entered": f"UPDATE funding_settlement SET {CONFIRM.replace('checker', 'clerk')} WHERE id = {{waiting}}",
    "confirmed by nobody": "UPDATE funding_settlement SET state = 'confirmed' WHERE id = {waiting}",
    "confirmed with items that are not its total": f"{ITEM}({{waiting}}, 'x', 1, 1, 1, 'p', '', '');"
    f"UPDATE funding_settlement SET {CONFIRM} WHERE id = {{waiting}}",
    "closed without confirming": f"UPDATE funding_settlement SET state = 'closed', closed_by_id = {{leader}}, closed_at = {MOMENT}, "
    "confirmed_by_id = {checker}, confirmed_at = closed_at WHERE id = {waiting}",
    "closed with money in the purses": f"UPDATE funding_settlement SET {CONFIRM} WHERE id = {{waiting}};"
    f"UPDATE funding_settlement SET state = 'closed', closed_by_id = {{leader}}, closed_at = {MOMENT} WHERE id = {{waiting}}",
    "closed by the one who entered": f"UPDATE funding_settlement SET {CONFIRM} WHERE id = {{waiting}};"
    f"UPDATE funding_settlement SET state = 'closed', closed_by_id = {{clerk}}, closed_at = {MOMENT} WHERE id = {{waiting}}",
    "a closed one back": "UPDATE funding_settlement SET state = 'confirmed', closed_by_id = NULL, closed_at = NULL WHERE id = {closed}",
    "reopened by one": f"UPDATE funding_settlement SET state = 'reopened', reopen_asked_by_id = {{leader}}, reopened_by_id = {{leader}}, "
    f"reopened_at = {MOMENT}, reopen_reason = 'r', reopen_paper = 'p' WHERE id = {{closed}}",
    "reopened without a paper": f"UPDATE funding_settlement SET state = 'reopened', reopen_asked_by_id = {{clerk}}, "
    f"reopened_by_id = {{leader}}, reopened_at = {MOMENT}, reopen_reason = 'r' WHERE id = {{closed}}",
    "another report": "UPDATE funding_settlement SET file_id = {closed_file} WHERE id = {waiting}",
    "the report taken away": "UPDATE funding_settlement SET file_id = NULL WHERE id = {closed}",
    "a settlement deleted": "DELETE FROM funding_settlement WHERE id = {closed}",
    "a second one": "INSERT INTO funding_settlement (uid, version, created_at, updated_at, division_id, project_uid, project_name, number, "
    "state, reviewer, report_number, reviewed_on, total, upper_subsidies, other_contributions, county_received, ratio_paper, rule, "
    "rulebook, entered_by_id, return_reason, reopen_reason, reopen_paper) SELECT '" + "e" * 32 + "', 1, created_at, updated_at, "
    "division_id, project_uid, 'x', 9, 'entered', 'x', 'x', reviewed_on, 1, 0, 0, 0, '', '', '', entered_by_id, '', '', '' "
    "FROM funding_settlement WHERE id = {closed}",
    "a purse opened": f"{PURSE} = NULL WHERE id = {{fund}}",
    "a purse closed with money in it": f"{PURSE} = {{closed}} WHERE id = {{open}}",
    "a purse closed by one that waits": f"{PURSE} = {{waiting}} WHERE id = {{open}}",
    "a new purse of a closed project": "INSERT INTO funding_fund (uid, version, created_at, updated_at, division_id, source_id, "
    "project_uid, project_name, allotted) SELECT '" + "d" * 32 + "', 1, created_at, updated_at, division_id, {source}, project_uid, 'x', 0 "
    "FROM funding_fund WHERE id = {fund}",
    "a promise of a closed purse": "INSERT INTO funding_commitment (contract_id, fund_id, project_uid, item, item_class, item_reason, "
    "amount, unspent, held) SELECT {contract}, id, project_uid, 'x', '', '', 0, 0, 0 FROM funding_fund WHERE id = {fund}",
    "a request of a closed project": "INSERT INTO funding_payment (uid, version, created_at, updated_at, contract_id, kind, state, "
    "progress, amount, held, words, paper, requested_by_id, requested_at, voucher, reason) "
    "SELECT '" + "c" * 32 + "', 1, created_at, updated_at, id, "
    "'progress', 'requested', amount, 1, 0, 'x', 'x', {clerk}, created_at, '', '' FROM funding_contract WHERE id = {contract}",
    "an entry in a closed purse": entry(
        "{fund}, 'allotment', 'allotment', 'draft', 5, '2026-01-01', 'own', '', '', NULL, NULL, NULL, NULL, {clerk}"
    ) + f";{LEGS.format('expected', 5)};{LEGS.format('free', -5)};UPDATE funding_journalentry SET state = 'posted', "
    f"posted_by_id = {{leader}}, posted_at = {MOMENT} WHERE words = 'own'",
}  # fmt: skip


def stands(ids: dict[str, Any], sql: str) -> bool:
    """Whether the database refuses the statements (separated by ``;``)."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in sql.format(**ids).split(";"):
                cursor.execute(statement)
            connection.check_constraints()
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def test_a_statement_that_would_change_a_settlement_is_refused(ids: dict[str, Any]) -> None:
    before = everything()
    assert [name for name, sql in ATTACKS.items() if not stands(ids, sql)] == []
    assert everything() == before


def test_the_database_itself_closes_and_opens_the_purses(ruicheng: Money) -> None:
    works = Works(ruicheng)
    row = closed(works)
    works.central.refresh_from_db()
    assert works.central.settlement_id == row.pk
    works.reopen(row)
    works.central.refresh_from_db()
    assert works.central.settlement_id is None and Settlement.objects.get(pk=row.pk).state == "reopened"
