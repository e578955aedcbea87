"""No page of the staff asks the database more than fifteen times, as anybody, with ten thousand projects in view."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.cast import AT
from tests.trust.crowd import PAGES, asked, crowd, held
from tests.trust.rows import Rows, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.prove]
MANY = 10_000


@pytest.fixture(scope="module")
def full(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rows]:
    """The rows of the route table in a crowd."""
    folder = tmp_path_factory.mktemp("full")
    with (
        django_db_blocker.unblock(), override_settings(DATA=folder, MEDIA_ROOT=folder / "uploads"),
        pytest.MonkeyPatch.context() as patch, transaction.atomic(),
    ):  # fmt: skip
        patch.setattr("offices.clock.timezone.now", lambda: AT)
        rows = build()
        crowd(rows, MANY)
        yield rows
        transaction.set_rollback(True)


def test_every_page(full: Rows) -> None:
    roles = tuple(role for role in full.users if role != "foreign")
    held([row for name in PAGES for row in asked(full, name, roles)])
