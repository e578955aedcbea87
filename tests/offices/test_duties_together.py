"""``sync_many`` writes what a plain loop over rows writes, in a handful of statements."""

import datetime as dt
import random
from typing import Any

import pytest

from offices import duties
from offices.demonstration import Offices
from offices.models import Body, Duty
from tests.cast import AT, TODAY

MILESTONES = ("plan_declaration", "start", "completion", "settlement")


def rows_of(dice: random.Random, year: int) -> list[duties.Row]:
    """Some of the milestones, on days around today."""
    return [
        duties.Row(
            rule_id=f"R-{number}", rulebook="liuzhou", milestone=milestone, strength=dice.choice(["must", "in_principle"]), plan_year=year,
            due_on=TODAY + dt.timedelta(days=dice.randint(-5, 40)), applicable=dice.random() > 0.2, reason="文件施行之前",
        )
        for number, milestone in enumerate(MILESTONES)
        if dice.random() > 0.3
    ]  # fmt: skip


def wanted_of(body: Body, dice: random.Random, year: int) -> duties.Wanted:
    """What a body owes by the dice."""
    title = f"{body.name}{dice.choice('甲乙')}"
    return duties.Wanted(
        body, title, "/staff/", body.division, body, rows_of(dice, year), dice.choice([True, False, None])
    )


def one_by_one(wanted: duties.Wanted, *, at: dt.datetime) -> None:
    """The plain loop: each row read and saved for itself. What the platform's own writer is held against."""
    subject = wanted.subject
    mine = Duty.objects.filter(subject_type="body", subject_uid=subject.uid)
    keys = [(row.rule_id, row.milestone) for row in wanted.rows]
    for duty in mine.exclude(state="done"):
        if (duty.rule_id, duty.milestone) not in keys:
            duty.delete()
    for row in wanted.rows:
        duty = mine.filter(rule_id=row.rule_id, milestone=row.milestone).first() or Duty(
            subject_type="body", subject_uid=subject.uid, rule_id=row.rule_id, milestone=row.milestone, created_at=at
        )
        if duty.state == "done" and duty.plan_year != row.plan_year:
            duty.state, duty.done_on = "open", None
        if duty.state != "done":
            duty.state = "open" if row.applicable else "not_applicable"
        duty.place_in(wanted.division)
        duty.subject_title, duty.subject_link, duty.body = wanted.title, wanted.link, wanted.body
        duty.rulebook, duty.strength, duty.plan_year = row.rulebook, row.strength, row.plan_year
        duty.due_on, duty.reason, duty.updated_at = row.due_on, row.reason, at
        duty.mark = duties.mark_of(duty, TODAY)
        if wanted.public is not None:
            duty.public = wanted.public
        duty.save()


def standing() -> list[tuple[Any, ...]]:
    """Every duty as it is read."""
    names = ("subject_uid", "rule_id", "milestone", *duties.SAID)
    return sorted(Duty.objects.values_list(*names), key=str)


@pytest.mark.parametrize("seed", range(5))
def test_many_at_once_are_as_one_by_one(offices: Offices, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(duties, "SUBJECTS", 7)  # several batches, the last one short
    dice = random.Random(seed)
    bodies = list(Body.objects.select_related("division").order_by("pk"))[:30]
    rounds = [[wanted_of(body, dice, 2026 + n % 2) for body in bodies if dice.random() > 0.2] for n in range(3)]
    done = [(dice.choice(bodies), dice.choice(MILESTONES)) for _ in range(10)]

    def play(write: Any) -> list[tuple[Any, ...]]:
        for number, wanted in enumerate(rounds):
            write(wanted, AT + dt.timedelta(hours=number))
            for body, milestone in done:
                duties.fulfil(subject=body, milestone=milestone, on=TODAY, at=AT)
        return standing()

    together = play(lambda wanted, at: duties.sync_many(wanted, at=at, today=TODAY))
    assert len({row[0] for row in together}) == 30 and {"open", "done", "not_applicable"} <= {
        value for row in together for value in row
    }
    Duty.objects.all().delete()
    assert play(lambda wanted, at: [one_by_one(each, at=at) for each in wanted]) == together


def test_what_says_the_same_is_not_touched(offices: Offices) -> None:
    dice = random.Random(1)
    wanted = [wanted_of(body, dice, 2026) for body in Body.objects.select_related("division")]
    duties.sync_many(wanted, at=AT, today=TODAY)
    before = list(Duty.objects.order_by("pk").values())
    duties.sync_many(wanted, at=AT + dt.timedelta(days=1), today=TODAY)
    assert before and list(Duty.objects.order_by("pk").values()) == before


def test_a_changed_row_is_the_same_row_with_its_next_version(offices: Offices) -> None:
    body = offices.body("芮城县", "housing")
    for hours, due in ((0, TODAY), (1, TODAY + dt.timedelta(days=9))):
        row = duties.Row("R-1", "liuzhou", "start", "must", 2026, due)
        at = AT + dt.timedelta(hours=hours)
        duties.sync_many([duties.Wanted(body, "题", "/staff/", body.division, body, [row])], at=at, today=TODAY)
    duty = Duty.objects.get()
    assert (duty.version, duty.created_at, duty.updated_at, duty.mark) == (2, AT, at, "coming")


def test_the_number_of_statements_does_not_grow_with_the_subjects(
    offices: Offices, django_assert_max_num_queries: Any
) -> None:
    dice = random.Random(2)
    bodies = list(Body.objects.select_related("division"))
    duties.sync_many([wanted_of(body, dice, 2026) for body in bodies], at=AT, today=TODAY)
    assert Duty.objects.count() > 150
    with django_assert_max_num_queries(
        20
    ):  # select, insert, upsert, delete and savepoints; SQLite takes 999 parameters a statement
        duties.sync_many([wanted_of(body, dice, 2027) for body in bodies], at=AT, today=TODAY)
