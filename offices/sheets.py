"""Papers as PDF: A4, both weights of the vendored typeface embedded, 填报单位 on top, page x of y below, 草稿 across a draft.

A paper never carries a drawn seal: it leaves a blank zone for one (``seal_zone``). Lengths are millimetres.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import segno
from django.conf import settings
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from policies.refusal import Refused

FACE = "Noto"
FONTS = {"": "NotoSansSC-Regular.ttf", "B": "NotoSansSC-Bold.ttf"}
WIDTH, HEIGHT, MARGIN = 210, 297, 20
INNER = WIDTH - 2 * MARGIN
INK, GREY, PALE = (20, 24, 28), (90, 96, 102), (226, 229, 231)
CLOSING = frozenset("，。；：、！？）】》”’㎡%")
_PIECES = re.compile(r"[A-Za-z0-9.,:/_%+-]+(?: ?㎡)?|.")
TOTAL = "\ue0f0"  # stands for the number of pages; ``plain`` takes it out of whatever a person wrote


def plain(text: str) -> str:
    """Text as it may be printed: line ends of one kind, no control signs, no private ones."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs", "Co", "Cf"})


def font_files() -> dict[str, Path]:
    """The typeface by style. Raises Refused where the installation lacks it."""
    files = {style: Path(settings.BASE_DIR) / "static" / "vendor" / "fonts" / name for style, name in FONTS.items()}
    if not all(file.is_file() for file in files.values()):
        raise Refused("没有安装打印用的字体，请管理员运行 make setup 后再试", code="fonts_missing")
    return files


class Sheet(FPDF):
    """An A4 (or A3) paper. ``issuer``: printed as 填报单位 on every page; ``draft``: 草稿 behind the text of every page."""

    def __init__(
        self, *, title: str, issuer: str = "", draft: bool = False, landscape: bool = False, size: str = "A4"
    ) -> None:  # fmt: skip
        super().__init__("L" if landscape else "P", "mm", size)
        self.issuer, self.draft = plain(issuer), draft
        self._widths: dict[tuple[str, float, str], float] = {}
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN)
        for style, file in font_files().items():
            self.add_font(FACE, style, file)
        self.alias_nb_pages(TOTAL)
        self.set_title(plain(title))
        self.set_lang("zh-CN")
        self.set_creator("老旧小区改造管理平台")
        self.face(10.5)

    def face(self, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK) -> None:
        """Size in points, weight and colour of what is written next."""
        self.set_font(FACE, "B" if bold else "", size)
        self.set_text_color(*colour)

    def header(self) -> None:
        """草稿 first, so that the text lies on it; then who fills the paper in."""
        if self.draft:
            self.face(96, bold=True, colour=PALE)
            with self.rotation(35, self.w / 2, self.h / 2):
                self.text(self.w / 2 - 34, self.h / 2 + 12, "草稿")
        if self.issuer:
            self.face(9, colour=GREY)
            self.set_xy(self.l_margin, 10)
            self.cell(0, 6, f"填报单位（盖章）：{self.issuer}")
            self.set_xy(self.l_margin, MARGIN)
        self.face(10.5)

    def footer(self) -> None:
        """Which page of how many."""
        self.set_xy(self.l_margin, -14)
        self.face(9, colour=GREY)
        self.cell(0, 6, f"第 {self.page_no()} 页　共 {TOTAL} 页", align="C")

    def line_of(
        self, text: str, *, size: float = 10.5, bold: bool = False, height: float = 6, align: str = "L"
    ) -> None:
        """One paragraph over the width between the margins, broken where it is full; the next one follows below."""
        self.face(size, bold=bold)
        self.block(text, height=height, align=align)

    def pair(self, label: str, text: str, *, width: float = 26, height: float = 6) -> None:
        """A label and what belongs to it; long texts hang beside the label."""
        self.face(10.5, colour=GREY)
        self.cell(width, height, plain(label))
        self.face(10.5)
        self.block(text, height=height)

    def block(self, text: str, *, width: float = 0, height: float = 6, align: str = "L") -> None:
        """Text from here over ``width`` (0: to the margin), broken as Chinese is: no closing sign begins a line, no number is cut."""
        room = (width or self.w - self.r_margin - self.x) - 2 * self.c_margin
        lines = [line for row in plain(text).split("\n") for line in self._broken(row, room)]
        hang = 6 if align == "L" else 0  # a closing sign may stand in the margin
        self.multi_cell(
            room + 2 * self.c_margin + hang, height, "\n".join(lines), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def _broken(self, row: str, room: float) -> Iterator[str]:
        """One paragraph in lines of at most ``room``."""
        line, used = "", 0.0
        for piece in _PIECES.findall(row):
            wide = self._width(piece)
            if used + wide > room and line and piece not in CLOSING:
                yield line
                line, used = "", 0.0
            if wide > room:  # longer than a line: an address, a number without end
                for sign in piece:
                    if used + self._width(sign) > room:
                        yield line
                        line, used = "", 0.0
                    line, used = line + sign, used + self._width(sign)
                continue
            line, used = line + piece, used + wide
        yield line

    def _width(self, piece: str) -> float:
        key = (self.font_style, self.font_size_pt, piece)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(piece)
        return self._widths[key]

    def rule(self, gap: float = 2) -> None:
        """A hairline between the margins."""
        self.set_draw_color(*GREY)
        self.set_line_width(0.15)
        y = self.get_y() + gap
        self.line(MARGIN, y, self.w - MARGIN, y)
        self.set_y(y + gap)

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """A QR code of ``text`` with its top left corner at (x, y), drawn as filled squares: sharp at any resolution."""
        rows = [bytes(row) for row in segno.make(text, error="m", micro=False).matrix]
        step = size / len(rows)
        self.set_fill_color(0, 0, 0)
        for number, row in enumerate(rows):
            start = 0
            while start < len(row):  # neighbours are one rectangle: hairlines between squares would spoil the code
                if not row[start]:
                    start += 1
                    continue
                end = start
                while end < len(row) and row[end]:
                    end += 1
                self.rect(x + start * step, y + number * step, (end - start) * step, step, style="F")
                start = end

    def seal_zone(self, x: float, y: float, label: str = "（盖章处）", size: float = 42) -> None:
        """Room for a seal: a pale label and nothing drawn."""
        self.face(9, colour=GREY)
        self.set_xy(x, y + size / 2 - 3)
        self.cell(size, 6, label, align="C")

    def written(self) -> IO[bytes]:
        """The finished PDF, at its beginning."""
        return io.BytesIO(bytes(self.output()))
