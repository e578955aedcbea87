"""The register and the reserve rolled up from county to city, special plans as frozen documents, and the survey that covers everybody."""

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from communities import actions as register
from communities.models import Community
from offices.demonstration import Offices
from offices.models import Message
from policies.refusal import RuleRefused
from projects import actions
from projects.models import SpecialPlan, SpecialPlanVersion
from projects.queries.rollup import PARTS
from tests.cast import AT, TODAY


def enter(offices: Offices, place: str, name: str, *, county: str = "", built: str = "1995", **more: Any) -> Community:
    """A community of forty households, entered by the county's clerk."""
    clerk = offices.user(county or place, "housing", "clerk")
    values = {"name": name, "built_text": built, "household_count": 40, "building_count": 2, **more}
    return register.add_community(by=clerk, at=AT, division=offices.divisions[place], values=values, evidence="普查")


def browser(offices: Offices, place: str, role: str = "clerk") -> Client:
    """Someone of a housing office, signed in."""
    client = Client()
    client.force_login(offices.user(place, "housing", role), backend="offices.backend.StaffBackend")
    return client


@pytest.mark.rule("LZ-28")
def test_the_city_sees_its_counties_with_sums_and_the_list_behind_each(
    offices: Offices, django_assert_max_num_queries: Any
) -> None:
    old = enter(offices, "映山社区", "映山街宿舍", county="城中区", surveyed_on=TODAY)
    enter(offices, "城中区", "新建小区", built="2015")
    planned = enter(offices, "柳北区", "胜利小区", surveyed_on=TODAY)
    clerk = offices.user("柳北区", "housing", "clerk")
    plan = actions.create_plan(by=clerk, at=AT, today=TODAY, division=offices.divisions["柳北区"], year=2027)
    project = actions.add_project(
        by=clerk, at=AT, today=TODAY, division=plan.division, name="胜利", communities=[planned]
    )
    actions.add_line(by=clerk, at=AT, today=TODAY, plan=plan, project=project)
    owner = offices.user("城中区", "housing", "clerk")
    actions.add_project(
        by=owner, at=AT, today=TODAY, division=offices.divisions["城中区"], name="映山", communities=[old]
    )
    client, city = browser(offices, "柳州市"), offices.divisions["柳州市"]
    with django_assert_max_num_queries(40):
        text = client.get(reverse("projects:rollup")).content.decode()
    assert "城中区" in text and "柳北区" in text and "柳东新区" in text
    data = client.get("/api/v1/projects/rollup/", {"division": str(city.uid)}).json()
    rows = {row["division"]["name"]: row for row in data["rows"]}
    of = ("registered", "surveyed", "eligible", "reserve", "planned")
    assert [rows["城中区"][key] for key in of] == [2, 1, 1, 1, 0]
    assert [rows["柳北区"][key] for key in of] == [1, 1, 1, 0, 1]
    assert [data["total"][key] for key in of] == [3, 2, 2, 1, 1] and data["total"]["households"] == 120
    for key in PARTS:
        behind = client.get(reverse("projects:rollup"), {"part": key, "division": str(city.uid)})
        assert behind.context["page"].paginator.count == data["total"][key], key
    own = client.get(
        reverse("projects:rollup"), {"part": "registered", "own": "1", "division": str(offices.divisions["城中区"].uid)}
    )
    assert [row.name for row in own.context["page"].object_list] == ["新建小区"], "not filed under a street"
    sheet = client.get(reverse("projects:rollup_export"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet)))  # type: ignore[arg-type]
    last = [cell.value for cell in list(book.active)[-1]]
    assert last[:3] == ["合计", 3, 2] and last[-1] == 120
    assert browser(offices, "城中区").get(reverse("projects:rollup"), {"division": str(city.uid)}).status_code == 404


def special(offices: Offices, places: list[Community]) -> SpecialPlan:
    """柳北区's draft, entered over HTTP."""
    client = browser(offices, "柳北区")
    values = {"title": "柳北区老旧小区改造专项规划", "first_year": "2021", "last_year": "2025"}
    client.post(reverse("projects:special_plans"), values)
    plan = SpecialPlan.objects.get()
    client.post(reverse("projects:choose_special", args=[plan.uid]), {"add": [str(row.uid) for row in places]})
    return plan


def issue(offices: Offices, plan: SpecialPlan, role: str = "leader", **more: Any) -> Any:
    """Issue what is written."""
    values = {"document_number": "柳北政发〔2022〕5号", "issued_on": "2026-3-1", **more}
    file = SimpleUploadedFile("规划.txt", "规划".encode())
    return browser(offices, "柳北区", role).post(
        reverse("projects:issue_special", args=[plan.uid]), {**values, "file": file}
    )


@pytest.mark.rule("LZ-28")
def test_a_special_plan_is_issued_frozen_and_revised_by_a_readable_difference(offices: Offices) -> None:
    first, second, third = (enter(offices, "柳北区", name) for name in ("甲小区", "乙小区", "丙小区"))
    plan = special(offices, [first, second])
    assert issue(offices, plan, "clerk").status_code == 403, "a leader issues"
    assert issue(offices, plan, issued_on="2026-3-3").status_code == 400, "not in the future"
    assert issue(offices, plan).status_code == 302
    assert issue(offices, plan, reason="无").status_code == 409, "nothing has changed"
    choose = reverse("projects:choose_special", args=[plan.uid])
    browser(offices, "柳北区").post(choose, {"add": [str(third.uid)], "remove": [str(first.uid)]})
    assert issue(offices, plan).status_code == 400, "a revision says why"
    assert issue(offices, plan, reason="中期调整", document_number="柳北政发〔2023〕8号").status_code == 302
    text = browser(offices, "柳北区").get(reverse("projects:special_plan", args=[plan.uid])).content.decode()
    assert "增加 1 个：丙小区" in text and "减少 1 个：甲小区" in text and "中期调整" in text
    with pytest.raises(DatabaseError), transaction.atomic():
        SpecialPlanVersion.objects.filter(number=1).update(content={})
    clerk = offices.user("柳北区", "housing", "clerk")
    pages = []
    for place in (first, third):
        project = actions.add_project(
            by=clerk, at=AT, today=TODAY, division=plan.division, name=place.name, communities=[place]
        )
        page = browser(offices, "柳北区").get(reverse("projects:project", args=[project.uid])).content.decode()
        pages.append("柳北政发〔2023〕8号" in page)
    assert pages == [False, True], "a project shows the plan in force that names its community"
    versions = browser(offices, "柳州市").get(f"/api/v1/special-plans/{plan.uid}/").json()["versions"]
    assert [row["number"] for row in versions] == [2, 1] and versions[0]["added"] == ["丙小区"]


def test_a_community_of_elsewhere_is_no_choice(offices: Offices) -> None:
    plan = special(offices, [])
    foreign = enter(offices, "城中区", "别处小区")
    url = reverse("projects:choose_special", args=[plan.uid])
    browser(offices, "柳北区").post(url, {"add": [str(foreign.uid), "no-uid"]})
    assert not plan.places.exists()
    answer = browser(offices, "柳北区").post(
        reverse("projects:special_plans"), {"title": "甲\0", "first_year": "2021", "last_year": "2020"}
    )
    assert answer.status_code == 400 and SpecialPlan.objects.count() == 1
    assert issue(offices, plan).status_code == 409, "an empty plan"


@pytest.mark.rule("YL-16")
def test_a_plan_waits_until_every_community_of_the_division_is_surveyed(offices: Offices) -> None:
    done = enter(offices, "玉州区", "已摸排小区", surveyed_on=TODAY)
    left = enter(offices, "玉州区", "未摸排小区")
    clerk = offices.user("玉州区", "housing", "clerk")
    plan = actions.create_plan(by=clerk, at=AT, today=TODAY, division=offices.divisions["玉州区"], year=2027)
    project = actions.add_project(by=clerk, at=AT, today=TODAY, division=plan.division, name="甲", communities=[done])
    actions.add_line(by=clerk, at=AT, today=TODAY, plan=plan, project=project)
    plan.refresh_from_db()
    with pytest.raises(RuleRefused) as refused:
        actions.declare_plan(by=clerk, at=AT, today=TODAY, plan=plan)
    reason = next(row for row in refused.value.reasons if row.citation and row.citation.rule == "YL-16")
    assert reason.missing == "还有 1 个小区未摸排"
    leader = browser(offices, "玉州区", "leader")
    listed = leader.get(reverse("projects:rollup"), {"part": "unsurveyed"})
    assert [row.name for row in listed.context["page"].object_list] == ["未摸排小区"]
    assert "50.00%" in listed.content.decode()
    url, body = reverse("projects:remind_survey"), {"division": str(plan.division.uid)}
    for _ in range(2):
        assert browser(offices, "玉林市").post(url, body).status_code == 302
    told = Message.objects.filter(title="玉州区还有 1 个小区未摸排", channel="inbox")
    assert {row.recipient.username for row in told} >= {clerk.username}
    assert told.count() == len({row.recipient_id for row in told}), "once a day"
    register.change_community(
        by=clerk, at=AT, community=left, values={"surveyed_on": TODAY}, expected_version=left.version, evidence="摸排表"
    )
    register.record_hazard(by=clerk, at=AT, community=left, kind="gas", description="立管锈蚀")
    with pytest.raises(RuleRefused) as refused:
        actions.declare_plan(by=clerk, at=AT, today=TODAY, plan=plan)
    assert all(row.citation is None or row.citation.rule != "YL-16" for row in refused.value.reasons)
    hazards = leader.get(reverse("projects:rollup"), {"part": "hazards"})
    assert [row.name for row in hazards.context["page"].object_list] == ["未摸排小区"]
