"""A resident answers a survey: the code from the letter, the questions, a check, the receipt. No login, no JavaScript needed."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from approvals.surveys import letters, public
from approvals.surveys.forms import AnswerForm
from offices.clock import now
from policies.refusal import Refused


def _shown(uid: UUID) -> public.Shown:
    found = public.shown_survey(uid, now())
    if found is None:
        raise Http404(uid)
    return found


def survey(request: HttpRequest, uid: UUID) -> HttpResponse:
    """GET: what is asked, until when, how to answer, results. POST: ``code`` → questions → (``step=check``) → (``step=send``) → receipt."""
    found = _shown(uid)
    if request.method != "POST":
        return render(request, "portal/surveys/survey.html", {"page": found})
    code = request.POST.get("code", "")
    try:
        who = letters.resident_of(found.survey, code)
    except Refused as error:
        return render(request, "portal/surveys/survey.html", {"page": found, "refused": error}, status=error.status)
    return _answer(request, found, who, code)


def _answer(request: HttpRequest, found: public.Shown, who: letters.Resident, code: str) -> HttpResponse:
    """The questions, the check of what was said, and the sending."""
    step = request.POST.get("step", "")
    form = AnswerForm(request.POST if step else None, questions=found.questions, home=True, staff=False)
    context: dict[str, Any] = {"page": found, "who": who, "code": code, "form": form}
    if step in {"check", "send"} and form.is_valid():
        if step == "check":
            return render(request, "portal/surveys/check.html", {**context, "rows": _said(form)})
        try:
            answer = letters.answer_online(at=now(), survey=found.survey, code=code, **form.values)
        except Refused as error:
            return render(request, "portal/surveys/answer.html", {**context, "refused": error}, status=error.status)
        return redirect(f"{reverse('portal:survey_receipt', args=[found.survey.uid])}?number={answer.receipt}")
    wrong = step in {"check", "send"}
    return render(request, "portal/surveys/answer.html", context, status=400 if wrong else 200)


def _said(form: AnswerForm) -> list[tuple[str, str]]:
    """Question and answer in words."""
    rows = []
    for name, field in form.fields.items():
        value = form.cleaned_data[name]
        labels = dict(getattr(field, "choices", ()))
        words = (
            "、".join(str(labels.get(each, each)) for each in value)
            if isinstance(value, list)
            else labels.get(value, value)
        )
        rows.append((str(field.label), str(words)))
    return rows


@require_safe
def receipt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One's own answer again, by the number of its receipt."""
    found, number = _shown(uid), request.GET.get("number", "")
    own = public.receipt_of(uid, number) if number else None
    status = 404 if number and own is None else 200
    return render(request, "portal/surveys/receipt.html", {"page": found, "own": own, "number": number}, status=status)
