"""Uploaded files: private, named by their content's hash, the row first."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from offices.models.divisions import Division
from offices.models.people import User


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Files by who looks."""

    def visible_to(self, user: User) -> Self:
        """Files of divisions in the user's scope, and those he uploaded. A file with personal values is its uploader's alone (N-06)."""
        return self.filter(Q(uploaded_by=user) | user.scope.q("division__") & Q(personal=False))


class StoredFile(models.Model):
    """One upload. ``content`` lies under MEDIA_ROOT by hash; the name shown is the uploader's."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()
    personal = models.BooleanField(
        default=False, help_text="holds owners' personal values: opened by its uploader alone"
    )

    objects = StoredFileQuerySet.as_manager()

    @property
    def path(self) -> str:
        """Storage name, by content."""
        return f"{self.sha256[:2]}/{self.sha256}"
