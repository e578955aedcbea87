"""The working-day calendar: official once the State Council has published a year, an estimate before."""

from django.db import models

from offices.models.people import User


class CalendarYear(models.Model):
    """Where a year's schedule comes from."""

    class Status(models.TextChoices):
        """Official or estimated."""

        OFFICIAL = "official", "国务院办公厅已公布"
        ESTIMATED = "estimated", "推算，待公布"

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices)
    source = models.CharField("来源", max_length=200, help_text="文号或推算所用的库")
    loaded_at = models.DateTimeField("载入时间")
    loaded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")


class CalendarDay(models.Model):
    """A day that differs from the plain week: a holiday on a weekday, or a make-up working day on a weekend."""

    day = models.DateField("日期", primary_key=True)
    year = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days")
    is_working = models.BooleanField("上班")
    name = models.CharField("名称", max_length=40, blank=True)
