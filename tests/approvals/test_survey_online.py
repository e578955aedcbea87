"""A resident answers from the letter: code, questions, check, receipt; and programs do what pages do."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from approvals.models import Code, CountingAnswer, Survey, SurveyAnswer
from approvals.surveys import actions
from approvals.surveys.letters import print_letters
from communities.models import Community
from offices.models import HistoryEntry, User
from policies.refusal import Forbidden, Refused
from tests.approvals.field import UNTIL, Field
from tests.cast import AT


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at AT."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


def browser(user: User | None = None) -> Client:
    """Signed in, or a resident's phone."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def address(survey: Survey) -> str:
    """Its resident page."""
    return reverse("portal:survey", args=[survey.uid])


def text(response: Any) -> str:
    """Body of an answer."""
    return str(response.content.decode())


@pytest.fixture
def letters(ruicheng: Field) -> tuple[Survey, dict[str, str]]:
    """An open willingness survey of three homes, and the code of each door."""
    for room in ("101", "102", "103"):
        ruicheng.home(room)
    survey = ruicheng.open("willingness")
    made = print_letters(by=ruicheng.clerk, at=AT, survey=survey)
    return survey, {letter.door: letter.code for letter in made}


def test_from_the_letter_to_the_receipt_and_back(letters: tuple[Survey, dict[str, str]]) -> None:
    survey, codes = letters
    phone, at, need = browser(), address(survey), survey.sheet.questions["items"][0]
    assert "信函上的验证码" in text(phone.get(at))
    code = codes["1号楼 1单元 101"].lower().replace("-", " ")
    first = text(phone.post(at, {"code": code}))
    assert "第 1 题" in first and need["label"] not in first, "one question a screen"
    assert phone.post(at, {"code": code, "step": "next", "asked": "role"}).status_code == 400
    going = {"code": code, "role": "tenant", "choice": "agree", "step": "next", "asked": "choice"}
    questions = text(phone.post(at, going))
    assert "1号楼 1单元 101" in questions and "尚未提交" in questions and need["label"] in questions
    said = {
        "code": code,
        "role": "tenant",
        "choice": "agree",
        "needs": [need["key"]],
        "hazards": ["gas"],
        "words": "快些",
    }
    check = phone.post(at, {**said, "step": "check"})
    assert "尚未提交" in text(check) and "租户" in text(check) and not SurveyAnswer.objects.exists()
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"[^>]*checked', text(check)))
    assert hidden["choice"] == "agree" and hidden["hazards"] == "gas", "the check page carries what was said"
    done = phone.post(at, {**said, "step": "send"})
    assert done.status_code == 302
    receipt = text(phone.get(done["Location"]))
    answer = SurveyAnswer.objects.get()
    assert answer.receipt in receipt and need["label"] in receipt and "计入结果" in receipt
    assert (answer.channel, answer.by, answer.household) == ("online", None, f"home:{answer.home_id}")
    phone.post(at, {**said, "choice": "oppose", "step": "send"})
    again = reverse("portal:survey_receipt", args=[survey.uid])
    assert "后来的答卷代替" in text(phone.get(again, {"number": answer.receipt.lower()}))
    assert CountingAnswer.objects.get().answer.choice == "oppose"
    assert phone.get(again, {"number": "D-0000-0000-0000"}).status_code == 404
    assert "快些" not in str(list(HistoryEntry.objects.values_list("data", flat=True)))


def test_a_wrong_a_revoked_and_a_foreign_code_open_nothing(
    ruicheng: Field, letters: tuple[Survey, dict[str, str]]
) -> None:
    survey, codes = letters
    old = codes["1号楼 1单元 102"]
    assert browser().post(address(survey), {"code": "ABCDE-FGHJK"}).status_code == 409
    fresh = {letter.door: letter.code for letter in print_letters(by=ruicheng.clerk, at=AT, survey=survey)}
    revoked = browser().post(address(survey), {"code": old, "role": "owner", "choice": "agree", "step": "send"})
    assert revoked.status_code == 409 and "已作废" in text(revoked)
    other = ruicheng.open("plan_consent")
    assert browser().post(address(other), {"code": fresh["1号楼 1单元 102"]}).status_code == 409
    assert not SurveyAnswer.objects.exists()
    assert old not in str(list(Code.objects.values()))


def test_what_is_left_out_is_asked_again_and_nothing_comes_in_after_the_close(
    ruicheng: Field, letters: tuple[Survey, dict[str, str]]
) -> None:
    survey, codes = letters
    code = codes["1号楼 1单元 103"]
    assert browser().post(address(survey), {"code": code, "step": "send"}).status_code == 400
    said = {"code": code, "role": "owner", "choice": "agree", "step": "send"}
    assert browser().post(address(survey), {**said, "choice": "x"}).status_code == 400
    ruicheng.close(survey)
    late = browser().post(address(survey), said)
    assert late.status_code == 409 and "已经截止" in text(late) and not SurveyAnswer.objects.exists()


def test_letters_go_to_homes_without_an_answer_and_are_the_clerks(ruicheng: Field, letters: Any) -> None:
    survey, _ = letters
    ruicheng.door(survey, "101")
    clerk = browser(ruicheng.clerk)
    page = reverse("approvals:survey_letters", args=[survey.uid])
    assert "2 户" in text(clerk.get(page))
    printed = clerk.post(page)
    assert (
        text(printed).count("survey-code") == 2 and "<svg" in text(printed) and printed["Cache-Control"] == "no-store"
    )
    with pytest.raises(Forbidden):
        print_letters(by=ruicheng.offices.user("潞州区", "housing", "clerk"), at=AT, survey=survey)
    with pytest.raises(Refused) as nobody:
        print_letters(by=ruicheng.clerk, at=AT, survey=survey, building="9号楼")
    assert nobody.value.code == "nobody_to_write_to"


def test_results_are_public_once_confirmed_and_never_of_fewer_than_five(ruicheng: Field) -> None:
    draft = ruicheng.draft()
    assert browser().get(address(draft)).status_code == 404
    survey = actions.open_survey(by=ruicheng.clerk, at=AT, survey=draft)
    ruicheng.doors(survey, 4)
    ruicheng.confirm(survey)
    few = text(browser().get(address(survey)))
    assert "少于 5 份的不公布" in few and "同意改造：" not in few
    api = f"/api/v1/surveys/{survey.uid}/results/"
    assert browser().get(api).json()["answered"] is None
    again = ruicheng.open()
    ruicheng.doors(again, 5)
    assert "<dt>同意改造</dt>" not in text(browser().get(address(again)))
    ruicheng.confirm(again)
    assert "<dt>同意改造</dt><dd>5 户" in text(browser().get(address(again)))
    found = browser().get(f"/api/v1/surveys/{again.uid}/results/").json()
    assert found["required"]["share"] == {"numerator": 5, "denominator": 10, "percent": "50.00"}
    assert (found["required"]["short_by"], found["required"]["rule"]["id"]) == (3, "RC-07")


@pytest.fixture
def call(ruicheng: Field) -> Callable[..., Any]:
    """A change over REST, by the clerk unless said."""

    def send(method: str, path: str, body: Any = None, by: User | None = None) -> Any:
        client = browser(by or ruicheng.clerk)
        return getattr(client, method)(
            f"/api/v1/surveys/{path}", body, content_type="application/json", headers={"If-Match": "*"}
        )

    return send


@pytest.mark.rule("RC-07")
def test_programs_live_a_survey_as_pages_do(ruicheng: Field, call: Callable[..., Any]) -> None:
    new = {"community": str(ruicheng.community.uid), "kind": "plan_consent", "until": UNTIL.isoformat()}
    made = call("post", "", new)
    assert made.status_code == 201 and made.json()["questions"] is None
    uid = made.json()["uid"]
    assert Client().get(f"/api/v1/surveys/{uid}/").status_code == 404
    assert call("patch", f"{uid}/", {"title": "征求意见"}).json()["title"] == "征求意见"
    assert call("post", f"{uid}/open/").json()["state"] == "open"
    frozen = call("patch", f"{uid}/", {"title": "改"})
    assert (frozen.status_code, frozen.json()["code"]) == (409, "survey_frozen")
    for room in range(8):
        body = {"building": "1", "room": f"10{room}", "role": "owner", "choice": "agree", "channel": "door"}
        assert call("post", f"{uid}/answers/", body).status_code == 201
    wrong = call("post", f"{uid}/answers/", {**body, "choice": "x"})
    assert wrong.status_code == 400 and "choice" in wrong.json()["errors"]
    assert call("post", f"{uid}/answers/", body, ruicheng.offices.user("潞州区", "housing", "clerk")).status_code == 404
    assert call("post", f"{uid}/close/").json()["state"] == "closed"
    assert call("post", f"{uid}/confirm/", {}).status_code == 403
    assert call("post", f"{uid}/confirm/", {}, ruicheng.leader).json()["state"] == "confirmed"
    results = browser(ruicheng.clerk).get(f"/api/v1/surveys/{uid}/results/").json()
    assert results["required"]["passed"] is True and results["choices"]["同意改造"] == 8
    listed = Client().get("/api/v1/surveys/", {"kind": "plan_consent"}).json()["results"]
    assert [row["uid"] for row in listed] == [uid] and "subject" not in listed[0]


def test_doors_that_are_not_registered_one_by_one_get_codes_of_their_own(ruicheng: Field) -> None:
    ruicheng.home("101")
    Community.objects.filter(pk=ruicheng.community.pk).update(household_count=4)
    ruicheng.community.refresh_from_db()
    survey = ruicheng.open("willingness")
    page, clerk = reverse("approvals:survey_letters", args=[survey.uid]), browser(ruicheng.clerk)
    assert "没有逐户登记的住户" in text(clerk.get(page))
    wrong = clerk.post(page, {"doors": "1号楼 2单元 301\n一 二 三 四\n1号楼 2单元 室\n"})
    assert wrong.status_code == 400 and "第 2 行" in text(wrong) and "第 3 行" in text(wrong)
    assert not Code.objects.exists(), "nothing half done"
    listed = "1号楼，1单元，101\n1栋 2单元 0301室\n１号楼\t二单元\t301\n2号楼 501\n"
    printed = text(clerk.post(page, {"doors": listed}))
    doors = re.findall(r"letter\"><h2>([^<]+)</h2>", printed)
    assert doors == ["1号楼 1单元 101", "1号楼 2单元 301", "2号楼 501"], "each household once, however it is written"
    codes = dict(zip(doors, re.findall(r'survey-code">([^<]+)<', printed), strict=True))
    assert Code.objects.count() == 3 and Code.objects.filter(holder__startswith="door:").count() == 2
    more = clerk.post(page, {"doors": "2号楼 502\n2号楼 503"})  # with the three others that is one too many
    assert more.status_code == 409 and "登记册共 4 户" in text(more) and Code.objects.count() == 3
    said = {"code": codes["1号楼 2单元 301"], "step": "send", "role": "owner", "choice": "agree"}
    forged = {**said, "building": "2号楼", "unit": "", "room": "999", "household": "x"}
    assert browser().post(address(survey), forged).status_code == 302
    answer = SurveyAnswer.objects.get()
    assert (answer.home, answer.door, answer.household) == (None, "1号楼 2单元 301", "1/2/301"), (
        "the code says which door"
    )
    ruicheng.home("301", unit="2")  # registered meanwhile: the same household
    assert "本户已有答卷" in text(browser().post(address(survey), {"code": said["code"]}))
    ruicheng.door(survey, "301", unit="2单元")
    assert CountingAnswer.objects.count() == 1, "the answer of the registered home takes the place of that of its door"
    browser().post(address(survey), {**said, "choice": "oppose"})
    assert CountingAnswer.objects.count() == 1 and CountingAnswer.objects.get().answer.choice == "oppose"
    assert SurveyAnswer.objects.count() == 3
