"""A mirror of the platform's data in a SQLite file, kept up to date::

    python mirror.py https://platform.example projects,communities mirror.sqlite3

The first run takes the whole lists, every later one what changed since. It may be stopped or killed at any moment: place and rows are
written in one transaction. Where the platform does not answer it ends with a line
that says so and exit code 1. Standard library alone. KEY=rk_… in the environment for more than what is public.
"""

import http.client
import json
import os
import sqlite3
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any


def read(address: str) -> Any:
    """An answer; the interface speaks JSON, an export one JSON text a line."""
    key = os.environ.get("KEY")
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {key}"} if key else {})
    return urllib.request.urlopen(request, timeout=60)


def whole(base: str, resource: str) -> Iterator[tuple[str, str, str]]:
    """Every row of a resource."""
    with read(f"{base}/api/v1/{resource}/export/?format=jsonl") as lines:
        for line in lines:
            yield resource, json.loads(line)["uid"], line.decode()


def follow(base: str, resources: str, file: str) -> None:
    """Bring the mirror up to date."""
    with sqlite3.connect(file) as mirror:
        mirror.execute(
            "CREATE TABLE IF NOT EXISTS rows (resource TEXT, uid TEXT, data TEXT, PRIMARY KEY (resource, uid))"
        )
        mirror.execute("CREATE TABLE IF NOT EXISTS place (next TEXT)")
    place = mirror.execute("SELECT next FROM place").fetchone()
    if (
        place is None
    ):  # first where the log stands, then the lists: what changes meanwhile comes again, and does no harm
        address = json.load(read(f"{base}/api/v1/changes/?resource={resources}&expand=true&page_size=500"))["next"]
        with mirror:
            for resource in resources.split(","):
                mirror.executemany("REPLACE INTO rows VALUES (?, ?, ?)", whole(base, resource))
            mirror.execute("INSERT INTO place VALUES (?)", [address])
        place = (address,)
    while (page := json.load(read(place[0])))["results"]:
        with mirror:
            for row in page["results"]:
                if row["gone"]:
                    mirror.execute("DELETE FROM rows WHERE resource = ? AND uid = ?", [row["resource"], row["uid"]])
                else:
                    mirror.execute(
                        "REPLACE INTO rows VALUES (?, ?, ?)", [row["resource"], row["uid"], json.dumps(row["data"])]
                    )
            mirror.execute("UPDATE place SET next = ?", [page["next"]])
        place = (page["next"],)


if __name__ == "__main__":
    try:
        follow(*sys.argv[1:4])
    except (
        OSError,
        http.client.HTTPException,
        ValueError,
    ) as error:  # no answer, half of one, or one that is no success
        sys.exit(f"stopped: {error}; what came before is kept, the next run goes on from there")
