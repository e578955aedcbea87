"""Money at its edges: shares to the cent, what is cut and given back, what an auditor and a resident see."""

import datetime as dt
import hashlib
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import pytest

from funding.rules.apportionment import (
    HomeArea,
    HomeWeight,
    apportionment,
    by_agreement,
    collection_state,
    digest,
    formula_words,
)
from funding.rules.closing import Back, Promise, brought, cut, give_back, side_of
from funding.rules.disclosure import HEIGHT, Flow, documents, drawing, few_homes, is_firm, told
from funding.rules.flags import (
    About,
    beyond_progress,
    idle,
    no_paper,
    no_procurement,
    outside_catalogue,
    settlement_late,
    share_short,
    year_after,
)
from funding.rules.papers import PAPERS_FROM, Ending, paid_of, papers_missing, retention_part
from funding.rules.ringfence import fence
from funding.rules.shares import Source
from tests.rules.books import DAY, over, place, provision

LIUZHOU, RUICHENG = place("liuzhou"), place("ruicheng")
ABOUT = About("fund", UUID(int=1), "桂花苑", "/x/")


def homes(*areas: int) -> list[HomeArea]:
    return [HomeArea(number, area) for number, area in enumerate(areas)]


def weights(*values: str) -> list[HomeWeight]:
    return [HomeWeight(number, Fraction(value)) for number, value in enumerate(values)]


@pytest.mark.rule("LZ-18")
@pytest.mark.parametrize(("amount", "given"), [
    (-1, homes(1)), (1, homes(-1, 2)), (1, homes(0, 0)), (1, [HomeArea(1, 1), HomeArea(1, 1)]), (1, []),
])  # fmt: skip
def test_what_cannot_be_shared_by_area_is_refused(amount: int, given: list[HomeArea]) -> None:
    with pytest.raises(ValueError, match="不能为负数|两次|无法分摊"):
        apportionment(LIUZHOU, day=DAY, amount=amount, homes=given)


@pytest.mark.parametrize(("amount", "given", "words"), [
    (-1, weights("1"), "金额不能为负数"), (1, weights("1", "-1/2", "3"), "权重不能为负数"),
    (1, weights("0", "0"), "权重合计为零"), (1, [], "权重合计为零"),
    (1, [HomeWeight(1, Fraction(1)), HomeWeight(1, Fraction(1))], "列两次"),
])  # fmt: skip
def test_what_cannot_be_shared_by_a_table_is_refused(amount: int, given: list[HomeWeight], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        by_agreement(LIUZHOU, day=DAY, amount=amount, homes=given)


@pytest.mark.rule("LZ-18")
def test_a_table_shares_to_the_cent_where_the_text_leaves_another_way() -> None:
    answer = by_agreement(LIUZHOU, day=DAY, amount=10, homes=weights("0", "1/2", "1/3"))
    assert [share.amount for share in answer.shares] == [0, 6, 4]
    assert "权重合计 5/6" in answer.reasons[0].text and answer.alternatives
    assert by_agreement(LIUZHOU, day=DAY, amount=0, homes=weights("1")).shares[0].amount == 0
    area_only = provision("county", "XX-01", "apportionment", {"by": "private_area"})
    silent = by_agreement(over([area_only], []), day=DAY, amount=10, homes=weights("1"))
    assert silent.shares == () and "没有其他办法" in silent.reasons[0].text and silent.rule == "XX-01"
    assert by_agreement(over([], []), day=DAY, amount=10, homes=weights("1")).rule is None
    assert apportionment(LIUZHOU, day=DAY, amount=0, homes=homes(100_05)).reasons[0].text.endswith("面积合计 100.05 ㎡")


@pytest.mark.parametrize(("owed", "paid", "after", "state"), [
    (0, 0, 1, "nothing"), (2, 2, 1, "paid"), (2, 3, 0, "paid"), (2, 1, 0, "part"), (2, 0, 0, "due"), (2, 1, 1, "overdue"),
    (2, 0, None, "due"),
])  # fmt: skip
def test_what_stands_of_a_home_s_share(owed: int, paid: int, after: int | None, state: str) -> None:
    pay_by = None if after is None else DAY
    today = DAY + dt.timedelta(days=after or 0)
    assert collection_state(owed=owed, paid=paid, pay_by=pay_by, today=today) == state


def test_an_owner_reads_the_formula_with_his_own_figures() -> None:
    def words(weight: str, amount: int, way: str = "area") -> str:
        return formula_words(
            way=way,
            total=1000_00,
            weight=Fraction(weight),
            whole=Fraction(300_07 if way == "area" else 3),
            amount=amount,
        )

    assert words("10007", 333_48) == "1,000.00 元 × 本户 100.07 ㎡ ÷ 合计 300.07 ㎡，舍去不足一分的尾数 ＝ 333.48 元"
    assert words("10007", 333_49).endswith("，尾差补一分 ＝ 333.49 元")
    assert words("3", 1000_00, "table") == "1,000.00 元 × 本户系数 3 ÷ 系数合计 3 ＝ 1,000.00 元"
    assert words("1", 333_33, "table").startswith("1,000.00 元 × 本户系数 1 ÷ 系数合计 3，舍去")


def test_what_is_announced_has_one_hash_whatever_the_order_of_its_keys() -> None:
    one, other = digest({"a": "一", "b": 1}, [("u", "x")]), digest({"b": 1, "a": "一"}, [("u", "x")])
    assert one == other == hashlib.sha256('[{"a":"一","b":1},[["u","x"]]]'.encode()).hexdigest() and digest(
        {}, [("u", "y")]
    ) != digest({}, [("u", "x")])


@pytest.mark.rule("RC-21")
def test_each_kind_of_money_stands_on_its_side() -> None:
    assert [side_of(kind) for kind in ("city", "special_bond", "utility")] == [
        "upper_subsidies",
        "county",
        "other_contributions",
    ]
    sums_of = brought([("central", 5), ("provincial", 2), ("loan", 1), ("county", 4), ("central", 1)])
    assert sums_of == {"upper_subsidies": 8, "other_contributions": 1, "county": 4}
    assert brought([]) == {"upper_subsidies": 0, "other_contributions": 0, "county": 0}


@pytest.mark.parametrize(("saved", "promises", "lost"), [
    (10, [Promise(1, 100, 100, 2), Promise(2, 100, 4, 1)], {1: 6, 2: 4}),
    (10, [Promise(1, 100, 100), Promise(2, 200, 200), Promise(3, 100, 3, 1)], {1: 2, 2: 5, 3: 3}),
    (10, [Promise(1, 100, 2), Promise(2, 100, 100), Promise(3, 100, 100)], {1: 2, 2: 4, 3: 4}),
    (10, [Promise(1, 100, 3), Promise(2, 100, 3)], {1: 3, 2: 3}), (-1, [Promise(1, 100, 100)], {1: 0}),
    (0, [Promise(1, 5, 5)], {1: 0}),
    (2, [Promise(1, 50, 50), Promise(2, 50, 50), Promise(3, 50, 50)], {1: 1, 2: 1, 3: 0}),
    (5, [Promise(1, 9, 0), Promise(2, 9, 9)], {1: 0, 2: 5}),
    (4, [Promise(1, 100, 2), Promise(2, 100, 2)], {1: 2, 2: 2}),
    (7, [Promise(1, 9, 4, 1), Promise(2, 9, 9, 2), Promise(3, 9, 9)], {1: 4, 2: 3, 3: 0}),
])  # fmt: skip
def test_what_the_review_saved_is_cut_to_the_cent(saved: int, promises: list[Promise], lost: dict[int, int]) -> None:
    assert cut(saved, promises) == lost


@pytest.mark.parametrize(("expected", "cash", "free", "retained", "back"), [
    (3, 5, 3, 5, Back(expected=3, cash=0)), (3, 9, 5, 5, Back(expected=3, cash=2)), (4, 9, 3, 5, Back(lacking=1)),
    (3, 4, 3, 5, Back(lacking=1)),
    (5, 1, 3, 5, Back(lacking=4)), (9, 4, 3, 5, Back(lacking=6)),
])  # fmt: skip
def test_a_purse_gives_back_what_it_promised_nobody(
    expected: int, cash: int, free: int, retained: int, back: Back
) -> None:
    assert give_back(expected=expected, cash=cash, free=free, retained=retained) == back
    assert Back() == Back(expected=0, cash=0, lacking=0)


@pytest.mark.rule("N-06")
def test_residents_money_of_fewer_than_five_homes_is_told_to_nobody() -> None:
    assert [few_homes(number) for number in (None, 4, 5)] == [True, True, False]
    assert [told("maintenance_fund", number) for number in (4, 5)] == [None, "maintenance_fund"]
    assert (told("central", 1), told("provident_fund", 5), told("provident_fund", None)) == (
        "central",
        "resident_direct",
        None,
    )
    assert is_firm("柳州建工集团（联合体）") and not is_firm("张三") and not is_firm("张三13812345678公司")
    assert documents([" 桂财建〔2026〕12号", "桂财建〔2026〕12号", "电话通知"]) == ("桂财建〔2026〕12号",)
    assert Flow("a", "b", 1234).value == Decimal("12.34")


def test_the_drawing_of_flows_fills_its_height() -> None:
    flows = [
        Flow("中央", "基础类", 600), Flow("中央", "尚未签约", 200), Flow("居民", "基础类", 199), Flow("居民", "尚未签约", 1),
        Flow("居民", "完善类", 0), Flow("x", "基础类", -5),
    ]  # fmt: skip
    found = drawing(flows)
    assert found is not None and HEIGHT == 1000
    assert [(node.name, node.y, node.height, node.amount) for node in found.left] == [
        ("中央", 0, 752, 800),
        ("居民", 812, 191, 200),
    ]
    assert [(node.name, node.y, node.height, node.amount) for node in found.right] == [
        ("基础类", 0, 751, 799),
        ("尚未签约", 811, 192, 201),
    ]
    assert [(band.top, band.end, band.height) for band in found.bands] == [
        (0, 0, 564),
        (564, 811, 188),
        (812, 564, 187),
        (999, 999, 4),
    ]
    assert drawing([Flow("x", "基础类", 0)]) is None
    one = drawing([Flow("x", "基础类", 1)])
    assert one is not None and (one.left[0].height, one.bands[0].height) == (1000, 1000)


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2024-02-29", "2025-02-28"),
        ("2025-02-28", "2026-02-28"),
        ("2024-03-29", "2025-03-29"),
        ("2024-02-28", "2025-02-28"),
    ],
)
def test_a_year_later(day: str, after: str) -> None:
    assert year_after(dt.date.fromisoformat(day)) == dt.date.fromisoformat(after)


@pytest.mark.rule("LZ-16")
def test_an_auditor_is_shown_what_is_over_the_edge_and_nothing_on_it() -> None:
    assert beyond_progress(LIUZHOU, day=DAY, about=ABOUT, spent=10, progress=10, kind="central") is None
    over_it = beyond_progress(LIUZHOU, day=DAY, about=ABOUT, spent=11, progress=10, kind="central")
    assert over_it and over_it.citation == fence(LIUZHOU, DAY, "central") and "超出 0.01 元" in over_it.text
    fifth = [Source("central", 80), Source("resident_direct", 20)]
    assert share_short(LIUZHOU, day=DAY, about=ABOUT, sources=fifth) is None
    assert share_short(LIUZHOU, day=DAY, about=ABOUT, sources=[]) is None
    assert share_short(place("national"), day=DAY, about=ABOUT, sources=[Source("central", 80)]) is None
    short = share_short(LIUZHOU, day=DAY, about=ABOUT, sources=[Source("central", 81), Source("resident_direct", 20)])
    assert short and short.citation and short.citation.rule == "LZ-16" and "还差 0.01 元" in short.text
    later = year_after(DAY)
    assert idle(day=later, about=ABOUT, cash=1, since=DAY) is None
    assert idle(day=later + dt.timedelta(days=1), about=ABOUT, cash=0, since=DAY) is None
    assert idle(day=later + dt.timedelta(days=1), about=ABOUT, cash=1, since=DAY)


def test_a_settlement_is_late_the_day_after() -> None:
    rule = fence(LIUZHOU, DAY, "central")
    next_day = DAY + dt.timedelta(days=1)
    late: dict[str, Any] = {"about": ABOUT, "rule": rule}
    assert settlement_late(day=DAY, due_on=DAY, accepted_on=None, **late) is None
    assert settlement_late(day=next_day, due_on=None, accepted_on=None, **late) is None
    by_document = settlement_late(day=next_day, due_on=DAY, accepted_on=None, **late)
    assert by_document and "文件规定" in by_document.text and by_document.citation == rule is not None
    accepted = dt.date(2025, 2, 28)
    assert settlement_late(day=dt.date(2026, 2, 28), due_on=None, accepted_on=accepted, **late) is None
    by_default = settlement_late(day=dt.date(2026, 3, 1), due_on=None, accepted_on=accepted, **late)
    assert by_default and "验收合格满一年" in by_default.text and by_default.citation is None


@pytest.mark.rule("JX-03")
def test_money_for_what_no_catalogue_names_is_shown_with_the_clause_where_it_is_central() -> None:
    jiangxi = place("jiangxi")
    known = next(row.name for book in jiangxi.books if book.catalogue for row in book.catalogue.items)
    assert outside_catalogue(jiangxi, day=DAY, about=ABOUT, promised=[(known, "central")]) is None
    central = outside_catalogue(
        jiangxi, day=DAY, about=ABOUT, promised=[("门球场", "city"), ("门球场", "central"), (known, "city")]
    )
    assert central and central.text.count("门球场") == 1 and central.citation and central.citation.rule == "JX-03"
    other = outside_catalogue(jiangxi, day=DAY, about=ABOUT, promised=[("门球场", "city")])
    assert other and other.citation is None
    assert outside_catalogue(over([], []), day=DAY, about=ABOUT, promised=[("门球场", "central")]) is None


@pytest.mark.rule("CZ-15")
def test_a_payment_without_papers_and_a_contract_without_procurement_are_shown() -> None:
    assert papers_missing("progress", PAPERS_FROM - 1, ()) == () and PAPERS_FROM == 5_000_000
    assert papers_missing("progress", PAPERS_FROM, ("file",)) == ("invoice",)
    assert papers_missing("retention", PAPERS_FROM, ()) == ()
    shown = no_paper(about=ABOUT, kind="progress", amount=PAPERS_FROM, brought=())
    assert shown and shown.text == "支付 50,000.00 元，没有上传工程计量单、发票"
    assert no_paper(about=ABOUT, kind="progress", amount=PAPERS_FROM, brought=("file", "invoice")) is None
    changzhi = place("changzhi")
    assert no_procurement(changzhi, day=DAY, about=ABOUT, held=True) is None
    missing = no_procurement(changzhi, day=DAY, about=ABOUT, held=False)
    assert missing and missing.citation and missing.citation.rule == "CZ-15"
    assert no_procurement(over([], []), day=DAY, about=ABOUT, held=False) is None


def test_a_retention_follows_the_part_that_it_names_else_the_first_to_end_and_payments_fill_their_terms() -> None:
    cited = fence(LIUZHOU, DAY, "central")
    assert cited is not None
    roof, wall, open_ = (
        Ending("roof", "屋面", dt.date(2031, 1, 1), cited),
        Ending("wall", "外墙", DAY, cited),
        Ending("x", "x", None, cited),
    )
    assert retention_part([roof, open_, wall], "") is wall and retention_part([roof, wall], "roof") is roof
    assert retention_part([roof], "wall") is None and retention_part([open_], "") is None
    assert paid_of([5, 5, 5], 7) == [5, 2, 0] and paid_of([5], 9) == [5]
