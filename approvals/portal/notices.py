"""Resident pages of notices: read one, say something on it without an account, find the answer again by number."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals import notices
from approvals.notices import public
from approvals.notices.forms import RemarkForm
from approvals.notices.remarks import read_remark
from offices import files
from offices.attempts import attempt
from offices.clock import now, today
from policies.refusal import Refused
from rest.throttling import allowed

TRAPPED = "“请勿填写”一栏里有内容。如果您看到了这一栏，请清空后再提交。"


def _notice(uid: UUID) -> public.PublicNotice:
    found = public.public_notice(uid, today())
    if found is None:
        raise Http404(uid)
    return found


@require_safe
def notice(request: HttpRequest, uid: UUID) -> HttpResponse:
    """A notice: content, days left, how the last day was counted, answers."""
    return render(request, "portal/notices/notice.html", {"view": _notice(uid)})


@require_safe
def download(request: HttpRequest, uid: UUID, file: UUID) -> HttpResponseBase:
    """A file of a posted notice: always a download."""
    row = public.public_file(_notice(uid).notice, file)
    if row is None:
        raise Http404(file)
    try:
        handle = files.open_stored(row)
    except FileNotFoundError as error:
        raise Http404(file) from error
    response = FileResponse(handle, as_attachment=True, filename=row.name, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@never_cache
def say(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The form, the check page, and then the number."""
    view = _notice(uid)
    if not view.takes:
        return render(
            request, "portal/notices/notice.html", {"view": view}, status=409 if request.method == "POST" else 200
        )
    form = RemarkForm(request.POST or None, places=view.places)
    if request.method != "POST" or "back" in request.POST:
        return _form(request, view, form, 200)
    if not form.is_valid():
        return _form(request, view, form, 400)
    if form.cleaned_data["website"]:
        return _form(request, view, form, 400, Refused(TRAPPED))
    given = form.given
    if "confirm" not in request.POST:
        refused = attempt(lambda: read_remark(given, places=list(view.places)), form)
        if refused is not None:
            return _form(request, view, form, refused.status, refused)
        place = next((place for place in view.places if str(place.uid) == given["community"]), None)
        return render(request, "portal/notices/check.html", {"view": view, "form": form, "place": place})
    if not allowed(request, "say", limit="PORTAL_SENDS"):
        return render(request, "portal/too_often.html", {"back": reverse("portal:notice", args=[uid])}, status=429)
    made: list[str] = []
    refused = attempt(
        lambda: made.append(notices.send_remark(at=now(), today=today(), notice=view.notice, given=given).number), form
    )
    if refused is not None:
        return _form(request, view, form, refused.status, refused)
    return HttpResponseRedirect(f"{reverse('portal:remark', args=made)}?new=1")


def _form(
    request: HttpRequest, view: public.PublicNotice, form: RemarkForm, status: int, refused: Refused | None = None
) -> HttpResponse:  # fmt: skip
    shown = None if refused is not None and refused.errors and form.errors else refused
    return render(request, "portal/notices/say.html", {"view": view, "form": form, "refused": shown}, status=status)


@never_cache
def remark(request: HttpRequest, number: str) -> HttpResponse:
    """What became of it, for who holds the number; he may take it back, or ask once more."""
    found = public.receipt(number, today())
    if found is None:
        if not allowed(request, "miss", limit="PORTAL_MISSES"):
            return render(request, "portal/too_often.html", {"back": reverse("portal:home")}, status=429)
        raise Http404("number")
    refused: Refused | None = None
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in {"withdraw", "reopen"}:
            raise BadRequest("act")
        text = request.POST.get("text", "")
        if act == "withdraw":
            refused = attempt(lambda: notices.withdraw_remark(at=now(), remark=found.remark))
        else:
            refused = attempt(lambda: notices.reopen_remark(at=now(), today=today(), remark=found.remark, text=text))
        if refused is None:
            return HttpResponseRedirect(reverse("portal:remark", args=[found.remark.number]))
    context = {"view": found, "remark": found.remark, "refused": refused, "new": "new" in request.GET}
    return render(request, "portal/notices/receipt.html", context, status=refused.status if refused else 200)
