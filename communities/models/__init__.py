"""Tables of the places and their owners."""

from communities.models.imports import Import, ImportRow
from communities.models.owners import Ownership, Person, Reveal
from communities.models.places import (
    Building,
    Community,
    CommunityFact,
    CommunityRevision,
    DuplicatePair,
    Hazard,
    Home,
)

__all__ = [
    "Building", "Community", "CommunityFact", "CommunityRevision", "DuplicatePair", "Hazard", "Home", "Import", "ImportRow",
    "Ownership", "Person", "Reveal",
]  # fmt: skip
