"""Residents' money of a project: by which channel it came, what was shared among homes, and sharing an amount."""

import re
from fractions import Fraction
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from funding import actions
from funding.actions.apportionment import BY_HOME
from funding.collecting import apportionments, buildings, channels, collected, floors_of, homes_concerned
from funding.forms import AmountField, KeyedForm
from funding.models import Apportionment, Fund
from funding.permissions import may
from funding.subjects import Project
from funding.workspace.common import act, crumbs, page, project_or_404
from offices.clock import now, today
from offices.dayfield import DayField
from offices.workspace.common import actor
from policies.refusal import Refused

PAGE = 50
WEIGHT = re.compile(r"\d{1,4}(\.\d{1,3})?|\d{1,4}/[1-9]\d{0,3}", re.ASCII)


class WeightField(forms.CharField):
    """A floor's weight as an exact fraction: 0, 1.5, 1/3."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"class": "input-short num", "inputmode": "text", "autocomplete": "off"})
        super().__init__(max_length=9, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """The fraction. Raises ValidationError."""
        text = str(super().clean(value))
        if not WEIGHT.fullmatch(text):
            raise forms.ValidationError("填 0 至 9999 的数：整数、小数（最多三位）或分数，如 1.5 或 1/3")
        return Fraction(text)


class ConcernedForm(forms.Form):
    """The first question: how it is shared, and among whom."""

    way = forms.ChoiceField(label="分摊办法", choices=Apportionment.Way.choices)
    building = forms.ChoiceField(label="涉及的楼栋", required=False, help_text="全体按面积时不用选")
    unit = forms.CharField(label="单元", max_length=20, required=False, help_text="只涉及一个单元时填写，如“1单元”")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["building"]
        places = [(str(row.uid), f"{row.community.name} {row.name}") for row in buildings(project.communities)]
        field.choices = [("", "全部楼栋"), *places]


class ApportionForm(KeyedForm):
    """What is shared, by when it is to be paid, on which agreement; by floors also the weight of each."""

    fund = forms.ChoiceField(label="专账")
    title = forms.CharField(label="名称", max_length=80, help_text="如 3号楼1单元加装电梯居民出资")
    amount = AmountField(label="分摊总额（元）")
    pay_by = DayField(label="缴款截止日", help_text="当日缴款不算逾期")
    agreement = forms.CharField(label="约定依据", max_length=200, help_text="协议或表决结果的名称和日期")

    def __init__(
        self, *args: Any, project: Project, way: str, floors: list[tuple[int | None, int]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = Fund.objects.filter(project_uid=project.uid, source__kind__in=BY_HOME).select_related("source")
        self.funds = {str(row.uid): row for row in rows}
        fields: Any = self.fields
        fields["fund"].choices = [
            (uid, f"{row.source.name}（{row.source.get_kind_display()}）") for uid, row in self.funds.items()
        ]
        fields["agreement"].required = way != "area"
        self.floors = [floor for floor, _ in floors if floor is not None] if way == "table" else []
        for floor, number in floors if way == "table" else ():
            if floor is not None:
                fields[f"floor{floor}"] = WeightField(label=f"{floor} 层（{number} 户）")

    @property
    def head(self) -> list[Any]:
        """Fields but those of the floors."""
        return [self[name] for name in ("fund", "title", "amount", "pay_by", "agreement")]

    @property
    def weights(self) -> list[Any]:
        """Fields of the floors, highest first as in the house."""
        return [self[f"floor{floor}"] for floor in reversed(self.floors)]

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of ``apportion``."""
        data = self.cleaned_data
        return {
            **{key: data[key] for key in ("title", "amount", "pay_by", "agreement", "key")}, "fund": self.funds[data["fund"]],
            "floors": {floor: data[f"floor{floor}"] for floor in self.floors},
        }  # fmt: skip


@login_required
@require_safe
def overview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The four channels of a project, and what was shared among its homes."""
    project, user = project_or_404(request, uid), actor(request)
    listed = Paginator(apportionments(user, uid), PAGE).get_page(request.GET.get("page"))
    rows = list(listed)
    sums = collected(rows)
    context = {
        "project": project, "page": listed, "rows": [(row, sums[row.pk]) for row in rows],
        "channels": channels(project, today()), "may_share": may(user, project.county, what="keep"),
        "crumbs": crumbs((project.name, reverse("funding:ledger", args=[uid])), ("居民出资", "")),
    }  # fmt: skip
    return page(request, "apportionments", context)


@login_required
def add(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Share an amount: first how and among whom (``?way=``), then the amount and, by floors, the table."""
    project, user = project_or_404(request, uid), actor(request)
    first = ConcernedForm(request.GET if "way" in request.GET else None, project=project)
    trail = crumbs(
        (project.name, reverse("funding:ledger", args=[uid])),
        ("居民出资", reverse("funding:apportionments", args=[uid])), ("分摊到户", ""),
    )  # fmt: skip
    context = {
        "project": project,
        "crumbs": trail,
        "first_form": first,
        "may_share": may(user, project.county, what="keep"),
    }
    if not first.is_valid():
        return page(request, "apportion", context)
    way, chosen = first.cleaned_data["way"], first.cleaned_data["building"]
    homes = homes_concerned(
        project.communities, UUID(chosen) if chosen and way != "area" else None, _unit(first.cleaned_data)
    )
    floors = floors_of(homes)
    form = ApportionForm(
        request.POST or None, project=project, way=way, floors=floors, initial=_like(request, user, uid)
    )
    context |= {
        "form": form, "way": Apportionment.Way(way).label, "count": sum(number for _, number in floors),
        "unknown": next((number for floor, number in floors if floor is None), 0) if way == "table" else 0,
    }  # fmt: skip

    def show(refused: Refused | None) -> HttpResponse:
        return page(request, "apportion", context, refused)

    if request.method != "POST":
        return show(None)
    made: list[Apportionment] = []
    some = chosen or _unit(first.cleaned_data) or way != "area"

    def doing() -> None:
        uids = list(homes.values_list("uid", flat=True)) if some else []
        made.append(actions.apportion(by=user, at=now(), today=today(), way=way, homes=uids, **form.values))

    answer = act(
        request, doing, form=form, show=show, to=reverse("funding:apportionments", args=[uid]),
        done="已计算到户，请核对后由另一人复核公布。",
    )  # fmt: skip
    if made:
        answer["Location"] = reverse("funding:apportionment", args=[made[0].uid])
    return answer


def _unit(data: dict[str, Any]) -> str:
    return "" if data["way"] == "area" else str(data["unit"]).strip()


def _like(request: HttpRequest, user: Any, project: UUID) -> dict[str, Any]:
    """Values of an earlier one that is made anew (``?like=``); empty for anything else."""
    try:
        row = apportionments(user, project).filter(uid=UUID(request.GET.get("like", ""))).first()
    except ValueError:
        return {}
    if row is None:
        return {}
    return {
        "fund": str(row.fund.uid), "title": row.title, "amount": f"{row.amount:.2f}", "agreement": row.agreement, "pay_by": row.pay_by,
        **{f"floor{floor}": weight for floor, weight in row.floors.items()},
    }  # fmt: skip
