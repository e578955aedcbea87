"""Programs log in with a key in the Authorization header."""

from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from offices import clock, keys
from offices.models import ApiKey, User

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer rk_…``. A key does what its user may, narrowed by its scopes (read or write per app)."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The key's user; None where no key is sent; 401 for one that opens nothing."""
        token = self._token(request)
        if token is None:
            return None
        key = keys.find(token, at=clock.now())
        if key is None:
            raise AuthenticationFailed("密钥无效、已到期或已作废")
        self._narrow(request, key)
        return key.user, key

    def _token(self, request: Request | HttpRequest) -> str | None:
        header = get_authorization_header(request).split()  # type: ignore[arg-type]
        if not header or header[0].lower() != self.keyword.lower().encode():
            return None
        return header[1].decode("latin-1") if len(header) == 2 else ""

    def still(self, request: HttpRequest, tables: frozenset[str]) -> tuple[Any, int] | None:
        """Everything about the key that an answer may depend on, and how often ``tables`` were written, in one query (``rest.lane``)."""
        found = keys.find_with_number(self._token(request) or "", at=clock.now(), tables=tables)
        return (self.proof(found[0]), found[1]) if found else None

    def proof(self, key: ApiKey) -> Any:
        """Two equal ones open the same."""
        return key.pk, key.scopes, key.user_id, key.user.scope

    def _narrow(self, request: Request, key: ApiKey) -> None:
        view: Any = request.parser_context.get("view")
        app = type(view).__module__.split(".")[0] if view else ""
        verb = "read" if request.method in SAFE else "write"
        if app in {"offices", "communities", "approvals", "projects", "funding"} and f"{verb}:{app}" not in key.scopes:
            raise PermissionDenied(f"密钥没有权限 {verb}:{app}")

    def authenticate_header(self, request: Request) -> str:
        """So that a refusal is 401 and says how to log in."""
        return 'Bearer realm="api"'
