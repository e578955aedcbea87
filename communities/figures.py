"""What the register takes from ``rules.years``: the years it stores beside the text, within what a register of homes can hold."""

import datetime as dt

from communities.rules.years import built_years as read_years

EARLIEST = 1900  # a home built before is a heritage building or a typing error: ask rather than store


def built_years(text: str, today: dt.date) -> tuple[int | None, int | None]:
    """(earliest, latest) built year of a text; None where not known. Raises ValueError (Chinese) for nonsense or a year that can't be."""
    found = read_years(text)
    if not found.understood:
        raise ValueError(found.note)
    for year in (found.earliest, found.latest):
        if year is not None and not EARLIEST <= year <= today.year:
            raise ValueError(f"年份 {year} 不合理，应在 {EARLIEST} 至 {today.year} 之间")
    return found.earliest, found.latest
