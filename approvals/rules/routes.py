"""The stages through which a plan or a scheme passes, and who is asked in each."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from policies.answer import UNREGULATED, Answer, because
from policies.kinds import Route
from policies.layers import Layers
from policies.registry import answers

Subject = Literal["plan", "scheme"]
SUBJECT_LABELS: dict[Subject, str] = {"plan": "年度计划", "scheme": "改造方案"}


@dataclass(frozen=True)
class Stage:
    """Bodies asked side by side, sorted; ``needs`` says whether all or one of them must agree."""

    name: str
    act: Literal["declare", "review", "approve", "joint_issue"]
    bodies: tuple[str, ...]
    needs: Literal["all", "one"]
    more_bodies_may_join: bool


@dataclass(frozen=True, kw_only=True)
class RouteAnswer(Answer):
    """``stages`` in order; empty: 未作规定. ``drafted_by`` are the bodies that draw the paper up before its first stage."""

    stages: tuple[Stage, ...]
    drafted_by: tuple[str, ...] = ()


@answers("route")
def route(layers: Layers, *, day: dt.date, subject: Subject) -> RouteAnswer:
    """The route of ``subject`` under the lowest document that has one in force on ``day``."""
    lowest = layers.governing("route", day, lambda provision: provision.params.subject == subject)
    if not lowest:
        return RouteAnswer(provision=None, reasons=UNREGULATED, stages=())
    found: Route = lowest[0].params
    stages = tuple(
        Stage(stage.name, stage.act, tuple(sorted(stage.bodies)), stage.needs, stage.more_bodies_may_join)
        for stage in found.stages
    )
    text = f"{SUBJECT_LABELS[subject]}经 {len(stages)} 个环节：{' → '.join(stage.name for stage in stages)}"
    return RouteAnswer(
        provision=lowest[0],
        reasons=(because(layers, lowest[0], text),),
        stages=stages,
        drafted_by=tuple(sorted(found.drafted_by)),
    )
