"""On paper: what a resident takes to his neighbours has the community, the day and the address on it, and nothing to press."""

import pytest
from playwright.sync_api import Page

from tests.faces import places

pytestmark = [pytest.mark.browser, pytest.mark.slow]
A4 = 673  # CSS pixels between the margins of a sheet
PRESSED = ("工作人员", "大字版", "高对比", "提出异议", "去投票", "我要投诉", "订阅进展", "查看本人信息", "跳到正文")


def test_what_is_printed_has_its_place_day_and_address_and_nothing_to_press(page: Page, address: str) -> None:
    found = places.public_places(page, address) | places.resident_places(page, address)
    money = next(name for name in found if name.startswith("money "))
    for name in ("community", "vote", "vote-result", "notice", money, "survey"):
        page.set_viewport_size({"width": A4, "height": 900})
        page.goto(address + found[name])
        place = page.locator(".crumbs a").last.inner_text() if name != "community" else page.locator("h1").inner_text()
        page.emulate_media(media="print")
        said = page.locator("body").inner_text()
        assert place in said and "打印" in said and found[name] in said, name
        shown = page.locator("a, button").locator("visible=true").all_inner_texts()
        pressed = [words for words in PRESSED if any(words in text for text in shown)]
        assert not pressed, (name, pressed)
        assert page.evaluate("document.documentElement.scrollWidth") <= A4, name
        sheet = page.pdf(format="A4")
        assert sheet.startswith(b"%PDF") and 1 <= sheet.count(b"/Type /Page\n") <= 8, name
        page.emulate_media(media="screen")
