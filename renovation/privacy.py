"""您的信息: what the platform keeps of residents, why and how long; the lengths are those that the code really keeps to."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from approvals.portal import visits
from offices import followers
from renovation import look, retention
from rest import house


@dataclass(frozen=True)
class Held:
    """One kind of data: what, why, who sees it, how long."""

    what: str
    why: str
    seen_by: str
    long: str


def held() -> list[Held]:
    """Everything that is kept of residents."""
    kept = {period.key: period.length for period in retention.PERIODS}
    longest = max(kept[key] for key in ("complaint_persons", "remark_persons", "objection_persons"))
    years = f"{longest // 365} 年" if longest % 365 == 0 else f"{longest} 天"
    window = int(house.setting("PORTAL_WINDOW")) // 60
    return [
        Held(
            "业主名册：姓名、证件号、电话、房屋和面积",
            "表决、分摊费用须核对业主身份和面积",
            "本小区的经办人员；查看完整证件号、电话须填写理由，每次留下记录，本人能看到",
            "随名册保存，改正后旧的不再使用；没有自动删除的期限",
        ),
        Held("表决票", "业主共同决定依法记名", "经办和计票人员；公布的结果不含姓名和选择", "随表决档案保存"),
        Held(
            "问卷、公示意见和异议、投诉：内容，您愿意留下的姓名和电话",
            "统计意愿、答复您",
            "受理单位；公开的只有答复摘要",
            f"办结 {years}后自动清除姓名、电话和房号，您也可以随时要求受理单位清除；内容和答复随案卷保存",
        ),
        Held(
            "订阅邮箱",
            "有新进展时发信",
            "任何页面都不显示，工作人员也看不到；加密保存",
            f"没有确认的 {followers.UNCONFIRMED.days} 天后删除；退订立即删除；"
            f"发出的信 {followers.LETTERS_KEPT.days} 天后删除",
        ),
        Held(
            "短信验证码",
            "核对是登记的手机号",
            "没有人：不存短信内容，也不存完整号码",
            f"验证码用后即失效；只留发送时间和打码的号码，{kept['sms']} 天后删除",
        ),
        Held(
            "验证身份后的会话（Cookie）",
            "在同一部手机上接着办",
            "没有人",
            f"{visits.MINUTES} 分钟后要重新验证；Cookie 最长 {settings.SESSION_COOKIE_AGE // 3600} 小时",
        ),
        Held(
            "大字版、高对比的选择（Cookie）",
            "下次打开仍是您选的样子",
            "没有人：只写着选择，不含编号",
            f"{look.KEPT_DAYS} 天，改回标准随即删除",
        ),
        Held(
            "网络地址",
            "限制频繁提交和试探",
            "没有人：只用来计数",
            f"{window} 分钟；日志不记网络地址、浏览器和查询词",
        ),
    ]


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """The page."""
    return render(request, "portal/privacy.html", {"held": held()})


urlpatterns = [path("privacy/", privacy, name="privacy")]
