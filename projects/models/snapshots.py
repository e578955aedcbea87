"""What the figures of a place were on a day, so that last month's can be shown again."""

from django.db import models
from django.db.models import Q

from offices.models import Division


class FigureSnapshot(models.Model):
    """Figures of a division and plan year on a day, once a day, never rewritten. ``figures``: ``projects.rules.rates.Figures`` as JSON."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("计划年度")
    day = models.DateField("日期")
    at = models.DateTimeField("时刻")
    figures = models.JSONField("数字", help_text="counts as numbers, yuan as text")

    class Meta:
        verbose_name = verbose_name_plural = "每日留存"
        ordering = ("division_id", "year", "day")
        constraints = [
            models.UniqueConstraint(fields=("division", "year", "day"), name="figures_once_a_day"),
            models.CheckConstraint(condition=Q(year__gte=2000), name="figures_of_a_plan_year"),
        ]

    def __str__(self) -> str:
        return f"{self.division_id} {self.year} {self.day}"
