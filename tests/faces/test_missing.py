# ruff: noqa: F811 (fixtures of a neighbour)
"""我的小区为什么没有？ Each answer with its clause and whom to ask; the sheet for the stairwell; the month without a report."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from communities.models import Community
from offices.actions import appoint, create_user
from offices.models import Body, Division, Message
from projects.actions.silence import remind_silent
from projects.models import StageDay
from tests.faces.test_portal import NOW, STAMP, community, county, page, project_of  # noqa: F401
from tests.journey.pdftext import pages

pytestmark = pytest.mark.django_db
STILL = {
    "excluded": ({"excluded": "urban_village"}, ("不在改造范围", "城中村", "芮政办发〔2022〕23号")),
    "too young": ({"built_text": "2012"}, ("不在改造范围", "2012", "规则 LZ-")),
    "unknown year": ({"built_text": ""}, ("建成年份不详", "规则 LZ-")),
    "not surveyed": ({}, ("还没有调查登记", "芮政办发〔2022〕23号")),
    "waiting": ({"surveyed_on": dt.date(2025, 1, 1)}, ("符合条件，还没有列入年度计划", "芮政办发〔2022〕23号")),
    "withdrawn": ({"withdrawn": True}, ("已从名册撤下",)),
}


@pytest.mark.parametrize("case", STILL)
def test_each_reason_with_its_clause_and_whom_to_ask(
    client: Client,
    community: Community,
    county: Division,
    case: str,
) -> None:
    Body.objects.create(division=county, kind="housing", name="芮城县住建局", phone="0359-3022345", **STAMP)
    values, said = STILL[case]
    if "LZ-" in said[-1]:  # 芮城 sets no year
        Division.objects.filter(pk=county.pk).update(governed_by="liuzhou")
    Community.objects.filter(pk=community.pk).update(**values)
    html = page(client, "/why/?name=土地局")  # the former name
    for words in (*said, "0359-3022345", "芮城县住建局"):
        assert words in html, words
    assert (f"/c/{community.uid}/" in html) == (case != "withdrawn")


def test_merged_planned_and_unknown_names(client: Client, community: Community, county: Division) -> None:
    twin = Community(
        name="国土局家属楼", search_text="国土局家属楼", name_key="国土局家属楼", merged_into=community, **STAMP
    )
    twin.place_in(county)
    twin.save()
    html = page(client, "/why/?name=家属楼")
    assert "已并入另一个小区" in html and f"/c/{community.uid}/" in html
    project_of(community, published=False)
    assert "已列入年度计划" not in page(client, "/why/?name=国土局住宅楼")
    project_of(community)
    assert "已列入年度计划（2026年度）" in page(client, "/why/?name=国土局住宅楼")
    html = page(client, f"/why/?name=火星小区&place={county.uid}")
    assert "名册里没有“火星小区”" in html and "芮城县改造哪些小区" in html
    assert "不论哪年建成：可以改造" in html and "城中村" in html and "芮政办发〔2022〕23号" in html
    Division.objects.filter(pk=county.pk).update(governed_by="liuzhou")
    html = page(client, f"/why/?place={county.uid}")
    assert "2005年及以前建成" in html and "以后建成：不在改造范围" in html
    for wild in ("place=x", "place=", "name=%00", "name=" + "长" * 500, "name=%3Cscript%3Ealert(1)%3C/script%3E"):
        assert "<script>alert" not in page(client, f"/why/?{wild}")


def test_search_and_division_say_where_each_one_stands(client: Client, community: Community, county: Division) -> None:
    other = Community(name="国土局二号楼", search_text="国土局二号楼", name_key="国土局二号楼", **STAMP)
    other.place_in(county)
    other.save()
    project_of(community, plan_year=2024, stage="aftercare")
    project_of(community, plan_year=2026, stage="works")
    assert page(client, "/?q=国土局").count("正在施工") == 1
    html = " ".join(page(client, f"/places/{county.uid}/").split())
    for words, number in (("正在施工", 1), ("还没有列入年度计划", 1), ("已完工", 0)):
        assert f'<dt>{words}</dt><dd><div class="figure-value">{number} ' in html, words


def test_the_sheet_for_the_stairwell(client: Client, community: Community, settings: Any) -> None:
    settings.SITE_URL = "https://gaizao.example.org"
    Community.objects.filter(pk=community.pk).update(contact_phone="0359-3029999")
    answer = client.get(f"/c/{community.uid}/poster.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    (text,) = pages(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    plain = text.replace("\n", "")
    for words in ("国土局住宅楼", "0359-3029999", f"https://gaizao.example.org/c/{community.uid}/"):
        assert words in plain, (words, plain)
    Community.objects.filter(pk=community.pk).update(withdrawn=True)
    assert client.get(f"/c/{community.uid}/poster.pdf").status_code == 404


def test_a_month_without_a_report_reaches_the_staff_once(community: Community, county: Division) -> None:
    body = Body.objects.create(division=county, kind="housing", name="芮城县住建局", **STAMP)
    clerk = create_user(
        by=None, at=NOW, username="jing", name="经办", password="long-enough-1", must_change_password=False
    )
    appoint(by=None, at=NOW, today=NOW.date(), user=clerk, body=body, role="clerk", since=dt.date(2020, 1, 1))
    project = project_of(community, reported_on=dt.date(2026, 5, 1), stage="works")
    project_of(community, reported_on=dt.date(2020, 5, 1), stage="aftercare")
    project_of(community, reported_on=dt.date(2020, 5, 1), stage="works", published=False)
    assert remind_silent(at=NOW, today=dt.date(2026, 5, 31)) == 0  # the thirtieth day
    for day in (1, 2, 9):
        assert remind_silent(at=NOW, today=dt.date(2026, 6, day)) == 1
    (message,) = Message.objects.filter(recipient=clerk, channel="inbox")
    assert message.title.startswith("已31天未更新") and message.subject_uid == project.uid
    project.reported_on = dt.date(2026, 6, 10)
    project.save()
    assert remind_silent(at=NOW, today=dt.date(2026, 8, 1)) == 1
    assert Message.objects.filter(recipient=clerk, channel="inbox").count() == 2  # a silence of its own


def test_why_the_next_step_and_why_it_is_late(client: Client, community: Community) -> None:
    project = project_of(community, stage="works")
    StageDay.objects.create(
        project=project, stage="accepted", planned_on=dt.date(2026, 10, 31), reason="连续降雨", recorded_at=NOW
    )
    html = page(client, f"/c/{community.uid}/")
    assert "延误原因：连续降雨" in html.partition("<h2>")[0]  # on the first screen
    why = html.partition("为什么要走“竣工验收”这一步")[2].partition("</section>")[0]
    assert "RC-1" in why and "<blockquote>" in why
