"""REST of communities: parse, call an action or a query, render."""

from communities.api.complaints import ComplaintViewSet
from communities.api.imports import ImportViewSet
from communities.api.register import CommunityViewSet
from communities.api.rolls import AgencyViewSet, OrganisationViewSet

__all__ = ["AgencyViewSet", "CommunityViewSet", "ComplaintViewSet", "ImportViewSet", "OrganisationViewSet"]
