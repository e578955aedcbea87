"""我的小区为什么没有？ What the register says of a name that somebody misses in the plan, with the clause, and whom to ask."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from communities.models import Community
from communities.queries import eligibility_of, registered_nearest, registered_search
from communities.rules.eligibility import BAND_LABELS
from offices.models import Division
from offices.rulebooks import layers_of
from policies.answer import citation
from policies.model import Provision
from policies.refusal import Citation, Reason
from policies.registry import shows
from projects.models import Project
from projects.rules.gates import gates_of
from renovation import resident

MOST = 10
State = Literal[
    "merged", "withdrawn", "planned", "excluded", "unknown_year", "too_young", "not_surveyed", "waiting", "unregulated"
]
WORDS: dict[State, tuple[str, str]] = {
    "merged": ("已并入另一个小区", "名册里两个名称是同一个小区，已经合并，进度看合并后的小区。"),
    "withdrawn": ("已从名册撤下", "登记有误、重复或不再属于老旧小区的，会从名册撤下。认为不该撤下，请打电话问。"),
    "planned": ("已列入年度计划", "已经在改造计划里，打开小区页面看进度。"),
    "excluded": ("不在改造范围", "属于文件排除的情形。"),
    "unknown_year": ("建成年份不详", "文件按建成年份确定范围，名册里还没有这个小区的建成年份。您知道哪年建成，请告诉下面的单位。"),
    "too_young": ("不在改造范围", "按建成年份，不属于文件规定的范围。"),
    "not_surveyed": ("还没有调查登记", "名册里有这个小区，调查摸底还没有完成；查清以后才能申报。"),
    "waiting": ("符合条件，还没有列入年度计划", "每年按申报和评审列入一批。愿意改造的业主可以向社区、街道提出。"),
    "unregulated": ("未作规定", "这里的文件没有写哪些小区可以改造。"),
}  # fmt: skip
LINKED: tuple[State, ...] = ("merged", "planned", "waiting", "not_surveyed", "unknown_year")


@dataclass(frozen=True)
class Answer:
    """One community of the register: what is the matter with it, why (with clauses), its page where it has one, whom to ask."""

    community: Community
    state: State
    reasons: tuple[Reason, ...]
    page: Community | None
    call: resident.Call | None
    year: int | None = None

    @property
    def title(self) -> str:
        """The matter in a few words."""
        return WORDS[self.state][0]

    @property
    def words(self) -> str:
        """What that means and what to do."""
        return WORDS[self.state][1]


def answers_for(text: str, today: dt.date) -> tuple[list[Answer], bool]:
    """Communities of that name, also merged and withdrawn ones, each with its answer (at most ``MOST``).

    Where none is called so, those with the closest names; the second value is then True.
    """
    found = list(registered_search(text)[:MOST])
    near = [] if found else list(registered_nearest(text))
    years = _planned(found or near)
    return [_answer(row, years.get(row.pk), today) for row in found or near], bool(near)


def _planned(communities: Sequence[Community]) -> dict[int, int | None]:
    """Plan year of the latest published project of each, by key (one query)."""
    rows = Project.objects.public().filter(parts__community__in=communities).order_by("plan_year", "pk")
    return dict(rows.values_list("parts__community_id", "plan_year"))


def _answer(row: Community, year: int | None, today: dt.date) -> Answer:
    call = resident.call_of(row)
    if row.merged_into is not None:
        page = None if row.merged_into.withdrawn else row.merged_into
        return Answer(row, "merged", (), page, call)
    if row.withdrawn:
        return Answer(row, "withdrawn", (), None, call)
    if year is not None:
        return Answer(row, "planned", (), row, call, year)
    state, reasons = _by_rule(row, today)
    return Answer(row, state, reasons, row, call)


def _by_rule(row: Community, today: dt.date) -> tuple[State, tuple[Reason, ...]]:
    view = eligibility_of(row, today)
    answer = view.answer
    if answer.eligible is False:
        state: State = "excluded" if row.excluded else "unknown_year" if answer.built.latest is None else "too_young"
        return state, answer.reasons
    if row.surveyed_on is None:
        asked = gates_of(view.layers, day=today, step="survey")
        clauses = tuple(Reason(p.params.label, citation=citation(view.layers, p)) for p in asked[:2])
        return "not_surveyed", (*answer.reasons, *clauses)
    return ("unregulated" if answer.eligible is None else "waiting"), answer.reasons


@dataclass(frozen=True)
class Scope:
    """What the documents of a place say: which years are in, what is left out, whom to ask."""

    division: Division
    years: tuple[tuple[str, Citation], ...]
    left_out: tuple[tuple[str, Citation], ...]
    call: resident.Call | None


@shows("eligibility_years", "exclusions")
def scope_of(division: Division, today: dt.date) -> Scope:
    """改造范围 of a place in plain words, each line with its clause."""
    layers = layers_of(division)
    years = tuple(
        (words, citation(layers, p)) for p in layers.governing("eligibility_years", today)[:1] for words in _bands(p)
    )
    left_out = tuple(
        (row.words, citation(layers, p)) for p in layers.provisions("exclusions", today) for row in p.params.rows
    )
    return Scope(division, years, left_out, resident.office_of(division))


def _bands(provision: Provision) -> list[str]:
    rule = provision.params
    rows = [
        f"{row.until}年及以前建成：{BAND_LABELS[row.band]}" for row in sorted(rule.bands, key=lambda row: row.until)
    ]
    return [*rows, f"{'以后建成' if rows else '不论哪年建成'}：{BAND_LABELS[rule.later]}"]
