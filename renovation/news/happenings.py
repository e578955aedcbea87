"""What happened to communities that the public may know: the same rows for the feed and for letters. No personal value passes through."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from django.urls import reverse
from django.utils import timezone

from approvals.models import NoticeCommunity, Vote
from communities.models import Community
from offices.clock import day_of
from policies.words import date_words, moment_words
from projects.models import MonthReport, ProjectCommunity, ReportPlace, StageDay
from projects.rules.stages import STAGE, STAGES, reached

SOON = dt.timedelta(days=2)  # a vote is about to close
OLD = dt.timedelta(
    days=31
)  # a stage whose day is further back was recorded afterwards: it stands in the timeline and is no news
TOLD = tuple(stage.key for stage in STAGES if reached(stage.key, "approved"))
MOST = 500


@dataclass(frozen=True)
class Happening:
    """One piece of news. ``key`` is the same however often it is read; ``until``: from then on nobody needs a letter about it."""

    key: str
    at: dt.datetime
    title: str
    text: str
    path: str
    until: dt.datetime | None = None


def happenings(communities: Iterable[Community], *, since: dt.datetime, at: dt.datetime) -> dict[int, list[Happening]]:
    """Public happenings of communities after ``since`` up to ``at``, by the community's key, the newest first (six queries)."""
    rows = {community.pk: community for community in communities}
    found: dict[int, list[Happening]] = {pk: [] for pk in rows}
    for pk, happening in (*_notices(rows, since), *_votes(rows, since, at), *_of_projects(rows, since)):
        if since < happening.at <= at:
            found[pk].append(happening)
    return {pk: sorted(items, key=lambda item: (item.at, item.key), reverse=True) for pk, items in found.items()}


Rows = dict[int, Community]


def _notices(rows: Rows, since: dt.datetime) -> Iterator[tuple[int, Happening]]:
    posted = NoticeCommunity.objects.filter(
        community__in=rows, notice__state__in=("posted", "closed"), notice__posted_at__gt=since
    )
    for part in posted.select_related("notice").order_by("-notice_id")[:MOST]:
        notice = part.notice
        assert notice.posted_at is not None
        text = f"公示到{date_words(notice.last_day)}。期间可以提意见、提异议，不用登录。"
        path = reverse("portal:notice", args=[notice.uid])
        yield (
            part.community_id,
            Happening(f"notice:{notice.uid}", notice.posted_at, f"公示：{notice.title}", text, path),
        )


def _votes(rows: Rows, since: dt.datetime, at: dt.datetime) -> Iterator[tuple[int, Happening]]:
    votes = Vote.objects.public().filter(community__in=rows, opens_at__lte=at, closes_at__gt=since)
    for vote in votes.exclude(state=Vote.State.CANCELLED).select_related("building").order_by("-pk")[:MOST]:
        path = reverse("portal:vote", args=[vote.uid])
        closes = moment_words(timezone.localtime(vote.closes_at))
        whose = f"由{vote.building.name}{vote.unit}的业主表决。" if vote.building else ""
        text = f"{whose}{closes}截止，截止后不再收票。"
        yield (
            vote.community_id,
            Happening(f"opens:{vote.uid}", vote.opens_at, f"表决开始：{vote.title}", text, path, vote.closes_at),
        )
        if vote.closes_at - SOON > vote.opens_at:
            soon = Happening(
                f"closes:{vote.uid}", vote.closes_at - SOON, f"表决快截止：{vote.title}", text, path, vote.closes_at
            )
            yield vote.community_id, soon


def _of_projects(rows: Rows, since: dt.datetime) -> Iterator[tuple[int, Happening]]:
    parts = ProjectCommunity.objects.filter(community__in=rows, project__published=True)
    where: dict[int, list[int]] = defaultdict(list)
    for project, community in parts.values_list("project_id", "community_id"):
        where[project].append(community)
    for pk, happening in (*_stages(where, since), *_reports(where, since)):
        for community in where[pk]:
            path = reverse("portal:community", args=[rows[community].uid])
            shown = happening(community, path)
            if shown is not None:
                yield community, shown


def _stage(row: StageDay, community: int, path: str) -> Happening | None:
    """A stage that was reached or a day that moved; the same for every community of the project."""
    stage, why = STAGE[row.stage], f"延误原因：{row.reason}" if row.reason else ""
    key = f"{row.project.uid}:{row.stage}"
    if row.actual_on is None:
        text = f"{stage.label}改为{date_words(row.planned_on)}。{why}"
        return Happening(f"delay:{key}:{row.planned_on}", row.recorded_at, f"延误：{stage.label}", text, path)
    if row.actual_on < day_of(row.recorded_at) - OLD:
        return None
    text = f"{date_words(row.actual_on)}：{stage.plain}。{why}"
    return Happening(f"stage:{key}", row.recorded_at, f"进度：{stage.label}", text, path)


def _report(row: MonthReport, places: dict[int, int], community: int, path: str) -> Happening:
    """A month's report; a project over several communities says how far each one is."""
    title = f"施工进展：{row}，完成 {places.get(community, row.percent)}%"
    text = f"{row.done}{f' 延误原因：{row.delay}' if row.delay else ''}"
    return Happening(f"report:{row.project.uid}:{row.month}", row.at, title, text, path)


Told = Callable[[int, str], Happening | None]


def _stages(where: dict[int, list[int]], since: dt.datetime) -> Iterator[tuple[int, Told]]:
    days = StageDay.objects.filter(project__in=where, stage__in=TOLD, recorded_at__gt=since)
    for row in days.select_related("project").order_by("-pk")[:MOST]:
        if row.actual_on is not None or row.reason:
            yield row.project_id, partial(_stage, row)


def _reports(where: dict[int, list[int]], since: dt.datetime) -> Iterator[tuple[int, Told]]:
    reports = list(
        MonthReport.objects.filter(project__in=where, current=True, at__gt=since)
        .select_related("project")
        .order_by("-pk")[:MOST]
    )
    own: dict[int, dict[int, int]] = defaultdict(dict)
    for report, community, percent in ReportPlace.objects.filter(report__in=reports).values_list(
        "report_id", "community_id", "percent"
    ):
        own[report][community] = percent
    for row in reports:
        yield row.project_id, partial(_report, row, own[row.pk])
