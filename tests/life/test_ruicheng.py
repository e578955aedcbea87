"""芮城: one project from the reserve to aftercare, each gate tried too early; permits that RC-17 leaves needed; the city's review anew."""

import datetime as dt
from collections.abc import Callable

from communities.models import Community
from tests.life import acts
from tests.life.stage import Walk, doing

D = dt.date
PARTIES = (
    "neighbourhood", "residents_representative", "designer", "contractor", "supervisor", "county_leading_group_office",
)  # fmt: skip
FACTS = ["land_special_case", "uses_existing_land", "utility_facilities_to_transfer", "property_service"]
PERMITS = ("project_approval", "budget_review", "tender", "quality_filing", "safety_filing", "construction_permit")
ROAD, GARDEN = "ruicheng/基础类//道路", "ruicheng/完善类//建设小区游园"


def test_a_project_of_ruicheng_from_the_reserve_to_aftercare(walking: Callable[[str, dt.date], Walk]) -> None:
    walk = walking("芮城县", D(2026, 9, 7))
    community = acts.register(walk, "洞宾社区", excluded="shantytown", excluded_evidence="自然资源局台账")
    acts.put_into_plan(walk, community, 2027)
    acts.describe(walk, facts=FACTS, works=["road"])
    declared(walk, community)
    reviewed(walk)
    started(walk)
    accepted(walk)
    walk.complete()


def declared(walk: Walk, community: Community) -> None:
    """The consent of four fifths and the papers of the plan."""
    walk.through(
        "declare",
        doing("eligibility")(lambda: acts.correct(walk, community, excluded="")),
        acts.survey(walk, "plan_consent", "plan_consent", homes=24),
        acts.paper(walk, "department_plans", of_plan=True),
        acts.paper(walk, "no_hidden_debt", of_plan=True),
        acts.paper(
            walk, "fiscal_capacity", of_plan=True, short={"needed": "3000000.01"}, capacity="3000000", needed="3000000"
        ),
    )
    walk.later(2)
    acts.declare(walk, "芮政函〔2026〕31号")


def reviewed(walk: Walk) -> None:
    """N and X apart, four fifths asked, five days on the board, then the city's office."""
    walk.to(D(2027, 1, 18))
    acts.scheme(
        walk,
        (ROAD, {"payer-1": "county"}),
        (GARDEN, {"payer-1": "county", "payer-2": "resident_direct", "part-2": "15000"}),
    )
    walk.through(
        "scheme",
        acts.paper(walk, "survey_coverage", short={"asked": "23"}, households="30", asked="24"),
        doing("cost_split")(lambda: (acts.ratio(walk, "15"), acts.fix(walk))),
    )
    walk.through("review", acts.notice(walk, D(2027, 1, 20), D(2027, 1, 25)), acts.review(walk))


def started(walk: Walk) -> None:
    """A new version undoes the review; permits waived and needed; then the start."""
    walk.later(3)
    acts.add_line(walk, "ruicheng/基础类//照明", **{"payer-1": "county"})
    acts.fix(walk, "增加照明")
    renewed = acts.again(walk, D(2027, 2, 1), D(2027, 2, 11))  # the fifth day lies in the Spring Festival
    walk.through(
        "start",
        acts.permits(walk, "permits", *PERMITS, rule="RC-16"),
        acts.permits(walk, "permits", "land_commitment", rule="RC-17"),
        acts.permits(
            walk, "consents_of_neighbours", "planning_conformity", "right_holders_consent", "neighbours_consent"
        ),
        acts.permits(walk, "heritage_paper"),
        doing("review")(lambda: (renewed.do(), acts.facts(walk))),
    )


def accepted(walk: Walk) -> None:
    """Residents who supervise and are satisfied, the joint acceptance, the handover to the utility, a chosen company."""
    acts.works(walk)
    walk.later(150)
    walk.through(
        "accept",
        acts.supervision(walk),
        acts.paper(walk, "satisfaction", short={"satisfied": "19"}, respondents="24", satisfied="20"),
        acts.acceptance(walk, PARTIES),
    )
    walk.later(14)
    walk.through("close", acts.filing(walk), acts.handover(walk, "utility"))
    walk.through(
        "aftercare",
        acts.manager(walk),
        acts.paper(walk, "vote:property_service", short={"agreeing_heads": "10"}, **acts.VOTE),
    )
