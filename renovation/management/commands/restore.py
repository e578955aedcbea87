"""``manage.py restore FILE``: a backup comes to an empty platform, and is counted, hashed and verified there."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from policies.refusal import Refused
from renovation.backup.restoring import restore


class Command(BaseCommand):
    """Exit code 1 and nothing changed where the file is not whole, of another version, or the platform not empty."""

    help = "把备份恢复到空的平台（SQLite 或 PostgreSQL），逐表核对行数和哈希，并核对历史链"

    def add_arguments(self, parser: Any) -> None:
        """The backup."""
        parser.add_argument("file", help="manage.py backup 做出的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError with the reason."""
        call_command("migrate", interactive=False, verbosity=0)
        say = self.stdout.write if options["verbosity"] > 1 else lambda words: None
        try:
            found = restore(file=Path(options["file"]).resolve(), data=Path(settings.DATA), say=say)
        except Refused as refused:
            more = "；".join(text for texts in refused.errors.values() for text in texts)
            raise CommandError(f"{refused}{f'（{more}）' if more else ''}。这里没有变化") from refused
        except OSError as error:
            raise CommandError(f"没有恢复：{error}。这里没有变化") from error
        self.stdout.write(
            f"已恢复 {found.made_at} 的备份：{found.tables} 张表 {found.rows} 行，{found.files} 个文件，"
            f"行数和哈希全部一致，历史链 {found.history} 条完整。所有人须重新登录"
        )
