"""What stands around the plans: special plans of a county and its city."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from communities.models import Community
from projects.actions import special
from renovation.demonstration.story import Story

D = dt.date


def tell(story: Story, today: dt.date) -> None:
    """The rows, in the order of the capability."""
    _special(story)


def _special(story: Story) -> None:
    """城中区's special plan, issued and once revised; 柳北区's is still a draft; one community of 城中区 has not been surveyed yet."""
    division, clerk, leader = (
        story.division("城中区"),
        story.clerk("城中区"),
        story.offices.user("城中区", "housing", "leader"),
    )
    rows = list(Community.objects.filter(county=division).exclude(built_to__gt=2005).order_by("pk"))
    plan = special.open_special_plan(
        by=clerk,
        at=story.at(D(2025, 7, 1)),
        division=division,
        title="城中区城镇老旧小区改造专项规划",
        first_year=2021,
        last_year=2026,
    )
    first = {row.uid for row in rows[:5]}
    special.choose_communities(by=clerk, at=story.at(D(2025, 7, 2)), plan=plan, add=first)
    _issue(story, plan, leader, D(2025, 7, 21), "城中政发〔2025〕14号", "")
    special.choose_communities(by=clerk, at=story.at(D(2026, 3, 9)), plan=plan, add=[row.uid for row in rows[5:]])
    _issue(story, plan, leader, D(2026, 3, 16), "城中政发〔2026〕6号", "东门邮电宿舍管线老化，经区政府同意增列")
    north = special.open_special_plan(
        by=story.clerk("柳北区"), at=story.at(D(2026, 8, 3)), division=story.division("柳北区"),
        title="柳北区城镇老旧小区改造专项规划（2026—2030年）", first_year=2026, last_year=2030,
    )  # fmt: skip
    places = Community.objects.filter(county=north.division).order_by("pk")
    special.choose_communities(
        by=story.clerk("柳北区"), at=story.at(D(2026, 8, 4)), plan=north, add=places.values_list("uid", flat=True)[:2]
    )
    story.community(
        "城中区", "映山社区", D(2026, 9, 8), name="文惠路百货公司宿舍", address="文惠路30号", built_text="1990"
    )


def _issue(story: Story, plan: Any, leader: Any, on: dt.date, number: str, reason: str) -> None:
    paper = SimpleUploadedFile("专项规划.txt", f"{plan.title}（{number}）".encode())
    special.issue_special_plan(
        by=leader,
        at=story.at(on),
        today=on,
        plan=plan,
        document_number=number,
        issued_on=on,
        upload=paper,
        reason=reason,
    )
