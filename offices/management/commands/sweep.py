"""``manage.py sweep``: marks and reminders of deadlines now; safe at any time and as often as one likes."""

from typing import Any

from django.core.management.base import BaseCommand

from offices import clock, duties


class Command(BaseCommand):
    """The sweep that beat runs, by hand."""

    help = "更新时限标记并提醒（可重复运行）"

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what changed."""
        done = duties.sweep(at=clock.now(), today=clock.today())
        self.stdout.write(f"标记 {done['marked']} 条，新提醒 {done['inserted']} 条，已通知 {done['told']} 条")
