"""The grid of a plan in a real browser: a block of Excel, fill down, undo, two people, the keyboard alone, no script at all."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.faces import places
from tests.faces.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BROKEN = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
PASTE = """text => { const data = new DataTransfer(); data.setData('text/plain', text);
document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true})); }"""
EVIDENCE = "2026年测绘报告"
Person = Callable[..., Page]


@pytest.fixture
def person(browser: Browser, address: str) -> Iterator[Person]:
    """Somebody at the grid of a plan, in a browser of his own; whatever breaks the policy or throws fails the test."""
    made: list[Any] = []
    broken: list[str] = []

    def sit(name: str = "ruicheng.housing.clerk", year: str = "2025年度", **options: Any) -> Page:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}, **options)
        made.append(context)
        page: Page = context.new_page()
        page.add_init_script(BROKEN)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: broken.append(message.text) if "CSP" in message.text else None)
        places.sign_in(page, address, name)
        page.goto(address + places.link(page, f"{address}/staff/plans/", year) + "grid/")
        return page

    yield sit
    for context in made:
        context.close()
    assert broken == []


def cell(page: Page, name: str, field: str) -> Locator:
    """A cell of the grid by the community's name and the column."""
    row = page.locator(".tabulator-table .tabulator-row").filter(
        has=page.locator("[tabulator-field=name] .pg-text", has_text=re.compile(f"^{name}$"))
    )
    return row.locator(f"[tabulator-field={field}]")


def write(page: Page, name: str, field: str, text: str) -> None:
    """Type a text into a cell."""
    cell(page, name, field).click()
    page.keyboard.press("F2")
    page.locator(".pg-editor").fill(text)
    page.keyboard.press("Enter")


def state(page: Page, words: str) -> None:
    """What the page says of the saving."""
    expect(page.locator("[data-part=state]")).to_contain_text(words, timeout=15_000)


def live(page: Page) -> dict[str, Any]:
    """合计 and share as the page adds them up, and as the server does."""
    found: dict[str, Any] = page.evaluate(
        "async () => { const store = PlanGrid.store;"
        "const answer = await (await fetch(document.getElementById('plan-grid').dataset.rows)).json();"
        "const sums = {}; for (const c of store.columns) if (c.summed) sums[c.key] = store.total(c.key).text;"
        "return {sums, share: store.share(), totals: answer.totals, quota: answer.quota}; }"
    )
    return found


def test_a_block_of_excel_is_pasted_filled_down_and_taken_back(person: Person) -> None:
    page = person()
    block = (
        "芮城县老旧小区改造计划表\t\t\t\t\t\t\r\n年份\t小区名称\t位置\t建成时间\t栋数\t户数\t面积（万㎡）\r\n"
        '2025\t农行住宅楼\t黄河西街南侧\t1991\t1\t３１\t0.2861\r\n2025\t"粘贴新小区"\t东街\t1996、1998\t1\t20\t0.1\r\n合计\t\t\t\t2\t51\t\r\n'
    )
    cell(page, "农行住宅楼", "name").click()
    page.evaluate(PASTE, block)
    state(page, "2 行没有保存")
    expect(cell(page, "农行住宅楼", "household_count")).to_contain_text("数据依据")
    expect(cell(page, "粘贴新小区", "name")).to_contain_text("登记册中没有")
    page.evaluate("document.documentElement.scrollTop = 0")
    page.fill("#grid-evidence-live", EVIDENCE)
    page.keyboard.press("Tab")
    expect(cell(page, "农行住宅楼", "state")).to_contain_text("已保存")
    expect(cell(page, "农行住宅楼", "household_count")).to_have_text("31")
    page.click("[data-part=register]")
    expect(cell(page, "粘贴新小区", "state")).to_contain_text("已保存", timeout=15_000)
    expect(cell(page, "粘贴新小区", "floor_area")).to_have_text("1,000.00")
    write(page, "博立中学住宅楼", "investment", "2013.191234")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Control+d")
    expect(cell(page, "河务局住宅楼", "state")).to_contain_text("已保存")
    expect(cell(page, "河务局住宅楼", "investment")).to_have_text("2,013.191234")
    state(page, "已保存")
    found = live(page)
    assert found["sums"] == {key: found["totals"][key] for key in found["sums"]}
    assert found["sums"]["investment"] == "4026.382468"
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(cell(page, "粘贴新小区", "name")).to_have_count(0)
    expect(cell(page, "农行住宅楼", "household_count")).to_have_text("30")
    state(page, "已保存")
    page.reload()
    expect(cell(page, "农行住宅楼", "household_count")).to_have_text("30")
    expect(cell(page, "河务局住宅楼", "investment")).to_have_text("未填报")
    expect(cell(page, "粘贴新小区", "name")).to_have_count(0)


def test_lines_go_out_and_come_back_and_a_new_one_is_named_by_hand(person: Person) -> None:
    page = person()
    cell(page, "公路段南楼", "name").click()
    page.click("[data-tool=remove]")
    expect(cell(page, "公路段南楼", "name")).to_have_count(0)
    state(page, "已保存")
    page.click("[data-tool=undo]")
    expect(cell(page, "公路段南楼", "state")).to_contain_text("已保存")
    order = page.locator(".tabulator-table [tabulator-field=name] .pg-text").all_inner_texts()
    page.click("[data-tool=add]")
    expect(page.locator(".tabulator-cell:focus")).to_have_attribute("tabulator-field", "name")
    page.keyboard.press("F2")
    page.keyboard.insert_text("洞宾西街水利宿舍")
    page.keyboard.press("Tab")
    expect(cell(page, "洞宾西街水利宿舍", "household_count")).to_have_text("48")
    state(page, "已保存")
    page.keyboard.press("Control+z")
    expect(cell(page, "洞宾西街水利宿舍", "name")).to_have_count(0)
    state(page, "已保存")
    page.reload()
    page.wait_for_selector(".tabulator-cell[tabindex='0']")
    assert page.locator(".tabulator-table [tabulator-field=name] .pg-text").all_inner_texts() == order
    assert order.index("公路段南楼") == 3


def test_a_line_is_put_in_order_by_key_button_and_hand(person: Person) -> None:
    page = person()
    shown = page.locator(".tabulator-table [tabulator-field=name] .pg-text")
    before = shown.all_inner_texts()
    cell(page, before[3], "remark").click()
    page.keyboard.press("Alt+ArrowUp")
    expect(shown).to_have_text([*before[:2], before[3], before[2], *before[4:]])
    cell(page, before[3], "remark").click()
    page.click("[data-tool=down]")
    expect(shown).to_have_text(before)
    handle = page.locator(".tabulator-table [tabulator-field=number]")
    handle.nth(0).hover()
    page.mouse.down()
    for row in (1, 2):
        box = handle.nth(row).bounding_box()
        assert box
        page.mouse.move(box["x"] + 5, box["y"] + box["height"] - 3, steps=6)
    page.mouse.up()
    expect(shown).not_to_have_text(before)
    moved = shown.all_inner_texts()
    words = f"“{before[0]}”现在是第 {moved.index(before[0]) + 1} 个项目"
    expect(page.locator("[data-part=said]")).to_have_text(words)
    page.reload()
    page.wait_for_selector(".tabulator-cell[tabindex='0']")
    assert shown.all_inner_texts() == moved


def test_two_people_are_shown_to_each_other_as_a_difference(person: Person) -> None:
    mine, theirs = person(), person("ruicheng.housing.leader")
    expect(cell(theirs, "建行住宅楼", "address")).to_have_attribute("aria-readonly", "true")
    write(theirs, "建行住宅楼", "remark", "对方的话")
    expect(cell(theirs, "建行住宅楼", "state")).to_contain_text("已保存")
    write(mine, "建行住宅楼", "remark", "我的话")
    state(mine, "与他人的修改不一致")
    other = mine.locator(".tabulator-row").filter(has_text="的修改").filter(has_text="对方的话")
    expect(other.locator("[data-act]")).to_have_text(["采用对方", "保留我的"])
    mine.evaluate("window.scrollTo(0, 0)")
    assert "对方的话" in cell(theirs, "建行住宅楼", "remark").inner_text(), "nothing was written over"
    other.locator("[data-act=mine]").click()
    expect(cell(mine, "建行住宅楼", "state")).to_contain_text("已保存")
    write(theirs, "建行住宅楼", "remark", "再改")
    state(theirs, "与他人的修改不一致")
    theirs.locator("[data-act=theirs]").click()
    expect(cell(theirs, "建行住宅楼", "remark")).to_have_text("我的话")
    write(theirs, "建行住宅楼", "stands_alone_reason", "周边已改造")
    expect(cell(theirs, "建行住宅楼", "state")).to_contain_text("已保存")
    mine.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(cell(mine, "建行住宅楼", "stands_alone_reason")).to_contain_text("周边已改造")
    expect(cell(mine, "建行住宅楼", "state")).to_contain_text("修改")


def test_the_keyboard_does_every_job_and_leaving_with_something_unsaved_asks(person: Person) -> None:
    page = person()
    page.wait_for_selector(".tabulator-cell[tabindex='0']")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(".tabulator-cell:focus").count():
            break
    for key in ("ArrowDown", "End", "ArrowLeft", "5", "Escape"):
        page.keyboard.press(key)
    focused = page.locator(".tabulator-cell:focus")
    expect(focused).to_have_attribute("tabulator-field", "remark")
    name = page.locator(".tabulator-row:has(.tabulator-cell:focus) [tabulator-field=name] .pg-text").inner_text()
    page.keyboard.press("6")
    page.keyboard.press("Tab")
    expect(focused).to_have_attribute("tabulator-field", "state")
    expect(cell(page, name, "remark")).to_have_text("6")
    expect(cell(page, name, "state")).to_contain_text("已保存")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Delete")
    expect(cell(page, name, "remark")).to_have_text("")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    state(page, "已保存")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.locator(".tabulator-cell:focus").count() == 0, "the grid lets go"
    write(page, name, "household_count", "许多")
    expect(cell(page, name, "household_count")).to_contain_text("“许多”不是数字")
    expect(cell(page, name, "household_count")).to_have_attribute("aria-invalid", "true")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("about:blank")
    assert asked == ["beforeunload"]


@pytest.mark.rule("YL-01")
def test_the_live_share_by_quota_is_the_servers(person: Person) -> None:
    page = person("yuzhou.housing.clerk", "2027年度")
    page.wait_for_selector(".tabulator-cell[tabindex='0']")
    before = live(page)
    assert before["share"]["quota"] == before["quota"]["quota"] and before["share"]["whole"] == before["quota"]["whole"]
    row = page.locator(".tabulator-table .tabulator-row").first
    name = row.locator("[tabulator-field=name] .pg-text").inner_text()
    write(page, name, "built_text", "1998")
    state(page, "已保存")
    early = live(page)
    write(page, name, "built_text", "2003")
    expect(page.locator("#quota-words")).to_contain_text(f"按一定比例纳入的小区 {early['share']['quota'] + 1} 个")
    after = live(page)
    assert {key: after["share"][key] for key in ("quota", "whole")} == {
        key: after["quota"][key] for key in ("quota", "whole")
    }
    assert after["share"]["over"] == after["quota"]["over_by"]


def test_without_script_the_same_page_is_a_form(person: Person) -> None:
    page = person(java_script_enabled=False)
    assert not page.is_visible("#plan-grid") and page.is_visible("form button:has-text('保存')")
    page.fill("[aria-label='诚信商城住宅楼 备注']", "没有脚本")
    page.click("form button:has-text('保存')")
    assert "已保存 1 行" in page.inner_text("main")
    assert page.input_value("[aria-label='诚信商城住宅楼 备注']") == "没有脚本"


def test_axe_finds_nothing_where_the_grid_is_full_wrong_or_in_difference(person: Person) -> None:
    page = person(bypass_csp=True)
    page.wait_for_selector(".tabulator-cell[tabindex='0']")
    write(page, "审计局住宅楼", "household_count", "x")
    state(page, "1 行没有保存")
    page.evaluate(
        "() => { const row = PlanGrid.store.rows[0]; row.mine.remark = '我'; row.state = 'stale';"
        "row.conflict = {cells: {remark: '他'}, by: '李四', at: '14:32'}; PlanGrid.store.changed(new Set([row]), true); }"
    )
    expect(page.locator("[data-act=theirs]")).to_be_visible()
    assert faults(page) == []
    issued = person(year="2024年度", bypass_csp=True)
    issued.wait_for_selector(".tabulator-cell[tabindex='0']")
    expect(issued.locator(".lead")).to_contain_text("已下达")
    assert faults(issued) == [] and issued.locator("[data-tool]:visible").count() == 0
