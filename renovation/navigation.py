"""The staff navigation as one table. An item whose page does not exist (no such URL name) is hidden, and so is a role's other work.

What everybody opens daily stands on top; the rest lies in groups that fold. One group is open: that of the page, else that of the role's
daily work. A folded group says how much waits in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

OFFICE = ("clerk", "approver", "leader")
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


@dataclass(frozen=True)
class Item:
    """A page: its word, the names under which its URL may stand (the first that exists), and the roles that need it (empty: all)."""

    label: str
    names: tuple[str, ...]
    roles: tuple[str, ...] = ()
    count: str = ""
    also: str = ""  # the beginning of paths that belong to it as well


@dataclass(frozen=True)
class Group:
    """Items under a heading that folds; without a label they always stand. ``daily``: the roles for which it is open on other pages."""

    label: str
    items: tuple[Item, ...]
    daily: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """An item as a page shows it."""

    label: str
    url: str
    current: bool = False
    count: int = 0


@dataclass(frozen=True)
class LinkGroup:
    """A group as a page shows it."""

    label: str
    items: tuple[Link, ...]
    open: bool = False

    @property
    def count(self) -> int:
        """What waits in all of its pages."""
        return sum(item.count for item in self.items)


NAVIGATION = (
    Group("", (
        Item("工作台", ("staff_home",)),
        Item("待办", ("approvals:inbox",), (*OFFICE, "auditor"), "waiting", "/staff/cases/"),
        Item("时限", ("offices:duties", "projects:deadlines"), (), "late"),
        Item("年度看板", ("staff_dashboard",)),
    )),
    Group("计划和项目", (
        Item("年度计划", ("projects:plans",)),
        Item("项目", ("projects:projects",)),
        Item("储备排序", ("projects:ranking",)),
        Item("上级资金排序", ("projects:upper_money",)),
        Item("专项规划", ("projects:special_plans",)),
        Item("导入", ("communities:imports",), OFFICE),
    ), ("clerk", "approver")),
    Group("小区和居民", (
        Item("小区", ("communities:list",)),
        Item("登记和储备汇总", ("projects:rollup",)),
        Item("没有管理人的小区", ("projects:unmanaged",)),
        Item("居民调查", ("approvals:surveys",)),
        Item("表决", ("approvals:votes",)),
        Item("公示", ("approvals:notices",), (), "", "/staff/remarks/"),
        Item("投诉", ("communities:complaints",)),
    )),
    Group("资金", (
        Item("资金来源", ("funding:sources",)),
        Item("拨付", ("funding:payments",), (*OFFICE, "auditor")),
        Item("资金报表", ("funding:reports",)),
        Item("审计提示", ("funding:flags",), (*OFFICE, "auditor")),
    ), ("auditor",)),
    Group("目标和考核", (
        Item("规划期目标", ("projects:targets",)),
        Item("年度考核", ("projects:assessment",)),
        Item("报上级备案", ("projects:filings",)),
    ), ("leader",)),
    Group("依据和机构", (
        Item("规则库", ("rulebooks:index",)),
        Item("职责与待办", ("projects:bodies",)),
        Item("工作日历", ("offices:calendar",)),
        Item("历史", ("offices:history",), ("auditor", "audit_admin", "leader")),
        Item("机构与人员", ("offices:bodies",), ADMINISTRATORS),
        Item("数据保存期限", ("staff_retention",), (*ADMINISTRATORS, "auditor")),
        Item("平台状况", ("staff_condition",), ("system_admin",)),
    ), ADMINISTRATORS),
)  # fmt: skip
PERSONAL = (
    Item("委托", ("approvals:delegations",)),
    Item("常用语", ("approvals:phrases",)),
    Item("日历订阅", ("projects:feed_page",)),
    Item("消息设置", ("offices:settings",)),
    Item("后台任务", ("offices:jobs",)),
    Item("接口密钥", ("offices:keys",)),
    Item("数据推送", ("offices:webhooks",)),
    Item("账号安全", ("offices:account",)),
    Item("修改密码", ("offices:password", "password_change")),
)


def url_of(*names: str, args: Sequence[object] = ()) -> str:
    """Path of the first name that exists, empty where none does."""
    for name in names:
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    return ""


def navigation(*, path: str, roles: set[str], counts: dict[str, int], everything: bool = False) -> list[LinkGroup]:
    """Groups of links for someone with ``roles``; the longest path that begins ``path`` is the current page."""
    shown: list[tuple[Group, list[tuple[Item, str]]]] = []
    for group in NAVIGATION:
        items = [item for item in group.items if everything or not item.roles or roles & set(item.roles)]
        found = [(item, url) for item in items if (url := url_of(*item.names))]
        if found:
            shown.append((group, found))
    links = [(item, url) for _, found in shown for item, url in found]
    own = next((url for item, url in links if item.also and path.startswith(item.also)), "")
    home = url_of("staff_home")  # every page of the staff begins with it; it is the current one on itself alone
    current = own or max(
        (url for _, url in links if path == url or path.startswith(url) and url != home), key=len, default=""
    )
    opened = _opened(shown, current, roles)
    return [
        LinkGroup(
            group.label,
            tuple(Link(item.label, url, url == current, counts.get(item.count, 0)) for item, url in found),
            group is opened,
        )
        for group, found in shown
    ]


def _opened(shown: Sequence[tuple[Group, Sequence[tuple[Item, str]]]], current: str, roles: set[str]) -> Group | None:
    """The one folding group that is open: the page's, else the first that is somebody's daily work."""
    folding = [(group, found) for group, found in shown if group.label]
    of_page = (group for group, found in folding if any(url == current for _, url in found))
    daily = (group for group, _ in folding if roles & set(group.daily))
    return next(iter((*of_page, *daily)), None)


def personal_links() -> list[Link]:
    """Links of the user menu."""
    return [Link(item.label, url) for item in PERSONAL if (url := url_of(*item.names))]
