"""What every record has: a bigint inside, an unguessable uid outside, a version that counts changes."""

import uuid

from django.db import models


class Record(models.Model):
    """Base of rows that are seen from outside. ``version`` is raised by every action that changes the row (If-Match)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("创建时间")
    updated_at = models.DateTimeField("更新时间", db_index=True)

    class Meta:
        abstract = True
