"""REST of communities: parse, call an action or a query, render."""

from communities.api.imports import ImportViewSet
from communities.api.register import CommunityViewSet

__all__ = ["CommunityViewSet", "ImportViewSet"]
