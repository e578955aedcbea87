"""Forms of the staff pages. They parse; the actions decide."""

from collections.abc import Iterable
from typing import Any

from django import forms

from communities.actions.register import FIELDS
from communities.imports.kinds import ImportKind
from communities.models import Community, CommunityFact, DuplicatePair, Hazard
from communities.rules.eligibility import BAND_LABELS
from offices.models import Division

YES_NO = (("", "不清楚"), ("true", "是"), ("false", "否"))


class YesNoField(forms.TypedChoiceField):
    """是, 否 or not known."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=YES_NO, coerce=lambda value: value == "true", empty_value=None, required=False, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """True and False as the select's values."""
        return {True: "true", False: "false"}.get(value, value)


class CommunityForm(forms.ModelForm):
    """Fields of the register; ``version`` says which row was read."""

    state_owned = YesNoField(label="国有企事业单位住宅")
    in_town = YesNoField(label="位于城市或县城（城关镇）")
    single_building = YesNoField(label="单栋住宅楼")
    heritage = YesNoField(label="涉及历史文化街区、历史建筑、古树名木")
    division = forms.ModelChoiceField(Division.objects.none(), label="所在区划", to_field_name="uid")
    evidence = forms.CharField(
        label="依据", max_length=200, required=False, help_text="修改栋数、户数或建筑面积时必填，如测绘报告、不动产登记"
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Community
        fields = FIELDS
        widgets = {
            "surveyed_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "remark": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"built_text": "可填多个年份，如 1995、1997；不清楚填“不详”", "former_names": "多个用顿号隔开"}

    def __init__(self, *args: Any, divisions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].queryset = divisions  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The action validates and writes; a form that touched the instance would hide what has changed."""

    @property
    def values(self) -> dict[str, Any]:
        """Values of the register's fields."""
        return {name: self.cleaned_data.get(name) for name in FIELDS}


class FilterForm(forms.Form):
    """Filters of the register."""

    text = forms.CharField(label="名称、地址或拼音", required=False, max_length=60)
    band = forms.ChoiceField(
        label="改造对象", required=False, choices=[("", "全部"), *BAND_LABELS.items(), ("unregulated", "未作规定")]
    )
    complete = forms.ChoiceField(
        label="登记要素", required=False, choices=[("", "全部"), ("yes", "齐全"), ("no", "不齐")]
    )
    withdrawn = forms.ChoiceField(label="状态", required=False, choices=[("", "在册"), ("1", "已撤下")])


class FactForm(forms.Form):
    """A fact with its evidence."""

    key = forms.ChoiceField(label="事实", choices=CommunityFact.Key.choices)
    holds = forms.TypedChoiceField(
        label="是否如此",
        choices=(("true", "是"), ("false", "否")),
        coerce=lambda value: value == "true",
        empty_value=None,
    )
    evidence = forms.CharField(label="依据", max_length=300)


class HazardForm(forms.Form):
    """A hazard."""

    kind = forms.ChoiceField(label="类别", choices=Hazard.Kind.choices)
    description = forms.CharField(label="情况", max_length=300)
    found_on = forms.DateField(label="发现日期", required=False, widget=forms.DateInput(attrs={"type": "date"}))


class DecisionForm(forms.Form):
    """The decision on a likely duplicate: distinct, or one of the two stays."""

    choice = forms.ChoiceField(label="结论", widget=forms.RadioSelect)
    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, pair: DuplicatePair, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [  # type: ignore[attr-defined]
            ("distinct", "不是同一小区"),
            (str(pair.first.uid), f"是同一小区，保留“{pair.first.name}”"),
            (str(pair.second.uid), f"是同一小区，保留“{pair.second.name}”"),
        ]


class ImportForm(forms.Form):
    """A file or a pasted table."""

    kind = forms.ChoiceField(label="导入内容")
    division = forms.ModelChoiceField(Division.objects.none(), label="区划", to_field_name="uid")
    community = forms.UUIDField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(label="表格文件", required=False, help_text="Excel（.xlsx）或 CSV，不超过 20 MB")
    text = forms.CharField(
        label="或粘贴表格", required=False, strip=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="在 Excel 或 WPS 中选中含表头的区域，复制后粘贴到这里",
    )  # fmt: skip
    evidence = forms.CharField(
        label="数据依据", required=False, max_length=120, help_text="如“2026年3月普查”，写入各小区的版本记录"
    )

    def __init__(self, *args: Any, divisions: Any, kinds: Iterable[ImportKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.name, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["division"].queryset = divisions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of file and text."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("file") and not (cleaned.get("text") or "").strip() and "file" not in self.errors:
            self.add_error("file", "请选择文件，或粘贴表格内容。")
        return cleaned
