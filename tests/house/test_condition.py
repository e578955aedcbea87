"""The administrator is told in plain words what is wrong; Prometheus the same in numbers, and nobody else."""

import datetime as dt
import ipaddress
import uuid
from collections import namedtuple
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from offices import duties, jobs, pulse, tasks
from offices.demonstration import Offices
from offices.feed import webhooks
from offices.models import Delivery, Message, Pulse, Webhook
from renovation import condition
from tests.cast import AT, TODAY, cast
from tests.offices.test_pages import signed_in
from tests.offices.test_webhooks import project

pytestmark = pytest.mark.django_db
Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def offices(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Offices:
    """A platform on which all is well: the queue answers, every task has just been done, a backup was made."""
    settings.DATA, settings.DEMONSTRATION = tmp_path, False
    monkeypatch.setattr("offices.clock.timezone.now", lambda: AT)
    monkeypatch.setattr(condition, "queue_answers", lambda: True)
    monkeypatch.setattr(condition, "queued", lambda: 0)
    monkeypatch.setattr(condition.shutil, "disk_usage", lambda path: Disk(100 << 30, 0, 50 << 30))
    for row in settings.CELERY_BEAT_SCHEDULE.values():
        pulse.beat(row["task"], AT)
    pulse.beat("backup", AT)
    monkeypatch.setattr(
        condition, "APART", dt.timedelta(days=9999)
    )  # the database's clock is the machine's, AT a day of the story
    return cast()


def keys(at: dt.datetime = AT) -> set[str]:
    """What is wrong."""
    return {row.key for row in condition.troubles(at)} - {
        "clock"
    }  # the database's clock is the machine's, AT a day of the story


def test_nothing_is_said_where_nothing_is_wrong(offices: Offices) -> None:
    assert keys() == set()
    assert "没有发现问题" in signed_in(offices.users["yuncheng.system_admin"]).get(
        "/staff/condition/"
    ).content.decode() or keys(AT)


def test_each_thing_that_goes_wrong_is_named(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> None:
    late = AT + dt.timedelta(minutes=40)
    assert keys(late) == {"worker"}, "a silent worker explains its late tasks"
    pulse.beat("offices.outbox", late)
    assert keys(late) >= {"late:offices.sweep"} and "worker" not in keys(late)
    pulse.beat("offices.sweep", late)
    assert "late:offices.sweep" not in keys(late)
    assert "backup" in keys(AT + dt.timedelta(hours=27))
    monkeypatch.setattr(condition.shutil, "disk_usage", lambda path: Disk(100 << 30, 0, 4 << 30))
    assert keys() == {"disk"}
    monkeypatch.setattr(condition, "queue_answers", lambda: False)
    assert keys() == {"disk", "redis"}
    monkeypatch.setattr(condition.triggers, "altered", lambda connection: ["renovation_now"])
    assert keys() == {"disk", "redis", "triggers"}


def test_a_clock_that_went_back_is_seen_and_a_database_that_is_away_hides_nothing_else(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(condition, "APART", dt.timedelta(seconds=30))
    assert "clock_back" in keys(AT - dt.timedelta(hours=1))

    def away() -> int:
        raise OperationalError("gone")

    monkeypatch.setattr(condition, "ASKED", (lambda at: away(), condition._disk))
    monkeypatch.setattr(condition.shutil, "disk_usage", lambda path: Disk(100 << 30, 0, 0))
    assert keys() == {"database", "disk"}


def test_a_task_of_the_timer_leaves_a_sign_of_life_and_one_that_fails_does_not(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    Pulse.objects.all().delete()
    tasks.seal.apply()
    monkeypatch.setattr("offices.messages.send_outbox", lambda at: 1 / 0)
    tasks.outbox.apply()
    assert pulse.heard() == {"offices.seal": AT}


def test_what_was_not_sent_is_counted(offices: Offices) -> None:
    user = offices.users["yuncheng.system_admin"]
    shared = {"recipient": user, "title": "x", "created_at": AT - dt.timedelta(hours=1)}
    Message.objects.create(event="a", channel="email", **shared)
    Message.objects.create(event="b", channel="email", sent_at=AT, **shared)
    Message.objects.create(event="c", channel="email", attempts=20, **shared)
    hook = Webhook.objects.create(
        user=user, name="平台", url="https://x", created_at=AT, updated_at=AT, active=False, paused_reason="失败"
    )
    Delivery.objects.create(
        webhook=hook, topic="projects", body="{}", state="failed", created_at=AT, next_at=AT, uid=uuid.uuid4()
    )
    assert keys() == {"mail", "mail_given_up", "webhooks", "webhooks_paused"}
    page = signed_in(user).get("/staff/condition/").content.decode()
    assert "1 封邮件超过 15 分钟没有发出" in page and "联系接收单位" in page
    assert signed_in(offices.users["yuncheng.audit_admin"]).get("/staff/condition/").status_code == 403


def test_each_number_rises_with_what_it_counts_and_falls_again(offices: Offices, settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    clerk, hour = offices.user("芮城县", "housing", "clerk"), dt.timedelta(hours=1)

    def number(name: str, after: dt.timedelta = hour) -> float:
        return condition.gauges(AT + after)[name]

    assert number("sweep_age_seconds") == 3600
    pulse.beat(condition.SWEEP, AT + hour)
    assert number("sweep_age_seconds") == 0

    assert number("queue_age_seconds") == 0
    job = jobs.ask(by=clerk, at=AT, kind="x", title="清单", division=offices.divisions["芮城县"], parameters={})
    assert number("queue_age_seconds") == 3600
    jobs.cancel(by=clerk, at=AT + hour, job=job)
    assert number("queue_age_seconds") == 0

    body = offices.body("芮城县", "housing")
    owed = [duties.Row("R-1", "ruicheng", "step", "must", 2026, TODAY)]
    duties.sync(subject=body, title="题", link="/", division=body.division, body=body, rows=owed, at=AT, today=TODAY)
    duties.mark_and_remind(at=AT, today=TODAY)  # and the worker dies before anybody is told
    assert number("alerts_unsent") == 1 and number("alerts_unsent", dt.timedelta()) == 0
    duties.sweep(at=AT + hour, today=TODAY)
    assert number("alerts_unsent") == 0

    webhooks.make_webhook(by=clerk, at=AT, name="大数据局", url="http://127.0.0.1:9/", topics=("projects",))
    project(offices)
    assert webhooks.write_messages(at=AT) == 1
    at, seen = AT, []
    while Delivery.objects.filter(state=Delivery.State.WAITING).exists():
        at = Delivery.objects.get().next_at
        webhooks.send_messages(at=at, post=lambda *given: 500)
        seen.append(int(number("webhooks_failed", at - AT)))
    assert seen == [0, 0] + [1] * (len(webhooks.PAUSES) - 1), (
        "a stumble is none; two days later, given up, it still is one"
    )
    assert at - AT > dt.timedelta(days=1) and number("webhooks_failed", at - AT + 23 * hour) == 1
    assert number("webhooks_failed", at - AT + 25 * hour) == 0


def test_metrics_answer_to_the_token_or_a_named_network_alone(offices: Offices, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-long-token"
    assert Client().get("/metrics").status_code == 404
    assert Client(headers={"Authorization": "Bearer another"}).get("/metrics").status_code == 404
    Client().get("/nobody/knows/张三/")
    answer = Client(headers={"Authorization": "Bearer a-long-token"}).get("/metrics")
    text = answer.content.decode()
    assert answer.status_code == 200 and "renovation_database_up 1.0" in text
    assert "renovation_sweep_age_seconds 0.0" in text and "renovation_mail_unsent 0.0" in text
    assert (
        'renovation_requests_total{area="portal",method="GET",status="404"}' in text
        and "renovation_request_seconds_bucket" in text
    )
    assert "张三" not in text and "nobody" not in text
    settings.METRICS_TOKEN = ""
    assert Client(headers={"Authorization": "Bearer "}).get("/metrics").status_code == 404
    settings.METRICS_NETWORKS = [ipaddress.ip_network("10.8.0.0/16")]
    assert Client(REMOTE_ADDR="10.8.3.4").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="10.9.3.4", headers={"X-Forwarded-For": "10.8.3.4"}).get("/metrics").status_code == 404
