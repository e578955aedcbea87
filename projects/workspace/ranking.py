"""储备库排序: the reserve of the county in view in its order, the weights of the year, and facts that are entered with their evidence."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from offices.clock import now, today
from offices.models import Division
from offices.rulebooks import layers_of
from offices.viewing import chosen_year, division_in_view, year_in_view
from policies.refusal import Refused
from projects.actions.ranking import record_ranking_fact, set_weights, weighed
from projects.models import RankingWeights
from projects.permissions import may_keep
from projects.queries.ranking import Reserve, facts_of, latest_year, packed, reserve_of
from projects.rules.ranking import HIGHEST, SOURCE_LABELS, Criterion, criteria, points
from projects.workspace.common import actor, attempt, page, project_crumbs, project_or_404, shown
from rest import exports
from rest.remembered import remembered

PAGE = 50
WEIGHED = {
    "reserve": ("projects:ranking", "储备排序"),
    "upper_money": ("projects:upper_money", "上级资金排序"),
    "assessment": ("projects:assessment", "年度考核"),
}


class WeightsForm(forms.Form):
    """One weight for each criterion of the document."""

    reason = forms.CharField(label="依据", max_length=300, help_text="如：2026年度竞争性评审办法、会议纪要")

    def __init__(self, *args: Any, asked: tuple[Criterion, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in asked:
            self.fields[row.key] = forms.IntegerField(label=row.words, min_value=0, max_value=HIGHEST, initial=1)
        self.order_fields([*(row.key for row in asked), "reason"])


class FactForm(forms.Form):
    """How far a criterion holds."""

    criterion = forms.ChoiceField(label="条件")
    percent = forms.IntegerField(
        label="程度（%）", min_value=0, max_value=100, help_text="成立填 100，不成立填 0；出资承诺可填已承诺户数的比例"
    )
    evidence = forms.CharField(label="依据", max_length=300, help_text="如：已拆除违建12处，城管局2026年3月核查记录")

    def __init__(self, *args: Any, asked: tuple[Criterion, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [(row.key, row.words) for row in asked if not row.computed]  # type: ignore[attr-defined]


def _county(request: HttpRequest) -> Division:
    division = division_in_view(request)
    if division is None:
        raise Http404("division")
    return division


def _year(request: HttpRequest, division: Division) -> int:
    """The year chosen in the top bar, else the latest with weights, else next year: the reserve feeds its plan."""
    return chosen_year(request) or latest_year(division) or today().year + 1


@login_required
@require_safe
def reserve(request: HttpRequest) -> HttpResponse:
    """The reserve of the division in view. A city's counties rank their own reserves by their own weights."""
    division = _county(request)
    year = _year(request, division)
    if division.level in {"province", "city"}:
        return page(request, "ranking", {"division": division, "year": year, "above": True})
    view = reserve_of(actor(request), division, year=year, today=today())
    listed = Paginator(view.ranked, PAGE).get_page(request.GET.get("page"))
    context = {
        "division": division, "year": year, "view": view, "page": listed, "keeps": may_keep(actor(request), division),
        "sources": SOURCE_LABELS, "total": sum(view.in_force.values()),
        "enterable": any(not row.computed for row in view.criteria),
        "shares": [(row, view.in_force[row.key]) for row in view.criteria],
    }  # fmt: skip
    return page(request, "ranking", context)


@login_required
@require_safe
def upper_money(request: HttpRequest) -> HttpResponseBase:
    """The order for money from above: projects of the plan year in the division in view. ``?format=xlsx`` is the same as a sheet."""
    division = _county(request)
    year = year_in_view(request, today())
    user, day = actor(request), today()
    key = ("upper money", user.pk, user.scope, division.pk, year, day, layers_of(division).revision)
    view = remembered(key, lambda: packed(reserve_of(user, division, year=year, today=day, of="upper_money")))
    if request.GET.get("format") == "xlsx":
        return exports.respond(_lines(view), _columns(view), format="xlsx", name="upper-money")
    listed = Paginator(view.ranked, len(view.ranked) or 1 if request.GET.get("print") else PAGE)
    context = {
        "division": division, "year": year, "view": view, "page": listed.get_page(request.GET.get("page")),
        "keeps": may_keep(actor(request), division), "total": sum(view.in_force.values()), "printed": bool(request.GET.get("print")),
        "shares": [(row, view.in_force[row.key]) for row in view.criteria],
    }  # fmt: skip
    return page(request, "upper_money", context)


def _columns(view: Reserve) -> list[str]:
    return ["名次", "项目", "得分", *(part for row in view.criteria for part in (row.words, f"{row.words}：依据"))]


def _lines(view: Reserve) -> list[dict[str, Any]]:
    rows = []
    for ranked in view.ranked:
        cells: list[Any] = [ranked.position, ranked.candidate.name, points(ranked.score)]
        for line in ranked.lines:
            known = line.value.score
            cells += ["未填报" if known is None else points(known), line.value.words]
        rows.append(dict(zip(_columns(view), cells, strict=True)))
    return rows


@login_required
def weights(request: HttpRequest, of: str = "reserve") -> HttpResponse:
    """Enter the weights of the year in view, of the reserve, of upper money or of the assessment."""
    division = _county(request)
    year = _year(request, division) if of == "reserve" else year_in_view(request, today())
    asked = weighed(layers_of(division), today(), of)
    held = RankingWeights.objects.filter(division=division, year=year, of=of).order_by("-pk").first()
    name, heading = WEIGHED[of]
    form = WeightsForm(request.POST or None, asked=asked, initial=held.weights if held else None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        reason = data.pop("reason")
        refused = attempt(
            lambda: set_weights(
                by=actor(request),
                at=now(),
                today=today(),
                division=division,
                year=year,
                weights=data,
                reason=reason,
                of=of,
            ),
            form,
        )
        if refused is None:
            messages.success(request, f"{year}年度的权重已登记，名次已重新计算。")
            return redirect(name)
    back = reverse(name)
    context = {
        "form": form, "heading": f"{division.name}{year}年度{heading}权重", "back": back,
        "crumbs": [{"label": heading, "url": back}, {"label": "权重", "url": ""}],
    }  # fmt: skip
    return page(request, "form", context, shown(form, refused))


@login_required
def facts(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Enter what the platform can't read by itself about one project."""
    row = project_or_404(request, uid)
    layers = layers_of(row.division)
    asked = tuple(
        {each.key: each for of in ("upper_money", "reserve") for each in criteria(layers, today(), of)}.values()
    )
    form = FactForm(request.POST or None, asked=asked)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(
            lambda: record_ranking_fact(by=actor(request), at=now(), today=today(), project=row, **form.cleaned_data),
            form,
        )
        if refused is None:
            messages.success(request, "已录入，名次随之重新计算。")
            return redirect("projects:ranking_facts", uid=uid)
    words = {criterion.key: criterion.words for criterion in asked}
    context = {
        "form": form, "project": row, "asked": asked, "held": [(words.get(f.criterion, f.criterion), f) for f in facts_of(row)],
        "keeps": may_keep(actor(request), row.county or row.division), "crumbs": project_crumbs(row, "排序依据"),
        "enterable": any(not criterion.computed for criterion in asked),
    }  # fmt: skip
    return page(request, "ranking_facts", context, shown(form, refused))
