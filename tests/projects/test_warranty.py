"""N-07 worked by hand: the days for filing, the end of each part's warranty, a city that asks for more."""

import datetime as dt

import pytest

from offices.rulebooks import library
from policies.calendar import WorkingCalendar
from projects.rules.warranty import filing, milestone_words, warranty, years_after

D = dt.date
LAYERS = library().layers("ruicheng")


@pytest.mark.rule("N-07")
@pytest.mark.parametrize(
    ("accepted", "due", "moved"),
    [
        (D(2026, 3, 2), D(2026, 3, 17), False),  # a Tuesday: 2 March itself isn't counted
        (D(2026, 3, 6), D(2026, 3, 23), True),  # the 15th day is Saturday 21 March
        (D(2025, 9, 18), D(2025, 10, 9), True),  # 3 October lies in the National Day holiday of 1 to 8 October
        (D(2024, 2, 14), D(2024, 2, 29), False),  # a leap day is a day like others
    ],
)
def test_the_filing_is_due_fifteen_days_after_the_acceptance_and_moves_off_rest_days(
    accepted: dt.date, due: dt.date, moved: bool
) -> None:
    found = filing(LAYERS, day=accepted, accepted_on=accepted, calendar=WorkingCalendar())
    assert found is not None
    assert (found.due_on, found.moved, found.days) == (due, moved, 15)
    assert found.citation.rule == "N-07"
    assert ("N-05" in found.words) is moved


@pytest.mark.rule("N-07")
def test_each_part_has_its_own_end_from_the_day_of_acceptance() -> None:
    parts = {part.key: part for part in warranty(LAYERS, day=D(2024, 2, 29), accepted_on=D(2024, 2, 29))}
    assert parts["waterproofing"].ends_on == D(2029, 2, 28)
    assert parts["electrics_water_decoration"].ends_on == D(2026, 2, 28)  # a Saturday: years don't move
    assert parts["foundation_and_structure"].ends_on is None and parts["foundation_and_structure"].wants
    assert parts["heating_and_cooling"].ends_on is None and parts["heating_and_cooling"].number == 2
    assert parts["waterproofing"].within(D(2029, 2, 28)) and not parts["waterproofing"].within(D(2029, 3, 1))
    assert parts["heating_and_cooling"].within(D(2026, 1, 1)) is None
    known = {
        part.key: part.ends_on
        for part in warranty(
            LAYERS, day=D(2023, 11, 8), accepted_on=D(2023, 11, 8), design_life=50, seasons_end=D(2025, 3, 15)
        )
    }
    assert known["foundation_and_structure"] == D(2073, 11, 8)
    assert known["heating_and_cooling"] == D(2025, 3, 15)


def test_years_end_on_the_same_date_or_the_last_of_the_month() -> None:
    assert years_after(D(2024, 2, 29), 4) == D(2028, 2, 29)
    assert years_after(D(2024, 2, 29), 1) == D(2025, 2, 28)
    assert years_after(D(2023, 2, 28), 1) == D(2024, 2, 28)
    assert years_after(D(2023, 12, 31), 2) == D(2025, 12, 31)


def test_before_the_statute_nothing_is_said_and_milestones_have_words() -> None:
    assert warranty(LAYERS, day=D(1999, 1, 1), accepted_on=D(1999, 1, 1)) == ()
    assert filing(LAYERS, day=D(1999, 1, 1), accepted_on=D(1999, 1, 1), calendar=WorkingCalendar()) is None
    assert milestone_words("warranty:waterproofing") == "保修期满前回访：防水、防渗漏"
    assert milestone_words("start") == "开工"
