"""Keys of programs, and what the interface of the government side answers."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from offices import actions, duties, keys
from offices.clock import now
from offices.demonstration import Offices
from offices.models import ApiKey, Division, Duty, User
from policies.refusal import Forbidden, Invalid, Refused
from tests.cast import AT, TODAY


def key(user: User, *scopes: str, name: str = "平台", days: int = 30) -> tuple[ApiKey, str]:
    """A key that is made now."""
    return keys.make_key(
        by=user, at=now(), name=name, scopes=scopes or ("read:offices",), expires_at=now() + dt.timedelta(days=days)
    )


def program(token: str) -> APIClient:
    """A program that holds a key."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def clerk(offices: Offices) -> User:
    """芮城县住建局's clerk."""
    return offices.user("芮城县", "housing", "clerk")


def test_the_secret_is_kept_as_a_hash_alone(clerk: User) -> None:
    row, token = key(clerk)
    secret = token.split("_", 2)[2]
    assert secret not in str(ApiKey.objects.filter(pk=row.pk).values())
    assert program(token).get("/api/v1/deadlines/").status_code == 200


def test_a_key_that_opens_nothing_is_401(clerk: User) -> None:
    row, token = key(clerk)
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "rk_x_y", "nonsense", ""):
        assert program(wrong).get("/api/v1/deadlines/").status_code == 401
    keys.revoke_key(by=clerk, at=now(), key=row)
    assert program(token).get("/api/v1/deadlines/").status_code == 401
    expired, old = key(clerk, name="旧")
    ApiKey.objects.filter(pk=expired.pk).update(expires_at=now() - dt.timedelta(seconds=1))
    assert program(old).get("/api/v1/deadlines/").status_code == 401


def test_a_key_dies_with_its_account(clerk: User) -> None:
    _, token = key(clerk)
    actions.set_active(by=User.objects.get(username="yuncheng.security_admin"), at=AT, user=clerk, active=False)
    assert program(token).get("/api/v1/deadlines/").status_code == 401


def test_a_key_reaches_no_further_than_its_scopes(clerk: User) -> None:
    _, token = key(clerk, "read:offices")
    assert program(token).get("/api/v1/cases/").status_code == 403
    _, wider = key(clerk, "read:approvals", name="审批")
    assert program(wider).get("/api/v1/cases/").status_code == 200


def test_a_use_is_noted_at_most_once_a_minute(clerk: User, django_assert_num_queries: object) -> None:
    row, token = key(clerk)
    assert keys.find(token, at=AT) is not None
    assert keys.find(token, at=AT + dt.timedelta(seconds=30)) is not None
    row.refresh_from_db()
    assert row.last_used_at == AT
    keys.find(token, at=AT + dt.timedelta(seconds=90))
    row.refresh_from_db()
    assert row.last_used_at == AT + dt.timedelta(seconds=90)
    with django_assert_num_queries(1):  # type: ignore[operator]
        keys.find(token, at=AT + dt.timedelta(seconds=100))


def test_two_keys_of_a_purpose_live_at_once_for_rotation(clerk: User) -> None:
    first, _ = key(clerk)
    key(clerk)
    with pytest.raises(Refused) as refused:
        key(clerk)
    assert refused.value.code == "too_many_keys"
    keys.revoke_key(by=clerk, at=now(), key=first)
    key(clerk)


def test_a_key_says_what_for_how_long_and_what_it_may(clerk: User) -> None:
    for name, scopes, days, field in (
        (" ", ("read:offices",), 30, "name"), ("x", ("read:everything",), 30, "scopes"), ("x", ("read:offices",), 500, "expires_at"),
        ("x", ("read:offices",), -1, "expires_at"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            key(clerk, *scopes, name=name, days=days)
        assert field in refused.value.errors


def test_nobody_revokes_anothers_key(clerk: User, offices: Offices) -> None:
    row, _ = key(clerk)
    with pytest.raises(Forbidden):
        keys.revoke_key(by=offices.user("柳州市", "housing", "leader"), at=now(), key=row)


def test_divisions_and_bodies_are_public(offices: Offices) -> None:
    listed = APIClient().get("/api/v1/divisions/", {"code": "140830"}).json()["results"]
    assert [(row["name"], row["rulebook"], row["parent"]["name"]) for row in listed] == [
        ("芮城县", "ruicheng", "运城市")
    ]
    division = offices.divisions["城中区"]
    rows = APIClient().get("/api/v1/bodies/", {"division": str(division.uid), "kind": "housing"}).json()["results"]
    assert rows[0]["roles"] == ["county_housing", "county_leading_group_office", "county_renovation_authority"]
    assert "username" not in str(rows)


def test_a_known_caller_sees_the_whole_tree_too(clerk: User, offices: Offices) -> None:
    _, token = key(clerk)
    names = {row["name"] for row in program(token).get("/api/v1/divisions/", {"page_size": 500}).json()["results"]}
    assert len(names) == Division.objects.count()


def test_deadlines_are_public_once_their_plan_is_issued(offices: Offices) -> None:
    body = offices.body("芮城县", "housing")
    rows = [duties.Row("RC-13", "ruicheng", "start", "must", 2026, dt.date(2026, 5, 31))]

    def sync(public: bool) -> None:
        duties.sync(
            subject=body,
            title="北关小区",
            link="",
            division=body.division,
            body=body,
            rows=rows,
            at=AT,
            today=TODAY,
            public=public,
        )

    sync(False)
    uid = Duty.objects.get().uid
    assert APIClient().get(f"/api/v1/deadlines/{uid}/").status_code == 404
    client = APIClient()
    client.force_authenticate(offices.user("运城市", "housing", "clerk"))
    assert client.get(f"/api/v1/deadlines/{uid}/").json()["rule_id"] == "RC-13"
    client.force_authenticate(offices.user("柳州市", "housing", "clerk"))
    assert client.get(f"/api/v1/deadlines/{uid}/").status_code == 404
    sync(True)
    shown = APIClient().get("/api/v1/deadlines/", {"plan_year": "2026", "mark": ""}).json()["results"]
    assert [(row["subject"]["title"], row["due_on"], row["was_late"]) for row in shown] == [
        ("北关小区", "2026-05-31", False)
    ]
