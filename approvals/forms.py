"""Forms of the case pages."""

from typing import Any

from django import forms

from approvals.models import Opinion
from offices.models import Body


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
