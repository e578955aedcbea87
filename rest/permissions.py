"""Who may come in at all; what a person may do to a row is said by the actions."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


class PublicRead(BasePermission):
    """Anyone reads public facts; a change needs a known caller."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Safe method, or someone known."""
        return request.method in SAFE_METHODS or bool(request.user and request.user.is_authenticated)


class KeyScope(BasePermission):
    """A key does what its user may, narrowed to its scopes: ``<app>:read`` and ``<app>:write``. Sessions have no scopes."""

    message = "密钥没有所需的权限范围。"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the key's scopes cover this request."""
        scopes = getattr(request.auth, "scopes", None)
        if scopes is None:
            return True
        app = scope_of(view)
        return app is None or f"{app}:{'read' if request.method in SAFE_METHODS else 'write'}" in scopes


def scope_of(view: Any) -> str | None:
    """App whose scope a view asks for: ``scope`` of the view, else the app of its model; None where it serves published rules only."""
    if getattr(view, "scope", None):
        return str(view.scope)
    queryset = getattr(view, "queryset", None)
    return None if queryset is None else str(queryset.model._meta.app_label)
