"""OpenAPI of the base classes and of the whole interface: valid 3.1, without a warning, and true."""

from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from tests.rest import site
from tests.rest.conftest import City, make_community


def generate(**kwargs: Any) -> tuple[dict[str, Any], list[str]]:
    """The document and what the generator complained of."""
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        document = SchemaGenerator(**kwargs).get_schema(request=None, public=True)
    return document, [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    """The document of the small site."""
    return generate(patterns=site.urlpatterns)[0]


def names(operation: dict[str, Any]) -> set[str]:
    """Names of an operation's parameters."""
    return {parameter["name"] for parameter in operation["parameters"]}


def test_a_list_says_what_it_takes(small: dict[str, Any]) -> None:
    listing = small["paths"]["/api/v1/communities/"]["get"]
    assert names(listing) == {
        "cursor", "page_size", "ordering", "fields", "If-None-Match", "household_count", "surveyed_on", "division", "updated_after"
    }  # fmt: skip
    ordering = next(item for item in listing["parameters"] if item["name"] == "ordering")
    assert "-household_count" in ordering["schema"]["enum"]
    assert names(small["paths"]["/api/v1/communities/export/"]["get"]) >= {"format", "fields", "household_count"}


def test_a_change_says_what_it_asks_for(small: dict[str, Any]) -> None:
    assert "Idempotency-Key" in names(small["paths"]["/api/v1/communities/"]["post"])
    patch = small["paths"]["/api/v1/communities/{uid}/"]["patch"]
    assert next(item for item in patch["parameters"] if item["name"] == "If-Match")["required"]
    assert patch["responses"]["default"]["content"].keys() == {"application/problem+json"}


def test_money_and_shares_are_documented_as_they_are(small: dict[str, Any]) -> None:
    area = small["components"]["schemas"]["Community"]["properties"]["floor_area"]
    assert "string" in area["type"]


@pytest.mark.urls("tests.rest.site")
def test_every_answer_of_the_small_site_is_as_documented(small: dict[str, Any], clerk: APIClient, city: City) -> None:
    row = make_community("甲", city.north, floor_area=5)
    documented = small["components"]["schemas"]["Community"]
    answer = clerk.get(f"/api/v1/communities/{row.uid}/").json()
    assert answer.keys() == documented["properties"].keys()
    problem = clerk.get("/api/v1/communities/?x=1").json()
    assert problem.keys() <= small["components"]["schemas"]["Problem"]["properties"].keys()


def test_the_whole_interface_is_valid_openapi_without_a_warning() -> None:
    document, complaints = generate()
    assert document["openapi"].startswith("3.1")
    validate_schema(document)
    assert complaints == []
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids)) > 5


def test_the_document_is_served(anyone: APIClient, db: None) -> None:
    answer = anyone.get("/api/v1/schema/")
    assert answer.status_code == 200 and answer.json()["openapi"].startswith("3.1")
    assert anyone.get("/api/v1/schema/", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_swagger_needs_no_exception_from_the_policy(anyone: APIClient, db: None) -> None:
    page = anyone.get("/api/v1/docs/")
    text = page.content.decode()
    assert page.status_code == 200 and "<style" not in text and "style=" not in text
    assert all("src=" in part.split(">")[0] for part in text.split("<script")[1:])
    assert "unsafe" not in page["Content-Security-Policy"]
    script = anyone.get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript") and "/api/v1/schema/" in script.content.decode()
    assert '"validatorUrl": null' in script.content.decode() and "http" not in text.replace("http-equiv", "")


@pytest.mark.django_db
def test_a_program_that_asks_for_plain_json_gets_the_schema(client: APIClient) -> None:
    answer = client.get("/api/v1/schema/", headers={"accept": "application/json"})
    assert answer.status_code == 200 and answer["content-type"].startswith("application/json")
    assert answer.json()["openapi"].startswith("3.1")
