"""A small world for the tests of the register: one city, two counties, and the people who keep it.

陈经办 keeps 东城区, 赵经办 keeps 西城区, 孙经办 the whole city, 钱财政 is a clerk of a finance bureau and keeps nothing.
"""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communities import actions
from communities.models import Community, Import
from offices.models import LEVELS, Body, Division, Membership, User

AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
TODAY = AT.date()
DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class World:
    """Divisions and people by name."""

    city: Division
    east: Division
    west: Division
    street: Division
    chen: User
    zhao: User
    sun: User
    qian: User


def make_division(name: str, kind: str, parent: Division | None = None, rulebook: str = "") -> Division:
    """A division with its ancestors on the row."""
    row = Division(name=name, kind=kind, parent=parent, rulebook=rulebook, created_at=AT, updated_at=AT)
    row.governed_by = rulebook or (parent.governed_by if parent else "")
    for level in LEVELS:
        setattr(row, f"{level}_id", getattr(parent, f"{level}_id") if parent else None)
    row.save()
    setattr(row, row.column, row.pk)
    row.save()
    return row


def make_clerk(username: str, name: str, division: Division, kind: str) -> User:
    """A clerk of a body of this kind in this division."""
    user = User.objects.create_user(username=username, password="long-enough-1", name=name)
    body, _ = Body.objects.get_or_create(
        division=division, kind=kind, defaults={"name": f"{division.name}{kind}", "created_at": AT, "updated_at": AT}
    )
    Membership.objects.create(
        user=user, body=body, role="clerk", since=dt.date(2020, 1, 1), created_at=AT, updated_at=AT
    )
    return user


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """The small world; the city is governed by 芮城's document (its figures are real)."""
    settings.MEDIA_ROOT = tmp_path
    city = make_division("测试市", "city", rulebook="ruicheng")
    east, west = make_division("东城区", "county", city), make_division("西城区", "county", city)
    street = make_division("永乐街道", "street", east)
    return World(
        city, east, west, street,
        make_clerk("chen", "陈经办", east, "housing"),
        make_clerk("zhao", "赵经办", west, "housing"),
        make_clerk("sun", "孙经办", city, "housing"),
        make_clerk("qian", "钱财政", east, "finance"),
    )  # fmt: skip


@pytest.fixture
def add(world: World) -> Callable[..., Community]:
    """Add a community as the city's clerk."""

    def build(name: str, division: Division | None = None, **values: Any) -> Community:
        return actions.add_community(
            by=world.sun, at=AT, division=division or world.east, values={"name": name, **values}, evidence="普查"
        )

    return build


def workbook(rows: list[list[Any]], *, merges: tuple[str, ...] = (), title: str = "Sheet1") -> bytes:
    """An XLSX file of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for area in merges:
        sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(content: bytes | str, name: str = "小区.xlsx") -> SimpleUploadedFile:
    """An upload of this content."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


@pytest.fixture
def bring(world: World) -> Callable[..., Import]:
    """Upload and read a table as the clerk of 东城区 (another with ``by``)."""

    def build(
        content: bytes | str | list[list[Any]],
        name: str = "小区.xlsx",
        *,
        kind: str = "communities",
        by: User | None = None,
        division: Division | None = None,
        merges: tuple[str, ...] = (),
        **options: Any,
    ) -> Import:
        data = workbook(content, merges=merges) if isinstance(content, list) else content
        source = actions.upload_import(
            by=by or world.chen,
            at=AT,
            kind=kind,
            division=division or world.east,
            upload=upload(data, name),
            options=options,
        )
        return actions.read_import(source=source, at=AT)

    return build


def messages(source: Import, severity: str = "error") -> list[str]:
    """Messages of all rows, in their order."""
    return [p["message"] for row in source.rows.all() for p in row.problems if p["severity"] == severity]
