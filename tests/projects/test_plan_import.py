"""The official plan table comes in as it stands: communities, projects, one draft plan a year; twice is once; wrong rows change nothing."""

import io
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from communities import actions as register
from communities.models import Community, DuplicatePair, Import
from offices.models import Duty, HistoryEntry
from policies.refusal import Forbidden, Invalid, Refused
from projects import actions
from projects.models import AnnualPlan, PlanLine, Project, ProjectCommunity
from projects.papers.plan_table import rows, workbook
from tests.projects.conftest import AT, DATA, TODAY, World

HEAD = "年份,小区名称,位置,建成时间,栋数,户数,面积㎡\n"
Bring = Callable[..., Import]


def problems(source: Import, severity: str = "error") -> list[str]:
    return [p["message"] for row in source.rows.all() for p in row.problems if p["severity"] == severity]


@pytest.mark.rule("RC-27")
def test_ruicheng_table_becomes_five_plans(world: World, bring: Bring) -> None:
    source = bring()
    assert source.counts == {"new": 30, "update": 0, "unchanged": 0, "error": 0, "skipped": 0, "warning": 3}
    source = register.apply_import(by=world.wang, at=AT, source=source)
    plans = {plan.year: plan.lines.count() for plan in AnnualPlan.objects.all()}
    assert plans == {2021: 2, 2022: 7, 2023: 6, 2024: 7, 2025: 8}
    assert sum(c.household_count or 0 for c in Community.objects.all()) == 863
    assert sum((c.floor_area for c in Community.objects.all() if c.floor_area), Decimal(0)) == Decimal("91991.89")
    assert (source.report["lines"], source.report["households"], source.report["floor_area"]) == (30, 863, "91991.89")
    assert [(e["year"], e["lines"]) for e in source.report["plans"]] == [
        (2021, 2),
        (2022, 7),
        (2023, 6),
        (2024, 7),
        (2025, 8),
    ]
    assert source.report["plans"][0]["households"] == 100 and source.report["plans"][0]["floor_area"] == "8804.27"


@pytest.mark.rule("RC-27")
def test_the_table_comes_out_as_it_went_in(world: World, imported: Import) -> None:
    written = [[str(cell) for cell in row] for row in rows(list(AnnualPlan.objects.select_related("division")))]
    read = [line.split(",") for line in (DATA / "ruicheng_plan.csv").read_text(encoding="utf-8").splitlines()[1:]]
    assert [row[:6] for row in written] == [row[:6] for row in read]
    assert [Decimal(row[6]) for row in written] == [Decimal(row[6]) for row in read]


@pytest.mark.rule("RC-27")
def test_from_the_clipboard_from_xlsx_and_from_its_own_export_it_is_the_same_plan(world: World) -> None:
    """As Excel copies it, as it lies in a file, and as the platform gives it back: the same plans, then nothing new."""
    lines = [line.split(",") for line in (DATA / "ruicheng_plan.csv").read_text(encoding="utf-8").splitlines()]
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([_typed(cell) for cell in line])
    book.save(stream := io.BytesIO())
    clipboard = "\r\n".join("\t".join(line) for line in lines) + "\r\n"

    def plans(upload: UploadedFile) -> list[list[str]]:
        source = register.upload_import(by=world.wang, at=AT, kind="plan", division=world.county, upload=upload)
        source = register.read_import(source=source, at=AT)
        assert source.counts["error"] == 0
        register.apply_import(by=world.wang, at=AT, source=source)
        return [[str(cell) for cell in row] for row in rows(_all_plans())]

    with pytest.raises(InterruptedError), transaction.atomic():
        pasted = plans(register.pasted(clipboard))
        raise InterruptedError
    assert plans(SimpleUploadedFile("计划.xlsx", stream.getvalue())) == pasted
    assert [row[:6] for row in pasted] == [line[:6] for line in lines[1:]]
    versions = list(AnnualPlan.objects.order_by("pk").values_list("version", flat=True))
    assert plans(SimpleUploadedFile("导出.xlsx", workbook(_all_plans()))) == pasted
    assert list(AnnualPlan.objects.order_by("pk").values_list("version", flat=True)) == versions


def _typed(cell: str) -> float | str:
    return float(cell) if cell.replace(".", "", 1).isdigit() else cell


def _all_plans() -> list[AnnualPlan]:
    return list(AnnualPlan.objects.select_related("division"))


@pytest.mark.rule("JX-02")
def test_the_two_that_agree_in_all_but_name_are_found_and_not_merged(world: World, bring: Bring) -> None:
    source = bring()
    alike = [text for text in problems(source, "warning") if "可能重复登记" in text]
    assert [text.partition("：")[0] for text in alike] == ["B6", "B26"]
    register.apply_import(by=world.wang, at=AT, source=source)
    pair = DuplicatePair.objects.get()
    assert {pair.first.name, pair.second.name} == {"国土局住宅楼", "建行住宅楼"}
    assert Community.objects.count() == 30


def test_the_same_table_again_changes_nothing(world: World, imported: Import, bring: Bring) -> None:
    again = bring()
    assert again.counts["unchanged"] == 30 and again.counts["error"] == 0
    versions = list(AnnualPlan.objects.order_by("pk").values_list("version", flat=True))
    again = register.apply_import(by=world.wang, at=AT, source=again)
    assert (again.report["lines_added"], again.report["unchanged"]) == (0, 30)
    assert (
        AnnualPlan.objects.count(),
        PlanLine.objects.count(),
        Project.objects.count(),
        Community.objects.count(),
    ) == (5, 30, 30, 30)
    assert ProjectCommunity.objects.count() == 30
    assert list(AnnualPlan.objects.order_by("pk").values_list("version", flat=True)) == versions


@pytest.mark.rule("RC-13")
def test_every_project_gets_the_six_days_of_its_plan_year(world: World, imported: Import) -> None:
    project = Project.objects.get(name="建行住宅楼")
    days = list(Duty.objects.filter(subject_uid=project.uid).order_by("due_on").values_list("due_on", flat=True))
    assert [day.isoformat() for day in days] == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
        "2025-05-31",
        "2025-10-31",
        "2025-11-30",
    ]
    assert Duty.objects.filter(subject_type="project").count() == 180
    early = Project.objects.get(name="体委住宅楼")
    states = list(Duty.objects.filter(subject_uid=early.uid).order_by("due_on").values_list("state", flat=True))
    assert states == ["not_applicable"] * 4 + ["open"] * 2, (
        "the document is of July 2022: its first days of that year do not apply"
    )


def test_lines_stand_in_the_order_of_the_table_with_remarks(world: World, bring: Bring) -> None:
    text = (
        "计划年度,名称,地址,建成年份,楼栋数,总户数,建筑面积,备注,国家年度任务\n"
        "2027,乙小区,二号路,1999,2,30,1000.5,先做,是\n2027,甲小区,一号路,1998,1,20,900,,\n合计,,,,3,50,1900.5,,\n"
    )
    register.apply_import(by=world.wang, at=AT, source=bring(text))
    lines = list(PlanLine.objects.select_related("project").order_by("position"))
    assert [(line.position, line.project.name, line.remark, line.project.national_task) for line in lines] == [
        (1, "乙小区", "先做", True), (2, "甲小区", "", False),
    ]  # fmt: skip
    assert all(line.project.stage == "planned" and line.project.plan_year == 2027 for line in lines)


def test_a_changed_figure_changes_the_community_and_nothing_else(world: World, imported: Import, bring: Bring) -> None:
    before = "公路段南楼,洞宾西街南侧,1998,1,20,3280"
    text = (DATA / "ruicheng_plan.csv").read_text(encoding="utf-8").replace(before, before.replace(",20,", ",24,"))
    source = bring(text)
    assert (source.counts["update"], source.counts["unchanged"]) == (1, 29)
    register.apply_import(by=world.wang, at=AT, source=source)
    assert Community.objects.get(name="公路段南楼").household_count == 24
    assert PlanLine.objects.count() == 30


def test_a_community_of_the_register_and_a_project_of_the_reserve_are_taken(
    world: World, bring: Bring, add_community: Callable[..., Community], add_project: Callable[..., Project]
) -> None:
    add_community("甲小区")
    waiting = add_project("乙小区")
    source = bring(HEAD + "2027,甲小区,,1998,,,\n2027,乙小区,,1998,,,\n")
    assert source.counts["update"] == 2
    register.apply_import(by=world.wang, at=AT, source=source)
    assert Community.objects.count() == Project.objects.count() == 2
    waiting.refresh_from_db()
    assert (waiting.stage, waiting.plan_year) == ("planned", 2027)
    assert Community.objects.get(name="甲小区").version == 1, "the register's row was not changed by being planned"


def test_another_year_for_a_planned_community_is_refused(world: World, imported: Import, bring: Bring) -> None:
    source = bring(HEAD + "2026,体委住宅楼,永乐南路南侧,1998,1,19,2324\n")
    assert problems(source) == ["A2：“体委住宅楼”已列入2022年度计划，不能再列入2026年度"]
    with pytest.raises(Refused):
        register.apply_import(by=world.wang, at=AT, source=source)
    assert not AnnualPlan.objects.filter(year=2026).exists()


def test_the_same_community_twice_in_a_table_is_refused(world: World, bring: Bring) -> None:
    source = bring(HEAD + "2026,甲小区,一号路,1998,1,20,900\n2027,甲小区,一号路,1998,1,20,900\n")
    assert source.counts["error"] == 2
    assert "与第 2 行重复" in problems(source)[1]


def test_an_issued_year_takes_no_row(world: World, imported: Import, bring: Bring) -> None:
    plan = AnnualPlan.objects.get(year=2025)
    actions.enter_as_issued(
        by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2025〕1号", issued_on=TODAY
    )
    source = bring(HEAD + "2025,新小区,一号路,1998,1,20,900\n2026,另一小区,二号路,1997,1,20,901\n")
    assert problems(source) == ["A2：芮城县2025年度计划已下达，不能通过导入新增或修改；请办理计划调整"]
    with pytest.raises(Refused):
        register.apply_import(by=world.wang, at=AT, source=source)
    assert not Community.objects.filter(name="新小区").exists()
    assert bring().counts["unchanged"] == 30, "what stands as it is may stay in the table"


def test_a_plan_issued_between_preview_and_apply_stops_the_whole_table(
    world: World, imported: Import, bring: Bring
) -> None:
    source = bring(HEAD + "2025,新小区,一号路,1998,1,20,900\n2026,另一小区,二号路,1997,1,20,901\n")
    assert source.counts["new"] == 2
    plan = AnnualPlan.objects.get(year=2025)
    actions.enter_as_issued(
        by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2025〕1号", issued_on=TODAY
    )
    with pytest.raises(Refused):
        register.apply_import(by=world.wang, at=AT, source=source)
    assert not Community.objects.filter(name__in=["新小区", "另一小区"]).exists()


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ("二〇二七,甲小区,一号路,1998,1,20,900", "A2"),
        ("1999,甲小区,一号路,1998,1,20,900", "A2"),
        (",甲小区,一号路,1998,1,20,900", "A2"),
        ("2027,,一号路,1998,1,20,900", "B2"),
        ("2027,甲小区,一号路,1998,一,20,900", "E2"),
        ("2027,甲小区,一号路,1998,1,20,九百", "G2"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(world: World, bring: Bring, row: str, cell: str) -> None:
    source = bring(HEAD + row + "\n2027,乙小区,二号路,1997,1,10,100\n")
    assert problems(source)[0].startswith(cell)
    with pytest.raises(Refused):
        register.apply_import(by=world.wang, at=AT, source=source)
    assert (AnnualPlan.objects.count(), Community.objects.count()) == (0, 0)


def test_one_year_for_a_table_without_the_column(world: World, bring: Bring) -> None:
    source = bring("小区名称,位置,户数\n甲小区,一号路,20\n", year="2027")
    register.apply_import(by=world.wang, at=AT, source=source)
    assert AnnualPlan.objects.get().year == 2027


def test_only_the_countys_office_brings_a_plan(world: World, bring: Bring) -> None:
    with pytest.raises(Forbidden):
        bring(by=world.wei)
    with pytest.raises(Invalid):
        bring(division=world.street)


def test_the_history_names_the_import(world: World, imported: Import) -> None:
    acts = HistoryEntry.objects.filter(action="plan.import")
    assert acts.count() == 5 and {act.data["import"] for act in acts} == {str(imported.uid)}


def test_preview_asks_a_fixed_number_of_queries(world: World, bring: Bring) -> None:
    small = HEAD + "2027,甲小区,一号路,1998,1,20,900\n"
    with CaptureQueriesContext(connection) as few:
        bring(small)
    with CaptureQueriesContext(connection) as many:
        bring()
    assert len(many) <= len(few) + 2


def test_an_imported_plan_is_taken_back_whole_and_what_it_took_is_in_the_reserve_again(
    world: World, bring: Bring, add_project: Callable[..., Project]
) -> None:
    waiting = add_project("乙小区")
    versions = Community.objects.get(name="乙小区").version
    source = register.apply_import(
        by=world.wang, at=AT, source=bring(HEAD + "2027,甲小区,,1998,,,\n2027,乙小区,,1998,,,\n")
    )
    assert Duty.objects.filter(subject_type="project").exists()
    register.undo_import(by=world.wang, at=AT, source=source)
    waiting.refresh_from_db()
    assert (waiting.stage, waiting.plan_year) == ("reserve", None)
    assert [model.objects.count() for model in (Community, Project, PlanLine, AnnualPlan)] == [1, 1, 0, 0]
    assert (
        not Duty.objects.filter(subject_type__in=("project", "annualplan", "plan"))
        .exclude(subject_uid=waiting.uid)
        .exists()
    )
    assert Community.objects.get().version >= versions
    again = register.apply_import(by=world.wang, at=AT, source=bring(HEAD + "2027,甲小区,,1998,,,\n"))
    assert again.report["lines_added"] == 1


def test_an_import_whose_plan_was_issued_or_whose_project_went_on_is_not_taken_back(
    world: World, imported: Import
) -> None:
    plan = AnnualPlan.objects.get(year=2025)
    actions.enter_as_issued(
        by=world.wang, at=AT, today=TODAY, plan=plan, document_number="芮政办发〔2025〕1号", issued_on=TODAY
    )
    with pytest.raises(Refused) as refusal:
        register.undo_import(by=world.wang, at=AT, source=imported)
    assert "芮城县2025年度计划：年度计划已下达" in refusal.value.errors["standing"]
    assert PlanLine.objects.count() == 30
