"""``manage.py rules``: the register of rules, each with its clause, the functions that enforce it and the tests that show it."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from policies.load import BUNDLED, load_library
from policies.model import STRENGTH_LABELS
from renovation import register


class Command(BaseCommand):
    """Prints; only ``--shrink`` writes."""

    help = "规则登记：每条规则的文件、条款、强度，由哪些函数执行（或只由哪页展示），由哪些测试证明"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Nothing: a table for people."""
        parser.add_argument("rules", nargs="*", metavar="ID", help="只列这些规则，如 LZ-04")
        parser.add_argument("--json", action="store_true", help="供程序读取")
        parser.add_argument("--not-yet", action="store_true", help="只列尚未完成的规则")
        parser.add_argument("--shrink", action="store_true", help="从 policies/not_yet.txt 划去已完成的规则")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the rows asked for."""
        every = register.rows(load_library(BUNDLED))
        if options["shrink"]:
            gone = register.shrink(every)
            self.stdout.write(f"划去 {len(gone)} 条：{'、'.join(gone)}")
            return
        wanted = [row for row in every if not options["rules"] or row.id in options["rules"]]
        if options["not_yet"]:
            wanted = [row for row in wanted if not row.ok]
        if options["json"]:
            self.stdout.write(json.dumps([row.as_dict() for row in wanted], ensure_ascii=False, indent=2))
            return
        for row in wanted:
            self.stdout.write(text(row))
        done = sum(row.ok for row in every)
        self.stdout.write(f"{len(every)} 条规则，{done} 条已执行并有测试，{len(every) - done} 条尚未完成")


def where(row: register.Row, kind: str) -> str:
    """执行 with the functions that enforce a kind; 展示 with the page where nothing enforces it."""
    if row.enforced[kind]:
        return f"执行 {'、'.join(row.enforced[kind])}"
    shown = row.shown.get(kind, ())
    word = "展示" if row.answered(kind) else "只展示、尚不执行"
    return f"{word} {'、'.join(shown)}" if shown else "尚无函数"


def text(row: register.Row) -> str:
    """One rule as a few lines."""
    strengths = "、".join(STRENGTH_LABELS[strength] for strength in row.strengths)  # type: ignore[index]
    lines = [
        f"{row.id} {'✓' if row.ok else '—'} {row.title}",
        f"    {row.document} {'；'.join(row.clauses)}（{strengths}）",
    ]
    lines += [f"    {kind}: {where(row, kind)}" for kind in row.enforced]
    lines += [f"    {test}" for test in row.tests] or ["    尚无测试"]
    if row.lacking:
        lines.append(f"    尚缺：{row.lacking}")
    return "\n".join(lines)
