"""What the platform keeps of residents, kind by kind: why, who sees it, in which tables, and for how long by the register of retention.

The privacy page prints this and nothing else. A table with a resident's values that is in no kind here, or a period of the register that no
kind names, fails a test: what is kept and what is said cannot part.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from approvals.portal import visits
from offices import followers
from renovation import look, retention
from rest import house

YEAR = 365
# Periods of the register that concern the staff alone; their own page says them.
OF_STAFF = frozenset({"inbox", "invitations", "sign_ins", "failed_sign_ins", "attempts", "sessions"})


@dataclass(frozen=True)
class Kind:
    """One kind of data. ``periods`` and ``stays`` name entries of the register; ``own``: lengths that belong to one table or cookie."""

    what: str
    why: str
    seen_by: str
    tables: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    own: Callable[[], tuple[str, ...]] = tuple

    @property
    def long(self) -> tuple[str, ...]:
        """How long, a sentence for each length."""
        periods = {period.key: period for period in retention.PERIODS}
        due = (
            f"{row.what}：{row.after}后 {length(row.length)}自动清除（{row.source}）"
            for row in map(periods.__getitem__, self.periods)
        )
        kept = (f"{what}：{why}" for what, why in map(retention.STAYS.__getitem__, self.stays))
        return (*due, *self.own(), *kept)


def length(days: int) -> str:
    """Days in the words of the page."""
    return f"{days // YEAR} 年" if days and days % YEAR == 0 else f"{days} 天"


def _following() -> tuple[str, ...]:
    return (
        f"没有确认的邮箱 {followers.UNCONFIRMED.days} 天后删除；手机号验证后才保存",
        f"退订立即删除；发出的信 {followers.LETTERS_KEPT.days} 天后删除",
    )


def _visit() -> tuple[str, ...]:
    hours = settings.SESSION_COOKIE_AGE // 3600
    return (f"{visits.MINUTES} 分钟后要重新验证；Cookie 最长 {hours} 小时",)


def _addresses() -> tuple[str, ...]:
    return (f"{int(house.setting('PORTAL_WINDOW')) // 60} 分钟；日志不记网络地址、浏览器和查询词",)


KINDS = (
    Kind(
        "业主名册：姓名、证件号、电话、房屋和面积，委托他人办理的代理人", "表决、分摊费用须核对业主身份和面积",
        "本小区的经办人员；查看完整证件号、电话须填写理由，每次留下记录，本人能看到",
        ("communities.Person", "communities.Agency", "approvals.Proxy", "approvals.RollVoter"), stays=("roll",),
    ),
    Kind(
        "表决票", "业主共同决定依法记名", "经办和计票人员；公布的结果不含姓名和选择", ("approvals.Ballot",), stays=("ballots",),
    ),
    Kind(
        "问卷、公示意见和异议、投诉：内容，您愿意留下的姓名、电话和房号", "统计意愿、答复您",
        "受理单位；公开的只有答复摘要。姓名和电话您可以随时要求受理单位清除",
        (
            "approvals.Remark", "approvals.RemarkPerson", "approvals.SurveyAnswer", "approvals.VoteObjection",
            "approvals.VoteObjectionPerson",
            "communities.Complainant", "communities.Complaint",
        ),
        ("complaint_persons", "remark_persons", "objection_persons"), ("notices", "answers"),
    ),
    Kind(
        "居民监督员的姓名和电话", "监督施工，方便施工单位和经办人员联系", "本项目的经办人员；公开页面不显示",
        ("projects.ResidentSupervisor",), stays=("supervisors",),
    ),
    Kind(
        "订阅进展的邮箱、手机号", "有新进展时告诉您", "任何页面都不显示，工作人员也看不到；加密保存", ("offices.Follower",), own=_following,
    ),
    Kind(
        "短信：验证码和进展", "核对是您的手机号；有新进展时告诉您", "没有人：不存短信内容，也不存完整号码；验证码用后即失效",
        ("offices.SmsMessage",), ("sms",),
    ),
    Kind("验证身份后的会话（Cookie）", "在同一部手机上接着办", "没有人", own=_visit),
    Kind(
        "大字版、高对比的选择（Cookie）", "下次打开仍是您选的样子", "没有人：只写着选择，不含编号",
        own=lambda: (f"{look.KEPT_DAYS} 天，改回标准随即删除",),
    ),
    Kind("网络地址", "限制频繁提交和试探", "没有人：只用来计数", own=_addresses),
    Kind("操作历史", "谁在什么时候看过、改过什么须可追溯", "审计人员；没有姓名、电话和选择", stays=("history",)),
)  # fmt: skip
