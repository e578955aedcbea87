"""Staff pages of surveys: the list, a survey with its results and acts, drawing one up, thresholds of 分级, paper and table of results."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from approvals.models import Survey, SurveyAnswer
from approvals.rules.surveys import catalogue_items
from approvals.surveys import actions, queries
from approvals.surveys.access import confirming_body, running_body, visiting_body
from approvals.surveys.answers import erase_words
from approvals.surveys.forms import ConfirmForm, ExtendForm, ListForm, ScaleForm, SurveyForm
from communities.models import Community
from offices.clock import now, today
from offices.models import Division
from offices.rulebooks import layers_of
from offices.viewing import division_in_view
from offices.workspace.common import actor, attempt
from policies.refusal import Refused
from rest import exports

PAGE, WORDS = 50, 100


def survey_or_404(request: HttpRequest, uid: UUID) -> Survey:
    """The survey, where the user sees it."""
    rows = Survey.objects.visible_to(actor(request)).select_related(
        "community__division", "division", "county", "body", "opened_by", "closed_by"
    )
    return get_object_or_404(rows, uid=uid)


def crumbs(survey: Survey | None, *more: str) -> list[dict[str, str]]:
    """The way to a survey's page."""
    rows = [{"label": "居民调查", "url": reverse("approvals:surveys")}]
    if survey is not None:
        rows.append({"label": survey.title, "url": reverse("approvals:survey", args=[survey.uid]) if more else ""})
    return rows + [{"label": label, "url": ""} for label in more]


@login_required
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """Surveys of the division in view."""
    form = ListForm(request.GET or None)
    if request.GET and not form.is_valid():
        raise BadRequest("filter")
    chosen: dict[str, Any] = form.cleaned_data if request.GET else {}
    division = division_in_view(request)
    rows = queries.surveys_in_scope(
        actor(request), division=division, kind=chosen.get("kind", ""), state=chosen.get("state", "")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "staff/surveys/list.html", {"page": page, "filter": form, "division": division})


@login_required
@require_safe
def survey(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One survey."""
    return show(request, survey_or_404(request, uid))


def show(request: HttpRequest, row: Survey, refused: Refused | None = None, form: Any = None) -> HttpResponse:
    """A survey's page, with a refusal at its head where an act was refused."""
    user = actor(request)
    opened = row.state != Survey.State.DRAFT
    visits = opened and visiting_body(user, row) is not None
    answers = list(SurveyAnswer.objects.filter(sheet__survey=row).exclude(words="").order_by("-pk")[:WORDS])
    context = {
        "survey": row, "view": queries.survey_page(row, today=today()), "crumbs": crumbs(row), "opened": opened,
        "coverage": queries.coverage_of(row) if opened else None, "runs": running_body(user, row) is not None, "visits": visits,
        "leads": confirming_body(user, row) is not None, "words": answers if visits else [], "refused": refused,
        "preview": row.sheet.questions if opened else actions.questions_of(row), "over": row.until < today(),
        "extend": form if isinstance(form, ExtendForm) else ExtendForm(),
        "confirm": form if isinstance(form, ConfirmForm) else ConfirmForm(),
    }  # fmt: skip
    wrong = form is not None and bool(form.errors)
    return render(
        request, "staff/surveys/survey.html", context, status=refused.status if refused else 400 if wrong else 200
    )


def _item_choices(division: Division) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for item in catalogue_items(layers_of(division)):
        groups.setdefault(item.item_class or "未分类", []).append((item.key, item.label))
    return list(groups.items())


@login_required
def add(request: HttpRequest) -> HttpResponse:
    """Draw up a survey of the community in ``?community=``."""
    rows = Community.objects.visible_to(actor(request)).select_related("division")
    try:
        community = rows.filter(uid=UUID(request.GET.get("community", ""))).first()
    except ValueError:
        community = None
    if community is None:
        raise Http404("community")
    return draw_up(request, community, kinds=("willingness", "plan_consent"))


def draw_up(
    request: HttpRequest, community: Community, *, kinds: tuple[str, ...], subject: Any = None, note: str = ""
) -> HttpResponse:
    """The form of a new survey (of a project where ``subject`` is one) and what becomes of it."""
    form = SurveyForm(request.POST or None, kinds=kinds, items=_item_choices(community.division))
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        made: list[Survey] = []
        kind = form.cleaned_data["kind"]
        refused = attempt(
            lambda: made.append(
                actions.create_survey(
                    by=actor(request), at=now(), community=community, kind=kind, subject=subject, **form.values
                )
            ),
            form,
        )
        if refused is None:
            messages.success(request, "草稿已保存；核对问卷后开始调查。")
            return redirect("approvals:survey", uid=made[0].uid)
    context = {
        "form": form,
        "heading": f"{community.name}：新的居民调查",
        "crumbs": crumbs(None, "新的调查"),
        "note": note,
    }
    return _form_page(request, context, form, refused, reverse("communities:detail", args=[community.uid]))


@login_required
def edit(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Change a draft."""
    row = survey_or_404(request, uid)
    held = {name: getattr(row, name) for name in ("kind", "title", "asks", "until", "intro", "items", "version")}
    form = SurveyForm(
        request.POST or None, kinds=(row.kind,), items=_item_choices(row.community.division), initial=held
    )
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        refused = attempt(
            lambda: actions.change_survey(
                by=actor(request), at=now(), survey=row, expected_version=version, **form.values
            ),
            form,
        )
        if refused is None:
            messages.success(request, "草稿已保存。")
            return redirect("approvals:survey", uid=uid)
    context = {"form": form, "heading": "修改问卷草稿", "crumbs": crumbs(row, "修改")}
    return _form_page(request, context, form, refused, reverse("approvals:survey", args=[uid]))


def _form_page(
    request: HttpRequest, context: dict[str, Any], form: forms.Form, refused: Refused | None, back: str
) -> HttpResponse:
    status = refused.status if refused else 400 if form.is_bound and form.errors else 200
    head = None if refused is not None and refused.errors and form.errors else refused
    return render(request, "staff/surveys/form.html", {**context, "refused": head, "back": back}, status=status)


def _act(request: HttpRequest, uid: UUID, act: Callable[[Survey], Any], done: str) -> HttpResponse:
    """An act without a form of its own."""
    row = survey_or_404(request, uid)
    refused = attempt(lambda: act(row))
    if refused is not None:
        return show(request, survey_or_404(request, uid), refused)
    messages.success(request, done)
    return redirect("approvals:survey", uid=uid)


@login_required
@require_POST
def begin(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Open it."""
    act = lambda row: actions.open_survey(by=actor(request), at=now(), survey=row)  # noqa: E731
    return _act(request, uid, act, "调查已经开始，问卷不再修改。")


@login_required
@require_POST
def close(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Close it."""
    act = lambda row: actions.close_survey(by=actor(request), at=now(), survey=row)  # noqa: E731
    return _act(request, uid, act, "调查已截止，请另一位负责人确认结果。")


@login_required
@require_POST
def extend(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Move its last day."""
    return _with_form(request, uid, ExtendForm(request.POST), actions.extend_survey, "已延期。")


@login_required
@require_POST
def confirm(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A leader confirms the figures."""
    return _with_form(
        request, uid, ConfirmForm(request.POST), actions.confirm_survey, "结果已确认，关口按这个结果核对。"
    )


def _with_form(request: HttpRequest, uid: UUID, form: Any, act: Callable[..., Any], done: str) -> HttpResponse:
    row = survey_or_404(request, uid)
    if not form.is_valid():
        return show(request, row, form=form)
    refused = attempt(lambda: act(by=actor(request), at=now(), survey=row, **form.cleaned_data), form)
    if refused is not None:
        return show(request, survey_or_404(request, uid), refused, form)
    messages.success(request, done)
    return redirect("approvals:survey", uid=uid)


@login_required
@require_POST
def take(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Take a reported hazard over into the register."""
    kind = request.POST.get("kind", "")
    act = lambda row: actions.take_hazard(by=actor(request), at=now(), survey=row, kind=kind)  # noqa: E731
    return _act(request, uid, act, "已转入小区的隐患登记。")


@login_required
@require_POST
def erase(request: HttpRequest, uid: UUID, answer: UUID) -> HttpResponse:
    """Blank the free words of an answer."""
    row = survey_or_404(request, uid)
    found = get_object_or_404(SurveyAnswer.objects.select_related("sheet__survey"), uid=answer, sheet__survey=row)
    return _act(
        request, uid, lambda _: erase_words(by=actor(request), at=now(), answer=found), "文字已清除，意见照旧计入。"
    )


@login_required
def scale(request: HttpRequest) -> HttpResponse:
    """Thresholds of 分级 of the division in view."""
    division = division_in_view(request)
    if division is None:
        raise Http404("division")
    held = queries.scale_of(division)
    form = ScaleForm(request.POST or None, initial={"a_from": held.a_from, "b_from": held.b_from} if held else None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        refused = attempt(
            lambda: actions.set_grade_scale(by=actor(request), at=now(), division=division, **form.cleaned_data),
            form,
        )
        if refused is None:
            messages.success(request, "分级标准已登记。")
            return redirect("approvals:surveys")
    words = (
        f"现行：A级不低于{held.a_from}%，B级不低于{held.b_from}%（{held.reason}，{held.by}）。"
        if held
        else "还没有登记。"
    )
    note = f"{words}文件要求分级而没有写数字：这里的标准由本地登记，页面标明“平台登记”，不作为文件的要求。"
    context = {
        "form": form,
        "heading": f"{division.name}：小区分级标准",
        "crumbs": crumbs(None, "分级标准"),
        "note": note,
    }
    return _form_page(request, context, form, refused, reverse("approvals:surveys"))


@login_required
@require_safe
def paper(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The results for print: no personal value."""
    row = survey_or_404(request, uid)
    if row.state == Survey.State.DRAFT:
        raise Http404("draft")
    context = {"survey": row, "view": queries.survey_page(row, today=today()), "crumbs": crumbs(row, "打印")}
    return render(request, "staff/surveys/print.html", context)


COLUMNS = ["小区", "调查", "项目", "内容", "户数", "答卷户数", "登记户数"]


@login_required
@require_safe
def export(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """The results as XLSX or CSV: counts, no personal value."""
    row = survey_or_404(request, uid)
    if row.state == Survey.State.DRAFT:
        raise Http404("draft")
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    return exports.respond(_lines(queries.survey_page(row, today=today())), COLUMNS, format=kind, name="survey")


def _lines(view: queries.SurveyPage) -> Iterator[dict[str, Any]]:
    rows = [("意见", label, number) for label, number in view.choices]
    rows += [("需求", need.label, need.wanted) for need in view.needs]
    rows += [("隐患", hazard["label"], hazard["number"]) for hazard in view.hazards]
    for part, label, number in rows:
        values = (
            view.survey.community.name, view.survey.title, part, label, number, view.figures.answered, view.figures.households
        )  # fmt: skip
        yield dict(zip(COLUMNS, values, strict=True))
