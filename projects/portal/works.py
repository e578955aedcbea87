"""Photos of the works that are public."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from offices import files
from projects.queries.works import public_photo


@require_safe
def photo(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A public photo, as a picture: the store wrote it anew, so that it holds nothing else."""
    row = public_photo(uid)
    if row is None:
        raise Http404(uid)
    try:
        handle = files.open_stored(row)
    except FileNotFoundError as error:
        raise Http404(uid) from error
    response = FileResponse(handle, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
