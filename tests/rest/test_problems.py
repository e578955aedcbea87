"""Every no is a problem answer, and limits say how one stands."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from rest_framework.test import APIClient

from policies import refusal
from rest import catalogue, problems, throttling
from rest.serializers import percent, share
from tests.rest.conftest import City, make_community

pytestmark = pytest.mark.urls("tests.rest.site")
LIST = "/api/v1/communities/"
MEMBERS = {"type", "title", "status", "detail", "code", "errors"}


def check(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Hold an answer against the form of problems; returns it."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert MEMBERS <= found.keys() and found["status"] == status and found["code"] == code
    assert found["type"] == f"/api/v1/errors/{code}/"
    entry = catalogue.find(code)
    assert entry is not None and found["title"] == entry.title
    assert any("\u4e00" <= character <= "\u9fff" for character in found["detail"]), found["detail"]
    return found


def test_http_itself(clerk: APIClient, anyone: APIClient, city: City) -> None:
    check(anyone.get("/api/v1/nothing/"), 404, "not_found")
    check(anyone.get(f"{LIST}00000000-0000-4000-8000-000000000000/"), 404, "not_found")
    check(anyone.get(f"{LIST}7/"), 404, "not_found")
    check(clerk.put(LIST, {}), 405, "method_not_allowed")
    check(anyone.get(LIST, headers={"Accept": "text/html"}), 406, "not_acceptable")
    check(clerk.generic("POST", LIST, "<a/>", content_type="application/xml"), 415, "unsupported_media_type")
    assert "secret" not in str(check(anyone.get("/api/v1/broken/"), 500, "internal"))


def test_a_rule_that_refuses_is_cited_with_what_is_missing(clerk: APIClient, city: City) -> None:
    answer = clerk.post(LIST, {"name": "不可", "division": str(city.north.uid)})
    found = check(answer, 409, "rule")
    assert found["rule"] == {
        "id": "RC-07",
        "document": "改造实施方案",
        "document_number": "芮政办发〔2022〕23号",
        "clause": "二(三)1",
        "quote": "80%以上",
        "strength": "must",
        "reading": "",
    }
    assert found["missing"] == ["还差 12 户"]
    assert [item["text"] for item in found["reasons"]] == ["同意户不足", "没有公示"]
    assert found["reasons"][1]["rule"] is None


def test_an_action_says_no_in_its_own_words(clerk: APIClient, city: City) -> None:
    row = make_community("甲", city.north)
    url = f"{LIST}{row.uid}/close/"
    assert (
        check(clerk.post(f"{url}?why=forbidden", headers={"If-Match": "*"}), 403, "forbidden")["detail"]
        == "只有负责人可以。"
    )
    assert check(clerk.post(f"{url}?why=invalid", headers={"If-Match": "*"}), 400, "invalid")["errors"] == {
        "B3": ["不是数字"]
    }
    check(clerk.post(f"{url}?because=invalid", headers={"If-Match": "*"}), 400, "unknown_parameter")
    check(clerk.post(f"{url}?why=invalid"), 428, "precondition_required")


def test_what_the_database_or_a_model_refuses() -> None:
    conflict = problems.describe(IntegrityError("UNIQUE"))
    assert conflict and (conflict["status"], conflict["code"]) == (409, "conflict") and "UNIQUE" not in str(conflict)
    named = problems.describe(ValidationError({"floor_area": ["最多两位小数"]}))
    assert named and (named["status"], named["errors"]) == (400, {"floor_area": ["最多两位小数"]})
    assert problems.describe(ZeroDivisionError()) is None


def test_every_refusal_has_its_entry_in_the_catalogue() -> None:
    def below(kind: type[refusal.Refused]) -> list[type[refusal.Refused]]:
        return [kind, *(inner for child in kind.__subclasses__() for inner in below(child))]

    for kind in below(refusal.Refused):
        entry = catalogue.find(kind.code)
        assert entry is not None and entry.status == kind.status, kind
    with pytest.raises(ValueError):
        catalogue.register("stale", 412, "另一个意思", "")


def test_nested_errors_are_named_by_path() -> None:
    detail = {"homes": [{}, {"area": ["须大于零"]}], "name": ["必填"]}
    assert problems.flatten(detail) == {"homes[1].area": ["须大于零"], "name": ["必填"]}
    assert problems.flatten(["不完整"]) == {"non_field_errors": ["不完整"]}


def test_a_limit_is_said_and_then_held(anyone: APIClient, clerk: APIClient, city: City, settings: Any) -> None:
    settings.REST = {**settings.REST, "RATE_ANONYMOUS": 2, "RATE_KNOWN": 5, "RATE_WINDOW": 3600}
    throttling.counter.cache_clear()
    left = [anyone.get(LIST)["RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    stopped = anyone.get(LIST)
    check(stopped, 429, "throttled")
    assert stopped["RateLimit-Limit"] == "2" and 0 < int(stopped["Retry-After"]) <= 3600
    assert int(stopped["RateLimit-Reset"]) == int(stopped["Retry-After"])
    assert clerk.get(LIST)["RateLimit-Limit"] == "5"
    assert anyone.get(LIST, REMOTE_ADDR="2001:db8::1").status_code == 200
    assert anyone.get(LIST, REMOTE_ADDR="2001:db8::2")["RateLimit-Remaining"] == "0"
    forged = anyone.get(LIST, headers={"X-Forwarded-For": "198.51.100.7"})
    assert forged.status_code == 429
    throttling.counter.cache_clear()


def test_guessed_keys_are_counted(anyone: APIClient, db: None, settings: Any) -> None:
    settings.REST = {**settings.REST, "RATE_ANONYMOUS": 2, "RATE_WINDOW": 3600}
    throttling.counter.cache_clear()
    answers = [anyone.get("/api/v1/guarded/") for _ in range(3)]
    check(answers[0], 401, "unauthenticated")
    assert answers[0]["WWW-Authenticate"] == "Bearer"
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    throttling.counter.cache_clear()


def test_a_redis_that_is_down_stops_nobody(tmp_path: Any) -> None:
    counter = throttling.counter(f"redis+socket://{tmp_path}/none.sock?virtual_host=0")
    assert [counter.hit("a", 1, 60) for _ in range(3)] == [1, 2, 3]
    assert counter.hit("a", 2, 60) == 1
    assert throttling.plain_url("redis+socket:///run/v.sock?virtual_host=3") == "unix:///run/v.sock?db=3"


def test_a_percentage_never_reaches_a_threshold_by_rounding() -> None:
    assert percent(79996, 100000) == "79.99"
    assert percent(2, 3) == "66.66"
    assert percent(4, 5) == "80.00"
    assert percent(-1, 3) == "-33.33"
    assert percent(1, 0) is None
    assert share(2, 3) == {"numerator": 2, "denominator": 3, "percent": "66.66"}


def test_the_catalogue_in_the_manual_is_the_one_in_force() -> None:
    manual = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text()
    for entry in catalogue.entries():
        assert f"| `{entry.code}` | {entry.status} | {entry.title} | {entry.meaning} |" in manual
