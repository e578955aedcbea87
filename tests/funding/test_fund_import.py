"""A finance clerk's table of money: sources, then what they give to projects and what comes in; twice is once; two persons take back."""

import pytest

from communities import actions as register
from communities.models import Import
from funding import actions
from funding.models import Fund, FundingSource, JournalEntry
from policies.refusal import Forbidden, Refused
from projects.models import Project
from tests.cast import AT
from tests.funding.stage import D, Money, figures

pytestmark = pytest.mark.django_db
HEAD = "事项\t资金名称\t资金类别\t文号\t金额（万元）\t日期\t用途\t项目名称\t凭证号\n"
SOURCES = (
    "下达\t2026年中央补助\t中央资金\t财综〔2026〕3号\t35\t2026-2-1\t老旧小区改造\t\t\n"
    "下达\t市级配套\t市级\t柳财〔2026〕8号\t１２.５\t2026.2.3\t老旧小区改造\t\t\n合计\t\t\t\t47.5\t\t\t\t\n"
)
MOVES = (
    "分配\t2026年中央补助\t\t\t20\t2026-2-10\t\t映山街机械厂宿舍\t\n"
    "到位\t2026年中央补助\t\t\t12\t2026-2-11\t\t映山街机械厂宿舍\tP1\n到位\t2026年中央补助\t\t\t8\t2026-2-12\t\t映山街机械厂宿舍\tP2\n"
)


def brought(money: Money, body: str, role: str = "checker") -> Import:
    source = register.upload_import(
        by=money.user(role),
        at=AT,
        kind="funds",
        division=money.offices.divisions["城中区"],
        upload=register.pasted(HEAD + body),
    )
    return register.read_import(source=source, at=AT)


def applied(money: Money, body: str, role: str = "checker") -> Import:
    source = brought(money, body, role)
    assert not source.counts["error"], [line.problems for line in source.rows.all()]
    return register.apply_import(by=money.user(role), at=AT, source=source)


def errors(source: Import) -> list[str]:
    return [p["message"] for line in source.rows.all() for p in line.problems if p["severity"] == "error"]


@pytest.fixture
def project(money: Money) -> Project:
    return money.project()


@pytest.fixture
def confirmed(money: Money, project: Project) -> list[FundingSource]:
    applied(money, SOURCES)
    leader = money.user("leader")
    return [actions.confirm_source(by=leader, at=AT, source=row) for row in FundingSource.objects.order_by("pk")]


def test_sources_wait_for_their_second_person_and_then_give_and_receive(money: Money, project: Project) -> None:
    applied(money, SOURCES)
    rows = list(FundingSource.objects.order_by("pk"))
    assert [(row.kind, row.amount, row.year) for row in rows] == [
        ("central", D("350000.00"), 2026),
        ("city", D("125000.00"), 2026),
    ]
    early = brought(money, MOVES)
    assert "还没有第二人复核" in errors(early)[0]
    for row in rows:
        actions.confirm_source(by=money.user("leader"), at=AT, source=row)
    applied(money, MOVES)
    assert figures(Fund.objects.get())["cash"] == D("200000.00")
    again = brought(money, SOURCES + MOVES)
    assert again.counts["unchanged"] == 5 and not again.counts["new"]


def test_what_the_books_would_refuse_is_named_by_its_cell_before(money: Money, confirmed: list[FundingSource]) -> None:
    table = (
        "分配\t2026年中央补助\t\t\t36\t2026-2-10\t\t映山街机械厂宿舍\t\n分配\t2026年中央补助\t\t\t1\t2026-2-10\t\t没有的项目\t\n"
        "到位\t2026年中央补助\t\t\t1\t2026-2-10\t\t映山街机械厂宿舍\tP1\n到位\t2026年中央补助\t\t\t1\t2026-2-10\t\t映山街机械厂宿舍\t\n"
        "分配\t没登记的\t\t\t1\t2026-2-10\t\t映山街机械厂宿舍\t\n下达\t市级配套\t市级\t柳财〔2026〕8号\t13\t2026-2-3\t改造\t\t\n"
        "下达\t新的\t中央\t\t1\t2026-2-3\t\t\t\n下达\t负的\t社会资本\t\t-1\t2026-2-3\t改造\t\t\n"
    )
    said = "；".join(errors(brought(money, table)))
    for words in ("E2：“2026年中央补助”还可分配 350,000.00 元，超出 10,000.00 元", "H3：没有项目“没有的项目”", "E4：已分配而未到位的只有 0",
                  "I5：凭证号未填写", "B6：没有登记过“没登记的”", "E7：同名同文号的资金已登记", "G8：用途未填写",
                  "D8：财政资金要写下达文号", "E9：金额“-1”不能是负数"):  # fmt: skip
        assert words in said, (words, said)
    assert not JournalEntry.objects.exists()


def test_only_finance_gives_and_receives_and_elsewhere_nobody(money: Money, confirmed: list[FundingSource]) -> None:
    assert errors(brought(money, MOVES, "clerk"))[0] == "A2：分配和到位只能由财政部门导入"
    with pytest.raises(Forbidden):
        register.upload_import(
            by=money.user("checker"), at=AT, kind="funds", division=money.offices.divisions["芮城县"],
            upload=register.pasted(HEAD + SOURCES),
        )  # fmt: skip


def test_sources_are_withdrawn_and_entries_go_back_by_two_persons(money: Money, project: Project) -> None:
    source = applied(money, SOURCES)
    register.undo_import(by=money.user("checker"), at=AT, source=source)
    assert not FundingSource.objects.standing().exists() and FundingSource.objects.count() == 2
    with pytest.raises(Refused, match="已撤回"):
        actions.confirm_source(by=money.user("leader"), at=AT, source=FundingSource.objects.order_by("pk")[0])
    applied(money, SOURCES)
    for row in FundingSource.objects.standing():
        actions.confirm_source(by=money.user("leader"), at=AT, source=row)
    moves = applied(money, MOVES)
    register.undo_import(by=money.user("checker"), at=AT, source=moves)
    fund = Fund.objects.get()
    assert figures(fund)["cash"] == D("200000.00"), "money moves by two persons"
    for entry in JournalEntry.objects.filter(state="draft").order_by("pk"):
        actions.post_entry(by=money.user("leader"), at=AT, entry=entry)
    assert not {name: value for name, value in figures(fund).items() if value}


def test_a_confirmed_source_and_money_that_went_on_stand(money: Money, confirmed: list[FundingSource]) -> None:
    first = Import.objects.get()
    with pytest.raises(Refused) as refusal:
        register.undo_import(by=money.user("checker"), at=AT, source=first)
    assert "资金“2026年中央补助”：已由第二人复核" in refusal.value.errors["standing"]
    second = applied(money, MOVES)
    applied(money, "分配\t2026年中央补助\t\t\t1\t2026-2-20\t\t映山街机械厂宿舍\t\n")
    with pytest.raises(Refused) as refusal:
        register.undo_import(by=money.user("checker"), at=AT, source=second)
    assert "专账已有后续分录" in refusal.value.errors["standing"][0]
