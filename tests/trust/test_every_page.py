"""Every page of the workspace in a real browser, full, empty and refused: no violation of axe's rules, no sideways scroll at 320 px."""

import pytest
from django.test import Client

from tests.faces.stage import chromium
from tests.trust.looked import drawn, names, wrong_with
from tests.trust.rows import Rows

pytestmark = [
    pytest.mark.django_db, pytest.mark.browser, pytest.mark.slow, pytest.mark.prove,
    pytest.mark.skipif(chromium() is None, reason="NO CHROMIUM: the pages were not looked at in a browser"),
]  # fmt: skip


@pytest.mark.parametrize("part", ["approvals", "communities", "funding", "offices", "projects", "staff"])
def test_every_page(played: tuple[Rows, dict[str, Client]], part: str) -> None:
    found = drawn(*played, [name for name in names() if name.startswith(part)])
    assert len(found) > 4
    assert wrong_with(found, (320, 1440)) == {}
