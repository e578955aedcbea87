"""The route table of what an owner sees of himself: before he has identified himself every page asks for the code."""

from tests.trust.route import OPEN, Route
from tests.trust.route import uid as _uid

MINE: dict[str, Route] = {
    "portal:mine": Route(OPEN, _uid("community")),
    "portal:mine_phone": Route(OPEN, _uid("community")),
    "portal:mine_sms": Route(OPEN, _uid("community"), status=302),
    "portal:mine_export": Route(OPEN, _uid("community"), status=302),
    "portal:mine_leave": Route(None, _uid("community")),
}
