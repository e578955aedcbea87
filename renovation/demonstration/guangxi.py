"""柳州 and 玉林: the four stages of 柳州's route in every state, 玉林's national task with its June and December days."""

import datetime as dt
from decimal import Decimal

from approvals import exceptions
from communities.models import Community
from offices.demonstration import area_code
from offices.rulebooks import layers_of
from policies.answer import citation
from projects.models import PlanLine
from projects.rules.gates import gates_of
from renovation.demonstration.story import Story

D = dt.date
Row = tuple[str, str, str, int, int, str]  # name, address, built, buildings, households, area
CHENGZHONG: tuple[Row, ...] = (
    ("映山街机械厂宿舍", "映山街18号", "1986", 6, 212, "15840.50"),
    ("龙城路二轻局宿舍", "龙城路47号", "1992、1994", 4, 128, "10236.80"),
    ("曙光东路粮食局小区", "曙光东路9号", "1998", 5, 165, "13920.00"),
    ("公园路教师新村", "公园路62号", "2003", 8, 288, "26512.35"),
    ("中山东路商业大院", "中山东路110号", "1989", 3, 96, "7180.20"),
    ("桂中苑", "桂中大道3号", "2008", 12, 640, "71200.00"),
    ("东门邮电宿舍", "曙光中路15号", "1995", 2, 64, "5036.40"),
)
LIUBEI: tuple[Row, ...] = (
    ("胜利小区西区", "胜利路22号", "1984—1988", 18, 720, "43850.60"),
    ("跃进路柳钢三村", "跃进路106号", "1990年代", 22, 880, "57920.00"),
    ("雅儒路水泵厂宿舍", "雅儒路65号", "1991", 5, 190, "12688.90"),
)
YUZHOU: tuple[Row, ...] = (
    ("东明路外贸大院", "东明路31号", "1993", 4, 118, "9260.75"),
    ("人民东路五金厂宿舍", "人民东路208号", "1988", 3, 90, "6420.30"),
    ("城站路车站宿舍", "城站路12号", "1997", 6, 204, "17036.00"),
    ("清宁路公务员小区", "清宁路5号", "2004", 9, 324, "35800.40"),
    ("解放路糖烟酒公司宿舍", "解放路77号", "1985", 2, 48, "3315.00"),
)


def register(story: Story, place: str, neighbourhood: str, rows: tuple[Row, ...], on: dt.date) -> list[Community]:
    """Register the communities of a survey."""
    return [
        story.community(
            place,
            neighbourhood,
            on,
            name=name,
            address=address,
            built_text=built,
            building_count=buildings,
            household_count=households,
            floor_area=Decimal(area),
            property_right="reformed",
            in_town=True,
            state_owned=False,
            single_building=buildings == 1,
            heritage=False,
            surveyed_on=on,
            contact_phone=f"{area_code(story.division(place))}-1234567",
        )  # fmt: skip
        for name, address, built, buildings, households, area in rows
    ]


def liuzhou(story: Story, today: dt.date) -> None:
    """城中区: 2026 issued and under way, 2027 ready to be declared after the due day; 柳北区: 2027 at the three bureaus."""
    chengzhong = register(story, "城中区", "映山社区", CHENGZHONG, D(2025, 6, 10))
    liubei = register(story, "柳北区", "胜利社区", LIUBEI, D(2025, 6, 12))
    plan = story.plan(
        "城中区", 2026, [(c.name, [c]) for c in chengzhong[:2]], D(2025, 9, 1), works=["water", "road", "power"]
    )
    story.issue("城中区", plan, D(2025, 10, 15), "柳建发〔2025〕88号")
    _works(story, "城中区", [c.name for c in chengzhong[:2]])
    later = story.plan(
        "城中区", 2027, [(c.name, [c]) for c in (*chengzhong[2:5],)], D(2026, 9, 1), works=["water", "road"]
    )
    story.satisfy("城中区", later, D(2026, 10, 20))
    for line in PlanLine.objects.filter(plan=later).select_related("project__division", "project__county"):
        story.satisfy("城中区", line.project, D(2026, 10, 20), ("plan", "declare"))
    _waiting(story, liubei)


def _works(story: Story, place: str, names: list[str]) -> None:
    for number, name in enumerate(names):
        shift = dt.timedelta(days=12 * number)
        project = story.project(name)
        story.move(place, project, "scheme", D(2026, 1, 15) + shift)
        if number == 0:  # the other's scheme waits for its joint review
            story.move(place, project, "review", D(2026, 2, 20))
            story.move(place, project, "start", D(2026, 4, 8))


def _waiting(story: Story, liubei: list[Community]) -> None:
    """One line misses LZ-15's papers: a leader has recorded why; the plan waits at the city's three bureaus, one has answered."""
    plan = story.plan(
        "柳北区", 2027, [("柳北区胜利、跃进片区", liubei[:2]), (liubei[2].name, [liubei[2]])], D(2026, 9, 2)
    )
    story.satisfy("柳北区", plan, D(2026, 10, 8))
    project = story.project(liubei[2].name)
    layers = layers_of(project.division)
    gate = next(
        p for p in gates_of(layers, day=D(2026, 10, 8), step="declare") if p.params.evidence == "preparatory_papers"
    )
    exceptions.grant(
        by=story.offices.user("柳北区", "housing", "leader"), at=story.at(D(2026, 10, 8)), today=D(2026, 10, 8), subject=project,
        division=project.division, provision=gate, citation=citation(layers, gate),
        reason="管线迁改方案待供水单位复核，11月底前补齐建设方案",
    )  # fmt: skip
    for line in PlanLine.objects.filter(plan=plan).select_related("project__division", "project__county"):
        story.satisfy("柳北区", line.project, D(2026, 10, 10), ("plan", "declare"))
    story.decide(story.declare("柳北区", plan, D(2026, 10, 20)), D(2026, 10, 26), most=2)


def yulin(story: Story, today: dt.date) -> None:
    """玉州区: 2026 national task, one project started in time, one late; 2027 returned by the city with reasons."""
    places = register(story, "玉州区", "东明社区", YUZHOU, D(2025, 5, 8))
    plan = story.plan(
        "玉州区",
        2026,
        [(c.name, [c]) for c in places[:3]],
        D(2025, 9, 10),
        national_task=True,
        works=["water", "gas", "road"],
    )
    story.issue("玉州区", plan, D(2025, 11, 3), "玉政函〔2025〕41号")
    for number, community in enumerate(places[:2]):
        project = story.project(community.name)
        story.move("玉州区", project, "scheme", D(2026, 2, 10))
        story.move("玉州区", project, "review", D(2026, 3, 12))
        story.move("玉州区", project, "start", D(2026, 5, 18) if number == 0 else D(2026, 8, 3))
    later = story.plan("玉州区", 2027, [(c.name, [c]) for c in places[3:]], D(2026, 9, 3))
    story.satisfy("玉州区", later, D(2026, 9, 28))
    for line in PlanLine.objects.filter(plan=later).select_related("project__division", "project__county"):
        story.satisfy("玉州区", line.project, D(2026, 9, 28), ("plan", "declare"))
    case = story.decide(story.declare("玉州区", later, D(2026, 10, 12)), D(2026, 10, 15), most=1)
    story.decide(
        case, D(2026, 10, 20), verdict="return", most=1,
        reasons="清宁路公务员小区建成于2004年，请补充说明本年度2001年以后小区所占比例。",
    )  # fmt: skip
