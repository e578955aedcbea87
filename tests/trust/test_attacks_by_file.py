"""Files as attacks: programs under other names, bombs, forged pictures, path tricks, pages in disguise."""

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from offices import files, schedule
from offices.models import StoredFile
from policies.refusal import Invalid
from tests.cast import AT
from tests.trust.rows import Rows


def picture(**more: Any) -> bytes:
    """A small JPEG with a place in its EXIF."""
    buffer = io.BytesIO()
    image = Image.new("RGB", (8, 8), "red")
    exif = image.getexif()
    exif[0x8825] = {1: "N", 2: (34.0, 41.0, 0.0)}
    exif[0x010E] = "秘密地点"
    image.save(buffer, "JPEG", exif=exif, **more)
    return buffer.getvalue()


def book(extra: dict[str, bytes]) -> bytes:
    """A workbook with more parts in its archive."""
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, content in extra.items():
            archive.writestr(name, content)
    return buffer.getvalue()


BAD_FILES = {
    "program.pdf": b"MZ\x90\x00" + b"\x00" * 200,
    "elf.png": b"\x7fELF\x02\x01\x01" + b"\x00" * 200,
    "macro.xlsx": book({"xl/vbaProject.bin": b"macro"}),
    "archive.docx": b"PK\x03\x04" + b"\x00" * 100,
    "empty.pdf": b"",
    "broken.jpg": picture()[:60],
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_what_is_no_paper_is_not_kept(rows: Rows, name: str) -> None:
    """By content, whatever the name says."""
    count = StoredFile.objects.count()
    with pytest.raises(Invalid):
        files.store(
            upload=SimpleUploadedFile(name, BAD_FILES[name]), division=rows.county, by=rows.users["clerk"], at=AT
        )
    assert StoredFile.objects.count() == count


def test_a_picture_bomb_is_refused_before_it_is_unpacked(rows: Rows) -> None:
    """Dimensions that were forged into the header: refused, no gigabytes."""
    buffer = io.BytesIO()
    Image.new("1", (4, 4)).save(buffer, "PNG")
    forged = bytearray(buffer.getvalue())
    forged[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(Invalid):
        files.store(upload=SimpleUploadedFile("a.png", bytes(forged)), division=rows.county, by=None, at=AT)


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize(
    "content", [b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', b"<x", b"no XML"]
)
def test_a_calendar_that_is_no_workbook_is_refused_in_words(name: str, content: bytes) -> None:
    """Whatever part of it is wrong: no fault of ours, nothing of the machine in the answer."""
    with pytest.raises(Invalid, match="无法"):
        schedule.read(SimpleUploadedFile("日历.xlsx", book({name: content})))


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.jpg",
        "..\\..\\a.jpg",
        "/abs/a.jpg",
        "a\r\nSet-Cookie: x=1.jpg",
        "‮gpj.exe.jpg",
        "a" * 5000 + ".jpg",
        "照片.html",
    ],
)
def test_names_lead_nowhere_and_pictures_tell_no_place(rows: Rows, browsers: dict[str, Client], name: str) -> None:
    """The stored name is the content's hash; what is shown has no folder and no control character; EXIF is gone."""
    row = files.store(upload=io.BytesIO(picture()), division=rows.county, by=rows.users["clerk"], at=AT, name=name)
    assert not set("/\\\r\n‮") & set(row.name) and len(row.name) <= 200 and row.name.endswith(".jpg")
    answer = browsers["clerk"].get(f"/staff/files/{row.uid}/")
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    content = b"".join(answer)  # type: ignore[arg-type]
    assert not Image.open(io.BytesIO(content)).getexif() and "秘密地点".encode() not in content


@pytest.mark.parametrize(
    ("name", "content"), [("a.svg", b"<svg onload='alert(1)'/>"), ("a.pdf", b"<html><script>alert(1)</script>")]
)
def test_pages_among_files_are_downloaded_as_text(
    rows: Rows, browsers: dict[str, Client], name: str, content: bytes
) -> None:
    """SVG and HTML are text to us: named .txt, an attachment in a sandbox, never shown."""
    row = files.store(upload=SimpleUploadedFile(name, content), division=rows.county, by=rows.users["clerk"], at=AT)
    answer = browsers["clerk"].get(f"/staff/files/{row.uid}/")
    assert row.content_type == "text/plain" and row.name.endswith(".txt")
    assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"].startswith("text/plain")
    assert "sandbox" in answer["Content-Security-Policy"]
