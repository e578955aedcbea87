"""Nobody rewrites history: not the shell, not raw SQL, not SQLite's OR REPLACE, not TRUNCATE."""

from typing import Any

import pytest
from django.core.checks import Error
from django.db import DatabaseError, IntegrityError, connection, transaction

from offices import constraints, demands, history, triggers
from offices.checks import check_guards
from offices.demonstration import Offices
from offices.models import HistoryEntry, SmsMessage
from tests.cast import AT

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own statement")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own statement")


@pytest.fixture
def row(offices: Offices) -> HistoryEntry:
    """An act that was recorded."""
    return history.record(by=None, at=AT, action="test.act", subject=offices.divisions["芮城县"], data={"n": 1})


def attack(sql: str, *values: object) -> None:
    """Run a statement as someone with the database's shell would; it must be refused and leave everything as it was."""
    before = list(HistoryEntry.objects.order_by("pk").values())
    with (
        pytest.raises(DatabaseError, match="rows are never rewritten"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    assert list(HistoryEntry.objects.order_by("pk").values()) == before


def test_a_row_of_history_cannot_be_changed_or_deleted(row: HistoryEntry) -> None:
    attack("UPDATE offices_historyentry SET action = 'forged' WHERE id = %s", row.pk)
    attack("UPDATE offices_historyentry SET data = %s WHERE id = %s", '{"n": 2}', row.pk)
    attack("DELETE FROM offices_historyentry WHERE id = %s", row.pk)
    attack("DELETE FROM offices_historyentry")


def test_the_orm_is_no_way_round(row: HistoryEntry) -> None:
    row.action = "forged"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()


def test_the_sealer_fills_its_three_columns_once(row: HistoryEntry) -> None:
    assert history.seal(at=AT) > 0
    attack("UPDATE offices_historyentry SET hash = %s WHERE id = %s", "f" * 64, row.pk)
    attack("UPDATE offices_historyentry SET sequence = NULL WHERE id = %s", row.pk)
    attack("UPDATE offices_historyentry SET previous = %s WHERE id = %s", "e" * 64, row.pk)


@sqlite_only
def test_or_replace_does_not_slip_past_the_delete_trigger(row: HistoryEntry) -> None:
    history.seal(at=AT)
    sealed = HistoryEntry.objects.get(pk=row.pk)
    columns = "id, at, action, subject_type, subject_uid, data, sequence, previous, hash"
    place = "%s, '2026-01-01', 'forged', 'x', 'x', '{}', %s, %s, %s"
    attack(f"INSERT OR REPLACE INTO offices_historyentry ({columns}) VALUES ({place})", row.pk, None, None, None)
    # Any unique column makes REPLACE delete the row that has it: its place in the chain too.
    attack(
        f"INSERT OR REPLACE INTO offices_historyentry ({columns}) VALUES ({place})", 10**6, sealed.sequence, "x", "y"
    )
    attack(f"INSERT OR REPLACE INTO offices_historyentry ({columns}) VALUES ({place})", 10**6, None, None, sealed.hash)


@sqlite_only
def test_update_or_replace_cannot_push_a_sealed_row_out(row: HistoryEntry) -> None:
    history.seal(at=AT)
    sealed = HistoryEntry.objects.get(pk=row.pk)
    fresh = history.record(by=None, at=AT, action="test.late", subject=row_subject(row))
    attack("UPDATE OR REPLACE offices_historyentry SET hash = %s WHERE id = %s", sealed.hash, fresh.pk)


def row_subject(row: HistoryEntry) -> HistoryEntry:
    """A subject for another act: anything with a uid."""
    row.uid = row.subject_uid  # type: ignore[attr-defined]
    return row


@postgresql_only
def test_truncate_is_refused(row: HistoryEntry) -> None:
    connection.check_constraints()  # TRUNCATE waits for no deferred check of this transaction
    attack("TRUNCATE offices_historyentry CASCADE")


@postgresql_only
def test_guards_fire_in_a_session_that_plays_a_replica(row: HistoryEntry) -> None:
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM offices_historyentry")


def test_every_start_says_when_a_guard_is_missing(db: None) -> None:
    assert check_guards(None, databases=["default"]) == []
    name, table = next(
        (name, table) for name, table in triggers.present(connection).items() if "historyentry_delete" in name
    )
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"' + (f' ON "{table}"' if connection.vendor == "postgresql" else ""))
    found = check_guards(None, databases=["default"])
    assert len(found) == 1 and isinstance(found[0], Error) and name in found[0].msg
    assert triggers.install(connection) == [name]
    assert check_guards(None, databases=["default"]) == []


def test_a_guard_that_was_weakened_is_found_and_replaced(db: None) -> None:
    name, table = next(
        (name, table) for name, table in triggers.present(connection).items() if "historyentry_update" in name
    )
    weak = name[:-1] + ("0" if name[-1] != "0" else "1")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
        else:
            cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute(f'CREATE TRIGGER "{weak}" BEFORE UPDATE ON "{table}" WHEN 0 BEGIN SELECT 1; END')
    assert [trigger.name for trigger in triggers.missing(connection)] == [name]
    triggers.install(connection)
    assert triggers.missing(connection) == [] and weak not in triggers.present(connection)


def test_a_guard_of_the_right_name_that_does_nothing_is_found(db: None) -> None:
    """On SQLite the statement is held against the one that was asked for, on PostgreSQL the functions behind it."""
    if connection.vendor == "postgresql":
        empty = "CREATE OR REPLACE FUNCTION {}() RETURNS {} AS $$ {} $$ LANGUAGE {}"
        attacks = {
            "renovation_guard": empty.format("renovation_guard", "trigger", "BEGIN RETURN NEW; END", "plpgsql"),
            "renovation_now": empty.format("renovation_now", "timestamptz", "SELECT '2020-01-01'::timestamptz", "sql"),
        }
        for name, sql in attacks.items():
            with connection.cursor() as cursor:
                cursor.execute(sql)
            found = check_guards(None, databases=["default"])
            assert [(row.id, name in row.msg) for row in found] == [("offices.E003", True)]
            triggers.install(connection)
            assert check_guards(None, databases=["default"]) == []
        return
    name, table = next(
        (name, table) for name, table in triggers.present(connection).items() if "historyentry_delete" in name
    )
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"')
        cursor.execute(f'CREATE TRIGGER "{name}" BEFORE DELETE ON "{table}" WHEN 0 BEGIN SELECT 1; END')
    assert [trigger.name for trigger in triggers.missing(connection)] == [name]
    assert triggers.install(connection) == [name] and triggers.missing(connection) == []


WEAKENED = {
    "a condition that never holds": "BEFORE DELETE ON offices_historyentry FOR EACH ROW WHEN (false) EXECUTE FUNCTION {own}",
    "one column alone": "BEFORE UPDATE OF action ON offices_historyentry FOR EACH ROW EXECUTE FUNCTION {own}",
    "another event": "BEFORE INSERT ON offices_historyentry FOR EACH ROW EXECUTE FUNCTION {own}",
    "for the statement": "BEFORE DELETE ON offices_historyentry FOR EACH STATEMENT EXECUTE FUNCTION {own}",
    "another table": "BEFORE DELETE ON offices_smsmessage FOR EACH ROW EXECUTE FUNCTION {own}",
    "another function": "BEFORE DELETE ON offices_historyentry FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
}


@postgresql_only
@pytest.mark.parametrize("how", WEAKENED)
def test_a_trigger_of_the_right_name_that_fires_otherwise_is_found(db: None, how: str) -> None:
    """A trigger keeps its name and its function, and is made anew so that it stops nothing."""
    event = "update" if "UPDATE" in WEAKENED[how] else "delete"
    name = next(name for name in triggers.present(connection) if f"historyentry_{event}" in name)
    table = WEAKENED[how].split(" ON ")[1].split()[0]
    own = f'"{name}"()' if event == "update" else "renovation_guard('offices_historyentry: rows are never rewritten')"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}" ON offices_historyentry')
        cursor.execute(f'CREATE TRIGGER "{name}" {WEAKENED[how].format(own=own)}')
        cursor.execute(f'ALTER TABLE {table} ENABLE ALWAYS TRIGGER "{name}"')
    found = check_guards(None, databases=["default"])
    assert [(row.id, name in row.msg) for row in found] == [("offices.E002", True)]
    assert triggers.install(connection) == [name] and check_guards(None, databases=["default"]) == []


@postgresql_only
@pytest.mark.parametrize("change", ["SET search_path = pg_temp", "SECURITY DEFINER"])
def test_a_function_that_runs_otherwise_is_found(db: None, change: str) -> None:
    name = next(name for name in triggers.present(connection) if "historyentry_update" in name)
    for function, expected in ((name, "offices.E002"), ("renovation_guard", "offices.E003")):
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER FUNCTION "{function}"() {change}')
        found = check_guards(None, databases=["default"])
        assert [(row.id, function in row.msg) for row in found] == [(expected, True)]
        triggers.install(connection)
        assert check_guards(None, databases=["default"]) == []


def test_a_composite_key_that_is_gone_is_found(db: None) -> None:
    assert constraints.missing(connection) == []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE funding_leg DROP CONSTRAINT leg_in_the_fund_of_its_account")
        else:
            cursor.execute("PRAGMA writable_schema = 1")
            cursor.execute(
                "UPDATE sqlite_master SET sql = replace(sql, 'CONSTRAINT \"leg_in_the_fund_of_its_account\"', 'CONSTRAINT \"gone\"') "
                "WHERE name = 'funding_leg'"
            )
    found = check_guards(None, databases=["default"])
    assert [(row.id, "leg_in_the_fund_of_its_account" in row.msg) for row in found] == [("offices.E004", True)]


@pytest.mark.parametrize("asked", [{"frozen": ("at",), "once": ("hash",)}, {"insert_only": True, "since": "at"}])
def test_what_would_do_nothing_cannot_be_asked_for(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="once goes with insert_only"):
        triggers.protect(HistoryEntry, **({"insert_only": False} | asked))


def test_the_words_of_a_demand_may_hold_an_apostrophe_and_a_per_cent_sign(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demands, "_DEMANDS", dict(demands._DEMANDS))
    demands.refuse(SmsMessage, "odd", on=demands.BOTH, when="NEW.event = 'odd'", words="it's 100% odd")
    assert len(triggers.install(connection)) == (1 if connection.vendor == "postgresql" else 2)
    row = SmsMessage.objects.create(event="even", created_at=AT)
    for attempt in (
        lambda: SmsMessage.objects.create(event="odd", created_at=AT),
        lambda: SmsMessage.objects.filter(pk=row.pk).update(event="odd"),
    ):
        with pytest.raises(IntegrityError, match="it's 100% odd"), transaction.atomic():
            attempt()
    monkeypatch.undo()
    assert triggers.missing(connection) == [] and triggers.install(connection) == []
    assert not [name for name in triggers.present(connection) if "_odd" in name], "what nobody asks for any more goes"
