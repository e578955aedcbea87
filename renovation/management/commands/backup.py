"""``manage.py backup [FOLDER]``: everything that the platform holds, in one file."""

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from offices import clock, pulse
from renovation.backup.making import make
from renovation.errors import full


class Command(BaseCommand):
    """Exit code 1 where an upload that the database names is missing: the backup is made all the same and says which."""

    help = "把全部数据（数据表、上传文件、历史链头、本地规则库）备份为一个文件；备份期间照常办公"

    def add_arguments(self, parser: Any) -> None:
        """Where it goes."""
        parser.add_argument("folder", nargs="?", help="存放备份的目录，默认 DATA/backups")

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError for what can't be written."""
        data = Path(settings.DATA)
        target = Path(options["folder"]) if options["folder"] else data / "backups"
        say = self.stdout.write if options["verbosity"] > 1 else lambda words: None
        try:
            made = make(data=data, target=target.resolve(), at=clock.now(), say=say)
        except (OSError, DatabaseError) as error:
            why = "磁盘空间不足，请腾出空间或另选目录" if full(error) else str(error)
            raise CommandError(f"备份没有写成：{why}。原有数据没有变化") from error
        with suppress(DatabaseError):  # the file stands, whether or not its day can be noted
            pulse.beat("backup", clock.now())
        size = made.file.stat().st_size / 1024 / 1024
        self.stdout.write(f"已备份：{made.file}（{made.rows} 行，{made.files} 个文件，{size:.1f} MB）")
        if made.absent:
            names = "、".join(made.absent[:5])
            raise CommandError(f"有 {len(made.absent)} 个上传文件在数据库里有记录、磁盘上没有：{names}")
