"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class OfficesConfig(AppConfig):
    """The app; it installs the guards of all apps and fills the calendar after each migrate."""

    name = "offices"
    verbose_name = "政府机构"

    def ready(self) -> None:
        """What must not change, what every start checks."""
        from offices.checks import check_guards, check_rulebooks
        from offices.models import Body, Division, Duty, HistoryEntry, Invitation, User
        from offices.triggers import protect
        from rest.versions import watch

        watch(Body, Division, Duty, User)
        protect(HistoryEntry, once=("sequence", "previous", "hash"))
        protect(Invitation, frozen=("body", "role", "username", "digest", "by", "expires_at"), insert_only=False)
        register(check_rulebooks)
        register(check_guards, Tags.database)
        connection_created.connect(tell_clock)
        pre_migrate.connect(before_migrate, sender=self)
        post_migrate.connect(after_migrate, sender=self)


def tell_clock(connection: Any, **kwargs: Any) -> None:
    """A new connection learns what time it is (``renovation_now()``)."""
    from offices import database_clock

    database_clock.tell(connection)


def before_migrate(sender: AppConfig, using: str, plan: Any = (), **kwargs: Any) -> None:
    """Guards that name other tables step aside while a migration rebuilds them (SQLite)."""
    from offices import triggers

    if plan:
        triggers.step_aside(connections[using])


def after_migrate(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Guards (a rebuilt SQLite table has lost its own), the working-day calendar, the revisions of the rulebooks."""
    from offices import calendar, clock, rulebooks, triggers
    from offices.models import CalendarYear, RulebookRevision
    from rest import versions

    triggers.install(connections[using])
    versions.install(connections[using])
    tables = connections[using].introspection.table_names()
    if using == "default" and {CalendarYear._meta.db_table, RulebookRevision._meta.db_table} <= set(tables):
        now = clock.now()
        calendar.seed(at=now, years=range(calendar.FIRST_YEAR, clock.day_of(now).year + 3))
        rulebooks.remember(at=now)
