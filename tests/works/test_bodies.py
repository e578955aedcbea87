"""What waits for a body: its page names the papers before a start, and whose deadlines those are."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from offices import duties
from offices.models import User
from projects.actions import permits
from tests.projects.conftest import AT, TODAY, World
from tests.projects.test_pages import text
from tests.works.conftest import CODES, Reviewed

Login = Callable[[User], Client]


def test_the_page_of_the_keeping_office_names_the_papers_before_each_start(
    world: World, reviewed: Reviewed, login: Login, django_assert_max_num_queries: Any
) -> None:
    waiting, checked, at_works = (reviewed(name) for name in ("甲小区", "乙小区", "丙小区"))
    for project, name in ((waiting, "甲设计院"), (checked, "乙设计院"), (at_works, "丙设计院")):
        row = permits.enter_party(
            by=world.wang, at=AT, today=TODAY, project=project, role="designer", name=name, credit_code=CODES["designer"],
            method="procurement", day=TODAY, number="采〔2026〕1号",
        )  # fmt: skip
        if project != waiting:
            permits.check_entry(by=world.li, at=AT, entry=row)
    type(at_works).objects.filter(pk=at_works.pk).update(stage="works")
    body = world.wang.active_memberships[0].body
    duties.sync(
        subject=waiting, title="甲小区", link=f"/staff/projects/{waiting.uid}/", division=world.county, body=body, at=AT, today=TODAY,
        rows=[duties.Row("RC-13", "ruicheng", "start", "must", 2026, TODAY)],
    )  # fmt: skip
    with django_assert_max_num_queries(48):
        shown = text(login(world.wang).get(reverse("projects:body", args=[body.uid])))
    assert "甲小区 待复核 1 份 已录入 1 份" in " ".join(shown.split())
    assert "乙小区 待开工 已录入 1 份" in " ".join(shown.split()) and "丙小区" not in shown
    assert "甲小区 开工：" in " ".join(shown.split()), "a deadline says whose it is"
    assert "甲小区" not in text(login(world.wei).get(reverse("projects:body", args=[body.uid])))
