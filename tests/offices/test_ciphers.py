"""What has to be read again stands encrypted: in the table, in a dump and in a backup, and opens after the key was changed."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from offices import ciphers
from offices.models import Follower
from renovation.backup import rows
from tests.cast import AT

pytestmark = pytest.mark.django_db
ADDRESS = "jinsique.canary@example.org"


def follower() -> Follower:
    """Somebody who follows something."""
    return Follower.objects.create(
        subject_type="community", subject_uid="0b9e6d5e-5b7b-4b8e-9d25-0f3d6f3c2a11", name="小区", address=ADDRESS, address_hash="x",
        site="https://example.org", asked_at=AT, created_at=AT, updated_at=AT,
    )  # fmt: skip


def stored() -> str:
    """As the table has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT address FROM offices_follower")
        return str(cursor.fetchone()[0])


def test_a_dump_of_the_table_and_a_backup_hold_no_address_and_both_give_it_back() -> None:
    row = follower()
    assert "canary" not in stored() and Follower.objects.get().address == ADDRESS
    lines = list(rows.lines(Follower))
    assert "canary" not in lines[0]
    closed = stored()
    row.delete()
    assert rows.load(lines) == 1 and stored() == closed and list(rows.lines(Follower)) == lines
    assert Follower.objects.get().address == ADDRESS
    kept = Follower.objects.get()
    kept.save()
    assert stored() == closed, "what was not changed is not written anew"


def test_the_key_is_changed_and_what_was_closed_still_opens(settings: Any) -> None:
    follower()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-" + "x" * 50
    lost = Follower.objects.get().address
    assert ADDRESS not in lost and "@" not in lost, "without its key it is nothing, and rows can still be read"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert Follower.objects.get().address == ADDRESS
    assert ciphers.opened(ciphers.close("x", purpose="a"), purpose="a") == "x"
    with pytest.raises(ValueError):
        ciphers.opened(ciphers.close("x", purpose="a"), purpose="b")
    token = ciphers.close("x", purpose="a")
    with pytest.raises(ValueError):
        ciphers.opened(token[:-6] + "AAAA==", purpose="a")


def test_addresses_of_before_are_read_and_closed_by_the_upgrade() -> None:
    follower()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE offices_follower SET address = %s", [ADDRESS])
    assert Follower.objects.get().address == ADDRESS
    importlib.import_module("offices.migrations.0013_closed_addresses").close(apps, None)
    assert "canary" not in stored() and Follower.objects.get().address == ADDRESS
