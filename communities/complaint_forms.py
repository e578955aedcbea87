"""Forms of complaints. They parse; the actions decide."""

from typing import Any

from django import forms

from communities.models import Complaint
from offices.models import Body, User

ANY = [("", "全部")]


class ComplainForm(forms.Form):
    """What a resident complains of. ``website`` is for machines, people never see it."""

    category = forms.ChoiceField(label="投诉什么", choices=[("", "请选择"), *Complaint.Category.choices])
    text = forms.CharField(
        label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="什么时候、在哪里、出了什么问题；不要在这里写姓名、电话",
    )  # fmt: skip
    photo = forms.FileField(
        label="照片", required=False, help_text="一张，JPG、PNG 或 WEBP，不超过 20 MB；照片里的位置信息会自动去掉",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    name = forms.CharField(
        label="姓名", max_length=40, required=False, widget=forms.TextInput({"autocomplete": "name"})
    )
    phone = forms.CharField(
        label="电话", max_length=40, required=False, help_text="只供答复时联系，不公开", widget=forms.TextInput({"autocomplete": "tel"})
    )  # fmt: skip
    home = forms.CharField(label="楼栋房号", max_length=60, required=False)
    website = forms.CharField(
        label="请勿填写", required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"})
    )

    @property
    def given(self) -> dict[str, Any]:
        """Values for the action."""
        return {key: self.cleaned_data.get(key) for key in ("category", "text", "name", "phone", "home")}


class EnterComplaintForm(ComplainForm):
    """What staff enter from a call, a visit, a letter or the hotline."""

    channel = forms.ChoiceField(label="渠道", choices=[row for row in Complaint.Channel.choices if row[0] != "portal"])
    deadline = forms.DateField(
        label="办理期限", required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text="不填按平台默认"
    )
    field_order = ("channel", "category", "text", "photo", "deadline", "name", "phone", "home")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["website"]


class ComplaintFilterForm(forms.Form):
    """Filters of the list."""

    state = forms.ChoiceField(
        label="状态", required=False, choices=[*ANY, ("open", "办理中"), ("overdue", "已超期"), ("answered", "已答复")]
    )
    category = forms.ChoiceField(label="类别", required=False, choices=[*ANY, *Complaint.Category.choices])
    repeats = forms.BooleanField(label="只看重复投诉", required=False)


class AssignForm(forms.Form):
    """Who handles it, until when."""

    handler = forms.ModelChoiceField(
        User.objects.none(), label="办理人", required=False, to_field_name="uid", empty_label="未指定"
    )
    deadline = forms.DateField(
        label="办理期限", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["handler"].queryset = User.objects.filter(pk__in=[user.pk for user in people])  # type: ignore[attr-defined]


class TransferForm(forms.Form):
    """Whom it is handed to, and why."""

    body = forms.ModelChoiceField(Body.objects.none(), label="转给", to_field_name="uid", empty_label="请选择")
    reason = forms.CharField(label="转办理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, bodies: list[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(pk__in=[body.pk for body in bodies])  # type: ignore[attr-defined]


class ComplaintAnswerForm(forms.Form):
    """The answer and its public part."""

    text = forms.CharField(label="答复", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    public_text = forms.CharField(
        label="公开部分", max_length=300, required=False, help_text="显示在小区页面：什么问题、怎样处理；不写个人信息",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
