"""改造对象 of a community of the register: the answer of its place's documents, beside the facts that were recorded."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from communities.models import Community, CommunityFact
from communities.rules.eligibility import BAND_LABELS, Eligibility, eligibility
from offices import rulebooks
from offices.models import Division
from policies.layers import Layers
from policies.refusal import Citation, cite
from policies.registry import answers

# Facts of a definition that are fields of the register; the others are recorded one by one (CommunityFact).
FIELD_FACTS = {"in_town": "in_town", "single_building": "single_building"}


@dataclass(frozen=True)
class FactView:
    """One fact of the document's definition; ``holds`` None: not recorded. ``words`` are the document's."""

    key: str
    words: str
    holds: bool | None
    evidence: str
    citation: Citation
    fact: CommunityFact | None = None


@dataclass(frozen=True)
class EligibilityView:
    """Answer and facts on a day."""

    answer: Eligibility
    facts: tuple[FactView, ...]
    layers: Layers

    @property
    def label(self) -> str:
        """The answer in words."""
        if self.answer.eligible is None:
            return "未作规定"
        return BAND_LABELS[self.answer.band]


def eligibility_of(community: Community, day: dt.date) -> EligibilityView:
    """Ask the documents of the community's place, lowest first, on ``day``."""
    layers = rulebooks.layers_of(community.division)
    answer = eligibility(layers, day=day, built=community.built_text, excluded=community.excluded or None)  # type: ignore[arg-type]
    return EligibilityView(answer, fact_views(community, layers, day), layers)


@answers("recorded_facts")
def fact_views(community: Community, layers: Layers, day: dt.date) -> tuple[FactView, ...]:
    """Facts that the lowest document that defines 老旧小区 names, each with what is recorded."""
    recorded = {fact.key: fact for fact in community.facts.all()}
    found = []
    for provision in layers.governing("recorded_facts", day):
        document = next(book.document for book in layers.books if book.document.place == provision.place)
        citation = cite(provision, document)
        for key, words in provision.params.facts.items():
            fact = recorded.get(key)
            holds = fact.holds if fact else _by_field(community, key)
            found.append(FactView(key, words, holds, _evidence(community, key, fact), citation, fact))
    return tuple(found)


def _by_field(community: Community, key: str) -> bool | None:
    if key in FIELD_FACTS:
        value: bool | None = getattr(community, FIELD_FACTS[key])
        return value
    if key == "built_early":
        return True if community.built_text else None
    return None


def _evidence(community: Community, key: str, fact: CommunityFact | None) -> str:
    if fact is not None:
        return fact.evidence
    return community.built_text if key == "built_early" else ""


def bands_of(communities: Iterable[Community], day: dt.date) -> dict[int, tuple[str, str]]:
    """pk → (band, label) of many communities; ``unregulated`` where no document speaks. Each place's layers are asked for once."""
    rows = list(communities)
    divisions = Division.objects.in_bulk({row.division_id for row in rows})
    layers = {pk: rulebooks.layers_of(division) for pk, division in divisions.items()}
    found: dict[int, tuple[str, str]] = {}
    for row in rows:
        answer = eligibility(layers[row.division_id], day=day, built=row.built_text, excluded=row.excluded or None)  # type: ignore[arg-type]
        if answer.eligible is None:
            found[row.pk] = ("unregulated", "未作规定")
        else:
            found[row.pk] = (answer.band, BAND_LABELS[answer.band])
    return found
