"""Forms of other units' plans and of what is filed upward."""

from typing import Any

from django import forms

from offices.dayfield import DayField
from projects.models import CompanionLine, UpwardFiling


class CompanionForm(forms.ModelForm):
    """One line of another unit's plan."""

    funds_on = DayField(label="资金到位时间", required=False)

    class Meta:
        model = CompanionLine
        fields = (
            "year",
            "kind",
            "sector",
            "unit",
            "nothing",
            "place",
            "works",
            "amount",
            "funds_on",
            "document_number",
        )

    def _post_clean(self) -> None:
        """The action checks the row as a whole."""

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class AgreeForm(forms.Form):
    """Why works of another year may stand."""

    reason = forms.CharField(label="理由", max_length=300, help_text="如：供水管2027年在改造路面之外敷设，不重复开挖")


class FilingForm(forms.Form):
    """What is filed with the housing office above."""

    kind = forms.ChoiceField(label="内容", choices=UpwardFiling.Kind.choices)
    title = forms.CharField(label="名称", max_length=120)
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    filed_on = DayField(label="报送日期")
    file = forms.FileField(label="清单或标准文件")


class ReceiptForm(forms.Form):
    """The receipt of the office above."""

    received_on = DayField(label="收到备案日期")
    receipt_number = forms.CharField(label="备案回执号", max_length=60, required=False)
