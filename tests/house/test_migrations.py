"""A release is put in place while the one before still runs: its processes write rows that know nothing of the new columns.

So no migration of a release takes away or renames what the release before reads or writes; that is done one release later. What may be
done: new tables, columns that may be empty or that the database itself fills (``db_default``), indexes, constraints that hold for
what the older code writes, guards. ``LAST`` names each app's last migration of the release before; it moves when a release is made.
"""

from collections.abc import Iterator

from django.db import models
from django.db.migrations import AddField, AlterField, DeleteModel, RemoveField, RenameField, RenameModel, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED

# Nothing was released before 0.1.0: its own migrations are where the count begins.
LAST = {
    "offices": "0013_closed_addresses", "communities": "0002_imports", "approvals": "0004_desk", "funding": "0003_withdrawn_sources",
    "projects": "0011_span_items", "rest": "0002_versions",
}  # fmt: skip
# (app, migration): why an older process survives it all the same.
EXCEPTIONS: dict[tuple[str, str], str] = {}


def against(operation: Operation, old: models.Field | None = None) -> str:
    """Why a process of the release before does not survive an operation (``old``: the field as it was); empty where it does."""
    if isinstance(operation, RemoveField | DeleteModel):
        return "takes away what the release before still reads: stop using it now, remove it one release later"
    if isinstance(operation, RenameField | RenameModel):
        return "renames what the release before still reads: add the new one, write both, remove one release later"
    if isinstance(operation, AddField) and not _fills_itself(operation.field):
        return "a column that older code does not fill: null=True or db_default"
    if isinstance(operation, AlterField) and old is not None and old.null and not operation.field.null:
        return "a column that older code may leave empty"
    if isinstance(operation, RunSQL):
        return "SQL that nobody can judge by its form"
    return ""


def _fills_itself(field: models.Field) -> bool:
    return bool(field.null or field.many_to_many or field.db_default is not NOT_PROVIDED)


def faults(last: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """(app, migration, what is wrong) of every operation after these migrations."""
    loader = MigrationLoader(None)
    replaced = {key for row in loader.disk_migrations.values() for key in row.replaces}
    for app, name in last.items():
        before = set(loader.graph.forwards_plan((app, name)))
        plan = [key for key in loader.graph.forwards_plan(loader.graph.leaf_nodes(app)[0]) if key[0] == app]
        state = loader.project_state((app, name))
        for key in plan:
            if key in before | replaced:
                continue
            for operation in loader.graph.nodes[key].operations:
                model = state.models.get((app, getattr(operation, "model_name_lower", "")))
                old = model.fields.get(operation.name) if model and isinstance(operation, AlterField) else None
                if why := against(operation, old):
                    yield app, key[1], f"{type(operation).__name__} {getattr(operation, 'name', '')}: {why}"
                operation.state_forwards(app, state)


def test_a_running_older_process_survives_every_migration() -> None:
    assert not [(app, name, why) for app, name, why in faults(LAST) if (app, name) not in EXCEPTIONS]
    assert all(EXCEPTIONS.values()), "each with its reason"


def test_what_it_would_not_survive_is_found() -> None:
    """Before the first release columns came without a default, and one was taken away: the same rule names them."""
    first = {
        app: "0001_squashed" if app in {"offices", "approvals", "funding", "projects"} else "0001_initial"
        for app in LAST
    }
    found = list(faults(first))
    assert any("older code does not fill" in why for _, _, why in found), found
    text = models.CharField(max_length=1)
    assert against(RemoveField("x", "y")) and against(RenameField("x", "y", "z")) and against(RunSQL("DROP TABLE x"))
    assert against(AlterField("x", "y", text), models.CharField(max_length=1, null=True))
    assert not against(AlterField("x", "y", text), text) and not against(
        AddField("x", "y", models.IntegerField(db_default=0))
    )
