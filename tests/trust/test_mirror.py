"""The example mirror of the repository against the platform under random writes, killed again and again: it ends equal to the database."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from communities.models import Community
from offices.demonstration import Offices
from projects.models import Project
from tests.cast import AT
from tests.rest.conftest import make_community

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
PROGRAM = Path(__file__).parents[2] / "examples" / "mirror.py"
RESOURCES = ("communities", "projects")


def write(stage: Offices, chance: random.Random) -> None:
    """One transaction of what happens to communities and projects; every fifth is taken back."""
    with transaction.atomic():
        community = Community.objects.order_by("?").first()
        what = chance.choice(("add", "add", "rename", "bulk", "publish", "stage", "delete", "withdraw"))
        if what == "add" or community is None:
            row = Project(
                name=f"项目{chance.random()}",
                published=chance.random() < 0.7,
                rulebook="ruicheng",
                created_at=AT,
                updated_at=AT,
            )
            row.place_in(stage.divisions["芮城县"])
            row.save()
            row.parts.create(community=make_community(f"小区{chance.random()}", stage.divisions["芮城县"]))
        elif what == "rename":
            Community.objects.filter(pk=community.pk).update(name=f"改名{chance.random()}")
        elif what == "bulk":
            Community.objects.update(updated_at=AT, household_count=chance.randint(1, 999))
        elif what == "publish":
            Project.objects.filter(parts__community=community).update(published=chance.random() < 0.5)
        elif what == "stage":
            Project.objects.update(stage=chance.choice(("reserve", "planned", "approved")))
        elif what == "withdraw":
            Community.objects.filter(pk=community.pk).update(withdrawn=chance.random() < 0.5)
        else:
            Project.objects.filter(parts__community=community).delete()
            community.delete()
        transaction.set_rollback(chance.random() < 0.2)


def public(resource: str) -> dict[str, Any]:
    """What the interface lists, by uid."""
    page, found = APIClient().get(f"/api/v1/{resource}/?page_size=500").json(), {}
    assert page["next"] is None
    for row in page["results"]:
        found[row["uid"]] = row
    return found


def test_a_mirror_that_is_killed_at_any_moment_ends_equal(
    stage: Offices, live_server: Any, tmp_path: Path, record_property: Any
) -> None:
    chance, file, killed = random.Random(7), tmp_path / "mirror.sqlite3", 0
    for _ in range(6):
        write(stage, chance)
    for _ in range(14):
        mirror = run(live_server.url, file)
        until = time.monotonic() + chance.random() * 0.5
        while time.monotonic() < until:
            write(stage, chance)
        mirror.kill()
        killed += mirror.wait() != 0
    assert killed > 5, "most were killed at work"
    assert run(live_server.url, file).wait(60) == 0
    with sqlite3.connect(file) as rows:
        for resource in RESOURCES:
            mine = rows.execute("SELECT uid, data FROM rows WHERE resource = ?", [resource]).fetchall()
            found = public(resource)
            assert found and {uid: json.loads(data) for uid, data in mine} == found
    record_property("figure", f"killed {killed} times at work: equal to the database in the end")


def run(url: str, file: Path) -> subprocess.Popen[bytes]:
    """The program, as somebody of another office starts it."""
    return subprocess.Popen(
        [sys.executable, PROGRAM, url, ",".join(RESOURCES), str(file)], env={"PATH": os.environ["PATH"]}
    )
