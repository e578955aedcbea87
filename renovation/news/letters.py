"""Letters to those who follow a community: every happening after they confirmed, once each."""

import datetime as dt
from collections import defaultdict
from uuid import UUID

from communities.models import Community
from offices import followers
from offices.models import Follower
from renovation.news.happenings import happenings

LOOKS_BACK = dt.timedelta(days=7)  # a beat that stood still for a week loses nothing
AT_ONCE = 200


def tell_followers(*, at: dt.datetime) -> int:
    """Write what happened lately into the outbox; how many letters. Run as often as one likes: an event is told once."""
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
        for item in reversed(news[community.pk])
        if follower.confirmed_at is not None
        and item.at > follower.confirmed_at
        and (item.until is None or item.until > at)
    ]
    return followers.tell(rows=rows, at=at)
