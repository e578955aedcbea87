"""A resident votes on a phone's screen with the keyboard alone and JavaScript off: code, check before sending, receipt, another choice."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from approvals.models import Ballot, Counting
from communities.models import Community
from offices.demonstration import Offices
from tests.faces.keyboard import reach
from tests.faces.stage import chromium
from tests.votes.conftest import HOUR, Clock, announced
from tests.votes.test_online import RECEIPT, code_of, url

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def choose(page: Page, label: str) -> str:
    """Choose by keyboard, read the check page, send; what the page says then."""
    reach(page, f"button:has-text('{label}')")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("尚未提交")
    assert label in page.inner_text("main")
    reach(page, "form[action$='/send/'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/")
    return page.inner_text("main")


def test_from_the_letter_to_another_choice_without_a_mouse(
    offices: Offices, community: Community, clock: Clock, live_server: Any
) -> None:
    if chromium() is None:
        pytest.skip("NO CHROMIUM: nobody voted with the keyboard (set CHROMIUM=/path/to/chromium)")
    vote = announced(offices, community, clock, may_change=True)
    clock.to(vote.opens_at + HOUR)
    voter = vote.voters.get(number=1)
    code, room = code_of(vote, voter, clock), voter.homes.get().room
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = started.new_context(locale="zh-CN", viewport={"width": 390, "height": 844}, java_script_enabled=False)
        page = context.new_page()
        page.goto(live_server.url + url("vote", vote))
        reach(page, f"a[href='{url('vote_identify', vote)}']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/identify/")
        reach(page, "input[name=code]")
        page.keyboard.type(code.lower())
        page.keyboard.press("Enter")
        page.wait_for_url("**/ballot/")
        assert room in page.inner_text("main")
        first = choose(page, "同意")
        (number,) = set(RECEIPT.findall(first))
        page.goto(live_server.url + url("vote_ballot", vote))
        assert "以最后一次为准" in page.inner_text("main")
        second = choose(page, "反对")
        page.goto(live_server.url + url("vote_receipt", vote))
        reach(page, "input[name=number]")
        page.keyboard.type(number.lower())
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("已被取代")
        wide = page.locator("html").evaluate("node => node.scrollWidth")
        started.close()
    assert wide <= 390
    assert "反对" in second and not re.search(number, second)
    assert Ballot.objects.count() == 2 and Counting.objects.get().ballot.choice == "oppose"
