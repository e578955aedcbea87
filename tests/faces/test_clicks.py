"""How many clicks an approver's daily work takes, with a real browser: three to approve, four for a batch; phrases by one click."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.faces.places import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Hand:
    """Clicks and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks = page, 0

    def click(self, selector: str) -> None:
        """One click on the first that is seen."""
        self.page.locator(selector).first.click()
        self.clicks += 1


def test_three_clicks_approve_and_the_buttons_are_always_in_sight(page: Page, address: str) -> None:
    sign_in(page, address, "liuzhou.housing.approver")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{address}/staff/")
    hand = Hand(page)
    hand.click("nav.nav-wide a:has-text('待办')")
    assert page.title().startswith("(")
    hand.click("main a:has-text('柳北区2027年度计划')")
    for place in (0, 10_000):
        page.evaluate(f"window.scrollTo(0, {place})")
        expect(page.locator("button[value=pass]")).to_be_in_viewport()
    hand.click("button[value=pass]")
    assert hand.clicks == 3
    expect(page.locator(".notes")).to_contain_text("意见已提交：通过")


def test_a_phrase_goes_into_the_opinion_by_one_click(page: Page, address: str) -> None:
    sign_in(page, address, "liuzhou.finance.approver")
    page.goto(f"{address}/staff/inbox/")
    page.click("main a:has-text('柳北区2027年度计划')")
    words = "经审核，资金筹措方案可行，同意。"
    page.click(f"button.phrase:has-text('{words}')")
    assert page.input_value("textarea[name=reasons]") == words
    assert page.locator("select[name=phrase]").count() == 0  # it would be sent a second time


def test_four_clicks_pass_a_batch(page: Page, address: str) -> None:
    sign_in(page, address, "liuzhou.water.approver")
    page.goto(f"{address}/staff/")
    hand = Hand(page)
    hand.click("nav.nav-wide a:has-text('待办')")
    hand.click("input[data-select-all=ask]")
    assert page.locator("input[name=ask]:checked").count() == page.locator("input[name=ask]").count() > 0
    hand.click("main .button-primary")
    hand.click("button[name=confirm]")
    assert hand.clicks == 4
    expect(page.locator("main")).to_contain_text("已通过")


def test_three_clicks_submit_a_plan_and_two_export_the_official_table(page: Page, address: str) -> None:
    sign_in(page, address, "chengzhong.housing.clerk")
    page.goto(f"{address}/staff/")
    hand = Hand(page)
    hand.click("nav.nav-wide a:text-is('年度计划')")
    with page.expect_download() as table:
        hand.click("main a:has-text('导出全部年度')")
    assert hand.clicks == 2 and table.value.suggested_filename.endswith(".xlsx")
    page.goto(f"{address}/staff/")
    hand = Hand(page)
    hand.click("main a:has-text('城中区2027年度计划')")
    hand.click("main a:text-is('申报')")
    hand.click("main button:text-is('确认申报')")
    assert hand.clicks == 3
    expect(page.locator(".notes")).to_contain_text("已提交审批")


def reach(page: Page, selector: str, most: int = 150) -> None:
    """Tab until the focus stands on what is meant, as somebody without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"Tab does not come to {selector}")


def test_the_keyboard_alone_approves(page: Page, address: str) -> None:
    sign_in(page, address, "liuzhou.gas.approver")
    page.goto(f"{address}/staff/inbox/")
    case = page.locator("main a", has_text="龙城路二轻局宿舍改造方案").first.get_attribute("href")
    reach(page, f'a[href="{case}"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/cases/**")
    reach(page, "textarea[name=reasons]")
    page.keyboard.type("经审核，同意。")
    reach(page, "button[value=pass]")
    page.keyboard.press("Enter")
    expect(page.locator(".notes")).to_contain_text("意见已提交：通过")


def test_without_script_one_body_approves_and_another_returns_a_marked_row(browser: Browser, address: str) -> None:
    for name, case, verdict, word in (
        ("chengzhong.natural_resources.approver", "龙城路二轻局宿舍改造方案", "pass", "意见已提交：通过"),
        ("liuzhou.finance.approver", "柳北区2027年度计划", "return", "意见已提交：退回修改"),
    ):
        context = browser.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=False)
        page = context.new_page()
        sign_in(page, address, name)
        page.goto(f"{address}/staff/inbox/")
        page.click(f"main a:has-text('{case}')")
        page.fill("textarea[name=reasons]", "雅儒路水泵厂宿舍的投资与概算不一致。")
        if verdict == "return":
            page.check("input[name=fields] >> nth=0")
        page.click(f"button[value={verdict}]")
        expect(page.locator(".notes")).to_contain_text(word)
        context.close()
    context = browser.new_context(locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address, "liubei.housing.clerk")
    page.goto(f"{address}/staff/plans/?state=returned")
    page.click("main a:has-text('2027年度')")
    expect(page.locator("main")).to_contain_text("财政局退回修改")
    assert page.locator("tr.row-marked").count() == 1
    context.close()


DAILY = (  # who, what it is that he does every day, the way to it from the desk
    ("ruicheng.housing.clerk", "时限", ("nav a:has-text('时限')",)),
    ("ruicheng.housing.clerk", "已超期", ("main a:has-text('项已超期')",)),
    ("ruicheng.housing.clerk", "投诉", ("nav summary:has-text('小区和居民')", "nav a:text-is('投诉')")),
    ("ruicheng.housing.clerk", "拨付", ("nav summary:has-text('资金')", "nav a:text-is('拨付')")),
    ("ruicheng.housing.clerk", "导入", ("nav a:text-is('导入')",)),
    ("ruicheng.housing.clerk", "表格", ("main a:has-text('2025年度计划')", "main a:text-is('表格编辑')")),
    ("ruicheng.housing.clerk", "开工手续", ("nav a:text-is('项目')", "main tbody a", "main a:text-is('开工手续')")),
    ("ruicheng.housing.leader", "时限", ("main a:has-text('本单位全部超期时限')",)),
    ("ruicheng.housing.leader", "年度看板", ("nav a:text-is('年度看板')",)),
    ("liuzhou.auditor", "审计提示", ("nav a:has-text('审计提示')",)),
    ("liuzhou.finance.approver", "待办", ("nav a:has-text('待办')",)),
)


def test_what_a_role_does_daily_is_two_clicks_from_its_desk(page: Page, address: str) -> None:
    """A page of one row among many (its permits) takes a third: the row itself."""
    page.set_viewport_size({"width": 1440, "height": 900})
    signed_in = ""
    for name, words, way in DAILY:
        if name != signed_in:
            sign_in(page, address, name)
        signed_in = name
        page.goto(f"{address}/staff/")
        hand = Hand(page)
        for selector in way:
            hand.click(selector.replace("nav ", "nav.nav-wide ", 1) if selector.startswith("nav ") else selector)
        page.wait_for_load_state()
        assert hand.clicks <= (3 if words == "开工手续" else 2)
        expect(page.locator("main")).to_contain_text(words)
        assert page.url != f"{address}/staff/", f"{name} has not come to {words}"
