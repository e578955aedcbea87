"""A resident answers a survey: the code from the letter, the questions, a check, the receipt. No login, no JavaScript needed."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from approvals.portal import identify, visits
from approvals.surveys import letters, phones, public
from approvals.surveys.forms import AnswerForm
from offices.clock import now
from offices.sms import gateway
from policies.refusal import Refused
from rest.throttling import may_try, missed


def _shown(uid: UUID) -> public.Shown:
    found = public.shown_survey(uid, now())
    if found is None:
        raise Http404(uid)
    return found


def survey(request: HttpRequest, uid: UUID) -> HttpResponse:
    """GET: what is asked, until when, how to answer, results. POST: ``code`` → questions → (``step=check``) → (``step=send``) → receipt."""
    found = _shown(uid)
    if request.method != "POST":
        return _show(request, "identify", found)
    if "home" in request.POST:
        return _of_phone(request, found)
    if not may_try(request, "survey_code", limit="PORTAL_CODES"):
        return _too_often(request, uid)
    code = request.POST.get("code", "")
    try:
        who = letters.resident_of(found.survey, code)
    except Refused as error:
        missed(request, "survey_code")
        return _show(request, "identify", found, error)
    return _answer(request, found, who, code)


def _show(request: HttpRequest, name: str, found: public.Shown, refused: Refused | None = None) -> HttpResponse:
    """A page on the way in: the survey itself with its field for a letter's code, or the number and its code."""
    page = "survey" if name == "identify" else name
    context = {"page": found, "refused": refused, "sms": gateway() is not None}
    return render(request, f"portal/surveys/{page}.html", context, status=refused.status if refused else 200)


def _door(request: HttpRequest, found: public.Shown) -> identify.Door:
    uid = found.survey.uid
    names = ("survey_phone", "survey_sms", "survey_home", "survey")
    return identify.Door(
        uid, "survey", lambda name, refused=None: _show(request, name, found, refused),
        *(reverse(f"portal:{name}", args=[uid]) for name in names),
    )  # fmt: skip


@never_cache
@identify.form_page
@sensitive_post_parameters("phone")
def phone(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A telephone number: a code goes to it where it is an owner's. The answer is the same either way."""
    found = _shown(uid)
    if gateway() is None or not found.takes:
        return _show(request, "identify", found)
    return identify.ask_phone(
        request, _door(request, found), lambda number: phones.send_code(at=now(), survey=found.survey, phone=number)
    )


@never_cache
@identify.form_page
@sensitive_post_parameters("code")
def sms(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The code of the message."""
    found = _shown(uid)

    def check(number: str, holder: str, text: str) -> tuple[int, ...]:
        return phones.by_sms(at=now(), survey=found.survey, phone=number, holder=holder, text=text)

    return identify.by_sms(request, _door(request, found), check)


@never_cache
@require_safe
def home(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The households of the number that was shown to be his: for which of them he answers."""
    found, visit = _shown(uid), visits.current(request, uid, now())
    if visit is None:
        return redirect("portal:survey_phone", uid)
    homes = phones.residents(found.survey, visit.voters)
    return render(request, "portal/surveys/home.html", {"page": found, "homes": homes})


def _of_phone(request: HttpRequest, found: public.Shown) -> HttpResponse:
    visit, chosen = visits.current(request, found.survey.uid, now()), request.POST["home"]
    if visit is None:
        return redirect("portal:survey_phone", found.survey.uid)
    try:
        who = phones.resident_of(found.survey, visit.voters, chosen)
    except Refused as refused:
        return _show(request, "identify", found, refused)
    return _answer(request, found, who, "", home=chosen)


def _too_often(request: HttpRequest, uid: UUID) -> HttpResponse:
    return render(request, "portal/too_often.html", {"back": reverse("portal:survey", args=[uid])}, status=429)


def _answer(
    request: HttpRequest, found: public.Shown, who: letters.Resident, code: str, home: str = ""
) -> HttpResponse:  # fmt: skip
    """The questions, the check of what was said, and the sending."""
    step = request.POST.get("step", "")
    form = AnswerForm(request.POST if step else None, questions=found.questions, home=True, staff=False)
    context: dict[str, Any] = {"page": found, "who": who, "code": code, "home": home, "form": form}
    asked, wrong = _asked(form, step, request.POST.get("asked", ""))
    if asked is None:
        if step != "send":
            return render(request, "portal/surveys/check.html", {**context, "rows": _said(form)})
        try:
            answer = letters.answer_online(at=now(), who=who, code=code, **form.values)
        except Refused as error:
            context |= {"rows": _said(form), "refused": error}
            return render(request, "portal/surveys/check.html", context, status=error.status)
        return redirect(f"{reverse('portal:survey_receipt', args=[found.survey.uid])}?number={answer.receipt}")
    names = list(form.fields)
    place = names.index(asked)
    context |= {"field": form[asked], "number": place + 1, "total": len(names), "wrong": wrong}
    context |= {"others": [form[name] for name in names if name != asked], "before": names[place - 1] if place else ""}
    return render(request, "portal/surveys/answer.html", context, status=400 if wrong else 200)


def _asked(form: AnswerForm, step: str, asked: str) -> tuple[str | None, bool]:
    """The question of the next screen and whether its answer was wrong; None: everything is answered.

    ``step``: empty begins, ``next`` leaves question ``asked``, ``ask:NAME`` goes to a question, ``check`` and ``send`` want all of them.
    """
    names = list(form.fields)
    wrong = [name for name in names if name in form.errors]
    if step == "next" and asked in names:
        place = names.index(asked) + 1
        if asked in wrong:
            return asked, True
        if place == len(names):
            return (wrong[0], True) if wrong else (None, False)
        return _unmarked(form, names[place]), False
    if step in {"check", "send"}:
        return (wrong[0], True) if wrong else (None, False)
    chosen = step.removeprefix("ask:")
    return _unmarked(form, chosen if chosen in names else names[0]), False


def _unmarked(form: AnswerForm, name: str) -> str:
    """A question that is about to be asked has no error yet."""
    form.errors.pop(name, None)
    return name


def _said(form: AnswerForm) -> list[tuple[str, str, str]]:
    """Name of the question, the question, and the answer in words."""
    rows = []
    for name, field in form.fields.items():
        value = form.cleaned_data[name]
        labels = dict(getattr(field, "choices", ()))
        words = (
            "、".join(str(labels.get(each, each)) for each in value)
            if isinstance(value, list)
            else labels.get(value, value)
        )
        rows.append((name, str(field.label), str(words)))
    return rows


@require_safe
def receipt(request: HttpRequest, uid: UUID) -> HttpResponse:
    """One's own answer again, by the number of its receipt."""
    found, number = _shown(uid), request.GET.get("number", "")[:40]
    if not may_try(request, "survey_receipt", limit="PORTAL_MISSES"):
        return _too_often(request, uid)
    own = public.receipt_of(uid, number) if number else None
    status = 200
    if number and own is None:
        missed(request, "survey_receipt")
        status = 404
    return render(request, "portal/surveys/receipt.html", {"page": found, "own": own, "number": number}, status=status)
