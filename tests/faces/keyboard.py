"""A browser driven by the keyboard alone."""

from playwright.sync_api import Page

STOPS = 90  # so many times Tab, and no further


def reach(page: Page, selector: str) -> None:
    """Tab on until the focus stands on what the selector names."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} is not reached by Tab on {page.url}")


class Keys:
    """Somebody without a mouse, who counts what he presses to get on."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.clicks = page, address, 0

    def open(self, path: str) -> None:
        """A link out of a chat, a letter or a poster."""
        self.page.goto(self.address + path)

    def press(self, selector: str) -> None:
        """One link or button: what a finger does with one tap."""
        reach(self.page, selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.clicks += 1

    def type(self, selector: str, text: str) -> None:
        """Into a field."""
        reach(self.page, selector)
        self.page.keyboard.type(text)

    def mark(self, selector: str) -> None:
        """A box or a round one."""
        reach(self.page, selector)
        self.page.keyboard.press("Space")

    def choose_next(self, selector: str) -> None:
        """The next of a list or of round ones."""
        reach(self.page, selector)
        self.page.keyboard.press("ArrowDown")

    @property
    def said(self) -> str:
        """What the page says."""
        return self.page.inner_text("main")
