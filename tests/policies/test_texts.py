"""The bundled rulebooks hold to their texts, and every row of the register stands in one."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from policies.check import Problem, check_book, check_files, check_floors, check_quotes, squeeze, stands_in
from policies.layers import Layers
from policies.load import BUNDLED, TEXTS, RulebookError, load_library, load_rulebook, rulebook_paths
from policies.model import Provision, Rulebook

# Last number of each prefix; the numbers run from 01 without a gap.
ROWS = {
    "national": ("N", 7),
    "liuzhou": ("LZ", 33),
    "yulin": ("YL", 21),
    "ruicheng": ("RC", 34),
    "changzhi": ("CZ", 18),
    "jiangxi": ("JX", 20),
}
BOOKS = {path.stem: load_rulebook(path) for path in rulebook_paths(BUNDLED)}
places = pytest.mark.parametrize("place", sorted(BOOKS))


def book(place: str) -> Rulebook:
    return load_rulebook(BUNDLED / place)


def altered(original: Rulebook, quote: str) -> Rulebook:
    """The rulebook with another quote in the first provision of its first rule."""
    rule = original.rules[0]
    provision = rule.provisions[0].model_copy(update={"quote": quote})
    changed = rule.model_copy(update={"provisions": (provision, *rule.provisions[1:])})
    return original.model_copy(update={"rules": (changed, *original.rules[1:])})


@places
def test_every_quote_stands_in_the_text(place: str) -> None:
    assert check_quotes(BOOKS[place]) == []


@places
def test_no_bundled_rulebook_has_an_error_or_a_doubt(place: str) -> None:
    assert check_book(BOOKS[place]) == []


@places
def test_no_threshold_is_below_its_floor(place: str) -> None:
    assert check_floors(load_library(BUNDLED).layers(place)) == []


@pytest.mark.parametrize("place", sorted(ROWS))
def test_every_row_of_the_register_stands_in_the_rulebook(place: str) -> None:
    prefix, last = ROWS[place]
    ids = [rule.id for rule in BOOKS[place].rules]
    assert sorted(ids) == [f"{prefix}-{number:02d}" for number in range(1, last + 1)]


@places
def test_every_document_but_the_statutes_names_its_text(place: str) -> None:
    document = BOOKS[place].document
    assert (document.source_text is None) == (document.level == "national")


def test_a_changed_word_is_found() -> None:
    original = book("liuzhou")
    assert check_quotes(altered(original, quote="在确保完成 2000年底前建成的城镇老旧小区改造的基础上")) == []
    problems = check_quotes(altered(original, quote="在确保完成 2001年底前建成的城镇老旧小区改造的基础上"))
    found = [(problem.place, problem.key, problem.level) for problem in problems]
    assert found == [("liuzhou", f"{original.rules[0].id}.provisions[1].quote", "error")]


def test_a_changed_duty_and_a_changed_item_are_found() -> None:
    original = book("jiangxi")
    assert original.bodies is not None and original.catalogue is not None
    duty = original.bodies.bodies[0].model_copy(update={"duty": "负责全省老旧小区的一切工作。"})
    item = original.catalogue.items[0].model_copy(update={"within": "拆除全部建筑物"})
    changed = original.model_copy(
        update={
            "bodies": original.bodies.model_copy(update={"bodies": (duty,)}),
            "catalogue": original.catalogue.model_copy(update={"items": (item,)}),
        }
    )
    keys = {problem.key for problem in check_quotes(changed)}
    assert keys == {"bodies.省住房和城乡建设厅.duty", "catalogue.清理拆除各类违章建筑物.within"}


def test_a_text_that_is_not_there_is_a_problem_and_no_crash() -> None:
    original = book("liuzhou")
    missing = original.model_copy(update={"document": original.document.model_copy(update={"source_text": "no.txt"})})
    assert [problem.key for problem in check_quotes(missing)] == ["document.source_text"]


def test_a_text_outside_the_folders_is_not_read(tmp_path: Path) -> None:
    original = book("liuzhou")
    (tmp_path / "outside.txt").write_text("x", encoding="utf-8")
    named = original.document.model_copy(update={"source_text": f"../{tmp_path.name}/outside.txt"})
    problems = check_quotes(original.model_copy(update={"document": named}), (TEXTS,))
    assert [problem.key for problem in problems] == ["document.source_text"]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("公示时间不少于5个工作日", True),
        ("公示 时间不少于 5 个 工作日", True),
        ("公示时间…五日", True),
        ("五日…公示时间", False),  # pieces in the wrong order
        ("公示时间不少于5个工作", True),
        ("公示时间不少于6个工作日", False),
        ("…", False),
        ("", False),
    ],
)
def test_a_quote_is_compared_without_white_space_and_in_order(quote: str, found: bool) -> None:
    assert stands_in(quote, squeeze("公示时间不少于 5 个工\n\n作日，\f另公示五日")) is found


def test_a_page_number_on_its_own_line_is_not_text() -> None:
    assert squeeze("各成员单\n\n\n- 10 -\n\n位主要领导") == "各成员单位主要领导"
    assert squeeze("第 - 10 - 页") == "第-10-页"


@pytest.mark.rule("N-01")
def test_a_vote_below_the_statute_is_warned_of() -> None:
    original = book("liuzhou")
    rule = original.rule("LZ-04")
    assert rule is not None
    vote = rule.provisions[0]
    lower = vote.params.model_copy(
        update={"agreement_area": vote.params.agreement_area.model_copy(update={"at_least": Fraction(2, 3)})}
    )
    weak = rule.model_copy(update={"provisions": (vote.model_copy(update={"params": lower}), *rule.provisions[1:])})
    rules = tuple(weak if r.id == "LZ-04" else r for r in original.rules)
    problems = check_floors(Layers((original.model_copy(update={"rules": rules}), book("national"))))
    assert [(p.key, p.level) for p in problems] == [("LZ-04", "warning")]
    assert "agreement_area" in problems[0].reason and "N-01" in problems[0].reason


def test_a_gate_that_can_never_block_is_an_error() -> None:
    original = book("liuzhou")
    rule = original.rule("LZ-16")
    assert rule is not None
    gate = rule.provisions[1].model_copy(update={"strength": "may"})
    changed = rule.model_copy(update={"provisions": (rule.provisions[0], gate), "does": " "})
    problems = check_book(original.model_copy(update={"rules": (changed,)}))
    assert {(p.key, p.level) for p in problems} == {
        ("LZ-16.does", "error"),
        ("LZ-16.provisions[2].strength", "error"),
    }


def test_a_strength_that_the_words_do_not_carry_is_doubted() -> None:
    original = book("liuzhou")
    rule = original.rule("LZ-04")
    assert rule is not None
    provisions = (rule.provisions[0].model_copy(update={"strength": "must"}),)
    doubted = original.model_copy(update={"rules": (rule.model_copy(update={"provisions": provisions}),)})
    assert [(p.key, p.level) for p in check_book(doubted)] == [("LZ-04.provisions[1].strength", "warning")]


def test_a_folder_of_rulebooks_a_folder_and_a_file_are_all_understood(tmp_path: Path) -> None:
    (tmp_path / "texts.txt").write_text("本市全部小区均可改造。", encoding="utf-8")
    (tmp_path / "demo.yaml").write_text(
        """
document: {place: demo, place_name: 示例市, short: 示例, title: 办法, issuer: 示例市政府, level: city,
  lies_over: national, transcribed_on: 2026-01-01, source_text: texts.txt}
rules:
- id: DM-01
  topic: eligibility
  title: 全部小区
  does: 不限年份。
  provisions:
  - {kind: statement, clause: 一, quote: 本市全部小区均可改造, strength: may}
""",
        encoding="utf-8",
    )
    for path in (tmp_path, tmp_path / "demo.yaml"):
        report = check_files([path])
        assert [b.document.place for b in report.books] == ["demo"]
        assert {p.key for p in report.problems} == {"catalogue", "bodies"}  # nothing but the sections it lacks
    assert {b.document.place for b in check_files([BUNDLED]).books} == set(BOOKS)
    assert [b.document.place for b in check_files([BUNDLED / "jiangxi"]).books] == ["jiangxi"]
    with pytest.raises(RulebookError):
        check_files([tmp_path / "nothing.yaml"])


def test_a_problem_prints_its_place_key_and_reason() -> None:
    assert str(Problem("liuzhou", "LZ-04", "不对", "warning")) == "警告：liuzhou：LZ-04：不对"


# What the documents say, number by number.


@pytest.mark.rule("LZ-16")
def test_liuzhou_asks_a_fifth_and_counts_no_loans() -> None:
    share = next(p for p in _provisions("liuzhou", "LZ-16") if p.kind == "funding_share")
    assert (share.params.share.at_least, share.strength, share.clause) == (Fraction(1, 5), "must", "四(三)末段")
    assert not {"loan", "special_bond", "central", "city", "county", "original_unit_public"} & set(share.params.counts)


@pytest.mark.rule("LZ-04")
def test_liuzhou_votes_in_principle_before_it_declares() -> None:
    vote, gate = _provisions("liuzhou", "LZ-04")
    numbers = [getattr(vote.params, name).at_least for name in type(vote.params).model_fields if name != "matters"]
    assert numbers == [Fraction(2, 3), Fraction(2, 3), Fraction(3, 4), Fraction(3, 4)]
    assert {vote.strength, gate.strength} == {"in_principle"}
    assert (gate.params.step, gate.params.evidence, gate.params.matter) == ("declare", "vote", "scheme")


@pytest.mark.rule("N-01")
def test_the_statute_has_three_quarters_for_three_matters_and_more_than_half_for_the_rest() -> None:
    strict, simple = _provisions("national", "N-01")
    assert set(strict.params.matters) == {"scheme", "raise_maintenance_fund", "operate_common_parts"}
    assert (strict.params.agreement_heads.at_least, simple.params.agreement_heads.more_than) == (
        Fraction(3, 4),
        Fraction(1, 2),
    )
    assert strict.floor and simple.floor and strict.in_force_from == dt.date(2021, 1, 1)


@pytest.mark.rule("JX-06")
def test_jiangxi_starts_by_august_and_ends_before_the_festival() -> None:
    start, end = _provisions("jiangxi", "JX-06")
    assert (start.params.due.month, start.params.due.day, start.params.due.year_offset) == (8, "end", 0)
    assert (end.params.due.festival, end.params.due.year_offset) == ("spring_festival", 1)
    assert {start.strength, end.strength} == {"in_principle"}


@pytest.mark.rule("JX-05")
def test_jiangxi_asks_two_of_four_or_a_lift() -> None:
    content = next(p for p in _provisions("jiangxi", "JX-05") if p.kind == "subsidy_content").params
    assert (content.at_least, set(content.of), content.or_any) == (2, {"water", "power", "road", "gas"}, ("elevator",))


@pytest.mark.rule("LZ-12")
def test_liuzhou_reviews_a_scheme_with_eleven_bodies_side_by_side() -> None:
    (stage,) = next(p for p in _provisions("liuzhou", "LZ-12") if p.kind == "route").params.stages
    assert len(set(stage.bodies)) == 11 and stage.needs == "all"
    assert {"power", "water", "gas", "telecom", "cable_tv"} <= set(stage.bodies)
    assert sum(body.startswith("county_") for body in stage.bodies) == 6


@pytest.mark.rule("N-07")
def test_the_warranty_periods_are_those_of_the_regulation() -> None:
    warranty = next(p for p in _provisions("national", "N-07") if p.kind == "warranty")
    periods = {period.key: (period.years, period.seasons) for period in warranty.params.periods}
    assert warranty.params.filing_days == 15
    assert periods == {
        "foundation_and_structure": (None, None),
        "waterproofing": (5, None),
        "heating_and_cooling": (None, 2),
        "electrics_water_decoration": (2, None),
    }


def test_what_liuzhou_asks_before_a_plan_is_declared() -> None:
    gates = [
        p.params.evidence
        for rule in book("liuzhou").rules
        for p in rule.provisions
        if p.kind == "gate" and p.params.step == "declare"
    ]
    assert sorted(gates) == [
        "application_papers",
        "fund_vote",
        "funding_share",
        "notice",
        "preparatory_papers",
        "signed_application",
        "vote",
        "willingness_survey",
    ]


def _provisions(place: str, rule_id: str) -> tuple[Provision, ...]:
    rule = BOOKS[place].rule(rule_id)
    assert rule is not None
    return rule.provisions
