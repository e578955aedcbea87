"""Every revision of a rulebook that was ever in force here, kept for ever: projects are pinned to one."""

from django.db import models


class RulebookRevision(models.Model):
    """A rulebook as data. The last good copy of a city's own one stays in force while its file is malformed."""

    place = models.SlugField(max_length=40)
    revision = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    own = models.BooleanField("本地规则库", default=False, help_text="from DATA/rulebooks, not bundled")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "规则库版本"
        indexes = [models.Index(fields=("place", "-seen_at"), name="rulebook_revision_of_place")]
