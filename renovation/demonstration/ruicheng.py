"""芮城县: the 30 communities of its 附件3 and one in the reserve.

2021 and 2022 entered as issued, 2023 and 2024 through the route, 2025 a draft.
"""

import datetime as dt
from pathlib import Path

from projects import actions
from projects.models import AnnualPlan, PlanLine, Project
from renovation.demonstration.guangxi import register
from renovation.demonstration.story import Story

PLACE = "芮城县"
TABLE = Path(__file__).with_name("ruicheng_plan.csv")
D = dt.date


def tell(story: Story, today: dt.date) -> None:
    """The county's five plans, each as far as it has come."""
    story.import_plan(PLACE, TABLE.read_text(encoding="utf-8"), D(2022, 8, 1))
    plans = {plan.year: plan for plan in AnnualPlan.objects.filter(division=story.division(PLACE))}
    _entered(story, plans[2021], "芮政办发〔2022〕23号（附件3）", D(2022, 7, 5), D(2022, 8, 1))
    _entered(story, plans[2022], "芮政办发〔2022〕23号", D(2022, 7, 5), D(2022, 8, 1))
    _midlife(story, plans[2021], "aftercare", D(2021, 5, 20), D(2021, 11, 18), D(2022, 8, 2))
    _midlife(story, plans[2022], "closed", D(2022, 6, 8), D(2022, 11, 25), D(2023, 1, 5))
    story.issue(PLACE, plans[2023], D(2023, 2, 20), "芮政函〔2023〕9号")
    story.issue(PLACE, plans[2024], D(2024, 2, 26), "芮政函〔2024〕11号")
    _lives(story, plans[2023], plans[2024])
    _consents_of_2025(story, plans[2025])
    _reserve(story, D(2025, 3, 10))


def _reserve(story: Story, on: dt.date) -> None:
    """One that is in no table of the county yet."""
    rows = (("洞宾西街水利宿舍", "洞宾西街41号", "1996", 2, 48, "3960.00"),)
    (community,) = register(story, PLACE, "洞宾社区", rows, on)
    actions.add_project(
        by=story.clerk(PLACE), at=story.at(on), today=on, division=story.division(PLACE), name=community.name, communities=[community],
    )  # fmt: skip


def _entered(story: Story, plan: AnnualPlan, number: str, issued: dt.date, on: dt.date) -> None:
    actions.enter_as_issued(
        by=story.clerk(PLACE),
        at=story.at(on),
        today=on,
        plan=story.fresh(plan),
        document_number=number,
        issued_on=issued,
    )


def _projects(plan: AnnualPlan) -> list[Project]:
    return [line.project for line in PlanLine.objects.filter(plan=plan).select_related("project").order_by("position")]


def _midlife(story: Story, plan: AnnualPlan, stage: str, started: dt.date, accepted: dt.date, on: dt.date) -> None:
    days = {"approved": plan.issued_on or started, "works": started, "accepted": accepted}
    if stage != "accepted":
        days["closed"] = accepted + dt.timedelta(days=30)
    if days["approved"] > started:
        del days["approved"]  # works had begun before the table was published
    for project in _projects(story.fresh(plan)):
        actions.enter_midlife(
            by=story.clerk(PLACE), at=story.at(on), today=on, project=story.project(project.name), stage=stage, days=days,
            reason="竣工验收报告及移交清单",
        )  # fmt: skip


def _lives(story: Story, plan_2023: AnnualPlan, plan_2024: AnnualPlan) -> None:
    for number, project in enumerate(_projects(plan_2023)):
        shift = dt.timedelta(days=4 * number)
        story.move(PLACE, project, "scheme", D(2023, 3, 6) + shift)
        story.move(PLACE, project, "review", D(2023, 4, 3) + shift)
        story.move(PLACE, project, "start", D(2023, 5, 9) + shift)
        story.move(PLACE, project, "accept", D(2023, 11, 8) + shift)
        if number != 4:  # that one has a defect to be mended
            story.move(PLACE, project, "close", D(2024, 1, 10) + shift)
    for number, project in enumerate(_projects(plan_2024)):
        shift = dt.timedelta(days=3 * number)
        if number == 6:
            continue  # in the plan, its scheme not yet drawn
        story.move(PLACE, project, "scheme", D(2024, 3, 11) + shift)
        if number == 2:
            continue  # its scheme waits for the review
        story.move(PLACE, project, "review", D(2024, 4, 8) + shift)
        if number < 5:
            story.move(PLACE, project, "start", D(2024, 5, 27) + shift)
    late = story.project(_projects(plan_2024)[4].name)
    actions.plan_days(
        by=story.clerk(PLACE), at=story.at(D(2024, 10, 28)), project=late, days={"accepted": D(2024, 11, 30)}
    )
    actions.plan_days(
        by=story.clerk(PLACE), at=story.at(D(2024, 11, 26)), project=late, days={"accepted": D(2025, 4, 30)},
        reason="入冬后外墙粉刷不宜施工，顺延至次年开春",
    )  # fmt: skip


def _consents_of_2025(story: Story, plan: AnnualPlan) -> None:
    """Every community of 2025 agrees but 审计局住宅楼, where 12 of 16 households do: one is missing (RC-07)."""
    day = D(2025, 1, 20)
    story.satisfy(PLACE, story.fresh(plan), day)
    for project in _projects(plan):
        if project.name == "审计局住宅楼":
            figures = {"households": 16, "agreeing": 12}
            story.paper(PLACE, project, "plan_consent", figures, day, title="小区居民同意纳入改造计划签名表")
        else:
            story.satisfy(PLACE, story.project(project.name), day, ("plan", "declare"))
