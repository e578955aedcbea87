"""Which projects a clause touches: those its gates wait for, those behind them, its deadlines; of the scope alone."""

from typing import Any

import pytest
from django.urls import reverse

from approvals.models import GateException
from offices.models import Duty
from offices.rulebooks import library
from projects.models import Project
from projects.queries.ruled import governed, rows_of
from tests.cast import AT, TODAY
from tests.funding.stage import Money
from tests.reports.test_money_reports import browser
from tests.reports.test_overview import published

pytestmark = pytest.mark.django_db


def rule_with(kind: str, **params: str) -> Any:
    """柳州's first rule with such a provision."""
    book = library().layers("liuzhou").books[0]
    for rule in book.rules:
        for each in rule.provisions:
            if each.kind == kind and all(getattr(each.params, key) == value for key, value in params.items()):
                if not getattr(each.params, "applies_when", ()):
                    return rule
    raise AssertionError(kind)


def page(money: Money, rule_id: str, part: str = "") -> str:
    """The page as 城中区's clerk sees it."""
    answer = browser(money).get(reverse("staff_rule", args=[rule_id]), {"part": part} if part else {})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_gate_touches_projects_before_and_behind_it_and_none_of_elsewhere(money: Money) -> None:
    rule = rule_with("gate", step="accept")
    published(money, "甲小区", "works")
    published(money, "乙小区", "aftercare")
    foreign = published(money, "丙小区", "works")
    Project.objects.filter(name__contains="丙小区").update(rulebook="ruicheng")
    ahead = page(money, rule.id, "ahead")
    assert "甲小区" in ahead and "乙小区" not in ahead and "丙小区" not in ahead, foreign
    assert "乙小区" in page(money, rule.id, "behind")
    there = browser(money)
    there.force_login(money.offices.user("芮城县", "housing", "clerk"), backend="offices.backend.StaffBackend")
    assert "甲小区" not in there.get(reverse("staff_rule", args=[rule.id])).content.decode()


def test_a_gate_that_a_lower_document_replaces_touches_nothing_there(money: Money) -> None:
    books = library()
    for book in books:
        for rule in book.rules:
            assert book.document.place in {layers.place for layers in governed(books, rule)}
    national = next(
        rule
        for rule in library().layers("national").books[0].rules
        if any(each.kind == "vote" for each in rule.provisions)
    )
    assert len(governed(books, national)) == len(list(books)), "the floor stands under every document"


def test_deadlines_and_exceptions_open_from_it_in_bounded_queries(
    money: Money, django_assert_max_num_queries: Any
) -> None:
    rule = rule_with("deadline")
    published(money, "甲小区", "works")
    project = Project.objects.get(name__contains="甲小区")
    for number in range(60):
        row = Duty(
            subject_type="project", subject_uid=project.uid, subject_title=f"事项{number:02d}", subject_link="/staff/", rule_id=rule.id,
            rulebook="liuzhou", milestone=f"m{number}", strength="must", plan_year=2026, due_on=TODAY, created_at=AT, updated_at=AT,
        )  # fmt: skip
        row.place_in(project.division)
        row.save()
    exception = GateException(
        subject_type="project", subject_uid=project.uid, rule_id=rule.id, step="accept", evidence="satisfaction", strength="in_principle",
        reason="理由", by=money.user("clerk"), at=AT, created_at=AT, updated_at=AT,
    )  # fmt: skip
    exception.place_in(project.division)
    exception.save()
    client = browser(money)
    client.get("/staff/messages/")
    with django_assert_max_num_queries(15):
        shown = client.get(reverse("staff_rule", args=[rule.id])).content.decode()
    assert "事项00" in shown and "事项55" not in shown, "paged"
    assert project.name in page(money, rule.id, "exceptions")
    assert browser(money).get(reverse("staff_rule", args=[rule.id]), {"part": "x"}).status_code == 400
    assert browser(money).get(reverse("staff_rule", args=["XX-99"])).status_code == 404
    clause = rule.provisions[0].quote[:10]
    assert clause in shown
    own = {
        "rule": rule,
        "layers": governed(library(), rule),
        "user": money.user("clerk"),
        "division": None,
        "day": TODAY,
    }
    assert rows_of("cases", **own).count() == 0
