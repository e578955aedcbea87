"""For everybody: the evidence of a confirmed vote, and the program that checks it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from approvals.votes.export import attached, public_evidence, verifier_text


@require_safe
def evidence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ZIP of a vote whose result is confirmed; 404 before."""
    found = public_evidence(uid)
    if found is None:
        raise Http404(uid)
    return attached(found)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """``verify_vote.py``, as text to read before it is run."""
    response = HttpResponse(verifier_text(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_vote.py"'
    return response
