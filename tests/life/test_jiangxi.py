"""江西: one project from the reserve to aftercare, each gate tried too early; central money goes to a project by name."""

import datetime as dt
from collections.abc import Callable

from communities.models import Community
from tests.life import acts
from tests.life.stage import Walk, doing

D = dt.date
PARTIES = (
    "implementing_unit", "street_office", "neighbourhood_committee", "owners_committee", "designer", "contractor", "supervisor",
)  # fmt: skip


def test_a_project_of_jiangxi_from_the_reserve_to_aftercare(walking: Callable[[str, dt.date], Walk]) -> None:
    walk = walking("东湖区", D(2026, 9, 7))
    community = acts.register(walk, "八大山人社区", built_text="2004", property_right="")
    acts.put_into_plan(walk, community, 2027)
    acts.describe(walk, works=["other"], central_subsidy="on")
    declared(walk, community)
    walk.to(D(2027, 2, 22))
    acts.scheme(
        walk,
        ("jiangxi/改造基础设施//道路", {"payer-1": "central"}),
        ("jiangxi/改造基础设施//供水", {"payer-1": "central"}),
    )
    acts.fix(walk)
    walk.through("scheme")
    walk.through("review")
    walk.through(
        "start",
        acts.party(walk, "designer", "contractor", "supervisor"),
        acts.allot(walk, "200000.00"),
    )
    accepted(walk)
    walk.complete()


def declared(walk: Walk, community: Community) -> None:
    """The register first, then the community itself, then the works."""
    walk.through(
        "declare",
        doing("facts")(lambda: acts.correct(walk, community, property_right="reformed")),
        doing("eligibility", "exclusions")(lambda: acts.correct(walk, community, built_text="1994")),
        doing("central_subsidy")(lambda: acts.describe(walk, works=["road", "water"])),
        acts.paper(
            walk, "fiscal_capacity", of_plan=True, short={"needed": "2000000.01"}, capacity="2000000", needed="2000000"
        ),
    )
    walk.later(2)
    acts.declare(walk, "东府字〔2026〕12号")


def accepted(walk: Walk) -> None:
    """Seven parties, the archive, the filing, a word of what was learnt."""
    acts.works(walk)
    walk.later(150)
    walk.through("accept", acts.acceptance(walk, PARTIES))
    walk.later(9)
    walk.through("close", acts.archive(walk), acts.filing(walk))
    walk.through("aftercare")
