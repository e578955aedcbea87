"""The beat's schedule: every task that it names exists, and what nobody else would start is on it."""

import datetime as dt

import pytest
from django.conf import settings
from django.utils import timezone

from offices.tasks import forget
from renovation.celery import app
from rest.models import IdempotencyKey


def test_every_task_of_the_schedule_exists() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named - set(app.tasks) == set()


def test_work_that_only_the_beat_starts_is_on_the_schedule() -> None:
    app.loader.import_default_modules()
    every = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert every["communities.tasks.pick_up_imports"] == 60.0
    assert every["offices.pick_up_jobs"] == 60.0
    started = {"offices.run_job"}  # by whoever asks for it; what is lost on the way the beat's pick_up_jobs takes up
    assert {name for name in app.tasks if name.startswith("offices.")} - started <= set(every)


@pytest.mark.django_db
def test_kept_answers_are_forgotten_after_seven_days() -> None:
    now = timezone.now()
    for key, age in (("old", dt.timedelta(days=7, minutes=1)), ("young", dt.timedelta(days=6, hours=23))):
        IdempotencyKey.objects.create(actor="user:1", key=key, target="POST /", request_hash="", created_at=now - age)
    assert forget() == 1
    assert IdempotencyKey.objects.get().key == "young"
