"""What may not be kept for ever: each kind of personal data with its period, where the period comes from, and the rows whose time is up.

A period is data: ``RETENTION`` names another number of days. What is evidence by law (``STAYS``) is in no list here. Shorter ones that
belong to one table alone (letters, jobs, kept answers) stay with it and are erased by the task ``offices.forget``.
"""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from approvals.models import Remark, RemarkPerson, VoteObjectionPerson
from communities.models import Complainant, Complaint
from offices.models import Invitation, Message, SmsMessage, StaffSession

logger = logging.getLogger(__name__)
THREE_YEARS, HALF_A_YEAR = 3 * 365, 200
LIMITATION = "平台默认，文件没有规定；按《民法典》第一百八十八条三年诉讼时效取定"
READ = Q(read_at__isnull=False) | Q(channel=Message.Channel.EMAIL)
LOGS = "《网络安全法》第二十一条第三项：网络日志留存不少于六个月"
Rows = Callable[[dt.datetime], "QuerySet[Any]"]


def _delete(rows: "QuerySet[Any]") -> None:
    rows.delete()


def _nameless(rows: "QuerySet[Any]") -> None:
    rows.update(name="", email="")


@dataclass(frozen=True)
class Period:
    """A kind of data: how long, by which source, which rows are past it, how they go."""

    key: str
    what: str
    after: str
    days: int
    source: str
    rows: Rows
    go: Callable[["QuerySet[Any]"], None] = _delete

    @property
    def length(self) -> int:
        """Days, as the operator or the platform says."""
        return int(settings.RETENTION.get(self.key, self.days))

    def due(self, at: dt.datetime) -> "QuerySet[Any]":
        """Rows whose time is up at ``at``."""
        return self.rows(at - dt.timedelta(days=self.length))


PERIODS = (
    Period(
        "complaint_persons", "投诉人的姓名、电话、房号", "投诉答复", THREE_YEARS, LIMITATION,
        lambda cut: Complainant.objects.filter(complaint__state=Complaint.State.ANSWERED, complaint__updated_at__lt=cut),
    ),
    Period(
        "remark_persons", "公示意见和异议提出人的姓名、电话、房号", "意见办结", THREE_YEARS, LIMITATION,
        lambda cut: RemarkPerson.objects.exclude(remark__state=Remark.State.OPEN).filter(remark__updated_at__lt=cut),
    ),
    Period(
        "objection_persons", "表决结果异议人的姓名、电话、房号", "异议答复", THREE_YEARS, LIMITATION,
        lambda cut: VoteObjectionPerson.objects.filter(objection__answered_at__lt=cut),
    ),
    Period(
        "inbox", "工作人员读过的站内消息，和邮件", "发出", THREE_YEARS, "平台默认，文件没有规定；事项本身另有记录",
        lambda cut: Message.objects.filter(READ, recipient__isnull=False, created_at__lt=cut),
    ),
    Period(
        "sms", "短信发送记录（打码的号码）", "发出", HALF_A_YEAR, LOGS,
        lambda cut: SmsMessage.objects.filter(created_at__lt=cut),
    ),
    Period(
        "invitations", "没有接受的邀请中的姓名和邮箱", "邀请失效", HALF_A_YEAR, LOGS,
        lambda cut: Invitation.objects.filter(used_at__isnull=True, expires_at__lt=cut).filter(~Q(name="") | ~Q(email="")), _nameless,
    ),
    Period(
        "sign_ins", "工作人员的登录记录（时间、网络地址、浏览器）", "登录", HALF_A_YEAR, LOGS,
        lambda cut: AccessLog.objects.filter(attempt_time__lt=cut),
    ),
    Period(
        "failed_sign_ins", "登录失败记录", "登录失败", HALF_A_YEAR, LOGS, lambda cut: AccessFailureLog.objects.filter(attempt_time__lt=cut),
    ),
    Period(
        "attempts", "用于暂停登录的失败计数", "最后一次失败", 1, "平台默认：暂停十五分钟，一天后清除",
        lambda cut: AccessAttempt.objects.filter(attempt_time__lt=cut),
    ),
    Period(
        "sessions", "过期的会话", "到期", 0, "平台默认：到期即清除", lambda cut: StaffSession.objects.filter(expire_date__lt=cut),
    ),
)  # fmt: skip
# What is kept because law asks for it or a decision stands on it: key: (what, why).
STAYS = {
    "roll": (
        "业主名册和代理人",
        "表决、分摊和维修资金须核对业主（《民法典》第二百七十八条、第二百八十一条）；随名册保存，改正后旧的不再使用",
    ),
    "ballots": (
        "表决票、冻结的业主名册、计票结果和证据包",
        "业主共同决定的证据（《民法典》第二百七十八条），随项目档案保存",
    ),
    "notices": ("公示、意见和异议的内容、答复", "决策过程的记录，随项目档案保存；提出人的姓名和电话按期清除"),
    "answers": ("问卷、投诉的内容和答复", "改造内容和处理结果的依据，随项目档案保存；投诉人的姓名和电话按期清除"),
    "supervisors": ("居民监督员名单", "监督记录须能追溯到人，随项目档案保存；本人可以要求更正"),
    "decisions": ("审批意见、材料、决定", "行政决定的依据，随项目档案保存"),
    "money": ("资金凭证和分录", "《会计档案管理办法》：会计凭证、会计账簿保存三十年"),
    "history": ("操作历史及其哈希链", "只存编号和加盐哈希，不含个人信息；《网络安全法》第二十一条"),
    "staff": ("工作人员账号和任职", "谁办理了什么须可追溯；离任后账号不能登录"),
}


@dataclass(frozen=True)
class Counted:
    """A period with the rows that are past it."""

    period: Period
    rows: int


def report(at: dt.datetime) -> list[Counted]:
    """What would go now (a dry run: nothing is written)."""
    return [Counted(period, period.due(at).count()) for period in PERIODS]


def erase(at: dt.datetime) -> dict[str, int]:
    """Erase what is past its period, one transaction a kind; how many of each. A second run finds nothing."""
    gone: dict[str, int] = {}
    for period in PERIODS:
        with transaction.atomic():
            rows = period.due(at)
            gone[period.key] = rows.count()
            if gone[period.key]:
                period.go(rows)
    logger.info("retention", extra={"erased": {key: number for key, number in gone.items() if number}})
    return gone
