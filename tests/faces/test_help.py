"""Every page of the workspace says what it is for, and explains its words on tap."""

import pytest
from django.test import Client

from offices.models import User
from renovation.help import PAGES, WORDS, help_of
from tests.trust.crowd import PAGES as ROUTES


def test_every_page_of_the_staff_has_its_purpose() -> None:
    assert [name for name in ROUTES if help_of(name.partition("#")[0]) is None] == []
    assert {word for _, words in PAGES.values() for word in words} <= WORDS.keys()
    unused = WORDS.keys() - {word for _, words in PAGES.values() for word in words}
    assert unused == set() and all(purpose.endswith("。") and len(purpose) <= 45 for purpose, _ in PAGES.values())


@pytest.mark.parametrize(
    ("name", "word"), [("approvals:case", "退回修改"), ("projects:plans", "年度计划"), ("funding:flags", "疑问")]
)
def test_the_longest_beginning_counts(name: str, word: str) -> None:
    found = help_of(name)
    assert found is not None and word in f"{found.purpose}{found.words}"
    assert help_of("portal:home") is None


@pytest.mark.django_db
def test_a_page_shows_it_without_script(client: Client) -> None:
    client.force_login(User.objects.create_superuser(username="root", password="long-enough-1"))
    html = client.get("/staff/plans/").content.decode()
    assert "<summary>说明</summary>" in html and WORDS["年度计划"] in html
