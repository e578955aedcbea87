"""How often a table was written, for ETags that cost no list: on PostgreSQL every writing statement counts itself in a row of its own
backend, in the writer's transaction. What a reader sees summed up rises exactly when he can see another commit; nobody waits for anybody.
A row without a table holds a random number, drawn when the database was made: a restored one never repeats the numbers of before.
"""

import secrets
from collections.abc import Iterable
from functools import lru_cache

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper

from rest.compiled import Statement
from rest.models import TableVersion

_WATCHED: set[str] = set()
_READY: set[str] = set()
FUNCTION = "rest_count_write"
TRIGGER = "rest_counts_writes"
_BODY = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
INSERT INTO {TableVersion._meta.db_table} (relation, backend, number) VALUES (TG_TABLE_NAME, pg_backend_pid(), 1)
ON CONFLICT (relation, backend) DO UPDATE SET number = {TableVersion._meta.db_table}.number + 1;
RETURN NULL; END $body$
"""


def watch(*watched: type[models.Model]) -> None:
    """Register tables whose writes are counted."""
    _WATCHED.update(model._meta.db_table for model in watched)


def install(database: BaseDatabaseWrapper) -> None:
    """Create the triggers that are missing; they fire in sessions that play a replica too."""
    if database.vendor != "postgresql":
        return
    tables = set(database.introspection.table_names())
    if TableVersion._meta.db_table not in tables:
        return
    with database.cursor() as cursor:
        cursor.execute(_BODY)
        cursor.execute(
            f"INSERT INTO {TableVersion._meta.db_table} (relation, backend, number) VALUES ('', 0, %s) ON CONFLICT DO NOTHING",
            [secrets.randbelow(2**60)],
        )
        for table in sorted(_WATCHED & tables):
            cursor.execute(
                f'CREATE OR REPLACE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}" '
                f'FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}(); ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER {TRIGGER}'
            )


def counted(tables: Iterable[str]) -> bool:
    """Whether every write to these tables is counted; asked of the database once a process."""
    wanted = set(tables)
    if not wanted <= _WATCHED:
        return False
    if not wanted <= _READY:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = %s AND t.tgenabled = 'A'",
                [TRIGGER],
            )
            _READY.update(row[0] for row in cursor.fetchall())
    return wanted <= _READY


def expression(tables: Iterable[str]) -> str:
    """SQL of the number of a set of tables."""
    listed = ", ".join(f"'{table}'" for table in ("", *sorted(tables)))
    return f"(SELECT coalesce(sum(number), 0)::bigint FROM {TableVersion._meta.db_table} WHERE relation IN ({listed}))"


def number(tables: Iterable[str]) -> int:
    """How often these tables were written, as far as this reader sees."""
    return int(_numbering(frozenset(tables)).rows({})[0][0])


@lru_cache(maxsize=256)
def _numbering(tables: frozenset[str]) -> Statement:
    return Statement(f"SELECT {expression(tables)}", ())


def numbers() -> dict[str, int]:
    """How often each table was written, and under "" what the database was born with."""
    rows = TableVersion.objects.order_by().values_list("relation").annotate(models.Sum("number"))
    return {relation: int(number) for relation, number in rows}


def fold() -> int:
    """Add up the rows of backends that are gone; the sums stay what they are. Returns how many rows went."""
    if connection.vendor != "postgresql":
        return 0
    table = TableVersion._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH gone AS (DELETE FROM {table} WHERE backend <> 0 AND backend NOT IN (SELECT pid FROM pg_stat_activity) "
            f"RETURNING relation, number), added AS (INSERT INTO {table} (relation, backend, number) "
            "SELECT relation, 0, sum(number) FROM gone GROUP BY relation "
            f"ON CONFLICT (relation, backend) DO UPDATE SET number = {table}.number + excluded.number) SELECT count(*) FROM gone"
        )
        return int(cursor.fetchone()[0])
