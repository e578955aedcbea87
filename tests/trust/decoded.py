"""Everything that an answer says, whatever it is wrapped in: words of pages, PDFs and pictures with their metadata, archives."""

import html
import io
import json
import re
import zipfile
import zlib
from typing import Any
from urllib.parse import unquote_plus

from PIL import Image

from tests.journey.pdftext import pages

STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.S)


def everything(body: bytes, kind: str) -> str:
    """One text in which a planted value would be found. ``kind``: the content type."""
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(f"{name}\n{everything(archive.read(name), '')}" for name in archive.namelist())
    if body[:5] == b"%PDF-":
        return _pdf(body)
    if kind.startswith("image/") and "svg" not in kind:
        return _picture(body)
    return _words(body)


def _words(body: bytes) -> str:
    """As sent, with entities, escapes and percent signs undone, and folded lines (calendars) joined."""
    text = body.decode("utf-8", errors="ignore")
    joined = re.sub(r"\r?\n[ \t]", "", text)
    found = [text, joined, html.unescape(text), unquote_plus(html.unescape(text))]
    try:
        found.append(json.dumps(json.loads(text), ensure_ascii=False))
    except ValueError:
        pass
    return "\n".join(found)


def _pdf(body: bytes) -> str:
    """The text of its pages; its objects, packed streams and metadata in each way in which text is written there."""
    raw = [body]
    for part in STREAM.findall(body):
        try:
            raw.append(zlib.decompressobj().decompress(part))
        except zlib.error:
            raw.append(part)
    plain = b"\n".join(raw)
    unescaped = re.sub(rb"\\([()\\])", rb"\1", plain)
    wide = [unescaped[start:].decode("utf-16-be", errors="ignore") for start in (0, 1)]
    joined = [page.replace("\n", "") for page in pages(body)]
    return "\n".join([*pages(body), *joined, plain.decode("utf-8", errors="ignore"), plain.decode("latin-1"), *wide])


def _picture(body: bytes) -> str:
    with Image.open(io.BytesIO(body)) as image:
        said: list[Any] = [dict(image.getexif()), dict(image.getexif().get_ifd(0x8825)), image.info]
    return f"{said}\n{body.decode('utf-8', errors='ignore')}\n{body.decode('utf-16-le', errors='ignore')}"
