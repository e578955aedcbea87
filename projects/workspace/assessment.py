"""年度考核: the scorecard of the division in view, each figure with its list; published versions, and what was recorded about them."""

from fractions import Fraction
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from offices.clock import now, today
from offices.rulebooks import layers_of
from offices.viewing import year_in_view
from policies.refusal import Refused
from projects.actions.assessment import publish_assessment, remark_on
from projects.models import AssessmentRelease, AssessmentRemark
from projects.permissions import may_keep
from projects.queries.assessment import Scorecard, packed, releases_above, releases_of, scorecard_of
from projects.rules.assessment import NOTES, demand
from projects.rules.ranking import points
from projects.workspace.common import actor, attempt, page, say, shown
from projects.workspace.rollup import division_of
from rest import exports
from rest.remembered import remembered

MOST = 500
LABEL = "年度考核"


class RemarkForm(forms.Form):
    """A remark about one row of a release, or what follows for it."""

    uid = forms.ChoiceField(label="考核对象")
    kind = forms.ChoiceField(label="种类")
    text = forms.CharField(label="内容", max_length=300)
    document_number = forms.CharField(label="文号", max_length=60, required=False)

    def __init__(self, *args: Any, release: AssessmentRelease, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = demand(layers_of(release.division), today())
        labels = dict(AssessmentRemark.Kind.choices)
        follows = [(row.key, f"{labels[row.key]}（{row.words}）") for row in (asked.consequences if asked else ())]
        self.fields["uid"].choices = [(row["uid"], row["name"]) for row in release.content["rows"]]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("remark", labels["remark"]), *follows]  # type: ignore[attr-defined]


def _year(request: HttpRequest) -> int:
    return year_in_view(request, today())


@login_required
@require_safe
def assessment(request: HttpRequest) -> HttpResponseBase:
    """The scorecard as it stands; ``?row=…&criterion=…`` lists what stands behind a figure; ``?format=xlsx`` is the sheet."""
    division, year = division_of(request, None), _year(request)
    user, day = actor(request), today()
    key = ("scorecard", user.pk, user.scope, division.pk, year, day, layers_of(division).revision)
    card = remembered(key, lambda: packed(scorecard_of(user, division, year=year, today=day)))
    if card is not None and request.GET.get("format") == "xlsx":
        columns = [
            "名次",
            "考核对象",
            "得分",
            *(part for row in card.demand.criteria for part in (row.words, f"{row.words}：数据")),
        ]
        return exports.respond(_lines(card, columns), columns, format="xlsx", name="assessment")
    context = {
        "division": division, "year": year, "card": card, "notes": NOTES, "releases": releases_of(division, year),
        "above": releases_above(division, year),
        "leads": may_keep(actor(request), division) and actor(request).has_role("leader"), "printed": bool(request.GET.get("print")),
        "total": sum(card.in_force.values()) if card else 0,
        "shares": [(row, card.in_force[row.key], NOTES[row.key]) for row in card.demand.criteria] if card else (),
    }  # fmt: skip
    return page(request, "assessment", context | (_behind(request, card) if card else {}))


def _lines(card: Scorecard, columns: list[str]) -> list[dict[str, Any]]:
    rows = []
    for row in card.ranked:
        cells: list[Any] = [row.position, row.candidate.name, points(row.score)]
        for line in row.lines:
            known = line.value.score
            cells += ["没有数据" if known is None else points(known), line.value.words]
        rows.append(dict(zip(columns, cells, strict=True)))
    return rows


def _behind(request: HttpRequest, card: Scorecard) -> dict[str, Any]:
    key, criterion = request.GET.get("row", ""), request.GET.get("criterion", "")
    if not key:
        return {}
    if key not in card.rows or criterion not in card.lists:
        raise Http404("row")
    items = card.behind(key, criterion)
    words = next(row.words for row in card.demand.criteria if row.key == criterion)
    return {"behind": {"name": card.rows[key].name, "words": words, "items": items[:MOST], "number": len(items)}}


@login_required
@require_POST
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the scorecard as it stands."""
    division, year = division_of(request, None), _year(request)
    note = request.POST.get("note", "")
    refused = attempt(
        lambda: publish_assessment(by=actor(request), at=now(), today=today(), division=division, year=year, note=note)
    )
    say(request, refused, f"已发布{year}年度考核结果，这一版不再改动。")
    return redirect("projects:assessment")


def _release(request: HttpRequest, uid: UUID) -> AssessmentRelease:
    return get_object_or_404(
        AssessmentRelease.objects.visible_to(actor(request)).select_related("division", "by"), uid=uid
    )


@login_required
@require_safe
def release(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A published version with what was recorded about it."""
    return _show(request, _release(request, uid))


def _show(
    request: HttpRequest, row: AssessmentRelease, form: RemarkForm | None = None, refused: Refused | None = None
) -> HttpResponse:
    leads = may_keep(actor(request), row.division) and actor(request).has_role("leader")
    rows = [{**each, "share": Fraction(each["score"])} for each in row.content["rows"]]
    context = {
        "release": row, "rows": rows, "leads": leads, "form": form or RemarkForm(release=row),
        "remarks": row.remarks.select_related("by", "division", "body"),
        "crumbs": [{"label": LABEL, "url": reverse("projects:assessment")}, {"label": f"{row.year}年度第 {row.number} 版", "url": ""}],
    }  # fmt: skip
    return page(request, "assessment_release", context, refused)


@login_required
@require_POST
def remark(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Record a remark, or what follows."""
    row = _release(request, uid)
    form = RemarkForm(request.POST, release=row)
    refused: Refused | None = None
    if form.is_valid():
        refused = attempt(
            lambda: remark_on(by=actor(request), at=now(), today=today(), release=row, **form.cleaned_data), form
        )
        if refused is None:
            messages.success(request, "已登记。")
            return redirect("projects:assessment_release", uid=uid)
    return _show(request, row, form, shown(form, refused))
