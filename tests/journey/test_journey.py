"""The main job over HTTP against the running platform (web, worker, timer, queue): a county's own table to an issued plan.

1 芮城's clerk imports 附件3 and gets five plans; 2025 is refused by RC-07 with one household missing, mended, passed, issued, found by
residents and programs. 2 A county of 柳州 declares on 1 November, late and still accepted, and goes through its four stages.
"""

import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from offices.demonstration import PASSWORD
from tests.house.test_launcher import Platform, wait_for
from tests.journey.browser import Browser

pytestmark = [pytest.mark.processes, pytest.mark.slow]
TABLE = (Path(__file__).parents[1] / "data" / "ruicheng_plan.csv").read_bytes()
CHENGZHONG = "年份,小区名称,位置,建成时间,栋数,户数,面积㎡\n2027,东门邮电宿舍,曙光中路15号,1995,2,64,5036.40\n".encode()
FIGURES = {
    "central": "480000", "city": "260000", "resident_direct": "110000", "utility": "95000",
    "posted_on": "2026-10-12", "closed_on": "2026-10-19", "objections": "1", "open_objections": "0",
    "total_area": "5036.40", "total_heads": "64", "participating_area": "4000.00", "participating_heads": "50",
    "agreeing_area": "3600.00", "agreeing_heads": "46", "capacity": "30000000", "needed": "12600000",
}  # fmt: skip


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[str]:
    """The platform with offices and accounts alone, on 1 November 2026."""
    data = tmp_path_factory.mktemp("journey") / "data"
    platform = Platform(data, prepared, CLOCK="2026-11-01", SWEEP_SECONDS="3").ready()
    try:
        yield f"http://127.0.0.1:{platform.port}"
    finally:
        platform.process.terminate()
        platform.process.wait(30)


@pytest.fixture
def enter(base: str) -> Any:
    """Sign in as somebody of the cast."""
    return lambda username: Browser(base).login(username, PASSWORD)


def bring_in(clerk: Browser, table: bytes) -> Browser:
    """Import a plan table: upload, look at the preview, confirm."""
    clerk.get("/staff/plans/").follow("导入计划表")
    return clerk.press("读取并预览", files={"file": ("年度计划表.csv", table)})


def fill_papers(clerk: Browser, plan: str, figures: dict[str, str], day: str) -> None:
    """Record every paper that the plan still wants, for all its lines at once; figures already there stay."""
    clerk.get(plan)
    for address in clerk.links("/papers/") + clerk.links("/paper/"):
        clerk.get(address)
        form = clerk.form("保存")
        values: dict[str, Any] = {"day": day, **dict.fromkeys(form.boxes, "on")}
        for name in form.values:
            key = name.rpartition("figure-")[2]
            if "figure-" in name and key in figures:
                values[name] = figures[key]
        clerk.press("保存", values)
        assert clerk.status == 200, clerk.text


def check_papers(second: Browser, plan: str) -> None:
    """The second person holds the entries against the papers."""
    second.get(f"{plan}check/").press("全部复核")
    assert "已复核" in second.text


def decide(person: Browser, title: str, **values: str) -> Browser:
    """Open what waits and pass it."""
    person.get("/staff/inbox/").follow(title)
    person.press("通过", {"verdict": "pass", **values})
    assert person.status == 200, person.text
    return person


@pytest.mark.rule("RC-27")
def test_a_countys_own_table_becomes_five_plans_and_prints_back(enter: Any) -> None:
    clerk = bring_in(enter("ruicheng.housing.clerk"), TABLE)
    assert "新增 30" in clerk.text and "错误 0" in clerk.text
    assert "国土局住宅楼" in clerk.text and "可能重复登记" in clerk.text
    clerk.press("确认导入")
    assert "已导入" in clerk.text
    clerk.get("/staff/plans/")
    for year, lines, households, area in (
        (2021, 2, "100", "8,804.27"), (2022, 7, "147", "14,735.08"), (2023, 6, "257", "29,456.42"), (2024, 7, "218", "24,030.96"),
        (2025, 8, "141", "14,965.16"),
    ):  # fmt: skip
        assert f"{year}年度" in clerk.text
        assert (
            f"{lines}{lines} {households}{area}" in clerk.text
        )  # 项目、小区 | 户数、面积, as the cells follow each other
    sheet = clerk.get(clerk.link("导出全部年度")).response.content
    rows = list(openpyxl.load_workbook(io.BytesIO(sheet)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    header = next(number for number, row in enumerate(rows) if row[0] == "年份")
    printed = [row[:7] for row in rows[header + 1 :] if isinstance(row[0], int)]
    original = [line.split(",") for line in TABLE.decode("utf-8-sig").splitlines()[1:]]
    assert [[f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row] for row in printed] == original


@pytest.mark.rule("RC-13")
def test_deadlines_before_the_document_was_in_force_are_not_applicable(enter: Any) -> None:
    clerk = enter("ruicheng.housing.clerk").get("/staff/deadlines/?year=2022")
    assert "不适用" in clerk.text and "2022年1月31日" in clerk.text
    assert wait_for(lambda: "逾期" in clerk.get("/staff/messages/").text, 40), "the timer's sweep told nobody"


@pytest.mark.rule("RC-07")
def test_one_household_short_is_refused_then_mended_passed_issued_and_public(enter: Any, base: str) -> None:
    clerk, second = enter("ruicheng.housing.clerk"), enter("ruicheng.housing.approver")
    plan = clerk.get("/staff/plans/").follow("2025年度").path
    _consents(clerk, plan, short=True)
    fill_papers_of_plan(clerk, plan)
    check_papers(second, plan)
    clerk.get(f"{plan}submit/")
    assert "RC-07" in clerk.text and "还差 1 户" in clerk.text and "审计局住宅楼" in clerk.text
    assert not clerk.has_button("确认申报")
    _consents(clerk, plan, short=False)
    assert "复核" in clerk.get(f"{plan}submit/").text
    check_papers(second, plan)
    clerk.get(f"{plan}submit/")
    assert "平台默认、文件未作规定" in clerk.text
    clerk.press("确认申报")
    assert "审批中" in clerk.text
    decide(second, "芮城县2025年度计划")
    decide(enter("ruicheng.government.approver"), "芮城县2025年度计划", document_number="芮政函〔2026〕31号")
    assert "芮政函〔2026〕31号" in clerk.get(plan).text
    _public(base)


def _consents(clerk: Browser, plan: str, *, short: bool) -> None:
    clerk.get(plan).get(clerk.links("/papers/plan_consent")[0])
    form = clerk.form("保存")
    values: dict[str, Any] = {"day": "2026-10-20"}
    for name, given in form.values.items():
        if name.endswith("figure-households"):
            households = int(given[0])
            values[name.replace("households", "agreeing")] = str(-(-households * 4 // 5))
    if short:  # the last line is 审计局住宅楼: 12 of its 16 households
        last = [name for name in values if name.endswith("agreeing")][-1]
        values[last] = "12"
    clerk.press("保存", values)


def fill_papers_of_plan(clerk: Browser, plan: str) -> None:
    """The papers that speak of the plan as a whole."""
    for address in clerk.get(plan).links("/paper/"):
        clerk.get(address)
        form = clerk.form("保存")
        values: dict[str, Any] = {"day": "2026-10-20", **dict.fromkeys(form.boxes, "on")}
        values.update({name: FIGURES[key] for name in form.values for key in FIGURES if name.endswith(key)})
        clerk.press("保存", values)


def _public(base: str) -> None:
    """Residents find the community of an issued plan, programs read it without a key."""
    resident = Browser(base).get("/?q=审计局").follow("审计局住宅楼")
    assert "已列入年度改造计划" in resident.text
    projects = resident.json("/api/v1/projects/?plan_year=2025")
    assert len(projects["results"]) == 8
    assert any("审计局住宅楼" in project["name"] for project in projects["results"])


def test_a_plan_that_was_issued_before_is_entered_as_it_stands(enter: Any, base: str) -> None:
    clerk = enter("ruicheng.housing.clerk")
    plan = clerk.get("/staff/plans/").follow("2022年度").path
    clerk.get(f"{plan}issued/")
    form = next(button for f in [clerk.form("补录")] for button in f.buttons)
    clerk.press(form, {"document_number": "芮政办发〔2022〕23号", "issued_on": "2022-7-5"})
    assert "已下达" in clerk.text and "补录" in clerk.text
    resident = Browser(base).get("/?q=tiwei").follow("体委住宅楼")
    assert "永乐南路南侧" in resident.text and "芮政办发〔2022〕23号" in resident.text
    found = resident.json("/api/v1/communities/?search=体委住宅楼")["results"]
    assert [row["name"] for row in found] == ["体委住宅楼"]


@pytest.mark.rule("LZ-09")
@pytest.mark.rule("LZ-11")
def test_a_county_of_liuzhou_declares_late_and_goes_through_four_stages(enter: Any, base: str) -> None:
    clerk = bring_in(enter("chengzhong.housing.clerk"), CHENGZHONG).press("确认导入")
    plan = clerk.get("/staff/plans/").follow("2027年度").path
    fill_papers(clerk, plan, FIGURES, "2026-10-25")
    check_papers(enter("chengzhong.housing.approver"), plan)
    clerk.get(f"{plan}submit/")
    assert "逾期" in clerk.text and "不影响受理" in clerk.text and "LZ-11" in clerk.text
    clerk.press("确认申报")
    title = "城中区2027年度计划"
    decide(enter("chengzhong.government.approver"), title)
    assert "2026年11月1日" in clerk.get(plan).text and "逾期" in clerk.text
    bureaus = ("liuzhou.development_reform.approver", "liuzhou.finance.approver", "liuzhou.housing.approver")
    for username in bureaus:
        decide(enter(username), title)
    assert title not in enter(bureaus[0]).get("/staff/inbox/").text
    decide(enter("liuzhou.government.approver"), title)
    for username in bureaus[:2]:
        decide(enter(username), title)
    decide(enter(bureaus[2]), title, document_number="柳建发〔2026〕112号")
    assert "柳建发〔2026〕112号" in clerk.get(plan).text
    assert "东门邮电宿舍" in Browser(base).get("/?q=dongmen").text


def test_the_timer_seals_the_history_and_doubles_nothing(enter: Any) -> None:
    clerk = enter("chengzhong.housing.clerk")
    time.sleep(7)  # two more sweeps
    clerk.get("/staff/messages/")
    assert clerk.text.count("未读 已逾期：城中区2027年度计划") == 1
    auditor = enter("liuzhou.audit_admin").get("/staff/history/?action=plan.declare")
    assert auditor.status == 200 and "城中区住房和城乡建设局" in auditor.text
