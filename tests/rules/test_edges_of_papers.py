"""The figures of a recorded paper at their edges, what a notice and a vote say of themselves, and how surveys add up."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from approvals.rules.channels import Cast, Terms, arrival
from approvals.rules.evidence import FORMS, RAISES, Figure, FigureErrors, Form, form_of, read_figures
from approvals.rules.notice_days import OwnLength, period
from approvals.rules.notices import closing, is_late
from approvals.rules.percentages import plan_consent
from approvals.rules.surveys import FACES, Figures, Reply, door_words, figures, grading, judged
from approvals.rules.tally import Counts, Voter, tally
from approvals.rules.vote_words import homes_words, left_words, phase_of, share_words, terms_words
from policies.calendar import WorkingCalendar, YearTable
from tests.rules.books import DAY, over, place, provision

NOTICE = {"posted_on": "2026-03-02", "closed_on": "2026-03-09", "objections": 2, "open_objections": 1}


def read(figure: Figure, raw: Any) -> Any:
    """The value of one field, or the words that refuse it."""
    try:
        return read_figures(Form("x", (figure,)), {figure.key: raw}).get(figure.key)
    except FigureErrors as error:
        assert str(error) == f"{figure.key}：{error.errors[figure.key][0]}"
        return error.errors[figure.key][0]


@pytest.mark.parametrize(("kind", "raw", "came"), [
    ("count", "0", 0), ("count", "９９９９９９９９９", 999_999_999), ("count", "1234567890", "应为不带小数的整数"),
    ("count", "2.0", "应为不带小数的整数"),
    ("area", "1,234.5", "1234.50"), ("area", "1.234", "应为不小于零、最多两位小数的数字"),
    ("money", "-1", "应为不小于零、最多两位小数的数字"),
    ("money", "1000000000000", "1000000000000.00"), ("money", "1000000000000.01", "数字过大"),
    ("date", "2022年7月5日", "2022-07-05"), ("date", "2022.7.5", "2022-07-05"), ("date", "20220705", "2022-07-05"),
    ("date", "2022-2-30", "没有这一天"), ("date", "明天", "不是日期，例如 2022-7-5"), ("text", "字" * 501, "字" * 500),
    ("count", None, "请填写"), ("text", " ", "请填写"),
    ("yes", True, True), ("yes", "on", True), ("yes", "YES", True), ("yes", False, False), ("yes", None, False), ("yes", "0", False),
])  # fmt: skip
def test_a_field_is_read_exactly_or_refused_in_words(kind: Any, raw: object, came: object) -> None:
    assert read(Figure("key", "字段", kind), raw) == came


def test_a_field_that_may_be_blank_is_left_out() -> None:
    assert read_figures(Form("x", (Figure("key", "字段", "count", required=False),)), {"key": ""}) == {}


def test_a_part_may_be_its_whole_and_a_notice_may_end_on_the_day_it_was_posted() -> None:
    assert read_figures(FORMS["notice"], NOTICE | {"objections": 1})["open_objections"] == 1
    assert read_figures(FORMS["notice"], NOTICE | {"closed_on": "2026-03-02"})["closed_on"] == "2026-03-02"
    with pytest.raises(FigureErrors) as refused:
        read_figures(FORMS["notice"], NOTICE | {"open_objections": 3, "closed_on": "2026-03-01", "more": 1})
    assert set(refused.value.errors) == {"open_objections", "closed_on", "more"}
    with pytest.raises(FigureErrors) as refused:  # what is missing is named once, not compared
        read_figures(FORMS["notice"], {"open_objections": 3, "objections": "", "posted_on": "2026-03-02"})
    assert set(refused.value.errors) == {"objections", "closed_on"}
    with pytest.raises(FigureErrors) as refused:
        read_figures(FORMS["notice"], {"objections": 3, "closed_on": "2026-03-02"})
    assert set(refused.value.errors) == {"open_objections", "posted_on"}


def test_the_form_of_an_evidence_and_of_papers_named_by_the_text() -> None:
    assert form_of("vote:scheme") is FORMS["vote"] and FORMS["plan_consent"].figures[1].kind == "count"
    assert not RAISES.required and not any(figure.required for figure in FORMS["funding_share"].figures)
    papers = form_of("papers", (("plan", "方案"),))
    assert [(f.key, f.label, f.kind, f.required) for f in papers.figures] == [("plan", "方案", "yes", False)]
    assert read_figures(papers, {}) == {"plan": False}


@pytest.mark.rule("LZ-08")
@pytest.mark.parametrize(("today", "objections", "still_open", "words", "leader"), [
    (8, 0, 0, ["公示期未满"], False), (9, 0, 0, ["公示期未满"], False), (10, 0, 0, [], False), (10, 1, 0, [], True),
    (10, 2, 1, ["异议须全部答复并办结"], True),
])  # fmt: skip
def test_a_notice_closes_the_day_after_and_with_every_objection_settled(
    today: int, objections: int, still_open: int, words: list[str], leader: bool
) -> None:
    last = dt.date(2026, 3, 9)
    found = closing(
        place("liuzhou"), today=dt.date(2026, 3, today), day=DAY, last_day=last, objections=objections, open_objections=still_open,
        scheme=True,
    )  # fmt: skip
    assert ([reason.text for reason in found.reasons], found.needs_leader) == (words, leader)
    assert found.reading is not None and found.reading.rule == "LZ-08"
    other = closing(place("liuzhou"), today=last, day=DAY, last_day=last, objections=1, open_objections=0, scheme=False)
    assert (other.needs_leader, other.reading) == (False, None)


def test_what_comes_on_the_last_day_of_a_notice_is_in_time() -> None:
    last = dt.date(2026, 3, 9)
    assert [is_late(last, last + dt.timedelta(days=n)) for n in (-1, 0, 1)] == [False, False, True]
    assert is_late(None, last) is False


@pytest.mark.rule("RC-12")
def test_an_own_length_that_ends_with_the_rule_is_the_rule_s_and_a_worked_saturday_is_said() -> None:
    days = {"day": dt.date(2025, 2, 3), "posted_on": dt.date(2025, 2, 3), "calendar": WorkingCalendar()}
    same = period(place("ruicheng"), own=OwnLength(5, "calendar_days"), **days)  # type: ignore[arg-type]
    assert same and not same.own and same.last_day == dt.date(2025, 2, 8)
    assert [(note["day"], note["why"]) for note in same.notes_shown] == [("2025年2月8日", "星期六，调休上班，期满")]
    only = period(place("ruicheng"), own=OwnLength(5, "calendar_days"), regulated=False, **days)  # type: ignore[arg-type]
    assert only and only.own and (only.provision, only.ordered_by, len(only.reasons)) == (None, None, 1)


def test_a_notice_over_the_turn_of_a_year_is_estimated_by_either_of_them() -> None:
    tables = {2030: YearTable(2030, "official", "x"), 2031: YearTable(2031, "estimated", "x")}
    found = period(
        place("ruicheng"), day=DAY, posted_on=dt.date(2030, 12, 30), calendar=WorkingCalendar(tables),
        own=OwnLength(9, "calendar_days")
    )  # fmt: skip
    assert found and found.estimated and found.own and found.provision is not None


AT = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def test_a_vote_opens_on_its_first_second_and_closes_on_its_last() -> None:
    closes = AT + dt.timedelta(hours=1)
    told = [
        phase_of("announced", opens_at=AT, closes_at=closes, at=at) for at in (AT - SECOND, AT, closes - SECOND, closes)
    ]
    assert told == ["upcoming", "open", "open", "counting"]
    assert [phase_of(state, opens_at=AT, closes_at=closes, at=AT) for state in ("closed", "counted")] == [
        "counting",
        "counted",
    ]


@pytest.mark.rule("N-04")
@pytest.mark.parametrize(("share", "strict", "words"), [
    ("1/2", True, "过半数（超过二分之一）"), ("1/2", False, "二分之一以上（含二分之一）"),
    ("2/3", False, "三分之二以上（含三分之二）"), ("2/3", True, "超过三分之二"),
    ("9/10", False, "十分之九以上（含十分之九）"), ("10/11", False, "10/11以上（含10/11）"),
    ("1", False, "一分之一以上（含一分之一）"),
])  # fmt: skip
def test_a_share_in_words(share: str, strict: bool, words: str) -> None:
    assert share_words(share, strict=strict) == words


@pytest.mark.parametrize(("left", "words"), [
    ({"days": 1}, "还有1天"), ({"hours": 23, "minutes": 59}, "还有23小时"), ({"hours": 1}, "还有1小时"),
    ({"seconds": 3599}, "还有59分钟"), ({"minutes": 1}, "还有1分钟"),
    ({"seconds": 59}, "即将截止"), ({"hours": 2, "seconds": 1}, "还有2小时"), ({"minutes": 2}, "还有2分钟"),
])  # fmt: skip
def test_time_left_is_rounded_down(left: dict[str, int], words: str) -> None:
    assert left_words(closes_at=AT + dt.timedelta(**left), at=AT) == words


def test_the_terms_of_an_announcement_and_its_homes_in_words() -> None:
    change, paper, proxy = terms_words(may_change=True, paper_wins=True, proxy_limit=2)
    assert "可以改票" in change and "以纸质票为准" in paper and "最多代理 2 名" in proxy
    change, paper, proxy = terms_words(may_change=False, paper_wins=False, proxy_limit=0)
    assert "不能更改" in change and "先后处理" in paper and "不接受" in proxy
    homes = [SimpleNamespace(building="1栋", unit="", room=room, area=Decimal("80")) for room in ("101", "102室")]
    assert homes_words(homes, most=2) == "1栋101室（80.00 ㎡）、1栋102室（80.00 ㎡）"
    assert homes_words(homes, most=1) == "1栋101室（80.00 ㎡）等共 2 套"
    assert homes_words(homes[:1] * 31).endswith("等共 31 套") and "等共" not in homes_words(homes[:1] * 30)


def test_a_paper_of_the_same_moment_stands_and_is_not_counted() -> None:
    terms = Terms(may_change=True, paper_wins=False)
    first = Cast("online", AT)
    told = [
        arrival(Cast("paper", AT + SECOND * n), counting=first, paper_received=False, terms=terms).outcome
        for n in (-1, 0, 1)
    ]
    assert told == ["stands", "stands", "supersedes"]
    paper = Terms(may_change=False, paper_wins=True)
    again = arrival(Cast("online", AT), counting=Cast("onsite", AT), paper_received=False, terms=paper)
    assert (again.outcome, "已经投过票" in again.words) == ("refused", True)
    assert (
        "以纸质票为准"
        in arrival(Cast("online", AT), counting=Cast("paper", AT), paper_received=False, terms=paper).words
    )


def test_a_survey_without_a_register_and_with_more_homes_than_registered() -> None:
    replies = [
        Reply("agree", hazards=["roof", "roof", "gas"]),
        Reply("oppose", hazards=["gas"]),
        Reply("oppose", hazards=["damp"]),
    ]
    found = figures("plan_consent", replies, registered=2, homes=3, items=())
    assert found.hazards == (("gas", 2), ("damp", 1), ("roof", 1)) and found.agreeing == 1
    assert found.warnings == ("登记册写 2 户，逐户登记的有 3 户，按 3 户计算",)
    assert figures("plan_consent", replies, registered=3, homes=3, items=()).warnings == ()
    assert Figures(1, 1, {}, (), ()).agreeing == 0


def test_each_survey_is_judged_by_its_own_share() -> None:
    found = Figures(10, 10, {**dict.fromkeys(FACES, 0), "satisfied": 9, "fair": 1, "agree": 8}, (), ())
    by = {
        kind: judged(place("ruicheng"), day=DAY, kind=kind, found=found)
        for kind in ("plan_consent", "willingness", "satisfaction")
    }
    assert [(by[kind].part, by[kind].whole) for kind in by] == [(8, 10), (10, 10), (9, 10)]


@pytest.mark.rule("RC-08")
def test_a_grade_begins_at_its_per_cent_and_why_there_is_none_is_said() -> None:
    ruicheng = place("ruicheng")
    told = [grading(ruicheng, day=DAY, agreeing=n, whole=100, scale=(90, 70)).grade for n in (89, 90, 69, 70)]
    assert told == ["B", "A", "C", "B"]
    assert grading(ruicheng, day=DAY, agreeing=90, whole=101, scale=(90, 70)).grade == "B"
    large = [grading(ruicheng, day=DAY, agreeing=n, whole=1000, scale=(90, 70)).grade for n in (899, 900, 699, 700)]
    assert large == ["B", "A", "C", "B"]
    assert grading(ruicheng, day=DAY, agreeing=0, whole=0, scale=None).words == "没有登记分级标准"
    assert grading(ruicheng, day=DAY, agreeing=0, whole=0, scale=(1, 0)).words == "没有答卷，不能分级"


def test_a_door_in_words() -> None:
    assert door_words("1号楼", "2", "101") == "1号楼 2单元 101" and door_words("", "东门", "101") == "东门 101"


@pytest.mark.parametrize("counts", [(0, 0, 0, 0, 0, 0), (3, 3, 3, 3, 3, 3), (3, 2, 2, 1, 1, 1)])
def test_counts_that_can_be(counts: tuple[int, ...]) -> None:
    assert Counts(*counts).total_area == counts[0]


@pytest.mark.rule("N-02")
@pytest.mark.parametrize(
    "counts", [(3, 3, 4, 3, 1, 1), (3, 3, 2, 2, 3, 1), (3, 3, 2, 2, -1, 1), (3, 3, 3, 4, 1, 1), (3, 3, 3, 2, 1, 3)]
)
def test_a_count_greater_than_its_whole_is_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="数目不成立"):
        Counts(*counts)


@pytest.mark.rule("N-01")
def test_the_floor_that_alone_is_missed_decides_and_equal_thresholds_leave_the_lowest() -> None:
    asked = {
        "participation_area": {"at_least": "2/3"},
        "participation_heads": {"at_least": "2/3"},
        "matters": ["scheme"],
    }
    lax = provision(
        "county",
        "XX-01",
        "vote",
        asked | {"agreement_area": {"at_least": "1/2"}, "agreement_heads": {"at_least": "3/4"}},
    )
    floor = provision(
        "province",
        "N-01",
        "vote",
        asked | {"agreement_area": {"at_least": "3/4"}, "agreement_heads": {"at_least": "3/4"}},
        floor=True,
    )
    layers = over([lax], [floor])
    roll = [Voter((10_00,), "agree")] * 3 + [Voter((20_05,), "oppose")]
    counted = tally(layers, day=DAY, matter="scheme", voters=roll)
    assert (counted.passed, counted.rule, counted.unmet) == (False, "N-01", ("agreement_area",))
    assert [result.provision.rule_id for result in counted.results] == ["XX-01", "XX-01", "N-01", "XX-01"]
    texts = [reason.text for reason in counted.reasons]
    assert "30.00 ㎡ / 50.05 ㎡" in texts[2] and "3 人 / 4 人" in texts[3]
    both = tally(layers, day=DAY, matter="scheme", voters=[Voter((10_00,), "agree"), Voter((10_00,), "oppose")])
    assert (both.unmet, both.rule) == (("agreement_area", "agreement_heads"), "XX-01")
    assert tally(layers, day=DAY, matter="increase", voters=roll).passed is None  # type: ignore[arg-type]


@pytest.mark.rule("RC-07")
@pytest.mark.parametrize(("agreeing", "whole", "passed", "short"), [
    (79, 100, False, 1), (80, 100, True, 0), (81, 100, True, 0), (0, 0, False, None), (0, 1, False, 1), (4, 6, False, 1),
    (1, 1, True, 0),
])  # fmt: skip
def test_consent_at_eighty_per_cent(agreeing: int, whole: int, passed: bool, short: int | None) -> None:
    found = plan_consent(place("ruicheng"), day=DAY, households=whole, agreeing=agreeing)
    assert (bool(found.passed), found.short_by, found.rule) == (passed, short, "RC-07")
    assert found.reasons[0].missing == (f"还差 {short} 户" if short else "")


@pytest.mark.parametrize(("part", "whole"), [(-1, 1), (0, -1), (2, 1), (-2, -1)])
def test_impossible_shares_of_households_are_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="数目不成立"):
        plan_consent(place("ruicheng"), day=DAY, households=whole, agreeing=part)


def test_an_upper_share_decides_only_where_it_asks_for_more() -> None:
    def asks(where: str, rule: str, share: str) -> Any:
        return provision(
            where, rule, "plan_consent", {"share": {"at_least": share}, "of": "households", "of_words": "户"}
        )

    def decided(county: str, province: str) -> str | None:
        layers = over([asks("county", "XX-01", county)], [asks("province", "YY-01", province)])
        return plan_consent(layers, day=DAY, households=3, agreeing=1).rule

    assert [decided("1/2", "2/3"), decided("2/3", "2/3"), decided("2/3", "1/2")] == ["YY-01", "XX-01", "XX-01"]
