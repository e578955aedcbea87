"""What an act would do, before it is done: carried out in a transaction that is taken back."""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

Found = TypeVar("Found")


def rehearsed(act: Callable[[], Found]) -> Found:
    """The act's answer, or its refusal; nothing of it stays. Messages and tasks that wait for a commit are never sent."""
    with transaction.atomic():
        found = act()
        transaction.set_rollback(True)
    return found
