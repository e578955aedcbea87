"""Row 6: the daily sweep over every deadline of the city, against the same marks and reminders as SQL by hand; and a second run."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import connection

from bench.rows import Figure, Row, once
from offices.clock import now
from offices.duties import WINDOWS, escalated_until, mark_and_remind

MARKS = (
    "UPDATE offices_duty SET mark = w.mark, version = version + 1, updated_at = now() FROM (SELECT id AS pk, CASE "
    "WHEN due_on < %(day)s AND strength = 'must' THEN 'breached' WHEN due_on < %(day)s THEN 'late' WHEN due_on = %(day)s THEN 'due' "
    "WHEN due_on <= %(day)s + 30 THEN 'coming' ELSE '' END AS mark FROM offices_duty WHERE state = 'open') w "
    "WHERE w.pk = id AND w.mark <> offices_duty.mark"
)
ALERTS = (
    "INSERT INTO offices_alert (duty_id, kind, occurrence, created_at) SELECT id, CASE WHEN due_on < %(day)s THEN 'overdue' "
    "WHEN due_on = %(day)s THEN 'due' WHEN due_on = %(day)s + 1 THEN 'coming_1' WHEN due_on <= %(day)s + 7 THEN 'coming_7' "
    "ELSE 'coming_30' END, due_on, now() FROM offices_duty WHERE state = 'open' AND due_on <= %(day)s + 30 ON CONFLICT DO NOTHING"
)
OWED = (
    "INSERT INTO offices_alert (duty_id, kind, occurrence, created_at) SELECT id, 'escalated', due_on, now() FROM offices_duty "
    "WHERE state = 'open' AND due_on <= %(owed)s ON CONFLICT DO NOTHING"
)
FOUND = "SELECT kind, count(*) FROM offices_alert GROUP BY kind UNION ALL SELECT 'mark:' || mark, count(*) FROM offices_duty GROUP BY mark"


def again() -> None:
    """As before the first sweep."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE offices_alert")
        cursor.execute("UPDATE offices_duty SET mark = '' WHERE mark <> ''")
        cursor.execute("VACUUM ANALYZE offices_duty")


def _found() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(FOUND)
        return sorted(cursor.fetchall())


def rows(today: dt.date) -> list[Row | Figure]:
    """What is measured: a first run, then one with nothing to do."""

    def product() -> None:
        mark_and_remind(at=now(), today=today)

    def limit() -> None:
        with connection.cursor() as cursor:
            cursor.execute(MARKS, {"day": today})
            cursor.execute(ALERTS, {"day": today})
            cursor.execute(OWED, {"owed": escalated_until(today)})

    def answer(run: Callable[[], None]) -> Callable[[], list[Any]]:
        def call() -> list[Any]:
            again()
            run()
            return _found()

        return call

    def fresh(call: Callable[[], Any]) -> float:
        again()
        return once(call)

    return [
        Row("6", f"daily sweep over the city's deadlines, {len(WINDOWS) + 1} kinds of reminder", answer(product), answer(limit), 1.15,
            rounds=3, product_call=product, limit_call=limit, clock=fresh),
        Row("6", "a second run with nothing new, against the first one's SQL", answer(product), answer(limit), 0.35,
            rounds=3, product_call=product, limit_call=limit, clock=lambda call: once(call) if call is product else fresh(call)),
    ]  # fmt: skip
