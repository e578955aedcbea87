"""Small rulebooks made in a test: a province over a county, with the provisions that the test is about."""

import datetime as dt
from typing import Any

from policies.kinds import KINDS
from policies.layers import Layers
from policies.load import BUNDLED, load_library
from policies.model import Document, Provision, Rule, Rulebook

DAY = dt.date(2026, 3, 1)
LIBRARY = load_library(BUNDLED)


def place(name: str) -> Layers:
    """A bundled rulebook with what lies under it."""
    return LIBRARY.layers(name)


def provision(place: str, rule_id: str, kind: str, params: dict[str, Any], **more: Any) -> Provision:
    """A provision of ``kind``; strength must unless said."""
    return Provision(
        **{"clause": "一", "quote": "原文", "strength": "must", **more},
        rule_id=rule_id,
        place=place,
        kind=kind,
        params=KINDS[kind].model_validate(params),
    )


def book(name: str, *provisions: Provision, level: str = "county") -> Rulebook:
    """A rulebook of one rule per provision's rule ID."""
    ids = dict.fromkeys(p.rule_id for p in provisions)
    rules = tuple(
        Rule(id=i, topic="baseline", title=i, does="", provisions=tuple(p for p in provisions if p.rule_id == i))
        for i in ids
    )
    document = Document(
        place=name, place_name=name, short=name, title=name, issuer="", level=level, transcribed_on=dt.date(2026, 1, 1)
    )
    return Rulebook(document=document, rules=rules, revision=name)


def over(county: list[Provision], province: list[Provision]) -> Layers:
    """A county's provisions lying over a province's."""
    return Layers((book("county", *county), book("province", *province, level="province")))
