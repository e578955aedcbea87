"""长治 and 江西: documents without a route of their own, so that the platform's labelled default is used."""

import datetime as dt
from decimal import Decimal

from projects.models import PlanLine
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
        "潞州区", 2026, [(c.name, [c]) for c in places[:2]], D(2025, 10, 9), central_subsidy=True, works=["road", "gas", "other"]
    )
    story.issue("潞州区", plan, D(2025, 12, 2), "潞政函〔2025〕63号")
    first = story.project(places[0].name)
    for step, day in (("scheme", D(2026, 2, 26)), ("review", D(2026, 3, 30)), ("start", D(2026, 5, 6)), ("accept", D(2026, 10, 30))):
        story.move("潞州区", first, step, day)


def jiangxi(story: Story, today: dt.date) -> None:
    """东湖区: started by August, to be done before the Spring Festival; next year's plan waits at the county government."""
    places = register(story, "东湖区", "八大山人社区", DONGHU, D(2025, 3, 18))
    plan = story.plan("东湖区", 2026, [(c.name, [c]) for c in places[:2]], D(2025, 10, 20), works=["water", "power", "elevator"])
    story.issue("东湖区", plan, D(2025, 12, 9), "东府字〔2025〕77号")
    for place, started in ((places[0], D(2026, 7, 1)), (places[1], D(2026, 9, 10))):
        project = story.project(place.name)
        for step, day in (("scheme", D(2026, 3, 4)), ("review", D(2026, 4, 15)), ("start", started)):
            story.move("东湖区", project, step, day)
    later = story.plan("东湖区", 2027, [(places[2].name, [places[2]])], D(2026, 9, 15))
    story.satisfy("东湖区", later, D(2026, 10, 9))
    for line in PlanLine.objects.filter(plan=later).select_related("project__division", "project__county"):
        story.satisfy("东湖区", line.project, D(2026, 10, 9), ("plan", "declare"))
    story.decide(story.declare("东湖区", later, D(2026, 10, 26)), D(2026, 11, 2), most=1)
