"""Each condition that the database itself holds over money is attacked by a raw statement that meets that very condition.

``ATTACKS`` names the guard of each statement by its table and name; a new guard without an attack here, or in one of the other lists of
attacks, fails.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from communities.models import Home
from funding import actions
from funding.actions.book import draft, post
from funding.actions.contracts import Line
from funding.actions.plans import LineInput
from funding.models import (
    Account,
    Apportionment,
    AuditFlag,
    Commitment,
    Contract,
    ContractChange,
    ContractChangeLine,
    DueReceipt,
    Fund,
    FundingPlan,
    FundingPlanLine,
    FundingSource,
    Gift,
    PayeeAccount,
    Payment,
    Settlement,
)
from offices.demands import Demand, demands
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, Money
from tests.funding.test_attacks import ATTACKS as LEDGER
from tests.funding.test_attacks import LEG, MOMENT, Ledger, entry
from tests.funding.test_home_attacks import ATTACKS as HOMES
from tests.funding.test_home_attacks import CHECK, drafted_reversal, receipt
from tests.funding.test_home_attacks import stage as home_stage
from tests.funding.test_settlement_attacks import ATTACKS as SETTLEMENTS
from tests.funding.test_settlement_attacks import CONFIRM
from tests.funding.test_settlement_attacks import stage as settlement_stage

pytestmark = pytest.mark.django_db


def copied(model: type[models.Model], name: str, **changed: str) -> str:
    """INSERT of a row like that of ``{name}`` with another uid; ``changed``: SQL by column."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.primary_key]
    if "uid" in columns:
        changed.setdefault("uid", f"'{uuid.uuid4().hex}'")
    table, values = model._meta.db_table, ", ".join(changed.get(column, column) for column in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE id = {{{name}}}"


def legs(*moves: tuple[str, int]) -> str:
    """Legs of the entry with the words ``own``: account by name, 分."""
    rows = (
        f"{LEG.removesuffix(' VALUES')} SELECT id, {{{account}}}, fund_id, {fen} FROM funding_journalentry WHERE words = 'own'"
        for account, fen in moves
    )
    return ";".join(rows)


def posted(values: str, *moves: tuple[str, int]) -> str:
    """An entry (see ``entry``) with its legs, posted by the leader."""
    return f"{entry(values)};{legs(*moves)};UPDATE funding_journalentry SET state = 'posted', posted_by_id = {{leader}}, " \
           f"posted_at = {MOMENT} WHERE words = 'own'"  # fmt: skip


OWN = "'2026-01-01', 'own', 'v', ''"
UNCONFIRMED = {"confirmed_by_id": "NULL", "confirmed_at": "NULL"}
OTHER = {"confirmed_by_id": "{leader}", "confirmed_at": MOMENT}
OF_SETTLEMENT = {"Settlement begins", "Commitment reviewed"}
ATTACKS: dict[str, str] = {
    "Payment begins": copied(Payment, "released"),
    "PayeeAccount begins": copied(PayeeAccount, "payee"),
    "FundingSource confirmed": "UPDATE funding_fundingsource SET confirmed_by_id = NULL, confirmed_at = NULL WHERE id = {source}",
    "FundingSource begins": copied(FundingSource, "source", allotted="0"),
    "FundingSource counter": copied(FundingSource, "source", **UNCONFIRMED),
    "Gift confirmed": "UPDATE funding_gift SET confirmed_by_id = {leader} WHERE id = {gift}",
    "Gift begins": copied(Gift, "gift"),
    "JournalEntry released": posted(
        f"{{fund}}, 'payment', 'payment', 'draft', 100, {OWN}, {{commitment}}, {{part}}, NULL, NULL, {{clerk}}",
        ("committed", 100), ("retained", -3), ("cash", -97), ("paid", 97), ("spent", -97),
    ),
    "JournalEntry promised": posted(
        f"{{fund}}, 'commitment', 'commitment', 'draft', 100, {OWN}, {{commitment}}, NULL, NULL, NULL, {{clerk}}",
        ("free", 100), ("committed", -100),
    ),
    "Fund begins": copied(Fund, "fund"),
    "Commitment begins": copied(Commitment, "commitment"),
    "Contract begins": copied(Contract, "contract", supplement="0"),
    "Contract unsupplemented": copied(Contract, "contract", committed="0", supplement="5"),
    "Contract supplement": "UPDATE funding_contract SET supplement = supplement + 1 WHERE id = {contract}",
    "ContractChange begins": copied(ContractChange, "change", **OTHER),
    "ContractChange decided": "UPDATE funding_contractchange SET refused_by_id = {leader} WHERE id = {refused}",
    "ContractChange whole": "INSERT INTO funding_contractchangeline (change_id, fund_id, amount, item, item_class, reason) "
    "SELECT {change}, {second_fund}, 1, item, item_class, reason FROM funding_contractchangeline WHERE change_id = {change};"
    f"UPDATE funding_contractchange SET confirmed_by_id = {{leader}}, confirmed_at = {MOMENT} WHERE id = {{change}}",
    "ContractChangeLine open": copied(ContractChangeLine, "line", fund_id="{second_fund}"),
    "FundingPlan begins": copied(FundingPlan, "plan", number="9", **OTHER),
    "FundingPlan confirmed": "UPDATE funding_fundingplan SET confirmed_by_id = {leader} WHERE id = {plan}",
    "FundingPlan whole": copied(FundingPlanLine, "open_line") + ";UPDATE funding_fundingplan SET "
    f"confirmed_by_id = {{leader}}, confirmed_at = {MOMENT} WHERE id = {{open_plan}}",
    "FundingPlanLine open": copied(FundingPlanLine, "plan_line"),
    "Apportionment begins": copied(Apportionment, "row"),
    "Apportionment whole": copied(Apportionment, "draft", amount="amount + 1") + ";UPDATE funding_apportionment SET "
    f"confirmed_by_id = {{leader}}, confirmed_at = {MOMENT}, digest = 'x' WHERE confirmed_by_id IS NULL AND id <> {{draft}}",
    "DueReceipt within": f"UPDATE funding_duereceipt SET {CHECK}, entry_id = {{hand}} WHERE id = {{over}}",
    "JournalEntry given_back": "UPDATE funding_journalentry SET state = 'posted', posted_by_id = {leader}, "
    f"posted_at = {MOMENT} WHERE id = {{by_hand}}",
    "AuditFlag begins": copied(AuditFlag, "flag", state="'closed'"),
    "AuditFlag steps": "UPDATE funding_auditflag SET state = 'closed' WHERE id = {flag}",
    "FlagNote another": "INSERT INTO funding_flagnote (flag_id, step, text, by_id, at) "
    f"VALUES ({{explained}}, 'close', 'x', {{clerk}}, {MOMENT})",
    "Settlement begins": copied(Settlement, "closed"),
    "Commitment reviewed": f"UPDATE funding_settlement SET {CONFIRM} WHERE id = {{waiting}};" + posted(
        "{water_fund}, 'refund', 'refund', 'draft', 1, '2026-01-01', 'own', '', 'r', {water}, NULL, NULL, {water_entry}, {clerk}",
        ("water_committed", 20_000_000), ("water_retained", -20_000_000),
    ),
}  # fmt: skip


def _homes(money: Money, homes: list[Home]) -> dict[str, Any]:
    """The rows of the homes' attacks; a receipt beyond its home's share that waits, and an entry for it."""
    found = home_stage(money, homes)
    found["by_hand"] = drafted_reversal(found, found["entry"])
    with connection.cursor() as cursor:
        cursor.execute(receipt("{other_due}, 'paid', 90000, NULL, ''").format(**found))
    over = DueReceipt.objects.latest("pk")
    entered = draft(
        by=money.user("clerk"), at=AT, fund=Fund.objects.get(pk=found["fund"]), kind="receipt", amount=over.amount, day=TODAY,
        moves={"cash": over.amount, "expected": -over.amount}, words="hand",
    )  # fmt: skip
    return {
        **found,
        "over": over.pk,
        "hand": post(entered, by=money.user("checker"), at=AT).pk,
        "leader": money.user("leader").pk,
    }


def _books(money: Money) -> dict[str, Any]:
    """A contract with a released and a checked payment, supplements confirmed, refused and waiting, plans, a gift, flags."""
    clerk, checker, project = money.user("clerk"), money.user("checker"), money.project("五一路粮食局宿舍")
    source = money.source("3000.00")
    fund, second = (
        money.fund(source, project, "2000.00", "2000.00"),
        money.fund(money.source("9.00", name="他"), project, "9.00"),
    )
    contract = money.contract(project, "1000.00", Line(fund, "1000.00", "供水"))
    money.pay(contract, "100.00")
    waiting = money.check(money.request(Contract.objects.get(pk=contract.pk), "100.00"))
    changes = []
    for number, accept in enumerate((True, False, None)):
        change = actions.enter_change(
            by=clerk, at=AT, today=TODAY, contract=contract, number=f"补-{number}", amount="10.00", signed_on=DAY, reason="加大",
            lines=[Line(fund, "10.00", "供水")],
        )  # fmt: skip
        if accept is not None:
            actions.decide_change(by=checker, at=AT, today=TODAY, change=change, accept=accept)
        changes.append(change)
    line, plans = LineInput("county", "10.00", "expected"), []
    for _ in range(2):
        plans.append(actions.record_plan(by=clerk, at=AT, project=project.uid, lines=[line], no_hidden_debt=True))
        if len(plans) == 1:
            actions.confirm_plan(by=money.user("second"), at=AT, today=TODAY, plan=plans[0])
    gift = actions.record_gift(
        by=clerk,
        at=AT,
        today=TODAY,
        project=project.uid,
        kind="labour",
        words="投工",
        basis="工日",
        value="5.00",
        given_on=DAY,
    )
    flags = [
        AuditFlag.objects.create(
            kind="share_short", about_kind="project", about_uid=uuid.uuid4(), title="x", link="/", project_uid=project.uid, text="x",
            project_name="x", raised_on=DAY, division=project.division, created_at=AT, updated_at=AT,
        )
        for _ in range(2)
    ]  # fmt: skip
    actions.explain_flag(by=clerk, at=AT, flag=flags[1], text="说明")
    found = {
        "released": Payment.objects.get(state="released", contract=contract).pk, "payee": contract.payees.get().pk,
        "source": source.pk, "fund": fund.pk,
        "gift": actions.confirm_gift(by=checker, at=AT, gift=gift).pk, "second_fund": second.pk, "contract": contract.pk,
        "commitment": contract.commitments.get().pk, "part": waiting.parts.get().pk, "change": changes[2].pk, "refused": changes[1].pk,
        "line": changes[0].lines.get().pk, "plan": plans[0].pk, "plan_line": plans[0].lines.get().pk, "open_plan": plans[1].pk,
        "open_line": plans[1].lines.get().pk, "flag": flags[0].pk, "explained": flags[1].pk,
    }  # fmt: skip
    return found | {row.kind: row.pk for row in Account.objects.filter(fund=fund)}


def said(ids: Mapping[str, Any], sql: str) -> str:
    """What refused the statements (separated by ``;``); empty where nothing did. Nothing of it stays."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in sql.format(**ids).split(";"):
                cursor.execute(statement)
            connection.check_constraints()
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error).splitlines()[0]
    return ""


def test_no_guard_of_money_is_without_its_attack(money: Money, homes: list[Home]) -> None:
    """A refusal counts for the guard whose words it says, so no attack is taken for another guard's."""
    guards = {f"{row.model._meta.db_table}: {row.words}": row for row in demands() if row.words and _of_money(row)}
    own = _homes(money, homes) | _books(money)
    county = settlement_stage(Money(money.offices, "芮城县"))
    stages = ((LEDGER, Ledger(Money(money.offices, "芮城县")).ids), (HOMES, own), (SETTLEMENTS, county))
    met = {said(ids, sql) for attacks, ids in stages for sql in attacks.values()}
    missed = {}
    for name, sql in ATTACKS.items():
        words = said(county if name in OF_SETTLEMENT else own, sql)
        met.add(words)
        if words not in guards or f"{guards[words].model.__name__} {guards[words].name}" != name:
            missed[name] = words
    assert missed == {}
    assert {f"{row.model.__name__} {row.name}" for words, row in guards.items() if words not in met} == set()


def _of_money(demand: Demand) -> bool:
    return demand.model._meta.app_label == "funding"
