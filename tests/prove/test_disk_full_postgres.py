"""PostgreSQL without room for its tables: acts are refused in words, none is half done, and with room again everything goes on.

The tables lie on a tmpfs in a mount namespace of the cluster's own; the log that is written ahead lies beside it, as operations.md asks
for (a PostgreSQL that can't write its log stops, and every page says 503 until it is back). As root alone: PostgreSQL steps down itself.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests import postgres
from tests.house.test_backup import manage
from tests.house.test_launcher import running
from tests.prove.staff import Staff

pytestmark = [pytest.mark.prove, pytest.mark.processes, pytest.mark.once]
MEGABYTES, MOST = 320, 600
WORDS = re.compile("磁盘|数据库暂时没有应答")  # the latter where a new connection was needed and not given
HOLD = 'mount -t tmpfs -o size="$1"m,uid="$2",mode=700 tmpfs "$3" && echo ready && exec sleep infinity'
WRITTEN = "SELECT count(*) FROM communities_community WHERE name LIKE '端午小区%'"
RECORDED = (
    "SELECT count(DISTINCT h.subject_uid) FROM offices_historyentry h JOIN communities_community c ON c.uid = h.subject_uid "
    "WHERE c.name LIKE '端午小区%' AND h.action = 'community.add'"
)
COUNTY = "SELECT uid FROM offices_division WHERE name = '芮城县'"


class Small:
    """A small filesystem that is there as long as its process."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.seen = Path()

    def under(self, folder: Path) -> list[str]:
        """Lay it there; how a command enters."""
        words = [
            "unshare",
            "--mount",
            "sh",
            "-c",
            HOLD,
            "sh",
            str(MEGABYTES),
            str(folder.parent.stat().st_uid),
            str(folder),
        ]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        if self.process.stdout.readline().strip() != "ready":
            pytest.skip("这里不能建立自己的文件系统（unshare --mount）")
        self.seen = Path(f"/proc/{self.process.pid}/root{folder}")
        return ["nsenter", "--mount", "--target", str(self.process.pid)]

    def fill(self) -> int:
        """Not a byte is left; how many were."""
        size = 0
        with (self.seen / "ballast").open("ab", buffering=0) as ballast:
            for block in (1 << 20, 4096):
                with suppress(OSError):
                    while True:
                        size += ballast.write(b"\0" * block)
        return size


@pytest.fixture
def small() -> Iterator[tuple[Small, postgres.Cluster]]:
    """A PostgreSQL whose tables lie on it."""
    if os.getuid() != 0:
        pytest.skip("PostgreSQL 的小磁盘只有 root 能建立")
    disk = Small()
    try:
        found = postgres.Cluster(disk=disk.under, synchronous_commit="on")
    except postgres.NoPostgres as nothing:
        pytest.skip(str(nothing))
    yield disk, found
    found.stop()
    assert disk.process is not None
    disk.process.kill()
    disk.process.wait()


def test_a_database_without_room_refuses_whole_acts_and_goes_on(
    small: tuple[Small, postgres.Cluster], prepared: Path, tmp_path: Path, record_property: Any
) -> None:
    disk, cluster = small

    beside = postgres.connect(cluster.url)  # a database without room may take no new connection

    def asked(query: str) -> Any:
        with beside.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
            assert row is not None
            return row[0]

    with running(tmp_path / "var", prepared, DATABASE_URL=cluster.url, DEMONSTRATION="empty") as platform:
        clerk = Staff(f"http://127.0.0.1:{platform.port}", "ruicheng.housing.clerk")
        county = str(UUID(str(asked(COUNTY))))

        def add(number: int) -> int:
            """Somebody adds a community; what is refused is refused in words."""
            text = "一条很长很长的巷子" * 20
            answer = clerk.ask(
                "/staff/communities/new/", division=county, name=f"端午小区{number}", remark=text, built_text="1998"
            )
            plain = answer.status_code == 503 and WORDS.search(answer.text) and "Traceback" not in answer.text
            assert answer.status_code == 302 or plain, answer.text[:2000]
            return answer.status_code

        assert add(0) == 302
        left = disk.fill()
        answers: list[int] = []
        for number in range(1, MOST):
            answers.append(add(number))
            if answers.count(503) >= 5:
                break
        taken, refused = answers.count(302) + 1, answers.count(503)
        assert refused >= 5, "pages that had room are full by now"
        assert (asked(WRITTEN), asked(RECORDED)) == (taken, taken), (
            "each act that was taken is there, none of the others"
        )
        for page in ("/", "/staff/", "/staff/communities/", "/healthz"):
            answer = clerk.web.get(page)
            assert answer.status_code == 200 or (answer.status_code == 503 and WORDS.search(answer.text)), answer.text[
                :500
            ]

        (disk.seen / "ballast").unlink()
        assert [add(number) for number in range(MOST, MOST + 5)] == [302] * 5
        assert (asked(WRITTEN), asked(RECORDED)) == (taken + 5, taken + 5)
        sound = manage(platform.data, "verify_history", database=cluster.url)
        assert sound.returncode == 0, sound.stderr
    beside.close()
    record_property(
        "figure",
        f"{left // 1_000_000} MB under the tables filled to the last byte: {taken - 1} acts that found room whole, {refused} refused in "
        "words, 0 half; with room again 5 of 5, the chain sound",
    )
