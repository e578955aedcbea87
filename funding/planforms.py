"""Forms of funding plans. They parse; the actions decide."""

from typing import Any

from django import forms

from funding.actions.plans import LineInput
from funding.forms import AmountField
from funding.rules.plans import STATES, WHO
from funding.rules.shares import SOURCE_LABELS
from offices.dayfield import DayField

BLANK_LINES = 4


class PlanLineForm(forms.Form):
    """One kind of money. A line without an amount is left out."""

    kind = forms.ChoiceField(label="资金类别", required=False, choices=(("", "未确定"), *SOURCE_LABELS.items()))
    amount = AmountField(label="金额（元）", required=False)
    state = forms.ChoiceField(label="落实情况", choices=list(STATES.items()), initial="expected")
    part = forms.ChoiceField(
        label="用于", required=False, choices=(("", "不区分"), ("N", "N项（基础类）"), ("X", "X项（完善类、提升类）"))
    )
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    paper = forms.CharField(label="依据", max_length=120, required=False, help_text="没有文号的写会议纪要、协议等")
    area = forms.CharField(
        label="片区内其他项目", max_length=80, required=False, help_text="只有与其他片区捆绑时填写，如“城中村改造”"
    )

    @property
    def line(self) -> LineInput | None:
        """The line; None where no amount was entered."""
        data = self.cleaned_data
        return LineInput(**data) if data.get("amount") else None


class PlanForm(forms.Form):
    """What is said of the plan as a whole, and of each unit that owes a part."""

    earlier = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    no_hidden_debt = forms.BooleanField(label="声明：本计划不新增地方政府隐性债务", required=False)
    note = forms.CharField(label="修改说明", max_length=300, required=False)

    def __init__(self, *args: Any, owing: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owing = owing
        for who, why in owing.items():
            label = f"{WHO[who]}没有出资的原因"
            self.fields[f"said-{who}"] = forms.CharField(label=label, max_length=200, required=False, help_text=why)

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of ``record_plan``."""
        data = self.cleaned_data
        said = {who: data.get(f"said-{who}", "") for who in self.owing}
        return {
            "no_hidden_debt": data["no_hidden_debt"],
            "note": data["note"],
            "earlier": data["earlier"],
            "said": said,
        }


class FeeForm(forms.Form):
    """A fee charged to the project."""

    name = forms.CharField(label="收费名目", max_length=80)
    charged_by = forms.CharField(label="收费单位", max_length=80)
    basis = forms.CharField(label="收费依据", max_length=200, help_text="文件名和文号；没有依据的不得收取")
    amount = AmountField(label="金额（元）")
    charged_on = DayField(label="日期")
