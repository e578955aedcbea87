"""At the door without signal, in a real browser: kept on the phone over a reload, sent once when there is signal, refused with a reason
when it comes too late; and the pages of the desk through axe at three widths."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.faces.places import link, sign_in
from tests.faces.stage import chromium, platform
from tests.faces.test_axe import looked_at

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CLERK = "chengzhong.housing.clerk"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[tuple[str, Path]]:
    """A running demonstration, and its folder."""
    if chromium() is None:
        pytest.skip("NO CHROMIUM: the phone was not tried (set CHROMIUM=/path/to/chromium)")
    folder = tmp_path_factory.mktemp("doors")
    with platform(folder, request.getfixturevalue("demonstration")) as found:
        yield found, folder


@pytest.fixture
def phone(stage: tuple[str, Path]) -> Iterator[BrowserContext]:
    """A phone, signed in."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = started.new_context(locale="zh-CN", viewport={"width": 390, "height": 844})
        sign_in(context.new_page(), stage[0], CLERK)
        yield context
        started.close()


def rows(folder: Path, question: str, *values: Any) -> list[Any]:
    """Straight from the database file."""
    with sqlite3.connect(next(folder.glob("*.sqlite3"))) as connection:
        return connection.execute(question, values).fetchall()


def ballots(folder: Path) -> int:
    """All ballots of the open vote that were taken at the door."""
    asked = "SELECT count(*) FROM approvals_ballot b JOIN approvals_vote v ON v.id = b.vote_id WHERE v.title = ? AND b.channel = 'onsite'"
    return int(rows(folder, asked, "选聘物业服务企业")[0][0])


def take(page: Page, choice: str) -> str:
    """Tap the first door that is missing and enter a ballot; its number in the roll."""
    door = page.locator(".door-missing:not(.door-kept)").first
    number = door.get_attribute("data-number") or ""
    door.locator("a").click()
    page.locator(f"#onsite-ask input[value={choice}]").check()
    page.click("#onsite-save")
    return number


def test_two_ballots_without_signal_over_a_reload_are_two_ballots(
    stage: tuple[str, Path], phone: BrowserContext
) -> None:
    address, folder = stage
    page = phone.pages[0]
    vote = link(page, f"{address}/staff/votes/", "选聘物业服务企业")
    grid = f"{address}{vote}onsite/?building=1号楼"
    page.goto(grid)
    page.wait_for_selector("[data-kept]")
    before = ballots(folder)
    phone.set_offline(True)
    first = take(page, "agree")
    page.click(f".door[data-number='{first}'] a")
    expect(page.locator("#onsite-ask")).not_to_be_visible()  # one that waits is not asked again
    expect(page.locator("#onsite-queue")).to_contain_text("尚未送达 1 张")
    page.reload()
    expect(page.locator("h1")).to_have_text("上门投票")
    expect(page.locator("#onsite-queue")).to_contain_text("尚未送达 1 张")
    second = take(page, "oppose")
    assert first != second
    expect(page.locator("#onsite-queue")).to_contain_text("尚未送达 2 张")
    assert ballots(folder) == before
    kept = page.evaluate(
        "JSON.parse(localStorage.getItem(Object.keys(localStorage).find(key => key.startsWith('onsite:'))))"
    )
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#onsite-kept")).to_contain_text("回执号")
    expect(page.locator("#onsite-queue")).not_to_contain_text("尚未送达")
    assert ballots(folder) == before + 2
    # The answer was lost on the way: the phone sends the same again, from two tabs at once.
    page.evaluate(f"rows => localStorage.setItem('onsite:{vote.split('/')[3]}', JSON.stringify(rows))", kept)
    other = phone.new_page()
    other.goto(grid)
    page.reload()
    for each in (page, other):
        expect(each.locator("#onsite-queue")).not_to_contain_text("尚未送达")
    assert ballots(folder) == before + 2
    left = page.evaluate("JSON.stringify(localStorage)")
    assert "agree" not in left and "oppose" not in left, "what was chosen leaves the phone with the answer"
    assert page.locator(f".door-voted[data-number='{first}']").count() == 1


def test_what_is_refused_stays_on_the_phone_with_its_reason(stage: tuple[str, Path], phone: BrowserContext) -> None:
    address, folder = stage
    page = phone.pages[0]
    vote = link(page, f"{address}/staff/votes/", "选聘物业服务企业")
    page.goto(f"{address}{vote}onsite/?building=2号楼")
    page.wait_for_selector("[data-kept]")
    before = ballots(folder)
    phone.set_offline(True)
    number = take(page, "agree")
    # Meanwhile the owner's ballot comes in by another way.
    other = phone.browser.new_context(locale="zh-CN") if phone.browser else None
    assert other is not None
    desk = other.new_page()
    sign_in(desk, address, CLERK)
    desk.goto(f"{address}{vote}onsite/{number}/")
    desk.check("input[value=abstain]")
    desk.click("text=提交这一票")
    expect(desk.locator("main")).to_contain_text("回执号")
    other.close()
    phone.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#onsite-kept")).to_contain_text("没有收下")
    page.reload()
    expect(page.locator("#onsite-kept")).to_contain_text("不能更改")
    assert ballots(folder) == before + 1
    page.click("text=已告知业主，移除")
    expect(page.locator("#onsite-kept")).not_to_contain_text("没有收下")


def test_the_desks_pages_have_no_fault(stage: tuple[str, Path]) -> None:
    address, _ = stage
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = started.new_context(locale="zh-CN", bypass_csp=True).new_page()
        sign_in(page, address, CLERK)
        begin = f"{address}/staff/votes/"
        vote, counted = link(page, begin, "选聘物业服务企业"), link(page, begin, "1号楼使用维修资金")
        choose = f"{begin}new/"
        found = {
            "list": "/staff/votes/", "vote": vote, "missing": f"{vote}missing/", "receive": f"{vote}papers/receive/",
            "enter": f"{vote}papers/enter/", "mismatches": f"{vote}papers/mismatches/", "balance": f"{vote}papers/",
            "onsite": f"{vote}onsite/?building=1号楼", "counted": counted, "sheet": f"{counted}sheet/",
            "new": "/staff/votes/new/" + link(page, choose, "机械厂"),
        }  # fmt: skip
        assert looked_at(page, address, found) == {}
        started.close()
