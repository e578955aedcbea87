"""The route table of what is told of money and works: the same kind of entries as ``tests/trust/table.py``."""

from tests.trust.route import OPEN, Route
from tests.trust.route import uid as _uid

REPORTS: dict[str, Route] = {
    "portal:money": Route(OPEN, _uid("community")),
    "api:disclosure-list": Route(OPEN),
    "api:disclosure-detail": Route(OPEN, _uid("project")),
}
