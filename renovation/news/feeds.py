"""A community's news as Atom, its days as iCalendar. Ids stay, and what has no news is the same text every time."""

import datetime as dt
from uuid import NAMESPACE_URL, UUID, uuid5

from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from communities.models import Community
from offices.ics import calendar_file
from offices.sheets import plain
from renovation.news.days import days_of
from renovation.news.happenings import Happening, happenings

SHOWN = 50
REACHES_BACK = dt.timedelta(days=365)


class _Feed(Atom1Feed):
    """A feed of which somebody else says when it last changed; Django's takes the present for an empty one."""

    changed: dt.datetime

    def latest_post_date(self) -> dt.datetime:
        """When the newest entry was made."""
        return self.changed


def atom(community: Community, *, at: dt.datetime, site: str) -> bytes:
    """The last year's news, the newest first. ``site``: scheme and host of the links."""
    news = happenings([community], since=at - REACHES_BACK, at=at)[community.pk][:SHOWN]
    page = f"{site}{reverse('portal:community', args=[community.uid])}"
    feed = _Feed(
        title=plain(f"{community.name}改造进展"), link=page, description="公示、表决、进度和施工进展。", language="zh-CN",
        feed_url=f"{site}{reverse('portal:feed', args=[community.uid])}", feed_guid=f"urn:uuid:{community.uid}",
    )  # fmt: skip
    feed.changed = news[0].at if news else community.created_at
    for item in news:
        feed.add_item(
            title=plain(item.title), link=f"{site}{item.path}", description=escape(plain(item.text)),
            unique_id=entry_id(community.uid, item), pubdate=item.at, updateddate=item.at,
        )  # fmt: skip
    return feed.writeString("utf-8").encode()


def calendar(community: Community, *, site: str) -> str:
    """Its days for the calendar of a telephone; unchanged as long as none of them changed."""
    events = days_of(community, site=site)
    changed = max((event.changed_at for event in events), default=community.created_at)
    return calendar_file(f"{community.name}改造", events, at=changed)


def entry_id(community: UUID, item: Happening) -> str:
    """The same for the same news of the same community, whoever asks and when."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{community}/{item.key}')}"
