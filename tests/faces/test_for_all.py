# ruff: noqa: F811 (fixtures of a neighbour)
"""For all: a first load that a slow network carries, nothing from elsewhere, titles and previews, large print, the operator's foot."""

import gzip
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from communities.models import Community
from offices.models import Division
from renovation.held import KINDS, OF_STAFF
from renovation.retention import PERIODS
from tests.faces.test_portal import STAMP, community, county, page, project_of  # noqa: F401
from tests.trust.test_canaries import PERSONAL

pytestmark = pytest.mark.django_db
BUDGET = 60 * 1024
LOADED = re.compile(r'<(?:link rel="(?:stylesheet|icon)"[^>]*href|link[^>]*href|script[^>]*src|img[^>]*src)="([^"]+)"')
META = re.compile(r'<meta [^>]*property="og:(\w+)"[^>]*content="([^"]*)"')


def places(community: Community, county: Division) -> list[str]:
    """The main pages that a resident opens first."""
    uid = community.uid
    return [
        "/", "/?q=国土局", f"/places/{county.uid}/", f"/c/{uid}/", f"/c/{uid}/money/", f"/c/{uid}/follow/", f"/c/{uid}/complain/",
        f"/c/{uid}/mine/", "/why/?name=国土局", "/votes/", "/follow/", "/overview/", f"/overview/{county.uid}/", "/open/", "/privacy/",
    ]  # fmt: skip


def test_first_load_is_small_and_comes_from_here_alone(client: Client, community: Community, county: Division) -> None:
    project_of(community)
    for number in range(60):
        row = Community(
            name=f"国土局第{number}小区", search_text=f"国土局第{number}小区", name_key=f"国土局第{number}小区", **STAMP
        )
        row.place_in(county)
        row.save()
    for url in places(community, county):
        answer = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200 and answer.headers["Content-Encoding"] == "gzip", url
        html, weight = gzip.decompress(answer.content).decode(), len(answer.content)
        for address in dict.fromkeys(LOADED.findall(html)):
            assert address.startswith("/") and not address.startswith("//"), (url, address)
            if address.startswith("/static/"):
                file = finders.find(address.removeprefix("/static/"))
                assert isinstance(file, str), address
                weight += len(gzip.compress(Path(file).read_bytes(), 6))
        assert weight <= BUDGET, (url, weight)
        assert not re.search(r"<(?:style|iframe)|<script(?![^>]*src=)| style=", html), url


def test_titles_and_previews(client: Client, community: Community, county: Division) -> None:
    project_of(community)
    seen = {}
    for url in places(community, county):
        html = page(client, url)
        titles = re.findall(r"<title>\s*(.+?)\s*</title>", html)
        assert len(titles) == 1 and html.count("<h1") == 1, url
        seen[url] = titles[0]
        if "noindex" not in html:
            found = dict(META.findall(html))
            assert found["title"] and found["description"], (url, found)
            assert finders.find(found["image"].partition("/static/")[2]), "the picture is our own"
    assert len(set(seen.values())) == len(seen)
    found = dict(META.findall(page(client, f"/c/{community.uid}/")))
    assert community.name in found["title"] and "正在施工" in found["description"]


def test_large_print_and_contrast_are_kept_by_a_cookie_that_a_link_sets(client: Client, community: Community) -> None:
    home = f"/c/{community.uid}/"
    html = page(client, home)
    assert f'href="/look/large/?back={home}"' in html and "look-large" not in html
    answer = client.get(f"/look/large/?back={home}")
    assert answer.headers["Location"] == home
    cookie = answer.cookies["look"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == ("large", "Lax", True)
    html = page(client, home)
    assert '<html lang="zh-CN" class="look-large">' in html and f"/look/large-contrast/?back={home}" in html
    assert "look-large" in page(client, "/privacy/")
    client.get(f"/look/large-contrast/?back={home}")
    assert 'class="look-contrast look-large"' in page(client, home)
    client.get("/look/plain/")
    assert "look-" not in page(client, home).partition("<body")[0]
    client.cookies["look"] = '"><script>'
    assert "look-" not in page(client, home).partition("<body")[0]
    assert client.get("/look/huge/").status_code == 404


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/\r\nX: 1"]
)
def test_the_way_back_stays_here(client: Client, back: str) -> None:
    answer = client.get("/look/large/", {"back": back})
    assert answer.headers["Location"] == "/" or answer.headers["Location"].startswith("/%"), back
    assert "X" not in answer.headers


def test_a_kept_page_has_the_look_of_its_reader(community: Community, settings: Any) -> None:
    settings.PORTAL_CACHE_SECONDS = 30
    cache.clear()
    old, plain = Client(), Client()
    old.cookies["look"] = "large"
    for _ in range(2):
        assert "look-large" in page(old, f"/c/{community.uid}/")
        assert "look-large" not in page(plain, f"/c/{community.uid}/").partition("<body")[0]
    cache.clear()


def test_the_foot_says_who_runs_it(client: Client, settings: Any) -> None:
    assert "ICP" not in page(client, "/")
    settings.OPERATOR = {
        "name": "芮城县住房和城乡建设局",
        "phone": "0359-3022345",
        "icp": "晋ICP备20000001号",
        "police": "晋公网安备14083002000001号",
    }
    html = page(client, "/")
    for words in (*settings.OPERATOR.values(), "/privacy/", "tel:0359-3022345"):
        assert words in html.partition("<footer")[2], words


def test_the_privacy_page_says_the_lengths_that_are_kept_to(client: Client, settings: Any) -> None:
    settings.SESSION_COOKIE_AGE, settings.RETENTION = 7 * 3600, {"complaint_persons": 400}
    html = page(client, reverse("portal:privacy"))
    for words in (
        "3 天后删除", "30 天后删除", "20 分钟后要重新验证", "最长 7 小时", "60 分钟", "意见办结后 3 年自动清除",
        "投诉答复后 400 天自动清除",
        "发出后 200 天自动清除",
    ):  # fmt: skip
        assert words in html, words


def test_the_privacy_page_says_everything_that_is_kept(client: Client) -> None:
    """Each table with a resident's values, each period of the register and each reason to keep is on the page, word for word."""
    html = unescape(page(client, reverse("portal:privacy")))
    said = {table for kind in KINDS for table in kind.tables}
    assert said == {label for label in PERSONAL if label not in ("offices.User", "offices.Invitation")}
    keys = {key for kind in KINDS for key in kind.periods}
    assert keys | OF_STAFF == {period.key for period in PERIODS} and not keys & OF_STAFF
    for period in PERIODS:
        if period.key in keys:
            assert f"{period.what}：{period.after}后" in html and period.source in html, period.key
    for kind in KINDS:
        assert all(words in html for words in (kind.what, kind.why, kind.seen_by, *kind.long)) and kind.long, kind.what
