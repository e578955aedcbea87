"""Every read of communities. ``public_*`` returns only what may be published."""

from communities.queries.completeness import Completeness, completeness_of, with_completeness
from communities.queries.duplicates import duplicate_queue, duplicates_of, find_duplicates, labels
from communities.queries.eligibility import EligibilityView, bands_of, eligibility_of
from communities.queries.register import (
    RegisterFilter,
    homes_of,
    public_community,
    register_list,
)
from communities.queries.search import public_nearest, public_search, registered_nearest, registered_search

__all__ = [
    "Completeness", "EligibilityView", "RegisterFilter", "bands_of", "completeness_of", "duplicate_queue", "duplicates_of",
    "eligibility_of", "find_duplicates", "homes_of", "labels", "public_community", "public_nearest", "public_search",
    "register_list", "registered_nearest", "registered_search", "with_completeness",
]  # fmt: skip
