"""A project with money: the people who may, and short ways to the real actions."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from communities import actions as register
from funding import actions
from funding.actions.contracts import Line
from funding.models import (
    Account,
    Apportionment,
    Commitment,
    Contract,
    DueReceipt,
    Fund,
    FundingSource,
    HomeDue,
    JournalEntry,
    Payment,
    Settlement,
    SettlementItem,
)  # fmt: skip
from offices import actions as house
from offices.demonstration import Offices
from offices.files import store
from offices.models import StoredFile, User
from policies.refusal import Refused
from projects import actions as lives
from projects.models import Project
from tests.cast import AT, TODAY

D = Decimal
DAY = dt.date(2026, 2, 10)


@dataclass
class Money:
    """The cast of one county's money."""

    offices: Offices
    place: str = "城中区"

    def user(self, role: str) -> User:
        """``clerk`` of housing; ``checker``, ``releaser``, ``leader`` of finance; ``second`` of housing."""
        body, name = {
            "clerk": ("housing", "clerk"), "second": ("housing", "approver"), "checker": ("finance", "clerk"),
            "releaser": ("finance", "approver"), "leader": ("finance", "leader"),
        }[role]  # fmt: skip
        return self.offices.user(self.place, body, name)

    def project(self, name: str = "映山街机械厂宿舍") -> Project:
        """A project in the reserve."""
        clerk, division = self.user("clerk"), self.offices.divisions[self.place]
        values = {
            "name": name,
            "built_text": "1998",
            "household_count": 40,
            "building_count": 2,
            "floor_area": "3000.00",
        }
        community = register.add_community(by=clerk, at=AT, division=division, values=values, evidence="普查")
        return lives.add_project(by=clerk, at=AT, today=TODAY, division=division, name=name, communities=[community])

    def source(
        self, amount: object = "1000000.00", kind: str = "central", *, confirmed: bool = True, **more: Any
    ) -> FundingSource:
        """A grant, confirmed by a second person."""
        values: dict[str, Any] = {
            "name": f"{kind}资金", "issued_on": DAY, "year": 2026, "purpose": "老旧小区改造", "document_number": "财综〔2026〕3号",
        }  # fmt: skip
        source = actions.register_source(
            by=self.user("checker"), at=AT, today=TODAY, division=self.offices.divisions[self.place], kind=kind, amount=amount,
            **{**values, **more},
        )  # fmt: skip
        return actions.confirm_source(by=self.user("leader"), at=AT, source=source) if confirmed else source

    def fund(self, source: FundingSource, project: Project, amount: object, received: object = None) -> Fund:
        """Money of a source allotted to a project, and come in."""
        finance = self.user("checker")
        entry = actions.allot(
            by=finance, at=AT, today=TODAY, source=source, project=project.uid, amount=amount, day=DAY
        )
        if received:
            actions.receive(
                by=finance, at=AT, today=TODAY, fund=entry.fund, amount=received, day=DAY, voucher="国库收1号"
            )
        return Fund.objects.select_related("source", "county", "division").get(pk=entry.fund_id)

    def contract(
        self,
        project: Project,
        amount: object,
        *lines: Line,
        retention: object = "3",
        payee: bool = True,
        number: str = "HT-1",
    ) -> Contract:
        """A signed contract whose payee was confirmed."""
        contract = actions.sign_contract(
            by=self.user("clerk"), at=AT, today=TODAY, project=project.uid, number=number, name="施工合同", party="柳州建工有限公司",
            amount=amount, signed_on=DAY, retention=retention, lines=lines,
        )  # fmt: skip
        self.agree(contract)
        if payee:
            row = actions.enter_payee(
                by=self.user("clerk"),
                at=AT,
                contract=contract,
                holder="柳州建工有限公司",
                bank="工商银行",
                number="6222000011112222",
            )
            actions.decide_payee(by=self.user("checker"), at=AT, payee=row, accept=True)
        return Contract.objects.get(pk=contract.pk)

    def agree(self, contract: Contract, role: str = "checker") -> None:
        """The second person's yes to what waits of the contract's money."""
        for change in contract.changes.filter(confirmed_by__isnull=True, refused_by__isnull=True):
            actions.decide_change(by=self.user(role), at=AT, today=TODAY, change=change, accept=True)

    def papers(self, contract: Contract) -> dict[str, StoredFile]:
        """A progress sheet and an invoice, kept once."""
        kept = StoredFile.objects.filter(name="计量单.txt", division=contract.division).first()
        upload = SimpleUploadedFile("计量单.txt", "计量".encode())
        kept = kept or store(upload=upload, division=contract.division, by=self.user("clerk"), at=AT)
        return {"file": kept, "invoice": kept}

    def request(self, contract: Contract, amount: object, progress: object = None, **more: Any) -> Payment:
        """The clerk's request out of the contract's first fund."""
        commitment = contract.commitments.order_by("pk")[0]
        more.setdefault("papers", self.papers(contract))
        return actions.request_payment(
            by=self.user("clerk"), at=AT, today=TODAY, contract=contract, amounts={commitment: amount},
            progress=contract.amount if progress is None else progress, words="进度款", paper="计量单", **more,
        )  # fmt: skip

    def check(self, payment: Payment) -> Payment:
        """Checked by finance."""
        return actions.check_payment(by=self.user("checker"), at=AT, payment=payment)

    def release(self, payment: Payment, **more: Any) -> Payment:
        """Released by the third person."""
        return actions.release_payment(
            by=self.user("releaser"), at=AT, today=TODAY, payment=payment, voucher="国库付1号", released_on=DAY, **more
        )

    def pay(self, contract: Contract, amount: object, progress: object = None) -> JournalEntry:
        """The whole way; the posted entry."""
        payment = self.release(self.check(self.request(contract, amount, progress)))
        return JournalEntry.objects.get(part__payment=payment)

    def whole(self, amount: object = "100000.00") -> tuple[Project, Fund, Contract]:
        """A project with one full fund and one contract over all of it."""
        project = self.project()
        fund = self.fund(self.source(amount), project, amount, amount)
        return project, fund, self.contract(project, amount, Line(fund, amount, "供水"))

    def colleague(self, name: str, kind: str = "finance", role: str = "approver") -> User:
        """One more member of a body."""
        user = house.create_user(
            by=None, at=AT, username=name, name=name, password="long-enough-1", must_change_password=False
        )
        house.appoint(by=None, at=AT, today=TODAY, user=user, body=self.offices.body(self.place, kind), role=role)
        return user


def figures(fund: Fund) -> dict[str, Decimal]:
    """Balances of a fund that are not zero."""
    return {kind: value for kind, value in Account.objects.filter(fund=fund).values_list("kind", "balance") if value}


def commitment(contract: Contract) -> Commitment:
    """The first commitment, as it stands now."""
    return contract.commitments.order_by("pk")[0]


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of money, to show that nothing moved."""
    models: tuple[Any, ...] = (
        FundingSource, Fund, Account, JournalEntry, Contract, Commitment, Payment, Settlement, SettlementItem, Apportionment, HomeDue,
        DueReceipt,
    )  # fmt: skip
    return {model.__name__: list(model._base_manager.order_by("pk").values()) for model in models}


def refused(act: Callable[[], Any], kind: type[Refused] = Refused) -> Refused:
    """The refusal of an act that leaves every row of money as it was."""
    before = everything()
    with pytest.raises(kind) as caught:
        act()
    assert everything() == before
    return caught.value
