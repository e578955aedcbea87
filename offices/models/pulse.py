"""When work that nobody watches was last done."""

from django.db import models


class Pulse(models.Model):
    """One row a name: the task or command, and when it last came to its end. Nothing is written where it fails."""

    name = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()
