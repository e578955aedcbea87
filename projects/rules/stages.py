"""A project's life as one literal table: stages in order, and the steps that lead from one to the next.

Which gates guard a step is the rulebook's to say (``policies.kinds.Gate.step``); the table only knows the order.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from policies.kinds import Milestone, Step

Pipeline = Literal["reserve", "planned", "implementing", "done"]
PIPELINE_LABELS: dict[Pipeline, str] = {
    "reserve": "储备一批",
    "planned": "谋划一批",
    "implementing": "实施一批",
    "done": "已完成",
}


@dataclass(frozen=True)
class Stage:
    """A stage: its key, its word, what residents are told, where it stands in 储备 → 谋划 → 实施."""

    key: str
    label: str
    plain: str
    pipeline: Pipeline


STAGES: tuple[Stage, ...] = (
    Stage("reserve", "储备库", "已登记，等待列入年度计划", "reserve"),
    Stage("planned", "拟列入计划", "正在申报年度改造计划", "planned"),
    Stage("approved", "计划已下达", "已列入年度改造计划，准备编制方案", "implementing"),
    Stage("designed", "方案编制完成", "改造方案已编好，等待审查", "implementing"),
    Stage("reviewed", "方案已审查", "方案已通过审查，正在办理开工手续", "implementing"),
    Stage("works", "施工中", "正在施工", "implementing"),
    Stage("accepted", "已竣工验收", "工程已通过验收，正在办理决算和移交", "implementing"),
    Stage("closed", "已移交归档", "改造已完成并移交", "done"),
    Stage("aftercare", "长效管理", "改造已完成，由小区长效管理", "done"),
)
STAGE = {stage.key: stage for stage in STAGES}
SILENT_AFTER = 30  # days without a report after which residents read 未更新 and whoever should report is told
REPORTING = tuple(stage.key for stage in STAGES if stage.pipeline == "implementing")  # stages in which reports are due
ORDER = {stage.key: number for number, stage in enumerate(STAGES)}


@dataclass(frozen=True)
class Move:
    """A step: from which stage it leads to which."""

    step: Step
    label: str
    source: str
    target: str


# "declare" has no move of its own: the plan is declared as a whole, and its issue moves the projects to "approved".
MOVES: tuple[Move, ...] = (
    Move("plan", "列入年度计划", "reserve", "planned"),
    Move("scheme", "完成方案编制", "approved", "designed"),
    Move("review", "方案报审并通过", "designed", "reviewed"),
    Move("start", "开工", "reviewed", "works"),
    Move("accept", "竣工验收", "works", "accepted"),
    Move("close", "决算、归档、移交", "accepted", "closed"),
    Move("aftercare", "转入长效管理", "closed", "aftercare"),
)
MOVE = {move.step: move for move in MOVES}
STEP_LABELS: dict[Step, str] = {
    "survey": "调查登记",
    "plan": "列入年度计划",
    "declare": "申报年度计划",
    "scheme": "完成方案编制",
    "review": "方案报审",
    "start": "开工",
    "works": "施工期间",
    "accept": "竣工验收",
    "close": "决算、归档、移交",
    "aftercare": "长效管理",
}


# Milestones of deadlines that are behind a project once it has reached a stage: nobody starts without 立项 or is accepted half done.
MILESTONES_BEHIND: dict[str, tuple[Milestone, ...]] = {
    "approved": ("opinion_survey",),
    "designed": ("scheme_design",),
    "works": ("project_approval", "start"),
    "accepted": ("municipal_works", "substantial_completion", "completion"),
}


def milestones_behind(stage: str, days: Mapping[str, dt.date]) -> dict[Milestone, dt.date]:
    """Milestones that a project in ``stage`` has behind it, each on the day of its stage, or of the next later stage whose day is known."""
    found: dict[Milestone, dt.date] = {}
    known: dt.date | None = None
    for item in reversed([item for item in STAGES if ORDER[item.key] <= ORDER[stage]]):
        known = days.get(item.key, known)
        if known is not None:
            found.update(dict.fromkeys(MILESTONES_BEHIND.get(item.key, ()), known))
    return found


def next_move(stage: str) -> Move | None:
    """The step that leads on from ``stage``; None after the last, and from "planned", which the plan's issue leads on."""
    return next((move for move in MOVES if move.source == stage), None)


def reached(stage: str, target: str) -> bool:
    """Whether a project in ``stage`` has come as far as ``target``."""
    return ORDER[stage] >= ORDER[target]


def steps_asked(stage: str) -> tuple[Step, ...]:
    """Steps whose gates a project in ``stage`` meets next: a planned one is asked for the plan and its declaration together."""
    if stage in {"reserve", "planned"}:
        return ("survey", "plan", "declare")
    move = next_move(stage)
    if move is None:
        return ()
    return ("works", "accept") if move.step == "accept" else (move.step,)
