"""Files that want to hurt, given to every mouth of the platform in a process with bounded memory: refused in words, in seconds.

Seconds are those of the processor, so that a busy machine changes nothing; what is refused must not have been unpacked first.
"""

import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.communities.test_wild_tables import HOSTILE, SHEET, _packed, _parts
from tests.house.test_launcher import ROOT
from tests.trust.test_attacks_by_file import BAD_FILES

pytestmark = [pytest.mark.prove, pytest.mark.processes]
SECONDS, MEGABYTES = 5, 600
STRINGS, BOOK = "xl/sharedStrings.xml", "xl/workbook.xml"
HEAD = b'<?xml version="1.0"?>'


def changed(**parts: bytes) -> bytes:
    """A small true workbook with parts in the place of its own."""
    return _packed({**_parts(), **parts})


def sheet(rows: bytes, head: bytes = b"") -> bytes:
    """A workbook whose sheet holds these rows besides."""
    plain = _parts()[SHEET]
    return changed(
        **{
            SHEET: plain.replace(b"<sheetData>", head + b"<sheetData>", 1).replace(
                b"</sheetData>", rows + b"</sheetData>"
            )
        }
    )


def portions(content: bytes, number: int) -> bytes:
    """The same content many times, each within what a real sheet may compress to."""
    return changed(**{f"xl/media/{n}.bin": content for n in range(number)})


def nested() -> bytes:
    """Zips in zips in zips: six levels of ten, 300 MB at the bottom."""
    inner = _packed({"0.txt": b"\0" * (3 << 20)})
    for _ in range(5):
        inner = _packed({f"{n}.zip": inner for n in range(10)})
    return inner


def overlapping() -> bytes:
    """A table of contents of 3,000 entries that all point at the same 10 MB: 30 GB in a few kilobytes."""
    one = _packed({"xl/worksheets/sheet1.xml": b" " * (10 << 20)})
    start = one.rfind(b"PK\x01\x02")
    end = one.rfind(b"PK\x05\x06")
    entry, local = one[start:end], one[:start]
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3000, 3000, len(entry) * 3000, len(local), 0)
    return local + entry * 3000 + tail


def laughs() -> bytes:
    """Ten entities, each ten of the one before."""
    lines = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return HEAD + b'<!DOCTYPE x [<!ENTITY l0 "ha">' + lines + b"]><sst><si><t>&l9;</t></si></sst>"


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these dimensions that holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + name + data + struct.pack(">L", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))
    middle = b"".join(chunk(*each) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + head + middle + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def drawn(kind: str, size: tuple[int, int]) -> bytes:
    """A true picture of one colour: small as a file, large once unpacked."""
    buffer = io.BytesIO()
    Image.new("1" if kind == "PNG" else "L", size).save(buffer, kind)
    return buffer.getvalue()


def jpeg(width: int, height: int) -> bytes:
    """A JPEG whose header was given other dimensions."""
    content = bytearray(drawn("JPEG", (8, 8)))
    at = content.find(b"\xff\xc0")
    content[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(content)


ROW = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
TABLES: dict[str, Callable[[], bytes]] = {
    **{name: build for name, (build, _) in HOSTILE.items()},
    "zips in zips in zips": nested,
    "entries that overlap": overlapping,
    "5,000 entries": lambda: changed(**{f"xl/media/{n}.bin": b"x" for n in range(5000)}),
    "500 MB in honest portions": lambda: portions(bytes(range(256)) * 65536, 32),
    "1,048,576 rows that are empty": lambda: sheet(b"".join(b'<row r="%d"/>' % n for n in range(3, 1_048_577))),
    "300,000 rows that are full": lambda: sheet(b"".join(ROW % (n, n) for n in range(3, 300_000))),
    "a billion laughs": lambda: changed(**{STRINGS: laughs()}),
    "a parameter entity": lambda: changed(**{BOOK: HEAD + b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;]><x/>'}),
    "an outer entity in UTF-16": lambda: changed(**{BOOK: ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>').encode("utf-16")}),
    "300 MB of shared strings": lambda: changed(**{STRINGS: b"<sst>" + b"<si><t>" + b"x" * (300 << 20) + b"</t></si></sst>"}),
    "a million shared strings": lambda: changed(
        **{STRINGS: b"<sst>" + b"".join(b"<si><t>%d</t></si>" % n for n in range(10**6)) + b"</sst>"}
    ),
    "XML a million deep": lambda: changed(**{BOOK: HEAD + b"<a>" * 10**6 + b"</a>" * 10**6}),
    "shared strings a million deep": lambda: changed(**{STRINGS: HEAD + b"<a>" * 10**6 + b"</a>" * 10**6}),
    "2,000 rows of 16,384 columns": lambda: sheet(
        b"".join(b'<row r="%d">%s</row>' % (n, b"<c><v>1</v></c>" * 16384) for n in range(3, 2003))
    ),
    "one cell of 30 MB": lambda: sheet(b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"abcdefgh" * (30 << 17) + b"</t></is></c></row>"),
}  # fmt: skip
TEXTS: dict[str, Callable[[], bytes]] = {
    "a program named .csv": lambda: b"MZ\x90\x00" + b"\0" * 5000,
    "a picture named .csv": lambda: drawn("PNG", (40, 40)),
    "one line of 20 MB": lambda: b"x" * (20 << 20),
    "a quote that never closes": lambda: b'"' + b"a,b\n" * 4_000_000,
    "four million commas": lambda: b"," * (4 << 20),
    "300,000 lines": lambda: b"".join(b"%d,1\n" % n for n in range(300_000)),
}
PICTURES: dict[str, Callable[[], bytes]] = {
    **{name: (lambda name=name: BAD_FILES[name]) for name in BAD_FILES if BAD_FILES[name]},  # type: ignore[misc]
    "forged dimensions, PNG": lambda: png(60_000, 60_000),
    "forged dimensions, 2^31": lambda: png(2**31 - 1, 2**31 - 1),
    "forged dimensions, JPEG": lambda: jpeg(65_500, 65_500),
    "a true picture of 900 million pixels": lambda: drawn("PNG", (30_000, 30_000)),
    "a text of 300 MB in a PNG": lambda: png(4, 4, (b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * (300 << 20)))),
    "a profile of 300 MB in a PNG": lambda: png(4, 4, (b"iCCP", b"p\0\0" + zlib.compress(b"x" * (300 << 20)))),
    "a page named .jpg": lambda: b"<html>" + b"\xff\xfe\x00" * 100,
}
# What may be taken, being no harm: read to its end within the limits, or a text that is only stored.
HARMLESS = {"1,048,576 rows that are empty", "5,000 entries", "one cell of 30 MB", "a million shared strings"}
BATTERY = [
    *(("table", name, "表.xlsx") for name in TABLES), *(("calendar", name, "表.xlsx") for name in TABLES),
    *(("table", name, "表.csv") for name in TEXTS), *(("paper", name, "图.png") for name in PICTURES),
]  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The file of a name, made once."""
    folder, made = tmp_path_factory.mktemp("bombs"), dict[str, Path]()

    def build(name: str, ending: str) -> Path:
        if name not in made:
            path = made[name] = folder / str(len(made)) / ending
            path.parent.mkdir()
            path.write_bytes((TABLES | TEXTS | PICTURES)[name]())
        return made[name]

    return build


def swallow(kind: str, path: Path) -> dict[str, Any]:
    """What a mouth said of a file, and what it cost."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.prove.mouth", kind, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_every_bomb_is_refused_in_seconds_and_bounded_memory(
    built: Callable[[str, str], Path], record_property: Any
) -> None:
    wrong, slowest, largest, refused = [], 0.0, 0.0, 0
    for kind, name, ending in BATTERY:
        said = swallow(kind, built(name, ending))
        slowest, largest = max(slowest, said["seconds"]), max(largest, said["megabytes"])
        refused += bool(said["words"])
        harmless = name in HARMLESS and kind != "paper"
        if said["seconds"] > SECONDS or said["megabytes"] > MEGABYTES or not (said["words"] or harmless):
            wrong.append((kind, name, said))
    assert not wrong, "\n".join(map(str, wrong))
    record_property(
        "figure",
        f"{len(BATTERY)} files, {refused} refused in words, {len(BATTERY) - refused} read to their end and harmless; "
        f"at most {slowest:.1f} s of a processor and {largest:.0f} MB",
    )
