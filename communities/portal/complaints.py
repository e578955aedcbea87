"""Resident pages of complaints: send one without an account, follow it by its number, reopen it once."""

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

TRAPPED = "“请勿填写”一栏里有内容。如果您看到了这一栏，请清空后再提交。"


@never_cache
def complain(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The form, and then the number."""
    community = public_community(uid)
    if community is None:
        raise Http404(uid)
    form = ComplainForm(request.POST or None, request.FILES or None)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:
            refused = Invalid(TRAPPED)
        elif not allowed(request, "complain", limit="PORTAL_SENDS"):
            back = reverse("portal:community", args=[community.uid])
            return render(request, "portal/too_often.html", {"back": back}, status=429)
        else:
            made: list[str] = []
            refused = attempt(
                lambda: made.append(
                    actions.file_complaint(
                        by=None, at=now(), today=today(), community=community, given=form.given, photo=form.cleaned_data["photo"]
                    ).number
                ),
                form,
            )  # fmt: skip
            if refused is None:
                return HttpResponseRedirect(f"{reverse('portal:complaint', args=made)}?new=1")
    status = refused.status if refused else 400 if request.method == "POST" else 200
    context = {"community": community, "form": form, "refused": None if form.errors else refused}
    return render(request, "portal/complaints/complain.html", context, status=status)


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
