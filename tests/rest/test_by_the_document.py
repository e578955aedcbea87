"""What docs/api.md tells a newcomer to paste is pasted, against a running platform; the example mirror says where it gets no answer."""

import datetime as dt
import http.server
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from offices.clock import now
from offices.keys import make_key
from projects.models import Project
from tests.cast import cast

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```\n(.*?)```", (ROOT / "docs/api.md").read_text(encoding="utf-8"), re.DOTALL)
CALLS = [block for block in BLOCKS if "curl" in block]
APPS = ("offices", "communities", "approvals", "projects", "funding")


@pytest.mark.django_db(transaction=True)
def test_what_the_document_says_to_paste_works(live_server: Any) -> None:
    offices = cast()
    clerk, at = offices.user("柳北区", "housing", "clerk"), now()
    project = Project(name="一期", stage="reserve", rulebook="liuzhou", published=True, created_at=at, updated_at=at)
    project.place_in(offices.divisions["柳北区"])
    project.save()
    scopes = [f"{may}:{app}" for may in ("read", "write") for app in APPS]
    _, secret = make_key(by=clerk, at=at, name="程序", scopes=scopes, expires_at=at + dt.timedelta(days=1))
    known = {
        "PATH": os.environ["PATH"],
        "BASE": live_server.url,
        "AUTH": f"Authorization: Bearer {secret}",
        "UID_": str(project.uid),
    }
    assert len(CALLS) >= 3
    for call in CALLS:
        # The shell keeps a UID of its own.
        text = call.replace("http://127.0.0.1:8000", live_server.url).replace("rk_…", secret).replace("$UID", "$UID_")
        done = subprocess.run(
            ["bash", "-eu", "-c", text], env=known, capture_output=True, text=True, timeout=60, check=True
        )
        answer = json.loads(done.stdout)
        assert "results" in answer or answer["uid"] == str(project.uid), (call, answer)
    project.refresh_from_db()
    assert project.national_task, "the change of the document came to pass"


def test_the_mirror_ends_with_a_line_where_it_gets_no_answer(tmp_path: Path) -> None:
    class Broken(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - the library's name
            self.send_error(503)

        def log_message(self, *said: Any) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for address in (f"http://127.0.0.1:{server.server_address[1]}", "http://127.0.0.1:9"):
            command = [
                sys.executable,
                str(ROOT / "examples/mirror.py"),
                address,
                "projects",
                str(tmp_path / "mirror.sqlite3"),
            ]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 1 and done.stderr.startswith("stopped: ") and done.stderr.count("\n") == 1, (
                done.stderr
            )
    finally:
        server.shutdown()
