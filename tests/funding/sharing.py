"""Short ways to share, collect and give back residents' money by the real actions."""

import datetime as dt
from typing import Any

from funding import actions
from funding.collecting import Collected, collected
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, Money

PAY_BY = TODAY + dt.timedelta(days=30)


def share(money: Money, amount: str = "1000.00", way: str = "area", **more: Any) -> Apportionment:
    given_ = {"by": money.user("clerk"), "at": AT, "today": TODAY, "title": "外墙", "pay_by": PAY_BY}
    fund = Fund.objects.get(source__kind="resident_direct")
    return actions.apportion(**given_, fund=fund, way=way, amount=amount, **more)  # type: ignore[arg-type]


def confirmed(money: Money, row: Apportionment) -> Apportionment:
    return actions.announce_apportionment(by=money.user("second"), at=AT, today=TODAY, row=row)


def pay(money: Money, due: HomeDue, amount: object = "10.00", voucher: str = "收1", **more: Any) -> DueReceipt:
    return actions.collect(
        by=money.user("clerk"), at=AT, today=TODAY, due=due, amount=amount, day=DAY, voucher=voucher, **more
    )


def paid(money: Money, due: HomeDue, amount: object, voucher: str = "收1") -> DueReceipt:
    return actions.check_receipt(by=money.user("checker"), at=AT, row=pay(money, due, amount, voucher))


def back(money: Money, receipt: DueReceipt, amount: object, voucher: str = "退1", **more: Any) -> DueReceipt:
    return actions.give_back(
        by=money.user("clerk"),
        at=AT,
        today=TODAY,
        receipt=receipt,
        amount=amount,
        day=DAY,
        voucher=voucher,
        reason="多缴",
        **more,
    )


def sums(row: Apportionment) -> Collected:
    return collected([row])[row.pk]
