"""Forms of notices and remarks. They parse; the actions decide."""

from typing import Any

from django import forms

from approvals.models import Notice, Remark, RemarkAnswer
from approvals.rules.notices import STATE_LABELS
from communities.models import Community

ANY = [("", "全部")]


class NoticeFilterForm(forms.Form):
    """Filters of the list."""

    text = forms.CharField(label="标题", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=[*ANY, *STATE_LABELS.items()])


class NoticeForm(forms.Form):
    """A draft."""

    title = forms.CharField(label="标题", max_length=120)
    text = forms.CharField(
        label="正文", max_length=8000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="居民会看到的全部文字，说明改什么、花多少钱、向谁提意见；不要写个人姓名、手机号码",
    )  # fmt: skip
    communities = forms.ModelMultipleChoiceField(
        Community.objects.none(), label="公示小区", to_field_name="uid", widget=forms.CheckboxSelectMultiple
    )
    own_days = forms.IntegerField(
        label="公示天数", required=False, min_value=1, max_value=365, widget=forms.NumberInput(attrs={"class": "input-short"}),
        help_text="文件规定了期限的可以不填；填写的只能更长。文件没有规定期限的必须填写",
    )  # fmt: skip
    own_counted_in = forms.ChoiceField(
        label="天数按", required=False, choices=[("", "—"), ("working_days", "工作日"), ("calendar_days", "自然日")]
    )
    file = forms.FileField(
        label="添加附件", required=False, help_text="方案、预算等，居民可以下载；PDF、图片、XLSX、DOCX，不超过 20 MB"
    )
    drop = forms.MultipleChoiceField(label="移除附件", required=False, widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, places: Any, notice: Notice | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["communities"].queryset = places  # type: ignore[attr-defined]
        kept = notice.files if notice else []
        if kept:
            self.fields["drop"].choices = [(row["uid"], row["name"]) for row in kept]  # type: ignore[attr-defined]
        else:
            del self.fields["drop"]


class RemarkForm(forms.Form):
    """What a resident says. Who he is he may tell or not; ``website`` is for machines, people never see it."""

    kind = forms.ChoiceField(
        label="您要提的是", choices=Remark.Kind.choices, widget=forms.RadioSelect, initial=Remark.Kind.OPINION,
        help_text="异议：认为方案应当改变，必须逐条答复后公示才能结束",
    )  # fmt: skip
    community = forms.ChoiceField(label="您住的小区")
    text = forms.CharField(
        label="内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 6}), help_text="不要在这里写姓名、电话"
    )
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

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(place.uid), place.name) for place in places]
        if len(choices) > 1:
            choices = [("", "请选择"), *choices]
        self.fields["community"].choices = choices  # type: ignore[attr-defined]
        self.places = places

    @property
    def given(self) -> dict[str, Any]:
        """Values for the action, the trap left out."""
        return {key: value for key, value in self.cleaned_data.items() if key != "website"}


class EntryForm(RemarkForm):
    """What staff enter from a meeting, a letter or a call."""

    channel = forms.ChoiceField(label="渠道", choices=[row for row in Remark.Channel.choices if row[0] != "portal"])
    received_on = forms.DateField(label="收到日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    field_order = ("channel", "received_on", "kind", "community", "text", "name", "phone", "home")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["website"]
        self.fields["kind"].label = "性质"
        self.fields["community"].label = "小区"
        self.fields["community"].required = False


class AnswerForm(forms.Form):
    """An answer; all of it is published."""

    outcome = forms.ChoiceField(label="处理结果", choices=RemarkAnswer.Outcome.choices, widget=forms.RadioSelect)
    summary = forms.CharField(
        label="公开的意见摘要", max_length=200, help_text="公开显示：概括提了什么，不写是谁、住哪一户"
    )
    text = forms.CharField(
        label="答复", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), help_text="公开显示，未采纳的写明理由；不写个人信息"
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
