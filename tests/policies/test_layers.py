"""What lies over what: the lowest document that speaks answers, floors and upper musts are kept beside it."""

import datetime as dt
from typing import Any

import pytest

from policies.kinds import KINDS
from policies.layers import Layers
from policies.load import BUNDLED, load_library
from policies.model import Document, Provision, Rule, Rulebook

DAY = dt.date(2026, 3, 1)
YESTERDAY, TOMORROW = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=1)


def provision(place: str, rule_id: str, kind: str, params: dict[str, Any] | None = None, **more: Any) -> Provision:
    defaults = {"clause": "一", "quote": "文", "strength": "must"}
    value = KINDS[kind].model_validate(params or {})
    return Provision.model_validate(
        defaults | more | {"rule_id": rule_id, "place": place, "kind": kind, "params": value}
    )


def book(place: str, *provisions: Provision) -> Rulebook:
    document = Document.model_validate(
        {
            "place": place,
            "place_name": place,
            "short": place,
            "title": place,
            "issuer": place,
            "level": "city",
            "transcribed_on": DAY,
        }  # fmt: skip
    )
    rules = tuple(
        Rule.model_validate({"id": p.rule_id, "topic": "owners", "title": "t", "does": "d", "provisions": (p,)})
        for p in provisions
    )
    return Rulebook(document=document, rules=rules, revision=f"rev-{place}")


def consent(share: str) -> dict[str, Any]:
    return {"share": {"at_least": share}, "of": "households", "of_words": "户"}


def ids(provisions: tuple[Provision, ...]) -> list[str]:
    return [p.rule_id for p in provisions]


def test_the_lowest_document_that_speaks_answers() -> None:
    layers = Layers(
        (
            book("county", provision("county", "A-01", "statement")),
            book("city", provision("city", "B-01", "plan_consent", consent("4/5"))),
            book("national", provision("national", "C-01", "plan_consent", consent("2/3"))),
        )
    )
    assert ids(layers.governing("plan_consent", DAY)) == ["B-01"]
    assert ids(layers.governing("satisfaction", DAY)) == []  # 未作规定
    assert (layers.place, layers.document.place) == ("county", "county")
    assert layers.revision == "rev-county+rev-city+rev-national"


def test_all_provisions_of_the_answering_document_come_and_none_from_above() -> None:
    layers = Layers(
        (
            book("city", provision("city", "B-01", "statement"), provision("city", "B-02", "statement")),
            book("national", provision("national", "C-01", "statement")),
        )
    )
    assert ids(layers.governing("statement", DAY)) == ["B-01", "B-02"]
    assert ids(tuple(layers.provisions("statement", DAY))) == ["B-01", "B-02", "C-01"]


@pytest.mark.parametrize(
    ("strength", "floor", "kept"),
    [("must", False, True), ("may", True, True), ("strive", False, False), ("in_principle", False, False)],
)
def test_floors_and_upper_musts_stand_beside_the_answer(strength: str, floor: bool, kept: bool) -> None:
    upper = provision("national", "C-01", "plan_consent", consent("2/3"), strength=strength, floor=floor)
    layers = Layers((book("city", provision("city", "B-01", "plan_consent", consent("4/5"))), book("national", upper)))
    assert ids(layers.uppers("plan_consent", DAY)) == (["C-01"] if kept else [])


def test_nothing_stands_above_the_only_answer() -> None:
    layers = Layers((book("city"), book("national", provision("national", "C-01", "statement", floor=True))))
    assert ids(layers.governing("statement", DAY)) == ["C-01"]
    assert layers.uppers("statement", DAY) == ()
    assert layers.uppers("vote", DAY) == ()


@pytest.mark.parametrize(
    ("limits", "applies"),
    [
        ({}, True),
        ({"in_force_from": DAY}, True),
        ({"in_force_from": TOMORROW}, False),
        ({"in_force_until": DAY}, True),
        ({"in_force_until": YESTERDAY}, False),
    ],
)
def test_both_ends_of_the_time_in_force_are_included(limits: dict[str, Any], applies: bool) -> None:
    layers = Layers((book("city", provision("city", "B-01", "statement", **limits)),))
    assert bool(layers.governing("statement", DAY)) is applies


def test_a_document_not_yet_in_force_leaves_the_answer_to_the_one_above() -> None:
    layers = Layers(
        (
            book("city", provision("city", "B-01", "statement", in_force_from=TOMORROW)),
            book("national", provision("national", "C-01", "statement")),
        )
    )
    assert ids(layers.governing("statement", DAY)) == ["C-01"]
    assert ids(layers.governing("statement", TOMORROW)) == ["B-01"]


def on(matter: str) -> Any:
    return lambda p: matter in p.params.matters


@pytest.mark.rule("LZ-04")
@pytest.mark.rule("N-01")
def test_liuzhou_answers_for_the_scheme_and_the_statute_for_the_fund() -> None:
    layers = load_library(BUNDLED).layers("liuzhou")
    assert ids(layers.governing("vote", DAY, on("scheme"))) == ["LZ-04"]
    assert ids(layers.uppers("vote", DAY, on("scheme"))) == ["N-01"]
    (fund,) = layers.governing("vote", DAY, on("use_maintenance_fund"))
    assert (fund.rule_id, str(fund.params.agreement_area.more_than)) == ("N-01", "1/2")
    (operate,) = layers.governing("vote", DAY, on("operate_common_parts"))
    assert (operate.rule_id, str(operate.params.agreement_area.at_least)) == ("N-01", "3/4")


@pytest.mark.rule("LZ-16")
def test_liuzhou_speaks_from_the_day_of_its_document() -> None:
    layers = load_library(BUNDLED).layers("liuzhou")
    assert layers.governing("funding_share", dt.date(2022, 1, 13)) == ()
    assert ids(layers.governing("funding_share", dt.date(2022, 1, 14))) == ["LZ-16"]


@pytest.mark.rule("JX-01")
def test_a_document_without_a_date_has_no_lower_bound() -> None:
    layers = load_library(BUNDLED).layers("jiangxi")
    assert ids(layers.governing("exclusions", dt.date(2019, 1, 1))) == ["JX-01"]
    assert layers.governing("funding_share", DAY) == ()


@pytest.mark.rule("N-01")
def test_the_statute_of_2021_does_not_speak_in_2020() -> None:
    layers = load_library(BUNDLED).layers("jiangxi")
    assert layers.governing("vote", dt.date(2020, 12, 31)) == ()
    assert ids(layers.governing("vote", dt.date(2021, 1, 1))) == ["N-01", "N-01"]


def test_a_rule_is_found_in_the_layer_that_holds_it() -> None:
    layers = load_library(BUNDLED).layers("liuzhou")
    found = layers.rule("N-03")
    assert found is not None and found[0].document.place == "national" and found[1].id == "N-03"
    assert layers.rule("JX-01") is None
