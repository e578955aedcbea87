"""Every job of a resident at 320 px, JavaScript off, by keyboard alone, against the demonstration; and how many clicks it takes."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.faces.keyboard import Keys
from tests.faces.stage import ROOT, environment_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBER = re.compile(r"[A-Z]-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}")
LETTERS = """
import json, django
django.setup()
from approvals.codes import issue_letters
from approvals.models import Survey, Vote
from communities.models import Home, Ownership
from offices.clock import now
vote = Vote.objects.get(title="选聘物业服务企业")
voter = vote.voters.exclude(pk__in=vote.counting.values("voter")).order_by("-number")[0]
survey = Survey.objects.filter(state="open").order_by("pk")[0]
home = Home.objects.filter(building__community=survey.community_id).order_by("-pk")[0]
owner = Ownership.objects.filter(home__building__community=vote.community_id).order_by("-pk")[0].person
counted = Vote.objects.get(title="1号楼使用维修资金维修屋面")
print(json.dumps({
    "community": f"/c/{vote.community.uid}/", "vote": issue_letters(subject=vote, holders=[voter.pseudonym], at=now())[voter.pseudonym],
    "survey": f"/surveys/{survey.uid}/", "survey_code": issue_letters(subject=survey, holders=[str(home.uid)], at=now())[str(home.uid)],
    "own": issue_letters(subject=vote.community, holders=[str(owner.uid)], at=now())[str(owner.uid)], "counted": f"/votes/{counted.uid}/",
}))
"""


@pytest.fixture(scope="module")
def letters(address: str, folder: Path) -> dict[str, str]:
    """Codes as the letters of the demonstration carry them, and where they lead."""
    said = subprocess.run(
        [sys.executable, "-c", LETTERS], cwd=ROOT, env=environment_of(folder), check=True, capture_output=True
    )
    found: dict[str, str] = json.loads(said.stdout.splitlines()[-1])
    return found


@pytest.fixture
def keys(browser: Browser, address: str) -> Iterator[Keys]:
    """An old telephone: 320 px, no script."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 320, "height": 640}, java_script_enabled=False)
    found = Keys(context.new_page(), address)
    yield found
    wide = found.page.locator("html").evaluate("node => node.scrollWidth")
    context.close()
    assert wide <= 320


def test_find_in_two_where_it_stands_in_none_more_the_money_in_one(keys: Keys) -> None:
    keys.open("/")
    keys.type("input[name=q]", "gaj")
    keys.press("form.search button")
    keys.press("main a:has-text('公安局住宅楼')")
    assert keys.clicks == 2
    top = keys.page.locator("dl.answers")
    for words in ("现在", "下一步", "找谁问"):
        assert words in top.inner_text(), words
    keys.press("main a:has-text('钱从哪里来')")
    assert keys.clicks == 3 and "资金" in keys.said
    keys.open("/")
    keys.clicks = 0
    keys.press("main a:has-text('芮城县')")
    keys.press("main a:has-text('公安局住宅楼')")
    assert keys.clicks == 2


def test_why_not_mine(keys: Keys) -> None:
    keys.open("/?q=火星花园")
    keys.press("main a:has-text('查为什么没有')")
    assert "名册里没有“火星花园”" in keys.said
    keys.press("main a:has-text('城中区')")
    assert "城中区改造哪些小区" in keys.said and keys.clicks == 2


def test_vote_in_four(keys: Keys, letters: dict[str, str]) -> None:
    keys.open(letters["community"])
    keys.press("main a:has-text('去投票')")
    keys.type("input[name=code]", letters["vote"].lower())
    keys.press("form[action$='/identify/'] button")
    keys.press("button[value=agree]")
    assert "尚未提交" in keys.said
    keys.press("form[action$='/send/'] button")
    assert keys.clicks == 4 and "已收到您的票" in keys.said
    number = keys.page.inner_text(".receipt-number")
    keys.press("form[action$='/leave/'] button")
    keys.open("/follow/")
    keys.type("input[name=number]", number.lower())
    keys.press("form.search button")
    keys.press("form[action$='/receipt/'] button")
    assert "计入" in keys.said and "同意" not in keys.said  # the number alone tells no choice


def test_object_in_four(keys: Keys) -> None:
    keys.open("/?q=东门邮电宿舍")
    keys.press("main a:has-text('东门邮电宿舍')")
    keys.clicks = 0
    keys.press("main a:has-text('公示')")
    keys.press("main a.button:has-text('异议')")
    keys.choose_next("input[name=kind]")
    keys.type("textarea[name=text]", "雨水管的位置不对")
    keys.press("main form button.button-primary")
    assert "尚未提交" in keys.said
    keys.press("button[name=confirm]")
    assert keys.clicks == 4
    (number,) = set(NUMBER.findall(keys.said))
    keys.open("/follow/")
    keys.type("input[name=number]", number.lower().replace("-", " "))
    keys.press("form.search button")
    assert "雨水管的位置不对" in keys.said


def test_answer_a_survey(keys: Keys, letters: dict[str, str]) -> None:
    keys.open(letters["survey"])
    keys.type("input[name=code]", letters["survey_code"])
    keys.press("main form[method=post] button")
    for _ in range(12):
        if "尚未提交。" in keys.said:
            break
        marks = keys.page.locator("main form [type=radio]")
        if marks.count():
            keys.mark("main form [type=radio]")
        keys.press("button[value=next]")
    keys.press("button[value=send]")
    assert "答卷已收到" in keys.said and NUMBER.search(keys.said)


def test_complain_and_find_it_again(keys: Keys, letters: dict[str, str]) -> None:
    keys.open(letters["community"])
    keys.press("main a:has-text('我要投诉')")
    keys.choose_next("select[name=category]")
    keys.type("textarea[name=text]", "夜里十一点还在施工")
    keys.press("button[name=check]")
    assert "尚未提交" in keys.said and "夜里十一点还在施工" in keys.said
    keys.press("button[name=back]")
    assert keys.page.input_value("textarea[name=text]") == "夜里十一点还在施工"
    keys.press("button[name=check]")
    keys.press("main form button.button-primary")
    (number,) = set(NUMBER.findall(keys.said))
    keys.open("/follow/")
    keys.type("input[name=number]", number)
    keys.press("form.search button")
    assert "前答复" in keys.said


def test_object_to_a_result(keys: Keys, letters: dict[str, str]) -> None:
    keys.open(letters["counted"])
    keys.press("main a:has-text('提出异议')")
    keys.type("textarea[name=text]", "请重新核对面积")
    keys.type("input[name=name]", "覃阿婆")
    keys.type("input[name=phone]", "13900009999")
    keys.press("main form button.button-primary")
    assert "尚未提交" in keys.said
    keys.press("button[name=confirm]")
    assert NUMBER.search(keys.said) and keys.clicks <= 4


def test_read_and_take_along_what_is_kept_of_me(keys: Keys, letters: dict[str, str]) -> None:
    keys.open(letters["community"])
    keys.press("main a:has-text('查看本人信息')")
    keys.type("input[name=code]", letters["own"])
    keys.press("main form button.button-primary")
    assert "㎡" in keys.said and keys.page.locator("a[href$='export.json']").count() == 1
    keys.press("form[action$='/leave/'] button")


def test_follow_and_large_print(keys: Keys, letters: dict[str, str]) -> None:
    keys.open(letters["community"])
    keys.press("main a:has-text('订阅进展')")
    keys.type("input[name=address]", "apo@example.org")
    keys.press("main form button.button-primary")
    assert "请到邮箱打开确认信" in keys.said
    keys.press("nav a:has-text('大字版')")
    assert keys.page.locator("html.look-large").count() == 1
    keys.press("footer a:has-text('高对比')")
    assert keys.page.locator("html.look-large.look-contrast").count() == 1


def test_twice_the_size_of_letters_needs_no_sideways_scroll(page: Page, address: str, letters: dict[str, str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in (
        "/",
        letters["community"],
        letters["survey"],
        letters["counted"],
        f"{letters['community']}complain/",
        "/overview/",
    ):
        page.goto(address + path)
        page.add_style_tag(content="html { font-size: 200% }")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, (path, wide)
