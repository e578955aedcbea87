"""Recorded papers and exceptions: figures exact, two persons, by strength, never under a statute."""

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from approvals import exceptions, papers
from approvals.models import GateException, Paper
from offices.demonstration import Offices
from offices.models import Division
from offices.rulebooks import layers_of
from policies.model import Provision
from policies.refusal import Citation, Forbidden, Invalid, Refused, RuleRefused, cite
from tests.cast import AT, TODAY


@pytest.fixture
def county(offices: Offices) -> Division:
    """芮城县."""
    return offices.divisions["芮城县"]


def recorded(offices: Offices, figures: dict[str, Any], evidence: str = "plan_consent", **more: Any) -> Paper:
    """A paper of 芮城县 as its clerk enters it."""
    values: dict[str, Any] = {"title": "居民同意书汇总", "day": dt.date(2026, 2, 20), **more}
    return papers.record_paper(
        by=offices.user("芮城县", "housing", "clerk"), at=AT, today=TODAY, subject=offices.body("芮城县", "housing"),
        division=offices.divisions["芮城县"], evidence=evidence, figures=figures, **values,
    )  # fmt: skip


def test_a_paper_keeps_exact_figures(offices: Offices) -> None:
    paper = recorded(offices, {"households": "１２０", "agreeing": "96"})
    assert paper.figures == {"households": 120, "agreeing": 96}
    vote = {
        "total_area": "10,000.5", "total_heads": "120", "participating_area": "8000", "participating_heads": "100",
        "agreeing_area": "7000.25", "agreeing_heads": "90",
    }  # fmt: skip
    assert recorded(offices, vote, "vote:scheme").figures["total_area"] == "10000.50"


@pytest.mark.parametrize(
    ("figures", "field"),
    [
        ({"households": "120"}, "agreeing"),
        ({"households": "120", "agreeing": "121"}, "agreeing"),
        ({"households": "120.5", "agreeing": "96"}, "households"),
        ({"households": "-1", "agreeing": "0"}, "households"),
        ({"households": "120", "agreeing": "96", "passed": "yes"}, "passed"),
    ],
)
def test_a_wrong_figure_is_named_and_nothing_is_kept(offices: Offices, figures: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        recorded(offices, figures)
    assert list(refused.value.errors) == [field] and not Paper.objects.exists()


def test_a_paper_of_tomorrow_is_refused(offices: Offices) -> None:
    with pytest.raises(Invalid) as refused:
        recorded(offices, {"households": "10", "agreeing": "9"}, day=TODAY + dt.timedelta(days=1))
    assert "day" in refused.value.errors


def test_two_persons_stand_behind_a_paper(offices: Offices) -> None:
    paper = recorded(offices, {"households": "120", "agreeing": "96"})
    with pytest.raises(Forbidden, match="另一人"):
        papers.check_paper(by=offices.user("芮城县", "housing", "clerk"), at=AT, paper=paper)
    with pytest.raises(Forbidden):
        papers.check_paper(by=offices.user("城中区", "housing", "clerk"), at=AT, paper=paper)
    checked = papers.check_paper(by=offices.user("芮城县", "housing", "approver"), at=AT, paper=paper)
    assert checked.checked_at == AT
    with pytest.raises(Refused, match="已由"):
        papers.check_paper(by=offices.user("芮城县", "housing", "leader"), at=AT, paper=paper)


def test_a_mended_paper_supersedes_and_both_stay(offices: Offices) -> None:
    first = recorded(offices, {"households": "120", "agreeing": "90"})
    second = recorded(offices, {"households": "120", "agreeing": "96"})
    assert second.supersedes == first
    assert papers.current(offices.body("芮城县", "housing")) == {"plan_consent": second}
    with pytest.raises(Refused, match="被新的材料替换"):
        papers.check_paper(by=offices.user("芮城县", "housing", "approver"), at=AT, paper=first)


def test_the_figures_of_a_paper_are_never_rewritten(offices: Offices) -> None:
    paper = recorded(offices, {"households": "120", "agreeing": "90"})
    for sql in ("UPDATE approvals_paper SET figures = '{}'", "DELETE FROM approvals_paper"):
        with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    paper.refresh_from_db()
    assert paper.figures == {"households": 120, "agreeing": 90}


def gate(division: Division, rule_id: str) -> tuple[Provision, Citation]:
    """The gate of a rule with its citation."""
    layers = layers_of(division)
    found = layers.rule(rule_id)
    assert found is not None
    provision = next(p for p in found[1].provisions if p.kind == "gate")
    return provision, cite(provision, found[0].document)


def granted(offices: Offices, place: str, rule_id: str, role: str = "clerk", **more: Any) -> GateException:
    """An exception as someone of the place's housing office enters it."""
    provision, citation = gate(offices.divisions[place], rule_id)
    return exceptions.grant(
        by=offices.user(place, "housing", role), at=AT, today=TODAY, subject=offices.body(place, "housing"),
        division=offices.divisions[place], provision=provision, citation=citation, **{"reason": "县政府专题会议同意", **more},
    )  # fmt: skip


@pytest.mark.rule("RC-07")
def test_a_must_is_opened_by_a_document_of_the_issuing_level_alone(offices: Offices) -> None:
    with pytest.raises(Invalid) as refused:
        granted(offices, "芮城县", "RC-07", "leader")
    assert set(refused.value.errors) == {"document_number", "issuer", "issued_on"}
    document = {"document_number": "芮政函〔2026〕3号", "issuer": "芮城县人民政府", "issued_on": dt.date(2026, 2, 1)}
    row = granted(offices, "芮城县", "RC-07", **document)
    assert exceptions.open_exceptions(offices.body("芮城县", "housing")) == [row]


@pytest.mark.rule("LZ-04")
def test_an_in_principle_is_opened_by_a_leaders_reason(offices: Offices) -> None:
    with pytest.raises(Forbidden, match="负责人"):
        granted(offices, "城中区", "LZ-04", "clerk")
    with pytest.raises(Invalid):
        granted(offices, "城中区", "LZ-04", "leader", reason=" ")
    assert granted(offices, "城中区", "LZ-04", "leader").strength == "in_principle"


def test_nothing_opens_a_statute(offices: Offices) -> None:
    provision, citation = gate(offices.divisions["芮城县"], "RC-07")
    floor = provision.model_copy(update={"floor": True})
    with pytest.raises(RuleRefused, match="法律"):
        exceptions.grant(
            by=offices.user("芮城县", "housing", "leader"), at=AT, today=TODAY, subject=offices.body("芮城县", "housing"),
            division=offices.divisions["芮城县"], provision=floor, citation=citation, reason="x", document_number="芮政函〔2026〕3号",
            issuer="x", issued_on=TODAY,
        )  # fmt: skip
