"""Forms of the staff pages. They parse; the actions decide. Amounts are texts: ``funding.rules.money`` reads them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms

from funding.actions.supplements import Term
from funding.models import Commitment, Contract, Fund, FundingSource, Gift
from funding.models.contracts import CLASSES
from funding.rules.papers import PAPERS_FROM
from funding.rules.shares import SOURCE_LABELS
from offices.dayfield import DayField
from offices.models import Division

LINES = 4


class AmountField(forms.CharField):
    """Yuan as they are typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "input-short num", "autocomplete": "off"})
        super().__init__(**{"max_length": 30, "widget": widget, **kwargs})


def fresh_key() -> str:
    """The key of a form that is sent once, however often the button is pressed."""
    return uuid.uuid4().hex


class KeyedForm(forms.Form):
    """A form whose act happens once."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False, initial=fresh_key)


class SourceForm(KeyedForm):
    """Register a source."""

    division = forms.ModelChoiceField(Division.objects.none(), label="登记区划", to_field_name="uid")
    kind = forms.ChoiceField(label="资金类别", choices=list(SOURCE_LABELS.items()))
    name = forms.CharField(label="名称", max_length=120)
    document_number = forms.CharField(
        label="下达文号", max_length=60, required=False, help_text="财政资金必填，如 财综〔2026〕3号"
    )
    issued_on = DayField(label="下达日期")
    year = forms.IntegerField(label="资金年度", min_value=2015, max_value=2100)
    level = forms.ChoiceField(
        label="财政级次",
        choices=FundingSource.Level.choices,
        required=False,
        help_text="专项债等填写；中央至县级资金自动确定",
    )
    channel = forms.CharField(
        label="渠道", max_length=40, required=False, help_text="整合资金写来源部门，如民政、城建、文化"
    )
    purpose = forms.CharField(label="用途", max_length=200, initial="城镇老旧小区改造")
    classes = forms.MultipleChoiceField(
        label="限定类别",
        choices=CLASSES[:3],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="下达文件有限定的才选",
    )
    items = forms.CharField(
        label="限定内容", max_length=400, required=False, help_text="下达文件列明内容的逐项写，用顿号分开"
    )
    return_order = forms.IntegerField(
        label="结余退回次序", min_value=1, max_value=99, required=False,
        help_text="下达文件规定结余先后的才填，1 最先；没有规定的按比例退回",
    )  # fmt: skip
    amount = AmountField(label="下达金额（元）")

    def __init__(self, *args: Any, divisions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["division"]
        field.queryset = divisions

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of ``register_source``."""
        data = dict(self.cleaned_data)
        data["items"] = [item.strip() for item in data["items"].replace(",", "、").split("、") if item.strip()]
        return data


class AllotForm(KeyedForm):
    """Give money of a source to a project."""

    project = forms.ChoiceField(label="项目")
    amount = AmountField(label="分配金额（元）")
    day = DayField(label="分配日期")
    document_number = forms.CharField(label="分配文号", max_length=60, required=False)

    def __init__(self, *args: Any, projects: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["project"]
        field.choices = [(str(uid), name) for uid, name in projects]


class ReceiveForm(KeyedForm):
    """Money came in."""

    amount = AmountField(label="到位金额（元）")
    day = DayField(label="到位日期")
    voucher = forms.CharField(label="凭证号", max_length=60)
    words = forms.CharField(label="摘要", max_length=200, required=False)


class ContractForm(KeyedForm):
    """A signed contract with the funds that pay it."""

    name = forms.CharField(label="合同名称", max_length=120)
    number = forms.CharField(label="合同编号", max_length=60)
    party = forms.CharField(label="收款单位", max_length=120)
    amount = AmountField(label="合同金额（元）")
    signed_on = DayField(label="签订日期")
    retention = forms.CharField(label="质保金比例（%）", max_length=12, initial="3")
    warranty_part = forms.ChoiceField(
        label="质保金按哪一部分的保修期",
        required=False,
        help_text="期满才能返还；不选的按最先届满的部分（平台默认，文件未作规定）",
    )

    def __init__(self, *args: Any, parts: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["warranty_part"]
        field.choices = [("", "最先届满的部分"), *parts.items()]


class LineForm(forms.Form):
    """A fund that pays a contract, and for which works."""

    fund = forms.ChoiceField(label="专账", required=False)
    amount = AmountField(label="落实金额（元）", required=False)
    item = forms.CharField(
        label="改造内容", max_length=120, required=False, widget=forms.TextInput(attrs={"list": "items"})
    )
    item_class = forms.ChoiceField(label="类别", choices=(("", "按目录"), *CLASSES[:3]), required=False)
    reason = forms.CharField(label="归属理由", max_length=200, required=False)

    def __init__(self, *args: Any, funds: Iterable[Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fund"]
        field.choices = [("", "—"), *((str(fund.uid), fund.source.name) for fund in funds)]


class PayeeForm(forms.Form):
    """Where the payee is paid."""

    holder = forms.CharField(label="户名", max_length=120)
    bank = forms.CharField(label="开户银行", max_length=120)
    number = forms.CharField(label="账号", max_length=40)
    reason = forms.CharField(label="变更理由", max_length=300, required=False, help_text="首次登记可不填")


class RequestForm(KeyedForm):
    """A payment out of the funds of a contract: one amount for each."""

    words = forms.CharField(label="事由", max_length=200)
    progress = AmountField(label="累计完成产值（元）", required=False, help_text="截至本次经监理确认的累计产值")
    paper = forms.CharField(label="附件", max_length=200, help_text="进度款申请表、计量单、监理签证等")
    kind = forms.ChoiceField(label="款项", choices=(("progress", "进度款"), ("retention", "返还质保金")))
    file = forms.FileField(
        label="工程计量单", required=False, help_text=f"PDF、图片；{PAPERS_FROM // 1_000_000} 万元以上必须上传"
    )
    invoice = forms.FileField(
        label="发票", required=False, help_text=f"PDF、图片；{PAPERS_FROM // 1_000_000} 万元以上必须上传"
    )

    def __init__(self, *args: Any, contract: Contract, commitments: Sequence[Commitment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commitments = {f"amount-{row.fund.uid}": row for row in commitments}
        for name, row in self.commitments.items():
            help_text = f"{row.item}：已签约未支付 {row.unspent:,.2f} 元，质保金 {row.held:,.2f} 元"
            self.fields[name] = AmountField(label=f"{row.fund.source.name}（元）", required=False, help_text=help_text)

    @property
    def amounts(self) -> dict[Commitment, str]:
        """Commitments with the amount asked of each; blank ones left out."""
        return {row: self.cleaned_data[name] for name, row in self.commitments.items() if self.cleaned_data.get(name)}


class ChangeForm(KeyedForm):
    """A supplement; its money stands in the lines."""

    number = forms.CharField(label="协议编号", max_length=60)
    amount = AmountField(label="增加金额（元）")
    signed_on = DayField(label="签订日期")
    reason = forms.CharField(label="变更理由", max_length=300)
    file = forms.FileField(label="补充协议", required=False, help_text="PDF、图片")


class TermForm(forms.Form):
    """One agreed payment. A row without words and amount is left out."""

    words = forms.CharField(
        label="付款条件", max_length=120, required=False, help_text="例如完成产值过半、竣工验收合格"
    )
    amount = AmountField(label="约定金额（元）", required=False)
    due_on = DayField(label="约定付款日", required=False)

    @property
    def term(self) -> Term | None:
        """The row; None where nothing was entered."""
        data = self.cleaned_data
        return Term(data["words"], data["amount"], data["due_on"]) if data["words"] or data["amount"] else None


class ReleaseForm(KeyedForm):
    """The money has left the treasury."""

    voucher = forms.CharField(label="国库支付凭证号", max_length=60)
    released_on = DayField(label="支付日期")


class RefundForm(KeyedForm):
    """Money came back."""

    amount = AmountField(label="退回金额（元）")
    day = DayField(label="退回日期")
    voucher = forms.CharField(label="凭证号", max_length=60)
    reason = forms.CharField(label="理由", max_length=300)


class GiftForm(forms.Form):
    """Given in kind."""

    kind = forms.ChoiceField(label="方式", choices=Gift.Kind.choices)
    words = forms.CharField(label="内容", max_length=200, help_text="例如长椅6张、清理杂物12工日；不写个人姓名")
    value = AmountField(label="折价（元）")
    basis = forms.CharField(label="折价依据", max_length=200)
    given_on = DayField(label="日期")
