"""The maintenance fund as everybody reads it: raised, used, decided; with the clause and without a person."""

from typing import Any

import pytest
from django.test import Client

from approvals import papers
from communities import actions as register
from communities.models import Community
from funding import actions
from funding.actions.contracts import Line
from funding.models import Fund
from projects.models import Project
from tests.cast import AT, TODAY
from tests.funding.sharing import PAY_BY
from tests.funding.stage import Money

pytestmark = pytest.mark.django_db
OWNER = "欧阳秘密"
FIGURES = {
    "total_area": "3000.00", "total_heads": 40, "participating_area": "2800.00", "participating_heads": 38, "agreeing_area": "2700.00",
    "agreeing_heads": 37,
}  # fmt: skip


def staged(money: Money) -> Fund:
    """900 yuan of the fund for the roof after the owners' decision, shared among two homes; one of them has paid 300, 500 are signed."""
    project, clerk = money.project(), money.user("clerk")
    Project.objects.filter(pk=project.pk).update(published=True, plan_year=2026, stage="works")
    paper = papers.record_paper(
        by=clerk, at=AT, today=TODAY, subject=project, division=project.division, evidence="fund_vote", title="表决结果",
        figures=FIGURES | {"raises": False}, day=TODAY, requires=(),
    )  # fmt: skip
    papers.check_paper(by=money.user("second"), at=AT, paper=paper)
    building = register.add_building(by=clerk, at=AT, community=project.communities.get(), values={"name": "3号楼"})
    for room in ("101", "102"):
        values = {"room": room, "private_area": "60.00", "area_source": "register"}
        home = register.add_home(by=clerk, at=AT, building=building, values=values)
        person = register.add_person(by=clerk, at=AT, community=building.community, values={"name": f"{OWNER}{room}"})
        register.add_ownership(by=clerk, at=AT, home=home, person=person)
    source = money.source("900.00", "maintenance_fund", name=f"{OWNER}户维修资金", document_number="柳维修〔2026〕3号")
    fund = money.fund(source, project, "900.00")
    row = actions.apportion(
        by=clerk, at=AT, today=TODAY, fund=fund, title="屋面", way="area", amount="900.00", pay_by=PAY_BY
    )
    row = actions.announce_apportionment(by=money.user("second"), at=AT, today=TODAY, row=row)
    due = row.dues.order_by("pk")[0]
    receipt = actions.collect(by=clerk, at=AT, today=TODAY, due=due, amount="300.00", day=TODAY, voucher="收1")
    actions.check_receipt(by=money.user("checker"), at=AT, row=receipt)
    money.contract(project, "500.00", Line(fund, "500.00", "屋面"))
    return fund


def page(project: Any) -> str:
    community = Community.objects.get(pk=project.communities.get().pk)
    return Client().get(f"/c/{community.uid}/money/").content.decode()


@pytest.mark.rule("N-03")
def test_what_was_raised_and_used_is_published_with_its_clause(
    money: Money, django_assert_max_num_queries: Any
) -> None:
    project = Project.objects.get(uid=staged(money).project_uid)
    with django_assert_max_num_queries(40):
        text = page(project)
    section = text.partition("<h2>住宅专项维修资金</h2>")[2]
    assert "《民法典》第281条" in section and "应当定期公布" in section
    assert (
        "900.00 元" in section
        and "其中按户筹集 300.00 元" in section
        and "500.00" in section
        and "柳维修〔2026〕3号" in section
    )
    assert OWNER not in text and "101" not in section
    Community.objects.filter(pk=project.communities.get().pk).update(household_count=4)
    few = page(project).partition("<h2>住宅专项维修资金</h2>")[2]
    assert "900.00" not in few and "300.00" not in few and "为保护住户" in few


def test_a_community_that_never_used_it_is_told_so(money: Money) -> None:
    assert "本小区的改造没有使用维修资金" in page(money.project())
