"""The written application is signed by the organisation that stands, by the neighbourhood committee only where none does (LZ-08)."""

import datetime as dt
from dataclasses import replace

import pytest

from projects.rules.situation import Place, Situation
from tests.gates.test_gates import ask, held

PLACE = Place(name="胜利小区", built="1990", excluded=None, households=40)
SIGNED = held({}).day
BEFORE, AFTER = SIGNED - dt.timedelta(days=30), SIGNED + dt.timedelta(days=30)
COMMITTEE, GROUP, NEIGHBOURHOOD = "owners_committee", "self_management_group", "neighbourhood_committee"


def outcome(signers: tuple[str, ...], *places: Place) -> tuple[str, str]:
    """The gate's outcome and what it is missing."""
    papers = {"signed_application": held(dict.fromkeys(signers, True))}
    gate = ask("liuzhou", "LZ-08", "signed_application", Situation(papers=papers, places=places))
    return gate.outcome, gate.missing


@pytest.mark.rule("LZ-08")
@pytest.mark.parametrize(
    ("founded", "signer", "met"),
    [
        ((), NEIGHBOURHOOD, True),
        ((), COMMITTEE, False),
        (((COMMITTEE, BEFORE, None),), COMMITTEE, True),
        (((COMMITTEE, BEFORE, None),), NEIGHBOURHOOD, False),
        (((GROUP, BEFORE, None),), GROUP, True),
        (((GROUP, BEFORE, None),), COMMITTEE, False),
        (((COMMITTEE, BEFORE, None), (GROUP, BEFORE, None)), GROUP, True),
        (((COMMITTEE, AFTER, None),), NEIGHBOURHOOD, True),
        (((COMMITTEE, BEFORE, SIGNED),), NEIGHBOURHOOD, True),
        (((COMMITTEE, SIGNED, None),), NEIGHBOURHOOD, False),
        (((COMMITTEE, BEFORE, AFTER),), NEIGHBOURHOOD, False),
    ],
)
def test_who_stood_on_the_day_of_the_paper_signs(
    founded: tuple[tuple[str, dt.date, dt.date | None], ...], signer: str, met: bool
) -> None:
    found, missing = outcome((signer,), replace(PLACE, organisations=founded))
    assert (found == "met") is met
    assert ("须由" in missing) is not met


@pytest.mark.rule("LZ-08")
def test_each_community_of_a_project_needs_its_own_signer() -> None:
    other = replace(PLACE, name="红旗小区", organisations=((COMMITTEE, BEFORE, None),))
    assert outcome((NEIGHBOURHOOD,), PLACE, other) == ("unmet", "红旗小区的申请须由业主委员会签字")
    assert outcome((NEIGHBOURHOOD, COMMITTEE), PLACE, other)[0] == "met"


def test_nobody_ticked_is_nobody_signed() -> None:
    assert outcome((), PLACE)[0] == "unmet"
