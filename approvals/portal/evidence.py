"""For owners: the evidence of a confirmed vote for whoever holds one of its receipts, and the program that checks it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from approvals.votes.export import attached, public_evidence, verifier_text


@require_safe
def evidence(request: HttpRequest, uid: UUID) -> HttpResponse:
    """The ZIP of a confirmed vote with ``?receipt=`` one of its receipts; 404 before, and for everybody else."""
    found = public_evidence(uid, request.GET.get("receipt", ""))
    if found is None:
        raise Http404(uid)
    return attached(found)


@require_safe
def verifier(request: HttpRequest) -> HttpResponse:
    """``verify_vote.py``, as text to read before it is run."""
    response = HttpResponse(verifier_text(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verify_vote.py"'
    return response
