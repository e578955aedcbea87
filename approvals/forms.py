"""Forms of the case pages."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms

from approvals.inbox import DUE
from approvals.models import Opinion, Phrase
from approvals.subjects import kinds
from offices.acts import subject_word
from offices.dayfield import DayField
from offices.models import Body, Division, User


class SeveralFiles(forms.ClearableFileInput):
    """One input, several files."""

    allow_multiple_selected = True


def by_owner(phrases: Iterable[Phrase]) -> list[Any]:
    """Choices of phrases: one's own, then those of each body."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for phrase in phrases:
        groups.setdefault(phrase.body.name if phrase.body else "我的", []).append((phrase.text, phrase.text))
    return [("", "选择常用语"), *groups.items()]


class Worded(forms.Form):
    """A form with an opinion's words: typed, or a saved phrase, or both. Without JavaScript the phrase is put before what was typed."""

    phrase = forms.ChoiceField(
        label="常用语", required=False, widget=forms.Select(attrs={"data-phrases": "id_reasons"})
    )
    reasons = forms.CharField(
        label="意见",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "写意见；退回修改、不予通过必须写明理由"}),
        help_text="退回修改、不予通过必须写明理由",
    )

    def __init__(self, *args: Any, phrases: Iterable[Phrase] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phrase"].choices = by_owner(phrases)  # type: ignore[attr-defined]

    @property
    def words(self) -> str:
        """The phrase and what was typed."""
        data = self.cleaned_data
        return "\n".join(text for text in (data.get("phrase", ""), data.get("reasons", "").strip()) if text)


class BatchForm(Worded):
    """One opinion for several cases."""


class InboxForm(forms.Form):
    """How the inbox is narrowed; all of it stands in the address."""

    kind = forms.ChoiceField(label="事项", required=False)
    division = forms.ModelChoiceField(
        label="区划", queryset=Division.objects.none(), to_field_name="uid", required=False, empty_label="全部"
    )
    due = forms.ChoiceField(label="期限", required=False, choices=[("", "全部"), *DUE.items()])
    body = forms.TypedChoiceField(label="单位", required=False, coerce=UUID, empty_value=None)
    text = forms.CharField(label="标题", required=False, max_length=100)

    def __init__(self, *args: Any, divisions: Sequence[Division], bodies: Sequence[Body], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "全部"), *((kind, subject_word(kind)) for kind in kinds())]  # type: ignore[attr-defined]
        self.fields["division"].queryset = Division.objects.filter(pk__in=[row.pk for row in divisions])  # type: ignore[attr-defined]
        own = {str(body.uid): body.name for body in bodies}
        self.fields["body"].choices = [("", "全部"), *own.items()]  # type: ignore[attr-defined]


class OpinionForm(Worded):
    """One body's opinion. ``seen`` is the hash of the content that the page showed."""

    body = forms.ModelChoiceField(label="意见单位", queryset=Body.objects.none(), to_field_name="uid", empty_label=None)
    verdict = forms.ChoiceField(label="结论", choices=Opinion.Verdict.choices)
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
        widget=forms.TextInput(attrs={"placeholder": "文号，如 柳建发〔2027〕12号"}),
        help_text="下达文件的文号，例如 柳建发〔2027〕12号；由最后一份意见填写",
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, bodies: list[Body], number: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(pk__in=[body.pk for body in bodies])  # type: ignore[attr-defined]
        self.several = len(bodies) > 1
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


class CopyForm(forms.Form):
    """To whom, in one list: colleagues and bodies."""

    reader = forms.ChoiceField(label="抄送给")
    note = forms.CharField(label="抄送说明", max_length=300, required=False)

    def __init__(self, *args: Any, users: Sequence[User] = (), bodies: Sequence[Body] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._to: dict[str, dict[str, Any]] = {f"user:{user.uid}": {"user": user} for user in users}
        self._to |= {f"body:{body.uid}": {"body": body} for body in bodies}
        groups = (
            ("同事", [(f"user:{user.uid}", str(user)) for user in users]),
            ("机构", [(f"body:{body.uid}", body.name) for body in bodies]),
        )
        self.fields["reader"].choices = [(label, rows) for label, rows in groups if rows]  # type: ignore[attr-defined]

    @property
    def to(self) -> dict[str, Any]:
        """{user} or {body}."""
        return self._to[self.cleaned_data["reader"]]


class PhraseForm(forms.Form):
    """A phrase, and whose it is. ``body`` empty: one's own."""

    text = forms.CharField(label="常用语", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    body = forms.ModelChoiceField(
        label="谁可以用", queryset=Body.objects.none(), to_field_name="uid", required=False, empty_label="只有我"
    )

    def __init__(self, *args: Any, bodies: Sequence[Body] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(pk__in=[body.pk for body in bodies])  # type: ignore[attr-defined]
        if not bodies:
            del self.fields["body"]


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
