"""Uploads: checked by content, size-limited, stripped of EXIF, stored privately under their hash; the row first."""

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

import filetype
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import FileResponse, Http404
from PIL import Image, ImageOps, UnidentifiedImageError

from offices.models import Division, StoredFile, User
from policies.refusal import Invalid

IMAGES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
OFFICE = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 6000  # pixels; a sheet of A4 at 500 dpi
ORPHAN_AGE = dt.timedelta(hours=6)  # younger ones may belong to a transaction that is still open
ENDINGS = {
    "application/pdf": ("pdf",), "image/jpeg": ("jpg", "jpeg"), "image/png": ("png",), "image/webp": ("webp",),
    **{mime: (ending,) for mime, ending in zip(OFFICE.values(), ("xlsx", "docx"), strict=True)}, "text/plain": ("txt", "csv", "tsv"),
}  # fmt: skip
MADE = {"pdf": "application/pdf", "xlsx": OFFICE["xl/workbook.xml"], "csv": "text/csv", "jsonl": "application/x-ndjson"}
CHUNK = 1024 * 1024
ALLOWED_WORDS = "PDF、JPG、PNG、WEBP、XLSX、DOCX、CSV、TXT"


def content_type(content: bytes) -> str:
    """Type by content, never by name. Raises Invalid for anything that is not allowed, programs above all."""
    guess = filetype.guess(content)
    mime = guess.mime if guess else ""
    if mime == "application/pdf" or mime in IMAGES:
        return mime
    if content[:4] == b"PK\x03\x04":
        return _office_type(content)
    if b"\x00" not in content[:4096] and not mime:
        try:
            content.decode("utf-8-sig")
        except UnicodeDecodeError:
            try:
                content.decode("gb18030")
            except UnicodeDecodeError as error:
                raise _refused() from error
        return "text/plain"
    raise _refused()


def _office_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise _refused() from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Invalid("文件含有宏，不能上传", errors={"file": ["请另存为不含宏的文件"]})
    for name, mime in OFFICE.items():
        if name in names:
            return mime
    raise _refused()


def _refused() -> Invalid:
    return Invalid("不支持这种文件", errors={"file": [f"按内容判断不是允许的类型（{ALLOWED_WORDS}）；改文件名没有用"]})


def store(
    *,
    upload: BinaryIO | Any,
    division: Division,
    by: User | None,
    at: dt.datetime,
    name: str = "",
    personal: bool = False,
) -> StoredFile:
    """Keep an upload. Images are written anew without EXIF. Raises Invalid for a wrong type, an empty or too large file.

    ``personal``: it holds owners' values, which nobody but the uploader opens as a file (the register shows them masked).
    """
    size = getattr(upload, "size", None)
    if size is not None and size > settings.UPLOAD_LIMIT_BYTES:
        raise _too_large(size)
    content = upload.read(settings.UPLOAD_LIMIT_BYTES + 1)
    if len(content) > settings.UPLOAD_LIMIT_BYTES:
        raise _too_large(len(content))
    if not content:
        raise Invalid("文件是空的", errors={"file": ["文件是空的"]})
    mime, content = judged(content)
    digest = hashlib.sha256(content).hexdigest()
    shown = _shown_name(name or getattr(upload, "name", "") or "", mime)
    row = StoredFile(
        sha256=digest,
        name=shown,
        content_type=mime,
        size=len(content),
        division=division,
        uploaded_by=by,
        uploaded_at=at,
        personal=personal,
    )
    with transaction.atomic():  # the row first: a file without a row is an orphan that the sweep removes
        row.save()
        if not default_storage.exists(row.path):
            default_storage.save(row.path, ContentFile(content))
    return row


def judged(content: bytes) -> tuple[str, bytes]:
    """Type by content, and what is kept of it: a picture is written anew. Raises Invalid."""
    mime = content_type(content)
    return mime, _clean_image(content, mime) if mime in IMAGES else content


def store_made(
    *, file: IO[bytes], division: Division, by: User, at: dt.datetime, name: str, personal: bool
) -> StoredFile:
    """Keep a file that the platform wrote itself: of any length, in bounded memory. Its type is what the end of its name says."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    mime = MADE[name.rpartition(".")[2]]
    row = StoredFile(
        sha256=digest.hexdigest(), name=name, content_type=mime, size=size, division=division, uploaded_by=by, uploaded_at=at,
        personal=personal,
    )  # fmt: skip
    file.seek(0)
    with transaction.atomic():
        row.save()
        if not default_storage.exists(row.path):
            default_storage.save(row.path, File(file))
    return row


def _shown_name(name: str, mime: str) -> str:
    """The uploader's name without folders and control characters, with an ending that fits what the file really is."""
    plain = (
        "".join(letter for letter in name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable()).strip()
        or "文件"
    )
    endings = ENDINGS[mime]
    stem, dot, ending = plain.rpartition(".")
    if dot and ending.lower() in endings:
        return f"{stem[:190]}.{ending}"
    return f"{plain[:190]}.{endings[0]}"


def _too_large(size: int) -> Invalid:
    limit = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
    return Invalid("文件太大", errors={"file": [f"{size / 1024 / 1024:.1f} MB，最多 {limit} MB"]})


def _clean_image(content: bytes, mime: str) -> bytes:
    """The picture written anew: EXIF, GPS and anything hidden behind it is gone."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Invalid("图片尺寸过大", errors={"file": [f"{image.width}×{image.height} 像素，最多 5000 万像素"]})
            image.load()
            upright = ImageOps.exif_transpose(image)  # the turn that EXIF asked for, before EXIF goes
            clean = upright.convert("RGB") if mime == "image/jpeg" else upright.copy()
            clean.info.clear()  # texts and profiles of PNG and WEBP
            clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            buffer = io.BytesIO()
            clean.save(buffer, IMAGES[mime])
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise Invalid("图片无法读取", errors={"file": ["不是有效的图片"]}) from error
    return buffer.getvalue()


def open_stored(row: StoredFile) -> IO[Any]:
    """A stored file, open for reading. FileNotFoundError where the storage has lost it."""
    handle: IO[Any] = default_storage.open(row.path)
    return handle


def download(row: StoredFile) -> FileResponse:
    """A stored file as an answer: always saved, never shown by the browser. Raises Http404 where the storage has lost it."""
    try:
        handle = open_stored(row)
    except FileNotFoundError as error:
        raise Http404("文件不在存储中") from error
    response = FileResponse(handle, as_attachment=True, filename=row.name, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def read(row: StoredFile) -> bytes:
    """The content of a stored file."""
    with default_storage.open(row.path) as handle:
        return bytes(handle.read())


def orphans(*, at: dt.datetime) -> Iterator[str]:
    """Storage names without a row, left alone until they are old enough."""
    folders, _ = default_storage.listdir(".") if default_storage.exists(".") else ([], [])
    for folder in folders:
        if len(folder) != 2:
            continue
        _, names = default_storage.listdir(folder)
        known = set(StoredFile.objects.filter(sha256__in=names).values_list("sha256", flat=True))
        for name in (f"{folder}/{name}" for name in names if name not in known):
            if default_storage.get_modified_time(name) < at - ORPHAN_AGE:
                yield name


def sweep_orphans(*, at: dt.datetime) -> int:
    """Remove files whose row was never committed. Returns how many."""
    removed = 0
    for name in list(orphans(at=at)):
        default_storage.delete(name)
        removed += 1
    return removed
