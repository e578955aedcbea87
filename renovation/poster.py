"""The sheet for the stairwell: one community, one QR code, whom to call. A4, to be read from two steps away."""

from typing import IO

from communities.models import Community
from offices.sheets import GREY, INNER, MARGIN, WIDTH, Sheet, plain

SIDE = 96
ANSWERS = (
    "现在到哪一步，下一步是什么，什么时候完工",
    "每栋楼做什么，花多少钱，平均每户多少",
    "公示、表决、调查：怎么看，怎么说同意或不同意",
    "投诉，凭编号查答复",
)


class _Poster(Sheet):
    """A sheet of one page: it says where the address leads, not which page it is."""

    foot = ""

    def footer(self) -> None:
        """Who hangs it up may print it again."""
        self.set_xy(MARGIN, -14)
        self.face(9, colour=GREY)
        self.cell(0, 6, plain(self.foot), align="C")


def poster(community: Community, *, url: str, call: tuple[str, str] | None) -> IO[bytes]:
    """The sheet as PDF. ``url``: the community's page, whole; ``call``: (who, number) of an office."""
    sheet = _Poster(title=f"{community.name}改造进度")
    sheet.foot = f"本页可以从网页上再次打印　{community.division.name}"
    sheet.add_page()
    sheet.set_y(24)
    sheet.line_of(community.name, size=30, bold=True, height=15, align="C")
    sheet.line_of("改造进度，扫一扫就看到", size=20, height=12, align="C")
    top = sheet.get_y() + 6
    sheet.qr(url, (WIDTH - SIDE) / 2, top, SIDE)
    sheet.set_y(top + SIDE + 5)
    sheet.line_of("用微信或手机相机扫码，不用登录，不用下载", size=14, height=8, align="C")
    sheet.line_of(url, size=9, height=6, align="C")
    sheet.rule(4)
    for words in ANSWERS:
        sheet.set_x(MARGIN + 10)
        sheet.face(15)
        sheet.block(f"· {words}", width=INNER - 10, height=9)
    if call is not None:
        sheet.rule(4)
        sheet.line_of("不会用手机，打电话问", size=14, height=8, align="C")
        sheet.line_of(call[1], size=26, bold=True, height=14, align="C")
        sheet.line_of(call[0], size=12, height=7, align="C")
    return sheet.written()
