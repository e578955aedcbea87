"""Reports of money: totals recomputed from the entries, files as offices and programs take them, the scope of who asks."""

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client

from funding import actions
from funding.models import Commitment, JournalEntry
from funding.reports import files
from funding.reports import jobs as report_jobs
from funding.reports.tables import TABLES, report
from offices import files as offices_files
from offices import jobs as offices_jobs
from offices.models import Job, Membership
from policies.refusal import Invalid
from projects.models import Project
from tests.cast import AT, TODAY
from tests.funding.stage import DAY, Money
from tests.journey.pdftext import pages
from tests.reports.test_disclosure import PHONE, WORKER, staged

pytestmark = pytest.mark.django_db
EVIL = '=HYPERLINK("http://a/","领钱")'


def browser(money: Money, role: str = "clerk") -> Client:
    """Signed in."""
    client = Client()
    client.force_login(money.user(role), backend="offices.backend.StaffBackend")
    return client


def moved(money: Money) -> Project:
    """As ``staged``, with a refund, a payment taken back, a source of another year, and a name that is a formula."""
    project = staged(money)
    contract = Commitment.objects.filter(item="供水").get().contract
    second = money.pay(contract, "20000.00")
    actions.post_entry(
        by=money.user("releaser"), at=AT,
        entry=actions.ask_reversal(by=money.user("checker"), at=AT, today=TODAY, entry=second, reason="付错"),
    )  # fmt: skip
    first = JournalEntry.objects.filter(kind="payment").order_by("pk")[0]
    back = actions.ask_refund(
        by=money.user("checker"),
        at=AT,
        today=TODAY,
        entry=first,
        amount="1000.00",
        day=DAY,
        voucher="退1",
        reason="多付",
    )
    actions.post_entry(by=money.user("releaser"), at=AT, entry=back)
    money.fund(money.source("50.00", "county", year=2025, name=EVIL), project, "50.00", "50.00")
    return project


def entered(kind: str, year: int | None = None) -> Decimal:
    """Entries of a kind by the amounts that people entered: what was taken back is taken off."""
    rows = JournalEntry.objects.filter(state="posted", concerns=kind)
    rows = rows.filter(fund__source__year=year) if year else rows
    return sum((-row.amount if row.kind == "reversal" else row.amount for row in rows), Decimal(0))


def test_totals_are_the_sums_of_the_entries(money: Money) -> None:
    moved(money)
    division, user = money.offices.divisions["城中区"], money.user("clerk")
    for key, year in (("ledger", None), ("summary", None), ("ledger", 2026), ("summary", 2026)):
        found = report(key, user=user, division=division, year=year)
        totals = found.empty()
        assert len(list(found.adding(totals))) == found.count
        assert totals["planned"] == entered("allotment", year) and totals["received"] == entered("receipt", year)
        assert totals == found.check.figures, key
    assert entered("allotment") - entered("allotment", 2026) == Decimal("50.00")
    found = report("payments", user=user, division=division, year=2026)
    totals = found.empty()
    rows = list(found.adding(totals))
    assert [row[7] for row in rows] == ["拨付", "拨付", "退回", "冲销拨付"]
    assert totals["paid"] == Decimal("194000.00") - Decimal("1000.00") and totals == found.check.figures
    other = report("payments", user=user, division=division, year=2025)
    assert other.count == 0 and other.check.figures == other.empty()


def test_the_check_shows_a_row_that_is_missing(money: Money) -> None:
    """核对 comes from elsewhere: leaving a row out makes a difference."""
    moved(money)
    found = report("ledger", user=money.user("clerk"), division=money.offices.divisions["城中区"], year=None)
    totals = found.empty()
    rows = found.adding(totals)
    next(rows)
    assert totals != found.check.figures


@pytest.mark.parametrize("unit", ["yuan", "wan"])
def test_xlsx_has_numbers_formulas_and_who_signs(money: Money, unit: str) -> None:
    moved(money)
    division = money.offices.divisions["城中区"]
    answer = browser(money).get(
        f"/staff/money/reports/file/?report=ledger&division={division.uid}&year=&unit={unit}&format=xlsx"
    )
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert (
        rows[0][0] == "城中区资金台账" and "填报单位（盖章）" in str(rows[1][0]) and "2026年3月2日" in str(rows[1][0])
    )
    word = {"yuan": "元", "wan": "万元"}[unit]
    assert f"单位：{word}" in str(rows[1][0]) and rows[3][6] == f"计划（{word}）"
    body = rows[4 : 4 + 4]
    assert all(isinstance(row[6], int | float) for row in body)
    central = next(row for row in body if row[3] == "中央补助资金")
    assert central[6] == pytest.approx(600000 if unit == "yuan" else 60)
    total, checked, differs = rows[8], rows[9], rows[10]
    assert total[0] == "合计" and total[6] == "=SUM(G5:G8)" and differs[6] == "=ROUND(G9-G10,6)"
    assert str(checked[0]).startswith("核对")
    cached = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    assert cached is not None
    shown = [cached.cell(row, 7).value for row in (9, 10, 11)]
    expected = 700050 if unit == "yuan" else 70.005
    assert shown == [pytest.approx(expected), pytest.approx(expected), 0]
    assert "制表" in str(rows[12][0]) and "审核" in str(rows[12][0])


def test_no_amount_of_the_paper_is_cut(money: Money) -> None:
    """A city's hundreds of millions, and rows that are longer than their sum because some are taken back."""
    moved(money)
    found = report("ledger", user=money.user("clerk"), division=money.offices.divisions["城中区"], year=None)
    rows = [
        tuple(sign * Decimal("98765432123.45") if isinstance(cell, Decimal) else cell for cell in row)
        for sign, row in zip((1, -1), found.rows(), strict=False)
    ]
    zero = replace(found, rows=lambda: iter(rows), count=2, check=replace(found.check, figures=found.empty()))
    file = files.pdf(zero, unit="yuan", day=TODAY, issuer="财政局")
    lines = "".join(pages(file.read())).split("\n")
    assert [sum(text in line for line in lines) for text in ("-98,765,432,123.45", "98,765,432,123.45")] == [7, 14]


def test_no_text_is_ever_a_formula(money: Money) -> None:
    moved(money)
    division = money.offices.divisions["城中区"]
    url = f"/staff/money/reports/file/?report=ledger&division={division.uid}&year="
    content = b"".join(browser(money).get(f"{url}&format=xlsx").streaming_content)  # type: ignore[arg-type]
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows(min_row=5, max_row=8) for cell in row]
    assert not any(cell.data_type == "f" for cell in cells) and any(cell.value == f"'{EVIL}" for cell in cells)
    text = b"".join(browser(money).get(f"{url}&format=csv").streaming_content).decode()  # type: ignore[arg-type]
    assert f"'{EVIL}" in {row["source"] for row in csv.DictReader(io.StringIO(text))}


def test_pdf_holds_the_totals_and_no_person(money: Money) -> None:
    moved(money)
    division = money.offices.divisions["城中区"]
    for key in TABLES:
        answer = browser(money).get(f"/staff/money/reports/file/?report={key}&division={division.uid}&year=&format=pdf")
        assert answer.status_code == 200, key
        text = "".join(pages(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
        assert "合计" in text and "核对" in text and "制表" in text, key
        if key == "payments":
            assert "193,000.00" in text and "柳州建工有限公司" in text
            assert PHONE not in text and "6222000011112222" not in text


def test_a_payee_that_is_a_person_is_not_named(money: Money) -> None:
    project = staged(money)
    contract = project_contract(project)
    payee = actions.enter_payee(
        by=money.user("clerk"), at=AT, contract=contract, holder=contract.party, bank="工行", number="6222000011112223"
    )
    actions.decide_payee(by=money.user("checker"), at=AT, payee=payee, accept=True)
    money.pay(contract, "5000.00")
    found = report("payments", user=money.user("clerk"), division=money.offices.divisions["城中区"], year=None)
    rows = list(found.adding(found.empty()))
    assert {row[6] for row in rows} == {"柳州建工有限公司", "个人（不列姓名）"}
    html = browser(money).get("/staff/money/reports/?report=payments&year=").content.decode()
    assert "个人（不列姓名）" in html and WORKER not in html.replace(f"3号楼{WORKER}交", "")


def project_contract(project: Project) -> object:
    """The contract with a man."""
    return Commitment.objects.get(item="绿化", contract__project_uid=project.uid).contract


def test_only_ones_own_division_and_below(money: Money) -> None:
    moved(money)
    county = money.offices.divisions["城中区"]
    foreign = Client()
    foreign.force_login(money.offices.user("芮城县", "housing", "clerk"), backend="offices.backend.StaffBackend")
    assert foreign.get(f"/staff/money/reports/?division={county.uid}").status_code == 404
    assert foreign.get(f"/staff/money/reports/file/?division={county.uid}").status_code == 404
    assert foreign.get(f"/api/v1/money-reports/ledger/?division={county.uid}").status_code == 404
    assert "映山街" not in foreign.get("/staff/money/reports/?year=").content.decode()
    city = Client()
    city.force_login(money.offices.user("柳州市", "finance", "approver"), backend="offices.backend.StaffBackend")
    html = city.get("/staff/money/reports/?report=summary&year=").content.decode()
    assert "城中区" in html and "700,050.00" in html


def test_for_programs_as_lines_and_as_csv(money: Money) -> None:
    moved(money)
    county = money.offices.divisions["城中区"]
    client = browser(money)
    lines = b"".join(client.get(f"/api/v1/money-reports/plans/?division={county.uid}&year=2026").streaming_content)  # type: ignore[arg-type]
    rows = [json.loads(line) for line in lines.splitlines()]
    assert [(row["kind"], row["amount"], row["state"]) for row in rows] == [
        ("中央补助资金", "600000.00", "已落实"),
        ("居民直接出资", "150000.00", "预计"),
    ]
    text = b"".join(client.get(f"/api/v1/money-reports/summary/?division={county.uid}&format=csv").streaming_content)  # type: ignore[arg-type]
    table = list(csv.DictReader(io.StringIO(text.decode())))
    assert sum(Decimal(row["planned"]) for row in table) == Decimal("700050.00")
    assert [row["key"] for row in client.get("/api/v1/money-reports/").json()] == list(TABLES)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("report=nothing", 400),
        ("year=20x6", 400),
        ("division=x", 400),
        ("unit=jin", 400),
        ("format=doc", 400),
        ("year=", 200),
    ],
)
def test_bad_addresses(money: Money, query: str, status: int) -> None:
    assert browser(money).get(f"/staff/money/reports/file/?{query}").status_code == status


@pytest.mark.parametrize("query", ["", "division=x", "format=pdf", "year=1", "what=1"])
def test_bad_parameters_of_programs_name_themselves(money: Money, query: str) -> None:
    given = query if "division" in query or not query else f"division={money.offices.divisions['城中区'].uid}&{query}"
    answer = browser(money).get(f"/api/v1/money-reports/ledger/?{given}")
    assert answer.status_code == 400 and set(answer.json()["errors"]) == {query.split("=")[0] or "division"}


def test_too_long_for_a_sheet_says_the_way_out(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    moved(money)
    monkeypatch.setattr(files, "MOST", {"xlsx": 3, "pdf": 2})
    answer = browser(money).get("/staff/money/reports/file/?report=ledger&year=&format=xlsx")
    assert answer.status_code == 400 and "CSV（不限行数）" in answer.content.decode()
    found = report("ledger", user=money.user("clerk"), division=money.offices.divisions["城中区"], year=None)
    with pytest.raises(Invalid):
        files.pdf(found, unit="yuan", day=dt.date(2026, 3, 2), issuer="")


def test_no_money_says_what_to_do(money: Money) -> None:
    html = browser(money).get("/staff/money/reports/").content.decode()
    assert "没有可列的资金" in html and "登记资金来源" in html
    assert browser(money).get("/staff/money/reports/file/?format=xlsx").status_code == 200


def test_a_long_report_is_a_job_with_the_same_rows(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    moved(money)
    client, county = browser(money), money.offices.divisions["城中区"]
    url = f"/staff/money/reports/file/?report=ledger&year=&format=xlsx&division={county.uid}"
    at_once = b"".join(client.get(url))  # type: ignore[arg-type]
    monkeypatch.setattr(report_jobs, "AT_ONCE", {"xlsx": 0, "pdf": 0})
    refused = client.get(url)
    assert refused.status_code == 409 and "由后台生成" in refused.content.decode()
    page = client.get(f"/staff/money/reports/?report=ledger&year=&division={county.uid}").content.decode()
    assert "生成 XLSX" in page and "生成 PDF" in page and "导出 XLSX" not in page
    sent = client.post(f"/staff/money/reports/job/?report=ledger&year=&division={county.uid}", {"format": "xlsx"})
    job = Job.objects.get()
    assert sent["Location"] == f"/staff/jobs/{job.uid}/" and job.total == 4
    assert (
        client.post(f"/staff/money/reports/job/?report=ledger&division={county.uid}", {"format": "doc"}).status_code
        == 400
    )
    offices_jobs.work(job.uid, now=lambda: AT)
    job.refresh_from_db()
    assert (job.state, job.done, job.error) == ("done", 4, "") and job.file is not None
    sheets = [openpyxl.load_workbook(io.BytesIO(content)).active for content in (at_once, offices_files.read(job.file))]
    assert list(sheets[0].values) == list(sheets[1].values)
    made = client.post(
        "/api/v1/money-reports/ledger/jobs/",
        {"division": str(county.uid), "format": "pdf"},
        content_type="application/json",
    )
    assert made.status_code == 201 and made.json()["state"] == "queued"
    offices_jobs.work(made.json()["uid"], now=lambda: AT)
    answer = client.get(f"/api/v1/jobs/{made.json()['uid']}/file/")
    assert b"".join(answer)[:5] == b"%PDF-"  # type: ignore[arg-type]
    for wrong, field in (
        ({"format": "doc"}, "format"),
        ({"year": "x"}, "year"),
        ({"division": "x"}, "division"),
        ({"who": 1}, "who"),
    ):
        body = {"division": str(county.uid), "format": "pdf", **wrong}
        bad = client.post("/api/v1/money-reports/ledger/jobs/", body, content_type="application/json")
        assert bad.status_code == 400 and field in bad.json()["errors"]


def test_who_lost_the_place_before_the_worker_came_gets_nothing_of_it(money: Money) -> None:
    moved(money)
    county = money.offices.divisions["城中区"]
    found = report("ledger", user=money.user("clerk"), division=county, year=None)
    job = report_jobs.later(found, by=money.user("clerk"), at=AT, format="xlsx", unit="yuan", issuer="住建局")
    Membership.objects.filter(user=money.user("clerk")).update(active=False)
    offices_jobs.work(job.uid, now=lambda: AT)
    job.refresh_from_db()
    assert job.state == "failed" and "看不到" in job.error and job.file is None
