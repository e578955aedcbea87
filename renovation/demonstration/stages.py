"""Communities of 柳州, 玉林, 长治 and 江西 in the stages that their stories leave out: an older plan, entered as it was issued.

What was finished has its acceptance signed by the parties of its own document, photos before and after, and who manages it now.
"""

import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals import desks
from offices import invitations
from offices.rulebooks import layers_of
from projects import actions
from projects.actions import acceptance as act
from projects.actions import aftercare as later
from projects.actions import works
from projects.gates import facts_held
from projects.models import Project
from projects.rules.acceptance import REPORT, parties, separate
from renovation.demonstration.guangxi import Row, register
from renovation.demonstration.story import Story
from renovation.demonstration.works import drawn

D = dt.date
ORDER = ("approved", "designed", "reviewed", "works", "accepted", "closed", "aftercare")
DAYS = {
    "designed": D(2025, 3, 20), "reviewed": D(2025, 4, 24), "works": D(2025, 6, 9), "accepted": D(2025, 11, 14),
    "closed": D(2025, 12, 19), "aftercare": D(2026, 1, 16),
}  # fmt: skip
REASON = "竣工验收报告、移交清单等原件，平台启用前办理"
SIGNERS = ("王秀英", "李国强", "陈晓东", "赵志刚", "孙建军", "周海燕", "吴文斌")


@dataclass(frozen=True)
class Place:
    """A county, its plan of an earlier year, and which stage each of its communities has come to (none: still in the reserve)."""

    county: str
    neighbourhood: str
    number: str
    rows: tuple[Row, ...]
    stages: tuple[str, ...]
    cluster: tuple[str, tuple[Row, ...]] = ("", ())  # one project over several communities, its works under way
    facts: tuple[
        str, ...
    ] = ()  # what those contain that were accepted: some of it is accepted by itself before the whole (CZ-16)


PLACES = (
    Place("城中区", "映山社区", "柳建发〔2024〕61号", (
        ("三中路邮电新村", "三中路31号", "1987", 4, 136, "9870.40"), ("北站路铁路宿舍", "北站路12号", "1983", 6, 210, "13420.00"),
        ("广场路百货宿舍", "广场路6号", "1990", 2, 72, "5210.75"), ("弯塘路轻化宿舍", "弯塘路40号", "1995", 3, 108, "8640.00"),
        ("青云路印刷宿舍", "青云路55号", "1992", 2, 64, "4860.20"),
    ), ("approved", "reviewed", "accepted", "closed", "aftercare"), ("连塘路片区连片改造", (
        ("连塘路造纸宿舍", "连塘路18号", "1986", 3, 96, "6890.00"), ("连塘路皮革宿舍", "连塘路22号", "1989", 2, 70, "5124.60"),
    ))),
    Place("玉州区", "东明社区", "玉政函〔2024〕36号", (
        ("香莞路糖厂宿舍", "香莞路20号", "1989", 5, 170, "11980.00"), ("大北路药材宿舍", "大北路14号", "1991", 2, 60, "4310.50"),
        ("民主中路邮政宿舍", "民主中路88号", "1994", 3, 96, "7425.00"), ("双拥路运输宿舍", "双拥路3号", "1986", 4, 120, "8012.00"),
        ("江南路建材宿舍", "江南路27号", "1996", 3, 102, "8150.60"), ("教育东路教师宿舍", "教育东路9号", "1998", 4, 144, "12060.00"),
    ), ("designed", "reviewed", "accepted", "closed", "aftercare", "")),
    Place("潞州区", "东营社区", "潞政函〔2024〕52号", (
        ("太行西街钢铁宿舍", "太行西街101号", "1984", 8, 288, "18760.00"), ("府后西街商业宿舍", "府后西街17号", "1990", 3, 90, "6720.30"),
        ("紫金东街物资宿舍", "紫金东街62号", "1993", 2, 72, "5480.00"), ("长兴中路农机宿舍", "长兴中路8号", "1988", 4, 128, "9105.00"),
        ("城北西街粮食宿舍", "城北西街33号", "1995", 3, 108, "8230.40"), ("解放西街文化宿舍", "解放西街5号", "1997", 2, 56, "4395.00"),
    ), ("designed", "reviewed", "works", "closed", "aftercare", ""), facts=("pipelines", "energy_saving")),
    Place("东湖区", "八大山人社区", "东府字〔2024〕58号", (
        ("环湖路航运宿舍", "环湖路16号", "1985", 4, 140, "9340.00"), ("阳明路电力宿舍", "阳明路210号", "1991", 3, 105, "8420.00"),
        ("墩子塘轻工宿舍", "墩子塘街22号", "1988", 5, 160, "10480.25"), ("贤士一路邮政宿舍", "贤士一路7号", "1994", 2, 68, "5216.00"),
        ("青山路机床宿舍", "青山路95号", "1982", 6, 216, "13680.00"), ("豫章路文教宿舍", "豫章路48号", "1996", 3, 99, "7940.50"),
    ), ("approved", "designed", "reviewed", "accepted", "closed", "aftercare")),
)  # fmt: skip


picture = functools.cache(drawn)


def tell(story: Story, today: dt.date) -> None:
    """Every place; and at 柳州市 an office-holder who is away, with the colleague who decides in her place."""
    for place in PLACES:
        _place(story, place)
    body = story.offices.body("柳州市", "finance")
    desks.delegate(
        by=story.offices.user("柳州市", "finance", "leader"), at=story.at(today), today=today, body=body,
        delegate=story.offices.user("柳州市", "finance", "clerk"), since=today, until=today + dt.timedelta(days=9),
        reason="参加全区住建工作培训",
    )  # fmt: skip
    invitations.invite(
        by=story.offices.users["liuzhou.system_admin"], at=story.at(today), body=body, role="clerk", username="liuzhou.finance.lin",
        name="林晓东",
    )  # fmt: skip


def _place(story: Story, place: Place) -> None:
    on = D(2025, 2, 10)
    communities = register(story, place.county, place.neighbourhood, place.rows, on)
    chosen = [community for community, stage in zip(communities, place.stages, strict=True) if stage]
    for community in communities:
        if community not in chosen:
            actions.add_project(
                by=story.clerk(place.county), at=story.at(on), today=on, division=story.division(place.county), name=community.name,
                communities=[community],
            )  # fmt: skip
    name, rows = place.cluster
    groups = [(c.name, [c]) for c in chosen]
    if name:
        groups.append((name, register(story, place.county, place.neighbourhood, rows, on)))
    plan = story.plan(place.county, 2025, groups, on)
    actions.enter_as_issued(
        by=story.clerk(place.county),
        at=story.at(on),
        today=on,
        plan=plan,
        document_number=place.number,
        issued_on=D(2024, 12, 20),
    )
    for community, stage in zip(chosen, [stage for stage in place.stages if stage], strict=True):
        if stage != "approved":
            _as_it_stands(story, place.county, story.project(community.name), stage, place.facts)

    if name:
        _as_it_stands(story, place.county, story.project(name), "works")
        _cluster_reports(story, place.county, story.project(name))


def _cluster_reports(story: Story, county: str, project: Project) -> None:
    """LZ-22: each month says of each community how far it is."""
    parts = [part.community.uid for part in project.parts.select_related("community").order_by("pk")]
    months = (
        (D(2025, 7, 31), 24, "402000.00", "造纸宿舍管网开挖，皮革宿舍搭架。", (30, 18)),
        (D(2025, 9, 30), 58, "968000.00", "造纸宿舍道路铺装，皮革宿舍屋面防水。", (72, 41)),
    )
    for on, percent, money, done, places in months:
        works.file_report(
            by=story.clerk(county), at=story.at(on), today=on, project=project, month=on, percent=percent, money=Decimal(money), done=done,
            safety="两处围挡、临时用电每周检查", quality="材料进场见证取样", places=dict(zip(parts, places, strict=True)),
        )  # fmt: skip


def _as_it_stands(story: Story, county: str, project: Project, stage: str, facts: Sequence[str] = ()) -> None:
    """Entered with its days; what was built has its photos, what was accepted its signatures, what is managed its manager."""
    days = {key: DAYS[key] for key in ORDER[1 : ORDER.index(stage) + 1]}
    on = max(days.values()) + dt.timedelta(days=20)
    who = {"by": story.clerk(county), "at": story.at(on), "today": on}
    if facts and "accepted" in days:
        project = actions.change_project(**who, project=project, changes={"facts": dict.fromkeys(facts, True)})
    project = actions.enter_midlife(**who, project=project, stage=stage, days=days, reason=REASON)
    if "works" in days:
        _photos(story, county, project, "accepted" in days)
    if "accepted" in days:
        _accepted(story, county, project, on)
    if stage == "aftercare":
        _managed(story, county, project, on)


def _photos(story: Story, county: str, project: Project, done: bool) -> None:
    shots: Sequence[tuple[dt.date, str, str, tuple[int, int, int]]] = (
        (D(2025, 6, 10), "before", "改造前的屋面和外墙", (120, 112, 102)),
        *(((D(2025, 11, 10), "after", "改造后的屋面、外墙和院内绿化", (150, 88, 70)),) if done else ()),
    )
    for day, moment, caption, colour in shots:
        works.add_photo(
            by=story.clerk(county), at=story.at(day), today=day, project=project, month=day, moment=moment, caption=caption, public=True,
            upload=SimpleUploadedFile(f"{caption}.jpg", picture(colour, trees=moment == "after")),
        )  # fmt: skip


def _accepted(story: Story, county: str, project: Project, on: dt.date) -> None:
    day, by = DAYS["accepted"], story.clerk(county)
    for number, asked in enumerate(separate(layers_of(project.division), day=on, facts=facts_held(project)), start=1):
        passed = day - dt.timedelta(days=9 - 2 * number)
        part = act.record_separate(
            by=by, at=story.at(on, 9), today=on, project=project, key=asked.key, body=f"{county}住房和城乡建设局", passed_on=passed,
            number=f"专验〔2025〕{project.pk}-{number}号",
        )  # fmt: skip
        act.check_separate(by=story.checker(county), at=story.at(on, 10), row=part)
    row = act.open_acceptance(by=by, at=story.at(on), today=on, project=project, held_on=day, place="小区广场")
    for number, party in enumerate(parties(layers_of(project.division), day=day)):
        if party.key == REPORT:
            report = SimpleUploadedFile("竣工验收报告.txt", f"{project.name}竣工验收报告".encode())
            act.report(by=by, at=story.at(on), acceptance=row, upload=report)
            continue
        act.sign(
            by=by, at=story.at(on), today=on, acceptance=row, key=party.key, unit=f"{project.name}{party.label}"[:120],
            signer=SIGNERS[number % len(SIGNERS)], signed_on=day, agrees=True,
        )  # fmt: skip
    row = act.confirm(
        by=story.checker(county),
        at=story.at(on, 15),
        today=on,
        acceptance=row,
        passed_on=day,
        conclusion="符合设计和合同要求，验收合格",
    )
    filed = day + dt.timedelta(days=11)
    act.file_acceptance(
        by=by, at=story.at(on), today=on, acceptance=row, filed_on=filed, filing_number=f"建备〔2025〕{project.pk}号"
    )
    act.check_filing(by=story.checker(county), at=story.at(on, 16), acceptance=row)


def _managed(story: Story, county: str, project: Project, on: dt.date) -> None:
    community = project.communities.select_related("division").get()
    row = later.set_manager(
        by=story.clerk(county), at=story.at(on), today=on, project=project, community=community, mode="company",
        name="安居乐物业服务有限公司",
        phone="0000-6543210", since=D(2026, 1, 1), paper="物业服务合同2025-18号", until=D(2028, 12, 31),
    )  # fmt: skip
    later.check(by=story.checker(county), at=story.at(on, 15), project=project, row=row)
