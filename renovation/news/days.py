"""The days of a community for the calendar of a telephone: until when to object, when to vote, when the works begin and end."""

from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from approvals.models import NoticeCommunity, Vote
from communities.models import Community
from offices.ics import Event
from policies.words import moment_words
from projects.models import StageDay

MOST = 50
WORDS = {"works": "开工", "accepted": "完工验收"}


def days_of(community: Community, *, site: str) -> list[Event]:
    """Events of a community (three queries); each keeps its uid when its day moves. ``site``: scheme and host of the links."""
    return [*_notices(community, site), *_votes(community, site), *_works(community, site)]


def _notices(community: Community, site: str) -> Iterator[Event]:
    posted = NoticeCommunity.objects.filter(community=community, notice__state__in=("posted", "closed"))
    for part in posted.select_related("notice").order_by("-notice_id")[:MOST]:
        row = part.notice
        assert row.last_day is not None  # a constraint of the table
        url = f"{site}{reverse('portal:notice', args=[row.uid])}"
        words = "到这一天为止，可以提意见、提异议。"
        yield Event(
            f"notice-{row.uid}@renovation", row.last_day, f"公示最后一天：{row.title}", words, row.updated_at, url, row.version, (1,)
        )  # fmt: skip


def _votes(community: Community, site: str) -> Iterator[Event]:
    rows = Vote.objects.public().filter(community=community).exclude(state=Vote.State.CANCELLED)
    for row in rows.select_related("building").order_by(F("closes_at").desc(), "-pk")[:MOST]:
        url = f"{site}{reverse('portal:vote', args=[row.uid])}"
        whose = f"由{row.building.name}{row.unit}的业主表决。" if row.building else ""
        for key, moment, word in (("opens", row.opens_at, "开始"), ("closes", row.closes_at, "截止")):
            local = timezone.localtime(moment)
            yield Event(
                f"vote-{key}-{row.uid}@renovation", local.date(), f"表决{word}：{row.title}", f"{whose}{moment_words(local)}{word}。",
                row.updated_at, url, row.version, (1,),
            )  # fmt: skip


def _works(community: Community, site: str) -> Iterator[Event]:
    rows = StageDay.objects.filter(project__published=True, project__parts__community=community, stage__in=WORDS)
    url = f"{site}{reverse('portal:community', args=[community.uid])}"
    for row in rows.select_related("project").order_by("-project_id", "pk")[:MOST]:
        day = row.actual_on or row.planned_on
        assert day is not None  # a constraint of the table
        title = f"{'' if row.actual_on else '计划'}{WORDS[row.stage]}：{row.project.name}"
        why = f"延误原因：{row.reason}" if row.reason else ""
        uid = f"{row.stage}-{row.project.uid}@renovation"
        yield Event(uid, day, title, why, row.recorded_at, url, row.project.version)
