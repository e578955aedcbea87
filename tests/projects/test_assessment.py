"""The yearly scorecard by each document's criteria, and the order for money from above; both show, neither blocks."""

import io
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from approvals import papers
from approvals.models import Case, CaseAsk
from offices.demonstration import Offices
from offices.models import Body, Duty
from projects import actions
from projects.models import AssessmentRelease, Project
from projects.queries.assessment import scorecard_of
from projects.queries.ranking import reserve_of
from tests.approvals.field import Field
from tests.cast import AT, TODAY
from tests.projects.test_rollup import browser, enter

YEAR = TODAY.year


def planned(offices: Offices, place: str, name: str, stage: str = "approved", year: int = YEAR) -> Project:
    """A project of an issued plan, in a stage."""
    community = enter(offices, place, name)
    clerk = offices.user(place, "housing", "clerk")
    row = actions.add_project(
        by=clerk, at=AT, today=TODAY, division=offices.divisions[place], name=name, communities=[community]
    )
    Project.objects.filter(pk=row.pk).update(stage=stage, plan_year=year, published=True)
    return Project.objects.select_related("division", "county").get(pk=row.pk)


def scores(page: Any) -> dict[str, Fraction]:
    """Name → score of the scorecard on a page."""
    return {row.candidate.name: row.score for row in page.context["card"].ranked}


@pytest.mark.rule("LZ-23")
def test_the_city_scores_its_counties_publishes_a_frozen_version_and_favours_the_best(
    offices: Offices, django_assert_max_num_queries: Any
) -> None:
    planned(offices, "城中区", "甲", "accepted")
    planned(offices, "城中区", "乙")
    planned(offices, "柳北区", "丙")
    city, url = offices.divisions["柳州市"], reverse("projects:assessment")
    clerk, leader = browser(offices, "柳州市"), browser(offices, "柳州市", "leader")
    with django_assert_max_num_queries(45):
        page = clerk.get(url)
    assert [row.words for row in page.context["card"].demand.criteria] == ["项目改造成效", "满意度", "居民出资"]
    assert scores(page) == {"城中区": Fraction(1, 6), "柳北区": 0, "柳东新区": 0}
    assert "平台默认、文件未作规定" in page.content.decode() and "六(三)" in page.content.decode()
    uid = str(offices.divisions["城中区"].uid)
    behind = clerk.get(url, {"row": uid, "criterion": "results"}).context["behind"]
    assert [(item.title, item.good) for item in behind["items"]] == [("甲", True), ("乙", False)]
    weights = reverse("projects:assessment_weights")
    values = {"results": "100", "satisfaction": "0", "residents_money": "0", "reason": "考核办法"}
    assert clerk.post(weights, values).status_code == 403, "the weights are a leader's"
    assert leader.post(weights, values).status_code == 302
    assert scores(clerk.get(url))["城中区"] == Fraction(1, 2)
    assert clerk.post(reverse("projects:publish_assessment")).status_code == 302
    assert not AssessmentRelease.objects.exists(), "a leader publishes"
    leader.post(reverse("projects:publish_assessment"), {"note": "会议审定"})
    release = AssessmentRelease.objects.get()
    Project.objects.filter(name="乙").update(stage="accepted")
    assert scores(clerk.get(url))["城中区"] == 1
    shown = clerk.get(reverse("projects:assessment_release", args=[release.uid])).content.decode()
    assert "50.0" in shown and "1 / 2 个项目" in shown, "frozen as published"
    with pytest.raises(DatabaseError), transaction.atomic():
        AssessmentRelease.objects.update(content={})
    remark = reverse("projects:remark_assessment", args=[release.uid])
    said = {"uid": uid, "kind": "favoured", "text": "下一年度倾斜", "document_number": "柳建发〔2026〕3号"}
    assert clerk.post(remark, said).status_code == 403
    assert leader.post(remark, {**said, "kind": "summoned"}).status_code == 400, "the document knows no 约谈"
    assert leader.post(remark, said).status_code == 302
    assert "下一年度倾斜" in clerk.get(url).content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(clerk.get(url, {"format": "xlsx"}))))  # type: ignore[arg-type]
    assert [cell.value for cell in list(sheet.active)[1]][:2] == [1, "城中区"]
    data = clerk.get("/api/v1/projects/assessment/", {"division": str(city.uid), "year": str(YEAR)}).json()
    assert data["releases"][0]["content"]["rows"][0]["score"] == "1/2" and data["now"]["rows"][0]["score"] == "1/1"
    county = browser(offices, "城中区")
    above = county.get(url).content.decode()
    assert "上级发布的考核结果" in above and "会议审定" in above, "whom it assesses reads it"
    seen = county.get(reverse("projects:assessment_release", args=[release.uid]))
    assert seen.status_code == 200 and "下一年度倾斜" in seen.content.decode()
    assert county.post(remark, said).status_code == 403, "and says nothing in the city's name"
    assert browser(offices, "芮城县").get(reverse("projects:assessment_release", args=[release.uid])).status_code == 404
    asked = {"division": uid, "year": str(YEAR)}
    told = county.get("/api/v1/projects/assessment/", asked).json()
    assert [row["division"] for row in told["above"]] == ["柳州市"] and told["above"][0]["content"]["rows"]
    # What was published favours the county in the order for next year's money from above.
    following = planned(offices, "柳北区", "丁", year=YEAR + 1), planned(offices, "城中区", "戊", year=YEAR + 1)
    user = offices.user("柳州市", "housing", "clerk")
    order = reserve_of(user, city, year=YEAR + 1, today=TODAY, of="upper_money")
    assert [row.candidate.name for row in order.ranked] == ["戊", "丁"] and len(following) == 2
    lines = {line.criterion.key: line for line in order.ranked[0].lines}
    assert lines["performance"].value.score == Fraction(1, 2) and "考核第 1 版" in lines["performance"].value.words


@pytest.mark.rule("LZ-23")
def test_satisfaction_and_residents_money_are_sums_of_confirmed_rows(offices: Offices) -> None:
    project = planned(offices, "城中区", "甲", "accepted")
    clerk, other = (offices.user("城中区", "housing", role) for role in ("clerk", "approver"))
    paper = papers.record_paper(
        by=clerk, at=AT, today=TODAY, subject=project, division=project.division, evidence="satisfaction", title="满意度",
        figures={"respondents": 40, "satisfied": 30}, day=TODAY,
    )  # fmt: skip
    user, city = offices.user("柳州市", "housing", "clerk"), offices.divisions["柳州市"]

    def satisfaction() -> Any:
        card = scorecard_of(user, city, year=YEAR, today=TODAY)
        assert card is not None
        row = next(row for row in card.ranked if row.candidate.name == "城中区")
        return row.candidate.values["satisfaction"].score

    assert satisfaction() is None, "nobody has checked it"
    papers.check_paper(by=other, at=AT, paper=paper)
    assert satisfaction() == Fraction(3, 4)


@pytest.mark.rule("YL-11")
def test_yulin_s_counties_are_scored_by_their_tasks_and_may_be_criticised(offices: Offices) -> None:
    planned(offices, "玉州区", "甲", "accepted")
    planned(offices, "玉州区", "乙", "works")
    leader = browser(offices, "玉林市", "leader")
    page = leader.get(reverse("projects:assessment"))
    assert scores(page) == {"玉州区": Fraction(1, 2)}
    assert [row.key for row in page.context["card"].demand.consequences] == ["favoured", "criticised"]
    leader.post(reverse("projects:publish_assessment"))
    release = AssessmentRelease.objects.get()
    values = {"uid": str(offices.divisions["玉州区"].uid), "kind": "criticised", "text": "乙项目滞后"}
    assert leader.post(reverse("projects:remark_assessment", args=[release.uid]), values).status_code == 302
    assert release.remarks.get().kind == "criticised"
    order = reserve_of(
        offices.user("玉林市", "housing", "clerk"),
        offices.divisions["玉林市"],
        year=YEAR + 1,
        today=TODAY,
        of="upper_money",
    )
    assert [row.citation.rule for row in order.criteria] == ["YL-11"], "倾斜 is a stated criterion"


@pytest.mark.rule("JX-15")
def test_late_and_breached_deadlines_of_each_division_are_listed_and_summoned(offices: Offices) -> None:
    project = planned(offices, "东湖区", "甲")
    housing = offices.body("东湖区", "housing")
    for milestone, due, done in (("start", 9, None), ("scheme_design", 9, 8), ("project_approval", 9, 20)):
        duty = Duty(
            subject_type="project", subject_uid=project.uid, subject_title=project.name, subject_link="/staff/", body=housing,
            rule_id="JX-14", rulebook="jiangxi", milestone=milestone, strength="must", plan_year=YEAR,
            due_on=TODAY.replace(month=1, day=due), state="done" if done else "open",
            done_on=TODAY.replace(month=1, day=done) if done else None, created_at=AT, updated_at=AT,
        )  # fmt: skip
        duty.place_in(project.division)
        duty.save()
    leader, url = browser(offices, "南昌市", "leader"), reverse("projects:assessment")
    page = leader.get(url)
    assert scores(page)["东湖区"] == Fraction(1, 3)
    uid = str(offices.divisions["东湖区"].uid)
    words = [item.words for item in leader.get(url, {"row": uid, "criterion": "on_time"}).context["behind"]["items"]]
    assert sum("逾期" in text for text in words) == 2 and any("逾期 52 天，未完成" in text for text in words)
    leader.post(reverse("projects:publish_assessment"))
    release = AssessmentRelease.objects.get()
    values = {"uid": uid, "kind": "summoned", "text": "约谈东湖区政府", "document_number": "洪建函〔2026〕2号"}
    leader.post(reverse("projects:remark_assessment", args=[release.uid]), values)
    assert "通报约谈" in leader.get(url).content.decode()


@pytest.mark.rule("RC-34")
def test_ruicheng_scores_the_county_s_own_units(offices: Offices) -> None:
    county, finance = offices.divisions["芮城县"], offices.body("芮城县", "finance")
    field = Field(offices)
    project = planned(offices, "芮城县", "甲")
    case = Case(
        subject_type="project", subject_uid=project.uid, title="甲的方案", rulebook="ruicheng", revision="x", route=[],
        content={}, content_hash="0" * 64, submitted_by=field.clerk, submitted_body=offices.body("芮城县", "housing"),
        submitted_at=AT, created_at=AT, updated_at=AT,
    )  # fmt: skip
    case.place_in(county)
    case.save()
    for number, answered in ((1, AT), (2, None)):
        stage = case.stages.create(number=number, round=1, name="审查", act="review", needs="all")
        CaseAsk.objects.create(case=case, stage=stage, body=finance, asked_at=AT, answered_at=answered)
    leader, url = browser(offices, "芮城县", "leader"), reverse("projects:assessment")
    page = leader.get(url)
    found = {row.candidate.name: row for row in page.context["card"].ranked}
    assert set(found) == set(Body.objects.filter(division=county, active=True).values_list("name", flat=True))
    assert found[finance.name].candidate.values["opinions_given"].score == Fraction(1, 2)
    behind = leader.get(url, {"row": str(finance.uid), "criterion": "opinions_given"}).context["behind"]
    assert [item.words for item in behind["items"]] == ["已出具", "尚未出具"]
    assert browser(offices, "潞州区").get(url).context["card"] is None, "长治's document orders none"


@pytest.mark.rule("RC-25")
@pytest.mark.rule("LZ-25")
@pytest.mark.rule("YL-13")
def test_each_body_has_its_duties_in_the_document_s_words_and_what_waits_for_it(
    offices: Offices, django_assert_max_num_queries: Any
) -> None:
    quotes = {
        ("芮城县", "finance"): "负责统筹安排上级财政下达的老旧小区改造专项资金",
        ("柳州市", "finance"): "负责落实市级老旧小区改造财政资金",
        ("玉林市", "development_reform"): "负责老旧小区改造项目的前期审批工作",
    }
    for (place, kind), words in quotes.items():
        body = offices.body(place, kind)
        text = browser(offices, place).get(reverse("projects:body", args=[body.uid])).content.decode()
        assert words in text, place
        assert "政府对相关专营单位" not in text, "of the governments, not of every office"
    other = browser(offices, "柳州市").get(reverse("projects:body", args=[offices.body("芮城县", "finance").uid]))
    assert other.context["counts"]["asks"] == 0
    with django_assert_max_num_queries(30):
        page = browser(offices, "芮城县").get(reverse("projects:bodies"))
    rows = {row.body.name: row for row in page.context["rows"]}
    assert rows[offices.body("芮城县", "finance").name].charges >= 3


@pytest.mark.rule("JX-12")
@pytest.mark.rule("LZ-21")
def test_upper_money_goes_first_to_what_is_ahead_and_in_order_and_never_blocks(
    offices: Offices, django_assert_max_num_queries: Any
) -> None:
    for name, stage in (("甲", "approved"), ("乙", "reviewed"), ("丙", "accepted")):
        planned(offices, "东湖区", name, stage)
    client, url = browser(offices, "东湖区"), reverse("projects:upper_money")
    with django_assert_max_num_queries(60):
        page = client.get(url)
    ranked = page.context["view"].ranked
    assert [row.candidate.name for row in ranked] == ["乙", "甲"], "what is finished needs no ranking"
    values = ranked[0].candidate.values
    assert values["preparation_fast"].score == Fraction(4, 5) and "方案已审查" in values["preparation_fast"].words
    assert "项已满足" in values["procedures_complete"].words and "四(三)" in page.content.decode()
    weights = {"preparation_fast": "0", "procedures_complete": "10", "reason": "评审办法"}
    assert client.post(reverse("projects:upper_money_weights"), weights).status_code == 302
    view = client.get(url).context["view"]
    assert view.weights.reason == "评审办法" and view.in_force == {"preparation_fast": 0, "procedures_complete": 10}
    assert client.get(reverse("projects:ranking")).context["view"].weights is None, "the reserve has weights of its own"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(url, {"format": "xlsx"}))))  # type: ignore[arg-type]
    assert len(list(book.active)) == 3
    assert client.get(url, {"print": "1"}).status_code == 200
    liuzhou = planned(offices, "城中区", "丁"), planned(offices, "城中区", "戊")
    chengzhong = browser(offices, "城中区")
    fact = {"criterion": "demonstration", "percent": "100", "evidence": "示范项目名单"}
    assert chengzhong.post(reverse("projects:ranking_facts", args=[liuzhou[1].uid]), fact).status_code == 302
    order = chengzhong.get(url).context["view"].ranked
    assert [row.candidate.name for row in order] == ["戊", "丁"] and order[0].score == Fraction(1, 2)
    data = chengzhong.get("/api/v1/projects/upper-money/", {"division": str(offices.divisions["城中区"].uid)}).json()
    assert [row["key"] for row in data["criteria"]] == ["demonstration", "performance"]
    assert "未作规定" in browser(offices, "芮城县").get(url).content.decode()
