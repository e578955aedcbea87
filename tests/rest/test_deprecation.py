"""What will end is said in every answer that it touches, a year ahead at least, and ``/api/v1/`` loses nothing meanwhile."""

import datetime as dt

import pytest
from rest_framework.test import APIClient

from renovation.dictionary import CONTRACT, promises
from rest import deprecation
from rest.deprecation import Ending

WHOLE = Ending("bodies", dt.date(2026, 3, 1), dt.date(2027, 6, 1), "改用 divisions")
COLUMN = Ending("divisions.short_name", dt.date(2026, 3, 1), dt.date(2027, 3, 1), "改用 name")


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource and a column that end."""
    monkeypatch.setattr(deprecation, "_ENDINGS", [])
    deprecation.declare(WHOLE)
    deprecation.declare(COLUMN)


@pytest.mark.django_db
def test_an_answer_says_what_of_it_ends_and_when(declared: None) -> None:
    anyone = APIClient()
    for path in ("bodies/", "bodies/export/?format=csv", "bodies/?fields=uid"):
        answer = anyone.get(f"/api/v1/{path}")
        assert answer.status_code == 200
        assert answer["Deprecation"] == "@1772323200" and answer["Sunset"] == "Tue, 01 Jun 2027 00:00:00 GMT"
        assert 'rel="deprecation"' in answer["Link"]
    assert anyone.get("/api/v1/divisions/")["Sunset"] == "Mon, 01 Mar 2027 00:00:00 GMT"
    assert anyone.get("/api/v1/divisions/?fields=uid,short_name").has_header("Sunset")
    assert not anyone.get("/api/v1/divisions/?fields=uid").has_header("Sunset"), "who does not read it need not care"
    assert not anyone.get("/api/v1/projects/").has_header("Deprecation")
    tag = anyone.get("/api/v1/bodies/")["ETag"]
    still = anyone.get("/api/v1/bodies/", headers={"If-None-Match": tag})
    assert still.status_code == 304 and still.has_header("Deprecation")


@pytest.mark.django_db
def test_the_list_of_endings_is_served(declared: None) -> None:
    found = APIClient().get("/api/v1/deprecations/").json()
    assert [row["what"] for row in found] == ["divisions.short_name", "bodies"]
    assert found[0] == {
        "what": "divisions.short_name",
        "since": "2026-03-01",
        "until": "2027-03-01",
        "instead": "改用 name",
    }


def test_nobody_gets_less_than_a_year(declared: None) -> None:
    with pytest.raises(ValueError, match="less than a year"):
        deprecation.declare(Ending("votes", dt.date(2026, 3, 1), dt.date(2027, 2, 1), "x"))


def test_no_operation_and_no_column_that_was_promised_is_gone() -> None:
    """``contract-v1.txt`` only grows: what a program once found under /api/v1/ stays. New lines are added with what they promise."""
    promised = set(CONTRACT.read_text(encoding="utf-8").split("\n")) - {""}
    now = promises()
    assert promised - now == set(), "programs read this: declare its end in rest.deprecation and keep it for a year"
    assert now - promised == set(), "run manage.py dictionary: what is new is promised from now on"
