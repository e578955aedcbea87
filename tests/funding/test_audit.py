"""The audit: any figure opens to its entries, flags with their clauses, explained by the office and closed by the auditor."""

import datetime as dt
import io
import uuid
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from funding import actions, audit
from funding.actions.contracts import Line
from funding.models import AuditFlag, Commitment, Contract, Fund, Payment
from funding.queries import sums_by
from funding.rules import flags as rules
from funding.rules.flags import About
from funding.rules.shares import Source
from offices.models import User
from offices.rulebooks import layers_of
from policies.refusal import Forbidden, Invalid, Refused
from projects.models import Project
from tests.cast import AT, TODAY
from tests.funding.acceptance import accepted
from tests.funding.stage import DAY, Money
from tests.funding.test_pages import browser, text

pytestmark = pytest.mark.django_db
ABOUT = About("fund", uuid.uuid4(), "专账", "/staff/")
LATER = dt.date(2027, 6, 1)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's day."""
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)


def auditor(money: Money) -> User:
    """Of 柳州市, above 城中区."""
    return money.offices.users["liuzhou.auditor"]


def test_flags_are_raised_at_their_threshold_and_not_before(money: Money) -> None:
    layers = layers_of(money.offices.divisions["城中区"])
    changzhi = layers_of(money.offices.divisions["潞州区"])
    over = rules.beyond_progress(layers, day=TODAY, about=ABOUT, spent=101, progress=100, kind="central")
    assert over and over.citation and over.citation.rule == "LZ-19" and "超出 0.01 元" in over.text
    assert rules.beyond_progress(layers, day=TODAY, about=ABOUT, spent=100, progress=100, kind="central") is None
    day = dt.date(2025, 3, 1)
    assert rules.idle(day=dt.date(2026, 3, 1), about=ABOUT, cash=1, since=day) is None, (
        "a year to the day is not over a year"
    )
    found = rules.idle(day=dt.date(2026, 3, 2), about=ABOUT, cash=1, since=day)
    assert found and found.citation is None and rules.idle(day=LATER, about=ABOUT, cash=0, since=day) is None
    assert rules.year_after(dt.date(2024, 2, 29)) == dt.date(2025, 2, 28)
    late = rules.settlement_late(day=dt.date(2026, 3, 2), about=ABOUT, due_on=None, rule=None, accepted_on=day)
    assert late and "验收合格满一年" in late.text
    assert rules.settlement_late(day=dt.date(2026, 3, 1), about=ABOUT, due_on=None, rule=None, accepted_on=day) is None
    assert rules.settlement_late(day=dt.date(2026, 3, 1), about=ABOUT, due_on=None, rule=None, accepted_on=None) is None
    assert rules.settlement_late(day=TODAY, about=ABOUT, due_on=TODAY, rule=None, accepted_on=None) is None
    asked = rules.no_procurement(changzhi, day=TODAY, about=ABOUT, held=False)
    assert asked and asked.citation and asked.citation.rule == "CZ-15"
    assert rules.no_procurement(changzhi, day=TODAY, about=ABOUT, held=True) is None
    paper = rules.no_paper(about=ABOUT, kind="progress", amount=5_000_000, brought=("file",))
    assert paper and paper.text.startswith("支付 50,000.00 元") and paper.text.endswith("没有上传发票")


@pytest.mark.rule("LZ-16")
def test_the_share_that_is_not_reached_is_flagged_with_what_is_missing(money: Money) -> None:
    layers = layers_of(money.offices.divisions["城中区"])
    below = rules.share_short(
        layers, day=TODAY, about=ABOUT, sources=[Source("central", 80_000_01), Source("resident_direct", 19_999_99)]
    )
    assert below and below.citation and below.citation.rule == "LZ-16"
    assert below.text == "居民和企业出资 19,999.99 元，总投资 100,000.00 元，要求不低于 20%；还差 0.01 元"
    assert (
        rules.share_short(layers, day=TODAY, about=ABOUT, sources=[Source("central", 8000), Source("utility", 2000)])
        is None
    )
    assert rules.share_short(layers, day=TODAY, about=ABOUT, sources=[]) is None


@pytest.mark.rule("JX-03")
def test_what_no_catalogue_names_is_flagged_with_the_clause_where_central_money_pays(money: Money) -> None:
    layers = layers_of(money.offices.divisions["东湖区"])
    named = next(row.name for book in layers.books if book.catalogue for row in book.catalogue.items)
    assert rules.outside_catalogue(layers, day=TODAY, about=ABOUT, promised=[(named, "central")]) is None
    found = rules.outside_catalogue(layers, day=TODAY, about=ABOUT, promised=[("雕塑", "central"), (named, "central")])
    assert found and found.citation and found.citation.rule == "JX-03" and found.text.startswith("“雕塑”不在")
    plain = rules.outside_catalogue(layers, day=TODAY, about=ABOUT, promised=[("雕塑", "county")])
    assert plain and plain.citation is None


def stage(money: Money) -> tuple[Fund, Contract]:
    """One project, paid in part, its share not reached, its item in no catalogue."""
    project = money.project()
    fund = money.fund(money.source("100000.00"), project, "100000.00", "90000.00")
    contract = money.contract(project, "80000.00", Line(fund, "80000.00", "雕塑", "basic"))
    money.pay(contract, "20000.00")
    accepted(project, DAY, money.user("clerk"), money.user("second"))
    return fund, contract


def test_the_sweep_finds_each_thing_once_and_says_when_it_is_gone(money: Money) -> None:
    fund, _ = stage(money)
    assert actions.raise_flags(at=AT, today=TODAY) == {"raised": 2, "gone": 0}
    assert set(AuditFlag.objects.values_list("kind", flat=True)) == {"share_short", "outside_catalogue"}
    assert actions.raise_flags(at=AT, today=TODAY) == {"raised": 0, "gone": 0}
    assert actions.raise_flags(at=AT, today=LATER) == {"raised": 2, "gone": 0}, "idle, settlement late"
    own = money.fund(
        money.source("50000.00", "resident_direct", document_number=""),
        Project.objects.get(uid=fund.project_uid),
        "50000.00",
        "50000.00",
    )
    assert actions.raise_flags(at=AT, today=LATER)["gone"] == 1
    assert AuditFlag.objects.get(kind="share_short").gone_on == LATER
    assert own.pk and AuditFlag.objects.filter(kind="share_short").count() == 1


def test_explained_by_the_office_closed_by_the_auditor_both_recorded(money: Money) -> None:
    stage(money)
    actions.raise_flags(at=AT, today=TODAY)
    row = AuditFlag.objects.get(kind="share_short")
    who = auditor(money)
    with pytest.raises(Forbidden):
        actions.close_flag(by=money.user("clerk"), at=AT, flag=row, text="了结")
    with pytest.raises(Forbidden):
        actions.explain_flag(by=who, at=AT, flag=row, text="说明")
    with pytest.raises(Forbidden):
        actions.close_flag(by=money.offices.users["yuncheng.auditor"], at=AT, flag=row, text="别处的审计")
    with pytest.raises(Invalid):
        actions.explain_flag(by=money.user("clerk"), at=AT, flag=row, text=" ")
    actions.explain_flag(by=money.user("clerk"), at=AT, flag=row, text="居民出资正在归集")
    actions.return_flag(by=who, at=AT, flag=row, text="请附归集计划")
    actions.explain_flag(by=money.user("checker"), at=AT, flag=row, text="归集计划见附件")
    done = actions.close_flag(by=who, at=AT, flag=row, text="同意")
    assert done.state == "closed" and [note.step for note in done.notes.all()] == [
        "explain",
        "return",
        "explain",
        "close",
    ]
    with pytest.raises(Refused):
        actions.explain_flag(by=money.user("clerk"), at=AT, flag=done, text="再说明")
    assert actions.raise_flags(at=AT, today=TODAY)["raised"] == 0, "what is closed is not raised again while it stands"
    other = AuditFlag.objects.get(kind="outside_catalogue")
    note = "INSERT INTO funding_flagnote (flag_id, step, text, by_id, at) VALUES"
    for sql in (
        f"UPDATE funding_auditflag SET state = 'closed' WHERE id = {other.pk}",
        f"UPDATE funding_auditflag SET text = 'x' WHERE id = {other.pk}",
        f"UPDATE funding_auditflag SET state = 'open' WHERE id = {row.pk}",
        f"DELETE FROM funding_auditflag WHERE id = {row.pk}",
        "UPDATE funding_flagnote SET text = 'x'",
        "DELETE FROM funding_flagnote",
        f"{note} ({row.pk}, 'close', 'x', {money.user('clerk').pk}, '2026-03-01 00:00:00+00')",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_every_figure_opens_to_entries_that_sum_to_it(money: Money, django_assert_max_num_queries: Any) -> None:
    fund, contract = stage(money)
    sums, user = sums_by(Fund.objects.filter(pk=fund.pk))[fund.pk], money.user("clerk")
    for figure in audit.FIGURES:
        for scope, uid in (("fund", fund.uid), ("project", fund.project_uid), ("source", fund.source.uid)):
            assert audit.trail_total(audit.trail(user, scope, uid, figure)) == getattr(sums, figure), (scope, figure)
    own = Commitment.objects.get(contract=contract)
    assert audit.trail_total(audit.trail(user, "contract", contract.uid, "spent")) == own.amount - own.unspent
    payment = Payment.objects.get()
    assert audit.trail_total(audit.trail(user, "payment", payment.uid, "paid")) == payment.amount - payment.held
    client = Client()
    client.force_login(auditor(money), backend="offices.backend.StaffBackend")
    with django_assert_max_num_queries(30):
        page = text(client, f"/staff/money/trail/project/{fund.project_uid}/paid/")
    assert "19,400.00" in page and "工程计量单" in page and "沈慧敏、张永红" in page, "paper and people"
    assert "拨付" in text(client, f"/staff/money/trail/payment/{payment.uid}/paid/")
    assert client.get(f"/staff/money/trail/payment/{payment.uid}/x/").status_code == 404
    elsewhere = browser(Money(money.offices, "芮城县"), "clerk")
    assert elsewhere.get(f"/staff/money/trail/fund/{fund.uid}/paid/").status_code == 404
    assert f"/staff/money/trail/fund/{fund.uid}/cash/" in text(client, f"/staff/money/projects/{fund.project_uid}/")


def test_flags_over_pages_and_rest_and_as_a_workbook(money: Money) -> None:
    stage(money)
    actions.raise_flags(at=AT, today=TODAY)
    row = AuditFlag.objects.get(kind="share_short")
    clerk, client, api = browser(money, "clerk"), Client(), APIClient()
    client.force_login(auditor(money), backend="offices.backend.StaffBackend")
    assert "LZ-16" in text(clerk, "/staff/money/flags/") and "没有审计提示" in text(
        clerk, "/staff/money/flags/?kind=idle"
    )
    url = f"/staff/money/flags/{row.uid}/"
    assert "提交说明" in text(clerk, url) and "了结</button>" not in text(clerk, url)
    assert clerk.post(f"{url}decide/", {"decision": "close", "text": "x"}).status_code == 403
    assert clerk.post(f"{url}decide/", {"decision": "explain", "text": "正在归集"}).status_code == 302
    assert "提交说明" not in text(client, url)
    api.force_authenticate(auditor(money))
    answer = api.post(f"/api/v1/audit-flags/{row.uid}/close/", {"text": "同意"}, format="json", HTTP_IF_MATCH="*")
    assert answer.json()["state"] == "closed" and answer.json()["notes"][-1]["step"] == "close"
    sheet = openpyxl.load_workbook(
        io.BytesIO(b"".join(api.get("/api/v1/audit-flags/export/?format=xlsx").streaming_content))
    ).active
    assert sheet is not None and sheet.max_row == 3
