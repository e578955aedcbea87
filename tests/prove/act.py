"""What a process of its own does to the platform of its DATA and DATABASE_URL: ``python -m tests.prove.act WORD [ARGUMENT…]``.

``load URL DUTIES ROWS LETTERS``: the cast with much for a worker to do (see ``load``); ``beat``: all that the beat ever asks for, once;
``settle``: the same until nothing is left; ``figures``: what is there, as JSON; ``events``: who was told of what; ``newer``: tables of
the next release.
"""

import datetime as dt
import json
import sys
from typing import Any

import django
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import Count

django.setup()

from django.conf import settings  # noqa: E402

from communities import actions as register  # noqa: E402
from communities.models import Community, Import  # noqa: E402
from offices import clock, duties, history, messages  # noqa: E402
from offices.feed import webhooks  # noqa: E402
from offices.models import Alert, Delivery, Duty, Message, User  # noqa: E402
from projects.models import PlanLine, Project  # noqa: E402
from renovation.celery import app  # noqa: E402
from tests.cast import cast  # noqa: E402
from tests.trust.act import HEAD  # noqa: E402

PLACES = ("芮城县", "城中区", "柳北区", "玉州区", "潞州区", "东湖区")
OUTBOX = "letter:"


def table(place: str, rows: int, name: str) -> str:
    """A plan table of one place."""
    lines = (
        f"{2027 + n % 3},{name}{n:05d},{place}{n}号,{1980 + n % 20},{1 + n % 9},{20 + n % 300},{1000 + n}.5"
        for n in range(rows)
    )
    return HEAD + "\n".join(lines) + "\n"


def load(url: str, number: str, rows: str, letters: str) -> None:
    """Deadlines of three weeks hence, a table of each place confirmed and one uploaded, letters in the outbox, a webhook."""
    offices, at, today = cast(), clock.now(), clock.today()
    body, clerk = offices.body("芮城县", "housing"), offices.user("芮城县", "housing", "clerk")
    reader = offices.user("芮城县", "finance", "clerk")  # the only one who gets letters
    User.objects.update(email="")
    User.objects.filter(pk=reader.pk).update(email="reader@example.org")
    reader.refresh_from_db()
    webhooks.make_webhook(by=clerk, at=at, name="试", url=url, topics=("communities",))
    owed = [
        duties.Row(f"R-{n % 90:02d}", "ruicheng", f"step-{n}", "must", 2026, today + dt.timedelta(days=20))
        for n in range(int(number))
    ]
    duties.sync(
        subject=body, title="题", link="/staff/", division=body.division, body=body, rows=owed, at=at, today=today
    )
    for n in range(int(letters)):
        messages.tell(event=f"{OUTBOX}{n}", recipients=[reader], title=f"第{n}封", at=at)
    for place in PLACES:
        by = offices.user(place, "housing", "clerk")
        for name in ("甲", "乙"):
            source = register.upload_import(
                by=by, at=at, kind="plan", division=offices.divisions[place], upload=register.pasted(table(place, int(rows), place + name)),
            )  # fmt: skip
            if name == "甲":
                read = register.read_import(source=source, at=at)
                assert read.state == "read", read.error
                register.begin_apply(by=by, at=at, source=read)


def beat() -> None:
    """Every task of the schedule, once, in this process."""
    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        app.tasks[entry["task"]]()


def settle() -> None:
    """The beat until nothing moves any more."""
    before: dict[str, Any] = {}
    for _ in range(60):
        beat()
        now = found()
        if now == before:
            return
        before = now
    raise SystemExit("it never settles")


def found() -> dict[str, Any]:
    """What there is of everything that a worker does."""
    inbox = Message.objects.filter(
        channel="inbox", event__startswith="duty:", link="/staff/"
    )  # of the deadlines owed by ``load``
    letters = Message.objects.filter(event__startswith=OUTBOX, channel="email")
    twice = Message.objects.values("event", "recipient", "follower", "channel").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "duties": Duty.objects.filter(milestone__startswith="step-").count(),
        "alerts": Alert.objects.filter(duty__milestone__startswith="step-").count(),
        "untold": Alert.objects.filter(told_at__isnull=True).count(),
        "inbox": inbox.count(),
        "events": inbox.values("event").distinct().count(),
        "twice": twice.count(),
        "waiting": Message.objects.filter(channel="email", sent_at__isnull=True).count(),
        "letters": letters.count(),
        "unsent": letters.filter(sent_at__isnull=True).count(),
        "imports": dict(Import.objects.values_list("state").annotate(n=Count("pk")).order_by("state")),
        "communities": Community.objects.count(),
        "projects": Project.objects.count(),
        "lines": PlanLine.objects.count(),
        "deliveries": Delivery.objects.count(),
        "told": Delivery.objects.values("number").distinct().count(),
        "undelivered": Delivery.objects.exclude(state="sent").count(),
        "broken": history.verify().broken,
    }


def figures() -> None:
    """``found`` on the screen."""
    print(json.dumps(found()))


def events() -> None:
    """Who was told of what by which channel."""
    rows = Message.objects.values_list("event", "recipient__username", "channel")
    print(json.dumps(sorted([list(map(str, row)) for row in rows])))


def newer() -> None:
    """What the next release may do to the tables while this one runs: what ``tests/house/test_migrations.py`` lets through."""
    plan = [(migrations.Migration("newer", "communities"), False)]
    emit_pre_migrate_signal(0, False, connection.alias, plan=plan)
    state = MigrationLoader(connection).project_state()
    operations = [
        migrations.AddField("community", "newer_note", models.CharField(max_length=20, null=True)),
        migrations.AddField("community", "newer_count", models.IntegerField(db_default=0)),
        migrations.AddIndex("community", models.Index(fields=("newer_count",), name="newer_index")),
        migrations.AddConstraint(
            "community", models.CheckConstraint(condition=models.Q(newer_count__gte=0), name="newer_check")
        ),
        migrations.CreateModel("newer", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]),
    ]
    for operation in operations:
        before = state.clone()
        operation.state_forwards("communities", state)
        with connection.schema_editor() as editor:
            operation.database_forwards("communities", editor, before, state)
    emit_post_migrate_signal(0, False, connection.alias, plan=plan)


def main(word: str, *arguments: str) -> None:
    """Do it."""
    {"load": load, "beat": beat, "settle": settle, "figures": figures, "events": events, "newer": newer}[word](
        *arguments
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
