"""Forms of the staff pages. They check the shape of what was typed; what may be done is said by the actions."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms

from offices.acts import ACTIONS
from offices.keys import SCOPES
from offices.models import Body, Membership, User

KINDS: tuple[tuple[str, str], ...] = (
    ("housing", "住房城乡建设"), ("government", "人民政府（管委会）"), ("development_reform", "发展改革"), ("finance", "财政"),
    ("natural_resources", "自然资源"), ("public_security", "公安"), ("fire", "消防"), ("audit", "审计"), ("civil_affairs", "民政"),
    ("urban_management", "城市管理"), ("street_office", "街道办、乡镇政府"), ("neighbourhood_committee", "居民委员会"),
    ("leading_group_office", "领导小组办公室"), ("renovation_authority", "改造主管部门"), ("power", "供电"), ("water", "供水"),
    ("gas", "燃气"), ("telecom", "通信"), ("cable_tv", "有线电视"), ("heating", "供热"),
)  # fmt: skip
APP_WORDS = {
    "offices": "机构与时限",
    "communities": "小区",
    "approvals": "审批",
    "projects": "计划与项目",
    "funding": "资金",
}


def scope_choices() -> list[tuple[str, str]]:
    """Scopes of a key in words."""
    return [
        (scope, f"{'读取' if scope.startswith('read') else '写入'}{APP_WORDS[scope.partition(':')[2]]}")
        for scope in sorted(SCOPES)
    ]


class BodyForm(forms.Form):
    """A new office."""

    name = forms.CharField(label="名称", max_length=80)
    kind = forms.ChoiceField(label="职能", choices=KINDS)
    also = forms.MultipleChoiceField(label="兼任", choices=KINDS, required=False, widget=forms.CheckboxSelectMultiple)
    phone = forms.CharField(label="对外电话", max_length=40, required=False)


class PersonForm(forms.Form):
    """A new member of staff with the first role."""

    username = forms.CharField(label="用户名", max_length=150, help_text="登录用，字母、数字和 . _ - @")
    name = forms.CharField(label="姓名", max_length=40)
    email = forms.EmailField(label="邮箱", required=False, help_text="用于接收提醒")
    password = forms.CharField(label="初始密码", max_length=128, widget=forms.PasswordInput, help_text="首次登录须修改")
    role = forms.ChoiceField(label="角色", choices=Membership.Role.choices)


class AppointForm(forms.Form):
    """A role for someone who has an account."""

    username = forms.CharField(label="用户名", max_length=150)
    role = forms.ChoiceField(label="角色", choices=Membership.Role.choices)


class InviteForm(forms.Form):
    """Who is asked to join."""

    name = forms.CharField(label="姓名", max_length=40)
    username = forms.CharField(label="用户名", max_length=150, help_text="登录用，字母、数字和 . _ - @")
    role = forms.ChoiceField(label="角色", choices=Membership.Role.choices)
    email = forms.EmailField(
        label="邮箱", required=False, help_text="邀请链接发到这里；不填或发不出去时，链接在下一页显示一次，由您转交"
    )


class JoinForm(forms.Form):
    """The password of who was invited."""

    password = forms.CharField(
        label="密码", max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label="再输入一次",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """The same twice."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError("两次输入的密码不一致")
        return again


class HandOverForm(forms.Form):
    """To whom what waits for somebody goes."""

    taker = forms.ModelChoiceField(
        label="接手人",
        queryset=User.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label="（没有待移交事项时可不选）",
    )
    reason = forms.CharField(label="移交说明", max_length=300, help_text="如：调离、退休、长期休假")
    leave = forms.BooleanField(label="同时办理离任：结束在本机构的全部任职", required=False)

    def __init__(self, *args: Any, colleagues: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = User.objects.filter(pk__in=colleagues)  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Another body or role."""

    body = forms.ModelChoiceField(label="调任机构", queryset=Body.objects.none(), to_field_name="uid", empty_label=None)
    role = forms.ChoiceField(label="角色", choices=Membership.Role.choices)

    def __init__(self, *args: Any, bodies: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(pk__in=bodies).order_by("division_id", "pk")  # type: ignore[attr-defined]


class ResetForm(forms.Form):
    """A password set by the security administrator."""

    password = forms.CharField(label="新的初始密码", max_length=128, widget=forms.PasswordInput)


class CodeForm(forms.Form):
    """A code of the authenticator, or a recovery code where the page says so."""

    code = forms.CharField(
        label="动态口令", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "code-field"}),
        help_text="手机动态口令应用上显示的 6 位数字",
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="理由", max_length=300)


class KeyForm(forms.Form):
    """A new key of a program."""

    name = forms.CharField(label="用途", max_length=80, help_text="例如：市大数据平台每日读取")
    scopes = forms.MultipleChoiceField(label="权限", choices=scope_choices, widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label="有效期至", widget=forms.DateInput(attrs={"type": "date"}))


class WebhookForm(forms.Form):
    """An address that is told of changes."""

    name = forms.CharField(label="用途", max_length=80, help_text="例如：市大数据平台接收项目进展")
    url = forms.CharField(label="接收网址", max_length=500, help_text="https:// 开头，由对方单位提供")
    topics = forms.CharField(
        label="事件", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一种，如 projects.stage（项目阶段变动）、votes.state、entries；只写资源名即其全部变更",
    )  # fmt: skip

    def clean_topics(self) -> list[str]:
        """Words between blanks, commas or lines."""
        return [word for word in re.split(r"[\s,，、]+", str(self.cleaned_data["topics"])) if word]


class CalendarForm(forms.Form):
    """The official schedule of a year."""

    year = forms.IntegerField(label="年份", min_value=2004, max_value=2100)
    source = forms.CharField(
        label="来源", max_length=200, help_text="国务院办公厅通知的文号，例如 国办发明电〔2025〕7号"
    )
    file = forms.FileField(
        label="放假安排表", help_text="XLSX 或 CSV，三列：日期、安排（上班或放假）、名称；只列与平常不同的日子"
    )


class HistoryForm(forms.Form):
    """What to look for in the history."""

    action = forms.ChoiceField(label="动作", required=False, choices=[("", "全部"), *ACTIONS.items()])
    subject = forms.UUIDField(label="事项编号", required=False)
    since = forms.DateField(label="自", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def filters(self) -> dict[str, Any]:
        """Conditions of the fields that were filled in."""
        data = self.cleaned_data if self.is_valid() else {}
        found: dict[str, Any] = {}
        if data.get("action"):
            found["action__startswith"] = data["action"]
        if data.get("subject"):
            found["subject_uid"] = data["subject"]
        if data.get("since"):
            found["at__date__gte"] = data["since"]
        return found


def end_of(day: dt.date, at: dt.datetime) -> dt.datetime:
    """The end of an Asia/Shanghai day."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=at.tzinfo)


__all__ = [
    "AppointForm", "BodyForm", "CalendarForm", "CodeForm", "HandOverForm", "HistoryForm", "InviteForm", "JoinForm", "KeyForm",
    "MoveForm", "PersonForm", "ReasonForm", "ResetForm", "end_of",
]  # fmt: skip
