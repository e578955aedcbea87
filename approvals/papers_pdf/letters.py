"""The letter to an owner with his code, and the ballot paper: two sheets of A4, the first one to be folded in three.

Folded along its two marks only the first third is seen: the homes and a masked name. The code lies inside.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils import timezone

from approvals.models import RollHome, RollVoter, Vote
from approvals.rules.vote_words import home_words, homes_words, share_words, terms_words
from communities.rules.masks import mask_name
from offices.clock import day_of
from offices.models import Body
from offices.sheets import GREY, HEIGHT, INNER, MARGIN, WIDTH, Sheet, plain
from policies.words import date_words, moment_words

FOLD = HEIGHT / 3
BOXES = ("同意", "反对", "弃权")
CLAIM = "业主共同决定依法记名：经办机构可以依法核对每一张票，平台不承诺匿名；公布的结果不含任何人的姓名和选择。"


@dataclass(frozen=True)
class Envelope:
    """What one owner is sent. ``names``: all who hold the homes together; ``serial`` and ``code`` as they are printed."""

    voter: RollVoter
    homes: Sequence[RollHome]
    names: Sequence[str]
    serial: str
    code: str


class LetterSheet(Sheet):
    """All letters of a batch in one paper; each page says which letter it belongs to, not how many there are."""

    foot = ""
    leaf = 0

    def begin(self, foot: str, *, letter: bool = False) -> None:
        """A new sheet; the one before has its own foot first. ``letter``: pages are counted from here."""
        self.add_page()
        self.foot = foot
        if letter:
            self.leaf = self.page_no() - 1

    def footer(self) -> None:
        """Serial number and page of this letter."""
        self.set_xy(MARGIN, -14)
        self.face(9, colour=GREY)
        self.cell(0, 6, f"{self.foot}　第 {self.page_no() - self.leaf} 页", align="C")


def print_letters(vote: Vote, envelopes: Iterable[Envelope], *, issuer: Body, day: dt.datetime, site: str) -> IO[bytes]:
    """One PDF with a letter and a ballot paper for each envelope. Codes and names are in the result alone."""
    sheet = LetterSheet(title=f"表决通知和表决票：{vote.title}")
    page = f"{site.rstrip('/')}/votes/{vote.uid}/"
    for envelope in envelopes:
        _letter(sheet, vote, envelope, issuer, day, page)
        _ballot(sheet, vote, envelope, issuer)
    return sheet.written()


def moment(at: dt.datetime) -> str:
    """2026年11月29日 12:00, Asia/Shanghai."""
    return moment_words(timezone.localtime(at))


def _letter(sheet: LetterSheet, vote: Vote, envelope: Envelope, issuer: Body, day: dt.datetime, page: str) -> None:
    sheet.begin(f"信函 {envelope.serial}", letter=True)
    _outside(sheet, vote, envelope, issuer)
    sheet.set_y(FOLD + 6)
    sheet.line_of(f"{'、'.join(envelope.names) or '业主'}：", size=12, bold=True, height=7)
    sheet.line_of(f"{vote.community.name}业主表决通知", size=15, bold=True, height=9)
    sheet.line_of(vote.title, size=12, bold=True, height=7)
    _code(sheet, envelope, page)
    sheet.pair("投票时间", f"{moment(vote.opens_at)} 至 {moment(vote.closes_at)}（截止后不再收票）")
    sheet.pair("表决事项", vote.get_matter_display())
    sheet.pair("您的票", f"{homes_words(envelope.homes)}；面积合计 {envelope.voter.area:,.2f} ㎡，计 1 人")
    sheet.rule()
    _section(sheet, "表决内容", [vote.text])
    _section(sheet, "怎样投票（任选一种）", _ways(vote, page))
    terms = terms_words(may_change=vote.may_change, paper_wins=vote.paper_wins, proxy_limit=vote.proxy_limit)
    _section(sheet, "按公告", list(terms))
    _section(sheet, "怎样算通过（以下各项都达到）", [threshold_words(row) for row in vote.thresholds] or ["未作规定"])
    after = f"截止后计票，结果公示 {vote.objection_days} 天，公示期内可以在同一网页或向社区提出异议。{CLAIM}"
    _section(sheet, "结果", [after])
    sheet.ln(2)
    phone = f"　联系电话 {issuer.phone}" if issuer.phone else ""
    sheet.line_of(f"{issuer.name}{phone}", align="R")
    sheet.line_of(date_words(day_of(day)), align="R")


def _outside(sheet: Sheet, vote: Vote, envelope: Envelope, issuer: Body) -> None:
    """What is seen of the folded letter: sender, the doors, a masked name."""
    sheet.face(9, colour=GREY)
    sheet.set_xy(MARGIN, 14)
    sheet.cell(0, 5, plain(f"{issuer.name}　　业主表决信函，请本人拆阅"))
    sheet.set_xy(MARGIN, 36)
    sheet.line_of(f"{vote.division.name}　{vote.community.name}", size=12, height=7)
    doors = "、".join(home_words(home) for home in envelope.homes[:3])
    rest = f" 等 {len(envelope.homes)} 套" if len(envelope.homes) > 3 else ""
    sheet.line_of(f"{doors}{rest}", size=14, bold=True, height=8)
    sheet.line_of(f"{'、'.join(mask_name(name) for name in envelope.names[:3]) or '业主'}　收", size=14, height=8)
    sheet.set_draw_color(*GREY)
    sheet.set_line_width(0.15)
    for y in (FOLD, 2 * FOLD):
        sheet.line(6, y, 11, y)
    sheet.face(7, colour=GREY)
    sheet.text(6, FOLD - 1.2, "沿此向后折")


def _code(sheet: Sheet, envelope: Envelope, page: str) -> None:
    """The code, large, beside the QR code of the page."""
    top, high = sheet.get_y() + 2, 34
    sheet.set_draw_color(*GREY)
    sheet.set_line_width(0.3)
    sheet.rect(MARGIN, top, INNER, high)
    sheet.qr(page, WIDTH - MARGIN - high + 3, top + 3, high - 6)
    sheet.set_xy(MARGIN + 5, top + 3)
    sheet.face(10)
    sheet.cell(0, 6, "网上投票验证码（只有这封信上有，请勿告诉他人）")
    sheet.set_xy(MARGIN + 5, top + 10)
    sheet.face(24, bold=True)
    sheet.cell(0, 12, envelope.code)
    sheet.set_xy(MARGIN + 5, top + 23)
    sheet.face(8.5)
    sheet.block(f"手机扫右边的二维码，或打开 {page}", width=INNER - high - 8, height=4.2)
    sheet.set_xy(MARGIN, top + high + 3)


def _ways(vote: Vote, page: str) -> list[str]:
    return [
        "网上：扫上面的二维码，输入验证码，选择，核对，提交，得到回执号。",
        f"纸质：在随信的表决票上勾选、签名，{moment(vote.closes_at)}前交到小区所在社区或投票箱；逾期送达的无效。",
        "上门：工作人员上门收票时，请当面核对后签名。",
    ]


def threshold_words(row: dict[str, Any]) -> str:
    """参与表决的人数：三分之二以上（含三分之二），依据 三(一)（LZ-04）."""
    return (
        f"{row['label']}：{share_words(row['share'], strict=row['strict'])}，依据 {row['clause']}（规则 {row['rule']}）"
    )


def _section(sheet: Sheet, title: str, lines: Sequence[str]) -> None:
    sheet.ln(1.5)
    if sheet.get_y() > HEIGHT - MARGIN - 16:  # a heading never stands alone at the foot of a page
        sheet.add_page()
    sheet.line_of(title, size=11, bold=True)
    for line in lines:
        sheet.line_of(line, height=5.6)


def _ballot(sheet: LetterSheet, vote: Vote, envelope: Envelope, issuer: Body) -> None:
    """The ballot paper: serial number as text and QR, homes and area, three boxes, signatures, room for a seal."""
    sheet.begin(f"表决票 {envelope.serial}")
    sheet.qr(envelope.serial, WIDTH - MARGIN - 26, MARGIN, 26)
    sheet.set_xy(MARGIN, MARGIN)
    sheet.face(9, colour=GREY)
    sheet.cell(0, 6, "编号")
    sheet.set_xy(MARGIN, MARGIN + 6)
    sheet.face(16, bold=True)
    sheet.cell(0, 9, envelope.serial)
    sheet.set_xy(MARGIN, MARGIN + 30)
    sheet.line_of("业主表决票", size=22, bold=True, height=14, align="C")
    sheet.line_of(f"{vote.community.name}　{vote.get_matter_display()}", size=12, height=8, align="C")
    sheet.line_of(vote.title, size=14, bold=True, height=8, align="C")
    sheet.rule(4)
    sheet.pair("房屋", homes_words(envelope.homes), width=30, height=7)
    sheet.pair("面积合计", f"{envelope.voter.area:,.2f} ㎡，计 1 人", width=30, height=7)
    sheet.pair("业主", "、".join(mask_name(name) for name in envelope.names) or "—", width=30, height=7)
    sheet.rule(4)
    sheet.line_of("表决内容见随信通知。请在一个方框内打“√”，只能选一项：", size=11, height=8)
    sheet.ln(4)
    _boxes(sheet)
    sheet.ln(6)
    sheet.line_of("多选、不选、涂改无法辨认、没有签名的，无效。弃权是参与表决而不表示同意。", height=6)
    _signatures(sheet)
    until = f"请于 {moment(vote.closes_at)} 前交到小区所在社区或投票箱；逾期送达的无效。"
    sheet.set_y(HEIGHT - 36)
    sheet.line_of(f"{until}本票由{issuer.name}印发，遗失请申请补发，补发后本票作废。", size=9, height=5)


def _boxes(sheet: Sheet) -> None:
    y, width = sheet.get_y(), INNER / len(BOXES)
    sheet.set_draw_color(0, 0, 0)
    for number, word in enumerate(BOXES):
        x = MARGIN + number * width
        sheet.set_line_width(0.5)
        sheet.rect(x + 8, y, 9, 9)
        sheet.set_xy(x + 20, y - 1)
        sheet.face(18, bold=True)
        sheet.cell(width - 20, 11, word)
    sheet.set_xy(MARGIN, y + 12)


def _signatures(sheet: Sheet) -> None:
    sheet.ln(8)
    y = sheet.get_y()
    sheet.set_line_width(0.2)
    for number, label in enumerate(("业主签名（共有的请全体或经授权的代表签名）", "代理人签名（有委托书的）", "日期")):
        top = y + number * 16
        sheet.face(10.5)
        sheet.set_xy(MARGIN, top)
        sheet.cell(80, 8, label)
        sheet.line(MARGIN + 82, top + 8, MARGIN + 124, top + 8)
    sheet.seal_zone(WIDTH - MARGIN - 42, y)
