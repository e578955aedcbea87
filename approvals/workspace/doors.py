"""From door to door: the homes still missing, and one form a screen; made for a phone, works without JavaScript."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from approvals.models import Survey
from approvals.rules.surveys import door_words
from approvals.surveys import letters, queries
from approvals.surveys.access import visiting_body
from approvals.surveys.answers import give_answer
from approvals.surveys.forms import AnswerForm
from approvals.workspace.surveys import crumbs, survey_or_404
from communities.models import Home
from offices.clock import now, today
from offices.workspace.common import actor, attempt
from policies.refusal import Refused

LONGEST_LIST = 40_000  # signs of doors listed by hand


def _opened(request: HttpRequest, uid: UUID) -> Survey:
    row = survey_or_404(request, uid)
    if row.state == Survey.State.DRAFT:
        raise Http404("draft")
    return row


@login_required
@require_safe
def doors(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The homes still missing, building by building."""
    row = _opened(request, uid)
    context = {
        "survey": row, "view": queries.survey_page(row, today=today()), "coverage": queries.coverage_of(row),
        "crumbs": crumbs(row, "入户"), "visits": visiting_body(actor(request), row) is not None,
        "takes": row.state == Survey.State.OPEN and row.until >= today(),
    }  # fmt: skip
    return render(request, "staff/surveys/doors.html", context)


@login_required
def answer(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One answer: of the home in ``?home=``, or of a door that the register does not hold."""
    row = _opened(request, uid)
    home = _home(row, request.GET.get("home", ""))
    form = AnswerForm(request.POST or None, questions=row.sheet.questions, home=home is not None, staff=True)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.values
        channel = "paper" if values["serial"].strip() else "door"
        refused = attempt(
            lambda: give_answer(by=actor(request), at=now(), survey=row, home=home, channel=channel, **values),
            form,
        )
        if refused is None:
            view = queries.survey_page(row, today=today())
            missing = "".join(f"，{reason.missing}" for reason in view.judged.reasons if reason.missing)
            messages.success(request, f"已录入。共 {view.figures.answered} 户答卷{missing}。")
            return redirect("approvals:survey_doors", uid=uid)
    status = refused.status if refused else 400 if form.is_bound and form.errors else 200
    head = None if refused is not None and refused.errors and form.errors else refused
    label = door_words(home.building.name, home.unit, home.room) if home else "登记册没有的住户"
    context = {
        "survey": row, "form": form, "home": home, "label": label, "refused": head, "crumbs": crumbs(row, "录入答卷"),
        "back": reverse("approvals:survey_doors", args=[uid]),
    }  # fmt: skip
    return render(request, "staff/surveys/answer.html", context, status=status)


@login_required
def print_letters(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Codes for the homes that have not answered: shown on this page once, for print."""
    row = _opened(request, uid)
    address = request.build_absolute_uri(reverse("portal:survey", args=[uid]))
    made: list[Any] = []
    refused: Refused | None = None
    if request.method == "POST":
        building = request.POST.get("building", "")[:60].replace("\x00", "")
        by, listed = actor(request), request.POST.get("doors")
        refused = attempt(
            lambda: made.extend(
                letters.print_letters(by=by, at=now(), survey=row, building=building)
                if listed is None
                else letters.print_door_letters(by=by, at=now(), survey=row, doors=listed[:LONGEST_LIST])
            )
        )
    qr = mark_safe(segno.make(address, error="m").svg_inline(scale=3, omitsize=True)) if made else ""
    context = {
        "survey": row, "letters": [(letter, qr) for letter in made], "coverage": queries.coverage_of(row), "address": address,
        "crumbs": crumbs(row, "信函"), "refused": refused, "doors": request.POST.get("doors", "")[:LONGEST_LIST],
    }  # fmt: skip
    response = render(request, "staff/surveys/letters.html", context, status=refused.status if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _home(row: Survey, text: str) -> Home | None:
    """The home that the address names; None where it names none, 404 for a home of another community."""
    if not text:
        return None
    try:
        found = Home.objects.select_related("building").get(uid=UUID(text), building__community=row.community_id)
    except (ValueError, Home.DoesNotExist) as error:
        raise Http404("home") from error
    return found
