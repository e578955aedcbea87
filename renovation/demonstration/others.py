"""长治 and 江西: documents without a route of their own, so that the platform's labelled default is used."""

import datetime as dt
from decimal import Decimal

from communities.models import Community
from projects import actions
from projects.gates import BEFORE_DECLARATION as BEFORE
from projects.models import AnnualPlan, PlanLine
from renovation.demonstration.guangxi import Row, register
from renovation.demonstration.story import Story

D = dt.date
LUZHOU: tuple[Row, ...] = (
    ("英雄南路纺织厂宿舍", "英雄南路46号", "1987", 7, 252, "17240.00"),
    ("东营后街供电小区", "东营后街8号", "1996", 3, 108, "9018.60"),
    ("延安南路水泥厂家属院", "延安南路120号", "2003", 4, 144, "13350.20"),
)
DONGHU: tuple[Row, ...] = (
    ("百花洲路印刷厂宿舍", "百花洲路21号", "1982", 4, 130, "8760.00"),
    ("叠山路财政厅宿舍", "叠山路190号", "1994", 5, 170, "14890.75"),
    ("苏圃路师范小区", "苏圃路66号", "1999", 3, 102, "9105.30"),
    ("子固路新华苑", "子固路12号", "2002", 2, 88, "9480.00"),
)


def changzhi(story: Story, today: dt.date) -> None:
    """潞州区: central subsidy with its content gate, one community after 2000, one village that is out of scope."""
    places = register(story, "潞州区", "东营社区", LUZHOU, D(2025, 4, 2))
    story.community(
        "潞州区", "东营社区", D(2025, 4, 2), name="壶口村改住宅", address="壶口村", built_text="1990年代", building_count=30,
        household_count=96, floor_area=Decimal("14200.00"), excluded="urban_village", excluded_evidence="潞州区城中村改造名录",
        property_right="other", in_town=True, state_owned=False, surveyed_on=D(2025, 4, 2),
    )  # fmt: skip
    plan = story.plan(
        "潞州区",
        2026,
        [(c.name, [c]) for c in places[:2]],
        D(2025, 10, 9),
        central_subsidy=True,
        works=["road", "gas", "other"],
    )
    story.issue("潞州区", plan, D(2025, 12, 2), "潞政函〔2025〕63号")
    first = story.project(places[0].name)
    for step, day in (
        ("scheme", D(2026, 2, 26)),
        ("review", D(2026, 3, 30)),
        ("start", D(2026, 5, 6)),
        ("accept", D(2026, 10, 30)),
    ):
        story.move("潞州区", first, step, day)
    _changed_and_refused(story, places[2])


def _changed_and_refused(story: Story, community: Community) -> None:
    """The plan of 2026 is changed in mid-year by its own document; that of 2027 is refused and may be written anew."""
    clerk, on = story.clerk("潞州区"), D(2026, 6, 18)
    division = story.division("潞州区")
    late = actions.add_project(
        by=clerk, at=story.at(on), today=on, division=division, name=community.name, communities=[community]
    )
    plan = AnnualPlan.objects.get(division=division, year=2026)
    actions.change_issued_plan(
        by=clerk, at=story.at(on), today=on, plan=plan, add=[late], document_number="潞政函〔2026〕28号", issued_on=D(2026, 6, 16),
        reason="中央补助资金有结余，增补延安南路水泥厂家属院",
    )  # fmt: skip
    yard = story.community(
        "潞州区", "东营社区", D(2025, 4, 2), name="东营街印染厂宿舍", address="东营街15号", built_text="1979", building_count=2,
        household_count=60, floor_area=Decimal("3980.00"), property_right="unit_owned", in_town=True, state_owned=True,
        surveyed_on=D(2025, 4, 2),
    )  # fmt: skip
    later = story.plan("潞州区", 2027, [(yard.name, [yard])], D(2026, 9, 21))
    story.satisfy("潞州区", later, D(2026, 10, 12))
    for line in PlanLine.objects.filter(plan=later).select_related("project__division", "project__county"):
        story.satisfy("潞州区", line.project, D(2026, 10, 12), BEFORE)
    case = story.decide(story.declare("潞州区", later, D(2026, 10, 19)), D(2026, 10, 21), most=1)
    reasons = "该宿舍拟纳入棚户区改造，请核实后另行申报。"
    story.decide(case, D(2026, 10, 26), verdict="refuse", reasons=reasons, most=1)


def jiangxi(story: Story, today: dt.date) -> None:
    """东湖区: started by August, to be done before the Spring Festival; next year's plan waits at the county government."""
    places = register(story, "东湖区", "八大山人社区", DONGHU, D(2025, 3, 18))
    plan = story.plan(
        "东湖区", 2026, [(c.name, [c]) for c in places[:2]], D(2025, 10, 20), works=["water", "power", "elevator"]
    )
    story.issue("东湖区", plan, D(2025, 12, 9), "东府字〔2025〕77号")
    for place, started in ((places[0], D(2026, 7, 1)), (places[1], D(2026, 9, 10))):
        project = story.project(place.name)
        for step, day in (("scheme", D(2026, 3, 4)), ("review", D(2026, 4, 15)), ("start", started)):
            story.move("东湖区", project, step, day)
    waiting = story.clerk("东湖区"), D(2026, 9, 15)
    actions.add_project(
        by=waiting[0], at=story.at(waiting[1]), today=waiting[1], division=story.division("东湖区"), name=places[1].name + "二期",
        communities=[places[1]],
    )  # fmt: skip
    later = story.plan("东湖区", 2027, [(places[2].name, [places[2]])], D(2026, 9, 15))
    story.satisfy("东湖区", later, D(2026, 10, 9))
    for line in PlanLine.objects.filter(plan=later).select_related("project__division", "project__county"):
        story.satisfy("东湖区", line.project, D(2026, 10, 9), ("plan", "declare"))
    story.decide(story.declare("东湖区", later, D(2026, 10, 26)), D(2026, 11, 2), most=1)
