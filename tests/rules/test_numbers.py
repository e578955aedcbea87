"""Counts, areas and money of registers, exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communities.rules.numbers import NotExact, hundredths, hundredths_text, measure
from funding.rules.money import fen, half_up, yuan


@pytest.mark.parametrize(
    ("raw", "quantity", "header", "value"),
    [
        ("4541.27", "area", "", "4541.27"),
        (4541.27, "area", "", "4541.27"),
        (0.1 + 0.2, "area", "", "0.30"),
        ("０.８３万㎡", "area", "", "8300.00"),
        ("0.83", "area", "建筑面积（万㎡）", "8300.00"),
        ("0.83", "area", "建筑面积/万平方米", "8300.00"),
        ("0.5", "area", "面积万m²", "5000.00"),
        ("100㎡", "area", "建筑面积（万㎡）", "100.00"),
        ("2,013.19万元", "money", "", "20131900.00"),
        ("12.5", "money", "单位：万元", "125000.00"),
        ("1.5亿元", "money", "", "150000000.00"),
        ("￥1,000.50", "money", "", "1000.50"),
        ("1 979栋", "count", "", "1979"),
        ("12,345,678", "count", "", "12345678"),
        ("1.2万户", "count", "", "12000"),
        (300.0, "count", "", "300"),
        ("0", "count", "", "0"),
    ],
)
def test_a_cell_becomes_an_exact_number(raw: object, quantity: str, header: str, value: str) -> None:
    found = measure(raw, quantity, header)  # type: ignore[arg-type]
    assert (found.value, found.refusal) == (Decimal(value), "")
    assert not found.approximate


@pytest.mark.parametrize("raw", ["约300户", "300余户", "近300户", "300户左右"])
def test_about_is_kept_as_a_flag(raw: str) -> None:
    found = measure(raw, "count")
    assert (found.value, found.approximate) == (Decimal(300), True)
    assert found.notes


def test_buildings_listed_are_counted_with_a_warning() -> None:
    found = measure("41栋、43栋", "count")
    assert found.value == 2
    assert "请核对" in found.notes[0]
    assert measure("41、43", "count").refusal


@pytest.mark.parametrize("raw", ["", None, " ", "—", "不详"])
def test_blank_is_not_zero_and_not_an_error(raw: object) -> None:
    found = measure(raw, "count")
    assert (found.value, found.refusal) == (None, "")


@pytest.mark.parametrize(
    ("raw", "quantity", "reason"),
    [
        ("一百", "count", "不是数量"),
        ("-5", "area", "不能是负数"),
        ("－5", "area", "不能是负数"),
        (-5.0, "area", "不能是负数"),
        ("NaN", "area", "不是面积"),
        (float("nan"), "area", "不是面积"),
        (float("inf"), "area", "不是面积"),
        ("1e30", "money", "科学计数法"),
        (1e30, "money", "科学计数法"),
        ("99999999999999", "money", "数值过大"),
        ("1." + "0" * 40 + "1", "money", "数字过长"),
        ("4541.275", "area", "小数超过 2 位"),
        ("300.5", "count", "必须是整数"),
        ("100户", "area", "不是面积的单位"),
        ("45²", "area", "不是面积"),
        ("1 97", "area", "不是面积"),
        (True, "count", "不是数"),
    ],
)
def test_what_is_no_number_is_refused_with_a_reason(raw: object, quantity: str, reason: str) -> None:
    found = measure(raw, quantity)  # type: ignore[arg-type]
    assert found.value is None
    assert reason in found.refusal


@given(st.text(max_size=60), st.sampled_from(["count", "area", "money"]), st.text(max_size=20))
def test_no_cell_breaks_it(text: str, quantity: str, header: str) -> None:
    found = measure(text, quantity, header)  # type: ignore[arg-type]
    assert found.value is None or (found.value >= 0 and not found.refusal)


@given(st.floats() | st.integers() | st.decimals(allow_nan=True), st.sampled_from(["count", "area", "money"]))
def test_no_number_breaks_it(number: object, quantity: str) -> None:
    found = measure(number, quantity)  # type: ignore[arg-type]
    assert (found.value is None) == bool(found.refusal)


@given(st.integers(0, 10**12))
def test_amounts_go_to_text_and_back(amount: int) -> None:
    assert hundredths(hundredths_text(amount)) == amount
    assert fen(yuan(amount)) == amount


@pytest.mark.parametrize(
    "text",
    [
        "１００",
        "1,000.00",
        "-1.00",
        "+1.00",
        "1.005",
        "1e3",
        "NaN",
        "",
        " 1.00",
        "1.",
        ".5",
        1.0,
        1,
        None,
        True,
        "1" * 20,
    ],
)
def test_a_plain_amount_is_strict(text: object) -> None:
    with pytest.raises(NotExact):
        fen(text)


@pytest.mark.parametrize(
    ("amount", "rounded"), [("1", 1), ("1/2", 1), ("49/100", 0), ("3/2", 2), ("1/3", 0), ("2/3", 1)]
)
def test_half_a_cent_rounds_up(amount: str, rounded: int) -> None:
    assert half_up(Fraction(amount)) == rounded
