"""The figures of a scorecard, each with its list, in a bounded number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from approvals.models import CaseAsk, Paper
from approvals.standing import standing
from funding.plans import newest
from offices.models import Body, Division, Duty, User
from offices.rulebooks import layers_of
from projects.models import AssessmentRelease, Project, RankingWeights
from projects.queries.works import DONE, year_projects
from projects.rules.assessment import Demand, demand, figure
from projects.rules.ranking import Candidate, Ranked, Value, ranking, weights_of
from rest.remembered import Packed

RESIDENTS = frozenset({"resident_direct", "maintenance_fund", "provident_fund", "common_revenue"})
COUNTIES = (Division.Kind.COUNTY, Division.Kind.FUNCTIONAL_ZONE)


@dataclass(frozen=True)
class Item:
    """Something behind a figure: how much of how much it gives, in words, and its page. ``good``: it counts for the row."""

    title: str
    url: str
    words: str
    part: int
    whole: int
    good: bool


Lists = Mapping[int, Sequence[Item]]  # pk of the row → what stands behind its figure
UNITS: Mapping[str, str] = {
    "results": "个项目", "tasks_done": "个项目", "satisfaction": "人", "residents_money": "元", "on_time": "个时限",
    "opinions_given": "件意见", "duties_in_time": "个事项",
}  # fmt: skip


@dataclass(frozen=True)
class Scorecard:
    """A division's scorecard of a year as it stands now."""

    division: Division
    year: int
    demand: Demand
    weights: RankingWeights | None
    in_force: Mapping[str, int]
    ranked: tuple[Ranked, ...]
    lists: Mapping[str, Lists]
    rows: Mapping[str, Division | Body]

    def behind(self, key: str, criterion: str) -> Sequence[Item]:
        """What stands behind one figure of a row (its uid). KeyError for an unknown row or criterion."""
        return self.lists[criterion].get(self.rows[key].pk, ())


def assessed(user: User, division: Division, of: str) -> list[Any]:
    """The rows: counties below (of a city or a province), or the division's own bodies."""
    if of == "bodies":
        return list(Body.objects.visible_to(user).filter(division=division, active=True).order_by("pk"))
    rows = Division.objects.visible_to(user).below(division).filter(kind__in=COUNTIES).exclude(pk=division.pk)
    return list(rows.order_by("code", "pk"))


def scorecard_of(user: User, division: Division, *, year: int, today: dt.date) -> Scorecard | None:
    """The scorecard; None where no document orders one of this division (未作规定)."""
    found = demand(layers_of(division), today)
    if found is None:
        return None
    rows = assessed(user, division, found.of)
    held = RankingWeights.objects.filter(division=division, year=year, of="assessment").select_related("by")
    weights = held.order_by("-pk").first()
    in_force = weights_of(found.criteria, weights.weights if weights else None)
    source = _Source(user, division, year, today)
    lists = {row.key: LISTS[row.key](source) for row in found.criteria}
    candidates = [
        Candidate(str(row.uid), row.name, {key: _value(lists[key].get(row.pk, ()), key) for key in lists})
        for row in rows
    ]
    ranked = ranking(found.criteria, candidates, in_force)
    return Scorecard(division, year, found, weights, in_force, ranked, lists, {str(row.uid): row for row in rows})


def packed(card: Scorecard | None) -> Scorecard | None:
    """The same in little memory, to be kept."""
    if card is None:
        return None
    lists = {key: {row: Packed(items) for row, items in each.items()} for key, each in card.lists.items()}
    return replace(card, lists=lists)


def _value(items: Sequence[Item], key: str) -> Value:
    return figure(sum(item.part for item in items), sum(item.whole for item in items), UNITS[key])


class _Source:
    """The division's projects of the year, read once whatever the criteria."""

    def __init__(self, user: User, division: Division, year: int, today: dt.date) -> None:
        self.user, self.division, self.year, self.today = user, division, year, today
        self._projects: list[Project] | None = None

    @property
    def projects(self) -> list[Project]:
        """Projects of issued plans of the year."""
        if self._projects is None:
            self._projects = list(year_projects(self.user, self.division, self.year))
        return self._projects

    def by_county(self, item: Callable[[Project], Item | None]) -> Lists:
        """Items of projects under their county."""
        found: dict[int, list[Item]] = defaultdict(list)
        for project in self.projects:
            made = item(project)
            if made is not None and project.county_id is not None:
                found[project.county_id].append(made)
        return found


def _url(project: Project) -> str:
    return f"/staff/projects/{project.uid}/"


def _finished(source: _Source) -> Lists:
    def item(project: Project) -> Item:
        done = project.stage in DONE
        return Item(project.name, _url(project), "已竣工验收" if done else "未竣工验收", int(done), 1, done)

    return source.by_county(item)


def _satisfaction(source: _Source) -> Lists:
    """Respondents of confirmed surveys; of a checked paper where the platform asked nobody."""
    uids = [project.uid for project in source.projects]
    found = standing(uids, {"satisfaction"})
    papers = Paper.objects.filter(subject_uid__in=uids, evidence="satisfaction", superseded_by__isnull=True)
    recorded = {paper.subject_uid: paper.figures for paper in papers.exclude(checked_by=None)}

    def item(project: Project) -> Item | None:
        results = [row.figures for row in found[project.uid]["satisfaction"] if row.settled]
        results = results or [recorded[project.uid]] if results or project.uid in recorded else []
        if not results:
            return None
        part, whole = (sum(int(row[key]) for row in results) for key in ("satisfied", "respondents"))
        return Item(project.name, _url(project), f"满意 {part} / 受访 {whole} 人", part, whole, part * 2 > whole)

    return source.by_county(item)


def _residents_money(source: _Source) -> Lists:
    plans = newest(project.uid for project in source.projects)

    def item(project: Project) -> Item | None:
        plan = plans.get(project.uid)
        if plan is None or plan.confirmed_by_id is None:
            return None
        part = int(sum(line.amount for line in plan.lines.all() if line.kind in RESIDENTS))
        url = f"/staff/money/projects/{project.uid}/plan/"
        return Item(
            project.name, url, f"居民出资 {part:,} / 共 {int(plan.total):,} 元", part, int(plan.total), part > 0
        )

    return source.by_county(item)


def _duties(source: _Source, row_of: Callable[[Duty], int | None]) -> Lists:
    """Deadlines of the year that have come: kept, or late (滞后, 逾期)."""
    rows = Duty.objects.visible_to(source.user).filter(
        plan_year=source.year, due_on__lt=source.today, **{source.division.column: source.division.pk}
    )
    found: dict[int, list[Item]] = defaultdict(list)
    for duty in rows.exclude(state=Duty.State.NOT_APPLICABLE).order_by("due_on", "pk"):
        row = row_of(duty)
        if row is None:
            continue
        last = duty.done_on or source.today
        kept = last <= duty.due_on
        late = "逾期" if duty.strength == "must" else "滞后"
        words = (
            "按时完成"
            if kept
            else f"{late} {(last - duty.due_on).days} 天" + ("，已完成" if duty.done_on else "，未完成")
        )
        found[row].append(
            Item(duty.subject_title, duty.subject_link, f"{duty.due_on.isoformat()} {words}", int(kept), 1, kept)
        )
    return found


def _opinions(source: _Source) -> Lists:
    asks = CaseAsk.objects.filter(body__division=source.division, asked_at__isnull=False)
    begin = dt.datetime(source.year, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    asks = asks.filter(asked_at__gte=begin, asked_at__lt=begin.replace(year=source.year + 1))
    found: dict[int, list[Item]] = defaultdict(list)
    for ask in asks.select_related("case").order_by("asked_at", "pk"):
        given = ask.answered_at is not None
        words = "已出具" if given else "尚未出具"
        url = f"/staff/cases/{ask.case.uid}/"
        found[ask.body_id].append(Item(ask.case.title, url, words, int(given), 1, given))
    return found


LISTS: Mapping[str, Callable[[_Source], Lists]] = {
    "results": _finished,
    "tasks_done": _finished,
    "satisfaction": _satisfaction,
    "residents_money": _residents_money,
    "on_time": lambda source: _duties(source, lambda duty: duty.county_id),
    "duties_in_time": lambda source: _duties(source, lambda duty: duty.body_id),
    "opinions_given": _opinions,
}


def content_of(card: Scorecard) -> dict[str, Any]:
    """The scorecard as a release keeps it: every figure with what stands behind it."""
    return {
        "division": card.division.name, "year": card.year,
        "weights_note": "" if card.weights else "平台默认、文件未作规定",
        "criteria": [
            {"key": row.key, "words": row.words, "weight": card.in_force[row.key], "clause": f"{row.citation.rule} {row.citation.clause}"}
            for row in card.demand.criteria
        ],
        "rows": [
            {
                "position": row.position, "uid": row.candidate.key, "name": row.candidate.name,
                "score": f"{row.score.numerator}/{row.score.denominator}",
                "figures": [
                    {
                        "key": line.criterion.key, "words": line.value.words,
                        "items": [[item.title, item.words] for item in card.behind(row.candidate.key, line.criterion.key)],
                    }
                    for line in row.lines
                ],
            }
            for row in card.ranked
        ],
    }  # fmt: skip


def releases_of(division: Division, year: int) -> list[AssessmentRelease]:
    """Published versions, newest first, with their remarks."""
    rows = AssessmentRelease.objects.filter(division=division, year=year).select_related("by")
    return list(rows.prefetch_related("remarks__by", "remarks__division", "remarks__body").order_by("-number"))


def releases_above(division: Division, year: int) -> list[AssessmentRelease]:
    """What the divisions above have published of a year, the newest of each first."""
    above = [pk for pk in (division.city_id, division.province_id) if pk and pk != division.pk]
    rows = AssessmentRelease.objects.filter(division__in=above, year=year).select_related("by", "division")
    return list(rows.order_by("division", "-number"))


def scores_before(counties: Sequence[int], year: int) -> dict[int, tuple[str, AssessmentRelease]]:
    """County pk → its score ("a/b") in the latest release of the year before, and the release (two queries)."""
    places = Division.objects.in_bulk([pk for pk in counties if pk])
    above = {pk for place in places.values() for pk in (place.city_id, place.province_id) if pk}
    found: dict[int, tuple[str, AssessmentRelease]] = {}
    for release in AssessmentRelease.objects.filter(division__in=above, year=year - 1).order_by("number"):
        scores = {row["uid"]: row["score"] for row in release.content["rows"]}
        for pk, place in places.items():
            if str(place.uid) in scores:
                found[pk] = scores[str(place.uid)], release
    return found
