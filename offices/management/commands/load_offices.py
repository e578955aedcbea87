"""``manage.py load_offices offices.yaml``: the divisions and bodies of a place, from one file; run again, it adds what is new."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from offices import actions, clock
from offices.models import Body, Division
from policies.load import RulebookError, read_yaml
from policies.refusal import Refused

DIVISION_KEYS = frozenset({"name", "kind", "code", "rulebook", "short_name", "bodies", "below"})
BODY_KEYS = frozenset({"name", "kind", "also", "phone"})


class Command(BaseCommand):
    """Read the tree and create what is missing, all or nothing. Nothing that stands is changed."""

    help = "从一个 YAML 文件建立行政区划和机构（可重复执行，只增不改）。"

    def add_arguments(self, parser: CommandParser) -> None:
        """The file; see docs/example-offices.yaml."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was added, or which entry is wrong and why."""
        self.added: list[str] = []
        try:
            content = read_yaml(options["file"])
        except RulebookError as error:
            raise CommandError(f"{error.file}：{error.key}：{error.reason}") from error
        with transaction.atomic():
            for number, entry in enumerate(content if isinstance(content, list) else [content], start=1):
                self._division(entry, None, f"第 {number} 项")
        self.stdout.write("\n".join([*self.added, f"新增 {len(self.added)} 项"]))

    def _division(self, entry: Any, parent: Division | None, where: str) -> None:
        _keys(entry, DIVISION_KEYS, where)
        where = f"{where}“{entry['name']}”"
        if entry["kind"] not in Division.Kind.values:
            raise CommandError(f"{where}：kind 应为 {'、'.join(Division.Kind.values)}")
        division = Division.objects.filter(name=entry["name"], parent=parent).first()
        if division is None:
            code = str(entry["code"]) if entry.get("code") else None
            division = self._done(
                where, actions.create_division, name=entry["name"], kind=entry["kind"], parent=parent, code=code,
                rulebook=entry.get("rulebook", ""), short_name=entry.get("short_name", ""),
            )  # fmt: skip
        for number, body in enumerate(entry.get("bodies", ()), start=1):
            self._body(body, division, f"{where} bodies 第 {number} 项")
        for number, below in enumerate(entry.get("below", ()), start=1):
            self._division(below, division, f"{where} below 第 {number} 项")

    def _body(self, entry: Any, division: Division, where: str) -> None:
        _keys(entry, BODY_KEYS, where)
        if not Body.objects.filter(division=division, name=entry["name"]).exists():
            self._done(
                f"{where}“{entry['name']}”", actions.create_body, division=division, kind=entry["kind"], name=entry["name"],
                also=entry.get("also", []), phone=str(entry.get("phone", "")),
            )  # fmt: skip

    def _done(self, where: str, action: Any, **values: Any) -> Any:
        try:
            row = action(by=None, at=clock.now(), **values)
        except Refused as refused:
            reasons = "；".join(reason for given in refused.errors.values() for reason in given)
            raise CommandError(f"{where}：{refused.detail} {reasons}".strip()) from refused
        self.added.append(f"{row._meta.verbose_name} {row.name}")
        return row


def _keys(entry: Any, known: frozenset[str], where: str) -> None:
    if not isinstance(entry, dict) or not {"name", "kind"} <= entry.keys():
        raise CommandError(f"{where}：须写明 name 和 kind")
    unknown = entry.keys() - known
    if unknown:
        raise CommandError(
            f"{where}：不认识的键 {'、'.join(sorted(map(str, unknown)))}；可用：{'、'.join(sorted(known))}"
        )
