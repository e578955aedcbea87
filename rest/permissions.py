"""Who may come in at all. What a person may do to a row is said by the actions, what a key may reach by its authentication."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class PublicRead(BasePermission):
    """Anyone reads public facts; a change needs a known caller."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Safe method, or someone known."""
        return request.method in SAFE_METHODS or bool(request.user and request.user.is_authenticated)
