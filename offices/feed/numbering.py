"""Numbers for what is committed: dense, in an order that no later commit can slip into.

A sequence taken by the writer is no such order: who took 7 may commit after 8 has been read, and a reader that goes on from 8 has missed
it. So writers leave the number open, and whoever reads next gives the numbers, one at a time, to what he can see.
"""

from django.db import connection, transaction
from django.db.models import Max

from offices.models.feed import Change

LOCK = 7_305_110_214  # the advisory lock of whoever gives numbers
AT_ONCE = 20_000
_NUMBER = """
UPDATE offices_change SET number = counted.number FROM (
  SELECT id, %s + row_number() OVER (ORDER BY id) AS number
  FROM (SELECT id FROM offices_change WHERE number IS NULL ORDER BY id LIMIT %s) waiting
) counted WHERE offices_change.id = counted.id
"""


def give_numbers() -> int:
    """Number what is committed and has none; how many. 0 where another process is at it: what it numbers is there with its commit."""
    if not Change.objects.filter(number__isnull=True).exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                return 0
        cursor.execute(_NUMBER, [newest(), AT_ONCE])
        return int(cursor.rowcount)


def newest() -> int:
    """The highest number given; 0 before the first."""
    return int(Change.objects.aggregate(newest=Max("number"))["newest"] or 0)
