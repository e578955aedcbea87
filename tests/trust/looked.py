"""Every page of the route table as a browser draws it: rendered first, then served to a real browser from memory with its own styles."""

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from django.contrib.staticfiles import finders
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, Route, sync_playwright

from tests.faces.stage import chromium
from tests.faces.test_axe import faults
from tests.trust.crowd import PARTS
from tests.trust.route import OPEN, STAFF
from tests.trust.rows import Rows
from tests.trust.table import DRAFTS, TABLE

ORIGIN = "http://desk.test"


@dataclass(frozen=True)
class Drawn:
    """A page in a state: where it stands, its HTML."""

    name: str
    path: str
    html: bytes


def names() -> list[str]:
    """Routes of the staff: those that answer a GET, and those whose refusal is a page."""
    return [name for name, route in TABLE.items() if name.startswith(PARTS) and route.read != OPEN]


def drawn(rows: Rows, clients: dict[str, Client], wanted: Iterable[str]) -> list[Drawn]:
    """Each page full (as whoever works with it), empty (as somebody of a county without rows), and refused (nothing filled in)."""
    found: list[Drawn] = []
    for name in wanted:
        route = TABLE[name]
        url = reverse(name.partition("#")[0], kwargs=route.args(rows))
        path = f"{url}?{urlencode(route.query(rows))}" if route.query(rows) else url
        worker = next(
            role
            for role in ("clerk", "approver", "system", "security", "auditor", "audit", "root")
            if role in route.readers
        )
        if route.read is not None:
            found += _of(name, path, clients[worker].get(path))
        if route.read == STAFF and "foreign" in route.readers:
            found += _of(f"{name} empty", path, clients["foreign"].get(path))
        for write in route.write:
            doer = next((role for role in clients if role in write.may and role != "anonymous"), worker)
            with transaction.atomic():
                found += _of(f"{name} refused", path, clients[doer].post(path, {}))
                transaction.set_rollback(True)
    for name, route in DRAFTS.items():
        if name.startswith(PARTS) and name in wanted:
            path = reverse(name, kwargs=route.args(rows))
            found += _of(f"{name} draft", path, clients["clerk"].get(path))
    return found


def _of(name: str, path: str, answer: HttpResponseBase) -> list[Drawn]:
    """Nothing of a sheet, a calendar, or of who is sent on."""
    html = answer.status_code in {200, 400, 403, 409} and answer["Content-Type"].startswith("text/html")
    if not html or answer.streaming:
        return []
    body: bytes = answer.content  # type: ignore[attr-defined]
    return [Drawn(name, path, body)] if b"</html>" in body else []


def wrong_with(looked_at: Iterable[Drawn], widths: tuple[int, ...]) -> dict[str, list[str]]:
    """Faults by page and width in a browser of its own (no database is asked while it runs)."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            return _wrong(started.new_context(locale="zh-CN", bypass_csp=True).new_page(), looked_at, widths)
        finally:
            started.close()


def _wrong(page: Page, looked_at: Iterable[Drawn], widths: tuple[int, ...]) -> dict[str, list[str]]:
    """What axe finds, and sideways scroll."""
    wrong: dict[str, list[str]] = {}
    shown: list[bytes] = [b""]

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        file = finders.find(path.removeprefix("/static/").partition("?")[0]) if path.startswith("/static/") else None
        if isinstance(file, str):
            route.fulfill(body=Path(file).read_bytes(), content_type=mimetypes.guess_type(file)[0] or "text/plain")
        elif route.request.is_navigation_request():
            route.fulfill(body=shown[0], content_type="text/html; charset=utf-8")
        else:
            route.abort()

    page.route("**/*", serve)
    for each in looked_at:
        shown[0] = each.html
        for width in widths:
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(ORIGIN + each.path)
            wide = page.evaluate("document.documentElement.scrollWidth") > width
            wrong[f"{each.name} {width}"] = [*faults(page), *(["scrolls sideways"] if wide else [])]
    return {where: what for where, what in wrong.items() if what}
