"""The route table of following a community: everybody may; the links of letters are keys by themselves."""

from typing import Any

from offices import followers, phone_followers
from offices.models import Follower
from tests.cast import AT
from tests.trust.route import EVERYBODY, OPEN, Route, Write
from tests.trust.route import uid as _uid
from tests.trust.rows import Rows


def follower_of(rows: Rows) -> Follower:
    """Somebody who asked to follow the community and has not confirmed."""
    place = rows.community
    followers.ask(at=AT, subject=place, name=place.name, address="jinsique@example.org", site="https://example.org")
    return Follower.objects.get(subject_uid=place.uid, channel="email")


def _key(what: str) -> Any:
    return lambda rows: {"key": followers.token(follower_of(rows).uid, what)}


def _follower(rows: Rows) -> dict[str, Any]:
    return {"uid": follower_of(rows).uid}


def _telephone(rows: Rows) -> dict[str, Any]:
    place = rows.community
    phone_followers.follow(at=AT, subject=place, name=place.name, phone="13900007766", site="https://example.org")
    return {"key": phone_followers.key_of(Follower.objects.get(subject_uid=place.uid, channel="sms"))}


_ANYONE = Write(EVERYBODY, foreign=(), anonymous=True)
NEWS: dict[str, Route] = {
    "portal:subscribe": Route(OPEN, _uid("community")),
    "portal:subscribe_phone": Route(OPEN, _uid("community")),
    "portal:subscribe_sms": Route(OPEN, _uid("community"), status=302),
    "portal:sms_link": Route(OPEN, _telephone, (_ANYONE,)),
    "portal:sms_reply": Route(None),
    "portal:feed": Route(OPEN, _uid("community")),
    "portal:privacy": Route(OPEN),
    "portal:look": Route(OPEN, lambda rows: {"look": "large"}, status=302),
    "portal:missing": Route(OPEN),
    "portal:poster": Route(OPEN, _uid("community")),
    "portal:calendar": Route(OPEN, _uid("community")),
    "portal:mail_confirm": Route(OPEN, _follower, (_ANYONE,), query=_key(followers.CONFIRM)),
    "portal:mail_stop": Route(OPEN, _follower, (_ANYONE,), query=_key(followers.STOP)),
}
