"""Who tries passwords is locked out by account and by address (django-axes), with a limit of its own for each."""

import ipaddress
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from rest import house


def address(request: Any) -> str | None:
    """The caller's address as django-axes keeps it, behind as many proxies as are believed; of IPv6 the network that a host owns."""
    text = house.address(request).partition("/")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


class Handler(AxesDatabaseHandler):  # type: ignore[misc]
    """django-axes with two limits: five of an account from anywhere, twenty of an address whatever the accounts.

    One limit for both would lock an office out whose people share an address. Who signs in clears his account's failures and not
    those of the address: whoever has one account must not go on guessing others.
    """

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures as the limit of an account counts them; what an address has too many of counts as many."""
        account, address = (
            attempts.aggregate(all=Sum("failures_since_start"))["all"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        limit = int(settings.AXES_FAILURE_LIMIT)
        return max(account, limit if address >= settings.ADDRESS_FAILURE_LIMIT else 0)

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Who has signed in begins anew; his address does not."""
        name = get_client_username(request, credentials)
        return self.reset_attempts(username=name) if name else 0
