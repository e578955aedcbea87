"""Letters and short messages to those who follow a community: every happening after they confirmed, once each."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from communities.models import Community
from offices import followers, phone_followers
from offices.models import Follower
from renovation.news.happenings import Happening, happenings

LOOKS_BACK = dt.timedelta(days=7)  # a beat that stood still for a week loses nothing
AT_ONCE = 200


def tell_followers(*, at: dt.datetime) -> int:
    """Write what happened lately into the outbox and tell the telephones; how many of both. Run as often as one likes: told is told."""
    by_subject: dict[UUID, list[Follower]] = defaultdict(list)
    for follower in followers.confirmed("community"):
        by_subject[follower.subject_uid].append(follower)
    uids = list(by_subject)
    return sum(
        _tell({uid: by_subject[uid] for uid in uids[start : start + AT_ONCE]}, at)
        for start in range(0, len(uids), AT_ONCE)
    )


def _tell(following: dict[UUID, list[Follower]], at: dt.datetime) -> int:
    asked = Community.objects.filter(uid__in=following).select_related("merged_into")
    shown = {
        row.uid: row.merged_into or row for row in asked
    }  # who followed one that was merged follows the one that stays
    places = {row.pk: row for row in shown.values() if not row.withdrawn and row.merged_into_id is None}
    news = happenings(places.values(), since=at - LOOKS_BACK, at=at)
    rows = [
        (follower, item.key, f"{places[community.pk].name}：{item.title}", item.text, item.path)
        for uid, community in shown.items()
        if community.pk in places
        for follower in following[uid]
        if follower.channel == Follower.Channel.EMAIL
        for item in reversed(_fresh(follower, news[community.pk], at))
    ]
    short = [
        (follower, [item.title for item in fresh])
        for uid, community in shown.items()
        if community.pk in places
        for follower in following[uid]
        if follower.channel == Follower.Channel.SMS and phone_followers.ready(follower, at)
        if (fresh := _fresh(follower, news[community.pk], at))
    ]
    return followers.tell(rows=rows, at=at) + phone_followers.tell(rows=short, at=at)


def _fresh(follower: Follower, news: Sequence[Happening], at: dt.datetime) -> list[Happening]:
    """What happened since he confirmed, or since his telephone was last told, and is not over."""
    since = follower.told_at or follower.confirmed_at
    if since is None:
        return []
    return [item for item in news if item.at > since and (item.until is None or item.until > at)]
