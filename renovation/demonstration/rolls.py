"""Rolls of owners: two communities ready for a vote, one in which every kind of problem waits, and their residents' organisations."""

import datetime as dt
from decimal import Decimal
from typing import Any

from communities import actions
from communities.imports.roll import COLUMNS
from communities.models import Community, Person
from communities.queries.voters import draft_roll
from communities.rules.voters import voter_key
from offices.demonstration import GIVEN, SURNAMES
from renovation.demonstration.story import Story

D = dt.date
READY = ("中山东路商业大院", "子固路新华苑")
WAITING = "东门邮电宿舍"
SUPPLEMENT = "城区\t小区名称\t位置\t建成时间\t栋数\t户数\t建筑面积"
Line = dict[str, str]


def tell(story: Story, today: dt.date) -> None:
    """城中区 and 东湖区 have whole rolls; the third is as it came from the property office."""
    _ready(story, "城中区", READY[0], D(2026, 8, 20), buildings=3, floors=8, developer="柳州市商业房地产开发公司")
    _ready(story, "东湖区", READY[1], D(2026, 8, 24), buildings=2, floors=11, developer="南昌新华房地产开发公司")
    _waiting(story)
    _supplement(story)


def _supplement(story: Story) -> None:
    """A street's late survey as it was sent in: titles, 万㎡, a place by its short name, a number in words; it waits to be mended."""
    clerk, at = story.clerk("城中区"), story.at(D(2026, 9, 10))
    rows = [
        f"城中\t{name}\t{address}\t{built}\t{buildings}\t{homes}\t{area}"
        for name, address, built, buildings, homes, area in (
            ("文惠路粮食局宿舍", "文惠路12号", "1996", "2", "64", "0.52"),
            ("公园路百货公司住宅楼", "公园路31号", "1994、1998年", "3", "96", "0.8"),
            ("三中路教师新村", "三中路66号", "1999", "4", "一百二十", "1.06"),
            ("雅儒路冶炼厂宿舍", "雅儒路8号", "90年代", "2", "约70", "0.55"),
            ("东台路印刷厂住宅楼", "东台路19号", "1997", "1", "36", "0.3"),
        )
    ]  # fmt: skip
    table = "\n".join(
        ["城中区老旧小区补充摸底表", "\t\t\t\t\t\t单位：栋、户、万平方米", SUPPLEMENT, *rows, "合计\t\t\t\t12\t\t3.24"]
    )
    source = actions.upload_import(
        by=clerk, at=at, kind="communities", division=story.division("城中区"), upload=actions.pasted(table), options={}
    )
    actions.read_import(source=source, at=at)


def _person(number: int) -> Line:
    """An invented owner: no two share name or phone."""
    name = SURNAMES[number % len(SURNAMES)] + GIVEN[number * 7 % len(GIVEN)]
    return {"owner": name, "owner_kind": "自然人", "phone": f"139{number:08d}"}


def _homes(community: Community, buildings: int, floors: int) -> list[Line]:
    """Two stairwells of two homes a floor; areas make up the registered floor area but for the common rooms."""
    count = buildings * 2 * floors * 2
    area = (community.floor_area or Decimal(0)) / count - Decimal("1.60")
    lines = []
    for number in range(count):
        building, rest = divmod(number, floors * 4)
        stairwell, rest = divmod(rest, floors * 2)
        floor, door = divmod(rest, 2)
        shown = area + (Decimal("1.35") if door else Decimal("-1.35"))
        lines.append(
            {
                "building": f"{building + 1}号楼", "unit": f"{stairwell + 1}单元", "room": f"{floor + 1}0{door + 1}",
                "private_area": f"{shown:.2f}", "area_source": "不动产登记簿" if number % 9 else "测绘报告",
            }
        )  # fmt: skip
    return lines


def _owned(homes: list[Line], developer: str, seed: int) -> list[Line]:
    """One owner a home; some couples, two homes of one owner, three homes never sold, one person alone and with another."""
    rows = []
    for number, home in enumerate(homes):
        owner = _person(seed + number)
        if number in (5, 6):
            owner = _person(seed + 5)
        elif number in (29, 30, 31):
            owner = {"owner": developer, "owner_kind": "建设单位"}
        if number == 13:  # 12 alone, 13 together with a partner
            rows += [home | _person(seed + 12) | {"share": "1/2"}, home | _person(seed + 500) | {"share": "1/2"}]
        elif number % 10 == 4:
            partner = _person(seed + 400 + number)
            rows += [home | owner | {"share": "1/2"}, home | partner | {"share": "1/2"}]
        else:
            rows.append(home | owner)
    return rows


def bring(story: Story, place: str, community: Community, rows: list[Line], on: dt.date) -> None:
    """Import a roll as the clerk does: upload, preview, confirm."""
    clerk, at = story.clerk(place), story.at(on)
    head = "\t".join(column.label for column in COLUMNS)
    body = "\n".join("\t".join(row.get(column.field, "") for column in COLUMNS) for row in rows)
    options = {"community": str(community.uid)}
    source = actions.upload_import(
        by=clerk, at=at, kind="roll", division=story.division(place), upload=actions.pasted(f"{head}\n{body}\n"), options=options
    )  # fmt: skip
    source = actions.read_import(source=source, at=at)
    actions.apply_import(by=clerk, at=at, source=source)


def _ready(story: Story, place: str, name: str, on: dt.date, *, buildings: int, floors: int, developer: str) -> None:
    community = Community.objects.select_related("division").get(name=name)
    seed = 1000 * community.pk
    bring(story, place, community, _owned(_homes(community, buildings, floors), developer, seed), on)
    by: dict[str, Any] = {"by": story.clerk(place), "at": story.at(on, 15)}
    _settle(community, by, on, seed)
    ward = Person.objects.get(community=community, name=_person(seed + 20)["owner"])
    values = {
        "kind": "guardian", "agent_name": "陆守成", "agent_id_number": "450202196508120016", "agent_phone": "13907720001",
        "evidence": "社区居委会指定监护证明（2026）12号", "valid_from": D(2026, 1, 8),
    }  # fmt: skip
    paper = actions.enter_agency(**by, person=ward, values=values)
    actions.check_agency(by=story.checker(place), at=story.at(on, 16), agency=paper)
    absent = Person.objects.get(community=community, name=_person(seed + 22)["owner"])
    values |= {"kind": "absent_agent", "agent_name": "廖志明", "evidence": "经公证的授权委托书（2026）桂柳证字第318号"}
    actions.enter_agency(**by, person=absent, values=values | {"valid_until": D(2027, 6, 30)})
    founded = {
        "kind": "owners_committee", "name": f"{name}业主委员会", "established_on": D(2025, 3, 16), "filing_number": "备〔2025〕7号",
        "evidence": "业主大会决议及街道办事处备案回执", "public_phone": "0772-2800000",
    }  # fmt: skip
    actions.add_organisation(**by, community=community, values=founded)
    party = {
        "kind": "party_group",
        "name": f"{name}党支部",
        "established_on": D(2023, 7, 1),
        "evidence": "街道党工委批复",
    }
    actions.add_organisation(**by, community=community, values=party)


def _settle(community: Community, by: dict[str, Any], on: dt.date, seed: int) -> None:
    """The one overlap: the home held together counts with the other home of the one who holds it alone."""
    alone = Person.objects.get(community=community, name=_person(seed + 12)["owner"])
    for problem in draft_roll(community, day=on).problems:
        if problem.kind == "overlap":
            homes = [row.home for row in alone.ownerships.select_related("home")]
            actions.settle_roll(
                **by, community=community, kind=problem.kind, key=problem.key, decision="assigned",
                homes={str(home.uid): voter_key([alone.uid]) for home in homes},
                reason="两位共有人书面同意由其中一人一并行使，同意书存档",
            )  # fmt: skip


def _waiting(story: Story) -> None:
    """As it came: a room twice, areas and owners missing, one phone for two names, a person alone and with another."""
    community = Community.objects.select_related("division").get(name=WAITING)
    on, seed = D(2026, 9, 8), 1000 * community.pk
    homes = _homes(community, 2, 8)[:61]
    rows = [home | _person(seed + number) for number, home in enumerate(homes)]
    rows[3] |= {"private_area": "", "area_source": ""}
    rows[7] |= {"private_area": "", "area_source": ""}
    rows[9] = homes[9]
    rows[20] = homes[20] | _person(seed + 21) | {"share": "1/2"}
    rows.insert(21, homes[20] | _person(seed + 19) | {"share": "1/2"})
    rows[40] |= {"phone": rows[39]["phone"]}
    bring(story, "城中区", community, rows, on)
    by: dict[str, Any] = {"by": story.clerk("城中区"), "at": story.at(on, 15)}
    building = community.buildings.get(name="2号楼")
    values = {"unit": "一单元", "room": "１０１室", "private_area": "74.00", "area_source": "contract"}
    twice = actions.add_home(**by, building=building, values=values)
    person = actions.add_person(**by, community=community, values={"name": "覃桂英", "phone": "13977200099"})
    actions.add_ownership(**by, home=twice, person=person)
    group = {
        "kind": "self_management_group", "name": "东门邮电宿舍居民自管小组", "established_on": D(2026, 4, 12),
        "evidence": "居民会议纪要",
    }  # fmt: skip
    actions.add_organisation(**by, community=community, values=group)
