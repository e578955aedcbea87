"""Resident pages of complaints: send one without an account, follow it by its number, reopen it once."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from communities.actions import complaints as actions
from communities.complaint_forms import ComplainForm
from communities.queries import public_community
from communities.queries.complaints import complaint_receipt
from communities.rules.complaints import DEFAULT_WORDS
from offices.attempts import attempt
from offices.clock import now, today
from policies.refusal import Invalid, Refused
from rest.throttling import allowed

NOT_SENT = "没有提交：有内容需要更正"
TRAPPED = "“请勿填写”一栏里有内容。如果您看到了这一栏，请清空后再提交。"


@never_cache
def complain(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The form, the check page (where a photo may be added: no browser keeps a chosen file over two pages), and then the number."""
    community = public_community(uid)
    if community is None:
        raise Http404(uid)
    form = ComplainForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or "back" in request.POST:
        return _form(request, community, form)
    if not form.is_valid():
        return _form(request, community, form, Invalid(NOT_SENT))
    if form.cleaned_data["website"]:
        return _form(request, community, form, Invalid(TRAPPED))
    if "check" in request.POST:
        refused = attempt(lambda: actions.read_complaint(form.given), form)
        return _form(request, community, form, refused, checked=refused is None)
    if not allowed(request, "complain", limit="PORTAL_SENDS"):
        back = reverse("portal:community", args=[community.uid])
        return render(request, "portal/too_often.html", {"back": back}, status=429)
    given = {"community": community, "given": form.given, "photo": form.cleaned_data["photo"]}
    made: list[str] = []
    refused = attempt(
        lambda: made.append(actions.file_complaint(by=None, at=now(), today=today(), **given).number), form
    )
    if refused is not None:
        return _form(request, community, form, refused)
    return HttpResponseRedirect(f"{reverse('portal:complaint', args=made)}?new=1")


def _form(
    request: HttpRequest, community: Any, form: ComplainForm, refused: Refused | None = None, *, checked: bool = False
) -> HttpResponse:  # fmt: skip
    """The form; the check page once the words are right, where what is wrong with the photo is told too."""
    name = "check" if checked or set(form.errors) == {"photo"} else "complain"
    chosen = dict(ComplainForm.base_fields["category"].choices).get(form.data.get("category"), "")  # type: ignore[attr-defined]
    context = {"community": community, "form": form, "category": chosen, "refused": None if form.errors else refused}
    return render(request, f"portal/complaints/{name}.html", context, status=refused.status if refused else 200)


@never_cache
def complaint(request: HttpRequest, number: str) -> HttpResponse:
    """What became of it, for who holds the number."""
    found = complaint_receipt(number)
    if found is None:
        if not allowed(request, "miss", limit="PORTAL_MISSES"):
            return render(request, "portal/too_often.html", {"back": reverse("portal:home")}, status=429)
        raise Http404("number")
    refused: Refused | None = None
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        refused = attempt(
            lambda: actions.reopen_complaint(at=now(), today=today(), complaint=found.complaint, reason=reason)
        )
        if refused is None:
            return HttpResponseRedirect(reverse("portal:complaint", args=[found.complaint.number]))
    context = {
        "view": found, "complaint": found.complaint, "refused": refused, "new": "new" in request.GET, "default_words": DEFAULT_WORDS,
    }  # fmt: skip
    return render(request, "portal/complaints/receipt.html", context, status=refused.status if refused else 200)
