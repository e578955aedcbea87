"""Tables of the places and their owners."""

from communities.models.complaints import (
    Complainant,
    Complaint,
    ComplaintAnswer,
    ComplaintReveal,
    ComplaintTransfer,
)
from communities.models.imports import Import, ImportRow, ImportTrace
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
from communities.models.rolls import Agency, Organisation, RollSettlement

__all__ = [
    "Agency", "Building", "Community", "CommunityFact", "CommunityRevision", "Complainant", "Complaint", "ComplaintAnswer",
    "ComplaintReveal", "ComplaintTransfer", "DuplicatePair", "Hazard", "Home", "Import", "ImportRow",
    "ImportTrace", "Organisation", "Ownership",
    "Person", "Reveal", "RollSettlement",
]  # fmt: skip
