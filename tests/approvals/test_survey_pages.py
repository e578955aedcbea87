"""Surveys over HTTP as staff live them: drawn up, opened, from door to door on a phone, closed, confirmed by the leader, gate met."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import GradeScale, Survey, SurveyAnswer
from approvals.surveys import actions
from communities.models import Hazard
from offices.models import User
from tests.approvals.field import HOUR, UNTIL, Field
from tests.cast import AT


@pytest.fixture
def login(monkeypatch: pytest.MonkeyPatch) -> Callable[[User], Client]:
    """A browser in which someone is signed in; the clock stands at AT."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)

    def build(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="offices.backend.StaffBackend")
        return client

    return build


def url(name: str, survey: Survey, **more: Any) -> str:
    """Address of a survey's page."""
    return reverse(f"approvals:{name}", args=[survey.uid, *more.values()])


def text(response: Any) -> str:
    """Body of an answer."""
    return str(response.content.decode())


@pytest.mark.rule("RC-07")
def test_from_the_draft_to_the_gate(ruicheng: Field, login: Callable[[User], Client]) -> None:
    homes = [ruicheng.home(str(room)) for room in range(101, 111)]
    project, clerk = ruicheng.project(), login(ruicheng.clerk)
    page = text(clerk.get(reverse("communities:detail", args=[ruicheng.community.uid])))
    assert "发起居民调查" in page
    add = f"{reverse('approvals:new_survey')}?community={ruicheng.community.uid}"
    assert clerk.get(add).status_code == 200
    made = clerk.post(add, {"kind": "plan_consent", "asks": "residents", "until": UNTIL.isoformat()})
    survey = Survey.objects.get()
    assert made.status_code == 302 and survey.title == "迎春小区纳入计划意见征求"
    assert clerk.get(url("survey_doors", survey)).status_code == 404, "a draft takes nothing"
    assert clerk.post(url("open_survey", survey)).status_code == 302
    doors = text(clerk.get(url("survey_doors", survey)))
    assert "还差 8" in doors and "1-101" in doors and "RC-07" not in text(clerk.get("/staff/surveys/"))
    for home in homes[:7]:
        at = f"{url('survey_answer', survey)}?home={home.uid}"
        assert text(clerk.get(at)).count('type="radio"') == 6
        done = clerk.post(at, {"role": "tenant", "choice": "agree"}, follow=True)
    assert "共 7 户答卷，还差 1 户" in text(done)
    gates = text(clerk.get(reverse("projects:project", args=[project.uid])))
    assert "进行中" in gates and "还差 1 户" in gates
    clerk.post(
        f"{url('survey_answer', survey)}?home={homes[7].uid}", {"role": "owner", "choice": "agree", "serial": "0008"}
    )
    assert SurveyAnswer.objects.latest("pk").channel == "paper"
    assert clerk.post(url("close_survey", survey)).status_code == 302
    late = clerk.post(f"{url('survey_answer', survey)}?home={homes[8].uid}", {"role": "owner", "choice": "agree"})
    assert late.status_code == 409 and "已经截止" in text(late)
    assert clerk.post(url("confirm_survey", survey)).status_code == 403
    leader = login(ruicheng.leader)
    assert "确认结果" in text(leader.get(url("survey", survey)))
    assert leader.post(url("confirm_survey", survey)).status_code == 302
    gates = text(clerk.get(reverse("projects:project", args=[project.uid])))
    assert "8 / 10" in gates and "进行中" not in gates
    shown = text(clerk.get(url("survey", survey)))
    assert "样本较小" in shown and "已达到" in shown and "还缺" in shown


@pytest.mark.rule("LZ-31")
def test_results_are_ranked_printed_and_exported_without_personal_values(
    offices: Any, login: Callable[[User], Client]
) -> None:
    field = Field(offices, "城中区")
    survey = field.open("willingness")
    keys = [item["key"] for item in survey.sheet.questions["items"]]
    field.door(survey, "101", needs=[keys[5]], hazards=["gas"], words="=电话13912345678")
    field.door(survey, "102", needs=[keys[5], keys[2]])
    field.close(survey)
    clerk, label = login(field.clerk), survey.sheet.questions["items"][5]["label"]
    page = text(clerk.get(url("survey", survey)))
    assert label in page and "2 / 2" in page and "未作规定" in page and "13912345678" in page
    answer = SurveyAnswer.objects.exclude(words="").get()
    assert clerk.post(url("erase_words", survey, answer=answer.uid)).status_code == 302
    assert "13912345678" not in text(clerk.get(url("survey", survey)))
    assert label in text(clerk.get(url("print_survey", survey)))
    table = b"".join(clerk.get(url("export_survey", survey) + "?format=csv").streaming_content).decode()
    assert f"需求,{label},2,2,10" in table and "燃气管线,1" in table and "139" not in table and "101" not in table
    assert clerk.get(url("export_survey", survey)).status_code == 200
    assert clerk.post(url("survey_hazard", survey), {"kind": "gas"}).status_code == 302
    assert Hazard.objects.get().kind == "gas"
    assert clerk.post(url("survey_hazard", survey), {"kind": "gas"}).status_code == 409


def test_what_is_wrong_stands_at_its_field(ruicheng: Field, login: Callable[[User], Client]) -> None:
    clerk = login(ruicheng.clerk)
    add = f"{reverse('approvals:new_survey')}?community={ruicheng.community.uid}"
    wrong = clerk.post(add, {"kind": "plan_consent", "asks": "residents", "until": "2020-01-01"})
    assert wrong.status_code == 400 and "截止日期应在今天至一年之内" in text(wrong)
    assert clerk.get(f"{reverse('approvals:new_survey')}?community=x").status_code == 404
    survey = ruicheng.open()
    first = clerk.post(url("survey_answer", survey), {"role": "owner"})
    assert first.status_code == 400 and not SurveyAnswer.objects.exists()
    ruicheng.doors(survey, 10)
    beyond = {"building": "9号楼", "room": "901", "role": "owner", "choice": "oppose"}
    assert clerk.post(url("survey_answer", survey), beyond).status_code == 409
    assert clerk.post(url("survey_answer", survey), {**beyond, "beyond_register": "on"}).status_code == 302
    assert "多于登记的 10 户" in text(clerk.get(url("survey", survey)))


def test_the_draft_is_changed_until_it_opens(ruicheng: Field, login: Callable[[User], Client]) -> None:
    draft, clerk = ruicheng.draft("willingness"), login(ruicheng.clerk)
    values = {
        "kind": "willingness",
        "title": "新名称",
        "asks": "owners",
        "until": UNTIL.isoformat(),
        "items": draft.items[:3],
    }
    assert clerk.get(url("edit_survey", draft)).status_code == 200
    assert clerk.post(url("edit_survey", draft), {**values, "version": 1}).status_code == 302
    assert clerk.post(url("edit_survey", draft), {**values, "version": 1}).status_code == 412
    draft.refresh_from_db()
    assert (draft.title, draft.asks, len(draft.items)) == ("新名称", "owners", 3)
    clerk.post(url("open_survey", draft))
    assert clerk.post(url("edit_survey", draft), {**values, "version": 3}).status_code == 409
    later = (UNTIL.replace(day=28) if UNTIL.day < 28 else UNTIL).isoformat()
    assert clerk.post(url("extend_survey", draft), {"until": later}).status_code == 400
    assert clerk.post(url("extend_survey", draft), {"until": later, "reason": "雨天"}).status_code == 302


@pytest.mark.rule("RC-08")
def test_thresholds_are_entered_and_the_grade_is_shown_as_the_places_own(
    ruicheng: Field, login: Callable[[User], Client]
) -> None:
    clerk, leader = login(ruicheng.clerk), login(ruicheng.leader)
    grades = reverse("approvals:survey_grades")
    assert "还没有登记" in text(clerk.get(grades))
    assert clerk.post(grades, {"a_from": 70, "b_from": 90, "reason": "会"}).status_code == 400
    assert clerk.post(grades, {"a_from": 90, "b_from": 70, "reason": "县领导小组会议"}).status_code == 302
    assert GradeScale.objects.get().division == ruicheng.community.division
    survey = ruicheng.open("willingness")
    ruicheng.doors(survey, 8)
    ruicheng.close(survey)
    assert leader.post(url("confirm_survey", survey), {"grade": "C"}).status_code == 400
    assert leader.post(url("confirm_survey", survey), {"grade": ""}).status_code == 302
    page = text(clerk.get(url("survey", survey)))
    assert "A级" in page and "平台登记" in page and "分级" in page


def test_a_satisfaction_survey_is_drawn_up_from_its_project(ruicheng: Field, login: Callable[[User], Client]) -> None:
    project, clerk = ruicheng.project(), login(ruicheng.clerk)
    held = reverse("projects:surveys", args=[project.uid])
    assert "还没有调查" in text(clerk.get(held))
    add = reverse("projects:new_survey", args=[project.uid, ruicheng.community.uid])
    values = {"kind": "satisfaction", "asks": "residents", "until": UNTIL.isoformat()}
    assert clerk.post(add, values).status_code == 302
    survey = Survey.objects.get()
    assert (survey.subject_type, survey.subject_uid) == ("project", project.uid)
    assert survey.title in text(clerk.get(held))
    elsewhere = Field(ruicheng.offices, "潞州区").community
    assert clerk.get(reverse("projects:new_survey", args=[project.uid, elsewhere.uid])).status_code == 404
    actions.open_survey(by=ruicheng.clerk, at=AT + HOUR, survey=survey)
    assert "很不满意" in text(clerk.get(url("survey_answer", survey)))


def test_a_home_of_another_community_is_no_door_here(ruicheng: Field, login: Callable[[User], Client]) -> None:
    survey, home = ruicheng.open(), Field(ruicheng.offices, "潞州区").home("101")
    clerk = login(ruicheng.clerk)
    for address in (f"?home={home.uid}", "?home=x"):
        assert clerk.get(url("survey_answer", survey) + address).status_code == 404


def test_pages_of_a_large_community_ask_a_bounded_number_of_queries(
    ruicheng: Field, login: Callable[[User], Client], django_assert_max_num_queries: Any
) -> None:
    for room in range(101, 131):
        ruicheng.home(str(room))
    survey = ruicheng.open("willingness")
    ruicheng.doors(survey, 12)
    clerk = login(ruicheng.clerk)
    for name in ("survey", "survey_doors", "print_survey"):
        with django_assert_max_num_queries(32):
            assert clerk.get(url(name, survey)).status_code == 200
