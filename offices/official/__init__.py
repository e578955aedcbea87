"""Official forms: one description each, and from it a PDF, a Word document and a workbook in the office's layout.

``register(kind, build)`` in an app's ``AppConfig.ready``; ``build(user, uid)`` gives the form, or None where the user sees no such thing.
A form never carries a drawn seal: it leaves room for one. A draft says 草稿.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from offices.models import User

Cell = str | int | Decimal | None


@dataclass(frozen=True)
class Column:
    """A column: its heading and its width in signs. ``name``: its numbers name something (a year) and are not counted."""

    label: str
    width: int
    name: bool = False


@dataclass(frozen=True)
class Grid:
    """A table of a form; ``total`` is its last row (合计), as long as the others, or empty. ``room``: people sign and seal in its rows."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    total: tuple[Cell, ...] = ()
    room: bool = False


@dataclass(frozen=True)
class Form:
    """A form. ``unit``: 单位：万元, where it says so; ``lines``: label and text; ``words``: paragraphs below; ``seals``: who seals it;
    ``signs``: what is filled in by hand at its foot; ``issued``: what the issuer is called on top, nothing where he stands below alone."""

    title: str
    issuer: str
    place: str
    lines: tuple[tuple[str, str], ...] = ()
    grids: tuple[Grid, ...] = ()
    words: tuple[str, ...] = ()
    seals: tuple[str, ...] = ()
    unit: str = ""
    draft: bool = False
    landscape: bool = False
    opening: str = ""
    signs: tuple[str, ...] = ()
    issued: str = "填报单位（盖章）"

    @property
    def heading(self) -> str:
        """The title, saying that it is a draft."""
        return f"{self.title}（草稿）" if self.draft else self.title

    @property
    def above(self) -> str:
        """The line above the table: who fills it in, and where; the unit stands at its end."""
        issuer = f"{self.issued}：{self.issuer or BLANK}" if self.issued else ""
        return "　　".join(part for part in (issuer, f"辖区：{self.place}" if self.issued else "") if part)

    @property
    def foot(self) -> str:
        """The line below the tables that is filled in by hand."""
        return "".join(f"{label}：{BLANK}" for label in self.signs)


BLANK = "　" * 8
DATED = "年　　月　　日"
Build = Callable[[User, UUID], Form | None]
_FORMS: dict[str, Build] = {}


def register(kind: str, build: Build) -> None:
    """Add a form, once by its kind."""
    _FORMS[kind] = build


def form_of(kind: str, user: User, uid: UUID) -> Form | None:
    """The form of a thing that the user sees."""
    build = _FORMS.get(kind)
    return build(user, uid) if build else None


def said(value: Cell, column: Column | None = None) -> str:
    """A cell on paper: numbers with their thousands (a year has none), nothing for what is not filled in."""
    if value is None:
        return ""
    if column is not None and column.name:
        return str(value)
    return f"{value:,}" if isinstance(value, int | Decimal) else value


def numeric(grid: Grid, number: int) -> bool:
    """Whether a column holds numbers: right-aligned."""
    if grid.columns[number].name:
        return False
    cells = [row[number] for row in grid.rows if row[number] not in (None, "")]
    return bool(cells) and all(isinstance(cell, int | Decimal) for cell in cells)
