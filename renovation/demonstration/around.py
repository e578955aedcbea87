"""What stands around the plans: special plans, other units' plans, what is filed upward."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from communities.models import Community
from projects.actions import companions, filings, special
from projects.actions.assessment import publish_assessment, remark_on
from projects.actions.ranking import record_ranking_fact, set_weights
from projects.models import AnnualPlan, ProjectCommunity
from renovation.demonstration.story import Story

D = dt.date


def tell(story: Story, today: dt.date) -> None:
    """The rows, in the order of the capability."""
    _special(story)
    _companions(story)
    _filings(story)
    _assessed(story, today)


def _assessed(story: Story, today: dt.date) -> None:
    """柳州市 has published its scorecard of 2026 with weights of its own; 映山街机械厂宿舍 is a demonstration project."""
    leader, city, on = (
        story.offices.user("柳州市", "housing", "leader"),
        story.division("柳州市"),
        min(today, D(2026, 11, 18)),
    )
    set_weights(
        by=leader, at=story.at(on), today=on, division=city, year=2026, of="assessment", reason="2026年度绩效考核办法",
        weights={"results": 50, "satisfaction": 30, "residents_money": 20},
    )  # fmt: skip
    release = publish_assessment(
        by=leader, at=story.at(on), today=on, division=city, year=2026, note="经领导小组会议审定"
    )
    first = release.content["rows"][0]["uid"]
    remark_on(
        by=leader,
        at=story.at(on),
        today=on,
        release=release,
        uid=first,
        kind="favoured",
        text="居民出资落实较好，下一年度项目资金倾斜",
    )
    project = story.project("映山街机械厂宿舍")
    record_ranking_fact(
        by=story.clerk("城中区"), at=story.at(D(2026, 1, 20)), today=D(2026, 1, 20), project=project, criterion="demonstration",
        percent=100, evidence="柳州市2026年度示范项目名单",
    )  # fmt: skip


def _companions(story: Story) -> None:
    """芮城县's are in order beside its latest plan; 城中区's name a yard that nobody knows and dig in another year."""
    for place, day, whole in (("芮城县", D(2026, 2, 9), True), ("城中区", D(2026, 9, 14), False)):
        plan = AnnualPlan.objects.filter(division=story.division(place)).order_by("-year").first()
        if plan is None:
            continue
        parts = ProjectCommunity.objects.filter(project__lines__plan=plan).select_related("community").order_by("pk")
        rows = _lines(place, plan.year, [part.community.name for part in parts[:2]], whole=whole)
        lines = companions.add_companion_lines(
            by=story.clerk(place), at=story.at(day), division=plan.division, rows=rows
        )
        checked = lines if whole else lines[:1]
        companions.check_companions(
            by=story.checker(place), at=story.at(day + dt.timedelta(days=1)), division=plan.division, lines=checked
        )


def _lines(place: str, year: int, names: list[str], *, whole: bool) -> list[dict[str, Any]]:
    pipeline: dict[str, Any] = {"year": year, "kind": "pipeline_plans"}
    water = {**pipeline, "sector": "water", "unit": f"{place}自来水公司", "document_number": f"{year}年管网改造计划"}
    rows = [
        {
            **water,
            "place": names[0],
            "works": "更换供水立管",
            "amount": Decimal("186000.00"),
            "funds_on": D(year, 5, 30),
        },
        {"year": year, "kind": "special_plans", "sector": "elderly", "unit": f"{place}民政局", "nothing": True},
    ]
    if not whole:
        rows += [
            {**water, "place": names[-1], "year": year + 1, "works": "院内供水主管更新", "amount": Decimal("92500.00")},
            {**pipeline, "sector": "gas", "unit": f"{place}燃气公司", "place": "老粮站家属院", "works": "燃气管道更新"},
        ]
    return rows


def _filings(story: Story) -> None:
    """东湖区: the list is filed and received, the standard waits for the city."""
    sent = (
        ("contents", "东湖区老旧小区改造内容清单", D(2025, 6, 3)),
        ("standard", "东湖区老旧小区改造标准", D(2026, 9, 21)),
    )
    for kind, title, on in sent:
        row = filings.send_filing(
            by=story.clerk("东湖区"), at=story.at(on), today=on, division=story.division("东湖区"), kind=kind, title=title,
            filed_on=on, upload=SimpleUploadedFile(f"{title}.txt", title.encode()),
        )  # fmt: skip
        if kind == "contents":
            later = on + dt.timedelta(days=8)
            filings.receive_filing(
                by=story.clerk("南昌市"), at=story.at(later), today=later, filing=row, received_on=later,
                receipt_number="洪建备〔2025〕12号",
            )  # fmt: skip


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
