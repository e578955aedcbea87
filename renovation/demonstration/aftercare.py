"""芮城县's works of 2023 after their end: one accepted with two defects still open, one in aftercare with its manager; the rest of them,
and the two communities of 2021, stand on the list of those that nobody manages."""

import datetime as dt

from offices.rulebooks import layers_of
from projects.actions import acceptance as act
from projects.actions import advance, defects, record_milestone
from projects.actions import aftercare as later
from projects.models import Acceptance, PlanLine, Project
from projects.queries.aftercare import aftercare_page
from projects.rules.acceptance import ARCHIVE_LIST, parties
from renovation.demonstration.story import Story

D = dt.date
PLACE = "芮城县"
UNITS = {
    "neighbourhood": ("洞宾社区", "王秀英"), "residents_representative": ("居民代表", "李国强"), "designer": ("运城市建筑设计院", "陈晓东"),
    "contractor": ("山西宏远建筑工程有限公司", "赵志刚"), "supervisor": ("运城诚信监理有限公司", "孙建军"),
    "county_leading_group_office": ("芮城县老旧小区改造领导小组办公室", "周海燕"),
}  # fmt: skip


def tell(story: Story, today: dt.date) -> None:
    """Two projects of the plan of 2023."""
    lines = PlanLine.objects.filter(plan__division=story.division(PLACE), plan__year=2023).order_by("position")
    projects = [story.project(line.project.name) for line in lines.select_related("project")]
    managed = next((project for project in projects if project.stage == "closed"), None)
    accepted = next((project for project in projects if project.stage == "accepted"), None)
    if managed is not None:
        _accept(story, managed)
        _manage(story, managed)
    if accepted is not None:
        row = _accept(story, accepted)
        _with_defects(story, row)
        lately = today - dt.timedelta(days=9)  # somebody still reports of it: the defect is not seen again yet
        record_milestone(
            by=story.clerk(PLACE), at=story.at(lately), today=lately, project=accepted, milestone="municipal_works", on=D(2023, 9, 28)
        )  # fmt: skip
        _seen_by_the_city(story, row)


def _accept(story: Story, project: Project) -> Acceptance:
    """The acceptance as it was held, signed by every party and confirmed by a second person, filed in time."""
    day = project.stage_days.get(stage="accepted").actual_on
    assert day is not None
    by, at = story.clerk(PLACE), story.at(day)
    row = act.open_acceptance(by=by, at=at, today=day, project=project, held_on=day, place="小区广场")
    for party in parties(layers_of(project.division), day=day):
        unit, signer = UNITS[party.key]
        act.sign(
            by=by, at=at, today=day, acceptance=row, key=party.key, unit=unit, signer=signer, signed_on=day, agrees=True
        )
    row = act.confirm(
        by=story.checker(PLACE),
        at=story.at(day, 16),
        today=day,
        acceptance=row,
        passed_on=day,
        conclusion="符合设计和合同要求，验收合格",
    )
    filed = day + dt.timedelta(days=9)
    act.file_acceptance(
        by=by,
        at=story.at(filed),
        today=filed,
        acceptance=row,
        filed_on=filed,
        filing_number=f"芮建备〔{filed.year}〕{project.pk}号",
    )
    act.check_filing(by=story.checker(PLACE), at=story.at(filed, 15), acceptance=row)
    act.describe_warranty(
        by=by, at=story.at(filed), today=filed, acceptance=row, design_life=50, seasons_end=D(day.year + 2, 3, 15)
    )
    return row


def _with_defects(story: Story, row: Acceptance) -> None:
    day, by = row.held_on, story.clerk(PLACE)
    due = day + dt.timedelta(days=30)
    found = [
        defects.add_defect(
            by=by,
            at=story.at(day),
            today=day,
            acceptance=row,
            text=text,
            owner="山西宏远建筑工程有限公司",
            found_on=day,
            due_on=due,
        )
        for text in ("2号楼东侧雨水管卡箍松动", "3单元楼道声控灯两盏不亮", "小区入口道牙破损一处")
    ]
    mended = day + dt.timedelta(days=6)
    for defect, note in ((found[1], "已更换灯具并试亮"), (found[2], "已更换道牙")):
        defects.mend(by=by, at=story.at(mended), today=mended, defect=defect, mended_on=mended, note=note)
    seen = day + dt.timedelta(days=8)
    defects.see_again(by=story.checker(PLACE), at=story.at(seen), today=seen, defect=found[2], seen_on=seen, good=True)


def _seen_by_the_city(story: Story, row: Acceptance) -> None:
    """抽检 by the office of the city (RC-19): once with something to mend, once all right."""
    for days, passed, findings in (
        (45, False, "抽查三处：1处散水坡度不足，雨后积水，责成施工单位返修"), (70, True, "复查散水已返修，资料齐全"),
    ):  # fmt: skip
        on = row.held_on + dt.timedelta(days=days)
        act.spot_check(
            by=story.clerk("运城市"), at=story.at(on), today=on, acceptance=row, on=on, passed=passed, findings=findings
        )


def _manage(story: Story, project: Project) -> None:
    """Papers in the archive, a company that manages it, what was agreed: then the project goes into aftercare."""
    on = D(2024, 3, 4)
    by, at, checker = story.clerk(PLACE), story.at(on), story.checker(PLACE)
    for number, (key, _) in enumerate(ARCHIVE_LIST):
        later.put_in_archive(by=by, at=at, project=project, key=key, pages=12 + 7 * number)
    later.close_archive(
        by=checker, at=at, project=project, number="RC-LJX-2023-01", shelf="3排2架", keeper="芮城县住建局档案室"
    )
    pipe = later.hand_over(
        by=by, at=at, today=on, project=project, facility="室外供水管网", giver="芮城县住房和城乡建设局", receiver_kind="utility",
        receiver="芮城县自来水公司", standard="《城镇供水管网运行、维护及安全技术规程》，试压合格", on=on, number="芮水移〔2024〕3号",
    )  # fmt: skip
    later.check(by=checker, at=at, project=project, row=pipe)
    for place in aftercare_page(project).places:
        community = place.community
        row = later.set_manager(
            by=by, at=at, today=on, project=project, community=community, mode="company", name="芮城安居物业服务有限公司",
            phone="0359-3021110", since=D(2024, 3, 1), paper="前期物业服务合同2024-6号", until=D(2027, 2, 28),
        )  # fmt: skip
        later.check(by=checker, at=at, project=project, row=row)
        record = later.record_aftercare(
            by=by, at=at, today=on, project=project, community=community, kind="joint_meeting", on=on, bodies="社区、业委会、物业公司",
            words="每季度第一周召开联席会议；先清理楼道杂物，再划定停车位。",
        )  # fmt: skip
        later.check(by=checker, at=at, project=project, row=record)
    story.satisfy(PLACE, story.project(project.name), on, ("aftercare",))
    advance(by=by, at=at, today=on, project=story.project(project.name), step="aftercare", on=on)
