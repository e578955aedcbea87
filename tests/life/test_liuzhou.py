"""柳州: one project from the reserve to aftercare, each gate tried too early."""

import datetime as dt
from collections.abc import Callable

from communities.models import Community
from tests.life import acts
from tests.life.stage import Walk, doing

D = dt.date
PARTIES = ("developer_unit", "surveyor", "designer", "contractor", "supervisor", "acceptance_report")


def test_a_project_of_liuzhou_from_the_reserve_to_aftercare(walking: Callable[[str, dt.date], Walk]) -> None:
    walk = walking("城中区", D(2026, 8, 3))
    community = acts.register(walk, "映山社区", built_text="2010")
    acts.put_into_plan(walk, community, 2027)
    acts.describe(walk, facts=["fund_money"], works=["water", "road"])
    declared(walk, community)
    reviewed(walk)
    built(walk)
    accepted(walk)
    walk.complete()


def declared(walk: Walk, community: Community) -> None:
    """From the willingness survey to the plan that the three bureaus issue."""
    walk.through(
        "declare",
        doing("eligibility")(lambda: acts.correct(walk, community, built_text="1994")),
        acts.survey(walk, "willingness", "willingness_survey"),
        acts.notice(walk, D(2026, 9, 28), D(2026, 10, 10)),
        acts.paper(walk, "vote:scheme", short={"agreeing_heads": "14"}, **acts.VOTE),
        acts.paper(walk, "fund_vote", short={"agreeing_area": "1000.00"}, **acts.VOTE),
        acts.funding(
            walk,
            [{"kind": "central", "amount": "800000.00"}, {"kind": "resident_direct", "amount": "200000.00"}],
            short=[{"kind": "central", "amount": "800000.00"}, {"kind": "resident_direct", "amount": "199999.99"}],
        ),
        acts.paper(walk, "preparatory_papers", construction_scheme=False),
        acts.paper(walk, "application_papers"),
        acts.paper(walk, "signed_application"),
    )
    walk.later(2)
    acts.declare(walk, "柳建发〔2026〕96号")


def reviewed(walk: Walk) -> None:
    """The scheme, and the joint review by eleven bodies."""
    walk.to(D(2027, 1, 11))
    acts.scheme(walk, ("liuzhou/基础类/市政配套基础设施改造提升/道路", {"payer-1": "central"}))
    acts.fix(walk)
    walk.through("scheme")
    walk.through("review", acts.review(walk))


def built(walk: Walk) -> None:
    """The start and the works."""
    walk.later(21)
    walk.through("start", acts.permits(walk, "heritage_paper"), acts.mode(walk))
    acts.works(walk)


def accepted(walk: Walk) -> None:
    """Acceptance, final account, archive, handover, the manager."""
    walk.later(200)
    walk.through("accept", acts.acceptance(walk, PARTIES))
    walk.later(10)
    walk.through(
        "close",
        acts.filing(walk),
        acts.paper(walk, "final_account"),
        acts.archive(walk),
        acts.handover(walk, "property_company"),
    )
    walk.through("aftercare", acts.manager(walk))
