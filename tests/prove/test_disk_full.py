"""A disk that is full, for real: a small filesystem under the platform. Clear errors, nothing lost, and it goes on when there is room.

The filesystem is a tmpfs in a mount namespace of the platform's own (``unshare``): as root, or as anyone where the kernel lets users have
namespaces. Where it does not, the test skips and `make prove` says that the promise was not shown.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.house.test_launcher import ROOT, Platform, wait_for
from tests.prove.staff import Staff

pytestmark = [pytest.mark.prove, pytest.mark.processes]
MEGABYTES = 160
NAMESPACE = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
ASK = (
    "import json, sqlite3, sys; rows = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True, timeout=20); "
    "print(json.dumps([rows.execute(query).fetchone()[0] for query in sys.argv[2:]]))"
)
MOUNT = 'mount -t tmpfs -o size="$1"m tmpfs "$2" && cp -r "$3"/. "$2" && shift 3 && exec "$@"'


class SmallDisk(Platform):
    """A platform whose folder lies on a filesystem of so many megabytes."""

    def __init__(self, data: Path, like: Path, **environment: str) -> None:
        data.mkdir(parents=True)
        within = [*NAMESPACE, "sh", "-c", MOUNT, "sh", str(MEGABYTES), str(data), str(like)]
        super().__init__(data, within=within, **environment)
        self.namespace = f"/proc/{self.process.pid}/root"

    @property
    def seen(self) -> Path:
        """The folder as it is within."""
        return Path(f"{self.namespace}{self.data}")

    def fill(self) -> int:
        """Not a byte is left; how many were."""
        size = 0
        with (self.seen / "ballast").open("ab", buffering=0) as ballast:
            for block in (1 << 20, 4096):
                try:
                    while True:
                        size += ballast.write(b"\0" * block)
                except OSError:
                    continue
        return size

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of the platform beside it."""
        enter = [
            "nsenter",
            "--mount",
            *([] if os.getuid() == 0 else ["--user", "--preserve-credentials"]),
            "--target",
            str(self.process.pid),
        ]
        environment = {
            **os.environ,
            "DATA": str(self.data),
            "DJANGO_SETTINGS_MODULE": "renovation.settings",
            "LOG_LEVEL": "ERROR",
        }
        return subprocess.run(
            [*enter, "env", f"--chdir={ROOT}", sys.executable, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
        )

    def figures(self, *queries: str) -> list[Any]:
        """Single values out of its database, asked for within (SQLite follows the links of /proc to the outside)."""
        asked = self.command("-c", ASK, f"{self.data}/renovation.sqlite3", *queries)
        assert asked.returncode == 0, asked.stderr
        found: list[Any] = json.loads(asked.stdout)
        return found


@pytest.fixture
def small(prepared: Path, tmp_path: Path) -> Any:
    """A platform on a small disk, up."""
    if (
        not shutil.which("unshare")
        or subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]).returncode
    ):
        pytest.skip("这里不能建立自己的文件系统（unshare --mount）")
    platform = SmallDisk(tmp_path / "var", prepared, SWEEP_SECONDS="2")
    try:
        yield platform.ready()
    finally:
        platform.stop()


WRITTEN = (
    "SELECT count(*) FROM communities_community", "SELECT count(*) FROM offices_historyentry WHERE action LIKE 'community.%'",
    "SELECT count(*) FROM offices_storedfile", "SELECT count(*) FROM communities_import",
)  # fmt: skip


def write(clerk: Staff, county: str, name: str) -> list[httpx.Response]:
    """A community, a table of the register with its upload."""
    table = "小区名称,位置\n" + "\n".join(f"{name}{n:05d},{n}号路的一条很长很长的巷子" * 8 for n in range(3000))
    return [
        clerk.ask("/staff/communities/new/", division=county, name=name, built_text="1998", household_count="40"),
        clerk.ask(
            "/staff/communities/imports/", {"file": ("表.csv", table.encode())}, kind="communities", division=county
        ),
    ]


def test_a_full_disk_is_said_and_loses_nothing(small: SmallDisk, record_property: Any) -> None:
    clerk = Staff(f"http://127.0.0.1:{small.port}", "ruicheng.housing.clerk")
    county = str(UUID(small.figures("SELECT uid FROM offices_division WHERE name = '芮城县'")[0]))
    first = write(clerk, county, "腊月小区")
    assert [answer.status_code for answer in first] == [302, 302], [answer.text[:2000] for answer in first]
    before = small.figures(*WRITTEN)
    left = small.fill()

    refused = write(clerk, county, "端午小区")
    for answer in refused:
        assert answer.status_code == 503, answer.text[:2000]
        assert "磁盘" in answer.text and "Traceback" not in answer.text, answer.text[:2000]
    read = [
        clerk.web.get(page)
        for page in ("/", "/staff/", "/staff/communities/", "/staff/communities/imports/", "/healthz")
    ]
    assert all(answer.status_code == 200 or "磁盘" in answer.text for answer in read), [
        answer.text[:500] for answer in read
    ]
    backup = small.command("manage.py", "backup")
    assert backup.returncode == 1 and "磁盘" in backup.stderr and "Traceback" not in backup.stderr, backup.stderr
    assert not list((small.seen / "backups").glob("*")), "no half backup"
    owed = small.command("-m", "tests.trust.act", "owe", "30")
    assert owed.returncode != 0

    (small.seen / "ballast").unlink()
    assert small.figures(*WRITTEN) == before
    assert small.command("-m", "tests.trust.act", "owe", "30").returncode == 0
    again = write(clerk, county, "端午小区")
    assert [answer.status_code for answer in again] == [302, 302], [answer.text[:2000] for answer in again]
    after = small.figures(*WRITTEN)
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 1, 1]
    told = "SELECT count(DISTINCT duty_id) FROM offices_alert WHERE told_at IS NOT NULL"
    assert wait_for(lambda: small.figures(told) == [30], 120), small.said()
    assert small.figures("PRAGMA integrity_check") == ["ok"]
    backup = small.command("manage.py", "backup")
    assert backup.returncode == 0, backup.stderr
    record_property(
        "figure",
        f"{left // 1_000_000} MB filled to the last byte: {len(refused)} acts and a backup refused in words, 0 rows moved, every page "
        "whole or the same words; "
        "with room again 4 rows, 30 reminders once each, a whole backup, the file of the database sound",
    )
