"""``python -m policies.trial FOLDER``: a rulebook looked at before it is used, in a process of its own with little memory and time.

What somebody hands in may be hostile (an alias of an alias of an alias); here it harms nobody. Prints one JSON object.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

from policies.check import check_files
from policies.load import RulebookError

MEMORY_BYTES = 600 * 1024 * 1024
CPU_SECONDS = 20
OUTPUT_BYTES = 20 * 1024 * 1024


def tried(folder: Path) -> dict[str, Any]:
    """``errors`` and ``warnings`` in words, and the ``book`` (as ``revive`` reads it) where it is understood."""
    try:
        report = check_files(sorted(folder.glob("*.yaml")))
    except RulebookError as error:
        found = [error, *error.also]
        lines = [_said(each) + (f"。怎么改：{each.remedy}" if each.remedy else "") for each in found]
        return {"errors": lines, "warnings": [], "book": None}
    told: dict[str, list[str]] = {"error": [], "warning": []}
    for problem in report.problems:
        told[problem.level].append(f"{Path(problem.where or problem.place).name}：{problem.key}：{problem.reason}")
    book = report.books[0].model_dump(mode="json", by_alias=True)
    return {"errors": told["error"], "warnings": told["warning"], "book": book}


def _said(error: RulebookError) -> str:
    """As it says itself, without the folder in which the file lies for the moment."""
    return str(error).replace(error.file, Path(error.file).name)


def main(folder: str) -> int:
    """Entry point of the process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    sys.stdout.write(json.dumps(tried(Path(folder)), ensure_ascii=False, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
