"""The bench's table: what is measured now takes the place of the same rows; a row that fails costs no other one."""

import pytest

from bench import table
from bench.__main__ import measured
from bench.rows import Figure, Row

HELD = """| # | what | the platform | the limit | ratio | goal | | day |
|---|---|---|---|---|---|---|---|
| 1 | a list | 3.0 ms | 2.0 ms | 0.67 | ≥ 0.85 | **missed** | 2026-03-01 |
| 2b | unchanged | 1.0 ms | 5.0 ms | 5.0 | ≥ 5 | reached | 2026-03-02 |
| 12 | 2,000 communities: a page | 9.0 ms | | | | | 2026-03-01 |
| 12 | 20,000 communities: a page | 9.5 ms | | | | | 2026-03-01 |

* 2026-03-01: 4 cores
* 2026-03-02: 8 cores""".splitlines()


def test_what_is_measured_now_takes_the_place_of_the_same_row_alone() -> None:
    lines = [
        "| 12 | 20,000 communities: a page | 8.0 ms | | | | | 2026-03-09 |",
        "| 1 | a list, worded anew | 2.0 ms | 2.0 ms | 1.00 | ≥ 0.85 | reached | 2026-03-09 |",
        "| 10 | a page | 90 ms | | | ≤ 200 ms | reached | 2026-03-09 |",
    ]
    told = table.merged(HELD, lines, "* 2026-03-09: 2 cores").splitlines()
    assert [line.split("|")[1:4:2] for line in told[2:7]] == [
        [" 1 ", " 2.0 ms "], [" 2b ", " 1.0 ms "], [" 10 ", " 90 ms "], [" 12 ", " 9.0 ms "], [" 12 ", " 8.0 ms "]
    ]  # fmt: skip
    assert told[8:] == ["* 2026-03-01: 4 cores", "* 2026-03-02: 8 cores", "* 2026-03-09: 2 cores"]
    again = table.merged(told, [line.replace("09", "10") for line in lines], "* 2026-03-10: 2 cores")
    assert "2026-03-09" not in again  # no row of that day is left


def test_a_row_that_fails_is_told_and_the_others_are_measured(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> float:
        raise OSError("the server|is gone")

    def groups() -> list[Row | Figure]:
        return [
            Figure("1", "broken", broken, "ms", 5), Row("2", "other answers", lambda: 1, lambda: 2, 1.2),
            Figure("3", "good", lambda: 4.0, "ms", 5),
        ]  # fmt: skip

    def unprepared() -> list[Row | Figure]:
        raise RuntimeError("no city")

    lines, reached = measured(
        [({"1"}, lambda: iter(unprepared())), ({"1", "2", "3"}, lambda: iter(groups()))], set(), 1
    )
    assert lines == [
        "| 1 | broken | | | | ≤ 5 ms | **failed: OSError: the server/is gone** |",
        "| 2 | other answers | | | | ≤ 1.2 | **the answers differ** |",
        "| 3 | good | 4.0 ms | | | ≤ 5 ms | reached |",
    ]
    assert not reached and "RuntimeError: no city" in capsys.readouterr().err
    assert measured([({"3"}, lambda: iter(groups()))], {"3"}, 1) == (lines[2:], True)
