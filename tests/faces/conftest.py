"""A running demonstration and a browser for the pages that are looked at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.faces.stage import chromium, platform


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running demonstration keeps its data."""
    return tmp_path_factory.mktemp("stage")


@pytest.fixture(scope="module")
def address(folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A running demonstration."""
    if chromium() is None:
        pytest.skip("NO CHROMIUM: the pages were not looked at in a browser (set CHROMIUM=/path/to/chromium)")
    with platform(folder, request.getfixturevalue("demonstration")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor; axe is put into the page, which its policy would refuse."""
    context = browser.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900}, bypass_csp=True)
    yield context.new_page()
    context.close()
