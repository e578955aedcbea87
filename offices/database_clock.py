"""The database's own clock, ``renovation_now()``: what the close of a vote is held against, whatever an application process believes.

In production it is PostgreSQL's ``clock_timestamp()`` and nothing else (``now()`` stands still in a transaction that began before
the close). Demonstrations and tests move it by ``CLOCK``, as they move ``offices.clock``.
"""

import datetime as dt

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

SETTING, FUNCTION = "renovation.clock_offset", "renovation_now"


def body() -> str:
    """What the function of PostgreSQL does; the production one can't be moved."""
    moved = "" if settings.PRODUCTION else f" + coalesce(nullif(current_setting('{SETTING}', true), ''), '0')::interval"
    return f"SELECT clock_timestamp(){moved}"


def definition() -> str:
    """The function for PostgreSQL."""
    return f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS timestamptz LANGUAGE sql VOLATILE AS $${body()}$$"


def tell(connection: BaseDatabaseWrapper) -> None:
    """Give a connection the clock: SQLite the function itself, PostgreSQL the offset of a demonstration."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 0, _text)
    elif connection.vendor == "postgresql" and not settings.PRODUCTION:
        # A test that stops Python's clock stops it on another day: the database goes on from there.
        apart = dt.timedelta(seconds=round((timezone.now() - dt.datetime.now(dt.UTC)).total_seconds()))
        microseconds = (settings.CLOCK_OFFSET + apart) // dt.timedelta(microseconds=1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, f"{microseconds} microseconds"])


def _text() -> str:
    """As Django writes moments into SQLite: UTC without a zone, so that texts compare like moments."""
    at = (timezone.now() + settings.CLOCK_OFFSET).astimezone(dt.UTC)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
