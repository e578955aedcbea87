"""Every main page in a real browser: no violation of axe's rules, no sideways scroll on the narrowest phone, a light first load."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.faces import places
from tests.faces.stage import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RESIDENT, STAFF, GRID = 60 * 1024, 150 * 1024, 450 * 1024  # bytes of a first load as they come over the wire


def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    # Told that nobody reads what passed, axe need not describe each element that did.
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {{runOnly: {TAGS}, resultTypes: ['violations']}})")
    return [f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]}" for each in found["violations"]]


def looked_at(
    page: Page, address: str, found: dict[str, str], widths: tuple[int, ...] = (1440, 320)
) -> dict[str, list[str]]:
    """Faults by page and width; sideways scroll at 320 px counts as one."""
    wrong: dict[str, list[str]] = {}
    for name, path in found.items():
        for width in widths:
            page.set_viewport_size({"width": width, "height": 844})
            response = page.goto(address + path)
            assert response is not None and response.status == 200, path
            wide = page.evaluate("document.documentElement.scrollWidth") > width
            wrong[f"{name} {width}"] = [*faults(page), *(["scrolls sideways"] if wide else [])]
    return {where: what for where, what in wrong.items() if what}


def test_axe_sees_a_fault(page: Page) -> None:
    page.set_content("<html><body><img src='x'><input></body></html>")
    assert any(fault.startswith("image-alt") for fault in faults(page))


def test_resident_pages(page: Page, address: str) -> None:
    assert looked_at(page, address, places.public_places(page, address) | {"login": "/staff/login/"}) == {}


def test_the_clerks_pages(page: Page, address: str) -> None:
    places.sign_in(page, address, "ruicheng.housing.clerk")
    assert looked_at(page, address, places.clerk_places(page, address)) == {}


def test_the_approvers_pages(page: Page, address: str) -> None:
    places.sign_in(page, address, "liuzhou.finance.approver")
    assert looked_at(page, address, places.approver_places(page, address)) == {}


def test_the_auditors_history(page: Page, address: str) -> None:
    places.sign_in(page, address, "liuzhou.auditor")
    assert looked_at(page, address, {"history": "/staff/history/"}) == {}


def test_the_system_administrators_pages(page: Page, address: str) -> None:
    places.sign_in(page, address, "liuzhou.system_admin")
    pages = {"condition": "/staff/condition/", "retention": "/staff/retention/"}
    assert looked_at(page, address, pages, PHONE) == {}


LOOKED_AT_LARGE = ("community ", "vote", "notice", "overview", "vote identify/")
PHONE = (320,)  # pages of one desk, each looked at once where there is least room


def test_where_residents_vote_answer_and_object(page: Page, address: str) -> None:
    assert looked_at(page, address, places.resident_places(page, address), PHONE) == {}


def test_what_residents_are_refused(page: Page, address: str) -> None:
    """Forms that come back with what is wrong; a page that is not there."""
    wrong = {}
    for name, path in places.refused_places(page, address).items():
        page.set_viewport_size({"width": 320, "height": 844})
        page.goto(address + path)
        page.eval_on_selector_all("main form", "forms => forms.forEach(form => form.noValidate = true)")
        with page.expect_navigation():
            page.locator("main form button.button-primary").first.click()
        assert page.locator("main .errors").count(), name
        wide = page.evaluate("document.documentElement.scrollWidth") > 320
        wrong[name] = [*faults(page), *(["scrolls sideways"] if wide else [])]
    answer = page.goto(f"{address}/c/00000000-0000-0000-0000-000000000000/")
    assert answer is not None and answer.status == 404
    wrong["404"] = faults(page)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_large_print_and_high_contrast(page: Page, address: str) -> None:
    chosen = {name: path for name, path in places.resident_places(page, address).items() if name in LOOKED_AT_LARGE}
    page.goto(f"{address}/look/large-contrast/")
    assert looked_at(page, address, {"home": "/", "privacy": "/privacy/", **chosen}, PHONE) == {}


def test_the_desk_of_votes_surveys_notices_rolls_and_money(page: Page, address: str) -> None:
    places.sign_in(page, address, "chengzhong.housing.clerk")
    assert looked_at(page, address, places.desk_places(page, address), PHONE) == {}


def weight(browser: Browser, address: str, path: str, cookies: list[Any]) -> tuple[int, set[str]]:
    """Bytes over the wire of a first load (bodies as sent, compressed) and the origins that were asked."""
    context = browser.new_context(locale="zh-CN")
    context.add_cookies(cookies)
    page, answers = context.new_page(), list[Response]()
    # Playwright writes a mark on its handlers, which a builtin method does not take.
    page.on("response", lambda answer: answers.append(answer))
    page.goto(address + path, wait_until="networkidle")
    total = sum(answer.request.sizes()["responseBodySize"] for answer in answers)
    origins = {"/".join(answer.url.split("/")[:3]) for answer in answers if not answer.url.startswith("data:")}
    context.close()
    return total, origins


@pytest.mark.parametrize("place", ["home", "community"])
def test_a_residents_first_load_is_light(browser: Browser, page: Page, address: str, place: str) -> None:
    total, origins = weight(browser, address, places.public_places(page, address)[place], [])
    assert 1000 < total <= RESIDENT and origins == {address}


@pytest.mark.parametrize(("place", "most"), [("staff-home", STAFF), ("plan", STAFF), ("grid", GRID)])
def test_a_staff_pages_first_load_is_light(browser: Browser, page: Page, address: str, place: str, most: int) -> None:
    places.sign_in(page, address, "ruicheng.housing.clerk")
    path = places.clerk_places(page, address)[place]
    total, origins = weight(browser, address, path, page.context.cookies())
    assert 1000 < total <= most and origins == {address}
