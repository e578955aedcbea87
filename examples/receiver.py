"""Receives what the platform tells of changes, and believes only what is signed::

    SECRET=whsec_… python receiver.py 8080

Each message that is genuine is printed once, however often it comes. Standard library alone.
"""

import base64
import hashlib
import hmac
import http.server
import os
import sys
import time
from collections.abc import Mapping

OLDEST = 300  # seconds; an old message sent again by a stranger is none
seen: set[str] = set()


def genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the platform signed this, and lately."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    fresh = abs(time.time() - int(headers["webhook-timestamp"])) < OLDEST
    return fresh and hmac.compare_digest(wanted, headers["webhook-signature"])


class Receiver(http.server.BaseHTTPRequestHandler):
    """204 for what is genuine (a message that came before too), 401 for anything else."""

    def do_POST(self) -> None:  # noqa: N802 - the library's name
        """One message."""
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 100_000))
        try:
            believed = genuine(os.environ["SECRET"], self.headers, body)
        except (KeyError, TypeError, ValueError):
            believed = False
        if believed and self.headers["webhook-id"] not in seen:
            seen.add(self.headers["webhook-id"])
            print(body.decode(), flush=True)
        self.send_response(204 if believed else 401)
        self.end_headers()


if __name__ == "__main__":
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
