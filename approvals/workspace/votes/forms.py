"""Forms of the vote desk. They parse; the actions decide."""

from typing import Any

from django import forms

from approvals.models import Vote
from approvals.votes.drafting import Terms
from communities.models import Building, Community

MOMENT = "%Y-%m-%dT%H:%M"
TYPED = (MOMENT, "%Y-%m-%d %H:%M", "%Y.%m.%d %H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M")
STATES = (
    ("", "全部"), ("open", "投票中"), ("draft", "草稿"), ("announced", "已公告"), ("closed", "已截止"), ("counted", "结果公示中"),
    ("confirmed", "已确认"), ("cancelled", "已取消"),
)  # fmt: skip


class VoteFilter(forms.Form):
    """Filters of the list."""

    community = forms.CharField(label="小区", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)


class CommunityChoice(forms.Form):
    """Which community votes: the first question of a new vote."""

    text = forms.CharField(label="小区名称", required=False, max_length=60)


def _moment(label: str, help_text: str) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, input_formats=TYPED, widget=widget, help_text=help_text)


class VoteForm(forms.Form):
    """What the announcement will say. The matter's radio buttons are drawn by the page, each with its thresholds."""

    matter = forms.ChoiceField(label="表决事项", choices=Vote.Matter.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="标题", max_length=120)
    text = forms.CharField(
        label="表决内容", max_length=8000, widget=forms.Textarea(attrs={"rows": 7}),
        help_text="逐字给业主看的内容，公告后不能改动；业主只能选同意、反对或弃权",
    )  # fmt: skip
    building = forms.ModelChoiceField(
        Building.objects.none(), label="楼栋", required=False, to_field_name="uid", empty_label="整个小区",
        help_text="只由一栋楼或一个单元的业主表决时选择",
    )  # fmt: skip
    unit = forms.CharField(label="单元", required=False, max_length=20)
    opens_at = _moment("开始时间", "公告之后才能开始")
    closes_at = _moment("截止时间", "到时自动截止，不能提前，也不能延后")
    may_change = forms.BooleanField(label="截止前可以改票（以最后一次为准）", required=False)
    paper_wins = forms.BooleanField(label="纸质票与网上票并存时以纸质票为准", required=False)
    proxy_limit = forms.IntegerField(label="一人最多代理几名业主", min_value=0, max_value=20, initial=3)
    objection_days = forms.IntegerField(label="结果公示天数", min_value=1, max_value=60, initial=5)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["building"].queryset = community.buildings.order_by("pk")  # type: ignore[attr-defined]
        self.fields["building"].label_from_instance = lambda row: row.name  # type: ignore[attr-defined]

    def terms(self, subject: Any) -> Terms:
        """The terms of a form that is valid."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return Terms(**data, subject=subject)


class ReceiveForm(forms.Form):
    """One paper after the other: the serial takes the focus, Enter registers."""

    serial = forms.CharField(
        label="编号", max_length=300, help_text="扫描票上的条码，或键入编号后按回车",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(label="扫描件", required=False, help_text="图片或 PDF；可以以后补传")


class ManyForm(forms.Form):
    """Many papers at once: one serial a line."""

    serials = forms.CharField(
        label="一次登记多张", max_length=20000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="每行一个编号，例如扫码枪连续扫入；每张各自登记，不能登记的逐张说明",
    )  # fmt: skip
