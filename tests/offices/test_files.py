"""Uploads: by content, without EXIF, private, and nothing left behind."""

import datetime as dt
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from offices import files
from offices.demonstration import Offices
from offices.models import StoredFile
from policies.refusal import Invalid
from tests.cast import AT


def stored(offices: Offices, content: bytes, name: str) -> StoredFile:
    """An upload by 芮城县住建局's clerk."""
    return files.store(
        upload=SimpleUploadedFile(name, content),
        division=offices.divisions["芮城县"],
        by=offices.user("芮城县", "housing", "clerk"),
        at=AT,
    )


def picture(form: str, size: tuple[int, int] = (40, 20), **more: Any) -> bytes:
    """A picture in memory."""
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, form, **more)
    return stream.getvalue()


def office(inner: str, *others: str) -> bytes:
    """The skeleton of an Office file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("[Content_Types].xml", inner, *others):
            archive.writestr(name, "<x/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "mime", "shown"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "../../方案.pdf", "application/pdf", "方案.pdf"),
        (picture("PNG"), "照片.png", "image/png", "照片.png"),
        (picture("WEBP"), "照片.webp", "image/webp", "照片.webp"),
        (office("xl/workbook.xml"), "表.xlsx", files.OFFICE["xl/workbook.xml"], "表.xlsx"),
        (office("word/document.xml"), "意见.docx", files.OFFICE["word/document.xml"], "意见.docx"),
        ("户号,意见\n".encode("gb18030"), "名册.csv", "text/plain", "名册.csv"),
        (picture("PNG"), "照片.exe", "image/png", "照片.exe.png"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "C:\\桌面\\合同\n.PDF", "application/pdf", "合同.PDF"),
    ],
)
def test_the_type_is_what_the_content_is(offices: Offices, content: bytes, name: str, mime: str, shown: str) -> None:
    row = stored(offices, content, name)
    assert (row.content_type, row.name) == (mime, shown)
    assert files.read(row)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 64, "方案.pdf"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 64, "照片.jpg"),
        (b"<html><script>alert(1)</script>\x00", "x.csv"),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), "宏.xlsx"),
        (office("some/thing.xml"), "表.xlsx"),
        (b"PK\x03\x04broken", "表.xlsx"),
        (b"\x89PNG\r\n\x1a\nbroken", "照片.png"),
        (b"GIF89a" + b"\x00" * 32, "照片.png"),
        (b"", "空.pdf"),
    ],
)
def test_programs_macros_and_broken_files_are_refused_whatever_their_name(
    offices: Offices, content: bytes, name: str
) -> None:
    with pytest.raises(Invalid) as refused:
        stored(offices, content, name)
    assert "file" in refused.value.errors and not StoredFile.objects.exists()


def test_a_file_over_the_limit_is_refused(offices: Offices, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1024 * 1024
    with pytest.raises(Invalid, match="太大"):
        stored(offices, b"a" * (1024 * 1024 + 1), "大.txt")


def test_a_picture_loses_its_exif_and_keeps_its_upright_position(offices: Offices) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "经度 110.69 纬度 34.69"  # turned by a quarter; a description
    content = picture("JPEG", exif=exif)
    assert b"110.69" in content
    kept = files.read(stored(offices, content, "现场.jpg"))
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif() and image.size == (20, 40)
    assert b"110.69" not in kept


def test_what_hides_behind_or_inside_a_picture_is_gone(offices: Offices) -> None:
    note = PngInfo()
    note.add_text("Comment", "<?php secret ?>")
    kept = files.read(stored(offices, picture("PNG", pnginfo=note) + b"<?php secret ?>", "图.png"))
    assert b"secret" not in kept


def test_a_picture_too_large_to_unpack_is_refused(offices: Offices) -> None:
    with pytest.raises(Invalid, match="尺寸"):
        stored(offices, picture("PNG", (9000, 9000)), "巨图.png")


def test_the_same_content_lies_once(offices: Offices) -> None:
    first, second = stored(offices, b"%PDF-1.7\n1\n", "一.pdf"), stored(offices, b"%PDF-1.7\n1\n", "二.pdf")
    assert first.path == second.path and first.uid != second.uid
    assert default_storage.listdir(first.path[:2])[1] == [first.sha256]


def test_files_whose_row_never_came_to_be_are_swept_once_they_are_old(offices: Offices, settings: Any) -> None:
    kept = stored(offices, b"%PDF-1.7\nkept\n", "留.pdf")
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = stored(offices, b"%PDF-1.7\nlost\n", "丢.pdf")
        raise RuntimeError("the request died")
    assert default_storage.exists(lost.path)
    now = dt.datetime.now(dt.UTC)
    assert files.sweep_orphans(at=now) == 0  # a transaction may still be open
    old = (now - dt.timedelta(days=1)).timestamp()
    for row in (kept, lost):
        os.utime(Path(settings.MEDIA_ROOT) / row.path, (old, old))
    assert files.sweep_orphans(at=now) == 1
    assert default_storage.exists(kept.path) and not default_storage.exists(lost.path)
