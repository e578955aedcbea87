"""A city's own file looked at before it is used: what it says, what is wrong with it, and what a hostile one does (nothing)."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from offices.models import User
from offices.rulebooks import library
from renovation import rulebook_trial
from renovation.register import BASE_DIR

DOCS = Path(BASE_DIR) / "docs"
BOOK = (DOCS / "example-rulebook.yaml").read_bytes()
TEXT = (DOCS / "example-rulebook.txt").read_bytes()
BOMB = b"document: &a [x, x, x, x, x, x, x, x, x]\nrules:\n- {id: A, provisions: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]}\n"


@pytest.fixture
def staff(db: None) -> Client:
    """Somebody who is signed in."""
    client = Client()
    user = User.objects.create_user("lin", password="Yanshi-2026!")
    client.force_login(user, backend="offices.backend.StaffBackend")
    return client


def send(client: Client, book: bytes, name: str = "guihua.yaml", **more: object) -> tuple[int, str]:
    """Hand a file in."""
    given = {"book": SimpleUploadedFile(name, book), **more}
    answer = client.post("/staff/rulebook-trial/", given)
    return answer.status_code, answer.content.decode()


def test_a_good_file_is_shown_as_the_explorer_would_show_it_and_nothing_is_kept(staff: Client) -> None:
    text = SimpleUploadedFile("example-rulebook.txt", TEXT)
    status, page = send(staff, BOOK, text=text, beside="liuzhou")
    assert status == 200 and "没有错误" in page and "桂花市" in page and "GH-01" in page and "柳州市" in page
    assert "guihua" not in library()


def test_what_is_wrong_is_said_with_its_line_and_the_way_out(staff: Client) -> None:
    status, page = send(staff, BOOK.replace(b"strength: must", b"strength: muss", 1))
    assert status == 400 and "guihua.yaml：第" in page and "怎么改" in page and "/tmp/" not in page
    status, page = send(staff, BOOK)
    assert status == 400 and "无法读取原文" in page, "its text was not handed in"
    status, page = send(
        staff,
        BOOK.replace(b"place: guihua", b"place: liuzhou", 1),
        text=SimpleUploadedFile("example-rulebook.txt", TEXT),
    )
    assert status == 400 and "与文件名“guihua”不同" in page
    assert {send(staff, BOOK, name)[0] for name in ("../x.yaml.exe", "桂花.yaml", "x.yml")} == {400}


def test_a_hostile_file_ends_with_words(staff: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rulebook_trial, "SECONDS", 8)
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    status, page = send(staff, f"a0: &a0 [x]\n{levels}document: *a11\n".encode())
    assert status == 400 and "还不能使用" in page
    assert send(staff, b"\0" * 100)[0] == 400 and send(staff, BOMB)[0] == 400
