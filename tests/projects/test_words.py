"""What pages say in words: the timeline in the order of time, papers' figures, the head of a case from before gates were frozen."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from offices.acts import action_word, details
from projects.brief import _figures, _rows
from projects.figures import figure_words
from projects.queries.projects import _insert_by_day

D = dt.date


def row(
    label: str, *, due: dt.date | None = None, planned: dt.date | None = None, actual: dt.date | None = None
) -> dict[str, Any]:
    return {"label": label, "due": due, "planned": planned, "actual": actual}


def test_a_milestone_stands_among_the_stages_by_its_due_day() -> None:
    rows = [
        row("方案", due=D(2023, 2, 28)),
        row("现在"),
        row("开工", actual=D(2023, 5, 25)),
        row("验收", due=D(2023, 11, 30)),
    ]
    _insert_by_day(rows, row("民意调查", due=D(2023, 1, 31)))
    _insert_by_day(rows, row("基本完成", due=D(2023, 10, 31)))
    _insert_by_day(rows, row("最后", due=D(2024, 1, 1)))
    assert [each["label"] for each in rows] == ["民意调查", "方案", "现在", "开工", "基本完成", "验收", "最后"]


def test_figures_of_a_paper_are_said_as_days_money_and_counts() -> None:
    fields = (("posted_on", "张贴日期", "date"), ("needed", "支出（元）", "money"), ("households", "户数", "count"))
    figures = tuple(SimpleNamespace(key=key, label=label, kind=kind) for key, label, kind in fields)
    kind: Any = SimpleNamespace(form=SimpleNamespace(figures=figures))
    given = {"posted_on": "2023-03-28", "needed": "12600000.00", "households": 1200, "unknown": "x"}
    assert figure_words(kind, given) == [
        ("张贴日期", "2023年3月28日"), ("支出（元）", "12,600,000.00"), ("户数", "1,200"), ("unknown", "x"),
    ]  # fmt: skip


def test_gates_of_a_case_are_told_by_demand_with_who_is_excepted() -> None:
    citation = {
        "rule": "LZ-15", "document": "文件", "document_number": "", "clause": "一", "quote": "原文", "strength": "in_principle",
        "reading": "",
    }  # fmt: skip
    gate = {"rule": "LZ-15", "label": "方案", "missing": "", "explanation": "", "exception": "", "citation": citation}
    frozen = [
        {**gate, "name": "甲", "outcome": "met"},
        {**gate, "name": "乙", "outcome": "excepted", "exception": "例外：理由"},
    ]
    (only,) = _rows(frozen)
    assert (
        only["state"] == "excepted"
        and only["note"] == "1 / 2 个项目满足；乙按例外放行"
        and only["citation"].rule == "LZ-15"
    )
    assert _rows([]) == [], "a case from before gates were frozen has none"
    sums = {"lines": 1, "communities": 2, "households": 30, "floor_area": "100.50"}
    assert [label for label, _, _ in _figures(sums)] == ["项目", "小区", "户数", "面积"]


def test_the_history_says_acts_and_details_in_words() -> None:
    assert action_word("plan.declare") == "申报年度计划" and action_word("new.act") == "new.act"
    data = {
        "on": "2023-11-24",
        "stage": "accepted",
        "holds": False,
        "paper": "5b14a4a1-ba89-4034-bdcf-762b007588bb",
        "rule": "",
    }
    assert details(data) == [
        ("日期", "2023年11月24日"),
        ("环节", "已竣工验收"),
        ("是否属实", "否"),
        ("材料", "5b14a4a1…"),
    ]
