"""Who may what: webhooks, each its owner's alone."""

from typing import Any

from tests.trust.route import CLERK, EVERYBODY, OWN, STAFF, Args, Route, Write
from tests.trust.rows import Rows


def _own(rows: Rows) -> dict[str, Any]:
    return {"uid": rows.webhook.uid}


def _act(what: str) -> Args:
    return lambda rows: {**_own(rows), "what": what}


def _delivery(rows: Rows) -> dict[str, Any]:
    return {**_own(rows), "delivery": rows.webhook.deliveries.get().uid}


def _values(rows: Rows) -> dict[str, Any]:
    return {"name": "别处", "url": "https://192.0.2.1/in", "topics": "projects.stage"}


def _body(rows: Rows) -> dict[str, Any]:
    return {**_values(rows), "topics": ["projects.stage"]}


def _hidden(body: Args = lambda rows: {}, method: str = "post") -> tuple[Write, ...]:
    return (Write(CLERK, body, method, hidden=True),)


WEBHOOKS: dict[str, Route] = {
    "offices:webhooks": Route(STAFF, write=(Write(EVERYBODY, _values, foreign=()),)),
    "offices:webhook": Route(OWN, _own, _hidden(_values), readers=CLERK),
    "offices:webhook_act": Route(None, _act("try"), _hidden()),
    "offices:send_again": Route(None, _delivery, _hidden()),
    "api:webhook-list": Route(STAFF, write=(Write(EVERYBODY, _body, foreign=()),)),
    "api:webhook-export": Route(STAFF),
    "api:webhook-detail": Route(
        OWN, _own, (*_hidden(lambda rows: {"active": False}, "patch"), *_hidden(method="delete")), readers=CLERK
    ),
    "api:webhook-rotate": Route(None, _own, _hidden()),
    "api:webhook-trial": Route(None, _own, _hidden()),
    "api:webhook-deliveries": Route(OWN, _own, readers=CLERK),
    "api:webhook-again": Route(None, _delivery, _hidden()),
}
