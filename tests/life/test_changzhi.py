"""长治: one project from the reserve to aftercare, each gate tried too early; who pays follows from the item."""

import datetime as dt
from collections.abc import Callable

from communities.models import Community
from tests.life import acts
from tests.life.stage import Walk, doing

D = dt.date
PARTIES = ("county_government", "departments", "utility", "street_and_neighbourhood", "residents_representative")
ROAD, STAIRS = "changzhi/公共区域/基础设施更新改造（小区内）/道路", "changzhi/楼体内部分/品质提升设施改造/楼道粉刷"
WATER = "changzhi/公共区域/基础设施更新改造（小区内）/供排水"


def test_a_project_of_changzhi_from_the_reserve_to_aftercare(walking: Callable[[str, dt.date], Walk]) -> None:
    walk = walking("潞州区", D(2026, 9, 7))
    community = acts.register(walk, "东营社区", excluded="urban_village", excluded_evidence="自然资源局台账")
    acts.put_into_plan(walk, community, 2027)
    acts.describe(walk, facts=["pipelines", "energy_saving", "elevator"], works=["road"], central_subsidy="on")
    declared(walk, community)
    reviewed(walk)
    walk.through(
        "start",
        acts.party(walk, "designer", "contractor", "supervisor"),
        acts.permits(walk, "heritage_paper"),
        acts.again(walk, D(2027, 3, 15), D(2027, 3, 22), own_days="7", own_counted_in="calendar_days"),
    )
    accepted(walk)
    walk.complete()


def declared(walk: Walk, community: Community) -> None:
    """Two of four for the central money, and what the county can bear."""
    walk.through(
        "declare",
        doing("exclusions")(lambda: acts.correct(walk, community, excluded="")),
        doing("central_subsidy")(lambda: acts.describe(walk, works=["road", "water"])),
        acts.paper(
            walk, "fiscal_capacity", of_plan=True, short={"needed": "2000000.01"}, capacity="2000000", needed="2000000"
        ),
    )
    walk.later(2)
    acts.declare(walk, "潞政函〔2026〕12号")


def reviewed(walk: Walk) -> None:
    """The budget item by item, the notice of its own length, the unified opinion, the county's review; then a new version."""
    walk.to(D(2027, 2, 22))
    acts.scheme(
        walk, (ROAD, {"payer-1": "central"}), (WATER, {"payer-1": "county"}), (STAIRS, {"payer-1": "resident_direct"})
    )
    walk.through(
        "scheme",
        doing("cost_split", "scheme_papers")(lambda: acts.fix(walk)),
    )
    walk.through(
        "review",
        acts.notice(walk, D(2027, 3, 1), D(2027, 3, 8), own_days="7", own_counted_in="calendar_days"),
        acts.paper(walk, "unified_opinion"),
        acts.review(walk),
    )
    walk.later(5)
    acts.add_line(walk, "changzhi/公共区域/基础设施更新改造（小区内）/照明", **{"payer-1": "county"})
    acts.fix(walk, "增加照明")


def accepted(walk: Walk) -> None:
    """Three acceptances apart, the county's own, handover to the property company, the mechanisms of aftercare."""
    acts.works(walk)
    walk.later(150)
    walk.through(
        "accept", *acts.separate(walk, "pipelines", "energy_saving", "elevator"), acts.acceptance(walk, PARTIES)
    )
    walk.later(9)
    walk.through("close", acts.handover(walk, "property_company"), acts.archive(walk), acts.filing(walk))
    fund = {"collection": "按面积交存", "use": "业主共同决定", "renewal": "不足三成时续筹"}
    walk.through(
        "aftercare",
        acts.record(walk, "joint_meeting", "joint_meeting", bodies="社区、业委会、物业公司"),
        acts.record(walk, "maintenance_fund", "maintenance_fund_mechanism", **fund),
    )
