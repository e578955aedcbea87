"""Forms of a scheme. They parse; the actions decide."""

from collections.abc import Sequence
from typing import Any

from django import forms

from communities.models import Building, Community
from funding.rules.shares import SOURCE_LABELS
from policies.layers import Layers
from projects.models import Scheme, SchemeFile, SchemeItem
from projects.rules.scheme import FACILITIES, FACILITY_OWNERS, KEEPERS, RENEWERS, classes
from projects.rules.scheme_difference import quantity_words

PAYER_ROWS = 4
BLANK = ("", "—")


class TextsForm(forms.ModelForm):
    """The owners' ratio and the texts of a scheme."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Scheme
        fields = ("owner_ratio", "central_reason", "residents_funding", "management")

    def _post_clean(self) -> None:
        """The action writes."""


class ItemForm(forms.Form):
    """One line: where, how much, who pays, and whose facility it is. Of an item beside the catalogue its name, class and reason too."""

    name = forms.CharField(label="项目名称", max_length=80)
    item_class = forms.ChoiceField(label="类别", required=False)
    reason = forms.CharField(label="目录外的理由", max_length=200, required=False)
    community = forms.ModelChoiceField(Community.objects.none(), label="小区", required=False, empty_label="全项目")
    building = forms.ModelChoiceField(Building.objects.none(), label="楼栋", required=False, empty_label="整个小区")
    quantity = forms.CharField(label="数量", max_length=20, help_text="最多三位小数")
    unit = forms.CharField(label="单位", max_length=12, help_text="米、㎡、部、处")
    unit_price = forms.DecimalField(label="单价（元）", max_digits=18, decimal_places=2)
    means = forms.ChoiceField(label="方式", required=False, help_text="文件没有归类的内容，写明怎样补齐")
    note = forms.CharField(label="说明", max_length=200, required=False)
    facility = forms.ChoiceField(
        label="专营设施",
        required=False,
        choices=[BLANK, *FACILITIES.items()],
        help_text="入户端口以外的水、电、气、通信等",
    )
    facility_owner = forms.ChoiceField(label="产权人", required=False, choices=[BLANK, *FACILITY_OWNERS.items()])
    renewed_by = forms.ChoiceField(label="由谁改造", required=False, choices=[BLANK, *RENEWERS.items()])
    kept_by = forms.ChoiceField(label="改造后由谁接管", required=False, choices=[BLANK, *KEEPERS.items()])
    in_step = forms.BooleanField(label="与小区改造同步设计、同步实施", required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        layers: Layers,
        communities: Sequence[Community],
        listed: bool,
        item_class: str = "",
        means: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        ids = [community.pk for community in communities]
        self.fields["community"].queryset = Community.objects.filter(pk__in=ids)  # type: ignore[attr-defined]
        self.fields["building"].queryset = Building.objects.filter(community__in=ids).order_by("pk")  # type: ignore[attr-defined]
        self.fields["item_class"].choices = [(name, name) for name in classes(layers)]  # type: ignore[attr-defined]
        self.fields["means"].choices = [BLANK, *((word, word) for word in means)]  # type: ignore[attr-defined]
        if listed:
            for name in ("name", "item_class", "reason"):
                del self.fields[name]
        if not means or (listed and item_class):
            del self.fields["means"]
        for number in range(1, PAYER_ROWS + 1):
            self.fields[f"payer-{number}"] = forms.ChoiceField(
                label=f"出资渠道{number}", required=False, choices=[BLANK, *SOURCE_LABELS.items()]
            )
            self.fields[f"part-{number}"] = forms.DecimalField(
                label=f"出资金额{number}（元）",
                required=False,
                max_digits=18,
                decimal_places=2,
                help_text="留空为其余部分" if number == 1 else "",
            )

    @property
    def values(self) -> dict[str, Any]:
        """What the action takes."""
        data = dict(self.cleaned_data)
        data.pop("version", None)
        payers = []
        for number in range(1, PAYER_ROWS + 1):
            kind, part = data.pop(f"payer-{number}"), data.pop(f"part-{number}")
            if kind:
                payers.append((kind, part))
        return {**data, "payers": payers}


def initial_of(row: SchemeItem) -> dict[str, Any]:
    """A line as its form shows it."""
    names = ("name", "item_class", "reason", "community", "building", "unit", "means", "note", "facility")
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    values |= {name: getattr(row, name) for name in ("facility_owner", "renewed_by", "kept_by", "in_step", "version")}
    values |= {"quantity": quantity_words(row.quantity).replace(",", ""), "unit_price": row.unit_price}
    for number, payment in enumerate(row.payments.all(), start=1):
        values[f"payer-{number}"] = payment.kind
        values[f"part-{number}"] = payment.amount if number > 1 else None
    return values


class FixForm(forms.Form):
    """What was changed."""

    note = forms.CharField(label="修改说明", max_length=300, required=False, help_text="第2版起必填，随版本保存")
    version = forms.IntegerField(widget=forms.HiddenInput)


class FileForm(forms.Form):
    """A drawing or a paper."""

    kind = forms.ChoiceField(label="种类", choices=SchemeFile.Kind.choices)
    title = forms.CharField(label="名称", max_length=120)
    file = forms.FileField(label="文件", help_text="PDF、JPG、PNG、XLSX、DOCX")


class WithdrawForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(label="撤回原因", max_length=300)
