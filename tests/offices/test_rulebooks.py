"""The library of rulebooks: a city's own, its mistakes, and revisions that are kept for ever."""

import os
from pathlib import Path
from typing import Any

import pytest

from offices import rulebooks
from offices.checks import check_rulebooks
from offices.demonstration import Offices
from offices.messages import inbox
from offices.models import RulebookRevision, User
from policies.load import RulebookError, load_library
from policies.refusal import Refused
from tests.cast import AT

OWN = """
document:
  place: liunan
  place_name: 柳南区
  short: 柳南
  title: 柳南区老旧小区改造实施细则
  issuer: 柳南区人民政府
  level: county
  lies_over: liuzhou
  transcribed_on: 2026-01-05
rules:
- id: LN-01
  topic: owners
  title: 居民同意
  does: 纳入计划前核对。
  provisions:
  - kind: plan_consent
    clause: 一
    quote: {share}以上居民同意
    strength: must
    params: {{share: {{at_least: "{share}"}}, of: households, of_words: 小区总户数}}
"""


@pytest.fixture
def folder(offices: Offices, tmp_path: Path) -> Path:
    """The city's own folder."""
    place = tmp_path / "rulebooks"
    place.mkdir()
    rulebooks._state["library"] = None
    return place


_clock = iter(range(1_700_000_000, 1_800_000_000, 10))


def write(folder: Path, text: str) -> None:
    """Save the city's own file (with a later time each, as a file system would)."""
    file = folder / "liunan.yaml"
    file.write_text(text, encoding="utf-8")
    moment = next(_clock)
    os.utime(file, (moment, moment))


def share_asked() -> str:
    """What the place asks for now."""
    rule = rulebooks.library().layers("liunan").rule("LN-01")
    assert rule is not None
    return str(rule[1].provisions[0].params.share.share)


def test_a_citys_own_rulebook_is_in_force_without_a_restart(folder: Path) -> None:
    assert "liunan" not in rulebooks.library()
    write(folder, OWN.format(share="4/5"))
    assert share_asked() == "4/5"
    write(folder, OWN.format(share="9/10"))
    assert share_asked() == "9/10"


def test_a_malformed_one_leaves_the_last_good_one_in_force_and_raises_an_alarm(folder: Path, offices: Offices) -> None:
    write(folder, OWN.format(share="4/5"))
    rulebooks.watch(at=AT)
    write(folder, OWN.format(share="4/5").replace("plan_consent", "no_such_kind"))
    assert share_asked() == "4/5"
    (alarm,) = rulebooks.alarms()
    assert "liunan.yaml" in alarm and "LN-01" in alarm and "no_such_kind" in alarm
    rulebooks.watch(at=AT)
    rulebooks.watch(at=AT)
    admin = User.objects.get(username="liuzhou.system_admin")
    assert [m.title for m in inbox(admin)] == ["规则库文件有错误，仍按上一次正确的版本执行"]
    # the next process starts from the table
    rulebooks._state["library"] = None
    assert share_asked() == "4/5"
    write(folder, OWN.format(share="3/4"))
    assert share_asked() == "3/4" and rulebooks.alarms() == ()


def test_every_revision_is_kept_and_a_project_can_go_back_to_its_own(folder: Path, offices: Offices) -> None:
    write(folder, OWN.format(share="4/5"))
    rulebooks.watch(at=AT)
    pinned = rulebooks.library().layers("liunan")
    write(folder, OWN.format(share="9/10"))
    rulebooks.watch(at=AT)
    assert RulebookRevision.objects.filter(place="liunan").count() == 2
    again = rulebooks.pinned(pinned.revision)
    assert again == pinned and again is not pinned
    assert rulebooks.pinned("0" * 64) is None


def test_bundled_revisions_survive_being_stored_and_read_back(db: None) -> None:
    for book in rulebooks.bundled():
        again = rulebooks.revive(RulebookRevision.objects.get(revision=book.revision).content)
        assert again.model_dump(mode="json") == book.model_dump(mode="json")
        # Every typed parameter is the same value; a statement's free figures are JSON (its keys are texts).
        asked = [[p for r in one.rules for p in r.provisions if p.kind != "statement"] for one in (again, book)]
        assert asked[0] == asked[1] and asked[0]


def test_a_place_never_loses_its_rules_silently(folder: Path, offices: Offices) -> None:
    county = offices.divisions["城中区"]
    county.governed_by = "liunan"
    with pytest.raises(Refused, match="liunan"):
        rulebooks.layers_of(county)
    county.governed_by = ""
    assert rulebooks.layers_of(county).place == "national"


def test_a_malformed_bundled_rulebook_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "national.yaml").write_text("document: {place: national}\n")

    def broken(*_: Any) -> Any:
        return load_library(tmp_path)

    assert check_rulebooks(None) == []
    monkeypatch.setattr(rulebooks, "bundled", broken)
    (found,) = check_rulebooks(None)
    assert "national.yaml" in found.msg and "缺少" in found.msg
    with pytest.raises(RulebookError):
        broken()
