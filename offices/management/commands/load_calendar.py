"""``manage.py load_calendar``: fill the working-day table as the bundled libraries know the years; loaded years stay."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from offices import calendar, clock
from offices.models import CalendarYear


class Command(BaseCommand):
    """Also takes a year up that the libraries hold as official by now, and computes anew what rests on it."""

    help = "按随附的数据填写工作日历（已由管理员载入的年份不变）"

    def add_arguments(self, parser: CommandParser) -> None:
        """The last year to fill."""
        parser.add_argument("--until", type=int, default=clock.today().year + 2)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each year with where it comes from."""
        years = range(calendar.FIRST_YEAR, options["until"] + 1)
        calendar.seed(at=clock.now(), years=years)
        for year in CalendarYear.objects.filter(year__in=years).order_by("year"):
            self.stdout.write(f"{year.year}：{year.get_status_display()}（{year.source}）")
