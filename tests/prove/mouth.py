"""A mouth of the platform that takes a file, alone in a process with bounded memory: ``python -m tests.prove.mouth KIND FILE``.

``table``: an import is read; ``paper``: an upload is judged and, a picture, written anew; ``calendar``: the sheet of a year's holidays.
It prints one JSON line: the words of the refusal, or empty where the file was taken.
"""

import json
import re
import resource
import sys
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402

from communities.imports import reader  # noqa: E402
from communities.imports.workbook import Unreadable  # noqa: E402
from offices import files, schedule  # noqa: E402
from policies.refusal import Invalid  # noqa: E402

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
MEMORY = 1_200 * 1024 * 1024  # what the reader of imports allows itself


def table(path: Path) -> None:
    """Read to its last row."""
    for _ in reader.read(path, path.name):
        pass


def paper(path: Path) -> None:
    """As ``files.store`` judges it."""
    files.judged(path.read_bytes())


def calendar(path: Path) -> None:
    """As an administrator loads it."""
    schedule.read(SimpleUploadedFile(path.name, path.read_bytes()))


MOUTHS: dict[str, Callable[[Path], None]] = {"table": table, "paper": paper, "calendar": calendar}


def main(kind: str, file: str) -> None:
    """Take it in."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    before = _spent()
    words = ""
    try:
        MOUTHS[kind](Path(file))
    except (Unreadable, Invalid) as no:
        words = str(no)
    print(json.dumps({"words": words, "seconds": _spent() - before, "megabytes": _peak()}))


def _spent() -> float:
    """Seconds of a processor, of this process and of the reader that it has waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in WHO)


def _peak() -> float:
    """Megabytes at the most, of the larger of both. Its own is read from /proc: ``ru_maxrss`` remembers the parent's."""
    own = int(re.findall(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[0])
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
