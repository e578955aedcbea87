"""``manage.py prepare``: what must be true before the platform serves: tables, the database's own checks, demonstration."""

from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Safe to run at every start."""

    help = "建立或更新数据表，检查数据库自身的约束，需要时写入演示数据"

    def handle(self, *args: Any, **options: Any) -> None:
        """CommandError or SystemCheckError stops the start."""
        call_command("migrate", interactive=False, stdout=self.stdout)
        call_command("check", databases=["default"], stdout=self.stdout)
        if settings.DEMONSTRATION and "demonstrate" in get_commands():
            call_command("demonstrate", stdout=self.stdout)
