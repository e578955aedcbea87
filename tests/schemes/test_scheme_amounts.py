"""Amounts, payers and differences: exact for every figure."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funding.rules.shares import SOURCE_LABELS, SourceKind
from projects.rules.scheme import Item, Scheme, frozen, line_amount, settle_payers, sums_by_class, sums_by_payer, thawed
from projects.rules.scheme_difference import difference, quantity_words
from tests.schemes.rules import item, scheme

KINDS = st.sampled_from(sorted(SOURCE_LABELS))
QUANTITIES, PRICES = st.integers(1, 10**9), st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        (12_500, 100, 1250),
        (1, 499, 0),
        (1, 500, 1),
        (333, 100, 33),
        (335, 100, 34),
        (1_000, 1, 1),
        (5, 100, 1),
        (4, 100, 0),
    ],
)
def test_a_line_is_rounded_half_up_once(quantity: int, price: int, amount: int) -> None:
    assert line_amount(quantity, price) == amount


@given(QUANTITIES, PRICES)
def test_a_line_is_what_a_decimal_of_any_length_says(quantity: int, price: int) -> None:
    exact = Decimal(quantity) * Decimal(price) / 1000
    assert line_amount(quantity, price) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@given(
    st.integers(1, 10**15), st.lists(st.tuples(KINDS, st.integers(1, 10**12)), unique_by=lambda pair: pair[0]), KINDS
)
def test_payers_always_add_up_to_the_line(amount: int, parts: list[tuple[SourceKind, int]], rest: SourceKind) -> None:
    given_ = [(kind, part) for kind, part in parts if kind != rest]
    used = sum(part for _, part in given_)
    if used >= amount:
        with pytest.raises(ValueError, match="没有其余部分"):
            settle_payers(amount, [*given_, (rest, None)])
        return
    found = settle_payers(amount, [*given_, (rest, None)])
    assert sum(found.values()) == amount and all(part > 0 for part in found.values())
    assert settle_payers(amount, [*given_, (rest, amount - used)]) == found
    with (
        pytest.raises(ValueError, match="少 0.01 元")
        if amount - used > 1
        else pytest.raises(ValueError, match="大于零")
    ):
        settle_payers(amount, [*given_, (rest, amount - used - 1)])


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        ([("city", 60), ("city", 40)], "只能写一次"),
        ([("city", None), ("county", None)], "只能有一个渠道"),
        ([("city", 0), ("county", 100)], "大于零"),
        ([("city", -5), ("county", 105)], "大于零"),
        ([("city", 101)], "多 0.01 元"),
        ([("city", 99)], "少 0.01 元"),
    ],
)  # fmt: skip
def test_payers_that_do_not_add_up_are_refused_in_figures(
    given_: list[tuple[SourceKind, int | None]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        settle_payers(100, given_)
    assert settle_payers(100, []) == {}


@st.composite
def items(draw: st.DrawFn) -> tuple[Item, ...]:
    """A few lines with distinct uids."""
    numbers = draw(st.lists(st.integers(0, 9), unique=True, max_size=6))
    return tuple(
        item(
            f"项目{number}", draw(st.sampled_from(["基础类", "完善类", ""])), uid=str(number), quantity=draw(st.integers(1, 9999)),
            payers={"city": draw(st.integers(1, 50))}, note=draw(st.sampled_from(["", "说明"])),
        )
        for number in numbers
    )  # fmt: skip


@given(items())
def test_a_version_does_not_differ_from_itself(rows: tuple[Item, ...]) -> None:
    made = scheme(*rows)
    assert difference(made, made).empty
    assert difference(made, thawed(frozen(made))).empty


@given(items(), items())
def test_a_difference_says_all_and_the_way_back_is_its_mirror(one: tuple[Item, ...], two: tuple[Item, ...]) -> None:
    before, after = scheme(*one), scheme(*two)
    found, back = difference(before, after), difference(after, before)
    kinds = {"added": "removed", "removed": "added", "changed": "changed"}
    assert {(row.kind, row.item.uid) for row in back.rows} == {(kinds[row.kind], row.item.uid) for row in found.rows}
    olds = {row.uid: row for row in one}
    for row in found.rows:
        if row.kind == "added":
            olds[row.item.uid] = row.item
        elif row.kind == "removed":
            del olds[row.item.uid]
        else:
            olds[row.item.uid] = row.item
            assert row.cells and all(cell.before != cell.after for cell in row.cells)
    assert sorted(olds.values(), key=lambda row: row.uid) == sorted(two, key=lambda row: row.uid)
    assert (found.before, found.after) == (before.total, after.total)


@given(items(), st.randoms())
def test_sums_do_not_depend_on_the_order_in_which_lines_were_entered(rows: tuple[Item, ...], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = scheme(*rows), scheme(*shuffled)
    assert one.total == two.total == sum(sums_by_class(one).values())
    assert sums_by_class(one) == sums_by_class(two)
    assert sums_by_payer(one.items) == sums_by_payer(two.items)


def test_texts_of_the_scheme_are_part_of_the_difference() -> None:
    found = difference(Scheme(), Scheme(management="由业委会管理"))
    assert [(cell.label, cell.after) for cell in found.texts] == [("长效管理方案", "由业委会管理")]


@pytest.mark.parametrize(
    ("value", "words"), [(12_500, "12.5 米"), (1_000, "1 米"), (1_234_567_001, "1,234,567.001 米"), (5, "0.005 米")]
)
def test_quantities_are_read_without_their_thousandths(value: int, words: str) -> None:
    assert quantity_words(value, "米") == words
