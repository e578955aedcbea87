"""Components and words of the pages: clause tags, percentages, days left, money."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from policies.calendar import WorkingCalendar
from policies.kinds import Threshold
from policies.model import Document, Provision
from policies.refusal import Citation
from renovation import words

WORKED = WorkingCalendar().is_working


def render(text: str, **context: object) -> str:
    """A template snippet with the components loaded."""
    return Template("{% load ui %}" + text).render(Context(context))


def citation(**changes: str) -> Citation:
    """A citation with hostile texts where asked for."""
    values = {
        "rule": "AB-01", "document": "某某方案", "document_number": "某政〔2022〕3号", "clause": "三(一)", "quote": "应当公示",
        "strength": "must", "reading": "",
    }  # fmt: skip
    return Citation(**{**values, **changes})


def test_clause_tag_holds_document_number_clause_quote_strength_and_reading() -> None:
    html = render("{% clause c %}", c=citation(reading="按户计"))
    for part in (
        "某某方案",
        "某政〔2022〕3号",
        "三(一)",
        "应当公示",
        "必须",
        "我们的读法",
        "按户计",
        "/rulebooks/rules/AB-01/",
    ):
        assert part in html
    assert "<details" in html and "<script" not in html


@pytest.mark.parametrize("name", ["rule", "document", "document_number", "clause", "quote", "strength", "reading"])
def test_clause_tag_escapes_every_text(name: str) -> None:
    html = render("{% clause c %}", c=citation(**{name: '<b onclick="x">'}))
    assert "<b onclick" not in html
    assert "&lt;b" in html or "%3Cb" in html


def test_clause_tag_of_nothing_says_unregulated() -> None:
    assert "未作规定" in render("{% clause c %}", c=None)


def test_clause_tag_takes_a_provision_with_its_document() -> None:
    document = Document(
        place="somewhere", place_name="某市", short="某", title="某市方案", issuer="某市政府", level="city",
        transcribed_on=dt.date(2026, 1, 1),
    )  # fmt: skip
    provision = Provision(
        rule_id="AB-01",
        place="somewhere",
        kind="statement",
        clause="二",
        quote="原文在此",
        strength="in_principle",
        params={},
    )
    html = render("{% clause p d %}", p=provision, d=document)
    assert "原文在此" in html and "原则上" in html and "《某市方案》" in html
    with pytest.raises(TypeError):
        render("{% clause p %}", p=provision)


@pytest.mark.parametrize(
    ("share", "threshold", "strict", "shown"),
    [
        (Fraction(79996, 100000), Fraction(4, 5), False, "79.99%"),
        (Fraction(4, 5), Fraction(4, 5), False, "80.00%"),
        (Fraction(799951, 1000000), None, False, "80.00%"),
        (Fraction(50001, 100000), Fraction(1, 2), True, "50.001%"),
        (Fraction(1, 2), Fraction(1, 2), True, "50.00%"),
        (Fraction(2, 3), Fraction(2, 3), False, "66.67%"),
        (Fraction(2, 3), Fraction(2, 3), True, "66.66%"),
        (Fraction(66666, 100000), Fraction(2, 3), False, "66.66%"),
        (Fraction(99999, 100000), None, False, "99.99%"),
        (Fraction(1, 100000), None, False, "0.001%"),
        (Fraction(0), None, False, "0.00%"),
        (Fraction(1), None, False, "100.00%"),
    ],
)
def test_percent_stands_on_the_side_of_its_share(
    share: Fraction, threshold: Fraction | None, strict: bool, shown: str
) -> None:
    assert words.percent_words(share, threshold, strict=strict) == shown


def test_percent_never_crosses_a_threshold_over_many_shares() -> None:
    for whole in (7, 160, 486, 9973):
        for part in range(whole + 1):
            share = Fraction(part, whole)
            for threshold in (Fraction(2, 3), Fraction(4, 5), Fraction(1, 5)):
                printed = Fraction(words.percent_words(share, threshold).rstrip("%")) / 100
                assert (printed >= threshold) == (share >= threshold), (part, whole)


@pytest.mark.parametrize(
    ("due", "shown"),
    [
        (dt.date(2022, 7, 8), "剩余3个工作日"),
        (dt.date(2022, 7, 11), "剩余4个工作日"),  # over a weekend
        (dt.date(2022, 7, 5), "今日到期"),
        (dt.date(2022, 7, 1), "已超期2个工作日"),  # Friday; Monday and Tuesday have passed
        (dt.date(2022, 10, 8), "剩余63个工作日"),  # a Saturday that is worked, after the holiday week
    ],
)
def test_days_left_in_working_days(due: dt.date, shown: str) -> None:
    assert words.remaining_words(due, dt.date(2022, 7, 5), WORKED) == shown


def test_days_left_in_calendar_days_and_without_a_working_day_between() -> None:
    assert words.remaining_words(dt.date(2022, 7, 8), dt.date(2022, 7, 5), None) == "剩余3天"
    assert words.remaining_words(dt.date(2022, 7, 3), dt.date(2022, 7, 2), WORKED) == "剩余1天（其间无工作日）"
    assert words.remaining_words(dt.date(2022, 7, 2), dt.date(2022, 7, 3), WORKED) == "已超期1天（其间无工作日）"


def test_only_a_breached_must_is_red() -> None:
    context = {"today": dt.date(2022, 7, 5), "calendar": WorkingCalendar(), "due": dt.date(2022, 7, 1)}
    assert "status-late" in render("{% remaining due %}", **context)
    weaker = render('{% remaining due strength="strive" %}', **context)
    assert "status-late" not in weaker and "滞后2个工作日" in weaker
    assert "status-done" in render('{% remaining due "working" done %}', **context, done=dt.date(2022, 7, 1))


def test_three_nothings_are_three_things() -> None:
    assert words.wan_words(None) == "未填报"
    assert words.wan_words(Decimal("0")) == "0.00"
    assert "—" in render('{% figure "开工率" 0 0 %}')
    assert "未填报" in render("{{ v|filled }}", v="")
    assert render("{{ v|filled }}", v=0) == "0"


@pytest.mark.parametrize(
    ("yuan", "shown"),
    [
        (Decimal("20131900"), "2,013.19"),
        (Decimal("30"), "0.003"),  # not zero, so it does not print as zero
        (Decimal("49.99"), "0.004999"),
        (Decimal("50"), "0.01"),
        (Decimal("12345678.90"), "1,234.57"),
    ],
)
def test_money_in_wan(yuan: Decimal, shown: str) -> None:
    assert words.wan_words(yuan) == shown


def test_floats_are_refused_near_money() -> None:
    with pytest.raises(TypeError):
        words.wan_words(1.5)  # type: ignore[arg-type]


def test_meter_says_how_much_is_missing() -> None:
    html = render('{% meter "参与人数" part whole t %}', part=95, whole=160, t=Threshold(at_least=Fraction(2, 3)))
    assert "59.38%" in html and "还差 12 户" in html and "三分之二以上" in html
    html = render('{% meter "同意人数" part whole t %}', part=80, whole=160, t=Threshold(more_than=Fraction(1, 2)))
    assert "50.00%" in html and "还差 1 户" in html and "过半数" in html
    html = render(
        '{% meter "参与面积" part whole t "㎡" %}',
        part=Decimal("100.00"),
        whole=Decimal("1000.01"),
        t=Threshold(at_least=Fraction(2, 3)),
    )
    assert "还差 566.68 ㎡" in html
    html = render('{% meter "参与人数" part whole t %}', part=107, whole=160, t=Threshold(at_least=Fraction(2, 3)))
    assert "已达到" in html


def test_meter_draws_without_style_attributes() -> None:
    html = render('{% meter "参与人数" 1 3 t %}', t=Threshold(at_least=Fraction(2, 3)))
    assert "style=" not in html and 'width="33.33"' in html


def test_figure_shows_numerator_denominator_and_marks_small_samples() -> None:
    html = render('{% figure "满意率" 24 25 unit="份" %}')
    assert "96.00%" in html and "24 / 25" in html and "样本少" in html
    assert "样本少" not in render('{% figure "满意率" 240 250 unit="份" %}')


def test_search_words_are_marked_and_escaped() -> None:
    assert render("{{ t|marked:w }}", t="<b>满意度</b>达到", w=["满意"]) == "&lt;b&gt;<mark>满意</mark>度&lt;/b&gt;达到"


def test_sort_links_keep_the_other_parameters_and_turn_round() -> None:
    request = RequestFactory().get("/x/", {"q": "路", "page": "3", "ordering": "name"})
    html = render('{% sort_link "name" "小区" %}|{% aria_sort "name" %}|{% aria_sort "year" %}', request=request)
    assert "ordering=-name" in html and "page=" not in html and "q=%E8%B7%AF" in html
    assert html.endswith("|ascending|none")


def test_masks() -> None:
    assert render("{{ n|masked_name }} {{ p|masked_phone }}", n="张三丰", p="13812345678") == "张** 138****5678"


def test_field_names_its_error_and_help() -> None:
    from_render = render('{% include "components/gates.html" with gates=gates %}', gates=[
        {"label": "出资比例", "state": "unmet", "missing": "还差 3.20 万元", "citation": citation()},
        {"label": "其他", "state": "unregulated"},
    ])  # fmt: skip
    assert "未满足" in from_render and "还差 3.20 万元" in from_render and "未作规定" in from_render
