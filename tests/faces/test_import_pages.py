"""An import in a real browser: four clicks for a good file, cells mended as they are left, the keyboard alone, no script at all."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faces import places
from tests.faces.test_axe import faults

expect.set_options(timeout=20_000)
pytestmark = [pytest.mark.browser, pytest.mark.slow]
BROKEN = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
HEAD = "城区,小区名称,位置,建成时间,户数,建筑面积（万㎡）\n"
Person = Callable[..., Page]


@pytest.fixture
def person(browser: Browser, address: str) -> Iterator[Person]:
    """城中区's clerk in a browser of his own; whatever breaks the policy or throws fails the test."""
    made: list[Any] = []
    broken: list[str] = []

    def sit(**options: Any) -> Page:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}, **options)
        made.append(context)
        page: Page = context.new_page()
        page.add_init_script(BROKEN)
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda message: broken.append(message.text) if "CSP" in message.text else None)
        places.sign_in(page, address, "chengzhong.housing.clerk")
        return page

    yield sit
    for context in made:
        context.close()
    assert broken == []


def table(folder: Path, name: str, *rows: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_a_good_file_takes_four_clicks_and_is_taken_back(person: Person, address: str, tmp_path: Path) -> None:
    page, clicks = person(), []
    page.goto(f"{address}/staff/")

    def click(words: str, selector: str) -> None:
        clicks.append(words)
        page.locator(selector).first.click()

    if not page.locator("nav.nav-wide a", has_text=re.compile("^导入$")).is_visible():
        page.goto(f"{address}/staff/plans/")  # the group of the navigation opens where one works
    click("导入", "nav.nav-wide a:text-is('导入')")
    with page.expect_file_chooser() as chosen:
        click("选择文件", "input[type=file]")
    chosen.value.set_files(table(tmp_path, "好表", "城中区,四次点击小区,一号路,1998,30,0.1"))
    click("读取并预览", "main button:text-is('读取并预览')")
    click("确认导入", "main button:has-text('确认导入')")
    expect(page.locator("main")).to_contain_text("已导入")
    assert len(clicks) == 4
    page.locator("summary", has_text="撤销整次导入").click()
    page.locator("button", has_text="撤销整次导入").click()
    expect(page.locator("main")).to_contain_text("整批撤销")


def test_cells_are_mended_as_they_are_left_and_one_problem_for_all(
    person: Person, address: str, tmp_path: Path
) -> None:
    page = person()
    page.goto(f"{address}/staff/communities/imports/")
    rows = [f"城中,坏表小区{n},{n}号路,1998,{'三十' if n == 2 else 30},0.1" for n in range(6)]
    page.set_input_files("input[type=file]", str(table(tmp_path, "坏表", *rows)))
    page.click("main button:text-is('读取并预览')")
    assert faults(page) == []
    page.locator("button", has_text="改 6 行").press("Enter")
    expect(page.locator("main")).to_contain_text("已全部改为“城中区”")
    field = page.get_by_label("第 4 行 户数")
    field.fill("30")
    field.press("Tab")
    expect(page.locator("#import-state")).to_contain_text("没有错误，可以确认导入")
    expect(page.locator("#row-4")).to_contain_text("已改")
    page.locator("button", has_text="确认导入").press("Enter")
    expect(page.locator("main")).to_contain_text("已导入")
    assert faults(page) == []


@pytest.mark.parametrize("width", [390, 1440])
def test_without_script_the_whole_job_is_done(person: Person, address: str, tmp_path: Path, width: int) -> None:
    page = person(java_script_enabled=False)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{address}/staff/communities/imports/?kind=communities")
    page.fill("textarea[name=text]", HEAD.replace(",", "\t") + f"城中区\t无脚本小区{width}\t一号路\t1998\t三十\t0.1\n")
    page.click("main button:text-is('读取并预览')")
    page.get_by_label("第 2 行 户数").fill("30")
    page.click("button:text-is('保存本页的修改并重新核对')")
    page.locator("summary", has_text="列对应").click()
    page.get_by_label("建筑面积（万㎡）的单位").select_option("㎡")
    page.click("button:text-is('按此重新读取')")
    expect(page.locator("main")).to_contain_text("0.1")
    page.locator("button", has_text="取消导入").click()
    expect(page.locator("main")).to_contain_text("没有写入任何内容")
