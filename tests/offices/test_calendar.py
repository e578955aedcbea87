"""The working-day calendar: estimates replaced by the official schedule, with the difference in view."""

import datetime as dt
import io
from collections.abc import Sequence

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from offices import calendar, schedule
from offices.demonstration import Offices
from offices.models import CalendarYear, HistoryEntry, User
from policies.calendar import WorkingCalendar
from policies.refusal import Forbidden, Invalid
from tests.cast import AT, TODAY

SOURCE = "国办发明电〔2026〕1号"


def sheet(*rows: Sequence[object]) -> SimpleUploadedFile:
    """An XLSX with the header."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("日期", "安排", "名称"), *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return SimpleUploadedFile("2027.xlsx", stream.getvalue())


def csv(text: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    """A CSV."""
    return SimpleUploadedFile("2027.csv", text.encode(encoding))


def test_years_are_there_after_migrate(db: None) -> None:
    found = {row.year: row.status for row in CalendarYear.objects.all()}
    assert found[2019] == found[2025] == "official"
    assert min(found) == 2019 and max(found) >= 2027 and found[max(found)] == "estimated"
    days = calendar.calendar()
    assert not days.is_working(dt.date(2025, 10, 1)) and days.is_working(dt.date(2025, 9, 28))


def test_an_official_year_replaces_the_estimate_and_says_what_moved(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listener(before: WorkingCalendar, after: WorkingCalendar, today: dt.date) -> list[calendar.Moved]:
        assert not before.is_working(dt.date(2027, 1, 3)) and after.is_working(dt.date(2027, 1, 3))
        return [calendar.Moved("城中街道公示", dt.date(2027, 1, 8), dt.date(2027, 1, 7))]

    monkeypatch.setattr(calendar, "on_calendar_change", [listener])
    admin = User.objects.get(username="liuzhou.system_admin")
    before = calendar.calendar()
    assert (before.status(2027), before.is_working(dt.date(2027, 1, 3))) == ("estimated", False)
    days = schedule.read(csv("日期,安排,名称\n2027-01-01,放假,元旦\n2027.1.3,上班,元旦调休\n"))
    loaded = calendar.load_year(by=admin, at=AT, today=TODAY, year=2027, days=days, source=SOURCE)
    assert calendar.Changed(dt.date(2027, 1, 3), before=False, after=True, name="元旦调休") in loaded.days
    assert [row.what for row in loaded.moved] == ["城中街道公示"]
    assert calendar.calendar().status(2027) == "official"
    assert HistoryEntry.objects.get(action="calendar.load").data["moved"] == 1
    calendar.seed(at=AT, years=[2027])
    assert calendar.calendar().is_working(dt.date(2027, 1, 3))  # what a person loaded stays


def test_only_a_system_administrator_loads_a_year(offices: Offices) -> None:
    with pytest.raises(Forbidden):
        calendar.load_year(
            by=offices.user("柳州市", "housing", "leader"), at=AT, today=TODAY, year=2027, days=[(dt.date(2027, 1, 1), False, "")],
            source=SOURCE,
        )  # fmt: skip


def test_a_schedule_is_read_from_excel_and_from_chinese_csv() -> None:
    wanted = [(dt.date(2027, 1, 1), False, "元旦"), (dt.date(2027, 2, 14), True, "春节调休")]
    rows = ((dt.datetime(2027, 1, 1), "放假", "元旦"), (None, None, None), ("2027年2月14日", "上班", "春节调休"))
    assert schedule.read(sheet(*rows)) == wanted
    assert schedule.read(csv("日期,安排,名称\n20270101,放假,元旦\n2027/2/14,上班,春节调休\n", "gb18030")) == wanted


def test_every_wrong_cell_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        schedule.read(
            sheet(
                ("2027-02-30", "放假", ""),
                ("2027-01-01", "休息", ""),
                ("2027-01-02", "放假", ""),
                ("2027-01-02", "放假", ""),
            )
        )
    assert set(refused.value.errors) == {"A2", "B3", "A5"}
    assert "2027-02-30" in refused.value.errors["A2"][0]


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"PK\x03\x04broken", "日期,状态\n".encode()])
def test_what_is_no_schedule_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        schedule.read(SimpleUploadedFile("x.xlsx", content))
    assert "file" in refused.value.errors


def test_a_day_of_another_year_is_refused(offices: Offices) -> None:
    admin = User.objects.get(username="liuzhou.system_admin")
    with pytest.raises(Invalid):
        calendar.load_year(
            by=admin, at=AT, today=TODAY, year=2027, days=[(dt.date(2028, 1, 1), False, "")], source=SOURCE
        )
    assert calendar.calendar().status(2027) == "estimated"
