"""What every page does: who acts, and a refusal printed in its place."""

from django.http import HttpRequest

from offices.attempts import attempt, say
from offices.models import User


def actor(request: HttpRequest) -> User:
    """Who acts (the page asks for a login)."""
    assert isinstance(request.user, User)
    return request.user


__all__ = ["actor", "attempt", "say"]
