"""Answers kept for callers that ask again."""

import uuid

from django.db import models
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """One POST that must not repeat, with its answer: written in the same transaction as the act."""

    actor = models.CharField(max_length=100)
    key = models.CharField(max_length=128)
    token = models.UUIDField(default=uuid.uuid4, help_text="which attempt wrote the row")
    target = models.CharField(max_length=300, help_text="method and path")
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("actor", "key"), name="idempotency_key_once_per_actor")]


class TableVersion(models.Model):
    """How often statements of one database backend wrote a table (``rest.versions``); the sum of a table never falls."""

    relation = models.CharField(max_length=63)
    backend = models.IntegerField()
    number = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("relation", "backend"), name="table_version_of_backend")]
