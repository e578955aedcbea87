"""Official forms to take along: PDF in A4 or A3, Word, Excel."""

from collections.abc import Callable
from typing import IO
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from offices.official import Form, excel, form_of, pdf, word
from offices.workspace.common import actor
from policies.refusal import Refused

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: dict[str, tuple[str, str, Callable[[Form], IO[bytes]]]] = {
    "pdf": ("pdf", "application/pdf", pdf.written),
    "a3": ("pdf", "application/pdf", lambda form: pdf.written(form, size="A3")),
    "docx": ("docx", WORD, word.written),
    "xlsx": ("xlsx", EXCEL, excel.written),
}


@login_required
@require_safe
def form_file(request: HttpRequest, kind: str, uid: UUID, form: str) -> HttpResponseBase:
    """One form of a thing that the user sees, as a file named by its title."""
    found = form_of(kind, actor(request), uid)
    if found is None:
        raise Http404(kind)
    return written(request, found, form)


def written(request: HttpRequest, found: Form, form: str) -> HttpResponseBase:
    """A form in one of ``FORMATS``. Raises Http404 for any other."""
    if form not in FORMATS:
        raise Http404(form)
    ending, content_type, write = FORMATS[form]
    try:
        file = write(found)
    except Refused as refused:  # no typeface
        return render(request, "staff/base.html", {"refused": refused}, status=refused.status)
    name = f"{found.heading}.{ending}".replace("/", "、")
    return FileResponse(file, as_attachment=ending != "pdf", filename=name, content_type=content_type)
