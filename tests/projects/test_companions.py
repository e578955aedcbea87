"""Departments' and utilities' plans beside the annual plan (RC-31), and what a division files upward (JX-08)."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from communities import actions as register
from offices.demonstration import Offices
from offices.models import Duty
from policies.refusal import RuleRefused
from projects import actions
from projects.models import AnnualPlan, CompanionLine, UpwardFiling
from tests.cast import AT, TODAY
from tests.projects.test_rollup import browser, enter

TABLE = """年度\t类别\t专业\t编制单位\t小区名称\t建设内容\t资金（万元）\t资金到位时间
2027\t管线改造计划\t供水\t县自来水公司\t旧名小区\t更换立管\t18.6\t2027-5-30
2028\t管线改造计划\t供气\t县燃气公司\t乙小区\t更新管道\t9.25\t
2027\t专项改造计划\t养老\t县民政局\t不知名大院\t增设扶手\t\t
"""


@pytest.fixture
def plan(offices: Offices) -> AnnualPlan:
    """芮城县's plan of 2027 with two communities, one of which had another name."""
    first = enter(offices, "芮城县", "甲小区", former_names="旧名小区")
    second = enter(offices, "芮城县", "乙小区")
    clerk = offices.user("芮城县", "housing", "clerk")
    plan = actions.create_plan(by=clerk, at=AT, today=TODAY, division=offices.divisions["芮城县"], year=2027)
    for place in (first, second):
        project = actions.add_project(
            by=clerk, at=AT, today=TODAY, division=plan.division, name=place.name, communities=[place]
        )
        actions.add_line(by=clerk, at=AT, today=TODAY, plan=plan, project=project)
    return AnnualPlan.objects.select_related("division").get()


def stands_against(offices: Offices, plan: AnnualPlan) -> str:
    """What RC-31's gate says is missing when the clerk submits; empty where it is met."""
    with pytest.raises(RuleRefused) as refused:
        actions.declare_plan(
            by=offices.user("芮城县", "housing", "clerk"), at=AT, today=TODAY, plan=AnnualPlan.objects.get(pk=plan.pk)
        )
    rows = [row for row in refused.value.reasons if row.citation and row.citation.rule == "RC-31"]
    return rows[0].missing if rows else ""


@pytest.mark.rule("RC-31")
def test_other_units_plans_are_imported_matched_settled_and_hold_the_declaration(
    offices: Offices,
    plan: AnnualPlan,
    django_assert_max_num_queries: Any,
) -> None:
    clerk = offices.user("芮城县", "housing", "clerk")
    source = register.upload_import(
        by=clerk, at=AT, kind="companions", division=plan.division, upload=register.pasted(TABLE)
    )
    source = register.read_import(source=source, at=AT)
    assert source.counts["error"] == 0 and source.counts["new"] == 3
    register.apply_import(by=clerk, at=AT, source=source)
    again = register.read_import(
        source=register.upload_import(
            by=clerk, at=AT, kind="companions", division=plan.division, upload=register.pasted(TABLE)
        ),
        at=AT,
    )
    assert again.counts["unchanged"] == 3, "a table brought twice adds nothing"
    client, url = browser(offices, "芮城县"), reverse("projects:companions", args=[plan.uid])
    with django_assert_max_num_queries(40):
        page = client.get(url)
    view = page.context["view"]
    assert view.rows[0].rows[0].line.amount == Decimal("186000.00") and view.money == Decimal("186000.00")
    assert not view.rows[0].rows[0].clash and view.rows[1].rows[0].clash
    assert view.rows[1].absent == ("专项改造计划", "管线改造计划"), "another year's works are not this year's"
    text = stands_against(offices, plan)
    assert "1 条没有对上小区" in text and "乙小区：县燃气公司安排在2028年" in text and "3 条待第二人复核" in text
    lost = CompanionLine.objects.get(place="不知名大院")
    community = view.rows[1].community
    client.post(reverse("projects:settle_companion", args=[plan.uid, lost.uid]), {"community": str(community.uid)})
    check = reverse("projects:check_companions", args=[plan.uid])
    client.post(check)
    assert not CompanionLine.objects.filter(checked_by__isnull=False).exists(), "who entered does not check"
    browser(offices, "芮城县", "approver").post(check)
    assert stands_against(offices, plan) == "年度不一致，可能重复开挖：乙小区：县燃气公司安排在2028年"
    clash = CompanionLine.objects.get(year=2028)
    agree = reverse("projects:agree_companion", args=[plan.uid, clash.uid])
    assert client.post(agree, {"reason": "不重复开挖"}).status_code == 403, "a leader says so"
    browser(offices, "芮城县", "leader").post(agree, {"reason": "燃气管在路面之外敷设"})
    assert stands_against(offices, plan) == ""
    data = client.get(f"/api/v1/plans/{plan.uid}/companions/").json()
    assert data["money"] == "186000.00" and data["rows"][0]["lines"][0]["funds_on"] == "2027-05-30"
    for line in CompanionLine.objects.filter(kind="special_plans"):
        client.post(reverse("projects:withdraw_companion", args=[plan.uid, line.uid]))
    assert stands_against(offices, plan) == "还缺：专项改造计划"
    nothing = {"year": "2027", "kind": "special_plans", "sector": "elderly", "unit": "县民政局", "nothing": "on"}
    assert client.post(reverse("projects:add_companion", args=[plan.uid]), nothing).status_code == 302
    browser(offices, "芮城县", "approver").post(check)
    assert stands_against(offices, plan) == "", "a unit that plans nothing says so"


def test_bad_lines_name_their_cell_and_field(offices: Offices, plan: AnnualPlan) -> None:
    clerk = offices.user("芮城县", "housing", "clerk")
    table = "年度\t类别\t编制单位\t小区名称\t资金\n2027\t绿化\t园林局\t甲小区\t-5\n"
    source = register.upload_import(
        by=clerk, at=AT, kind="companions", division=plan.division, upload=register.pasted(table)
    )
    source = register.read_import(source=source, at=AT)
    problems = " ".join(row["message"] for row in source.rows.get().problems)
    assert "B2" in problems and "E2" in problems
    add = reverse("projects:add_companion", args=[plan.uid])
    both = {
        "year": "2027",
        "kind": "special_plans",
        "sector": "elderly",
        "unit": "民政局",
        "nothing": "on",
        "place": "甲",
    }
    for wrong in (both, {**both, "nothing": "", "place": "", "amount": "1e99"}, {**both, "unit": "甲\0"}):
        assert browser(offices, "芮城县").post(add, wrong).status_code == 400
    assert not CompanionLine.objects.exists()


@pytest.mark.rule("JX-08")
def test_a_division_files_its_list_and_standard_and_the_office_above_says_that_it_has_them(
    offices: Offices,
) -> None:
    client, url = browser(offices, "东湖区"), reverse("projects:filings")
    first = client.get(url)
    assert "改造内容清单、改造标准" in first.content.decode() and "三(二)末段" in first.content.decode()

    def send(by: Client, **more: Any) -> Any:
        file = SimpleUploadedFile("清单.txt", "清单".encode())
        values = {"kind": "contents", "title": "东湖区改造内容清单", "filed_on": "2026-3-1", **more}
        return by.post(url, {**values, "file": file})

    assert send(client, filed_on="2026-3-3").status_code == 400, "not in the future"
    assert send(client).status_code == 302
    row = UpwardFiling.objects.get()
    assert row.to_body == offices.body("南昌市", "housing")
    owed = [each.kinds for each in client.get(url).context["owed"] if each.division.name == "东湖区"]
    assert owed == [("改造标准",)]
    receive = reverse("projects:receive_filing", args=[row.uid])
    values = {"received_on": "2026-3-2", "receipt_number": "洪建备〔2026〕1号"}
    assert client.post(receive, values).status_code == 403, "the office above receives"
    city = browser(offices, "南昌市")
    assert city.post(receive, {"received_on": "2026-2-1"}).status_code == 400, "not before it was sent"
    assert city.post(receive, values).status_code == 302
    assert city.post(receive, values).status_code == 409, "once"
    assert "洪建备〔2026〕1号" in client.get(url).content.decode()
    assert not Duty.objects.filter(subject_type="upwardfiling").exists(), "the document sets no day"
    assert "未作规定" in browser(offices, "潞州区").get(url).content.decode()
