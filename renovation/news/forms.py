"""The form of a subscription. It parses; the action decides."""

from django import forms


class FollowForm(forms.Form):
    """An address. ``website`` is for machines, people never see it."""

    address = forms.CharField(
        label="邮箱", max_length=254, widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": "请填写邮箱"},
    )  # fmt: skip
    website = forms.CharField(
        label="请勿填写", required=False, widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"})
    )
