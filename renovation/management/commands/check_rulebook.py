"""``manage.py check_rulebook [PATH…]``: holds rulebooks to their texts, a thin face of ``policies.check``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from policies.check import check_files
from policies.load import BUNDLED, Library, RulebookError, load_library, load_rulebook
from policies.samples import sample
from renovation.examples import main


class Command(BaseCommand):
    """Prints one line a problem, with file, line and the way out; exits 1 on an error or when a rulebook isn't understood. Warnings alone
    pass. With ``--examples`` its worked examples are run too."""

    help = "检查规则库：格式、引文是否见于原文、门槛是否低于上位规定；可同时运行例子"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH: a rulebook file, a rulebook's folder, or a folder of rulebooks; nothing means the bundled ones."""
        parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="规则库文件或文件夹；不写则检查内置的")
        parser.add_argument("--examples", nargs="+", default=[], metavar="FILE", help="用这些规则库运行例子文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check every path and print what was found."""
        try:
            report = check_files(options["paths"] or [BUNDLED])
        except RulebookError as error:
            raise CommandError(self._said(error)) from error
        for book in report.books:
            provisions = sum(len(rule.provisions) for rule in book.rules)
            size = f"{len(book.rules)} 条规则、{provisions} 条规定"
            self.stdout.write(f"{book.document.place}：{book.document.label}，{size}")
        for problem in report.problems:
            self.stdout.write(str(problem))
        if report.errors:
            raise CommandError(f"{report.errors} 处错误")
        self.stdout.write(f"没有错误，{len(report.problems)} 处警告")
        if options["examples"]:
            self._examples(options["paths"], options["examples"])

    def _said(self, error: RulebookError) -> str:
        """Everything that is wrong, each with the way out; a worked provision besides."""
        found = [error, *error.also]
        lines = [str(each) + (f"\n  怎么改：{each.remedy}" if each.remedy else "") for each in found]
        shown = next((text for each in found if (text := sample(each))), "")
        return "\n".join([*lines, *([shown] if shown else []), f"共 {len(found)} 处，改好后再检查一次"])

    def _examples(self, paths: list[Path], files: list[str]) -> None:
        """Run worked examples through the platform's own functions, with these rulebooks over the bundled ones."""
        books = {book.document.place: book for book in load_library(BUNDLED)}
        books |= {book.document.place: book for book in map(load_rulebook, paths)}
        if main(files, Library(books), self.stdout.write, self.stderr.write):
            raise CommandError("例子没有全部通过：核对例子的 expect，或改规则库")
