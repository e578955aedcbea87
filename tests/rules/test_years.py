"""Built years as they stand in registers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communities.rules.years import built_years


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1995", 1995, 1995),
        ("95年", 1995, 1995),
        ("05年", 2005, 2005),
        ("95", 1995, 1995),
        ("1990年代", 1990, 1999),
        ("90年代", 1990, 1999),
        ("90年代末", 1990, 1999),
        ("上世纪九十年代", 1990, 1999),
        ("20世纪80年代初期", 1980, 1989),
        ("二十世纪八十年代", 1980, 1989),
        ("21世纪10年代", 2010, 2019),
        ("80-90年代", 1980, 1999),
        ("八十、九十年代", 1980, 1999),
        ("2000年代", 2000, 2009),
        ("约1995", 1995, 1995),
        ("1995年左右", 1995, 1995),
        ("1995年前后", 1995, 1995),
        ("1995、1997", 1995, 1997),
        ("1995-1997", 1995, 1997),
        ("1998—2003", 1998, 2003),
        ("1998年至2003年", 1998, 2003),
        ("2001-1995", 1995, 2001),
        ("1995~97", 1995, 1997),
        ("1995、97、99", 1995, 1999),
        ("1998~03", 1998, 2003),
        ("1998-03", 1998, 1998),
        ("1995 1997", 1995, 1997),
        ("1995\n1997", 1995, 1997),
        ("1995年8月", 1995, 1995),
        ("1995.8", 1995, 1995),
        ("1995.10", 1995, 1995),
        ("1995/6/1", 1995, 1995),
        ("19950601", 1995, 1995),
        ("1995-06-01 00:00:00", 1995, 1995),
        ("1995-06-01T00:00:00+08:00", 1995, 1995),
        ("1995.6-1997.8", 1995, 1997),
        ("１９９５年", 1995, 1995),
        ("一九九五年", 1995, 1995),
        ("一九九五年十二月", 1995, 1995),
        ("二〇〇〇年", 2000, 2000),
        ("1995（一期）、2001（二期）", 1995, 2001),
        ("1号楼1995年，2号楼1998年", 1995, 1998),
        ("2000年底", 2000, 2000),
        ("2000年以前", None, 2000),
        ("2000年底前", None, 2000),
        ("2000年以后", 2000, None),
        ("1995、不详", 1995, None),
        ("1995或1997", 1995, 1997),
        ("1995（估）", 1995, 1995),
        ("1995?", 1995, 1995),
        ("上世纪七八十年代", 1970, 1989),
        ("上世纪八、九十年代", 1980, 1999),
        ("20 00", 2000, 2000),
        ("1、2号楼1995年，3号楼1998年", 1995, 1998),
        ("1995、1、2栋", 1995, 1995),
        ("共3栋，1995年", 1995, 1995),
    ],
)
def test_a_text_becomes_its_earliest_and_latest_year(text: str, earliest: int | None, latest: int | None) -> None:
    built = built_years(text)
    assert (built.earliest, built.latest, built.understood) == (earliest, latest, True)
    assert built.text == text


@pytest.mark.parametrize("text", ["", " ", "—", "-", "/", "不详", "未知", "建成时间不详", "无", None, "N/A"])
def test_not_known_is_understood_and_has_no_year(text: str | None) -> None:
    built = built_years(text)
    assert (built.earliest, built.latest, built.understood) == (None, None, True)
    assert built.note


@pytest.mark.parametrize(
    "text",
    [
        "见附表",
        "5",
        "0",
        "123",
        "3000",
        "1600",
        "19951997",
        "1995年代",
        "1995年8月~10月",
        "35户",
        "1995年(35户)",
        "建成30年",
        "建成25年",
        "房龄30年",
        "30年",
        "nan",
        True,
        "9" * 500,
    ],
)
def test_nonsense_is_not_understood_and_has_no_year(text: object) -> None:
    built = built_years(text)
    assert not built.understood
    assert (built.earliest, built.latest) == (None, None)
    assert built.note.startswith("看不懂的建成时间")


@pytest.mark.parametrize("cell", [1995, 1995.0, dt.date(1995, 6, 1), dt.datetime(1995, 6, 1)])
def test_cells_of_excel(cell: object) -> None:
    built = built_years(cell)
    assert (built.earliest, built.latest) == (1995, 1995)


def test_an_approximate_year_is_marked() -> None:
    assert built_years("约1995").approximate
    assert built_years("90年代").approximate
    assert not built_years("1995").approximate


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    built = built_years(text)
    assert built.earliest is None or built.latest is None or built.earliest <= built.latest


@given(st.text(alphabet="0123456789年月日、-~—至.（）一九〇零世纪代约底前后初 ", max_size=24))
def test_no_text_of_its_own_letters_breaks_it(text: str) -> None:
    built = built_years(text)
    if not built.understood:
        assert built.latest is None and built.earliest is None


@given(st.integers(1900, 2030), st.integers(1900, 2030), st.sampled_from(["、", "-", "—", "~", "至", "/", "；", "\n"]))
def test_two_years_are_a_range_in_whatever_order(one: int, other: int, separator: str) -> None:
    built = built_years(f"{one}{separator}{other}")
    assert (built.earliest, built.latest) == (min(one, other), max(one, other))
