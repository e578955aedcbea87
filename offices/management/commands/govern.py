"""``manage.py govern 柳州市 liuzhou --by USERNAME``: which document of its own governs a division."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from offices import actions, clock
from offices.models import Division, User
from policies.refusal import Refused


class Command(BaseCommand):
    """Bind a rulebook to a division; everything below it follows. Recorded as an act of ``--by``, a system administrator."""

    help = "指定区划适用的本级规则库（留空则适用上级的），由系统管理员执行并记入历史。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Division by code or name, the place's slug, and who does it."""
        parser.add_argument("division", help="行政区划代码或名称")
        parser.add_argument("place", nargs="?", default="", help="规则库的 place，如 liuzhou；不写则取消本级规则库")
        parser.add_argument("--by", required=True, help="系统管理员的用户名")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what governs it now, or why not."""
        found = list(Division.objects.filter(Q(code=options["division"]) | Q(name=options["division"])))
        if len(found) != 1:
            raise CommandError(f"找到 {len(found)} 个区划“{options['division']}”，请用行政区划代码")
        user = User.objects.filter(username=options["by"]).first()
        if user is None:
            raise CommandError(f"没有用户“{options['by']}”")
        try:
            division = actions.set_rulebook(by=user, at=clock.now(), division=found[0], rulebook=options["place"])
        except Refused as refused:
            reasons = "；".join(reason for given in refused.errors.values() for reason in given)
            raise CommandError(f"{refused.detail}：{reasons}" if reasons else refused.detail) from refused
        self.stdout.write(f"{division.name}及其下级适用规则库：{division.governed_by or '国家底线'}")
