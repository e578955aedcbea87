"""``manage.py check_examples FILE_OR_FOLDER…``: worked examples of the law, run through the platform's own functions."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from policies.load import BUNDLED, RulebookError, load_library
from renovation.examples import main


class Command(BaseCommand):
    """Exit code 0: all passed, 1: a case failed, 2: a file (or a rulebook) is not understood."""

    help = "用规则库运行例子文件：每例一行，末行为 N passed, M failed"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files and folders, at least one."""
        parser.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the examples and leave with their exit code."""
        try:
            library = load_library(BUNDLED, settings.DATA / "rulebooks")
        except RulebookError as error:
            self.stderr.write(f"not understood: {error}")
            sys.exit(2)
        sys.exit(main(options["paths"], library, self.stdout.write, self.stderr.write))
