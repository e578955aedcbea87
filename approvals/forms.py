"""Forms of the case pages."""

from collections.abc import Sequence
from typing import Any

from django import forms

from approvals.models import Opinion
from offices.dayfield import DayField
from offices.models import Body, User


class SeveralFiles(forms.ClearableFileInput):
    """One input, several files."""

    allow_multiple_selected = True


class OpinionForm(forms.Form):
    """One body's opinion. ``seen`` is the hash of the content that the page showed."""

    body = forms.ModelChoiceField(label="意见单位", queryset=Body.objects.none(), to_field_name="uid", empty_label=None)
    verdict = forms.ChoiceField(label="意见", choices=Opinion.Verdict.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(
        label="理由",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="退回或不予通过必须写明",
    )
    conditions = forms.CharField(
        label="附带条件",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="附条件通过时写明，如：开工前补齐消防设计；随意见一并告知提交单位",
    )
    papers = forms.Field(
        label="附件",
        required=False,
        widget=SeveralFiles,
        help_text="意见书、图纸批注等，最多 5 个；PDF、图片、XLSX、DOCX",
    )
    document_number = forms.CharField(
        label="文号",
        required=False,
        max_length=60,
        help_text="下达文件的文号，例如 柳建发〔2027〕12号；由最后一份意见填写",
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, bodies: list[Body], number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(pk__in=[body.pk for body in bodies])  # type: ignore[attr-defined]
        if not number:
            self.fields["document_number"].help_text = "本环节通常不需要"


class WithdrawForm(forms.Form):
    """Why a case is taken back."""

    reason = forms.CharField(label="撤回原因", max_length=1000)


class HandOverForm(forms.Form):
    """To whom, and why."""

    taker = forms.ModelChoiceField(label="转给", queryset=User.objects.none(), to_field_name="uid", empty_label=None)
    reason = forms.CharField(label="转办说明", max_length=300)

    def __init__(self, *args: Any, takers: Sequence[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = User.objects.filter(pk__in=[user.pk for user in takers])  # type: ignore[attr-defined]


class DelegationForm(forms.Form):
    """Who decides in whose place, from when until when."""

    body = forms.ModelChoiceField(label="单位", queryset=Body.objects.none(), to_field_name="uid", empty_label=None)
    delegate = forms.ModelChoiceField(label="受托人", queryset=User.objects.none(), to_field_name="uid")
    since = DayField(label="自")
    until = DayField(label="至", help_text="含当日，最长半年")
    reason = forms.CharField(label="事由", max_length=300, help_text="如：出差、休假")

    def __init__(self, *args: Any, bodies: Sequence[Body], colleagues: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(pk__in=[body.pk for body in bodies])  # type: ignore[attr-defined]
        self.fields["delegate"].queryset = User.objects.filter(pk__in=[user.pk for user in colleagues])  # type: ignore[attr-defined]
