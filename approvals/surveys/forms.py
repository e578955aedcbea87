"""Forms of survey pages. They parse; the actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms

from approvals.models import Survey, SurveyAnswer
from approvals.rules.surveys import GRADES

CHOOSE = {"required": "请选择一项"}
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ListForm(forms.Form):
    """Filter of the list."""

    kind = forms.ChoiceField(label="类别", required=False, choices=(("", "全部"), *Survey.Kind.choices))
    state = forms.ChoiceField(label="状态", required=False, choices=(("", "全部"), *Survey.State.choices))


class SurveyForm(forms.Form):
    """What a draft says. ``items`` is shown for a willingness survey only, grouped by class."""

    kind = forms.ChoiceField(label="类别", choices=Survey.Kind.choices)
    title = forms.CharField(label="名称", required=False, max_length=120, help_text="不填则为“小区名称＋类别”")
    asks = forms.ChoiceField(
        label="调查对象", choices=Survey.Asks.choices, initial="residents", widget=forms.RadioSelect
    )
    until = forms.DateField(label="截止日期", widget=DAY, help_text="当日仍可答卷；需要时可以延期")
    intro = forms.CharField(
        label="给居民的说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    items = forms.MultipleChoiceField(
        label="可选的改造内容", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="取自适用文件的改造内容目录；只用于意愿调查，全部不选即为全部列出",
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, kinds: Sequence[str] | None = None, items: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kinds is not None:
            labels = dict(Survey.Kind.choices)
            self.fields["kind"].choices = [(kind, labels[kind]) for kind in kinds]  # type: ignore[attr-defined]
        self.fields["items"].choices = items  # type: ignore[attr-defined]
        if not items:
            del self.fields["items"]

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of the actions, without kind and version."""
        given = {name: self.cleaned_data[name] for name in ("title", "asks", "until", "intro")}
        return {**given, "items": self.cleaned_data.get("items") or None}


class AnswerForm(forms.Form):
    """One answer, asked by the frozen questionnaire. Staff say the channel; a home that is not in the register says its door."""

    building = forms.CharField(label="楼栋", required=False, max_length=60, help_text="如 1号楼")
    unit = forms.CharField(label="单元", required=False, max_length=20)
    room = forms.CharField(label="房号", max_length=20, help_text="如 101")
    role = forms.ChoiceField(
        label="答卷人", choices=SurveyAnswer.Role.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )
    choice = forms.ChoiceField(label="意见", widget=forms.RadioSelect, error_messages=CHOOSE)
    needs = forms.MultipleChoiceField(
        label="需要改造的内容", required=False, widget=forms.CheckboxSelectMultiple, help_text="可以选多项，也可以不选"
    )
    hazards = forms.MultipleChoiceField(
        label="发现的安全隐患", required=False, widget=forms.CheckboxSelectMultiple, help_text="没有可以不选"
    )
    words = forms.CharField(
        label="其他意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="请不要写姓名、电话",
    )
    serial = forms.CharField(label="纸质问卷编号", required=False, max_length=40, help_text="入户当面录入的不填")
    beyond_register = forms.BooleanField(label="登记册漏登，确有此户（记入结果的提示）", required=False)

    def __init__(self, *args: Any, questions: dict[str, Any], home: bool, staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = list(questions["choices"].items())  # type: ignore[attr-defined]
        self.fields["choice"].label = "您是否满意" if "fair" in questions["choices"] else "是否同意改造"
        self.fields["needs"].choices = [(item["key"], item["label"]) for item in questions["items"]]  # type: ignore[attr-defined]
        self.fields["hazards"].choices = list(questions["hazards"].items())  # type: ignore[attr-defined]
        if questions["asks"] == Survey.Asks.OWNERS:
            self.fields["role"].choices = [c for c in SurveyAnswer.Role.choices if c[0] != "tenant"]  # type: ignore[attr-defined]
        gone = [] if questions["items"] else ["needs"]
        gone += [] if questions["hazards"] else ["hazards"]
        gone += ["building", "unit", "room", "beyond_register"] if home else []
        gone += [] if staff else ["serial", "beyond_register"]
        for name in dict.fromkeys(gone):
            del self.fields[name]

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of the action."""
        return dict(self.cleaned_data)


class ExtendForm(forms.Form):
    """A later last day."""

    until = forms.DateField(label="延至", widget=DAY)
    reason = forms.CharField(label="延期理由", max_length=200)


class ConfirmForm(forms.Form):
    """The leader's confirmation, with the grade of a willingness survey."""

    grade = forms.ChoiceField(
        label="小区等级", required=False, choices=(("", "按登记的标准"), *((grade, f"{grade}级") for grade in GRADES))
    )
    reason = forms.CharField(label="等级与标准不同（或没有标准）的理由", required=False, max_length=300)


class ScaleForm(forms.Form):
    """Thresholds of 分级."""

    a_from = forms.IntegerField(label="A级：同意比例不低于（%）", min_value=1, max_value=100)
    b_from = forms.IntegerField(label="B级：同意比例不低于（%）", min_value=1, max_value=100)
    reason = forms.CharField(label="依据", max_length=300, help_text="如：县领导小组2026年第3次会议纪要")
