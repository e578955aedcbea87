"""Forms of settlements. They parse; the actions decide."""

from typing import Any

from django import forms

from funding.actions.settlements import Reviewed
from funding.forms import AmountField, KeyedForm
from funding.rules.shares import SOURCE_LABELS
from offices.dayfield import DayField


class SettlementForm(KeyedForm):
    """Who reviewed it, when, by which report; the county's ratio where a document asks for one."""

    reviewer = forms.CharField(label="评审（审计）机构", max_length=120)
    report_number = forms.CharField(label="评审报告文号", max_length=60)
    reviewed_on = DayField(label="评审日期")
    file = forms.FileField(label="评审报告", required=False, help_text="PDF、图片；复核前必须上传")
    county_ratio = forms.CharField(label="县级承担比例", max_length=14, help_text="写成 60% 或 2/3")
    ratio_paper = forms.CharField(label="比例的依据", max_length=120, help_text="县政府批复、会议纪要等的文号")

    def __init__(self, *args: Any, asks_ratio: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_ratio:  # 未作规定: nothing to be entered
            del self.fields["county_ratio"], self.fields["ratio_paper"]

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of ``enter_settlement``."""
        data = dict(self.cleaned_data)
        return {"upload": data.pop("file"), **data}


class ReviewedForm(forms.Form):
    """What the review says of one item; the item itself is the server's."""

    amount = AmountField(label="评审金额（元）")
    paper = forms.CharField(label="评审依据", max_length=120, help_text="评审明细的页码或编号")
    reason = forms.CharField(label="超支原因", max_length=300, required=False, help_text="评审超过计划的必填")
    payer = forms.ChoiceField(label="超支由谁承担", required=False, choices=[("", "没有超支"), *SOURCE_LABELS.items()])

    def reviewed(self, item: str) -> Reviewed:
        """The line of an item."""
        return Reviewed(item, **self.cleaned_data)


class ReopenForm(forms.Form):
    """An exception: why, and by what paper."""

    reason = forms.CharField(label="理由", max_length=300)
    paper = forms.CharField(label="依据", max_length=120, help_text="批准重新开账的文件")


class ReportForm(forms.Form):
    """The report, where it was entered without."""

    file = forms.FileField(label="评审报告", help_text="PDF、图片")
