"""Asks a web process whether it is there: ``python -m renovation.probe [PATH]`` exits 0 or 1 (launcher, container health checks)."""

import http.client
import os
import sys


def status(host: str, port: int, path: str = "/healthz", name: str = "localhost", timeout: float = 3.0) -> int | None:
    """HTTP status of ``path``, None where nothing answers. ``name`` is the Host header (one of ALLOWED_HOSTS)."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path, headers={"Host": name, "Connection": "close"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def allowed_name() -> str:
    """A host name that the platform answers to."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return first.lstrip(".") if first not in {"", "*"} else "localhost"


if __name__ == "__main__":
    where = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    raise SystemExit(status("127.0.0.1", int(os.environ.get("PORT") or 8000), where, allowed_name()) != 200)
