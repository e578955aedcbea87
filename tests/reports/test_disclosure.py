"""What everybody reads of money: equal to the ledger, by kind, and never what would point at a household or a person."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from communities.models import Community
from funding import actions
from funding.actions.contracts import Line
from funding.actions.plans import LineInput
from funding.models import Contract, Fund
from funding.queries import sums_by, total
from funding.rules.disclosure import Flow, documents, drawing, is_firm, told
from projects.models import Project
from renovation.templatetags.charts import flows
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, Money

pytestmark = pytest.mark.django_db
WORKER, PHONE, ID_NUMBER = "欧阳秘密", "13912345678", "450205197905221234"


def staged(money: Money, homes: int | None = 40) -> Project:
    """A published project with money of a grant, of residents (in cash and from their provident fund), contracts of a firm and of a man."""
    project = money.project()
    Project.objects.filter(pk=project.pk).update(published=True, plan_year=2026, stage="works")
    Community.objects.filter(name=project.name).update(household_count=homes)
    central = money.fund(money.source("1000000.00"), project, "600000.00", "500000.00")
    cash = money.fund(
        money.source("90000.00", "resident_direct", name=f"3号楼{WORKER}交", document_number=""),
        project,
        "90000.00",
        "80000.00",
    )
    money.fund(
        money.source(
            "10000.00", "provident_fund", name=f"{WORKER}公积金{PHONE}", document_number=f"{WORKER}{ID_NUMBER}"
        ),
        project,
        "10000.00",
        "10000.00",
    )
    contract = money.contract(project, "300000.00", Line(central, "300000.00", "供水", "basic"))
    money.pay(contract, "200000.00")
    second = actions.sign_contract(
        by=money.user("clerk"), at=AT, today=TODAY, project=project.uid, number="HT-2", name=f"{WORKER}电话{PHONE}",
        party=f"{WORKER}（个人）", amount="5000.00", signed_on=DAY, retention="3", lines=[Line(cash, "5000.00", "绿化", "improved")],
    )  # fmt: skip
    money.agree(second)
    lines = [
        LineInput("central", "600000.00", "secured", document_number="财综〔2026〕3号"),
        LineInput("resident_direct", "150000.00", "expected"),
    ]
    plan = actions.record_plan(by=money.user("clerk"), at=AT, project=project.uid, lines=lines, no_hidden_debt=True)
    actions.confirm_plan(by=money.user("second"), at=AT, today=TODAY, plan=plan)
    actions.record_gift(
        by=money.user("clerk"), at=AT, today=TODAY, project=project.uid, kind="goods", words="长椅", basis="发票", value="800.00",
        given_on=DAY,
    )  # fmt: skip
    return Project.objects.get(pk=project.pk)


def page_of(project: Project) -> str:
    """Both resident pages that speak of the project's money."""
    community = Community.objects.get(name=project.name)
    pages = [Client().get(f"/c/{community.uid}/{part}") for part in ("", "money/")]
    assert [page.status_code for page in pages] == [200, 200]
    return "".join(page.content.decode() for page in pages)


def data_of(project: Project) -> dict[str, object]:
    """The same as data."""
    answer = Client().get(f"/api/v1/disclosures/{project.uid}/")
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def test_every_figure_is_the_ledgers(money: Money) -> None:
    project = staged(money)
    books = total(sums_by(Fund.objects.filter(project_uid=project.uid)).values())
    data = data_of(project)
    assert data["total"] == {
        "planned": f"{books.planned:.2f}", "received": f"{books.received:.2f}", "signed": f"{books.signed:.2f}",
        "paid": f"{books.paid:.2f}", "spent": f"{books.spent:.2f}",
    }  # fmt: skip
    assert data["total"] == {
        "planned": "700000.00", "received": "590000.00", "signed": "305000.00", "paid": "194000.00", "spent": "200000.00"
    }  # fmt: skip
    rows = {row["kind"]: row for row in data["sources"]}  # type: ignore[attr-defined]
    assert set(rows) == {"central", "resident_direct"}, "a provident fund is told together with the residents' cash"
    assert rows["resident_direct"]["planned"] == "100000.00" and rows["resident_direct"]["documents"] == []
    assert rows["central"]["documents"] == ["财综〔2026〕3号"]
    uses = {(row["source"], row["use"]): row["amount"] for row in data["uses"]}  # type: ignore[attr-defined]
    assert uses["中央补助资金", "基础类"] == "300000.00" and uses["中央补助资金", "尚未签约"] == "300000.00"
    assert sum(Decimal(amount) for amount in uses.values()) == books.planned
    assert data["funding_plan"] == [
        {"state": "已落实", "amount": "600000.00"},
        {"state": "预计", "amount": "150000.00"},
    ]
    assert data["gifts"] == "0.00", "a value that nobody has checked is not told"
    html = page_of(project)
    for words in ("700,000.00", "590,000.00", "200,000.00", "5,000.00"):
        assert words in html
    assert "平均每户已支出" in html and "200,000.00 元 / 40 户" in html


def test_firms_are_named_and_persons_never(money: Money) -> None:
    project = staged(money)
    html, data = page_of(project), data_of(project)
    text = html + str(data)
    assert "柳州建工有限公司" in text and "其他收款方（不公开名称）" in text
    for secret in (WORKER, PHONE, ID_NUMBER, "6222000011112222"):
        assert secret not in text


@pytest.mark.parametrize("homes", [None, 0, 1, 4])
def test_money_of_few_households_is_not_told_nor_to_be_worked_out(money: Money, homes: int | None) -> None:
    project = staged(money, homes)
    data = data_of(project)
    assert data["withheld"] is True and data["payees"] == [] and data["funding_plan"] == []
    assert [row["kind"] for row in data["sources"]] == ["central"]  # type: ignore[attr-defined]
    assert data["total"]["planned"] == "600000.00", "the total does not give the residents' part away"  # type: ignore[index]
    html = page_of(project)
    assert "100,000.00" not in html and "700,000.00" not in html and "居民出资、收款单位和资金计划不公开" in html


def test_five_households_are_told(money: Money) -> None:
    data = data_of(staged(money, 5))
    assert data["withheld"] is False and len(data["sources"]) == 2  # type: ignore[arg-type]


def test_what_is_not_published_has_no_face(money: Money) -> None:
    project = money.project()
    money.fund(money.source("100.00"), project, "100.00")
    community = Community.objects.get(name=project.name)
    assert Client().get(f"/api/v1/disclosures/{project.uid}/").status_code == 404
    staff = Client()
    staff.force_login(money.user("clerk"), backend="offices.backend.StaffBackend")
    assert staff.get(f"/api/v1/disclosures/{project.uid}/").status_code == 404
    html = Client().get(f"/c/{community.uid}/money/").content.decode()
    assert "还没有列入已下达的年度计划" in html and "这里会公布" in html


def test_a_project_without_money_says_what_will_be_shown(money: Money) -> None:
    project = money.project()
    Project.objects.filter(pk=project.pk).update(published=True, plan_year=2026, stage="approved")
    assert "还没有资金入账" in page_of(project)


def test_a_page_of_many_projects_asks_a_bounded_number_of_queries(
    money: Money, django_assert_max_num_queries: object
) -> None:
    first = staged(money)
    second = money.project("河西路宿舍")
    Project.objects.filter(pk=second.pk).update(published=True, plan_year=2026, stage="works")
    money.fund(money.source("100.00"), second, "100.00")
    division = money.offices.divisions["城中区"]
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        answer = Client().get(f"/api/v1/disclosures/?division={division.uid}&plan_year=2026").json()
    assert {row["uid"] for row in answer["results"]} == {str(first.uid), str(second.uid)}


@pytest.mark.parametrize(
    ("name", "firm"),
    [
        ("柳州建工有限公司", True), ("广西建筑设计院", True), ("某某集团（联合体）", True), ("王小明", False), ("王小明（代表）", False),
        ("王小明装修队", False), ("柳州建工有限公司13912345678", False), ("", False), ("公司", False),
    ],
)  # fmt: skip
def test_who_is_a_firm(name: str, firm: bool) -> None:
    assert is_firm(name) is firm


def test_only_document_numbers_are_documents() -> None:
    given = ["桂财建〔2026〕12号", "张三交来", "桂财建〔2026〕12号", "", "3号楼〔2026〕1号李四"]
    assert documents(given) == ("桂财建〔2026〕12号",)


def test_kinds_as_they_are_told() -> None:
    assert told("provident_fund", 40) == "resident_direct" and told("maintenance_fund", 4) is None
    assert told("central", None) == "central" and told("utility", 1) == "utility"


def test_what_a_supplement_added_is_part_of_what_a_firm_was_promised(money: Money) -> None:
    project = staged(money)
    contract = Contract.objects.get(project_uid=project.uid, number="HT-1")
    fund = contract.commitments.get().fund
    actions.enter_change(
        by=money.user("clerk"), at=AT, today=TODAY, contract=contract, number="补-1", amount="1000.00", signed_on=DAY, reason="加大",
        lines=[Line(fund, "1000.00", "供水", "basic")],
    )  # fmt: skip
    money.agree(contract)
    firm = next(row for row in data_of(project)["payees"] if row["contracts"] == 1 and row["amount"] == "301000.00")  # type: ignore[attr-defined]
    assert firm["paid"] == "194000.00"


def test_one_flow_alone_is_drawn_small_and_several_in_proportion() -> None:
    one, two = (
        flows(drawing([Flow("中央", target, 300_00) for target in targets]), "流向")  # type: ignore[arg-type]
        for targets in (["基础类"], ["基础类", "完善类"])
    )
    assert one["height"] < 100 < 300 < two["height"]
    assert [row["height"] for row in two["bars"]][0] > [row["height"] for row in two["bars"]][1]


def test_the_drawing_keeps_proportions_and_shows_the_smallest() -> None:
    assert drawing([]) is None and drawing([Flow("中央", "基础类", 0)]) is None
    found = drawing([Flow("中央", "基础类", 300_00), Flow("中央", "完善类", 100_00), Flow("居民", "基础类", 1)])
    assert found is not None
    assert [node.name for node in found.left] == ["中央", "居民"] and [node.amount for node in found.right] == [
        30001,
        10000,
    ]
    big, small, least = (band.height for band in found.bands)
    assert big == pytest.approx(3 * small, abs=3) and least >= 4
    assert re.fullmatch(r"\d+", str(found.bands[0].top))
