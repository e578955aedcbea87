"""Papers of an apportionment: the sheet for the stairwell without names, and each owner's own slip with a code that is his alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO

from django.conf import settings
from django.db import transaction

from approvals import codes
from communities.models import Community, Ownership, Person
from communities.rules.masks import mask_name
from funding.actions.common import Input
from funding.collecting import DueLine, clause_of, digest_of, dues, lines
from funding.models import Apportionment, HomeDue
from funding.permissions import either, keeper
from offices.clock import day_of
from offices.history import record
from offices.models import Body, User
from offices.sheets import GREY, MARGIN, Sheet
from policies.refusal import Refused
from policies.words import date_words, yuan_words

MOST_SLIPS = 200
STANDS = "分摊已撤回或还没有复核公布，不能打印"


def as_announced(row: Apportionment) -> None:
    """Raises Refused unless the apportionment is announced, stands, and is still what was hashed."""
    if row.confirmed_by_id is None or row.withdrawn_at is not None:
        raise Refused(STANDS, code="not_confirmed")
    if digest_of(row) != row.digest:
        raise Refused("逐户数据与公布时的校验值不一致，请系统管理员核查", code="digest_differs")


@transaction.atomic
def stairwell_sheet(*, by: User, at: dt.datetime, row: Apportionment, basis: str = "") -> IO[bytes]:
    """The sheet to be posted: way, weights and sums of each stairwell; room by room only where ``basis`` names what allows it (N-06)."""
    body = either(by, row.county or row.division)
    given = Input()
    words = given.text(basis, "basis", 200, blank=True)
    given.done("没有打印：有字段需要更正")
    as_announced(row)
    record(
        by=by, at=at, action="apportionment.sheet", subject=row, body=body, data={"rooms": bool(words)}, reason=words
    )
    found = list(dues(row))
    sheet = Sheet(title=row.title, issuer=body.name)
    sheet.add_page()
    sheet.line_of(f"{row.project_name}居民出资分摊公示", size=16, bold=True, height=10, align="C")
    sheet.line_of(row.title, size=12, bold=True, height=8, align="C")
    _head(sheet, row, len(found))
    if words:
        sheet.pair("张贴依据", words)
        _rooms(sheet, row, found)
    else:
        _stairwells(sheet, found)
    sheet.rule()
    sheet.line_of(
        f"各户应缴合计 {yuan_words(row.amount)} 元，与总额一致。公布校验值 {row.digest[:16]}。", size=9, height=5
    )
    sheet.line_of("对本户金额有疑问的，请在缴款截止前向社区或上列单位提出。", size=9, height=5)
    return sheet.written()


def _head(sheet: Sheet, row: Apportionment, homes: int) -> None:
    sheet.pair("分摊总额", f"{yuan_words(row.amount)} 元，共 {homes} 户")
    sheet.pair("分摊办法", row.formula)
    clause = clause_of(row, day_of(row.created_at))
    if clause is not None:
        sheet.pair("依据", f"{clause.document}{clause.document_number} {clause.clause}")
    if row.floors:
        sheet.pair("楼层系数", "，".join(f"{floor} 层 {weight}" for floor, weight in row.floors.items()))
    if row.agreement:
        sheet.pair("约定依据", row.agreement)
    sheet.pair("缴款截止", f"{date_words(row.pay_by)}（当日缴款不算逾期）" if row.pay_by else "未填报")


def _rooms(sheet: Sheet, row: Apportionment, found: Sequence[HomeDue]) -> None:
    """Room and yuan in three columns, no name."""
    sheet.ln(3)
    width = (sheet.w - 2 * MARGIN) / 3
    for number, due in enumerate(found):
        sheet.face(10)
        sheet.cell(width, 6, f"{due.label}　{due.amount:,.2f}")
        if number % 3 == 2 or number == len(found) - 1:
            sheet.ln(6)


def _stairwells(sheet: Sheet, found: Sequence[HomeDue]) -> None:
    """Homes and yuan of each stairwell."""
    sheet.ln(3)
    sums: Mapping[str, list[Decimal]] = defaultdict(list)
    for due in found:
        sums[due.label.rpartition(" ")[0]].append(due.amount)
    for place, amounts in sums.items():
        sheet.pair(place or "全部", f"{len(amounts)} 户，应缴合计 {yuan_words(sum(amounts, Decimal(0)))} 元", width=46)


@dataclass
class Slip:
    """What one owner is told: his own dues, with those who hold a home together with him masked."""

    person: Person
    community: Community
    lines: list[DueLine] = field(default_factory=list)
    others: set[str] = field(default_factory=set)


@transaction.atomic
def owners_slips(*, by: User, at: dt.datetime, row: Apportionment, text: str = "", site: str = "") -> IO[bytes]:
    """One page for each owner of the homes whose door has ``text``. Each gets a fresh code; his earlier one is void from now on.

    Raises Refused for no owners and for more than ``MOST_SLIPS``. The codes stand in the paper alone.
    """
    body = keeper(by, row.county or row.division)
    as_announced(row)
    slips = _slips(row, day_of(at), text.replace("\x00", "").strip()[:40])
    if not slips:
        raise Refused("所选范围没有登记业主的户", code="letters_none")
    if len(slips) > MOST_SLIPS:
        raise Refused(f"一次最多打印 {MOST_SLIPS} 位业主，请填写楼栋或单元分批打印", code="letters_batch")
    by_place: dict[int, list[Slip]] = defaultdict(list)
    for slip in slips:
        by_place[slip.community.pk].append(slip)
    given: dict[str, str] = {}
    for group in by_place.values():
        given |= codes.issue_letters(
            subject=group[0].community, holders=[str(slip.person.uid) for slip in group], at=at
        )
    record(by=by, at=at, action="apportionment.slips", subject=row, body=body, data={"persons": len(slips)})
    sheet = Sheet(title=f"缴款通知：{row.title}")
    for slip in slips:
        _slip(sheet, row, slip, body, given[str(slip.person.uid)], at, site or settings.SITE_URL)
    return sheet.written()


def _slips(row: Apportionment, day: dt.date, text: str) -> list[Slip]:
    """Owners of the homes whose door has the text, each with all that he owes of it wherever it lies."""
    found = {line.due.home_id: line for line in lines(dues(row), day)}
    wanted = [home for home, line in found.items() if text in line.due.label]
    in_force = Ownership.objects.in_force(day)
    persons = in_force.filter(home__in=wanted).values("person")
    owned = in_force.filter(person__in=persons, home__in=found).select_related("person__community")
    slips: dict[int, Slip] = {}
    for ownership in owned.order_by("home_id", "pk"):
        slip = slips.setdefault(ownership.person_id, Slip(ownership.person, ownership.person.community))
        slip.lines.append(found[ownership.home_id])
    holders: dict[int, list[Person]] = defaultdict(list)
    for ownership in in_force.filter(
        home__in=[line.due.home_id for slip in slips.values() for line in slip.lines]
    ).select_related("person"):
        holders[ownership.home_id].append(ownership.person)
    for slip in slips.values():
        for line in slip.lines:
            slip.others |= {mask_name(other.name) for other in holders[line.due.home_id] if other.pk != slip.person.pk}
    return list(slips.values())


def _slip(sheet: Sheet, row: Apportionment, slip: Slip, body: Body, code: str, at: dt.datetime, site: str) -> None:
    page = f"{site.rstrip('/')}/c/{slip.community.uid}/mine/"
    sheet.add_page()
    sheet.line_of(f"{slip.community.name}　{mask_name(slip.person.name)}　收", size=12, height=8)
    sheet.line_of("居民出资缴款通知", size=16, bold=True, height=10)
    sheet.line_of(row.title, size=12, bold=True, height=8)
    for line in slip.lines:
        sheet.pair("房屋", line.due.label)
        sheet.pair(
            "应缴",
            f"{yuan_words(line.due.amount)} 元，已缴 {yuan_words(line.paid)} 元，未缴 {yuan_words(line.left)} 元",
        )
        sheet.pair("怎样算的", line.formula)
    if slip.others:
        sheet.pair("共有人", f"{'、'.join(sorted(slip.others))}（每套房屋只缴一次）")
    _head(sheet, row, row.dues.count())
    sheet.rule()
    top = sheet.get_y() + 2
    sheet.qr(page, sheet.w - MARGIN - 34, top, 34)
    sheet.set_xy(MARGIN, top)
    sheet.face(10.5, colour=GREY)
    sheet.block("在网上查看本人的分摊、缴款、表决回执、问卷和投诉：扫二维码，输入验证码", width=110)
    sheet.set_x(MARGIN)
    sheet.line_of(codes.shown(code), size=20, bold=True, height=12)
    sheet.block("验证码只属于您本人，请勿告诉他人；补打后旧码作废。", width=110)
    sheet.set_y(top + 38)
    sheet.block(page)
    sheet.ln(4)
    phone = f"　联系电话 {body.phone}" if body.phone else ""
    sheet.line_of(f"{body.name}{phone}", align="R")
    sheet.line_of(date_words(day_of(at)), align="R")
