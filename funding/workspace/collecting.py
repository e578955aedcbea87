"""Residents' money home by home: share it, have it confirmed, record and check receipts and refunds."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communities.models import Home
from funding import actions
from funding.collecting import apportionments, buildings, collected, dues, lines
from funding.forms import AmountField
from funding.models import Apportionment, DueReceipt, Fund, HomeDue
from funding.permissions import may
from funding.subjects import Project
from funding.workspace.common import act, crumbs, page, project_or_404
from offices.clock import now, today
from offices.dayfield import DayField
from offices.workspace.common import actor
from policies.refusal import Refused

PAGE = 100


class ApportionForm(forms.Form):
    """What is shared, among whom, how."""

    fund = forms.ChoiceField(label="专账")
    title = forms.CharField(label="名称", max_length=80, help_text="如 3号楼加装电梯居民出资")
    amount = AmountField(label="分摊总额（元）")
    way = forms.ChoiceField(label="分摊办法", choices=Apportionment.Way.choices)
    building = forms.ChoiceField(label="涉及的楼栋", required=False, help_text="只由部分居民分摊时选择")
    unit = forms.CharField(label="单元", max_length=20, required=False, help_text="不填为整栋")
    floors = forms.CharField(
        label="楼层系数", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一层：楼层 系数，如“2 1/2”；不分摊的写 0。各地没有统一系数，按业主约定填写",
    )  # fmt: skip
    agreement = forms.CharField(
        label="约定依据", max_length=200, required=False, help_text="协议或表决结果；全体按面积可不填"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        rows = Fund.objects.filter(project_uid=project.uid, source__kind="resident_direct").select_related("source")
        self.funds = {str(row.uid): row for row in rows}
        fields: Any = self.fields
        fields["fund"].choices = [(uid, row.source.name) for uid, row in self.funds.items()]
        places = [(str(row.uid), f"{row.community.name} {row.name}") for row in buildings(project.communities)]
        fields["building"].choices = [("", "全部"), *places]

    def clean_floors(self) -> dict[int, Fraction]:
        """Floor → weight, exactly as written."""
        found: dict[int, Fraction] = {}
        for line in self.cleaned_data["floors"].splitlines():
            parts = line.split()
            if not parts:
                continue
            try:
                floor, weight = int(parts[0]), Fraction(parts[1])
            except (ValueError, IndexError, ZeroDivisionError) as error:
                raise forms.ValidationError(f"看不懂这一行：{line[:40]}") from error
            bad = len(parts) != 2 or weight < 0 or weight > 1000 or weight.denominator > 1000 or abs(floor) > 200
            if bad or floor in found:
                raise forms.ValidationError(f"系数应在 0 与 1000 之间，每层一行：{line[:40]}")
            found[floor] = weight
        return found

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of ``apportion``."""
        data = dict(self.cleaned_data)
        building, unit = data.pop("building"), data.pop("unit").strip()
        homes: list[UUID] = []
        if building and data["way"] != "area":
            rows = Home.objects.filter(building__uid=building, merged_into__isnull=True)
            homes = list((rows.filter(unit=unit) if unit else rows).values_list("uid", flat=True))
        return {**data, "fund": self.funds[data["fund"]], "homes": homes}


class DueForm(forms.Form):
    """Money from a home, or back to it."""

    due = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="款项", choices=DueReceipt.Kind.choices)
    amount = AmountField(label="金额（元）")
    day = DayField(label="日期")
    voucher = forms.CharField(label="收据号", max_length=60)


@login_required
def overview(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Apportionments of a project; share an amount."""
    project, user = project_or_404(request, uid), actor(request)
    form = ApportionForm(request.POST or None, project=project)
    made: list[Apportionment] = []

    def show(refused: Refused | None) -> HttpResponse:
        rows = [(row, collected(row)) for row in apportionments(user, uid)[:50]]
        trail = crumbs((project.name, reverse("funding:ledger", args=[uid])), ("居民分摊", ""))
        context = {
            "project": project,
            "rows": rows,
            "form": form,
            "crumbs": trail,
            "keeps": may(user, project.county, what="keep"),
        }
        return page(request, "apportionments", context, refused)

    if request.method != "POST":
        return show(None)
    return act(
        request, lambda: made.append(actions.apportion(by=user, at=now(), today=today(), **form.values)), form=form, show=show,
        done="已计算到户，请由另一人复核。", to=reverse("funding:apportionments", args=[uid]),
    )  # fmt: skip


def _row(request: HttpRequest, uid: UUID) -> tuple[Apportionment, Project]:
    rows = Apportionment.objects.visible_to(actor(request)).select_related(
        "fund__source", "made_by", "confirmed_by", "division", "county"
    )
    row = get_object_or_404(rows, uid=uid)
    return row, project_or_404(request, row.project_uid)


@login_required
@require_safe
def apportionment(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Home by home."""
    return show_row(request, *_row(request, uid))


def show_row(
    request: HttpRequest, row: Apportionment, project: Project, refused: Refused | None = None, form: DueForm | None = None
) -> HttpResponse:  # fmt: skip
    """The page of an apportionment, a hundred homes at a time."""
    user = actor(request)
    listed = Paginator(dues(row), PAGE).get_page(request.GET.get("page"))
    keeps = may(user, project.county, what="keep")
    handles = keeps or may(user, project.county, what="finance")
    url = reverse("funding:apportionments", args=[project.uid])
    context = {
        "row": row, "project": project, "page": listed, "lines": lines(listed.object_list), "sums": collected(row), "user_id": user.pk,
        "keeps": keeps and row.confirmed_by_id, "handles": handles, "form": form or DueForm(initial={"day": today()}),
        "may_confirm": handles and row.confirmed_by_id is None and row.made_by_id != user.pk,
        "crumbs": crumbs((project.name, reverse("funding:ledger", args=[project.uid])), ("居民分摊", url), (row.title, "")),
    }  # fmt: skip
    return page(request, "apportionment", context, refused)


@login_required
@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person."""
    row, project = _row(request, uid)
    return act(
        request, lambda: actions.confirm_apportionment(by=actor(request), at=now(), row=row), done="已复核，可以收款。",
        to=reverse("funding:apportionment", args=[uid]), show=lambda refused: show_row(request, row, project, refused),
    )  # fmt: skip


@login_required
@require_POST
def record(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Money from a home, or back to it."""
    row, project = _row(request, uid)
    form = DueForm(request.POST)

    def doing() -> None:
        data = dict(form.cleaned_data)
        due = get_object_or_404(HomeDue, uid=data.pop("due"), apportionment=row)
        actions.record_due(by=actor(request), at=now(), today=today(), due=due, **data)

    return act(
        request, doing, form=form, done="已登记，请由另一人复核。", to=reverse("funding:apportionment", args=[uid]),
        show=lambda refused: show_row(request, row, project, refused, form),
    )  # fmt: skip


@login_required
@require_POST
def check(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The second person has seen the money."""
    rows = DueReceipt.objects.filter(due__apportionment__in=Apportionment.objects.visible_to(actor(request)))
    receipt = get_object_or_404(rows.select_related("due__apportionment"), uid=uid)
    row, project = _row(request, receipt.due.apportionment.uid)
    return act(
        request, lambda: actions.check_due(by=actor(request), at=now(), row=receipt), done="已复核。",
        to=reverse("funding:apportionment", args=[row.uid]), show=lambda refused: show_row(request, row, project, refused),
    )  # fmt: skip
