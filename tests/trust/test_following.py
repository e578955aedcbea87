"""The log of changes under writers whose commits come in any order: nothing missed, nothing twice, no gap, and a mirror that ends equal."""

import random
import time
from typing import Any

import pytest
from django.db import transaction

from communities.models import Community
from offices.demonstration import Offices
from offices.feed import numbering, reading
from offices.models import Change, User
from tests.rest.conftest import make_community
from tests.trust.processes import together

pytestmark = [pytest.mark.postgres, pytest.mark.processes, pytest.mark.slow]
WRITERS, ACTS = 7, 60


def write(stage: Offices, index: int) -> int:
    """Transactions of one to four changes, some taken back, each committed after a pause of its own."""
    chance, written = random.Random(index), 0
    for act in range(ACTS):
        changes = chance.randint(1, 4)
        taken_back = chance.random() < 0.2
        with transaction.atomic():
            row = make_community(f"小区{index}-{act}", stage.divisions["芮城县"])
            for change in range(1, changes):
                Community.objects.filter(pk=row.pk).update(remark=str(change))
            if chance.random() < 0.3:
                row.delete()
                changes += 1
            time.sleep(chance.random() / 60)
            transaction.set_rollback(taken_back)
        written += 0 if taken_back else changes
    return written


def follow(user: User) -> tuple[list[int], dict[str, str]]:
    """What a client sees that asks without a pause until nothing has come for two seconds: numbers, and its mirror of remarks."""
    numbers: list[int] = []
    mirror: dict[str, str] = {}
    after, quiet = numbering.newest(), time.monotonic()
    while time.monotonic() - quiet < 2:
        numbering.give_numbers()
        page, after = reading.changes(user, after=after, resources={"communities"}, size=50)
        for row in page:
            numbers.append(row.number)
            if row.gone:
                mirror.pop(str(row.row), None)
        shown = Community.objects.filter(uid__in=[row.row for row in page if not row.gone])
        mirror |= {str(row.uid): row.remark for row in shown}
        quiet = time.monotonic() if page else quiet
    return numbers, mirror


def test_a_client_that_reads_all_the_time_misses_nothing(stage: Offices) -> None:
    user = User.objects.get(username="ruicheng.housing.clerk")
    numbering.give_numbers()
    before = numbering.newest()
    said: Any = together(WRITERS + 2, lambda n: write(stage, n) if n < WRITERS else follow(user), seconds=120)
    assert [each.error for each in said] == [""] * (WRITERS + 2), said
    written = sum(each.value for each in said[:WRITERS])
    assert not Change.objects.filter(number=None).exists()
    for numbers, mirror in (each.value for each in said[WRITERS:]):
        assert numbers == list(range(before + 1, before + 1 + written)), "dense, in order, each once"
        assert mirror == {str(row.uid): row.remark for row in Community.objects.all()}


def test_a_writer_in_a_long_transaction_keeps_no_reader_waiting(stage: Offices) -> None:
    def act(n: int) -> float:
        if n == 0:
            with transaction.atomic():
                make_community("久", stage.divisions["芮城县"])
                time.sleep(2)
            return 0
        time.sleep(0.5)
        make_community("快", stage.divisions["芮城县"])
        started = time.monotonic()
        numbering.give_numbers()
        return time.monotonic() - started

    said = together(2, act)
    assert said[0].error == said[1].error == "" and said[1].value < 1, said
    numbering.give_numbers()
    last = Change.objects.filter(resource="communities").order_by("-number")[:2]
    names = {row.uid: row.name for row in Community.objects.all()}
    assert [names[change.row] for change in last] == ["久", "快"], "numbered in the order in which they could be seen"
