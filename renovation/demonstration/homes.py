"""A lift shared by floors among sixteen homes of one stairwell: announced, half of them have paid, one got a part back."""

import datetime as dt
from fractions import Fraction

from communities.actions import change_home
from communities.models import Community, Home
from funding import actions
from funding.models import Fund
from renovation.demonstration.rolls import READY
from renovation.demonstration.story import Story

PLACE, TITLE = "城中区", "1号楼1单元加装电梯居民出资"
FLOORS = {1: "0", 2: "1/2", 3: "1", 4: "5/4", 5: "3/2", 6: "7/4", 7: "2", 8: "9/4"}
D = dt.date


def tell(story: Story, today: dt.date) -> None:
    """After the homes' floors were entered."""
    day = D(2026, 9, 2)
    homes, fund = _homes(story, day), _fund(story, day)
    clerk, at = story.clerk(PLACE), story.at(day)
    row = actions.apportion(
        by=clerk, at=at, today=day, fund=fund, title=TITLE, way="table", amount="164000.00", pay_by=D(2026, 12, 31),
        agreement="1号楼1单元加装电梯费用分摊协议（2026年8月16日，16户签字）", homes=[home.uid for home in homes],
        floors={floor: Fraction(weight) for floor, weight in FLOORS.items()},
    )  # fmt: skip
    row = actions.announce_apportionment(by=story.checker(PLACE), at=story.at(day, 15), today=day, row=row)
    clerk_of_finance = story.offices.user(PLACE, "finance", "clerk")
    paid = []
    for number, due in enumerate(row.dues.filter(amount__gt=0).order_by("pk")[:8]):
        on = day + dt.timedelta(days=5 + number)
        amount = due.amount if number % 4 else due.amount / 2
        receipt = actions.collect(
            by=clerk,
            at=story.at(on),
            today=on,
            due=due,
            amount=f"{amount:.2f}",
            day=on,
            voucher=f"建行流水{on:%m%d}-{number + 1:03d}",
        )
        if number < 7:
            paid.append(actions.check_receipt(by=clerk_of_finance, at=story.at(on, 16), row=receipt))
    on = D(2026, 9, 20)
    refund = actions.give_back(
        by=clerk, at=story.at(on), today=on, receipt=paid[1], amount="500.00", day=on, voucher="建行退款0920-001",
        reason="协议补充条款调整后多缴部分",
    )  # fmt: skip
    actions.check_receipt(by=story.offices.user(PLACE, "finance", "approver"), at=story.at(on, 16), row=refund)


def _homes(story: Story, day: dt.date) -> list[Home]:
    """The stairwell, with the floor of each home entered."""
    community = Community.objects.get(name=READY[0])
    rows = Home.objects.filter(building__community=community, building__name="1号楼", unit="1单元").order_by("pk")
    return [
        change_home(
            by=story.clerk(PLACE), at=story.at(day, 9), home=home, values={"floor": int(home.room[:-2])}, expected_version=home.version
        )
        for home in rows
    ]  # fmt: skip


def _fund(story: Story, day: dt.date) -> Fund:
    finance, leader = (story.offices.user(PLACE, "finance", role) for role in ("clerk", "leader"))
    at = story.at(day, 9)
    source = actions.register_source(
        by=finance, at=at, today=day, division=story.division(PLACE), kind="resident_direct", name=TITLE, amount="164000.00",
        issued_on=day, year=day.year, purpose="既有住宅加装电梯",
    )  # fmt: skip
    source = actions.confirm_source(by=leader, at=at, source=source)
    project = story.project(READY[0])
    entry = actions.allot(by=finance, at=at, today=day, source=source, project=project.uid, amount="164000.00", day=day)
    return Fund.objects.select_related("source").get(pk=entry.fund_id)
