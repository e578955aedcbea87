"""The grid of an annual plan: columns, rows with their versions, sums, and the share of the communities taken in by quota (YL-01)."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.timezone import localtime

from communities.access import keeper_body
from communities.models import Community, CommunityRevision
from offices.models import HistoryEntry, User
from offices.rulebooks import layers_of
from policies.words import moment_words
from projects.actions.days import held_days
from projects.actions.lines import OPEN_STATES
from projects.content import line_communities, lines_of, totals
from projects.models import AnnualPlan, PlanLine, StageDay
from projects.permissions import may_keep
from projects.plan_columns import COLUMNS, PlanColumn, cell_text, line_value, wan_text
from projects.queries.plans import mark_key, marks_of, quota_of
from projects.rules.quota import Quota, taken_by_quota

REGISTER_CLOSED = "登记册的内容由经办人修改"
NAME_CLOSED = "小区名称在登记册中修改"


@dataclass(frozen=True)
class GridRow:
    """A community of a line. ``first``: the line's own cells stand in this row. ``quota``: taken in 按一定比例 (YL-01).

    ``marked``: an opinion that returned the plan names it.
    """

    line: PlanLine
    community: Community
    first: bool
    quota: bool
    by: str = ""
    at: str = ""
    marked: bool = False
    days: Mapping[str, StageDay] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """What names the row in a request."""
        return f"{self.line.uid}/{self.community.uid}"

    @property
    def version(self) -> str:
        """Versions of line, project and community: what a change has to have seen."""
        return f"{self.line.version}.{self.line.project.version}.{self.community.version}"

    def has(self, column: PlanColumn) -> bool:
        """Whether the column has a cell in this row."""
        return self.first or column.of in {"plan", "community"}

    @property
    def cells(self) -> dict[str, str]:
        """Texts by column."""
        return {
            c.key: cell_text(c, line_value(c, self.line, self.community, self.days)) for c in COLUMNS if self.has(c)
        }

    def data(self) -> dict[str, Any]:
        """The row as the grid's script reads it."""
        return {
            "id": self.id, "version": self.version, "first": self.first, "quota": self.quota, "marked": self.marked, "cells": self.cells,
            "url": f"/staff/projects/{self.line.project.uid}/", "project": str(self.line.project.uid),
            "position": self.line.position, "by": self.by, "at": self.at,
        }  # fmt: skip


def grid_rows(plan: AnnualPlan, *, today: dt.date) -> list[GridRow]:
    """Rows in the plan's order with who changed each last (five queries for any number of rows)."""
    lines, layers = lines_of(plan), layers_of(plan.division)
    who, marked = _authors(plan, lines), marks_of(plan).rows
    days = held_days({line.project_id for line in lines})
    rows = []
    for line in lines:
        for number, community in enumerate(line_communities(line)):
            by, at = who.get((line.pk, community.pk), ("", ""))
            built = taken_by_quota(layers, day=today, built=community.built_text)
            named = mark_key(line.project, community) in marked
            rows.append(GridRow(line, community, number == 0, built, by, at, named, days[line.project_id]))
    return rows


def _authors(plan: AnnualPlan, lines: Sequence[PlanLine]) -> dict[tuple[int, int], tuple[str, str]]:
    """(line, community) → who changed it last and when. A record is stamped with the moment of its entry in the history."""
    pairs = [(line, community) for line in lines for community in line_communities(line)]
    revisions = CommunityRevision.objects.filter(
        community_id__in={community.pk for _, community in pairs}, version=F("community__version")
    ).select_related("by")
    register = {row.community_id: (row.at, row.by) for row in revisions}
    moments = {line.updated_at for line in lines} | {line.project.updated_at for line in lines}
    subjects = [plan.uid, *(line.project.uid for line in lines)]
    entries = HistoryEntry.objects.filter(subject_uid__in=subjects, at__in=moments).select_related("by").order_by("pk")
    acts = {(entry.subject_uid, entry.at): (entry.at, entry.by) for entry in entries}
    found = {}
    for line, community in pairs:
        keys = [
            (uid, moment)
            for uid in (plan.uid, line.project.uid)
            for moment in (line.updated_at, line.project.updated_at)
        ]
        told = [acts[key] for key in keys if key in acts]
        told += [register[community.pk]] if community.pk in register else []
        if told:
            moment, by = max(told, key=lambda item: item[0])
            found[line.pk, community.pk] = (str(by) if by else "平台", moment_words(localtime(moment)))
    return found


def closed_because(user: User, plan: AnnualPlan) -> str:
    """Why the user can't write the plan's lines now; empty where he can."""
    if not may_keep(user, plan.division):
        return f"只有{plan.division.name}住房城乡建设（改造主管）部门的经办人或负责人可以修改。"
    if plan.state == AnnualPlan.State.ISSUED:
        return "计划已下达，不能直接修改；调入、调出项目请办理计划调整。"
    if plan.state not in OPEN_STATES:
        return "计划正在审批，不能修改；确需修改请先撤回申报。"
    return ""


def column_data(user: User, plan: AnnualPlan) -> list[dict[str, Any]]:
    """Columns in order with label, unit, kind, choices, and whether the user may write them (with the reason where not)."""
    shut = closed_because(user, plan)
    registers = keeper_body(user, plan.division) is not None
    rows = []
    for column in COLUMNS:
        why = shut or _why_not(column, registers)
        rows.append(
            {
                "key": column.key, "label": column.label, "of": column.of, "kind": column.kind, "unit": column.unit,
                "choices": list(column.choices), "names": list(column.synonyms), "official": column.official,
                "summed": column.summed, "width": column.width, "editable": not why, "why": why,
            }
        )  # fmt: skip
    return rows


def _why_not(column: PlanColumn, registers: bool) -> str:
    if column.of == "plan":
        return "年份是计划的年度"
    if column.key == "name":
        return NAME_CLOSED
    return "" if registers or column.of != "community" else REGISTER_CLOSED


def quota_data(quota: Quota | None) -> dict[str, Any] | None:
    """The share as numbers: communities by quota, all communities, the ceiling as a fraction, how many too many."""
    if quota is None:
        return None
    ceiling = [str(quota.ceiling.numerator), str(quota.ceiling.denominator)] if quota.ceiling is not None else None
    return {"quota": quota.quota, "whole": quota.whole, "ceiling": ceiling, "over_by": quota.over_by}


def sums(rows: Sequence[GridRow]) -> dict[str, str]:
    """合计 of the columns that are summed, as texts: sums first, rounds never; a line's own cells once."""
    lines = list({row.line.pk: row.line for row in rows}.values())
    found = totals(lines)
    money = sum((line.project.investment or Decimal(0) for line in lines), Decimal("0.00"))
    return {
        "building_count": str(found["buildings"]), "household_count": str(found["households"]),
        "floor_area": found["floor_area"], "investment": wan_text(money), "communities": str(found["communities"]),
    }  # fmt: skip


def mark(plan: AnnualPlan, user: User, today: dt.date) -> str:
    """What changes whenever the grid would read otherwise for the user (two queries): the ETag of its rows."""
    parts = [
        str(plan.version),
        plan.state,
        plan.quota_ceiling,
        str(user.pk),
        today.isoformat(),
        closed_because(user, plan),
    ]
    for line in lines_of(plan):
        communities = ",".join(f"{c.pk}.{c.version}" for c in line_communities(line))
        parts.append(f"{line.uid}.{line.version}.{line.position}.{line.project.version}:{communities}")
    return hashlib.blake2b("|".join(parts).encode(), digest_size=12).hexdigest()


def grid_data(
    plan: AnnualPlan, rows: Sequence[GridRow], *, user: User, today: dt.date, of: set[UUID] | None = None
) -> dict[str, Any]:
    """Everything the grid shows; ``of``: rows of these lines alone (sums and share are of the whole plan all the same)."""
    lines = list({row.line.pk: row.line for row in rows}.values())
    return {
        "plan": {"year": plan.year, "state": plan.state, "closed": closed_because(user, plan)},
        "rows": [row.data() for row in rows if of is None or row.line.uid in of],
        "totals": sums(rows), "quota": quota_data(quota_of(plan, lines, layers_of(plan.division), today)),
    }  # fmt: skip
