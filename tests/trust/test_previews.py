"""Every public page looks right when its link is shared: a title of its own, a sentence, a picture of ours, and nobody's data in them."""

import re

import pytest
from django.test import Client

from tests.trust.rows import Rows
from tests.trust.test_canaries import doors, plant, planted

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TITLE = re.compile(r"<title>(.*?)</title>", re.S)
META = re.compile(r'<meta [^>]*property="og:(\w+)"[^>]*content="([^"]*)"')
SITE = " · 老旧小区改造管理平台"
LONGEST_TITLE, LONGEST_WORDS = 80, 160


def heads(rows: Rows, client: Client) -> dict[str, tuple[str, dict[str, str]]]:
    """Title and preview of each public page of the route table, by its address."""
    found = {}
    for path in doors(rows):
        answer = client.get(path)
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code != 200 or answer.streaming or not kind.startswith("text/html"):
            continue
        html = answer.content.decode()
        if "public-head" not in html:  # a picture's page, or the interface's own documentation
            continue
        title = TITLE.search(html)
        assert title, path
        found[path] = title[1], dict(META.findall(html)) if 'content="noindex"' not in html else {}
    return found


def test_every_public_page_has_a_title_and_a_preview(played: tuple[Rows, dict[str, Client]]) -> None:
    rows, client = played[0], Client()
    plant(rows)
    canaries = planted()
    seen: dict[str, set[str]] = {}
    found = heads(rows, client)
    assert len(found) > 25
    for path, (title, preview) in found.items():
        assert title.endswith(SITE) and 2 <= len(title.removesuffix(SITE)) <= LONGEST_TITLE, (path, title)
        seen.setdefault(title, set()).add(path.partition("?")[0])
        if preview:
            assert preview["title"] and len(preview["title"]) <= LONGEST_TITLE and "<" not in preview["title"], path
            assert 4 <= len(preview["description"]) <= LONGEST_WORDS, (path, preview["description"])
            assert preview["image"].startswith("http") and preview["image"].endswith("share.png"), path
        assert not [value for value in canaries if value in title or value in str(preview)], path
    twice = {title: paths for title, paths in seen.items() if len(paths) > 1}
    assert all(paths == {path for path in paths if path.startswith("/votes/")} for paths in twice.values()), twice
    assert len(twice) <= 1  # before the opening the vote's page stands in for those of its ballots
