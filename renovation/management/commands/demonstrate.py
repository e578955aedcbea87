"""``manage.py demonstrate``: the demonstration data, and the accounts to look at it with. Refused in production."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from offices import clock
from offices.demonstration import PASSWORD
from renovation.demonstration import build

ACCOUNTS: tuple[tuple[str, str], ...] = (
    ("ruicheng.housing.clerk", "芮城县住建局 经办"),
    ("ruicheng.housing.approver", "芮城县住建局 审批（复核）"),
    ("ruicheng.housing.leader", "芮城县住建局 负责人"),
    ("ruicheng.government.approver", "芮城县人民政府 审批"),
    ("chengzhong.housing.clerk", "柳州市城中区住建局 经办"),
    ("chengzhong.housing.approver", "柳州市城中区住建局 审批（复核）"),
    ("chengzhong.government.approver", "柳州市城中区人民政府 审批"),
    ("liuzhou.housing.approver", "柳州市住建局 审批"),
    ("liuzhou.development_reform.approver", "柳州市发展改革委 审批"),
    ("liuzhou.finance.approver", "柳州市财政局 审批"),
    ("liuzhou.government.approver", "柳州市人民政府 审批"),
    ("yuzhou.housing.clerk", "玉林市玉州区住建局 经办"),
    ("luzhou.housing.clerk", "长治市潞州区住建局 经办"),
    ("donghu.housing.clerk", "南昌市东湖区住建局 经办"),
    ("liuzhou.auditor", "柳州市审计局 审计"),
    ("liuzhou.system_admin", "柳州市 系统管理员"),
    ("liuzhou.security_admin", "柳州市 安全管理员"),
    ("liuzhou.audit_admin", "柳州市 审计管理员"),
)


class Command(BaseCommand):
    """Build the demonstration (idempotent) and print its accounts."""

    help = "建立演示数据（可重复执行），生产环境拒绝执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        """--accounts prints the accounts alone; --empty builds offices and accounts without any community."""
        parser.add_argument("--accounts", action="store_true", help="只打印演示账号")
        parser.add_argument("--empty", action="store_true", help="只建机构和账号，不建小区")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        if settings.PRODUCTION:
            raise CommandError("生产环境不建立演示数据，也没有演示账号。")
        if not options["accounts"]:
            build(at=clock.now(), today=clock.today(), accounts_only=options["empty"] or settings.DEMONSTRATION_EMPTY)
        self.stdout.write(f"演示账号（密码都是 {PASSWORD}）：")
        for username, who in ACCOUNTS:
            self.stdout.write(f"  {username:<40}{who}")
