"""Registers at their edges: years, numbers, doors, names with a slip, what stands against a roll, what is hidden of a person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from communities.rules.complaints import REPEAT_WITHIN, default_deadline
from communities.rules.masks import is_organisation, mask_id, mask_name, mask_phone
from communities.rules.nearness import PIECES, Form, cost_of, distance, forms_of, pieces_of
from communities.rules.numbers import LARGEST, hundredths_text, measure
from communities.rules.organisations import signatory
from communities.rules.personal import personal_in
from communities.rules.roll_problems import id_key, phone_key, problems_of
from communities.rules.rooms import natural, room_key, unit_key
from communities.rules.search import fold, pinyin, search_text, words
from communities.rules.voters import RollHolding, RollProblem, Settled
from communities.rules.years import built_years
from policies.calendar import WorkingCalendar
from tests.rules.books import DAY, over, provision
from tests.rules.test_voters import facts, home, person


@pytest.mark.parametrize(("text", "earliest", "latest"), [
    ("1800", 1800, 1800), ("1799", None, None), 
    ("1700、1995", None, None), ("2100", 2100, 2100), ("2101", None, None), ("30年代", 1930, 1939),
    ("20年代", 2020, 2029),
    ("80年代至90年代", 1980, 1999), ("20世纪80年代", 1980, 1989), ("21世纪10年代", 2010, 2019), ("1990年代", 1990, 1999),
    ("21世纪10至20年代", 2010, 2029),
    ("1998~03", 1998, 2003), ("1998、98", 1998, 1998), ("1998~99", 1998, 1999), ("1998-03", 1998, 1998), ("1995、不详", 1995, None),
    ("1995、2000年以后", 1995, None), ("1995、1990年以前", None, 1995), ("2000年以前", None, 2000),
    ("一九九五年十月", 1995, 1995), ("1995年十二月", 1995, 1995),
    ("1995" + " " * 196, 1995, 1995), ("1995" + " " * 197, None, None), ("一九九五年十三月", None, None), (True, None, None),
    (1995.0, 1995, 1995),
])  # fmt: skip
def test_a_built_year_at_the_edge_of_what_is_read(text: object, earliest: int | None, latest: int | None) -> None:
    found = built_years(text)
    assert (found.earliest, found.latest) == (earliest, latest)


def test_what_was_read_into_a_year_is_said() -> None:
    assert (
        "1998 年某月" in built_years("1998-03").note
        and built_years("1998.03").note == ""
        and built_years("1998").note == ""
    )
    assert "部分建成时间不详" in built_years("1995、不详").note and built_years("1995").approximate is False
    assert built_years("1998~03").note == "1998~03 按 1998、2003 理解" and built_years("约1995年").approximate


@pytest.mark.parametrize(("raw", "quantity", "came"), [
    ("2千", "count", "2000"), ("1.5百万", "money", "1500000.00"), ("9999999999999.99", "money", "9999999999999.99"),
    ("1000万亿", "money", None),
    ("0.5", "count", "必须是整数"), ("0.005", "area", "小数超过 2 位"), ("0.50", "area", "0.50"), ("12.50万", "area", "125000.00"),
    ("100000亿", "money", "数值过大"), ("000000000000000001", "count", "1"), ("0000000000000000001", "count", "数字过长"),
    (1e13, "money", "数值过大"), (99.5, "area", "99.50"), (Decimal("1E+2"), "area", "100.00"),
    (Decimal("NaN"), "area", "不是面积"), (Decimal("1E+13"), "money", "科学计数法"),
])  # fmt: skip
def test_a_number_at_the_edge_of_what_is_read(raw: object, quantity: Any, came: str | None) -> None:
    found = measure(raw, quantity)
    assert (str(found.value) == came) if found.value is not None else (came is None or came in found.refusal)


def test_the_header_s_unit_counts_where_the_cell_has_none() -> None:
    assert (
        measure("2", "money", "总投资（万元）").value == 20_000 and measure("2元", "money", "总投资（万元）").value == 2
    )
    assert (
        measure("2万", "money", "总投资（万元）").value == 20_000 and measure("2", "area", "总投资（万元）").value == 2
    )
    assert (
        measure("2", "area", "面积（万）").value == 20_000
        and measure("约2", "count").approximate
        and not measure("2", "count").approximate
    )
    assert LARGEST == 10**13 and hundredths_text(-105) == "-1.05" and hundredths_text(0) == "0.00"


@pytest.mark.parametrize(
    ("text", "number"),
    [("十号楼", "10"), ("十二号楼", "12"), ("二十号楼", "20"), ("二十三栋", "23"), ("三〇幢", "30"), ("零一栋", "1")],
)
def test_a_chinese_number_of_a_building(text: str, number: str) -> None:
    assert room_key(text, "", "1")[0] == number and unit_key("一单元") == ("1",)


def test_numbers_that_are_none_stay_as_they_are_and_doors_sort_by_their_numbers() -> None:
    assert [room_key(text, "", "1")[0] for text in ("二二十栋", "十二二栋", "二二十二二栋")] == [
        "二二十",
        "十二二",
        "二二十二二",
    ]
    assert sorted(["10号楼", "2号楼", "A座", "２号楼北"], key=natural) == ["2号楼", "２号楼北", "10号楼", "A座"]
    assert room_key("1号楼", "2单元", "2") == ("1", ("2", "2")) and room_key("1号楼", "2单元", "2-101") == (
        "1",
        ("2", "101"),
    )
    assert room_key("1号楼", "", "1-101") == ("1", ("1", "101")) and room_key("1号楼", "", "1-2-101") == (
        "1",
        ("2", "101"),
    )


@pytest.mark.rule("N-06")
def test_what_is_hidden_of_a_person() -> None:
    assert [mask_phone(text) for text in ("", "1234", "12345", "1234567890", "13812345678")] == [
        "",
        "****",
        "****45",
        "****90",
        "138****5678",
    ]
    assert [mask_id(text) for text in ("", "12345678901", "123456789012")] == ["", "*" * 11, "123*******12"]
    assert (mask_name("张三丰"), mask_name("")) == ("张**", "") and [
        is_organisation(name) for name in ("柳州某公司", "某某公司", "张三李四王")
    ] == [True, False, False]
    assert (
        personal_in("电话 138-1234-5678") == ["手机号码"]
        and personal_in("证件11010119900101123X。") == ["身份证件号码"]
        and personal_in("第12号") == []
    )
    known = [("姓名", "张 三"), ("姓名", "张三"), ("单字", "张"), ("别名", "李四")]
    assert personal_in("张三反映路灯", known) == ["姓名"] and personal_in("路灯", known) == []
    assert personal_in("1\u30003812345678 13812345678") == [
        "手机号码"
    ]  # only as it stands: closed up it is longer than a number


def test_a_complaint_is_due_on_the_last_of_its_working_days() -> None:
    assert REPEAT_WITHIN == dt.timedelta(days=90)
    due = [default_deadline(dt.date(2026, 3, 6), days, WorkingCalendar()) for days in (0, 1, 5, 6)]
    assert due == [dt.date(2026, 3, day) for day in (6, 9, 13, 16)]


def test_nobody_signs_where_nothing_stands_and_nobody_stands_in() -> None:
    asks = provision("county", "XX-01", "signatory", {"organisations": ["owners_committee"], "stand_in": []})
    found = signatory(over([asks], []), day=DAY, standing=())
    assert (found.kind, found.rule, found.reasons[0].missing) == (
        None,
        "XX-01",
        "须先成立业主委员会之一",
    ) and found.missing


def test_a_name_is_found_by_sound_and_initials() -> None:
    assert fold(" ２号、Ａ ") == "2号a" and words(" 人民路　2号， ， ") == ["人民路", "2号"]
    assert (
        pinyin("建行2院") == ("jianhang2yuan", "jh2y")
        and search_text(["人民路", "", "人民路"]) == "人民路 renminlu rml"
    )
    assert search_text(["12"]) == "12"


def costs(text: str, *parts: str) -> int | None:
    return cost_of(forms_of(text), search_text(parts).split())


def test_a_name_with_a_slip_is_close_and_another_name_is_not() -> None:
    assert [costs("桂花苑", name) for name in ("桂花苑", "桂花园", "桂兰苑", "贵花院", "荷塘里")] == [0, 1, 2, 1, None]
    assert (
        costs("桂花苑小区", "桂花苑") == 3
        and costs("柳州市桂花苑", "桂花苑") == 3
        and costs("三号院", "3号院") == 1 == costs("3号院", "三号院")
    )
    assert costs("桂花", "桂兰") is None and costs("guihuayuan", "桂花苑") == 0 and costs("guihuayuen", "桂花苑") == 2
    assert [form.cost for form in forms_of("柳州市桂花苑小区")] == [0, 3, 3, 3] and forms_of("一") == ()
    assert {form.text: form.cost for form in forms_of("十二号")} == {"十二号": 0, "12号": 1} and {
        form.text for form in forms_of("20号")
    } == {"20号", "二十号"}
    assert {form.text for form in forms_of("二十三号")} == {"二十三号", "23号"} and {
        form.text for form in forms_of("10号")
    } == {"10号", "十号"}
    assert {form.text for form in forms_of("45号")} == {"45号", "四十五号"} and len(forms_of("院" * 30)[0].text) == 24


@pytest.mark.parametrize(("needle", "text", "most", "came"), [
    ("abc", "xxabcxx", 1, 0), ("abc", "xxabdxx", 1, 1), ("abc", "xxacxx", 1, 1), ("abc", "axbc", 1, 1), ("abc", "xyz", 1, 2),
    ("abc", "xyz", 3, 3), ("abc", "", 3, 3),
    ("abcdef", "abxxef", 2, 2), ("abcdef", "uvwxyz", 1, 2), ("ab", "ba", 1, 1),
])  # fmt: skip
def test_the_fewest_slips_between_two_texts(needle: str, text: str, most: int, came: int) -> None:
    assert distance(needle, text, most) == came


@pytest.mark.parametrize(("text", "pieces"), [
    ("abcdef", ("abc", "def")), ("abc", ()), ("abcd", ("ab", "cd")), ("桂花苑", ("桂", "花", "苑")),
    ("桂花新苑", ("桂花", "花新", "新苑")), ("桂桂苑", ("桂", "苑")),
    ("一二三四五六七八九", ("一二", "二三", "三四", "四五", "五六", "六七", "七八", "八九")),
    ("一二三四五六七八九十", ("一二", "三四", "五六", "七八", "九十")),
])  # fmt: skip
def test_the_pieces_by_which_a_table_is_ranked(text: str, pieces: tuple[str, ...]) -> None:
    assert pieces_of(text) == pieces and len(pieces) <= PIECES == 8


def near(needle: str, part: str, cost: int = 0, sound: str = "") -> int | None:
    return cost_of([Form(needle, sound or needle, cost)], [part])


def test_how_many_slips_a_name_may_hold() -> None:
    assert [near("a" * n, "a" * (n - 1) + "b") for n in (4, 5)] == [None, 2] and [
        near("a" * n, "a" * (n - 2) + "bb") for n in (9, 10)
    ] == [None, 4]
    assert [near("甲" * n, "甲" * (n - 1) + "乙") for n in (2, 3)] == [None, 2] and [
        near("甲" * n, "甲" * (n - 2) + "乙乙") for n in (5, 6)
    ] == [None, 4]
    assert (
        near("aaaaa", "aaaab", cost=3) is None
        and near("aaaaa", "aaaaa", cost=3) == 3
        and near("aaaaa", "aaaa") == 2
        and near("aaaaaa", "aaaa") is None
    )
    assert (
        near("甲乙", "jiayi", sound="jiayi") == 1
        and near("甲乙", "jiaye", sound="jiayi") is None
        and near("甲乙丙", "jiayibeng", sound="jiayibing") == 3
    )
    assert (
        near("甲乙丙丁戊己", "jiayibangdangwuji", sound="jiayibingdingwuji") is None
        and near("甲", "x", sound="甲") is None
    )


def problem(kind: str, *args: Any, **more: Any) -> list[RollProblem]:
    found = facts(*args)
    return [row for row in problems_of(replace(found, **more), {}) if row.kind == kind]


@pytest.mark.rule("N-02")
def test_areas_against_the_floor_area_from_nine_tenths_to_the_whole() -> None:
    owned, homes = {1: {1}, 2: {2}}, [home(1, area=50), home(2, area=40)]

    def told(floor: int | None) -> list[tuple[bool, str]]:
        return [(row.blocks, row.text) for row in problem("area_sum", owned, None, homes, floor_area=floor)]

    assert told(100) == [] and told(90) == []
    assert "少 0.11 ㎡" in told(101)[0][1] and "多出 0.01 ㎡" in told(89)[0][1] and told(101)[0][0] is True
    assert told(None)[0][0] is False and problem("area_sum", {}, None, [], floor_area=100) == []
    assert problem("empty", {}, None, [])[0].blocks and problem("missing_area", {1: {1}}, None, [home(1, area=1)]) == []
    first = [home(1, area=0), home(2), home(3, area_source=""), home(4)]
    assert [row.homes for row in problem("missing_area", {n: {n} for n in range(1, 5)}, None, first)] == [(1,), (3,)]
    households = problem("households", owned, None, homes, households=3)
    assert [row.blocks for row in households] == [False] and problem(
        "households", owned, None, homes, households=2
    ) == []


def test_rooms_that_are_one_are_named_with_the_first_and_six_homes_are_counted() -> None:
    rows = [home(1, "101"), home(2, "１０１室")]
    assert [(row.homes, row.where) for row in problem("duplicate_room", {1: {1}, 2: {2}}, None, rows)] == [
        ((1, 2), rows[0].place)
    ]
    for number, counted in ((5, False), (6, True)):
        many = [home(pk, str(100 + pk)) for pk in range(1, number + 1)]
        bare = [RollHolding(row.home_id, row.home_id, Fraction(1), " ") for row in many]
        (found,) = problem("evidence", {row.home_id: {row.home_id} for row in many}, None, many, holdings=bare)
        assert ("等" in found.where, found.blocks, found.where.count("1号楼")) == (counted, False, 5)


def test_shares_that_are_no_whole_say_by_how_much() -> None:
    def told(*shares: Fraction) -> list[str]:
        rows = [RollHolding(1, 1 + number, share, "x") for number, share in enumerate(shares)]
        return [row.text for row in problem("shares", {1: {1, 2}}, None, None, holdings=rows)]

    assert told(Fraction(1, 2), Fraction(1, 2)) == [] and told(Fraction(1, 2), Fraction(1, 3))[0].endswith("还差 1/6")
    assert told(Fraction(1, 2), Fraction(2, 3))[0].endswith("多出 1/6")


def people(*rows: dict[str, Any], together: bool = False) -> list[tuple[str, bool, tuple[int, ...]]]:
    """What is said of persons who own a home each (``together``: one home)."""
    made = [
        replace(person(pk), **{"id_number": "", "phone": "", "name": f"某{pk}", **row})
        for pk, row in enumerate(rows, 1)
    ]
    owned = {1: {row.pk for row in made}} if together else {row.pk: {row.pk} for row in made}
    found: Sequence[RollProblem] = problems_of(facts(owned, made), {})
    return [(row.kind, row.blocks, row.persons) for row in found if row.kind.startswith("same_")]


@pytest.mark.rule("N-02")
def test_one_person_under_two_spellings() -> None:
    one, two = {"id_number": "110101199001011234"}, {"id_number": "110101199001012234"}
    assert people(one, one, together=True)[0][:2] == ("same_person", True) and people(one, two) == []
    phone = {"phone": "13812345678"}
    assert (
        people(phone, phone)[0][:2] == ("same_person", True)
        and people(phone, phone, together=True) == []
        and people(one | phone, two | phone) == []
    )
    assert people(one | phone, phone)[0][:2] == ("same_person", True)
    name = {"name": "李雷"}
    assert people(name, name)[0][:2] == ("same_name", False) and people(name | one, name | two) == []
    assert people(name | one, name | two, name | one)[0][0] == "same_person" and people(name | one, name)[0][:2] == (
        "same_name",
        False,
    )
    firm = {"kind": "organisation", "name": "某某公司"}
    assert people(firm, firm)[0][:2] == ("same_person", True) and people(firm | one, firm | two) == []
    both = people({"name": "甲"}, {"name": "甲"}, {"name": "乙"}, {"name": "乙"})
    assert [row[0] for row in both] == ["same_name", "same_name"]
    assert [row[0] for row in people({"name": "甲"}, {"name": "丙"}, {"name": "乙"}, {"name": "乙"})] == ["same_name"]


def test_a_problem_is_settled_only_as_it_may_be() -> None:
    found = facts({1: {1}}, None, [home(1)])
    (row,) = problems_of(replace(found, floor_area=1), {})
    by = {
        decision: problems_of(replace(found, floor_area=1), {(row.kind, row.key): Settled(7, decision)})[0]
        for decision in ("confirmed", "distinct")
    }
    assert [(each.settled, each.settlement) for each in by.values()] == [(True, 7), (False, None)]


def test_numbers_of_old_and_new_cards_and_of_phones() -> None:
    assert (
        id_key("110101900101123")
        == "11010119900101123"
        == id_key("110101199001011234")
        == id_key(" 11010119900101123x")
    )
    assert (
        id_key("AB-12") == "AB12"
        and id_key("1101019001011234") == "1101019001011234"
        and id_key("ABCDEFGHIJKLMNOPQR") == "ABCDEFGHIJKLMNOPQR"
    )
    assert [phone_key(text) for text in ("+86 138-1234-5678", "8612345678", "13812345678")] == [
        "13812345678",
        "8612345678",
        "13812345678",
    ]
