"""What no row may say by itself: areas that are none, days in the wrong order, a role held twice. Raw SQL, both databases."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from approvals.models import Vote
from communities.models import Community, Home, Ownership
from offices.models import Membership
from tests.trust.rows import Rows

pytestmark = pytest.mark.django_db
LATE, EARLY = "2026-03-02", "2020-01-01"
ATTACKS = {
    "a community of no area": (Community, "floor_area = 0"),
    "a community of less than none": (Community, "floor_area = -100"),
    "a home of no area": (Home, "private_area = 0"),
    "a share of nothing": (Ownership, "share_numerator = 0"),
    "more than the whole": (Ownership, "share_numerator = 3, share_denominator = 2"),
    "owned until before it was bought": (Ownership, f"since = '{LATE}', until = '{EARLY}'"),
    "in office until before he came": (Membership, f"since = '{LATE}', until = '{EARLY}'"),
    "a vote that closes before it opens": (Vote, "closes_at = opens_at"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_row_that_cannot_be_true_is_refused(played: Any, attack: str) -> None:
    model, values = ATTACKS[attack]
    table, first = model._meta.db_table, model._default_manager.order_by("pk").values_list("pk", flat=True)[0]
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {values} WHERE id = {first}")


def test_a_role_in_a_body_is_held_once(played: tuple[Rows, Any]) -> None:
    """A copy of an active row is refused, one that has ended is not: it is the key that refuses."""
    row = Membership.objects.filter(active=True).order_by("pk").first()
    assert row is not None
    row.pk = row.uid = None
    row.uid = Membership().uid
    with (
        pytest.raises(IntegrityError, match="one_active_role|user_id, offices_membership.body_id"),
        transaction.atomic(),
    ):
        row.save(force_insert=True)
    with transaction.atomic():
        row.active = False
        row.save(force_insert=True)
        transaction.set_rollback(True)
