"""How many clicks an approver's daily work takes, with a real browser: three to approve, four for a batch; phrases by one click."""

import pytest
from playwright.sync_api import Page, expect

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
