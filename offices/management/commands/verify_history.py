"""``manage.py verify_history``: recompute the chain and name the first broken row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from offices import history


class Command(BaseCommand):
    """Exit code 0: whole; 1: broken, with the row."""

    help = "核对历史记录的哈希链，指出第一处不符"

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError for a broken chain."""
        found = history.verify()
        if found.broken is not None:
            raise CommandError(f"历史记录不完整：{found.reason}")
        self.stdout.write(
            f"历史记录完整：已封存 {found.sealed} 条，待封存 {found.unsealed} 条，链头文件 {history.head_file()}"
        )
