"""Rulebooks, rules, comparison and answers over HTTP, without a key."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rest_framework.test import APIClient

from policies.load import BUNDLED, SafeLoader, load_library
from policies.model import Rulebook
from rest import catalogue

pytestmark = pytest.mark.django_db
LIBRARY = load_library(BUNDLED)
EXAMPLES = Path(__file__).parent.parent / "examples"


@pytest.mark.parametrize("book", list(LIBRARY), ids=lambda book: book.document.place)
def test_a_rulebook_shows_its_document_and_what_it_leaves_out(anyone: APIClient, book: Rulebook) -> None:
    place = book.document.place
    found = anyone.get(f"/api/v1/rulebooks/{place}/").json()
    assert (found["title"], found["number"], found["revision"]) == (
        book.document.title,
        book.document.number,
        book.revision,
    )
    assert [item["name"] for item in found["not_included"]] == [item.name for item in book.document.not_included]
    assert [layer["place"] for layer in found["layers"]] == [
        layer.document.place for layer in LIBRARY.layers(place).books
    ]
    assert found["rules"] == [rule.id for rule in book.rules] and found["rule_count"] == len(book.rules)
    for name, part in (("catalogue", book.catalogue), ("bodies", book.bodies)):
        assert anyone.get(f"/api/v1/rulebooks/{place}/{name}/").status_code == (200 if part else 404)


def test_a_catalogue_holds_every_item(anyone: APIClient) -> None:
    book = next(book for book in LIBRARY if book.catalogue)
    assert book.catalogue
    found = anyone.get(f"/api/v1/rulebooks/{book.document.place}/catalogue/").json()
    assert [(item["name"], item["item_class"], item["within"]) for item in found["items"]] == [
        (item.name, item.item_class, item.within) for item in book.catalogue.items
    ]


def test_every_provision_is_there_word_for_word(anyone: APIClient) -> None:
    met: dict[tuple[str, str], Any] = {}
    following = "/api/v1/rules/?page_size=50"
    while following:
        page = anyone.get(following).json()
        met |= {(row["place"], row["id"]): row for row in page["results"]}
        following = page["next"]
    assert met.keys() == {(book.document.place, rule.id) for book in LIBRARY for rule in book.rules}
    for book in LIBRARY:
        for rule in book.rules:
            shown = met[book.document.place, rule.id]["provisions"]
            assert [(item["clause"], item["quote"], item["strength"], item["kind"]) for item in shown] == [
                (item.clause, item.quote, item.strength, item.kind) for item in rule.provisions
            ]


@pytest.mark.parametrize(
    "query", ["place=liuzhou", "topic=money", "strength=strive", "kind=deadline", "id=LZ-04", "in_force_on=2022-01-13"]
)
def test_rules_are_filtered(anyone: APIClient, query: str) -> None:
    name, value = query.split("=")
    found = {row["id"] for row in anyone.get(f"/api/v1/rules/?page_size=500&fields=id&{query}").json()["results"]}
    expected = set()
    for book in LIBRARY:
        for rule in book.rules:
            match = {
                "place": book.document.place == value,
                "topic": rule.topic == value,
                "id": rule.id == value,
                "strength": any(item.strength == value for item in rule.provisions),
                "kind": any(item.kind == value for item in rule.provisions),
                "in_force_on": any(str(item.in_force_from or "") <= value for item in rule.provisions),
            }
            if match[name]:
                expected.add(rule.id)
    assert found == expected != set()


@pytest.mark.parametrize(
    "query", ["place=beijing", "topic=x", "kind=x", "strength=x", "in_force_on=2026-02-30", "place=liuzhou&place=yulin"]
)
def test_a_malformed_filter_is_refused(anyone: APIClient, query: str) -> None:
    answer = anyone.get(f"/api/v1/rules/?{query}")
    assert answer.status_code == 400 and query.split("=")[0] in answer.json()["errors"]


@pytest.mark.rule("LZ-04")
@pytest.mark.rule("RC-07")
def test_two_places_are_compared_by_what_governs_them(anyone: APIClient) -> None:
    url = "/api/v1/rules/compare/?left=liuzhou&right=ruicheng&day=2026-03-01"
    rows = {row["kind"]: row for row in anyone.get(url).json()}
    assert rows["vote"]["left"]["rules"] == ["LZ-04"]
    assert rows["vote"]["left"]["provisions"][0]["params"]["agreement_area"] == {"at_least": "3/4", "more_than": None}
    assert rows["plan_consent"]["left"] == {"place": None, "rules": [], "provisions": []}
    assert rows["plan_consent"]["right"]["provisions"][0]["params"]["share"] == {"at_least": "4/5", "more_than": None}
    assert not rows["plan_consent"]["same"]
    alike = anyone.get("/api/v1/rules/compare/?left=liuzhou&right=liuzhou").json()
    assert alike and all(row["same"] for row in alike)


def test_a_comparison_needs_two_places(anyone: APIClient) -> None:
    assert "right" in anyone.get("/api/v1/rules/compare/?left=liuzhou").json()["errors"]


def cases() -> list[Any]:
    """One worked example of each question of each file."""
    found: dict[str, Any] = {}
    for file in sorted(EXAMPLES.glob("*.yaml")):
        for case in yaml.load(file.read_text(), Loader=SafeLoader):
            found.setdefault(case["question"], case)
    return list(found.values())


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["question"])
def test_ask_answers_as_the_worked_examples_expect(anyone: APIClient, case: dict[str, Any]) -> None:
    given = {name: case[name] for name in ("question", "rulebook")} | {"day": str(case["day"])}
    answer = anyone.get("/api/v1/ask/", {**given, "input": json.dumps(case["input"], default=str)})
    assert answer.status_code == 200, answer.content
    came = answer.json()["answer"]
    expected = json.loads(json.dumps(case["expect"], default=str))
    assert {name: came[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"question": "x"}, "question"),
        ({"rulebook": "x"}, "rulebook"),
        ({"day": "1.3.2026"}, "day"),
        ({"input": '{"households": "many", "agreeing": 1}'}, "input.households"),
        ({"input": '{"households": 1}'}, "input.agreeing"),
        ({"input": '{"households": 1, "agreeing": 1, "more": 1}'}, "input.more"),
        ({"input": '{"households": 1, "agreeing": 1.5}'}, "input.agreeing"),
        ({"input": '{"households": "\\u0000", "agreeing": 1}'}, "households"),
    ],
)
def test_a_question_not_understood_is_named(anyone: APIClient, query: dict[str, str], field: str) -> None:
    good = {
        "question": "plan_consent",
        "rulebook": "ruicheng",
        "day": "2026-03-01",
        "input": '{"households": 10, "agreeing": 8}',
    }
    assert anyone.get("/api/v1/ask/", good).json()["answer"]["passed"] is True
    answer = anyone.get("/api/v1/ask/", good | query)
    assert answer.status_code == 400 and field in answer.json()["errors"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "[" * 5000])
def test_an_input_that_is_no_object_is_400(anyone: APIClient, text: str) -> None:
    answer = anyone.get("/api/v1/ask/", {"question": "plan_consent", "rulebook": "ruicheng", "input": text})
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"


def test_the_catalogue_is_served_and_types_point_to_it(anyone: APIClient) -> None:
    assert [row["code"] for row in anyone.get("/api/v1/errors/").json()] == [
        entry.code for entry in catalogue.entries()
    ]
    problem = anyone.get("/api/v1/rules/?x=1").json()
    assert anyone.get(problem["type"]).json()["code"] == problem["code"]


def test_the_root_lists_addresses_that_answer(anyone: APIClient) -> None:
    listed = anyone.get("/api/v1/").json()
    assert {"rulebooks", "rules", "ask", "errors", "schema", "docs"} <= listed.keys()
    for address in listed.values():
        assert anyone.get(address).status_code in {200, 400, 401, 403}, address


def test_a_forgotten_slash_leads_readers_on_and_warns_writers(anyone: APIClient) -> None:
    assert anyone.get("/api/v1/rules?id=LZ-04")["Location"] == "/api/v1/rules/?id=LZ-04"
    assert "/" in anyone.post("/api/v1/rules", {}).json()["detail"]
    assert anyone.get("/api/v1/nothing/at/all").status_code == 404
