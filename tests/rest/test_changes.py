"""If-Match, Idempotency-Key and what a body may not hold."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from communities.models import Community
from rest import idempotency
from rest.models import IdempotencyKey
from tests.rest.conftest import City, make_community

pytestmark = pytest.mark.urls("tests.rest.site")
LIST = "/api/v1/communities/"


def body(city: City, **more: Any) -> dict[str, Any]:
    """A new community."""
    return {"name": "新村", "division": str(city.north.uid), "floor_area": "4541.27", **more}


def test_an_unchanged_detail_and_list_are_304(clerk: APIClient, city: City) -> None:
    row = make_community("甲", city.north)
    for url in (f"{LIST}{row.uid}/", LIST):
        first = clerk.get(url)
        again = clerk.get(url, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert clerk.get(url, headers={"If-None-Match": f"W/{first['ETag']}"}).status_code == 304
    Community.objects.update(name="乙")
    assert clerk.get(LIST, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_columns_picked_have_an_etag_of_their_own(clerk: APIClient, city: City) -> None:
    row = make_community("甲", city.north)
    whole = clerk.get(f"{LIST}{row.uid}/")["ETag"]
    assert clerk.get(f"{LIST}{row.uid}/?fields=name", headers={"If-None-Match": whole}).status_code == 200


def test_a_change_needs_the_version_that_was_seen(clerk: APIClient, city: City) -> None:
    row = make_community("甲", city.north)
    url = f"{LIST}{row.uid}/"
    seen = clerk.get(url)["ETag"]
    assert clerk.patch(url, {"name": "乙"}).json()["code"] == "precondition_required"
    changed = clerk.patch(url, {"name": "乙"}, headers={"If-Match": f"W/{seen}"})
    assert changed.status_code == 200 and changed.json()["name"] == "乙"
    stale = clerk.patch(url, {"name": "丙"}, headers={"If-Match": seen})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert clerk.patch(url, {"name": "丁"}, headers={"If-Match": changed["ETag"]}).status_code == 200
    row.refresh_from_db()
    assert (row.name, row.version) == ("丁", 3)


@pytest.mark.parametrize(
    "tag", ['"x"', "", "garbage", '"{uid}.2.0"', '"{uid}"', '"00000000000000000000000000000000.1.0"']
)
def test_a_tag_that_is_not_this_version_is_stale(clerk: APIClient, city: City, tag: str) -> None:
    row = make_community("甲", city.north)
    answer = clerk.patch(f"{LIST}{row.uid}/", {"name": "乙"}, headers={"If-Match": tag.format(uid=row.uid.hex)})
    assert answer.status_code == 412
    assert Community.objects.get().name == "甲"


def test_the_same_key_and_body_act_once_and_are_answered_alike(clerk: APIClient, city: City) -> None:
    first = clerk.post(LIST, body(city), headers={"Idempotency-Key": "k-1"})
    again = clerk.post(LIST, dict(reversed(body(city).items())), headers={"Idempotency-Key": "k-1"})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json() and first["Location"] == again["Location"]
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert Community.objects.count() == 1


def test_the_same_key_with_another_request_is_422(clerk: APIClient, city: City) -> None:
    clerk.post(LIST, body(city), headers={"Idempotency-Key": "k-1"})
    for url, other in ((LIST, body(city, name="别村")), ("/api/v1/plain/", body(city))):
        answer = clerk.post(url, other, headers={"Idempotency-Key": "k-1"})
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")
    assert Community.objects.count() == 1


def test_a_key_belongs_to_its_actor(clerk: APIClient, city: City) -> None:
    clerk.post(LIST, body(city), headers={"Idempotency-Key": "k-1"})
    other = APIClient()
    other.force_login(type(city.clerk).objects.create(username="chief", is_superuser=True))
    assert other.post(LIST, body(city, name="别村"), headers={"Idempotency-Key": "k-1"}).status_code == 201


def test_a_refusal_changes_nothing_and_frees_the_key(clerk: APIClient, city: City) -> None:
    refused = clerk.post(LIST, body(city, name="不可"), headers={"Idempotency-Key": "k-1"})
    assert refused.status_code == 409
    assert not Community.objects.exists() and not IdempotencyKey.objects.exists()
    assert clerk.post(LIST, body(city), headers={"Idempotency-Key": "k-1"}).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "k" * 129, "键", "a\tb"])
def test_a_key_that_is_no_key_is_refused(clerk: APIClient, city: City, key: str) -> None:
    answer = clerk.post(LIST, body(city), headers={"Idempotency-Key": key})
    assert answer.status_code == 400 and "Idempotency-Key" in answer.json()["errors"]


def test_old_keys_are_swept(clerk: APIClient, city: City) -> None:
    clerk.post(LIST, body(city), headers={"Idempotency-Key": "k-1"})
    assert idempotency.sweep(at=timezone.now() + dt.timedelta(days=6)) == 0
    assert idempotency.sweep(at=timezone.now() + dt.timedelta(days=8)) == 1


def send(client: APIClient, raw: str | bytes) -> Any:
    """A raw JSON body."""
    return client.generic("POST", LIST, raw, content_type="application/json")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ('{"name": "a\\u0000b"}', "bad_character"),
        ('{"na\\u0000me": "a"}', "bad_character"),
        ('{"name": "\\ud800"}', "bad_character"),
        ('{"tags": ' + "[" * 21 + "]" * 21 + "}", "too_deep"),
        ("[" * 100_000 + "]" * 100_000, "too_deep"),
        ('{"name": ', "malformed_json"),
        ('{"floor_area": NaN}', "malformed_json"),
        ('{"floor_area": ' + "9" * 5000 + "}", "malformed_json"),
        (b'{"name": "\xff"}', "malformed_json"),
        ("", "invalid"),
        (" ", "malformed_json"),
        ("[1, 2]", "invalid"),
        ('"text"', "invalid"),
        ("null", "invalid"),
    ],
)
def test_a_bad_body_is_400_and_changes_nothing(clerk: APIClient, city: City, raw: str | bytes, code: str) -> None:
    answer = send(clerk, raw)
    assert answer.status_code == 400, answer.content
    assert (answer["Content-Type"], answer.json()["code"]) == ("application/problem+json", code)
    assert not Community.objects.exists()


def test_twenty_levels_are_enough_for_anyone(clerk: APIClient, city: City) -> None:
    assert send(clerk, json.dumps(body(city)).replace("}", ', "tags": ' + "[" * 19 + "]" * 19 + "}")).status_code == 201


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"version": 7}, "version"),
        ({"floor_area": 12.5}, "floor_area"),
        ({"floor_area": "1.234"}, "floor_area"),
        ({"floor_area": "1e99"}, "floor_area"),
        ({"name": ""}, "name"),
        ({"division": "7"}, "division"),
    ],
)
def test_a_bad_field_is_named(clerk: APIClient, city: City, more: dict[str, Any], field: str) -> None:
    answer = clerk.post(LIST, body(city, **more))
    assert answer.status_code == 400 and list(answer.json()["errors"]) == [field]


def test_a_body_beyond_the_limit_is_413(clerk: APIClient, city: City, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = send(clerk, json.dumps(body(city, name="村" * 1000)))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_nobody_unknown_writes(anyone: APIClient, city: City) -> None:
    assert anyone.post(LIST, body(city)).status_code in {401, 403}
    assert not Community.objects.exists()
