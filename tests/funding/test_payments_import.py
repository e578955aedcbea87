"""A bank's list becomes receipts: previewed, all or nothing, once however often it comes; finance checks them at one go."""

import datetime as dt

import pytest

from communities import actions as register
from communities.models import Home, Import
from funding import actions
from funding.models import Apportionment, DueReceipt, Fund
from policies.refusal import Refused
from tests.cast import AT
from tests.funding.sharing import confirmed, pay, share, sums
from tests.funding.stage import D, Money, figures, refused

pytestmark = pytest.mark.django_db
HEAD = "分摊名称\t房屋\t交易金额\t交易日期\t流水号\n"
LINES = "外墙\t3号楼 101\t６６.52\t2026-2-10\tB1\n外墙\t3号楼 201\t100.00\t2026.2.11\tB2\n"


def brought(money: Money, body: str) -> Import:
    by = money.user("clerk")
    source = register.upload_import(
        by=by, at=AT, kind="payments", division=money.offices.divisions["城中区"], upload=register.pasted(HEAD + body), options={}
    )  # fmt: skip
    return register.read_import(source=source, at=AT)


@pytest.fixture
def row(money: Money, homes: list[Home]) -> Apportionment:
    return confirmed(money, share(money, "300.00"))


def test_a_list_is_previewed_recorded_and_checked_at_one_go(money: Money, row: Apportionment) -> None:
    source = brought(money, LINES)
    assert [line.status for line in source.rows.order_by("number")] == [
        "new",
        "new",
    ] and not DueReceipt.objects.exists()
    register.apply_import(by=money.user("clerk"), at=AT, source=source)
    assert DueReceipt.objects.count() == 2 and sums(row).waiting == 2 and "cash" not in figures(Fund.objects.get())
    again = brought(money, LINES)
    assert {line.status for line in again.rows.all()} == {"unchanged"}
    assert actions.check_receipts(by=money.user("checker"), at=AT, row=row) == 2
    assert sums(row).paid == D("166.52") == figures(Fund.objects.get())["cash"]
    nothing = refused(lambda: actions.check_receipts(by=money.user("checker"), at=AT, row=row))
    assert "没有" in nothing.detail


def test_one_wrong_line_stops_the_list_and_names_its_cell(money: Money, row: Apportionment) -> None:
    pay(money, row.dues.order_by("pk")[2], "133.04", "B7")
    wrong = (
        "外墙\t9号楼 101\t1.00\t2026-2-10\tB1", "外墙\t3号楼 301\t0.01\t2026-2-10\tB2", "外墙\t3号楼 301\t1.00\t2026-2-10\tB7",
        "外墙\t3号楼 101\t1e30\t2026-2-10\tB3", "外墙\t3号楼 101\t-1\t2026-2-10\tB4", "外墙\t3号楼 101\t0.001\t2026-2-10\tB5",
        f"外墙\t3号楼 101\t1.00\t{AT + dt.timedelta(days=9):%Y-%m-%d}\tB6", "别的\t3号楼 101\t1.00\t2026-2-10\tB8",
    )  # fmt: skip
    source = brought(money, LINES + "\n".join(wrong) + "\n")
    found = {line.number: line for line in source.rows.all()}
    bad = [line for line in found.values() if line.status == "error"]
    assert len(bad) == len(wrong) and all(line.problems[0]["message"] for line in bad)
    with pytest.raises(Refused):
        register.apply_import(by=money.user("clerk"), at=AT, source=source)
    assert DueReceipt.objects.count() == 1


def test_two_lines_of_one_home_together_beyond_its_due_are_refused(money: Money, row: Apportionment) -> None:
    source = brought(money, "外墙\t3号楼 101\t40.00\t2026-2-10\tB1\n外墙\t3号楼 101\t26.53\t2026-2-10\tB2\n")
    assert [line.status for line in source.rows.order_by("number")] == ["new", "error"]
