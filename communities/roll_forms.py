"""Forms of the roll: decisions, homes and their owners, papers of agents, organisations. They parse; the actions decide."""

import re
from typing import Any

from django import forms

from communities.models import Agency, Home, Organisation, Ownership, Person
from communities.queries.roll import ProblemView
from communities.rules.roll_problems import DECISION_LABELS
from communities.rules.voters import REOPENED, voter_key

HOME = "home-"  # prefix of the selects of an overlap
BUYERS = 3


def date_field(label: str, **kwargs: Any) -> forms.DateField:
    """A day, with the browser's own picker."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date", "class": "input-short"}, format="%Y-%m-%d"), **kwargs
    )


def reason_field(label: str = "理由", limit: int = 200) -> forms.CharField:
    """Why."""
    return forms.CharField(label=label, max_length=limit, widget=forms.Textarea(attrs={"rows": 2}))


def scan_field(help_text: str = "") -> forms.FileField:
    """A scan."""
    return forms.FileField(label="扫描件", required=False, help_text=help_text or "PDF 或图片")


class ShareField(forms.CharField):
    """A share as people write it: 1/2, ½ is not taken."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=15, widget=forms.TextInput(attrs={"class": "input-short"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        """(numerator, denominator); None where nothing is written."""
        text = super().to_python(value)
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,6})\s*[/／]\s*(\d{1,6})", text, re.ASCII)
        if text == "1":
            return 1, 1
        if found is None:
            raise forms.ValidationError("写成 1/2 这样的分数；独有写 1")
        return int(found[1]), int(found[2])

    def validate(self, value: Any) -> None:
        """Required or not."""
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """The length of the text is no property of the share."""


class SettleForm(forms.Form):
    """The decision on a problem; for an overlap one select for each home."""

    decision = forms.ChoiceField(label="决定", widget=forms.RadioSelect)
    reason = reason_field(limit=300)
    file = scan_field("核实的材料，如有")

    def __init__(self, *args: Any, view: ProblemView, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [*view.problem.decisions, *([REOPENED] if view.problem.settled else [])]
        self.fields["decision"].choices = [(key, DECISION_LABELS[key]) for key in offered]  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["decision"].initial = offered[0]
        self.home_names: list[str] = []
        standing: dict[str, str] = next(
            (row.homes for row in view.settlements if row.pk == view.problem.settlement), {}
        )
        for home in view.homes if view.sets else ():
            name = f"{HOME}{home.uid}"
            label = " ".join(part for part in (home.building.name, home.unit, home.room) if part)
            own = voter_key(row.person.uid for row in home.open_ones)  # type: ignore[attr-defined]
            self.fields[name] = forms.ChoiceField(
                label=f"{label} 计入", choices=[(row.key, row.label) for row in view.sets],
                initial=standing.get(str(home.uid), own),
            )  # fmt: skip
            self.home_names.append(name)

    def home_fields(self) -> list[Any]:
        """Bound selects of the homes."""
        return [self[name] for name in self.home_names]

    @property
    def homes(self) -> dict[str, str]:
        """Home uid → voter key."""
        return {name.removeprefix(HOME): self.cleaned_data.get(name) or "" for name in self.home_names}


class MergeForm(forms.Form):
    """Which of two rows stays."""

    stay = forms.UUIDField()
    go = forms.UUIDField()
    reason = reason_field()


class HomeForm(forms.ModelForm):
    """A home's own fields; ``version`` says which row was read."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Home
        fields = ("unit", "room", "floor", "private_area", "area_source")

    def _post_clean(self) -> None:
        """The action validates and writes; a form that touched the instance would hide what has changed."""


class SaleForm(forms.Form):
    """A home changes hands: day, evidence and up to three new owners."""

    on = date_field("产权变更日期")
    evidence = forms.CharField(label="依据", max_length=200, help_text="如不动产权证号、买卖合同、继承公证书")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, BUYERS + 1):
            mark = f"第{number}位" if number > 1 else ""
            first = number == 1
            self.fields[f"name-{number}"] = forms.CharField(label=f"{mark}姓名或名称", max_length=80, required=first)
            self.fields[f"kind-{number}"] = forms.ChoiceField(label=f"{mark}类别", choices=Person.Kind.choices)
            self.fields[f"kind-{number}"].required = False
            self.fields[f"id_number-{number}"] = forms.CharField(label=f"{mark}证件号码", max_length=40, required=False)
            self.fields[f"phone-{number}"] = forms.CharField(label=f"{mark}电话", max_length=40, required=False)
            self.fields[f"share-{number}"] = ShareField(label=f"{mark}份额", required=False, help_text="独有不填")

    def rows(self) -> list[list[Any]]:
        """Bound fields of each new owner."""
        names = ("name", "kind", "id_number", "phone", "share")
        return [[self[f"{name}-{number}"] for name in names] for number in range(1, BUYERS + 1)]

    @property
    def buyers(self) -> list[dict[str, Any]]:
        """The owners that were filled in; equal parts where no share is written at all."""
        data = self.cleaned_data
        numbers = [number for number in range(1, BUYERS + 1) if data.get(f"name-{number}")]
        return [
            {
                "name": data[f"name-{number}"],
                "kind": data.get(f"kind-{number}") or Person.Kind.NATURAL.value,
                "id_number": data.get(f"id_number-{number}") or "",
                "phone": data.get(f"phone-{number}") or "",
                "share": data.get(f"share-{number}") or (1, len(numbers)),
            }
            for number in numbers
        ]


class OwnershipForm(forms.Form):
    """What was entered wrongly of an ownership."""

    since = date_field("取得日期", required=False)
    until = date_field("终止日期", required=False)
    share = ShareField(label="份额", help_text="如 1/2；独有写 1")
    evidence = forms.CharField(label="依据", max_length=200, required=False)
    reason = reason_field("更正理由")
    version = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def initial_of(row: Ownership) -> dict[str, Any]:
        """What stands."""
        return {
            "since": row.since, "until": row.until, "share": f"{row.share_numerator}/{row.share_denominator}",
            "evidence": row.evidence, "version": row.version,
        }  # fmt: skip


class AgencyForm(forms.ModelForm):
    """A paper by which another acts for an owner."""

    file = scan_field("只有录入人和经登记理由的人员可以打开")

    class Meta:
        model = Agency
        fields = (
            "kind", "agent_name", "agent_id_number", "agent_phone", "evidence", "valid_from", "valid_until",
        )  # fmt: skip
        widgets = {
            name: forms.DateInput(attrs={"type": "date", "class": "input-short"}, format="%Y-%m-%d")
            for name in ("valid_from", "valid_until")
        }
        help_texts = {"evidence": "如继承公证书、监护证明、经公证的授权委托书，写明编号", "valid_until": "长期有效不填"}

    def _post_clean(self) -> None:
        """The action validates and writes."""

    @property
    def values(self) -> dict[str, Any]:
        """Everything but the scan."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class OrganisationForm(forms.ModelForm):
    """A residents' organisation."""

    file = scan_field()

    class Meta:
        model = Organisation
        fields = ("kind", "name", "established_on", "filing_number", "evidence", "public_phone")
        widgets = {"established_on": forms.DateInput(attrs={"type": "date", "class": "input-short"}, format="%Y-%m-%d")}
        help_texts = {"public_phone": "公开显示，不填私人号码", "evidence": "如业主大会决议、街道备案回执"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "请选择"), *Organisation.Kind.choices]  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """The action validates and writes."""

    @property
    def values(self) -> dict[str, Any]:
        """Everything but the scan."""
        return {name: value for name, value in self.cleaned_data.items() if name != "file"}


class EndForm(forms.Form):
    """When and why an organisation ended."""

    ended_on = date_field("终止日期")
    reason = reason_field("终止原因")
    version = forms.IntegerField(widget=forms.HiddenInput)
