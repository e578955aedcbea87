"""Every transcription that was ever in force, by content hash: what a decision of then was based on can be read for ever."""

from django.db import models


class RulebookRevision(models.Model):
    """One revision of one rulebook."""

    place = models.SlugField(max_length=40)
    revision = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    seen_at = models.DateTimeField()
