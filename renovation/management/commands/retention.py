"""``manage.py retention [--dry-run]``: erase what may no longer be kept, or say what would go."""

from typing import Any

from django.core.management.base import BaseCommand

from offices import clock
from renovation import retention


class Command(BaseCommand):
    """The same as the daily task."""

    help = "清除已过保存期限的个人信息；--dry-run 只列出，不清除"

    def add_arguments(self, parser: Any) -> None:
        """What it may do."""
        parser.add_argument("--dry-run", action="store_true", help="只列出将清除的行数")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a kind."""
        at = clock.now()
        numbers = (
            {row.period.key: row.rows for row in retention.report(at)} if options["dry_run"] else retention.erase(at)
        )
        word = "将清除" if options["dry_run"] else "已清除"
        for period in retention.PERIODS:
            self.stdout.write(f"{period.what}：{period.after}后 {period.length} 天，{word} {numbers[period.key]} 行")
