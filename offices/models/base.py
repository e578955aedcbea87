"""What every record has: a bigint inside, an unguessable uid outside, a version that counts changes."""

import uuid
from typing import Any

from django.db import models


class Record(models.Model):
    """Base of rows that are seen from outside. ``version`` is raised by every action that changes the row (If-Match)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("创建时间")
    updated_at = models.DateTimeField("更新时间", db_index=True)

    class Meta:
        abstract = True


class EmptyLast(models.Index):
    """An index downward with empty values at its end; SQLite, which has them there in any case, knows no word for it."""

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Any:
        """CREATE INDEX."""
        if schema_editor.connection.vendor == "postgresql":
            return super().create_sql(model, schema_editor, using, **kwargs)
        rows: Any = self.expressions
        down = [models.OrderBy(row.expression, descending=True) for row in rows]
        return models.Index(*down, name=self.name).create_sql(model, schema_editor, using, **kwargs)


def in_order(name: str, *columns: str, may_be_empty: tuple[str, ...] = ()) -> list[models.Index]:
    """The indexes by which a list of a model is paged through in the order of a column, up and down; ``rest.pagination`` puts empty values
    last whichever way it runs, so a column that may be empty has one for each way."""
    made = [models.Index(fields=(column, "id"), name=f"{name}_by_{column}") for column in (*columns, *may_be_empty)]
    for column in may_be_empty:
        down = (models.F(column).desc(nulls_last=True), models.F("id").desc())
        made.append(EmptyLast(*down, name=f"{name}_by_{column}_d"))
    return made
