"""The money of two projects: central grant, county money, what residents collect; a contract, two payments of which one waits."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from funding import actions
from funding.actions.contracts import Line
from funding.actions.plans import LineInput
from funding.models import Commitment, Contract, Fund, Payment
from funding.rules.papers import PAPERS
from offices.sheets import Sheet
from renovation.demonstration.story import Story

D = dt.date
Purse = tuple[str, str, str, str, str, str]  # kind, name, document number, appropriated, allotted, received


@dataclass(frozen=True)
class Tale:
    """What is told of a project: its purses, its contract and who is paid."""

    place: str
    project: str
    begun: dt.date
    purses: tuple[Purse, ...]
    contract: tuple[str, str, str, str]  # name, number, party, amount
    lines: tuple[tuple[str, str], ...]  # item and amount, purse by purse
    payments: tuple[tuple[str, str, tuple[str, ...]], ...]  # words, progress, amount purse by purse
    gift: tuple[str, str, str, str]


LIUZHOU = Tale(
    "城中区", "映山街机械厂宿舍", D(2026, 3, 10),
    (
        ("central", "2026年中央财政城镇保障性安居工程补助资金", "桂财建〔2026〕12号", "4200000.00", "1860000.00", "1860000.00"),
        ("county", "城中区2026年老旧小区改造财政预算资金", "城中财〔2026〕7号", "1500000.00", "620000.00", "300000.00"),
        ("resident_direct", "映山街机械厂宿舍居民出资", "", "640000.00", "640000.00", "412600.00"),
    ),
    ("映山街机械厂宿舍改造工程施工合同", "LZCZ-2026-SG-03", "广西柳州建工第三建筑有限公司", "2850000.00"),
    (("供水", "1700000.00"), ("绿化", "520000.00"), ("外墙", "600000.00")),
    (("第一期进度款", "980000.00", ("600000.00", "180000.00", "200000.00")),
     ("第二期进度款", "1460000.00", ("300000.00", "", "120000.00"))),
    ("goods", "休闲长椅12张、晾衣架8组", "采购发票复印件", "18600.00"),
)  # fmt: skip
RUICHENG = Tale(
    "芮城县", "工业局东楼", D(2024, 5, 20),
    (
        ("central", "2024年中央财政城镇保障性安居工程补助资金", "晋财综〔2024〕31号", "2600000.00", "310000.00", "310000.00"),
        ("county", "芮城县2024年老旧小区改造专项资金", "芮财建〔2024〕16号", "900000.00", "96000.00", "60000.00"),
        ("resident_direct", "工业局东楼居民出资", "", "42000.00", "42000.00", "31500.00"),
    ),
    ("工业局东楼改造工程施工合同", "RC-2024-SG-11", "山西芮城建筑工程有限公司", "420000.00"),
    (("道路", "300000.00"), ("照明", "80000.00"), ("楼道修缮", "40000.00")),
    (("第一期进度款", "180000.00", ("140000.00", "30000.00", "10000.00")),
     ("第二期进度款", "300000.00", ("90000.00", "20000.00", "10000.00"))),
    ("labour", "居民清理楼道和杂物36工日", "县城零工日工资120元", "4320.00"),
)  # fmt: skip


# Money for the first surveys of a project that has not begun: what the audit asks about a year later.
EARLY = Tale(
    "城中区", "龙城路二轻局宿舍", D(2025, 3, 18),
    (("county", "城中区2025年老旧小区改造前期工作经费", "城中财〔2025〕15号", "60000.00", "60000.00", "60000.00"),),
    ("", "", "", ""), (), (), ("", "", "", ""),
)  # fmt: skip


PLANS: tuple[tuple[str, str, dt.date, tuple[tuple[str, str, str, str], ...]], ...] = (
    ("城中区", "映山街机械厂宿舍", D(2026, 3, 1), (
        ("central", "1860000.00", "secured", "桂财建〔2026〕12号"), ("county", "620000.00", "secured", "城中财〔2026〕7号"),
        ("resident_direct", "640000.00", "expected", ""), ("utility", "150000.00", "expected", ""))),
    ("城中区", "龙城路二轻局宿舍", D(2026, 3, 4), (
        ("central", "1200000.00", "secured", "桂财建〔2026〕12号"), ("county", "480000.00", "expected", ""),
        ("resident_direct", "260000.00", "expected", ""), ("utility", "90000.00", "expected", ""))),
)  # fmt: skip


def tell(story: Story, today: dt.date) -> None:
    """Both projects with money, and two funding plans: one that reaches the share of residents and enterprises, one that is short."""
    for tale in (RUICHENG, LIUZHOU):
        _tell(story, tale)
    finance, leader = (story.offices.user(EARLY.place, "finance", role) for role in ("clerk", "leader"))
    purse_of(story, EARLY, EARLY.purses[0], finance, leader)
    for place, project, day, lines in PLANS:
        _plan(story, place, project, day, lines)


def _plan(story: Story, place: str, name: str, day: dt.date, lines: tuple[tuple[str, str, str, str], ...]) -> None:
    project = story.project(name)
    rows = [LineInput(kind, amount, state, document_number=number) for kind, amount, state, number in lines]
    plan = actions.record_plan(
        by=story.clerk(place), at=story.at(day), project=project.uid, lines=rows, no_hidden_debt=True
    )
    actions.confirm_plan(by=story.checker(place), at=story.at(day, 15), today=day, plan=plan)


def _tell(story: Story, tale: Tale) -> None:
    offices, day = story.offices, tale.begun
    finance, leader, approver = (offices.user(tale.place, "finance", role) for role in ("clerk", "leader", "approver"))
    project, at = story.project(tale.project), story.at(day)
    funds = [purse_of(story, tale, purse, finance, leader) for purse in tale.purses]
    name, number, party, amount = tale.contract
    lines = [Line(fund, value, item) for fund, (item, value) in zip(funds, tale.lines, strict=True)]
    contract = actions.sign_contract(
        by=story.clerk(tale.place), at=at, today=day, project=project.uid, number=number, name=name, party=party, amount=amount,
        signed_on=day, retention="3", lines=lines,
    )  # fmt: skip
    actions.decide_change(by=finance, at=story.at(day, 15), today=day, change=contract.changes.get(), accept=True)
    payee = actions.enter_payee(
        by=story.clerk(tale.place),
        at=at,
        contract=contract,
        holder=party,
        bank="中国建设银行",
        number="45050162510100000377",
    )
    actions.decide_payee(by=finance, at=at, payee=payee, accept=True)
    first = _request(story, tale, contract, funds, 0)
    later = first.requested_at + dt.timedelta(days=2)
    actions.check_payment(by=finance, at=later, payment=first)
    paid = later.date() + dt.timedelta(days=1)
    actions.release_payment(
        by=approver,
        at=story.at(paid),
        today=paid,
        payment=first,
        voucher=f"国库直付{paid:%Y%m%d}-018",
        released_on=paid,
    )
    _request(story, tale, contract, funds, 1)
    kind, words, basis, value = tale.gift
    gift = actions.record_gift(
        by=story.clerk(tale.place),
        at=at,
        today=day,
        project=project.uid,
        kind=kind,
        words=words,
        basis=basis,
        value=value,
        given_on=day,
    )
    actions.confirm_gift(by=story.checker(tale.place), at=at, gift=gift)


def purse_of(story: Story, tale: Tale, purse: Purse, finance: Any, leader: Any) -> Fund:
    kind, name, number, appropriated, allotted, received = purse
    day, at = tale.begun, story.at(tale.begun)
    source = actions.register_source(
        by=finance, at=at, today=day, division=story.division(tale.place), kind=kind, name=name, amount=appropriated, issued_on=day,
        year=day.year, purpose="城镇老旧小区改造", document_number=number,
    )  # fmt: skip
    source = actions.confirm_source(by=leader, at=at, source=source)
    project = story.project(tale.project)
    entry = actions.allot(by=finance, at=at, today=day, source=source, project=project.uid, amount=allotted, day=day)
    actions.receive(
        by=finance,
        at=at,
        today=day,
        fund=entry.fund,
        amount=received,
        day=day,
        voucher=f"国库收入{day:%Y%m%d}-{source.pk:03d}",
    )
    return Fund.objects.select_related("source").get(pk=entry.fund_id)


def scan(title: str) -> SimpleUploadedFile:
    """A paper as it was scanned: a sheet with its title."""
    sheet = Sheet(title=title)
    sheet.add_page()
    sheet.line_of(title, size=16, bold=True)
    return SimpleUploadedFile(f"{title}.pdf", sheet.written().read())


def _request(story: Story, tale: Tale, contract: Contract, funds: list[Fund], number: int) -> Payment:
    words, progress, values = tale.payments[number]
    day = tale.begun + dt.timedelta(days=45 + 60 * number)
    rows = {row.fund_id: row for row in Commitment.objects.filter(contract=contract).select_related("fund__source")}
    amounts: dict[Commitment, object] = {
        rows[fund.pk]: value for fund, value in zip(funds, values, strict=True) if value
    }
    return actions.request_payment(
        by=story.clerk(tale.place), at=story.at(day), today=day, contract=contract, amounts=amounts, progress=progress, words=words,
        paper="进度款申请表、工程计量单、监理支付证书", papers={name: scan(f"{label}-{words}") for name, label in PAPERS.items()},
    )  # fmt: skip
