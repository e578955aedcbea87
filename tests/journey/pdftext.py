"""Words of a PDF that the platform printed, read back through its fonts' own character maps: what somebody holds in his hand."""

import re
import zlib

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\nendobj", re.S)
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|\((?:\\.|[^\\()])*\)|T[dm*]|BT", re.S)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order in which it was written; a new position begins a new line."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    maps = {
        name.decode(): _map(objects, objects[int(number)])
        for body in objects.values()
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
        if int(number) in objects and b"/ToUnicode" in objects[int(number)]
    }
    found = []
    for body in objects.values():
        content = re.search(rb"/Contents (\d+) 0 R", body)
        if content and b"/Type /Page" in body:
            found.append(_text(_stream(objects[int(content[1])]), maps))
    return found


def _stream(body: bytes) -> bytes:
    raw = body.partition(b"stream")[2].lstrip(b"\r\n")
    raw = raw[: raw.rindex(b"endstream")]
    return zlib.decompressobj().decompress(raw) if b"/FlateDecode" in body else raw


def _map(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    reference = re.search(rb"/ToUnicode (\d+) 0 R", font)
    assert reference
    text = _stream(objects[int(reference[1])]).decode("latin-1")
    return {
        int(code, 16): bytes.fromhex(to).decode("utf-16-be")
        for code, to in re.findall(r"<([0-9A-Fa-f]{2,4})>\s*<([0-9A-Fa-f]{4,})>", text)
    }


def _text(content: bytes, maps: dict[str, dict[int, str]]) -> str:
    font, words = "", ""
    for match in SHOWN.finditer(content):
        token = match[0]
        if match[1]:
            font = match[1].decode()
        elif token.startswith(b"("):
            raw = re.sub(rb"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), token[1:-1], flags=re.S)
            codes = (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))
            words += "".join(maps.get(font, {}).get(code, "") for code in codes)
        else:
            words += "\n"
    return words
