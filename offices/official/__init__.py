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
    """A column: its heading and its width in signs."""

    label: str
    width: int


@dataclass(frozen=True)
class Grid:
    """A table of a form; ``total`` is its last row (合计), as long as the others, or empty."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    total: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form. ``unit``: 单位：万元, where it says so; ``lines``: label and text; ``words``: paragraphs below; ``seals``: who signs."""

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

    @property
    def heading(self) -> str:
        """The title, saying that it is a draft."""
        return f"{self.title}（草稿）" if self.draft else self.title

    @property
    def above(self) -> str:
        """The line above the table: who fills it in, where, in what unit."""
        return "　　".join(
            part for part in (f"填报单位（盖章）：{self.issuer}", f"辖区：{self.place}", self.unit) if part
        )


Build = Callable[[User, UUID], Form | None]
_FORMS: dict[str, Build] = {}


def register(kind: str, build: Build) -> None:
    """Add a form, once by its kind."""
    _FORMS[kind] = build


def form_of(kind: str, user: User, uid: UUID) -> Form | None:
    """The form of a thing that the user sees."""
    build = _FORMS.get(kind)
    return build(user, uid) if build else None


def said(value: Cell) -> str:
    """A cell on paper: numbers with their thousands, nothing for what is not filled in."""
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int | Decimal) else value


def numeric(grid: Grid, number: int) -> bool:
    """Whether a column holds numbers: right-aligned."""
    cells = [row[number] for row in grid.rows if row[number] not in (None, "")]
    return bool(cells) and all(isinstance(cell, int | Decimal) for cell in cells)
