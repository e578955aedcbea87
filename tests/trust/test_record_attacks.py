"""Raw SQL against what the database itself holds: quantities of the works, and receipts of what was filed upward."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from policies.refusal import Forbidden
from projects.actions.filings import receive_filing, send_filing
from projects.models import MonthReport, ReportQuantity, UpwardFiling
from tests.cast import AT, TODAY
from tests.trust.rows import Rows

ITEM = "1f0a2c54-7a7e-4a0e-9b86-0d1f2b3c4d5e"


def run(sql: str, *values: Any) -> None:
    """One statement, past every action and model."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def refused(sql: str, *values: Any) -> None:
    """The database says no, and nothing has changed."""
    with pytest.raises(DatabaseError), transaction.atomic():
        run(sql, *values)


def report(rows: Rows, month: int, *, current: bool = True) -> MonthReport:
    """A month's report of the project."""
    return MonthReport.objects.create(
        project=rows.project, month=TODAY.replace(month=month, day=1), percent=1, money=0, done="完成", by=rows.users["clerk"], at=AT,
        created_at=AT, updated_at=AT, current=current,
    )  # fmt: skip


def test_no_statement_brings_a_line_beyond_its_scheme_without_a_reason(rows: Rows) -> None:
    first, second, void = report(rows, 1), report(rows, 2), report(rows, 3, current=False)
    item = ITEM.replace("-", "") if connection.vendor == "sqlite" else ITEM
    insert = (
        'INSERT INTO "projects_reportquantity" (report_id, item, name, place, unit, planned, quantity, excess) '
        "VALUES (%s, %s, '道路', '全项目', '米', 10000, %s, %s)"
    )
    refused(insert, first.pk, item, 10001, "")
    refused(insert, first.pk, item, -1, "")
    refused(insert, first.pk, item, -1, "现场核量")
    run(insert, void.pk, item, 9000, "")  # a report that was corrected counts no more
    run(insert, first.pk, item, 6000, "")
    refused(insert, second.pk, item, 4001, "")
    refused(insert, first.pk, item, 1, "")  # once in a report
    run(insert, second.pk, item, 5000, "现场核量，监理签认")
    for statement in (
        'UPDATE "projects_reportquantity" SET quantity = 0',
        'UPDATE "projects_reportquantity" SET planned = 99999',
        'DELETE FROM "projects_reportquantity"',
        'UPDATE "projects_monthreport" SET percent = 99',
        'DELETE FROM "projects_monthreport"',
    ):
        refused(statement)
    held = ReportQuantity.objects.filter(report__current=True)
    assert sorted(held.values_list("quantity", flat=True)) == [5000, 6000]


@pytest.fixture
def filing(rows: Rows) -> UpwardFiling:
    """芮城县's standard, on its way to the city."""
    return send_filing(
        by=rows.users["clerk"], at=AT, today=TODAY, division=rows.county, kind="standard", title="改造标准", filed_on=TODAY,
        upload=SimpleUploadedFile("标准.txt", "标准".encode()),
    )  # fmt: skip


def test_a_filing_is_received_by_the_office_above_alone_and_once(rows: Rows, filing: UpwardFiling) -> None:
    city = rows.offices.user("运城市", "housing", "clerk")
    assert filing.to_body == rows.offices.body("运城市", "housing")
    receive = (
        'UPDATE "projects_upwardfiling" SET received_on = %s, received_by_id = %s, receipt_number = %s WHERE id = %s'
    )
    strangers = (
        rows.users["clerk"], rows.users["approver"], rows.users["foreign"], rows.users["root"],
        rows.offices.user("运城市", "finance", "clerk"),
    )  # fmt: skip
    for stranger in strangers:
        refused(receive, TODAY, stranger.pk, "甲", filing.pk)
    refused(receive, "2020-01-01", city.pk, "甲", filing.pk)
    refused(receive, TODAY, None, "甲", filing.pk)
    refused('UPDATE "projects_upwardfiling" SET receipt_number = %s WHERE id = %s', "甲", filing.pk)
    refused('UPDATE "projects_upwardfiling" SET received_by_id = %s WHERE id = %s', city.pk, filing.pk)
    with pytest.raises(Forbidden):
        receive_filing(by=rows.users["clerk"], at=AT, today=TODAY, filing=filing, received_on=TODAY)
    receive_filing(by=city, at=AT, today=TODAY, filing=filing, received_on=TODAY, receipt_number="运建备〔2026〕1号")
    other = rows.offices.user("运城市", "housing", "leader")
    refused(receive, TODAY, other.pk, "运建备〔2026〕1号", filing.pk)
    refused(receive, TODAY, city.pk, "运建备〔2026〕2号", filing.pk)
    refused(receive, None, None, None, filing.pk)
    refused('UPDATE "projects_upwardfiling" SET title = %s WHERE id = %s', "别的", filing.pk)
    refused('DELETE FROM "projects_upwardfiling" WHERE id = %s', filing.pk)
    filing.refresh_from_db()
    assert (filing.received_by, filing.receipt_number) == (city, "运建备〔2026〕1号")


def test_a_filing_goes_upward_from_its_own_people_unreceived(rows: Rows, filing: UpwardFiling) -> None:
    city = rows.offices.user("运城市", "housing", "clerk")

    def copy(**changes: Any) -> None:
        row = UpwardFiling.objects.get(pk=filing.pk)
        row.pk, row.uid = None, uuid4()
        for name, value in changes.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    def no(**changes: Any) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            copy(**changes)

    no(to_body=rows.offices.body("柳州市", "housing"))
    no(to_body=rows.offices.body("芮城县", "housing"))
    no(to_body=rows.offices.body("运城市", "finance"))
    no(filed_by=rows.users["foreign"])
    no(filed_by=rows.users["root"])
    no(received_on=TODAY, received_by=city, receipt_number="甲")
    copy()
    assert UpwardFiling.objects.count() == 2
