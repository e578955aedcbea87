"""How a migration that only makes new tables is run: all models in one go.

Django renders every model known so far anew for each model that is created, which makes a fresh database cost the square of its tables.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState


class NewTables(Migration):
    """A migration whose operations create models and complete those it created itself. The tables come out the same as one by one."""

    def apply(
        self, project_state: ProjectState, schema_editor: BaseDatabaseSchemaEditor, collect_sql: bool = False
    ) -> Any:
        """Learn of all operations first, render the models once, then create the tables."""
        project_state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(self.app_label, project_state)
        names = [operation.name for operation in self.operations if isinstance(operation, CreateModel)]
        for name in names:
            model = project_state.apps.get_model(self.app_label, name)
            schema_editor.create_model(model)
        return project_state
