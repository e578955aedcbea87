"""玉林: one project from the reserve to aftercare, each gate tried too early; a lone line needs its reason, a hazard its answer."""

import datetime as dt
from collections.abc import Callable

from communities.models import Community
from tests.life import acts
from tests.life.stage import Walk, doing

D = dt.date
DRAIN = "yulin/基础类/市政配套基础设施改造/排水"


def test_a_project_of_yulin_from_the_reserve_to_aftercare(walking: Callable[[str, dt.date], Walk]) -> None:
    walk = walking("玉州区", D(2026, 9, 7))
    community = acts.register(walk, "东明社区")
    acts.hazard(walk, community, "drainage", "排水管老化渗漏")
    acts.put_into_plan(walk, community, 2027)
    acts.describe(walk, facts=["elevator"], works=["water", "gas", "elevator"], national_task="on")
    declared(walk, community)
    designed(walk)
    walk.through(
        "start",
        acts.permits(walk, "permits", "scheme_approval", "budget_review", rule="YL-19"),
        acts.permits(walk, "permits", "elevator_approval", rule="YL-10"),
        acts.party(walk, "designer", "cost_consultant", "contractor"),
        acts.permits(walk, "pipeline_plan"),
    )
    accepted(walk)
    walk.complete()


def declared(walk: Walk, community: Community) -> None:
    """The register surveyed through, the willingness survey; a leader says why the project stands alone."""
    walk.through(
        "declare",
        doing("division_survey")(lambda: acts.correct(walk, community, surveyed_on="2026-09-01")),
        acts.survey(walk, "willingness", "willingness_survey"),
        acts.exception(walk, "YL-18", "declare", "whole_area", "周边小区近年已改造，单独实施"),
    )
    walk.later(2)
    acts.declare(walk, "玉政函〔2026〕41号")


def designed(walk: Walk) -> None:
    """A scheme that leaves the drains out answers no hazard; with them in it does."""
    walk.to(D(2027, 2, 22))
    acts.scheme(walk, ("yulin/完善类//加装电梯", {"payer-1": "resident_direct"}))
    walk.through(
        "scheme",
        doing("scheme_papers")(lambda: acts.fix(walk)),
        doing("basic_items_answered", "hazards_answered")(
            lambda: (acts.answer_with(walk, DRAIN), acts.fix(walk, "列入排水"))
        ),
    )
    walk.through("review")


def accepted(walk: Walk) -> None:
    """The acceptance has no parties by this document; the filing is the statute's; a manager is."""
    acts.works(walk)
    walk.later(150)
    acts.acceptance(walk, ()).do()
    walk.through("accept")
    walk.later(9)
    walk.through("close", acts.filing(walk))
    walk.through("aftercare", acts.manager(walk))
