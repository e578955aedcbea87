"""Notices and complaints: one notice running in 柳州 with an answered and an open objection, one closed in 芮城, four complaints."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals import notices
from communities.actions import complaints
from communities.models import Community
from projects import actions
from projects.models import Project
from renovation.demonstration.story import Story
from renovation.demonstration.works import drawn

D = dt.date
DAY = dt.timedelta(days=1)
TEXT = (
    "根据城镇老旧小区改造工作安排，现将初步改造方案公示如下：更换室外给水管道和排水管道，修复小区道路，增设照明。"
    "公示期内有意见或异议的，可以在本页面提交，也可以书面送交或致电我局。"
)


def tell(story: Story, today: dt.date) -> None:
    """On the days before ``today``."""
    _running(story, today)
    _closed(story)
    _complaints(story, today)


def _running(story: Story, today: dt.date) -> None:
    """东门邮电宿舍 in 城中区: posted two days ago, by LZ-08."""
    place, posted = "城中区", today - 2 * DAY
    clerk, community = story.clerk(place), Community.objects.get(name="东门邮电宿舍")
    project = actions.add_project(
        by=clerk,
        at=story.at(posted, 8),
        today=posted,
        division=story.division(place),
        name="东门邮电宿舍",
        communities=[community],
    )
    project = actions.change_project(
        by=clerk,
        at=story.at(posted, 8),
        today=posted,
        project=project,
        changes={"works": ["water", "road"], "investment": "1860000.00"},
    )
    values = {"title": "东门邮电宿舍初步改造方案公示", "text": TEXT, "communities": [community]}
    draft = notices.create_notice(
        by=clerk, at=story.at(posted, 8), kind="scheme", values=values, subject_type="project", subject=project
    )
    notice = notices.post_notice(by=clerk, at=story.at(posted, 9), today=posted, notice=draft)
    said = {"kind": "objection", "name": "覃凤英", "phone": "13907720018", "home": "2栋1单元302"}
    first = notices.send_remark(
        at=story.at(posted, 19),
        today=posted,
        notice=notice,
        given={**said, "text": "施工期间停水太久，老人用水不便，应当分栋施工。"},
    )
    notices.answer_remark(
        by=clerk, at=story.at(posted + DAY, 10), remark=first, outcome="adopted", summary="要求分栋施工、缩短停水时间",
        text="采纳：改为分栋施工，每栋停水不超过6小时，提前两天张贴通知，并安排临时供水点。",
    )  # fmt: skip
    given = {"kind": "objection", "text": "2栋前的停车位不够，方案里没有增加。"}
    notices.send_remark(at=story.at(posted + DAY, 20), today=posted + DAY, notice=notice, given=given)
    notices.enter_remark(
        by=clerk, at=story.at(posted + DAY, 16), today=posted + DAY, channel="owners_representatives_meeting", notice=notice,
        received_on=posted + DAY, given={"kind": "opinion", "text": "建议照明采用声控灯。"},
    )  # fmt: skip


def _closed(story: Story) -> None:
    """A project of 芮城's 2024 plan: five days by RC-12, nobody objected."""
    place, posted = "芮城县", D(2024, 4, 10)
    project = (
        Project.objects.select_related("division")
        .filter(county=story.division(place), plan_year=2024, stage="designed")
        .order_by("pk")[0]
    )
    clerk = story.clerk(place)
    communities = [part.community for part in project.parts.select_related("community")]
    values = {"title": f"{project.name}改造方案公示", "text": TEXT, "communities": communities}
    draft = notices.create_notice(
        by=clerk, at=story.at(posted, 8), kind="scheme", values=values, subject_type="project", subject=project
    )
    notice = notices.post_notice(by=clerk, at=story.at(posted, 9), today=posted, notice=draft)
    assert notice.last_day is not None
    after = notice.last_day + DAY
    notices.close_notice(by=clerk, at=story.at(after), today=after, notice=notice)


def _complaints(story: Story, today: dt.date) -> None:
    """Two of one kind in 潞州区, the first answered; one in 城中区 that is overdue, one that its sender reopened."""
    yard = Community.objects.get(name="英雄南路纺织厂宿舍")
    first = complaints.file_complaint(
        by=None, at=story.at(today - 40 * DAY, 21), today=today - 40 * DAY, community=yard,
        given={"category": "quality", "text": "3栋单元门口新铺的路面下沉积水，出门要绕行。", "name": "申玉梅", "phone": "13903550027"},
    )  # fmt: skip
    complaints.answer_complaint(
        by=story.clerk("潞州区"), at=story.at(today - 33 * DAY), complaint=first, text="已责成施工单位返工，路基重新夯实，本周内完成。",
        public_text="路面下沉积水：已责成施工单位返工。",
    )  # fmt: skip
    complaints.file_complaint(
        by=None, at=story.at(today - 3 * DAY, 20), today=today - 3 * DAY, community=yard,
        given={"category": "quality", "text": "返工后的路面又裂了一道缝。", "phone": "13903550027"},
        photo=SimpleUploadedFile("路面裂缝.jpg", drawn((128, 120, 112))),
    )  # fmt: skip
    complaints.file_complaint(
        by=story.clerk("城中区"), at=story.at(today - 45 * DAY), today=today - 45 * DAY, channel="phone",
        community=Community.objects.get(name="映山街机械厂宿舍"),
        given={"category": "noise", "text": "工地夜里十一点以后还在切割钢筋，影响孩子休息。"},
    )  # fmt: skip
    lamp = complaints.file_complaint(
        by=None, at=story.at(today - 20 * DAY, 19), today=today - 20 * DAY, community=Community.objects.get(name="百花洲路印刷厂宿舍"),
        given={"category": "safety", "text": "2栋前的围挡晚上没有灯，老人容易绊倒。", "phone": "13970910026"},
    )  # fmt: skip
    complaints.answer_complaint(
        by=story.clerk("东湖区"), at=story.at(today - 16 * DAY), complaint=lamp, text="已要求施工单位当天加装警示灯。",
        public_text="围挡照明：已加装警示灯。",
    )  # fmt: skip
    complaints.reopen_complaint(
        at=story.at(today - 9 * DAY, 21), today=today - 9 * DAY, complaint=lamp, reason="灯装了两天就不亮了。"
    )
