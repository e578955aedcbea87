"""``manage.py check_rulebook [PATH…]``: holds rulebooks to their texts, a thin face of ``policies.check``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies.check import check_files
from policies.load import BUNDLED, RulebookError


class Command(BaseCommand):
    """Prints one line a problem; exits 1 on an error or when a rulebook isn't understood. Warnings alone pass."""

    help = "检查规则库：格式、引文是否见于原文、门槛是否低于上位规定"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """PATH: a rulebook file, a rulebook's folder, or a folder of rulebooks; nothing means the bundled ones."""
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="规则库文件或文件夹；不写则检查内置的")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check every path and print what was found."""
        try:
            report = check_files(options["paths"] or [BUNDLED])
        except RulebookError as error:
            raise CommandError(str(error)) from error
        for book in report.books:
            provisions = sum(len(rule.provisions) for rule in book.rules)
            size = f"{len(book.rules)} 条规则、{provisions} 条规定"
            self.stdout.write(f"{book.document.place}：{book.document.label}，{size}")
        for problem in report.problems:
            self.stdout.write(str(problem))
        if report.errors:
            raise CommandError(f"{report.errors} 处错误")
        self.stdout.write(f"没有错误，{len(report.problems)} 处警告")
