"""The named cast of all tests: the places of the five documents with their bodies and people, built by the real actions.

``Offices.user("芮城县", "housing", "clerk")`` is 芮城县住建局's clerk; ``Offices.body("柳州市", "finance")`` its finance bureau.
"""

import datetime as dt

from offices.demonstration import Offices, build_offices

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
AT = dt.datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
TODAY = AT.date()


def cast() -> Offices:
    """Everybody on the stage."""
    return build_offices(at=AT, today=TODAY)
