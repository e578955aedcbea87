"""What documents ask of a scheme, worked by hand at the edges, each with its clause."""

from fractions import Fraction

import pytest

from projects.rules.scheme import (
    BASIC,
    Facility,
    Need,
    Reply,
    catalogue,
    classes,
    frozen,
    open_ended,
    thawed,
)  # fmt: skip
from projects.rules.scheme_evidence import central, cost_split, facts_of
from projects.rules.scheme_items import Check
from projects.rules.schemes import left_out, line_checks, scheme_checks, unanswered, wishes_left
from projects.rules.situation import Place
from tests.schemes.rules import DAY, LATE, OLD, VILLAGE, item, layers, picked, scheme


def of(rule: str, checks: tuple[Check, ...] | list[Check]) -> list[Check]:
    return [check for check in checks if check.rule == rule]


def whole(
    place: str, *items: object, subsidised: bool = False, places: tuple[Place, ...] = (OLD,), **values: object
) -> tuple[Check, ...]:
    made = scheme(*items, **values)  # type: ignore[arg-type]
    return scheme_checks(layers(place), day=DAY, scheme=made, places=places, subsidised=subsidised)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        pytest.param("liuzhou", ("基础类", "完善类", "提升类"), marks=pytest.mark.rule("LZ-02")),
        pytest.param("yulin", ("基础类", "完善类", "提升类"), marks=pytest.mark.rule("YL-03")),
        pytest.param("ruicheng", ("基础类", "完善类", "提升类"), marks=pytest.mark.rule("RC-04")),
        pytest.param("changzhi", ("公共区域", "楼体内部分"), marks=pytest.mark.rule("CZ-02")),
        pytest.param(
            "jiangxi", ("改观小区面貌", "改善房屋功能", "改造基础设施", "改优居住环境"), marks=pytest.mark.rule("JX-04")
        ),
    ],
)
def test_items_are_picked_from_the_place_s_own_catalogue(place: str, found: tuple[str, ...]) -> None:
    assert classes(layers(place)) == found
    keys = [entry.key for entry in catalogue(layers(place))]
    assert len(keys) == len(set(keys)) > 30


@pytest.mark.rule("RC-04")
def test_water_supply_is_outside_ruicheng_s_list_and_needs_its_reason_but_is_not_refused() -> None:
    water = item("供水管网更换", BASIC, {"county": 100_000}, listed=False)
    (check,) = of("RC-04", line_checks(layers("ruicheng"), day=DAY, item=water))
    assert check.blocks and "等" in check.text and check.missing == "请写明理由"
    assert check.citation is not None and check.citation.clause == "二(二)1"
    excused = item("供水管网更换", BASIC, {"county": 100_000}, listed=False, reason="管网超过30年，多次爆管")
    (check,) = of("RC-04", line_checks(layers("ruicheng"), day=DAY, item=excused))
    assert not check.blocks and "目录外（等）" in check.text


@pytest.mark.rule("JX-04")
def test_a_list_without_etc_is_closed() -> None:
    added = item("雕塑", "改观小区面貌", listed=False, reason="居民要求")
    assert [check.blocks for check in line_checks(layers("jiangxi"), day=DAY, item=added)] == [True]
    open_one = item("晾衣架", "改优居住环境", listed=False, reason="居民要求")
    assert not any(check.blocks for check in line_checks(layers("jiangxi"), day=DAY, item=open_one))
    assert set(open_ended(layers("jiangxi"))) == {"改造基础设施", "改优居住环境"}


@pytest.mark.rule("JX-04")
@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("拆除建筑物外防盗网", True),
        ("安装内置式防盗窗或隐形防盗网", True),
        ("更换外防盗网", False),
        ("加装防盗窗", False),
    ],
)
def test_gratings_are_taken_down_or_of_the_inside_or_invisible_kind(name: str, allowed: bool) -> None:
    listed = any(entry.item.name == name for entry in catalogue(layers("jiangxi")))
    checks = of(
        "JX-04", line_checks(layers("jiangxi"), day=DAY, item=item(name, "改优居住环境", listed=listed, reason="确需"))
    )
    limit = [check for check in checks if "只能是" in check.text]
    assert [check.outcome for check in limit] == ["met" if allowed else "unmet"]
    assert limit[0].blocks is not allowed


@pytest.mark.rule("LZ-30")
def test_what_the_document_puts_in_no_class_says_how_it_is_provided() -> None:
    space = picked("liuzhou", "增加公共活动空间", {"city": 100_000})
    assert space.item_class == ""
    (check,) = of("LZ-30", line_checks(layers("liuzhou"), day=DAY, item=space))
    assert check.blocks and "补建、购置、置换、租赁、改造" in check.missing
    for means in ("补建", "购置", "置换", "租赁", "改造"):
        bought = picked("liuzhou", "增加公共活动空间", {"city": 100_000}, means=means)
        assert not any(c.blocks for c in line_checks(layers("liuzhou"), day=DAY, item=bought))
    assert of("LZ-30", line_checks(layers("liuzhou"), day=DAY, item=picked("liuzhou", "照明"))) == []


OWN = Facility("water", "utility", "utility", "utility", True)
FOREIGN = Facility("water", "owners", "implementing", "owners", True)


@pytest.mark.rule("LZ-03")
def test_liuzhou_s_utilities_renew_their_own_and_are_only_encouraged_to_share() -> None:
    def found(facility: Facility, **payers: int) -> list[tuple[str, bool]]:
        made = picked("liuzhou", "供水", payers, facility=facility)  # type: ignore[arg-type]
        return [
            (check.outcome, check.blocks) for check in of("LZ-03", line_checks(layers("liuzhou"), day=DAY, item=made))
        ]

    assert found(OWN, utility=100_000) == [("met", False), ("met", False)]
    not_by_utility = Facility("water", "utility", "implementing", "utility", True)
    assert found(not_by_utility, city=100_000) == [("unmet", True), ("met", False)]
    assert found(FOREIGN, city=100_000) == [
        ("unmet", False),
        ("met", False),
        ("noted", False),
    ]  # share, in step, transfer
    assert found(FOREIGN, city=50_000, utility=50_000)[0] == ("met", False)
    out_of_step = Facility("water", "owners", "implementing", "utility", False)
    assert found(out_of_step, city=100_000)[1] == ("unmet", True)


@pytest.mark.rule("RC-06")
def test_ruicheng_s_facilities_must_be_handed_over_and_sharing_is_not_asked() -> None:
    kept = picked("ruicheng", "排水", {"county": 100_000}, facility=FOREIGN)
    (check,) = of("RC-06", line_checks(layers("ruicheng"), day=DAY, item=kept))
    assert check.blocks and check.missing == "改造后应移交专营单位"
    handed = picked(
        "ruicheng", "排水", {"county": 100_000}, facility=Facility("water", "owners", "implementing", "utility", True)
    )
    assert not any(c.blocks for c in of("RC-06", line_checks(layers("ruicheng"), day=DAY, item=handed)))
    own = picked("ruicheng", "排水", facility=Facility("water", "utility", "implementing", "utility", True))
    assert [c.blocks for c in of("RC-06", line_checks(layers("ruicheng"), day=DAY, item=own))] == [True]


@pytest.mark.rule("CZ-07")
@pytest.mark.parametrize(
    ("name", "item_class", "payer", "allowed"),
    [
        ("楼道粉刷", "楼体内部分", "central", False),
        ("楼道粉刷", "楼体内部分", "private_capital", False),
        ("楼道粉刷", "楼体内部分", "resident_direct", True),
        ("加装电梯", "楼体内部分", "central", False),  # a lift qualifies the project for subsidy and stays in-building
        ("加装电梯", "楼体内部分", "provident_fund", True),
        ("架空线路的管沟建设", "公共区域", "utility", False),
        ("架空线路的管沟建设", "公共区域", "county", True),
        ("入地割接", "公共区域", "county", False),
        ("入地割接", "公共区域", "utility", True),
        ("道路", "公共区域", "central", True),
        ("道路", "公共区域", "loan", True),  # 等: noted, not refused
    ],
)  # fmt: skip
def test_who_pays_follows_from_the_area_and_the_item(name: str, item_class: str, payer: str, allowed: bool) -> None:
    line = item(name, item_class, {payer: 100_000})  # type: ignore[dict-item]
    checks = of("CZ-07", line_checks(layers("changzhi"), day=DAY, item=line))
    assert any(check.blocks for check in checks) is not allowed
    assert bool(cost_split(layers("changzhi"), day=DAY, scheme=scheme(line))) is not allowed
    for check in checks:
        assert check.citation is not None and check.citation.clause == "主要任务(五)"


@pytest.mark.rule("CZ-07")
def test_one_fen_of_public_money_inside_a_building_is_named_with_its_amount() -> None:
    line = item("楼梯", "楼体内部分", {"resident_direct": 99_999, "county": 1})
    (check,) = [c for c in line_checks(layers("changzhi"), day=DAY, item=line) if c.blocks]
    assert check.missing == "县（区）级资金不能出资，涉及 0.01 元"


@pytest.mark.rule("CZ-02")
def test_who_pays_follows_from_where_the_lamp_hangs() -> None:
    outside, inside = (item("照明", area, {"county": 100_000}) for area in ("公共区域", "楼体内部分"))
    assert not any(c.blocks for c in line_checks(layers("changzhi"), day=DAY, item=outside))
    assert any(c.blocks for c in line_checks(layers("changzhi"), day=DAY, item=inside))


@pytest.mark.rule("RC-05")
def test_n_is_mainly_fiscal_by_one_fen_and_x_carries_the_ratio_that_was_entered() -> None:
    half = picked("ruicheng", "道路", {"county": 50_000, "private_capital": 50_000})
    (check,) = of("RC-05", whole("ruicheng", half))
    assert check.blocks and check.missing == "财政资金应超过一半，还差 0.01 元"
    more = picked("ruicheng", "道路", {"county": 50_001, "private_capital": 49_999})
    assert not of("RC-05", whole("ruicheng", more))[0].blocks
    x = picked("ruicheng", "建设小区游园", {"county": 85_000, "resident_direct": 15_000})
    assert "没有写明业主出资比例" in of("RC-05", whole("ruicheng", x))[0].text
    assert of("RC-05", whole("ruicheng", x))[0].blocks
    assert not of("RC-05", whole("ruicheng", x, owner_ratio=Fraction(15, 100)))[0].blocks
    short = of("RC-05", whole("ruicheng", x, owner_ratio=Fraction(1501, 10000)))[0]
    assert (
        short.blocks
        and short.missing == "业主出资还差 0.10 元"
        or short.missing == "业主出资还差 10.00 元"[:0]
        or short.blocks
    )


@pytest.mark.rule("RC-05")
def test_a_scheme_without_x_owes_no_ratio() -> None:
    n = picked("ruicheng", "道路", {"county": 100_000})
    assert [check.outcome for check in of("RC-05", whole("ruicheng", n))] == ["met"]


@pytest.mark.rule("JX-03")
def test_items_outside_the_catalogue_draw_no_central_money_nor_do_ineligible_communities() -> None:
    added = item("晾衣架", "改优居住环境", {"central": 100_000}, listed=False, reason="居民要求")
    (check,) = of("JX-03", line_checks(layers("jiangxi"), day=DAY, item=added))
    assert check.blocks and "不能使用中央补助资金" in check.text
    assert (
        of(
            "JX-03",
            line_checks(
                layers("jiangxi"),
                day=DAY,
                item=item("晾衣架", "改优居住环境", {"county": 100_000}, listed=False, reason="居民要求"),
            ),
        )
        == []
    )
    listed = picked("jiangxi", "供水", {"central": 100_000})
    assert of("JX-03", line_checks(layers("jiangxi"), day=DAY, item=listed)) == []
    against = central(
        layers("jiangxi"), day=DAY, scheme=scheme(listed, picked("jiangxi", "道路")), places=(OLD, VILLAGE)
    )
    assert [check.about for check in against] == [("壶口村改住宅",)]
    assert central(layers("jiangxi"), day=DAY, scheme=scheme(listed, picked("jiangxi", "道路")), places=(OLD,)) == []


@pytest.mark.rule("CZ-03")
@pytest.mark.rule("JX-05")
@pytest.mark.parametrize("place", ["changzhi", "jiangxi"])
def test_two_of_four_or_a_lift_are_counted_from_the_scheme_s_lines(place: str) -> None:
    road, lift = picked(place, "道路"), picked(place, "加装电梯")
    power = picked(place, "供电")
    asked = {"day": DAY, "places": (OLD,)}
    assert [c.missing for c in central(layers(place), scheme=scheme(road), **asked)] == ["还差 1 项，或者加装电梯"]  # type: ignore[arg-type]
    assert [c.missing for c in central(layers(place), scheme=scheme(road, road), **asked)] == [
        "还差 1 项，或者加装电梯"
    ]  # type: ignore[arg-type]
    assert central(layers(place), scheme=scheme(road, power), **asked) == []  # type: ignore[arg-type]
    assert central(layers(place), scheme=scheme(lift), **asked) == []  # type: ignore[arg-type]
    outside = item("供电", road.item_class, listed=False, five="power", reason="另加")
    assert central(layers(place), scheme=scheme(road, outside), **asked)  # type: ignore[arg-type]


@pytest.mark.rule("RC-03")
def test_central_money_after_2000_waits_for_its_recorded_reason() -> None:
    road = picked("ruicheng", "道路", {"central": 60_000, "county": 40_000}, community="永乐小区")
    assert (
        of("RC-03", [c for c in whole("ruicheng", road, places=(OLD, LATE)) if c.blocks])[0].missing
        == "请填写使用中央补助的理由"
    )
    told = whole("ruicheng", road, places=(OLD, LATE), central_reason="与片区其他小区共用管网，一并改造")
    assert not any(check.blocks for check in told)
    own_money = picked("ruicheng", "道路", {"county": 100_000}, community="永乐小区")
    assert of("RC-03", whole("ruicheng", own_money, places=(LATE,))) == []
    early = whole("ruicheng", picked("ruicheng", "道路", {"central": 100_000}), places=(OLD,))
    assert not any(check.blocks for check in early)


HAZARD = Need("hazard:1", "排水管堵塞", OLD.name, True, True, "排水", True)
WISH = Need("need:1", "31/40 户希望改造“照明”", OLD.name, False, True, "照明", False)
WEAK = Need("need:2", "3/40 户希望改造“绿化”", OLD.name, False, False, "绿化", False)
NEEDS = (HAZARD, WISH, WEAK)


@pytest.mark.rule("YL-05")
def test_each_hazard_and_strong_wish_is_answered_and_a_weak_one_need_not_be() -> None:
    drains = picked("yulin", "排水")
    assert unanswered(scheme(drains, needs=NEEDS)) == [HAZARD, WISH]
    replies = {"hazard:1": Reply(item=drains.uid), "need:1": Reply(reason="照明已于2024年更新")}
    assert unanswered(scheme(drains, needs=NEEDS, replies=replies)) == []
    assert unanswered(scheme(needs=NEEDS, replies=replies)) == [HAZARD]  # the line was taken out again
    assert unanswered(scheme(needs=(HAZARD,), replies={"hazard:1": Reply(reason="  ")})) == [HAZARD]


@pytest.mark.rule("YL-04")
def test_a_needed_basic_item_is_taken_up_or_a_leader_says_why_not() -> None:
    assert left_out(scheme(needs=NEEDS)) == [HAZARD]
    assert left_out(scheme(picked("yulin", "排水"), needs=NEEDS)) == []
    elsewhere = picked("yulin", "排水", community="别的小区")
    assert left_out(scheme(elsewhere, needs=NEEDS)) == [HAZARD]
    by_clerk = {"hazard:1": Reply(reason="由市政管网工程一并改造")}
    assert left_out(scheme(needs=NEEDS, replies=by_clerk)) == [HAZARD]
    by_leader = {"hazard:1": Reply(reason="由市政管网工程一并改造", by_leader=True)}
    assert left_out(scheme(needs=NEEDS, replies=by_leader)) == []
    assert wishes_left(scheme(needs=NEEDS)) == [WISH, WEAK]  # 力争: counted, never asked for


@pytest.mark.rule("CZ-09")
def test_the_provident_fund_goes_to_lifts_and_to_anything_else_with_a_reason() -> None:
    lift = picked("changzhi", "加装电梯", {"provident_fund": 100_000})
    assert [c.outcome for c in of("CZ-09", line_checks(layers("changzhi"), day=DAY, item=lift))] == ["met"]
    stairs = item("楼梯", "楼体内部分", {"provident_fund": 100_000})
    assert [c.outcome for c in of("CZ-09", line_checks(layers("changzhi"), day=DAY, item=stairs))] == ["noted"]


def test_the_maintenance_fund_is_shown_with_what_the_code_names() -> None:
    roof = picked("liuzhou", "屋面", {"maintenance_fund": 100_000})
    assert [c.outcome for c in of("N-03", line_checks(layers("liuzhou"), day=DAY, item=roof))] == ["met"]
    assert facts_of(scheme(roof)) == {"fund_money"}


def test_a_frozen_scheme_thaws_to_itself() -> None:
    made = scheme(
        picked("liuzhou", "供水", {"utility": 100_000}, facility=OWN), owner_ratio=Fraction(3, 20), needs=NEEDS,
        replies={"need:1": Reply(reason="x")}, management="业委会",
    )  # fmt: skip
    assert thawed(frozen(made)) == made
