"""Forms of the page before the start of the works. They parse; the actions decide."""

from typing import Any

from django import forms

from projects.forms import DayField
from projects.rules.parties import METHODS, MODES
from projects.rules.permits import FACT_LABELS

YES_NO = (("yes", "是"), ("no", "否"))


class FactsForm(forms.Form):
    """Each fact is answered yes or no; nothing is taken for granted."""

    commitment = forms.FileField(
        label="告知承诺书（建设单位签章）", required=False, help_text="已作告知承诺的须上传；以前传过的不必再传"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in FACT_LABELS.items():
            self.fields[key] = forms.ChoiceField(label=label, choices=YES_NO, widget=forms.RadioSelect)
        self.order_fields([*FACT_LABELS, "commitment"])

    @property
    def facts(self) -> dict[Any, bool]:
        """The facts by key."""
        return {key: self.cleaned_data[key] == "yes" for key in FACT_LABELS}


class EntryForm(forms.Form):
    """Number, day and scan of any entry."""

    number = forms.CharField(label="文号、编号", max_length=60, required=False)
    day = DayField(label="日期")
    file = forms.FileField(label="扫描件", required=False)


class PermitForm(EntryForm):
    """A permit or paper."""

    issuer = forms.CharField(label="核发或出具单位", max_length=80)
    field_order = ("issuer", "number", "day", "file")


class PartyForm(EntryForm):
    """A unit with its procurement."""

    name = forms.CharField(label="单位名称", max_length=80)
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18, min_length=18)
    method = forms.ChoiceField(label="采购方式", choices=list(METHODS.items()))
    reason = forms.CharField(label="直接发包的理由", max_length=300, required=False)
    phone = forms.CharField(
        label="单位对外电话", max_length=30, required=False, help_text="会公开；填单位的电话，不填个人手机"
    )
    field_order = ("name", "credit_code", "method", "reason", "number", "day", "phone", "file")


class ModeForm(EntryForm):
    """How the contract is let."""

    mode = forms.ChoiceField(label="承包方式", choices=list(MODES.items()))
    reason = forms.CharField(
        label="不采用工程总承包的理由", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    field_order = ("mode", "reason", "number", "day", "file")


class CertificateForm(forms.Form):
    """A certificate for vehicles."""

    vehicles = forms.CharField(
        label="车辆", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="每行一辆：号牌、类型（渣土运输车或商砼运输车）、所属单位",
    )  # fmt: skip
    route = forms.CharField(label="路线", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    hours = forms.CharField(label="通行时段", max_length=80, required=False)
    starts_on = DayField(label="开始日期")
    ends_on = DayField(label="结束日期")
