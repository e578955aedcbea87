"""``manage.py dictionary``: write docs/dictionary.md, and add to tests/data/contract-v1.txt what the interface newly promises."""

from typing import Any

from django.core.management.base import BaseCommand

from renovation.dictionary import CONTRACT, DICTIONARY, markdown, promises


class Command(BaseCommand):
    """Writes the data dictionary and lengthens the contract; a line that is gone stays in it, and its test fails."""

    help = (
        "Write docs/dictionary.md from the serializers and add new operations and columns to the contract of /api/v1/."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write both."""
        DICTIONARY.write_text(markdown(), encoding="utf-8")
        promised = set(CONTRACT.read_text(encoding="utf-8").splitlines()) | promises()
        CONTRACT.write_text("".join(f"{line}\n" for line in sorted(promised)), encoding="utf-8")
